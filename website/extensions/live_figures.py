"""Figures that answer back: if ``website/figures`` has a script of a figure's name, the figure
becomes a ``<loss-figure>``.

The picture that the chapter draws stands there from the start, in a box as high as the live one
will be, with the question, the reading and what to notice: the script's own words, asked of it
here. A page loads one plain script, the base and its figures joined; it works from a folder too.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util.docutils import SphinxDirective

from . import beliefs_and_losses

FOLDER = Path(__file__).parents[1] / "figures"
BASE = "loss-figure"
WIDE = 640  # pixels, for what is read and drawn here
IMPORT = re.compile(r'^import .* from "\./([\w/-]+)\.js";\n', re.M)
# What only people need: lines of comment, and the marks of modules and types.
UNSENT = re.compile(r"^ *(//|/?\*).*\n|/\*\*(?:(?!\*/).)*\*/ ?|^export (default )?| {2,}", re.M)
ASKED = """
const {question, notice, height, buttons = [], picture, ...rest} = FIGURES[NAME];
const {svg, reading} = picture(WIDE, height[0], start({...rest}), DATA);
const labels = buttons.map(({says}) => says);
return JSON.stringify({question, notice, height, svg, reading, buttons: labels});
"""


def hubble() -> dict[str, list[float]]:
    """The nebulae's distances and velocities."""
    from coursecode import load_hubble

    data = load_hubble()
    return {"distances": data.distances.tolist(), "velocities": data.velocities.tolist()}


STEPS = 10_000  # into which the way to the trained weights is divided


def way_to_trained_weights() -> dict[str, list[Any]]:
    """The loss along the way that the chapter on choosing a loss takes, as a Chebyshev series in
    2t - 1, and the number of wrong images at each step where it changes."""
    import numpy as np

    from coursecode import (
        gradient_descent,
        load_digits,
        softmax_cross_entropy,
        softmax_cross_entropy_gradient,
    )

    digits = load_digits()
    X = np.column_stack([digits.images.reshape(-1, 64) / 16, np.ones(len(digits.labels))])[:900]
    y = digits.labels[:900]
    start = np.random.default_rng(1).normal(scale=0.01, size=(10, 65))
    trained = gradient_descent(
        lambda W: softmax_cross_entropy(y, X @ W.T).mean(),
        lambda W: softmax_cross_entropy_gradient(y, X @ W.T).T @ X / len(y),
        start,
        learning_rate=0.25,
        steps=200,
    ).points[-1]
    first, way = X @ start.T, X @ (trained - start).T
    series = np.polynomial.Chebyshev.interpolate(
        lambda t: np.array([softmax_cross_entropy(y, first + one * way).mean() for one in t]),
        40,
        [0, 1],
    )
    wrong = [int(((first + k / STEPS * way).argmax(axis=1) != y).sum()) for k in range(STEPS + 1)]
    jumps = [[k, n] for k, n in enumerate(wrong) if k == 0 or n != wrong[k - 1]]
    return {"loss": series.coef.round(12).tolist(), "wrong": jumps}


#: What a figure draws and its script can't compute, by name.
DATA: dict[str, Callable[[], Any]] = {
    "beliefs-and-losses": beliefs_and_losses.curves,
    "outlier-lines": hubble,
    "staircase": way_to_trained_weights,
}


def exists(name: str) -> bool:
    return name != BASE and (FOLDER / f"{name}.js").exists()


def modules(*names: str) -> Iterator[str]:
    """The modules with these names and all that they import, each once and after what it needs."""
    met: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name not in met:
            met.add(name)
            text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
            for other in IMPORT.findall(text):
                yield from walk(other)
            yield IMPORT.sub("", text)

    for name in names:
        yield from walk(name)


def script(*names: str) -> str:
    """One plain script of these modules."""
    return UNSENT.sub("", "".join(modules(*names)))


@cache
def asked(name: str, data: str) -> dict[str, Any]:
    """A figure's own words, its heights, and how it looks and reads at the start."""
    racer = MiniRacer()
    given = f"const NAME = {json.dumps(name)}, WIDE = {WIDE}, DATA = {data};"
    answer = racer.eval(f"(() => {{{script(name)}{given}{ASKED}}})()")
    racer.close()
    return json.loads(str(answer))


@cache
def around(name: str) -> tuple[str, str, str]:
    """What stands before and after a figure's picture, and the picture as the script draws it."""
    data = json.dumps(DATA.get(name, lambda: None)(), separators=(",", ":"))
    said = asked(name, data)
    wide, narrow = said["height"]
    buttons = "".join(
        f'<button type="button">{escape(one)}</button>' for one in (*said["buttons"], "Reset")
    )
    before = (
        f'<loss-figure name="{name}" style="--wide: {wide}px; --narrow: {narrow}px">'
        f'<p class="question">{said["question"]}</p><div class="stage">'
    )
    after = (
        f'</div><div class="controls"><p class="reading" role="status">{said["reading"]}</p>'
        f'{buttons}</div><p class="notice">{said["notice"]}</p>'
        + (f'<script type="application/json">{data}</script>' if name in DATA else "")
        + "</loss-figure>"
    )
    return before, f'<svg viewBox="0 0 {WIDE} {wide}">{said["svg"]}</svg>', after


class LiveFigure(SphinxDirective):
    """``{live-figure} name``: a figure that no cell draws; the content is its caption."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        caption = nodes.container("", classes=["caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        figure = nodes.container("", classes=[self.arguments[0]])
        figure += [nodes.raw("", "".join(around(self.arguments[0])), format="html"), caption]
        return [figure]


def enliven(app, doctree: nodes.document, docname: str) -> None:
    """Put the figures of cells that have a script into their element."""
    for figure in doctree.findall(nodes.figure):
        names = (label.removeprefix("fig-") for label in figure["ids"])
        name = next(filter(exists, names), None)
        image = figure.next_node(nodes.image)
        if name and image and app.builder.format == "html":
            image["classes"].append("no-scaled-link")  # nothing to be tapped lies below the handles
            before, _, after = around(name)
            place = figure.index(image)
            figure.insert(place + 1, nodes.raw("", after, format="html"))
            figure.insert(place, nodes.raw("", before, format="html"))


def add_script(app, pagename, templatename, context, doctree) -> None:
    if names := re.findall(r'<loss-figure name="([^"]+)"', context.get("body", "")):
        text = f'"use strict";{{\n{script(*names)}}}\n'
        path = Path(app.outdir, "_static", "figures", f"{Path(pagename).name}.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        context["figures_script"] = f"_static/figures/{path.name}"
        context["figures_digest"] = sha256(text.encode()).hexdigest()[:8]


def note_scripts(app, config) -> None:
    """Write all pages again when a script has changed."""
    texts = (path.read_bytes() for path in sorted(FOLDER.rglob("*.js")))
    config.live_figures = sha256(b"".join(texts)).hexdigest()


def setup(app):
    app.add_config_value("live_figures", "", "html", [str])
    app.add_directive("live-figure", LiveFigure)
    app.connect("config-inited", note_scripts)
    app.connect("doctree-resolved", enliven)
    app.connect("html-page-context", add_script)
