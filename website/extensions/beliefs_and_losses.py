"""Three beliefs about errors and the losses that they become under -ln: the curves of the front
page's figure, which ``website/figures/beliefs-and-losses.js`` draws, and the card for shared links.
"""

from pathlib import Path

REACH, POINTS = 2.5, 101  # the curves run from -REACH to REACH


def curves() -> list[tuple[str, str, list[float], list[float]]]:
    """A belief and its loss in words, then over the same errors: how probable, and what it costs in
    nats."""
    import numpy as np

    from coursecode import information_content, sigmoid

    t = np.linspace(-REACH, REACH, POINTS)
    beliefs = (
        ("Errors like a bell", "squared error", np.exp(-(t**2))),
        ("Errors with heavy tails", "absolute error", np.exp(-np.abs(t))),
        ("A yes or a no", "cross-entropy", sigmoid(t)),
    )
    return [
        (
            belief,
            loss,
            probability.round(4).tolist(),
            information_content(probability).round(4).tolist(),
        )
        for belief, loss, probability in beliefs
    ]


def draw_card(path: Path, title: str) -> None:
    """The same picture as a card of 1200 by 630 points, for those who share a link."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 3, figsize=(12, 6.3), dpi=100, sharex=True, sharey="row")
    for (belief, loss, probability, price), (above, below) in zip(curves(), axes.T, strict=True):
        above.fill_between(range(POINTS), probability, color="#D55E00", alpha=0.15, lw=0)
        above.plot(probability, color="#D55E00", lw=4)
        below.plot(price, color="#1c1c1f", lw=4)
        above.set_title(belief, fontsize=19)
        below.set_xlabel(loss, fontsize=19)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[["left", "top", "right"]].set_visible(False)
    fig.suptitle(title, fontsize=36, y=0.95)
    fig.subplots_adjust(left=0.05, right=0.95, top=0.76, bottom=0.1, hspace=0.25)
    fig.savefig(path, facecolor="#fffefc", metadata={"Software": None})
    plt.close(fig)
