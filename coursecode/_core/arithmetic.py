"""The steps that formulas share, each written so that it loses neither digits nor time.

Most work on a block: an array with one example per row, (rows, K), or one number per example,
(rows,). Only `put` and `mended` change what they are given.
"""

import math
from collections.abc import Callable

import numpy as np

from coursecode._core.kinds import (
    MOST,
    SHORT_ROW,
    Numbers as Numbers,
    all_finite,
    row_sum as row_sum,
    within,
)

SMALL = 1 / 4  # a sum of exponentials above it has lost no digit that matters to underflow


# --- rows -----------------------------------------------------------------------------


def row_max(x: Numbers) -> Numbers:
    """Return the largest number of each row.

    Short rows are first laid out column by column: NumPy then loops along the many rows, which is
    several times faster than along the few numbers in each.
    """
    by_columns = np.asfortranarray(x) if x.shape[-1] <= SHORT_ROW else x
    return np.maximum.reduce(by_columns, axis=-1)


def column(x: Numbers) -> Numbers:
    """Return one number per row as a column, to stand beside rows."""
    return x[:, np.newaxis]


def place_in(x: Numbers, k: Numbers) -> Numbers:
    """Return where the k-th number of each row stands in x.ravel(): faster than two indices."""
    return k + np.arange(0, x.size, x.shape[-1])


def pick(x: Numbers, k: Numbers) -> Numbers:
    """Return the k-th number of each row, with one k per row."""
    return x.ravel()[place_in(x, k)]


def put(x: Numbers, k: Numbers, value: Numbers | float) -> Numbers:
    """Set the k-th number of each row of x, and return x."""
    x.reshape(-1)[place_in(x, k)] = value
    return x


def others(x: Numbers) -> Numbers:
    """Return the sum of the others for each number of a row, none of which is below 0."""
    rest: Numbers = column(row_sum(x)) - x
    top = x.argmax(axis=-1)  # this may be nearly the whole sum, so a difference loses the others
    return put(rest, top, row_sum(put(x.copy(), top, 0)))


def mended(
    value: Numbers, sure: Numbers, least: float, careful: Callable[..., Numbers], *rows: Numbers
) -> Numbers:
    """Compute some rows of `value` anew, by a slower and more careful formula, and return `value`.

    They are the rows where `sure` is below `least`, inf or nan.
    """
    if not within(sure, least, MOST):
        hard = ~((sure >= least) & (sure < math.inf))
        value[hard] = careful(*(each[hard] for each in rows))
    return value


# --- products in which 0 · ∞ is 0 -------------------------------------------------------


def times(weight: Numbers, cost: Numbers) -> Numbers:
    """Return weight · cost, and 0 where the weight is 0, even if the cost is infinite."""
    product = weight * cost
    return product if all_finite(product) else np.where(weight == 0, 0, product)


def expectation(p: Numbers, cost: Numbers) -> Numbers:
    """Return the sum of p_k · cost_k in each row; an outcome that never happens costs nothing."""
    mean = row_sum(p * cost)
    return mean if all_finite(mean) else row_sum(times(p, cost))


# --- logarithms and exponentials ------------------------------------------------------


def log1p(x: Numbers) -> Numbers:
    """Return ln(1 + x) for finite x above -1.

    In float32 by the logarithm, which NumPy does many at a time, and this only with AVX-512. What
    1 + x rounds off is known exactly, and given back.
    """
    if x.dtype != np.float32:
        return np.log1p(x)
    u = 1 + x
    return np.log(u) + (x - (u - 1)) / u


def exponentials(s: Numbers) -> tuple[Numbers, Numbers]:
    """Return e^s and its sum in each row, both divided by e^max s where they would leave range.

    Elsewhere the definition is used as it stands, because it is the most exact.
    """
    e: Numbers = np.exp(s)
    total = row_sum(e)
    e = mended(e, total, SMALL, _shifted_exponentials, s)
    return e, mended(total, total, SMALL, row_sum, e)


def _shifted_exponentials(s: Numbers) -> Numbers:
    # A difference d is rounded by up to half a unit in its last place, which changes e^d by up to
    # |d| eps / 2: so what was rounded off is given back.
    shifted, rounded_off = two_sum(s, -column(s.max(axis=-1)))
    e: Numbers = np.exp(shifted)
    return e + times(e, rounded_off)


def two_sum(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """Return a + b as it is rounded, and exactly what was rounded off.

    See Knuth, The Art of Computer Programming, volume 2, 4.2.2, theorem B.
    """
    s = a + b
    b_seen = s - a
    return s, (a - (s - b_seen)) + (b - b_seen)


def log_total(s: Numbers) -> tuple[Numbers, Numbers]:
    """Return max s, and by how much ln Σ e^s exceeds it, with digits even where that is near 0."""
    top = row_max(s)
    rest = _sum_but_largest(np.exp(s - column(top)))
    careful = lambda s: _sum_but_largest(_shifted_exponentials(s))
    # Of less than this, the other classes are far below, where a shift rounds the most.
    return top, np.log1p(mended(rest, rest, 0.01, careful, s))


def _sum_but_largest(e: Numbers) -> Numbers:
    """Return the sum of each row without one of its largest numbers, which must be 1."""
    ones = np.floor(e)  # subtracting 1 from the sum would lose the digits of what is left
    return row_sum(e - ones) + (row_sum(ones) - 1)


# --- what is left where large terms cancel ----------------------------------------------

NEAR = 0.3  # for |s|: beyond it, the logarithm has digits enough
TAIL = 1 / np.arange(33.0, 1, -2)  # of a series in s²: NEAR to the power 33 is below any rounding


def excess(p: Numbers, q: Numbers) -> Numbers:
    """Return ln(p/q) - 1 + q/p, which is never negative, and 0 where p = q.

    The logarithm of a ratio near 1 loses the digits in which p and q differ. But ln(q/p) is
    2 artanh(s) with s = (q - p) / (q + p): its first term cancels, and the rest is summed here.
    """
    more = (q - p) / p
    s = more / (more + 2)
    near = more * s - 2 * s**3 * np.polyval(TAIL.astype(p.dtype), s * s)
    ratio = p / q  # which may be too large or too small for its type
    fits = (ratio >= np.finfo(p.dtype).tiny) & (ratio < math.inf)
    log_ratio = np.where(fits, np.log(ratio), np.log(p) - np.log(q))
    return np.where(abs(s) < NEAR, near, log_ratio + more)


def divergence_terms(p: Numbers, q: Numbers) -> Numbers:
    """Return p ln(p/q) - p + q, which is never negative, and just q where p is next to nothing."""
    return np.where((p > 0) & (q / p < math.inf), p * excess(p, q), q)
