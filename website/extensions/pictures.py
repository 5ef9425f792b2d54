"""Pictures as a reader needs them: described, fetched when near, their place kept until they come,
and with colours of their own for a dark page.

Without alternative text docutils falls back to the file name, which no checker in the browser can
tell from a description: here it is a warning. So is a drawing's text that is too pale, on light or
dark paper, or too small on a phone. Without its size the text jumps as a figure comes in.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util import logging
from sphinx.util.images import get_image_size

from .dark_colours import turned, with_dark_colours

logger = logging.getLogger(__name__)

PAPER = {"light": "#fffefc", "dark": "#15171b"}
ON_GROUNDS = ("#000000", "#ffffff")  # the colours of text that stands on a coloured ground
CONTRAST = 4.5  # of WCAG 2, for text
PHONE = 380  # pixels: a figure's width on a screen of 390
SMALLEST = 9  # pixels
# A text of Matplotlib's, drawn letter by letter: its words, its style, and its size in 100 points.
TEXT = re.compile(
    r'<g id="text_\d+">\s*<!-- (.*?) -->\s*<g (?:style="([^"]*)" )?transform="[^"]*scale\(([\d.]+)'
)


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
        if picture is not None and picture.suffix == ".svg":
            for fault in hard_to_read(picture.read_text(encoding="utf-8")):
                logger.warning("figure: %s", fault, location=pagename, type="figure_text")
        size = get_image_size(str(picture)) if picture else None
        return f'<img width="{size[0]}" height="{size[1]}"{tag[0][4:]}' if size else tag[0]

    context["body"] = re.sub(r'<img(?=[^>]* src="([^"]*)")', sized, context["body"])


def contrast(one: str, other: str) -> float:
    """How much lighter one colour is than another, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def hard_to_read(svg: str) -> Iterator[str]:
    """What a drawing of Matplotlib's says in too pale or too small letters."""
    width = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    if width is None:
        return
    for words, style, size in set(TEXT.findall(svg)):
        colour = (re.search(r"fill: (#\w{6})", style) or ["", "#000000"])[1]
        inks = () if colour in ON_GROUNDS else (("light", colour), ("dark", turned(colour)))
        for paper, ink in inks:
            if (found := contrast(ink, PAPER[paper])) < CONTRAST:
                yield f"{words!r} has a contrast of {found:.1f} on {paper} paper, below {CONTRAST}"
        if (pixels := 100 * float(size) * PHONE / float(width[1])) < SMALLEST:
            yield f"{words!r} is {pixels:.1f} pixels high on a phone, below {SMALLEST}"


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
