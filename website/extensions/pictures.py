"""Pictures as a reader needs them: described, fetched when near, their place kept until they come,
and with colours of their own for a dark page.

Without alternative text docutils falls back to the file name, which no checker in the browser can
tell from a description: here it is a warning. So is a drawing's text that is too pale, on light or
dark paper, or too small on a phone. Without its size the text jumps as a figure comes in.
"""

import re
from collections.abc import Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util import logging
from sphinx.util.images import get_image_size

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


def turned(colour: str) -> str:
    """A colour as it is on dark paper: greys are turned over, all others are light and keep their
    hue, so that orange stays orange."""
    hue, lightness, saturation = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    if saturation < 0.1:
        lightness = 0.92 - 0.83 * lightness
    else:
        lightness, saturation = max(lightness, 0.66), 0.85 * saturation
    parts = hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


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
    for words, style, size in set(TEXT.findall(svg)) if width else ():
        colour = (re.search(r"fill: (#\w{6})", style) or ["", "#000000"])[1]
        inks = () if colour in ON_GROUNDS else (("light", colour), ("dark", turned(colour)))
        for paper, ink in inks:
            if (found := contrast(ink, PAPER[paper])) < CONTRAST:
                yield f"{words!r} has a contrast of {found:.1f} on {paper} paper, below {CONTRAST}"
        if (pixels := 100 * float(size) * PHONE / float(width[1])) < SMALLEST:
            yield f"{words!r} is {pixels:.1f} pixels high on a phone, below {SMALLEST}"


def with_dark_colours(svg: str) -> str:
    """A drawing that follows the page: a browser hands its scheme on to the pictures in it.

    Pure black text stays: it stands on a coloured ground, which is light in the dark too.
    """
    colours = sorted(set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg)))
    rules = "".join(
        f'[style*="{what}: {colour}"]{{{what}:{turned(colour)}!important}}'
        for colour in colours
        for what in ("fill", "stroke")
        if f"{what}: {colour}" in svg
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
    return re.sub(r"(<svg[^>]*>)(<style>@media.*?</style>)?", rf"\g<1>{style}", svg, count=1)


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
