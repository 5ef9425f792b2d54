"""The front page's picture: three beliefs about errors and, below each, the loss it becomes under -ln.

Drawn at build time from ``coursecode``; the slider in ``book.js`` only moves a point along these very lines.
"""

from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WIDTH, REACH, POINTS = 240, 2.5, 101
BELIEF_HEIGHT, BELIEF_UNIT = 84, 72  # one unit of probability, in the drawing's units
LOSS_HEIGHT, LOSS_UNIT = 112, 17  # one nat

PANEL = """
<div class="belief">
<p class="belief-title">{belief}</p>
<svg viewBox="0 0 {width} {belief_height}" role="img" aria-label="{shape}" data-unit="{belief_unit}">
<polygon class="area" points="0,{belief_base} {belief_points} {width},{belief_base}"/>
<path class="axis" d="M0 {belief_base}H{width}"/><polyline class="line" points="{belief_points}"/>
<circle r="5" cx="{x}" cy="{belief_y}"/></svg>
<p class="belief-value">believed <output>{belief_value:.2f}</output></p>
</div>
<div class="loss">
<svg viewBox="0 0 {width} {loss_height}" role="img" aria-label="{cost}" data-unit="{loss_unit}">
<path class="axis" d="M0 {loss_base}H{width}"/><polyline class="line" points="{loss_points}"/>
<circle r="5" cx="{x}" cy="{loss_y}"/></svg>
<p class="belief-value">costs <output>{loss_value:.2f}</output> nats</p>
<p class="belief-title">{loss}</p>
</div>
"""


class Pair(NamedTuple):
    """A belief about errors and the loss it becomes, in words."""

    belief: str
    loss: str
    shape: str
    cost: str


PAIRS = (
    Pair("Errors like a bell", "squared error", "A bell", "A parabola: ever steeper"),
    Pair("Errors with heavy tails", "absolute error", "A tent with long tails", "A V: every step costs the same"),
    Pair("A yes or a no", "cross-entropy", "An S from 0 to 1", "A slope that flattens as the right answer gets sure"),
)


def curves():
    """Each pair with its two curves over the same positions: how probable, and what it costs in nats."""
    import numpy as np

    from coursecode import information_content, sigmoid

    t = np.linspace(-REACH, REACH, POINTS)
    for pair, probability in zip(PAIRS, (np.exp(-(t**2)), np.exp(-np.abs(t)), sigmoid(t)), strict=True):
        yield pair, probability, information_content(probability)


def panels(start: int) -> str:
    """The three columns, with the movable points at the position ``start`` of the lines."""
    x = [WIDTH * k / (POINTS - 1) for k in range(POINTS)]

    def line(values, height: int, unit: int) -> tuple[str, float]:
        y = height - 6 - unit * values
        return " ".join(f"{a:g},{b:.2f}" for a, b in zip(x, y, strict=True)), y[start]

    html = ""
    for pair, probability, price in curves():
        belief_points, belief_y = line(probability, BELIEF_HEIGHT, BELIEF_UNIT)
        loss_points, loss_y = line(price, LOSS_HEIGHT, LOSS_UNIT)
        html += PANEL.format(
            **pair._asdict(), width=WIDTH, x=f"{x[start]:g}",
            belief_height=BELIEF_HEIGHT, belief_base=BELIEF_HEIGHT - 6, belief_unit=BELIEF_UNIT, belief_points=belief_points,
            belief_y=f"{belief_y:.2f}", belief_value=probability[start],
            loss_height=LOSS_HEIGHT, loss_base=LOSS_HEIGHT - 6, loss_unit=LOSS_UNIT, loss_points=loss_points,
            loss_y=f"{loss_y:.2f}", loss_value=price[start],
        )  # fmt: skip
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
        start = POINTS // 5
        figure = nodes.container("", classes=["beliefs-and-losses"])
        slider = (
            f'<label class="belief-slider" hidden>Move the error'
            f'<input type="range" min="0" max="{POINTS - 1}" value="{start}" aria-label="Position along the three lines"></label>'
        )
        figure += nodes.raw("", f'<div class="belief-panels">{panels(start)}</div>{slider}', format="html")
        caption = nodes.container("", classes=["belief-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        figure += caption
        return [figure]


def setup(app):
    app.add_directive("beliefs-and-losses", BeliefsAndLosses)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
