"""What the values of an argument must satisfy, and the message where they don't.

A rule has a quick test for the usual case, in which all is well: a sum or an extreme, through
which nan and inf pass. Only when it fails is the fault looked for, and it may be a false alarm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Array = NDArray[Any]

SHORT_ROW = 64  # up to here, NumPy's loop along a row costs more than the arithmetic in it


class Rule(NamedTuple):
    """A quick test that is never wrong when it passes, and a search for the first fault."""

    holds: Callable[[Array], bool]
    fault: Callable[[Array], str]  # "must ..., got ..." or an empty string
    of_size: bool = False  # refuses nothing but nan and infinities


def place(index: tuple[int, ...]) -> str:
    """Say where an offender stands: nothing for a lone number, else its index."""
    if not index:
        return ""
    return f" at index {index[0]}" if len(index) == 1 else f" at index {index}"


def row_place(index: tuple[int, ...]) -> str:
    """Say which row offends: nothing for a lone row, else its number or its index."""
    if not index:
        return ""
    return f" in row {index[0]}" if len(index) == 1 else f" in row {index}"


def first_fault(array: Array, bad: Array, rule: str) -> str:
    """Return the message for the first bad number, or an empty string."""
    if not bad.any():
        return ""
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{rule}, got {array[index]!s}{place(index)}"


def first_fault_of_rows(got: Array, bad: Array, rule: str) -> str:
    """Return the message for the first bad row, or an empty string."""
    if not bad.any():
        return ""
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{rule}, got {got[index]:.9g}{row_place(index)}"


def row_sum(x: FloatArray) -> FloatArray:
    """Return the sum of each row: pairwise, or for short rows as a product with ones."""
    short = x.shape[-1] <= SHORT_ROW
    total: FloatArray = x.dot(_ones(x.shape[-1], x.dtype.char)) if short else x.sum(axis=-1)
    return total


@lru_cache(maxsize=2 * SHORT_ROW)
def _ones(count: int, dtype: str) -> Array:
    return np.ones(count, dtype)


def all_finite(x: Array) -> bool:
    """Return whether no number is nan, infinite, or so large that its square overflows."""
    flat = x if x.ndim == 1 else x.ravel()
    return math.isfinite(flat.dot(flat))  # the fastest way to read every number


def _infinite(x: Array) -> str:
    return first_fault(x, ~np.isfinite(x), "must be finite")


def _nan(x: Array) -> str:
    return first_fault(x, np.isnan(x), "must not be nan")


def _no_score(x: Array) -> str:
    top = np.asarray(x.max(axis=-1))
    return (
        _nan(x)
        or first_fault(x, x == np.inf, "must be below inf")
        or first_fault_of_rows(top, top == -np.inf, "must not be -inf for every class")
    )


def _negative(x: Array) -> str:
    return _infinite(x) or first_fault(x, x < 0, "must be at least 0")


def _no_count(x: Array) -> str:
    return _negative(x) or first_fault(x, x != np.floor(x), "must be whole numbers")


def _not_positive(x: Array) -> str:
    return _infinite(x) or first_fault(x, x <= 0, "must be above 0")


def _outside_unit(x: Array) -> str:
    return _nan(x) or first_fault(x, (x < 0) | (x > 1), "must lie between 0 and 1")


def _no_sign(x: Array) -> str:
    return first_fault(x, abs(x) != 1, "must be -1 or +1")


def _in_unit(x: Array) -> bool:
    # The bits of a float that is not negative grow with it, so those of nan lie beyond those of 1.
    return bool(_without_sign(x).max() <= _without_sign(x.dtype.type(1)))


def _without_sign(x: Array) -> Array:
    """Return the bits of numbers read as unsigned: what has a minus sign is then the largest."""
    unsigned: Array = x.view(f"{x.dtype.byteorder}u{x.itemsize}")
    return unsigned


def distribution(tolerance: float) -> Rule:
    """Non-negative, and each row sums to 1 to within the tolerance."""

    def holds(p: Array) -> bool:
        off = np.asarray(row_sum(p)).ravel() - 1
        return bool(p.min() >= 0 and off.dot(off) <= tolerance**2)

    def fault(p: Array) -> str:
        total = np.asarray(p.sum(axis=-1, dtype=np.float64))
        return (
            _nan(p)
            or first_fault(p, p < 0, "must not be negative")
            or first_fault_of_rows(
                total, abs(total - 1) > tolerance, "must sum to 1 along its last axis"
            )
        )

    return Rule(holds, fault)


def below(count: int) -> Rule:
    """Whole numbers from 0 to count - 1."""

    def holds(y: Array) -> bool:
        return bool(_without_sign(y).max() < count)

    def fault(y: Array) -> str:
        return first_fault(y, (y < 0) | (y >= count), f"must be a class from 0 to {count - 1}")

    return Rule(holds, fault)


FINITE = Rule(all_finite, _infinite, of_size=True)
NOT_NAN = Rule(all_finite, _nan, of_size=True)
SCORES = Rule(all_finite, _no_score, of_size=True)
NONNEGATIVE = Rule(lambda x: bool(x.min() >= 0 and x.max() < math.inf), _negative)
COUNTS = Rule(lambda x: NONNEGATIVE.holds(x) and bool((x == np.floor(x)).all()), _no_count)
POSITIVE = Rule(lambda x: bool(x.min() > 0 and x.max() < math.inf), _not_positive)
UNIT = Rule(_in_unit, _outside_unit)
SIGNS = Rule(lambda x: bool((abs(x) == 1).all()), _no_sign)
