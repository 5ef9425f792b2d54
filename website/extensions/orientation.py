"""Where a reader is: the contents beside the page, the head of a chapter, a glossary's A to Z.

The page's own headings stand in the contents under its entry. A page below those that are listed,
of one chapter's exercises say, stands under the listed one.
"""

import re
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.addnodes import glossary
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

MINUTES = re.compile(r"about (\d+) minutes")
SUMMARY = re.compile(r'(<section id="summary">.*?)(</section>)', re.DOTALL)


def contents(toctree: str, page_toc: str) -> str:
    """Sphinx's list of pages, with the page's own headings in it."""
    tree: Any = BeautifulSoup(toctree or "", "html.parser")
    here = tree.select_one("li.current > a")
    headings: Any = BeautifulSoup(page_toc, "html.parser")
    # The outermost heading is the page's title: its entry, if it has one, says that already.
    own = headings.select_one("li > ul" if here and here["href"] == "#" else "ul")
    if here is not None and own is not None:
        group = tree.new_tag("div", attrs={"class": "page-toc", "role": "group"})
        group["aria-label"] = "On this page"
        group.append(own)
        here.insert_after(group)
    # Titles of lists, not headings: those of the page begin with its own.
    for number, caption in enumerate(tree.select("p.caption")):
        caption.attrs = {"class": "caption", "id": f"contents-{number}"}
        if (pages := caption.find_next_sibling("ul")) is not None:
            pages["aria-labelledby"] = caption["id"]
    return str(tree)


def chapters(env) -> dict[str, int]:
    """The numbers of the chapters, by their pages."""
    numbers = {page: places.get("") for page, places in env.toc_secnumbers.items()}
    return {page: number[0] for page, number in numbers.items() if number}


def place_in_book(chapter: int, last: int, text: str) -> list[str]:
    """What is said at a chapter's head: its number, above how much of the book that is, and the
    author's reading time."""
    said = [f'<span style="--part: {chapter}/{last}">Chapter {chapter} of {last}</span>']
    if minutes := MINUTES.search(text):
        said.append(f"<span>about {minutes[1]} min</span>")
    return said


def ways_on(app, pagename: str, context, numbers: dict[str, int]) -> list[str]:
    """Links to what belongs to a page: a chapter's exercises, their chapter, its notebook."""
    links = []
    for page, words in context.get("companions", {}).items():
        if not (pagename in numbers and words == "the solutions"):
            name = words.removeprefix("the ").capitalize()
            name += f" {numbers[page]}" if page in numbers else ""
            address = escape(app.builder.get_relative_uri(pagename, page))
            links.append(f'<a href="{address}">{name}</a>')
    if name := context.get("notebook_name"):
        here = app.builder.get_target_uri(pagename)
        address = escape(relative_uri(here, f"_sources/{context['sourcename']}"))
        links.append(f'<a href="{address}" download="{name}">Notebook</a>')
    return links


def tell_page(app, pagename, templatename, context, doctree) -> None:
    toctree = context["toctree"]
    page_toc = context.get("toc", "") if context.get("display_toc") else ""
    if pagename == app.config.root_doc:
        page_toc = ""
    context["side_contents"] = lambda: contents(
        toctree(collapse=True, maxdepth=1, includehidden=True, titles_only=True), page_toc
    )
    numbers = chapters(app.env)
    links = ways_on(app, pagename, context, numbers)
    place = []
    if pagename in numbers:
        place = place_in_book(numbers[pagename], len(numbers), doctree.astext())
        onward = f'<p class="chapter-head onward">{" ".join(links)}</p>\n'
        context["body"] = SUMMARY.sub(rf"\g<1>{onward}\g<2>", context["body"], count=1)
    if parts := place + links:
        context["chapter_head"] = f'<p class="chapter-head">{" ".join(parts)}</p>'


class PutLettersFirst(SphinxPostTransform):
    """A to Z before a glossary, each letter a link to its first term."""

    default_priority = 600
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for words in list(self.document.findall(glossary)):
            first: dict[str, str] = {}
            for term in words.findall(nodes.term):
                first.setdefault(term.astext()[0].upper(), term["ids"][0])
            line = nodes.paragraph("", "", classes=["letters"])
            for letter, place in first.items():
                link = nodes.reference("", letter, internal=True, refuri=f"#{place}")
                line += [link, nodes.Text(" ")]
            words.parent.insert(words.parent.index(words), line)


def setup(app):
    app.add_post_transform(PutLettersFirst)
    app.connect("html-page-context", tell_page, priority=900)
