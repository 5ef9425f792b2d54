"""A page at the site's root that leads on to the front page, which lives in a folder."""

from html import escape
from pathlib import Path

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


def write_door(app, exception) -> None:
    target = app.builder.get_target_uri(app.config.root_doc) if app.builder.name == "html" else ""
    if exception is None and "/" in target:
        title = escape(app.config.html_title)
        page = DOOR.format(language=app.config.language, title=title, target=target)
        Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_door, priority=100)  # before Jupyter Book writes a bare one
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
