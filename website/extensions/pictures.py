"""Pictures as a reader needs them: described, fetched when near, their place kept until they come,
and with colours of their own for a dark page.

Without alternative text docutils falls back to the file name, which no checker in the browser can
tell from a description: here it is a warning. So is a drawing's text that is too pale, on light or
dark paper, too small on a phone, cut off, or crossed by a line or another text. Without its size
the text jumps as a figure comes in.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from docutils import nodes
from matplotlib.path import Path as Outline
from sphinx.util import logging
from sphinx.util.images import get_image_size

from .dark_colours import turned, with_dark_colours

logger = logging.getLogger(__name__)
Ink = tuple[str, float]  # a colour, and how densely it covers
Shape = tuple[Outline, Ink]

PAPER = {"light": "#fffefc", "dark": "#15171b"}
BLACK = "#000000"
CONTRAST = 4.5  # of WCAG 2, for text
PHONE = 380  # pixels: a figure's width on a screen of 390
SMALLEST = 9  # pixels, sub- and superscripts too
NEAR = 1  # point between a letter and the middle of a line, half as wide as most lines
WORDS = re.compile(r'<g id="(text_\d+)">\s*<!-- (.*?) -->')
FILL, OPACITY = re.compile(r"fill: ([^;]+)"), re.compile(r"(?<!stroke-)opacity: ([\d.]+)")
SCALE = re.compile(r"scale\(([\d.]+)")
SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?[\d.]+")
MOVE = re.compile(r"(translate|scale|rotate)\(([^)]*)\)")
GRID = "stroke-opacity: 0.35"  # what may run under a text: coursecode's grid.alpha


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
            svg = picture.read_text(encoding="utf-8")
            for fault in (*hard_to_read(svg), *in_the_way(svg)):
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


def mixed(colour: str, opacity: float, ground: str) -> str:
    """A colour that lets its ground through."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(opacity * c + (1 - opacity) * g):02x}" for c, g in pairs)


def in_the_dark(colour: str) -> str:
    """A colour as it is on dark paper, where black stays black: see with_dark_colours."""
    return colour if colour == BLACK else turned(colour)


def ink_of(part: ET.Element) -> Ink:
    """What a part of a drawing is filled with. Matplotlib leaves black out."""
    style = part.get("style", "")
    fill = FILL.search(style)
    return fill[1] if fill else BLACK, float(np.prod([float(n) for n in OPACITY.findall(style)]))


def seen(part: ET.Element) -> Iterator[ET.Element]:
    """What is drawn, in its order: not what is only defined, nor a text's letters."""
    yield part
    if not part.get("id", "").startswith("text_"):
        for child in part:
            if child.tag != f"{SVG}defs":
                yield from seen(child)


def filled(part: ET.Element, glyphs: dict[str | None, np.ndarray]) -> Iterator[Shape]:
    """The shapes that a part of a drawing fills."""
    ink = ink_of(part)
    if ink[0].startswith("#") and part.tag in (f"{SVG}path", f"{SVG}use"):
        if part.tag == f"{SVG}use":
            at = [float(part.get(axis, "0")) for axis in "xy"]
            rings = [glyphs[part.get(HREF, "")[1:]] + at]
        else:
            rings = [points(ET.Element("path", d=d)) for d in part.get("d", "").split("M")[1:]]
        yield from ((Outline(ring), ink) for ring in rings if len(ring) > 2)


def pale(ink: Ink, under: list[Ink]) -> Iterator[str]:
    """Where a text has too little contrast: on paper, or on the shapes under it."""
    for paper, ground in PAPER.items():
        shown = in_the_dark if paper == "dark" else str
        for colour, opacity in under:
            ground = mixed(shown(colour), opacity, ground)
        found = contrast(mixed(shown(ink[0]), ink[1], ground), ground)
        if found < CONTRAST:
            on = f"{ground} on {paper} paper" if under else f"{paper} paper"
            yield f"has a contrast of {found:.1f} on {on}, below {CONTRAST}"


def small(text: ET.Element, pixels: float) -> Iterator[str]:
    """Where a text is too small on a phone, where a point is so many pixels."""
    size = 100 * pixels * float(SCALE.findall(text.get("transform", ""))[0])
    scripts = [SCALE.search(use.get("transform", "")) for use in text.iter(f"{SVG}use")]
    height = size * min([1.0, *(float(scale[1]) for scale in scripts if scale)])
    if height < SMALLEST:
        yield f"is {height:.1f} pixels high on a phone, below {SMALLEST}"


@lru_cache(maxsize=1)  # a drawing is looked at twice, one after the other
def opened(svg: str) -> tuple[dict[str | None, str], ET.Element, dict[str | None, np.ndarray]]:
    """What a drawing of Matplotlib's says, by the names of the texts; its parts; and its glyphs."""
    words, drawing = dict(WORDS.findall(svg)), ET.fromstring(svg)
    paths = drawing.findall(f".//{SVG}path") if words else []  # other programs write them otherwise
    return words, drawing, {path.get("id"): points(path) for path in paths}


