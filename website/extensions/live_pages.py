"""Pages that run: the bar under the title of each page that was made of a notebook, and what its
script needs beside it (``website/live``).

The scripts and the runtime stand in folders named by what they are, so that no browser ever puts an
old file together with a new one. Without a runtime a line says how else to run the page.
"""

import hashlib
import os
import re
import shutil
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from website.extensions.site_files import make_wheel
from website.live.runtime import CORE, ROOT, installed

logger = logging.getLogger(__name__)

LIVE = Path(__file__).parents[1] / "live"
ASSETS = (
    *sorted(LIVE.glob("*.js")),
    LIVE / "live.css",
    LIVE / "runner.py",
    LIVE / "NOTICE.txt",
    Path(__file__).with_name("dark_colours.py"),
    LIVE.parent / "vendor" / "codemirror" / "codemirror.js",
    LIVE.parent / "vendor" / "codemirror" / "LICENSE",
)
DRAWS = r"\b(?:matplotlib|mpl_toolkits|figures|pylab)\b"  # the code that needs Matplotlib
OTHERWISE = '<p class="live-else"><a href="#run-it-heading">How to run {what} yourself</a></p>'
# The script there acts before the page is painted: what is read without a server can't run.
BAR = """
<div class="live-bar" role="group" aria-label="Run this page"{data}>
{otherwise}
<div class="live-controls" hidden><button type="button" class="live-run" disabled>{press}</button>
<span class="live-progress" role="status"></span></div>
<p class="live-status" role="status" hidden>{promise}</p>
<script>
if (location.protocol !== "file:")
  for (const part of document.querySelector(".live-bar").children) part.hidden = !part.hidden;
</script>
</div>
"""
RUN = "Its pages run in the browser when a server gives them, not when opened as files."
ONLY_READ = "Its pages don't run in the browser: make site fetches what they need for that."
PROMISE = "Loads Python into your browser, {size:.0f} MB at most. Nothing leaves your computer."


def read_assets() -> dict[str, bytes]:
    """The scripts and the course's package by their names."""
    with TemporaryDirectory() as own:
        return {path.name: path.read_bytes() for path in (*ASSETS, make_wheel(ROOT, Path(own)))}


def digest(files: dict[str, bytes]) -> str:
    """A name for a folder with these files."""
    lines = [f"{name} {hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def find_runtime(app, config) -> None:
    """Look for the runtime; its name is a setting, so that another makes every page anew."""
    course = Path(app.srcdir).resolve() == ROOT  # and not another book
    app.live_runtime = installed() if course else None
    config.live_digest = ""
    if app.live_runtime:
        app.live_assets = read_assets()
        app.live_place = f"live/{digest(app.live_assets)}"
        config.live_digest = f"{app.live_place} {app.live_runtime.name}"


def put_bar(app, pagename, templatename, context, doctree) -> None:
    runtime, notebook = app.live_runtime, "notebook_name" in context
    if runtime and ("exercise_list" in app.env.metadata.get(pagename, {}) or notebook):
        context["live_script"] = f"_static/{app.live_place}/page.js"
    if not notebook or not (cells := code_cells(app, pagename)):
        return
    bar = OTHERWISE.format(what=context.get("this_page", "this page"))
    if runtime:
        bar = live_bar(app, pagename, context, cells, bar)
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{bar}", 1)


def code_cells(app, pagename: str) -> list:
    """The cells of a page's notebook that run."""
    notebook = nbformat.read(app.env.doc2path(pagename), as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def live_bar(app, pagename: str, context, cells: list, otherwise: str) -> str:
    """The bar of a page that runs: what its script has to know, and what the reader is told."""
    if (shown := context["body"].count('<div class="cell ')) != len(cells):
        wrong = "it can't run, as the page shows %d of %d cells"
        logger.warning(wrong, shown, len(cells), location=pagename)
    runtime, here = app.live_runtime, app.builder.get_target_uri(pagename)
    draws = any(re.search(DRAWS, cell.source) for cell in cells)
    packages = ["numpy", *(name for name in app.live_assets if name.endswith(".whl"))]
    packages += ["matplotlib"] if draws else []
    size = sum(map(len, app.live_assets.values()))
    for path in runtime.iterdir():
        if draws or path.name in CORE or path.name.startswith("numpy-"):
            size += path.stat().st_size
    data = {
        "notebook": relative_uri(here, f"_sources/{context['sourcename']}"),
        "name": context["notebook_name"],
        "runtime": relative_uri(here, f"_static/runtime/{runtime.name}/"),
        "packages": " ".join(packages),
        "bytes": str(size),
        "draws": DRAWS,
    }
    answers = any(cell.metadata.get("nbgrader", {}).get("solution") for cell in cells)
    return BAR.format(
        data="".join(f' data-{name}="{escape(value)}"' for name, value in data.items()),
        otherwise=otherwise,
        press="Start working" if answers else "Run the page",
        promise=PROMISE.format(size=size / 1e6),
    )


def add_files(app, exception) -> None:
    """Put the scripts and the runtime beside the pages, and take away older ones."""
    if exception is not None or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    for name in ("live", "runtime"):
        shutil.rmtree(static / name, ignore_errors=True)
    if runtime := app.live_runtime:
        folder = static / app.live_place
        folder.mkdir(parents=True)
        for name, content in app.live_assets.items():
            (folder / name).write_bytes(content)
        shutil.copytree(runtime, static / "runtime" / runtime.name, copy_function=link)
    logger.info(RUN if app.live_runtime else ONLY_READ)


def link(old: str, new: str) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy(old, new)


def setup(app):
    app.add_config_value("live_digest", "", "html", [str])
    app.connect("config-inited", find_runtime)
    app.connect("html-page-context", put_bar)
    app.connect("build-finished", add_files)
