"""Put the package beside the pages as a wheel, so that a downloaded notebook and its package match.

The wheel is made from the same sources that the pages were computed with.
"""

import os
from contextlib import chdir
from pathlib import Path

FOLDER = "_downloads/package"


def wheel_name(root: Path) -> str:
    """The wheel's file name, or nothing where there is no package to build."""
    import tomllib

    description = root / "pyproject.toml"
    if not description.exists():
        return ""
    project = tomllib.loads(description.read_text(encoding="utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def tell_page(app, pagename, templatename, context, doctree) -> None:
    if name := wheel_name(Path(app.srcdir)):
        context["wheel"] = f"{FOLDER}/{name}"


def build_wheel(app, exception) -> None:
    root = Path(app.srcdir)
    if exception is not None or app.builder.name != "html" or not wheel_name(root):
        return
    from hatchling.build import build_wheel as build

    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    with chdir(root):  # as the standard for build backends asks
        build(os.fspath(folder))


def setup(app):
    app.connect("html-page-context", tell_page)
    app.connect("build-finished", build_wheel)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
