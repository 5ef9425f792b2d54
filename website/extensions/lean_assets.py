"""Leave out of the site what the theme and other people's extensions copy into it and no page of
ours loads.
"""

from pathlib import Path
from shutil import rmtree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

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


class LoadPicturesLate(SphinxPostTransform):
    """Let a browser fetch a figure only when the reader comes near it."""

    default_priority = 600
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for image in self.document.findall(nodes.image):
            image["loading"] = "lazy"


def setup(app):
    app.add_post_transform(LoadPicturesLate)
    app.connect("build-finished", drop_unused, priority=900)  # after all who copy
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
