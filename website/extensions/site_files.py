"""What stands beside the pages: a door at the root, a page for wrong addresses, the package as a
wheel, the printed book, and for a site with a public address a sitemap and a card. What the theme
copies and no page loads goes.

The front page lives in a folder, and the door leads on to it. The wheel is made from the sources
that the pages were computed with, so that a downloaded notebook and its package match. The PDF is
there where ``make pdf`` has made one.
"""

import os
import re
import tomllib
from contextlib import chdir
from html import escape
from pathlib import Path
from shutil import copy2, rmtree

from .beliefs_and_losses import draw_card
from .page_metadata import CARD

DOWNLOADS = "_downloads"
WHEELS = f"{DOWNLOADS}/package"
DOOR = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="_static/favicon.svg" type="image/svg+xml">
<meta http-equiv="Refresh" content="0; url={target}">
<main><h1>{title}</h1><p><a href="{target}">To the book</a></p></main>
</html>
"""
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
"""
UNUSED = (
    "scripts", "styles", "vendor", "locales", "images", "*webpack-macros.html", "basic.css",
    "pygments.css", "proof.css", "mystnb.*.css", "sphinx-design.min.css", "design-tabs.js",
    "file.png", "minus.png", "plus.png", "doctools.js", "documentation_options.js",
    "language_data.js", "searchtools.js", "sphinx_highlight.js",
)  # fmt: skip


def wheel_name(root: Path) -> str:
    """The wheel's file name, or nothing where there is no package to build."""
    description = root / "pyproject.toml"
    if not description.exists():
        return ""
    project = tomllib.loads(description.read_text(encoding="utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def find_print(app, config) -> None:
    """Look for the PDF; as a setting, it makes every page anew when it appears."""
    found = sorted(Path(app.outdir).parent.glob("pdf/*.pdf"))
    config.printed_book = str(found[0]) if found else ""


def launch_from_repository(app, config) -> None:
    """Without a public repository there is nothing to launch, and the theme would fail over it."""
    if not config.html_theme_options.get("repository_url"):
        config.html_theme_options.pop("launch_buttons", None)


def tell_page(app, pagename, templatename, context, doctree) -> None:
    if name := wheel_name(Path(app.srcdir)):
        context["wheel"] = f"{WHEELS}/{name}"
    if pdf := app.config.printed_book:
        context["printed_book"] = f"{DOWNLOADS}/{Path(pdf).name}"


def wrong_address(app):
    yield "404", {"title": "No such page", "parents": [], "prev": None, "next": None}, "404.html"


def write_door(app) -> None:
    target = app.builder.get_target_uri(app.config.root_doc)
    if "/" in target:
        title = escape(app.config.html_title)
        page = DOOR.format(language=app.config.language, title=title, target=target)
        Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def make_wheel(root: Path, folder: Path) -> Path:
    """Build the package into a folder; the same sources give the same bytes."""
    from hatchling.build import build_wheel

    with chdir(root):  # as the standard for build backends asks
        return folder / build_wheel(os.fspath(folder))


def add_wheel(app) -> None:
    root, folder = Path(app.srcdir), Path(app.outdir, WHEELS)
    if wheel_name(root):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.whl"):
            old.unlink()
        make_wheel(root, folder)


def add_print(app) -> None:
    if pdf := app.config.printed_book:
        folder = Path(app.outdir, DOWNLOADS)
        folder.mkdir(exist_ok=True)
        copy2(pdf, folder)


def write_map_and_card(app) -> None:
    if address := app.config.html_baseurl:
        draw_card(Path(app.outdir) / CARD, app.config.html_title)
        addresses = (address + app.builder.get_target_uri(page) for page in app.env.found_docs)
        entries = "".join(f"<url><loc>{escape(one)}</loc></url>\n" for one in sorted(addresses))
        text = f"{SITEMAP}{entries}</urlset>\n"
        Path(app.outdir, "sitemap.xml").write_text(text, encoding="utf-8")


def drop_unused(app) -> None:
    for pattern in UNUSED:
        for path in Path(app.outdir, "_static").glob(pattern):
            if path.is_dir():
                rmtree(path)
            else:
                path.unlink()


def drop_comments(app) -> None:
    """The style without its comments, which are a sixth of what a page would load of it."""
    sheet = Path(app.outdir, "_static", "book.css")
    style = re.sub(r"/\*.*?\*/\n?", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    sheet.write_text(style, encoding="utf-8")


def write_files(app, exception) -> None:
    if exception is None and app.builder.name == "html":
        for write in (write_door, add_wheel, add_print, write_map_and_card):
            write(app)


def clear_up(app, exception) -> None:
    if exception is None and app.builder.format == "html":
        drop_unused(app)
        drop_comments(app)


def setup(app):
    app.add_config_value("printed_book", "", "html", [str])
    app.connect("config-inited", launch_from_repository)
    app.connect("config-inited", find_print)
    app.connect("html-page-context", tell_page)
    app.connect("html-collect-pages", wrong_address)
    # Before Jupyter Book writes a bare page into the root, and after all who copy.
    app.connect("build-finished", write_files, priority=100)
    app.connect("build-finished", clear_up, priority=900)
