"""Sums of products in twice the working precision, on any machine.

What a sum or a product of two floats loses to rounding is itself a float, and can be computed
(Knuth for sums, Dekker for products). Carrying these errors along gives about 32 digits, without
the extended type that only some processors have.
"""

from __future__ import annotations

import numpy as np

from coursecode._validation import FloatArray

SPLITTER = 2.0**27 + 1  # cuts the 53 bits of a float64 into two halves


def exact_product(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the products of numbers, and their errors."""
    p = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def exact_sum(terms: FloatArray, errors: FloatArray) -> FloatArray:
    """Return the sums of terms and errors along the last axis, by halving it again and again."""
    while terms.shape[-1] > 1:
        if terms.shape[-1] % 2:
            nothing = np.zeros_like(terms[..., :1])
            terms = np.concatenate([terms, nothing], axis=-1)
            errors = np.concatenate([errors, nothing], axis=-1)
        half = terms.shape[-1] // 2
        terms, lost = _sum(terms[..., :half], terms[..., half:])
        errors = errors[..., :half] + errors[..., half:] + lost
    result: FloatArray = (terms + errors)[..., 0]
    return result


def exact_parts(terms: FloatArray, errors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sums of terms and errors along the last axis, and what their rounding left out.

    The axis is kept.
    """
    total = exact_sum(terms, errors)[..., np.newaxis]
    nothing = np.zeros_like(total)
    left = exact_sum(
        np.concatenate([terms, -total], axis=-1), np.concatenate([errors, nothing], axis=-1)
    )
    return total, left[..., np.newaxis]


def _sum(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    s = a + b
    b_seen = s - a
    return s, (a - (s - b_seen)) + (b - b_seen)


def _halves(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    c = SPLITTER * a
    high = c - (c - a)
    return high, a - high
