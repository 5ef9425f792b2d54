"""Terms of divergences that keep their digits where two distributions nearly agree.

The logarithm of a ratio near 1 loses the digits in which p and q differ. In the variable
s = (q - p) / (q + p), which is exact there, ln(q/p) is 2 artanh(s), an odd series; what the
divergences need is what is left of it when its first term has cancelled.
"""

from __future__ import annotations

import numpy as np

from coursecode._rules import lowest
from coursecode._validation import FloatArray

NEAR = 0.3  # of |s|: beyond, the logarithm has digits enough
TERMS = 16  # NEAR to the power 2 * TERMS is below the rounding of float64


def divergence_terms(p: FloatArray, q: FloatArray, d: FloatArray | None = None) -> FloatArray:
    """Return p ln(p/q) - p + q, given d = q - p where it is known more exactly; never negative."""
    d = q - p if d is None else d
    s = np.where(d == 0, 0, d / (p + q))
    tail = _polynomial([1 / (2 * k + 3) for k in range(TERMS)], s * s)
    near = d * s - p * (2 * s**3 * tail)
    far = np.where(p > 0, p * log_ratio(p, q) + d, q)
    return np.where(abs(s) < NEAR, near, far)


def midpoint_terms(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return (p ln(p/m) + q ln(q/m)) / 2 for m = (p + q) / 2; never negative."""
    total = p + q
    s = np.where(p == q, 0, (q - p) / total)
    tail = _polynomial([1 / ((2 * k + 1) * (2 * k + 2)) for k in range(TERMS)], s * s)
    near = total / 2 * s**2 * tail
    far = p * np.log(2 * at_least_tiny(p) / total) + q * np.log(2 * at_least_tiny(q) / total)
    return np.where(abs(s) < NEAR, near, far / 2)


def at_least_tiny(p: FloatArray) -> FloatArray:
    """Return p with its zeros replaced by the smallest number there is, so that 0 ln 0 is 0.

    No other number is changed.
    """
    return p if lowest(p) > 0 else np.maximum(p, np.finfo(p.dtype).smallest_subnormal)


def at_least_lowest(log_1p: FloatArray, p: FloatArray) -> FloatArray:
    """Return ln(1 + x) with -inf replaced by the lowest other value, so that 0 times it is 0.

    Where p is not 0 but so small that 1 + x was rounded to 0, that is right to eps times q.
    """
    return log_1p if lowest(p) > 0 else np.maximum(log_1p, np.log(np.finfo(p.dtype).epsneg))


def log_ratio(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return ln(p/q), also where the ratio is too large or too small for its type."""
    ratio = p / q
    fits = (ratio >= np.finfo(p.dtype).tiny) & (ratio < np.inf)
    log: FloatArray = np.log(ratio)
    return log if fits.all() else np.where(fits, log, np.log(p) - np.log(q))


def _polynomial(coefficients: list[float], x: FloatArray) -> FloatArray:
    value = np.zeros_like(x)
    for coefficient in reversed(coefficients):
        value *= x
        value += coefficient
    return value
