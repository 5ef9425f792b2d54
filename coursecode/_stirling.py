"""What Stirling's formula leaves out of ln x!, so that the rest can be computed without it.

ln x! = ½ ln(2πx) + x ln x - x + ε(x), with 0 < ε(x) < 1/(12 x). Taken apart like this, the large
terms of a Poisson log-likelihood meet before they are rounded, and cancel exactly.
"""

from __future__ import annotations

import numpy as np

from coursecode._validation import FloatArray

LARGE = 16
# Coefficients of 1/x, 1/x³, 1/x⁵, ...: Abramowitz and Stegun, equation 6.1.41.
SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def stirling_error(x: FloatArray) -> FloatArray:
    """Return ε(x) for whole numbers x, and 0 for x = 0."""
    small = SMALL[np.minimum(x, LARGE - 1).astype(np.intp)].astype(x.dtype)
    return np.where(x < LARGE, small, _by_series(np.maximum(x, LARGE)))


def _by_series(x: FloatArray) -> FloatArray:
    value = np.zeros_like(x)
    for coefficient in reversed(SERIES):
        value = value / x**2 + coefficient
    return value / x


def _table() -> FloatArray:
    """Return ε(0), ..., ε(15), stepping down from ε(16).

    One step adds (m + ½) ln((m + 1)/m) - 1 = t²/3 + t⁴/5 + ..., where t = 1/(2m + 1).
    """
    table = np.zeros(LARGE)
    above = float(_by_series(np.array(float(LARGE))))
    for m in range(LARGE - 1, 0, -1):
        above += sum((2 * m + 1.0) ** (-2 * k) / (2 * k + 1) for k in range(20, 0, -1))
        table[m] = above
    return table


SMALL = _table()
