"""One look for all figures: a palette in which a thing keeps its colour, and a quiet style.

The colours are Okabe and Ito's, which stay apart for readers with any colour vision. Those in which
labels are set are darker than theirs, so that they can be read on white (contrast at least 4.5).
The only module that needs matplotlib, so it is imported by itself: ``from coursecode.figures
import PALETTE, use_style``. What matplotlib calls a style is in the file `course.mplstyle`.
"""

import sys
from types import MappingProxyType

from cycler import cycler
from matplotlib import rcParams, style

#: What has which colour in every chapter. P is the truth, Q is the model.
PALETTE = MappingProxyType(
    {
        "truth": "#0072B2",  # blue
        "model": "#B54F00",  # vermilion
        "right": "#007A58",  # green: the true class
        "wrong": "#A3507F",  # purple: the other classes
        "accent": "#E69F00",  # orange
        "sky": "#56B4E9",
        "data": "#4D4D4D",  # grey
    }
)


def use_style() -> None:
    """Set matplotlib's defaults to the style of the course.

    SVG with a transparent ground, so that the page's own colour shows; no box round the axes; text
    at reading size; the palette in its order; colours that survive the inversion of the dark page.

    Examples
    --------
    >>> use_style()
    >>> PALETTE["model"]
    '#B54F00'
    """
    style.use("coursecode.course")
    rcParams["axes.prop_cycle"] = cycler(color=[*PALETTE.values()])
    # Notebooks draw SVG, without a date in it; elsewhere there is nothing to do.
    shell = sys.modules.get("IPython")
    if shell and shell.get_ipython():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]
