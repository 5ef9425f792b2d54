"""Pictures as a reader needs them: described, fetched when near, their place kept until they come,
and with colours of their own for a dark page.

Without alternative text docutils falls back to the file name, which no checker in the browser can
tell from a description: here it is a warning. Without its size the text jumps as a figure comes in.
"""

import re
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util import logging
from sphinx.util.images import get_image_size

from .dark_colours import with_dark_colours

logger = logging.getLogger(__name__)


def describes(image: nodes.image) -> bool:
    """Whether a picture's words say more than its file's name."""
    alt = image.get("alt", "").strip()
    uris = (image.get("uri", ""), *image.get("candidates", {}).values())
    names = {PurePosixPath(uri).name for uri in uris}
    return bool(alt) and alt not in names | {PurePosixPath(name).stem for name in names} | {*uris}


def place(node: nodes.Node) -> nodes.Node:
    """The nearest node round this one that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def look_after_pictures(app, doctree: nodes.document, docname: str) -> None:
    for image in doctree.findall(nodes.image):
        image["loading"] = "lazy"
        if not describes(image):
            logger.warning(
                "picture %s has no alternative text: say what it shows",
                PurePosixPath(image.get("uri", "?")).name,
                location=place(image),
                type="alt_text",
            )


def state_sizes(app, pagename, templatename, context, doctree) -> None:
    if "body" not in context:
        return
    pictures = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def sized(tag: re.Match) -> str:
        picture = pictures.get(PurePosixPath(tag[1]).name)
        size = get_image_size(str(picture)) if picture else None
        return f'<img width="{size[0]}" height="{size[1]}"{tag[0][4:]}' if size else tag[0]

    context["body"] = re.sub(r'<img(?=[^>]* src="([^"]*)")', sized, context["body"])


def colour_drawings(app, exception) -> None:
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir, app.builder.imagedir).glob("*.svg"):
            svg = path.read_text(encoding="utf-8")
            if (new := with_dark_colours(svg)) != svg:
                path.write_text(new, encoding="utf-8")


def setup(app):
    app.connect("build-finished", colour_drawings)
    app.connect("doctree-resolved", look_after_pictures)
    app.connect("html-page-context", state_sizes)
