"""Exponentials of a block of scores, to the last digits whatever the scores.

The definition is used as it stands where nothing overflows or underflows, for there it is the most
exact; elsewhere each row is shifted by its maximum.
"""

from __future__ import annotations

import numpy as np

from coursecode._blocks import beside, row_max, row_sum
from coursecode._rules import all_finite, lowest
from coursecode._validation import FloatArray

SMALL = 1 / 4  # a sum of exponentials above it has lost no digit that matters to underflow


def logistic(s: FloatArray) -> FloatArray:
    """Return e^s / (1 + e^s) for a block of numbers, also where e^s overflows."""
    e = np.exp(-abs(s))
    q: FloatArray = np.where(s < 0, e, 1) / (1 + e)
    return q


def in_range(total: FloatArray) -> bool:
    """Return whether sums of exponentials have neither overflowed nor lost digits to underflow."""
    return bool(lowest(total) >= SMALL) and all_finite(total)


def exponentials_and_sum(s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return e^s and its sum in each row, both times one factor a row: e^-max if need be."""
    e = np.exp(s)
    total = row_sum(e)
    if not in_range(total):
        _, e, _ = shifted_exponentials(s)
        total = row_sum(e)
    return e, total


def shifted_exponentials(
    s: FloatArray, *, for_sum: bool = False
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return s - max s, its exponential, and max s, for a block of rows.

    Subtracting the maximum leaves 1 as the largest exponential, so that none overflows. Where only
    their sum is wanted, small exponentials need not be as exact as large ones.
    """
    top = row_max(s)
    tops = beside(s, top)
    shifted = s - tops
    e = np.exp(shifted)
    if lowest(shifted) < -8 and not (for_sum and _mostly_near(e, shifted)):
        # A difference d is rounded by up to half its last place, d * eps / 2, and e^d by as
        # many relative eps as d is large. What was rounded off is known exactly (Knuth, The Art
        # of Computer Programming, volume 2, 4.2.2, theorem B): give it back.
        back = s - shifted
        rounded_off = (s - (shifted + back)) + (back - tops)
        e += np.where(e > 0, e * rounded_off, 0)  # nan where a score is -inf
    return shifted, e, top


def _mostly_near(e: FloatArray, shifted: FloatArray) -> bool:
    """Return whether what adds up beside the largest is, on average, less than 8 below it."""
    return bool((row_sum(e * shifted) >= -8 * (row_sum(e) - 1)).all())


def sum_but_largest(e: FloatArray) -> FloatArray:
    """Return each row's sum without one of its largest terms, which must be 1.

    Subtracting 1 from the sum would lose the digits of what is left beside it.
    """
    ones = np.floor(e)
    return row_sum(e - ones) + (row_sum(ones) - 1)
