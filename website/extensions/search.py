"""The search: each section, term and function of the book is a record. The search page loads the
words of all of them; what a page says, in its order, is a file of its own, fetched for the results
that are looked at. What is asked for and how it is ranked stands in ``static/search.js``.

Sphinx's own search gives pages, in no order when there are several words.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from shutil import copy2

from docutils import nodes
from sphinx import addnodes

from .katex_math import VENDOR, in_words
from .known_errors import in_reading_order

MINISEARCH = VENDOR.parent / "minisearch" / "minisearch.js"
LEFT_OUT = (nodes.literal_block, nodes.raw, nodes.label)
NO_WORDS = {"cell", "letters"}
SHORT = 200  # characters of a question, what it is about, and of what only repeats the chapters
WORD = re.compile(r"[^\W\d_][^\W_]+")


def said(node: nodes.Node) -> str:
    """What a part of a page says in prose, without code."""
    if isinstance(node, nodes.math | nodes.math_block):
        return in_words(node)
    if isinstance(node, LEFT_OUT) or NO_WORDS & {
        *getattr(node, "attributes", {}).get("classes", ())
    }:
        return ""
    apart = "" if isinstance(node, nodes.TextElement) else " "
    return apart.join(map(said, node.children)) if node.children else node.astext()


def words(node: nodes.Node) -> str:
    return " ".join(said(node).split())


def records(node: nodes.Element, title: str, place: str) -> Iterator[tuple[str, str, str]]:
    """A section's heading, id and own text, then those of what is in it."""
    own: list[str] = []
    inner: list[tuple[str, str, str]] = []
    for part in node.children:
        if isinstance(part, nodes.section):
            inner += records(part, words(part.next_node(nodes.title)), part["ids"][0])
        elif isinstance(part, addnodes.glossary):
            for item in part.findall(nodes.definition_list_item):
                inner.append((words(item[0]), item[0]["ids"][0], words(item[-1])))
        elif isinstance(part, addnodes.desc) and part[0]["ids"]:
            summary = part[-1].next_node(nodes.paragraph) or part[-1]
            inner.append((part[0]["fullname"], part[0]["ids"][0], words(summary)))
        elif not isinstance(part, nodes.title):
            own.append(words(part))
    yield title, place, " ".join(own)
    yield from inner


def said_by(app, page: str) -> Path:
    """The file of what a page says: a script, as pages that are opened as files load no other."""
    return Path(app.outdir, "_static", "said", app.builder.get_target_uri(page)).with_suffix(".js")


def note_text(app, doctree: nodes.document, docname: str) -> None:
    """Write down what a page says, once its links have their words."""
    top = doctree.next_node(nodes.section)
    if app.builder.format == "html" and top and not docname.endswith("_solutions"):
        repeats = docname.startswith("exercises/") or docname.endswith("/known_errors")
        longest = SHORT if repeats else None
        found = [
            (title, place, text[:longest])
            for title, place, text in records(top, words(app.env.titles[docname]), "")
        ]
        path, address = said_by(app, docname), json.dumps(app.builder.get_target_uri(docname))
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        path.write_text(f"SAID[{address}]={text}\n", encoding="utf-8")


def book(app) -> dict[str, list | dict[str, list[int]]]:
    """All pages in the order of reading, with the titles and places of their records; and in which
    records each word is: in how many records' distance from where it was last."""
    pages: list[tuple[str, str, list[tuple[str, str]]]] = []
    steps: defaultdict[str, list[int]] = defaultdict(list)
    last: defaultdict[str, int] = defaultdict(int)
    number = 0
    order = dict.fromkeys(in_reading_order(app.env, app.config.root_doc))
    for page in (page for page in order if not page.endswith("_solutions")):
        found = json.loads(said_by(app, page).read_text(encoding="utf-8").partition("]=")[2])
        own = [(title, place) for title, place, _ in found]
        pages.append((app.builder.get_target_uri(page), words(app.env.titles[page]), own))
        for _, _, text in found:
            for word in {*WORD.findall(text.lower())}:
                steps[word].append(number - last[word])
                last[word] = number
            number += 1
    return {"pages": pages, "words": dict(sorted(steps.items()))}


def replace_search(app) -> None:
    """No index of Sphinx's, and none of the scripts that go with it."""
    app.builder.search = False


def search_page(app):
    yield "search", {"title": "Search", "parents": [], "prev": None, "next": None}, "search.html"


def write_records(app, exception) -> None:
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir, "_static", "records.js")
        text = json.dumps(book(app), ensure_ascii=False, separators=(",", ":"))
        path.write_text(f"const BOOK = {text};\n", encoding="utf-8")
        copy2(MINISEARCH, path.parent)


def setup(app):
    app.connect("builder-inited", replace_search)
    app.connect("doctree-resolved", note_text)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_records)
