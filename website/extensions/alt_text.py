"""Demand alternative text of every picture.

Without it docutils falls back to the file name, which no checker in the browser can tell from a
description.
"""

from pathlib import PurePosixPath

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def describes(image: nodes.image) -> bool:
    alt = image.get("alt", "").strip()
    names = {
        PurePosixPath(uri).name
        for uri in (image.get("uri", ""), *image.get("candidates", {}).values())
    }
    return (
        bool(alt)
        and alt not in names | {PurePosixPath(name).stem for name in names}
        and alt != image.get("uri")
    )


def place(node: nodes.Node) -> nodes.Node:
    """The nearest node round this one that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def demand_alt_text(app, doctree: nodes.document, docname: str) -> None:
    for image in doctree.findall(nodes.image):
        if not describes(image):
            logger.warning(
                "picture %s has no alternative text: say what it shows",
                PurePosixPath(image.get("uri", "?")).name,
                location=place(image),
                type="alt_text",
            )


def setup(app):
    app.connect("doctree-resolved", demand_alt_text)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
