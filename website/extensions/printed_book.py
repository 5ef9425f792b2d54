"""Offer the book as a PDF where `make pdf` has made one."""

from pathlib import Path
from shutil import copy2

FOLDER = "_downloads"


def find_print(app, config) -> None:
    found = sorted(Path(app.outdir).parent.glob("pdf/*.pdf"))
    config.printed_book = str(found[0]) if found else ""


def tell_page(app, pagename, templatename, context, doctree) -> None:
    if app.config.printed_book:
        context["printed_book"] = f"{FOLDER}/{Path(app.config.printed_book).name}"


def add_print(app, exception) -> None:
    if exception is None and app.builder.name == "html" and app.config.printed_book:
        folder = Path(app.outdir, FOLDER)
        folder.mkdir(exist_ok=True)
        copy2(app.config.printed_book, folder)


def setup(app):
    app.add_config_value("printed_book", "", "html", [str])
    app.connect("config-inited", find_print)
    app.connect("html-page-context", tell_page)
    app.connect("build-finished", add_print)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
