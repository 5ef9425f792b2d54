"""The contents beside the page, short however many pages there are.

What is on the page stands under the page's own entry.  A part whose entries all begin with its
name, as "Exercises: entropy" do under "Exercises", says the name once, and is folded on pages that
are not in it.
"""

from typing import Any

from bs4 import BeautifulSoup


def contents(toctree: str, page_toc: str) -> str:
    """Sphinx's list of all pages, with the page's own headings in it."""
    tree: Any = BeautifulSoup(toctree or "", "html.parser")
    for caption in tree.select("p.caption"):
        part = caption.find_next_sibling("ul")
        lead = f"{caption.get_text()}: "
        links = part.select("a")
        if links and all(link.get_text().startswith(lead) for link in links):
            for link in links:
                say_once(link, lead)
            fold(tree, caption, part)
    here = tree.select_one("li.current > a")
    if here is not None and page_toc:
        headings: Any = BeautifulSoup(page_toc, "html.parser")
        own = headings.select_one("li > ul")  # the outermost entry is the page's title
        if own is not None:
            group = tree.new_tag("div", attrs={"class": "page-toc", "role": "group"})
            group["aria-label"] = "On this page"
            group.append(own)
            here.insert_after(group)
    return str(tree)


def say_once(link: Any, lead: str) -> None:
    """Leave the name of the part out of an entry."""
    first = link.find(string=True)
    rest = str(first)[len(lead) :]
    first.replace_with(rest[:1].upper() + rest[1:])


def fold(tree: Any, caption: Any, part: Any) -> None:
    """Make a part one that opens, and is open on its own pages."""
    details = tree.new_tag("details", attrs={"class": "part"})
    if part.select_one(".current"):
        details["open"] = ""
    summary = tree.new_tag("summary")
    summary.string = caption.get_text()
    caption.replace_with(details)
    details.extend([summary, part.extract()])


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
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
