"""What a page says of itself to search engines and to those who share it; a sitemap and a page for
wrong addresses.

Canonical links, cards and the sitemap need the site's public address: ``html.baseurl`` in
``_config.yml``, or the environment variable SITE_URL, which the publishing workflow sets. Without
an address they are left out.
"""

import os
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from katex_math import plain
from markupsafe import Markup

LONGEST = 200  # characters of a description that search engines show
CARD = "_static/social-card.png"


def set_address(app, config) -> None:
    address = os.environ.get("SITE_URL") or config.html_baseurl
    config.html_baseurl = address.rstrip("/") + "/" if address else ""


def in_words(node: nodes.Node) -> str:
    """A node's text, its formulas in plain text."""
    if isinstance(node, nodes.math | nodes.math_block):
        return plain(node.astext())
    return "".join(map(in_words, node.children)) if node.children else node.astext()


def description(doctree: nodes.document) -> str:
    """The page's first paragraph in plain words, whole sentences where they fit."""
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.Admonition | nodes.sidebar):
            text = " ".join(in_words(paragraph).split())
            if len(text) <= LONGEST:
                return text
            return (
                text[: text.rfind(". ", 0, LONGEST) + 1]
                or text[: text.rfind(" ", 0, LONGEST)] + " …"
            )
    return ""


def add_tags(app, pagename, templatename, context, doctree) -> None:
    title = escape(Markup(context.get("title") or app.config.html_title).striptags(), quote=True)
    tags = {
        "og:type": "article",
        "og:title": title,
        "og:site_name": escape(app.config.html_title, quote=True),
    }
    context.setdefault("metatags", "")
    if doctree is not None and (text := description(doctree)):
        context["metatags"] += f'\n  <meta name="description" content="{escape(text, quote=True)}">'
        tags["og:description"] = escape(text, quote=True)
    if app.config.html_baseurl and context.get("pageurl"):
        tags |= {"og:url": context["pageurl"], "og:image": app.config.html_baseurl + CARD}
        tags["og:image:alt"] = "Three beliefs about errors and the loss that each becomes"
    context["metatags"] += "".join(
        f'\n  <meta property="{name}" content="{value}">' for name, value in tags.items()
    )
    context["base"] = urlsplit(app.config.html_baseurl).path if pagename == "404" else ""


def wrong_address(app):
    yield "404", {"title": "No such page", "parents": [], "prev": None, "next": None}, "404.html"


def write_site_files(app, exception) -> None:
    address = app.config.html_baseurl
    if exception is not None or not address or app.builder.name != "html":
        return
    from beliefs_and_losses import draw_card

    draw_card(Path(app.outdir) / CARD, app.config.html_title)
    pages = sorted(app.env.found_docs)
    entries = "".join(
        f"<url><loc>{escape(address + app.builder.get_target_uri(page))}</loc></url>\n"
        for page in pages
    )
    sitemap = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    Path(app.outdir, "sitemap.xml").write_text(f"{sitemap}{entries}</urlset>\n", encoding="utf-8")


def setup(app):
    app.connect("config-inited", set_address)
    app.connect("html-page-context", add_tags)
    app.connect("html-collect-pages", wrong_address)
    app.connect("build-finished", write_site_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
