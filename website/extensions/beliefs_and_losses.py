"""The front page's picture: three beliefs about errors and, below each, the loss it becomes under
-ln.

Drawn at build time from ``coursecode``; the slider in ``book.js`` only moves a point along these
very lines.
"""

from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

REACH, POINTS, START = 2.5, 101, 20  # the lines run from -REACH to REACH; where the point starts
WIDTH, FOOT = 240, 6  # in the drawing's units; below FOOT stands the axis
BELIEF = (84, 72)  # height of a drawing, and of one unit of probability in it
LOSS = (112, 17)  # height of a drawing, and of one nat in it


class Pair(NamedTuple):
    """A belief about errors and the loss it becomes, in words."""

    belief: str
    loss: str
    shape: str
    cost: str


PAIRS = (
    Pair("Errors like a bell", "squared error", "A bell", "A parabola: ever steeper"),
    Pair(
        "Errors with heavy tails",
        "absolute error",
        "A tent with long tails",
        "A V: every step costs the same",
    ),
    Pair(
        "A yes or a no",
        "cross-entropy",
        "An S from 0 to 1",
        "A slope that flattens as the right answer gets sure",
    ),
)


def curves():
    """Each pair with its curves over the same positions: how probable, and the cost in nats."""
    import numpy as np

    from coursecode import information_content, sigmoid

    t = np.linspace(-REACH, REACH, POINTS)
    beliefs = (np.exp(-(t**2)), np.exp(-np.abs(t)), sigmoid(t))
    for pair, probability in zip(PAIRS, beliefs, strict=True):
        yield pair, probability, information_content(probability)


def drawing(values, label: str, height: int, unit: int) -> str:
    """One curve over its axis, with the point that the slider moves."""
    base = height - FOOT
    x = [WIDTH * k / (POINTS - 1) for k in range(POINTS)]
    y = base - unit * values
    line = " ".join(f"{a:g},{b:.2f}" for a, b in zip(x, y, strict=True))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}" data-unit="{unit}">'
        f'<polygon class="area" points="0,{base} {line} {WIDTH},{base}"/>'
        f'<path class="axis" d="M0 {base}H{WIDTH}"/><polyline class="line" points="{line}"/>'
        f'<circle r="5" cx="{x[START]:g}" cy="{y[START]:.2f}"/></svg>'
    )


def panels() -> str:
    """The three columns."""
    html = ""
    for pair, probability, price in curves():
        html += (
            f'<div class="belief"><p class="belief-title">{pair.belief}</p>'
            f"{drawing(probability, pair.shape, *BELIEF)}"
            f'<p class="belief-value">believed <b class="value">{probability[START]:.2f}</b></p>'
            "</div>"
            f'<div class="loss">{drawing(price, pair.cost, *LOSS)}'
            f'<p class="belief-value">costs <b class="value">{price[START]:.2f}</b> nats</p>'
            f'<p class="belief-title">{pair.loss}</p></div>'
        )
    return html


def draw_card(path: Path, title: str) -> None:
    """The same picture as a card of 1200 by 630 points, for those who share a link."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 3, figsize=(12, 6.3), dpi=100, sharex=True, sharey="row")
    for (pair, probability, price), (above, below) in zip(curves(), axes.T, strict=True):
        above.fill_between(range(POINTS), probability, color="#D55E00", alpha=0.15, lw=0)
        above.plot(probability, color="#D55E00", lw=4)
        below.plot(price, color="#1c1c1f", lw=4)
        above.set_title(pair.belief, fontsize=19)
        below.set_xlabel(pair.loss, fontsize=19)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[["left", "top", "right"]].set_visible(False)
    fig.suptitle(title, fontsize=36, y=0.95)
    fig.subplots_adjust(left=0.05, right=0.95, top=0.76, bottom=0.1, hspace=0.25)
    fig.savefig(path, facecolor="#fffefc", metadata={"Software": None})
    plt.close(fig)


class BeliefsAndLosses(SphinxDirective):
    """``{beliefs-and-losses}``: the picture, with the directive's text as its caption."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        slider = (
            '<label class="belief-slider" hidden>Move the error <input type="range" min="0" '
            f'max="{POINTS - 1}" value="{START}" data-step="{2 * REACH / (POINTS - 1):g}"></label>'
        )
        html = f'<div class="belief-panels">{panels()}</div>{slider}'
        caption = nodes.container("", classes=["belief-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        figure = nodes.container("", classes=["beliefs-and-losses"])
        figure += [nodes.raw("", html, format="html"), caption]
        return [figure]


def setup(app):
    app.add_directive("beliefs-and-losses", BeliefsAndLosses)