def hard_to_read(svg: str) -> Iterator[str]:
    """What a drawing of Matplotlib's says in too pale or too small letters."""
    words, drawing, glyphs = opened(svg)
    if not words:
        return
    pixels = PHONE / float(drawing.get("viewBox", "").split()[2])
    shapes: list[Shape] = []
    faults: list[str] = []
    for part in seen(drawing):  # what lies under a text comes before it
        shapes += filled(part, glyphs)
        if part.get("id") in words and (outlines := letters(part, glyphs)):
            said, text = words[part.get("id", "")], part[0]
            ends = np.concatenate(outlines)
            middle = (ends.min(axis=0) + ends.max(axis=0)) / 2
            under = [ink for outline, ink in shapes if outline.contains_point(middle)]
            found = [*pale(ink_of(text), under), *small(text, pixels)]
            faults += [f"{said!r} {fault}" for fault in found]
    yield from dict.fromkeys(faults)


def points(path: ET.Element) -> np.ndarray:
    """Where the pen goes, a row for each point."""
    return placed(np.array(NUMBER.findall(path.get("d", "")), float).reshape(-1, 2), path)


def placed(points: np.ndarray, element: ET.Element) -> np.ndarray:
    """The points, moved as the element says."""
    for kind, numbers in reversed(MOVE.findall(element.get("transform", ""))):
        x, y = (NUMBER.findall(numbers) * 2)[:2]
        by = np.array([x, y], float)
        if kind == "rotate":
            cos, sin = np.cos(np.deg2rad(by[0])), np.sin(np.deg2rad(by[0]))
            points = points @ [[cos, sin], [-sin, cos]]
        else:
            points = points + by if kind == "translate" else points * by
    return points


def letters(part: ET.Element, glyphs: dict[str | None, np.ndarray]) -> list[np.ndarray]:
    """The outline of each letter in a part of a drawing."""
    if part.tag == f"{SVG}use":
        found = [glyphs[part.get(HREF, "")[1:]]]
    else:
        found = [outline for child in part for outline in letters(child, glyphs)]
    return [placed(outline, part) for outline in found if len(outline)]


def lines(drawing: ET.Element) -> Iterator[np.ndarray]:
    """Of each line that is drawn and isn't the grid's: points not further apart than 1."""
    clips = {clip.get("id"): clip[0] for clip in drawing.iter(f"{SVG}clipPath")}
    for path in drawing.iter(f"{SVG}path"):
        style = path.get("style", "")
        if "fill: none; stroke" not in style or GRID in style:
            continue
        window = clips.get(path.get("clip-path", "")[len("url(#") : -1])
        for part in path.get("d", "").split("M")[1:]:
            ends = points(ET.Element("path", d=part))
            steps = np.ceil(np.abs(np.diff(ends, axis=0)).max(axis=1, initial=0)).astype(int)
            at = np.arange(steps.sum() + 1)
            every = np.concatenate([[0], np.cumsum(steps)])
            line = np.column_stack([np.interp(at, every, end) for end in ends.T])
            if window is not None:
                x, y, w, h = (
                    float(window.get(name, "0")) for name in ("x", "y", "width", "height")
                )
                line = line[((line >= (x, y)) & (line <= (x + w, y + h))).all(axis=1)]
            yield line


def in_the_way(svg: str) -> Iterator[str]:
    """What a drawing of Matplotlib's says where it is cut off or something else is drawn."""
    words, drawing, glyphs = opened(svg)
    if not words:
        return
    boxes = {}
    for group in drawing.iter(f"{SVG}g"):
        if group.get("id") in words and (outlines := letters(group, glyphs)):
            corners = [(outline.min(axis=0), outline.max(axis=0)) for outline in outlines]
            boxes[group.get("id")] = np.array(corners).transpose(1, 0, 2)
    ink = np.concatenate([*lines(drawing), np.empty((0, 2))])
    end = [float(number) for number in drawing.get("viewBox", "").split()[2:]]
    for number, (name, (low, high)) in enumerate(boxes.items()):
        if (low < 0).any() or (high > end).any():
            yield f"{words[name]!r} is cut off"
        near = ink[((ink > low.min(axis=0) - NEAR) & (ink < high.max(axis=0) + NEAR)).all(axis=1)]
        met = (near[:, None] > low - NEAR) & (near[:, None] < high + NEAR)
        if met.all(axis=2).any():
            yield f"{words[name]!r} is crossed by a line"
        for other, (left, right) in [*boxes.items()][:number]:
            if ((low[:, None] < right) & (high[:, None] > left)).all(axis=2).any():
                yield f"{words[name]!r} stands on {words[other]!r}"


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
