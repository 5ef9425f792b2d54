"""What a page says of itself to search engines and to those who share it.

Canonical links and cards need the site's public address: ``html.baseurl`` in ``_config.yml``, or
the environment variable SITE_URL, which the publishing workflow sets. Without one they are left
out. (The package ``sphinxext-opengraph`` wants one always, and describes formulas by their TeX.)
"""

import os
from html import escape
from urllib.parse import urlsplit

from docutils import nodes
from markupsafe import Markup

from .katex_math import in_words

LONGEST = 200  # characters of a description that search engines show
CARD = "_static/social-card.png"


def set_address(app, config) -> None:
    address = os.environ.get("SITE_URL") or config.html_baseurl
    config.html_baseurl = address.rstrip("/") + "/" if address else ""


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


def setup(app):
    app.connect("config-inited", set_address)
    app.connect("html-page-context", add_tags)
