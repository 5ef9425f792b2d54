"""The contents beside the page: all chapters, and the page's own headings under its own entry.

A page below those that are listed, of one chapter's exercises say, stands under the listed one.
"""

from typing import Any

from bs4 import BeautifulSoup


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


def tell_page(app, pagename, templatename, context, doctree) -> None:
    toctree = context["toctree"]
    page_toc = context.get("toc", "") if context.get("display_toc") else ""
    if pagename == app.config.root_doc:
        page_toc = ""
    context["side_contents"] = lambda: contents(
        toctree(collapse=True, maxdepth=1, includehidden=True, titles_only=True), page_toc
    )


def setup(app):
    app.connect("html-page-context", tell_page, priority=900)
