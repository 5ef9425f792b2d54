"""What the values of an argument must satisfy, and the message where they don't.

A rule has a quick test for the usual case, in which all is well: a sum or an extreme, through
which nan and inf pass. Only when it fails is the fault looked for, and it may be a false alarm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from operator import ge, gt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Array = NDArray[Any]

BITS_OF_1 = {"d": 0x3FF0000000000000, "f": 0x3F800000}
# Numbers. Products of longer rows are shared among threads by OpenBLAS, and wait for them all: on a
# machine with other work, or beside PyTorch's threads, several times as long as they take.
LANE = 10_000
SHORT_ROW = 64  # up to here, NumPy's loop along a row costs more than the arithmetic in it


class Rule(NamedTuple):
    """A quick test that is never wrong when it passes, and a search for the first fault."""

    holds: Callable[[Array], bool]
    fault: Callable[[Array], str]  # "must ..., got ..." or an empty string
    hidden: Callable[[Array], bool] | None  # a test of what a formula's result would not show


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
    total: FloatArray = (
        x.dot(_ones(x.shape[-1], x.dtype.char)) if short else np.add.reduce(x, axis=-1)
    )
    return total


@lru_cache(maxsize=2 * SHORT_ROW)
def _ones(count: int, dtype: str) -> Array:
    return np.ones(count, dtype)


def lowest(x: Array) -> float:
    """Return the lowest number, or nan if there is any: on a few numbers far faster than `min`."""
    flat = x if x.ndim == 1 else x.ravel("K")
    return float(flat[flat.argmin()])


def all_finite(x: Array) -> bool:
    """Return whether no number is nan, infinite, or so large that its square overflows."""
    flat = x if x.ndim == 1 else x.ravel()
    if flat.size <= LANE:
        return math.isfinite(flat.dot(flat))  # the fastest way to read every number
    lanes = flat[: flat.size // LANE * LANE].reshape(-1, LANE)
    rest = flat[lanes.size :]
    return math.isfinite(np.vecdot(lanes, lanes).sum() + rest.dot(rest))


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
    return bool(_largest_bits(x) <= BITS_OF_1[x.dtype.char])


def _largest_bits(x: Array) -> Any:
    """Return the largest of the bits read as unsigned: of a number with a minus sign if any."""
    bits = x.view(_unsigned(x.dtype))
    return bits.item(bits.argmax())


@lru_cache
def _unsigned(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(f"{dtype.byteorder}u{dtype.itemsize}")


@lru_cache
def distribution(tolerance: float, *, signs_show: bool = False) -> Rule:
    """Non-negative, and each row sums to 1 to within the tolerance."""

    def sums_hold(p: Array) -> bool:
        off = np.asarray(row_sum(p)).ravel() - 1
        return bool(off.dot(off) <= tolerance**2)

    def holds(p: Array) -> bool:
        return bool(lowest(p) >= 0) and sums_hold(p)

    def fault(p: Array) -> str:
        total = np.asarray(p.sum(axis=-1, dtype=np.float64))
        return (
            _nan(p)
            or first_fault(p, p < 0, "must not be negative")
            or first_fault_of_rows(
                total, abs(total - 1) > tolerance, "must sum to 1 along its last axis"
            )
        )

    return Rule(holds, fault, sums_hold if signs_show else holds)


@lru_cache
def below(count: int) -> Rule:
    """Whole numbers from 0 to count - 1."""

    def holds(y: Array) -> bool:
        return bool(_largest_bits(y) < count)

    def fault(y: Array) -> str:
        return first_fault(y, (y < 0) | (y >= count), f"must be a class from 0 to {count - 1}")

    return Rule(holds, fault, holds)


def _in_order(least: Callable[[Any, Any], Any]) -> Callable[[Array], bool]:
    def holds(x: Array) -> bool:
        return bool(least(lowest(x), 0) and x.item(x.argmax()) < math.inf)

    return holds


def _rule(holds: Callable[[Array], bool], fault: Callable[[Array], str]) -> Rule:
    return Rule(holds, fault, holds)


_nonnegative, _positive = _in_order(ge), _in_order(gt)
FINITE = Rule(all_finite, _infinite, None)
NOT_NAN = Rule(all_finite, _nan, None)
SCORES = Rule(all_finite, _no_score, None)
NONNEGATIVE = _rule(_nonnegative, _negative)
COUNTS = _rule(lambda x: _nonnegative(x) and bool((x == np.floor(x)).all()), _no_count)
POSITIVE = _rule(_positive, _not_positive)
UNIT = _rule(_in_unit, _outside_unit)
SIGNS = _rule(lambda x: bool((abs(x) == 1).all()), _no_sign)
