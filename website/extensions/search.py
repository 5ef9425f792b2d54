"""The search: each section, term and function of the book is a record, which only the search page
loads: how its text begins, and which other words are in it. What is asked for and how it is ranked
stands in ``static/search.js``.

Sphinx's own search gives pages, in no order when there are several words.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy2

from docutils import nodes
from sphinx import addnodes
from sphinx.util import docname_join

from .katex_math import VENDOR, in_words
from .known_errors import in_reading_order

MINISEARCH = VENDOR.parent / "minisearch" / "minisearch.js"
LEFT_OUT = (nodes.literal_block, nodes.math_block, nodes.raw)
SHORT = 200  # characters of a question: what it is about, not how it is done
OPENING = 160  # characters of a text that are shown
WORD = re.compile(r"\w{2,}")
SPOKEN = ("doc", "term", "func", "mod")  # links whose text is words; others hold a label


def said(node: nodes.Node) -> str:
    """What a part of a page says in prose: no code, displayed formulas and labels."""
    if isinstance(node, nodes.math):
        return in_words(node)
    if isinstance(node, LEFT_OUT) or "cell" in getattr(node, "attributes", {}).get("classes", ()):
        return ""
    if isinstance(node, addnodes.pending_xref) and node["reftype"] not in SPOKEN:
        return ""
    apart = "" if isinstance(node, nodes.TextElement) else " "
    return apart.join(map(said, node.children)) if node.children else node.astext()


def words(node: nodes.Node) -> str:
    return " ".join(said(node).split())


def name_pages(page: nodes.Element, titles: dict[str, nodes.title]) -> None:
    """Links that name a page by its file are read by its title."""
    for link in page.findall(addnodes.pending_xref):
        if link["reftype"] == "doc" and not link["refexplicit"]:
            title = titles[docname_join(link["refdoc"], link["reftarget"])]
            link.children = [nodes.Text(title.astext())]


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


def opening_and_words(text: str) -> tuple[str, str]:
    """How a text begins, and its other words, each once: a third less to load than all of it."""
    start = text if len(text) <= OPENING else text[: text.rfind(" ", 0, OPENING)] + " …"
    others = {*WORD.findall(text.lower())} - {*WORD.findall(start.lower())}
    return start, " ".join(sorted(others))


def book(app) -> dict[str, list]:
    """All pages in the order of reading, and their records."""
    pages, found = [], []
    order = dict.fromkeys(in_reading_order(app.env, app.config.root_doc))
    for number, page in enumerate(page for page in order if not page.endswith("_solutions")):
        title = words(app.env.titles[page])
        pages.append([app.builder.get_target_uri(page), title])
        top = app.env.get_doctree(page).next_node(nodes.section)
        name_pages(top, app.env.titles)
        longest = SHORT if page.startswith("exercises/") else None
        for name, place, text in records(top, title, ""):
            found.append([number, name, place, *opening_and_words(text[:longest])])
    return {"pages": pages, "records": found}


def replace_search(app) -> None:
    """No index of Sphinx's, and none of the scripts that go with it."""
    app.builder.search = False


def search_page(app):
    yield "search", {"title": "Search", "parents": [], "prev": None, "next": None}, "search.html"


def note_changes(app, env, docnames: list[str]) -> None:
    """Whether any page says something new, besides those that every build reads again."""
    app.builder.says_new = bool(set(docnames) - env.reread_always)


def write_records(app, exception) -> None:
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir, "_static", "records.js")
        age = path.stat().st_mtime if path.exists() else 0
        if app.builder.says_new or age < Path(__file__).stat().st_mtime:
            text = json.dumps(book(app), ensure_ascii=False, separators=(",", ":"))
            path.write_text(f"const BOOK = {text};\n", encoding="utf-8")
        copy2(MINISEARCH, path.parent)


def setup(app):
    app.connect("builder-inited", replace_search)
    app.connect("env-before-read-docs", note_changes)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_records)
