"""One look for all figures: a palette in which a thing keeps its colour, and a quiet style.

The colours are Okabe and Ito's, which stay apart for readers with any colour vision. Those in which
labels are set are darker than theirs, so that they can be read on white (contrast at least 4.5).
The only module that needs matplotlib, so it is imported by itself: ``from coursecode.figures
import PALETTE, use_style``.
"""

from __future__ import annotations

from types import MappingProxyType

import matplotlib as mpl
from cycler import cycler

#: What has which colour in every chapter. P is the truth, Q is the model.
PALETTE = MappingProxyType(
    {
        "truth": "#0072B2",  # blue
        "model": "#B54F00",  # vermilion
        "right": "#007A58",  # green: the true class
        "wrong": "#A3507F",  # purple: the other classes
        "data": "#4D4D4D",  # grey
        "accent": "#E69F00",  # orange
        "sky": "#56B4E9",
    }
)


def use_style() -> None:
    """Set matplotlib's defaults to the style of the course.

    SVG with a transparent ground, so that the page's own colour shows, in light and in dark;
    no box round the axes; text at reading size; the palette in its order. Colours of lines and
    text are chosen so that they survive the inversion of the dark page.

    Raises
    ------
    ImportError
        If matplotlib is not installed (on import of this module).

    Examples
    --------
    >>> use_style()
    >>> PALETTE["model"]
    '#B54F00'
    """
    order = ("truth", "model", "right", "wrong", "accent", "sky", "data")
    mpl.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": "#666666",
            "axes.grid": True,
            "axes.labelcolor": "#222222",
            "axes.labelsize": 12,
            "axes.linewidth": 0.8,
            "axes.prop_cycle": cycler(color=[PALETTE[key] for key in order]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 13,
            "figure.constrained_layout.use": True,
            "figure.dpi": 100,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "figure.figsize": (6.4, 3.8),
            "font.size": 12,
            "grid.color": "#B0B0B0",
            "grid.alpha": 0.35,
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "legend.fontsize": 11,
            "lines.linewidth": 2.0,
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "svg.fonttype": "path",  # drawn the same with and without the reader's fonts
            "svg.hashsalt": "coursecode",  # the same figure gives the same bytes
            "text.color": "#222222",
            "xtick.color": "#444444",
            "ytick.color": "#444444",
            "xtick.labelsize": 11,
            "ytick.labelsize": 11,
        }
    )
    _draw_inline_as_svg()


def _draw_inline_as_svg() -> None:
    """Have notebooks draw SVG, without a date in it; elsewhere there is nothing to do."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]
