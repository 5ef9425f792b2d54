"""Leave out of the site what the theme and other people's extensions copy into it and no page of
ours loads.
"""

from pathlib import Path
from shutil import rmtree

UNUSED = (
    "scripts", "styles", "vendor", "locales", "images", "*webpack-macros.html", "basic.css",
    "pygments.css", "proof.css", "mystnb.*.css", "sphinx-design.min.css", "design-tabs.js",
    "file.png", "minus.png", "plus.png",
)  # fmt: skip


def drop_unused(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for pattern in UNUSED:
        for path in Path(app.outdir, "_static").glob(pattern):
            if path.is_dir():
                rmtree(path)
            else:
                path.unlink()


def setup(app):
    app.connect("build-finished", drop_unused, priority=900)  # after all who copy
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
