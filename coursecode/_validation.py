"""One way to check arguments, for every public function.

A wrong input is an error that names the argument, the rule and what was got: nothing is clipped,
renormalised or recoded. Two stages, so that checking costs little:

1. A *kind* (`real`, `scores`, `probabilities`, ...) turns what the caller gave into an `Argument`:
   an array of the right type, with a rule for its values. Nothing is read yet.
2. `in_blocks` (see `_blocks`) matches the shapes and holds each block of values to the rule
   just before it is used, while it lies in the processor's cache.

`check` does both at once, for a function that does not work in blocks. Keyword options are single
numbers: `number`, `between` and `logarithm`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
Array = NDArray[Any]


class Rule(NamedTuple):
    """What the values of an argument must satisfy, as a quick test and a full one."""

    holds: Callable[[Array], bool]  # quick; a False may be a false alarm, a True never is
    refuse: Callable[[str, Array], None]  # thorough; raises with the first offender, or returns


class Argument(NamedTuple):
    """An argument whose type is right and whose values are still to be held to `rule`."""

    name: str
    values: Array
    rank: int  # axes of one example: 1 for a row of K outcomes, 0 for a single number
    rule: Rule
    parameter: bool = False  # a lone number then counts for every example


def parameter(argument: Argument) -> Argument:
    """Let an argument be a single number beside arrays of data."""
    return argument._replace(parameter=True)


# --- kinds: a row of K numbers for each example ---------------------------------------


def scores(name: str, values: ArrayLike) -> Argument:
    """Scores (logits) of K classes, shape (..., K): below +inf; -inf rules a class out."""
    return Argument(name, _floats(name, values, rank=1), 1, _SCORES)


def exponents(name: str, values: ArrayLike) -> Argument:
    """Exponents of a sum of exponentials, shape (..., K): anything but nan."""
    return Argument(name, _floats(name, values, rank=1), 1, _NOT_NAN)


def rows(name: str, values: ArrayLike) -> Argument:
    """Finite numbers in rows, shape (..., K)."""
    return Argument(name, _floats(name, values, rank=1), 1, _FINITE)


def probabilities(name: str, values: ArrayLike) -> Argument:
    """Distributions over K outcomes, shape (..., K): non-negative, each row summing to 1.

    The sum may miss 1 by the square root of the machine epsilon of the type it was given in
    (1.5e-8 for float64, 3.5e-4 for float32), which covers rounding and exposes a mistyped number.
    """
    array = _floats(name, values, rank=1)
    return Argument(name, array, 1, _distribution(_tolerance(values, array)))


# --- kinds: a single number for each example ------------------------------------------


def real(name: str, values: ArrayLike) -> Argument:
    """Finite numbers, any shape."""
    return Argument(name, _floats(name, values), 0, _FINITE)


def extended_real(name: str, values: ArrayLike) -> Argument:
    """Numbers, -inf and +inf among them, any shape."""
    return Argument(name, _floats(name, values), 0, _NOT_NAN)


def nonnegative(name: str, values: ArrayLike) -> Argument:
    """Finite numbers from 0 on, any shape."""
    return Argument(name, _floats(name, values), 0, _NONNEGATIVE)


def positive(name: str, values: ArrayLike) -> Argument:
    """Finite numbers above 0, any shape."""
    return Argument(name, _floats(name, values), 0, _POSITIVE)


def unit(name: str, values: ArrayLike) -> Argument:
    """Single probabilities between 0 and 1, any shape."""
    return Argument(name, _floats(name, values), 0, _UNIT)


def binary_labels(name: str, values: ArrayLike, like: Argument) -> Argument:
    """Labels 0 and 1, or the probability of 1 between them; whole and bool ones fit `like`."""
    array = plain_array(name, values)
    if array.dtype.kind in "biu":
        array = array.astype(like.values.dtype)
    return Argument(name, _floats(name, array), 0, _UNIT)


def signs(name: str, values: ArrayLike, like: Argument) -> Argument:
    """Labels -1 and +1; whole ones take the type of `like`."""
    array = plain_array(name, values)
    if array.dtype.kind in "iu":
        array = array.astype(like.values.dtype)
    return Argument(name, _floats(name, array), 0, _SIGNS)


def classes(name: str, values: ArrayLike, count: int) -> Argument:
    """Class labels, whole numbers from 0 to count - 1, any shape."""
    array = plain_array(name, values)
    rule = _below(count)
    if array.dtype.kind == "f":  # read from a file, say: held to the rule before they are cut
        _first(name, array, array != np.floor(array), "must be whole numbers")
        rule.refuse(name, array)
        array = array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers, got {_kind(array)}")
    return Argument(name, array, 0, rule)


# --- what a checked argument is good for ----------------------------------------------


def check(argument: Argument) -> Array:
    """Return the argument's values, once its shape and every value have been held to its rule."""
    batch_shape((argument,))
    with np.errstate(all="ignore"):
        if not argument.rule.holds(argument.values):
            argument.rule.refuse(argument.name, argument.values)
    return argument.values


def batch_shape(arguments: tuple[Argument, ...]) -> tuple[int, ...]:
    """Return the leading axes that all arguments share; only parameters may be single numbers."""
    arrays = [a for a in arguments if a.values.ndim or not a.parameter] or arguments[:1]
    first = arrays[0]
    shape = first.values.shape
    batch = shape[:-1] if first.rank else shape
    for other in arrays[1:]:
        theirs = other.values.shape
        if other.rank == first.rank:
            same = theirs == shape
        else:
            same = (theirs[:-1] if other.rank else theirs) == batch
        if not same:
            raise ValueError(
                f"shapes must match, got {first.name} {shape} and {other.name} {theirs}"
            )
    if first.values.size == 0:
        raise ValueError(f"{first.name} must not be empty, got shape {shape}")
    return batch


# --- keyword options ------------------------------------------------------------------


def number(name: str, value: float) -> float:
    """Return a finite real number given as an option."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def between(
    name: str,
    value: float,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """Return an option that lies between `low` and `high`, ends included unless open."""
    value = number(name, value)
    if value < low or (open_low and value == low):
        rule = "above" if open_low else "at least"
        raise ValueError(f"{name} must be {rule} {low:g}, got {value:g}")
    if value > high or (open_high and value == high):
        rule = "below" if open_high else "at most"
        raise ValueError(f"{name} must be {rule} {high:g}, got {value:g}")
    return value


def whole(name: str, value: int, low: int = 1) -> int:
    """Return an option that counts something."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {type(value).__name__}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    return int(value)


def logarithm(base: float) -> Callable[[FloatArray], FloatArray]:
    """Return the logarithm to a base above 1; bits by log2, which rounds once, not a quotient."""
    base = between("base", base, 1, open_low=True)
    known = {math.e: np.log, 2.0: np.log2, 10.0: np.log10}
    return known.get(base) or (lambda x: np.log(x) / math.log(base))


# --- arrays and offenders -------------------------------------------------------------


def plain_array(name: str, values: ArrayLike) -> Array:
    """Return what was given as an array; whatever would lose its meaning that way is refused."""
    if type(values) is np.ndarray:
        return values
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked array")
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be rectangular, got rows of unequal lengths") from None


def _floats(name: str, values: ArrayLike, rank: int = 0) -> FloatArray:
    array = plain_array(name, values)
    if array.dtype != np.float64 and array.dtype != np.float32:
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must be real numbers, got {_kind(array)}")
        half = array.dtype == np.float16  # 300 squared is inf in float16: compute in float32
        with np.errstate(all="ignore"):
            array = array.astype(np.float32 if half else np.float64)
    elif not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if rank and not array.ndim:
        raise ValueError(f"{name} must have a last axis of outcomes, got a single number")
    return array


def _kind(array: Array) -> str:
    names = {"b": "bool", "c": "complex numbers", "O": "objects", "U": "text", "S": "bytes"}
    return names.get(array.dtype.kind, str(array.dtype))


def _tolerance(values: ArrayLike, array: FloatArray) -> float:
    given = getattr(values, "dtype", array.dtype)
    return math.sqrt(np.finfo(np.float16 if given == np.float16 else array.dtype).eps)


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


def _first(name: str, array: Array, bad: Array, rule: str) -> None:
    if np.any(bad):
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name} {rule}, got {array[index]!s}{place(index)}")


# --- rules: the quick tests are sums and extremes, through which nan and inf pass -----


def _is_finite(x: Array) -> bool:
    return bool(-math.inf < x.sum() < math.inf)


def _refuse_infinite(name: str, x: Array) -> None:
    _first(name, x, ~np.isfinite(x), "must be finite")


def _refuse_nan(name: str, x: Array) -> None:
    _first(name, x, np.isnan(x), "must not be nan")


def _refuse_bad_scores(name: str, x: Array) -> None:
    _refuse_nan(name, x)
    _first(name, x, x == np.inf, "must be below inf")
    ruled_out = np.max(x, axis=-1) == -np.inf
    if np.any(ruled_out):
        index = tuple(int(i) for i in np.argwhere(ruled_out)[0])
        raise ValueError(f"{name} must not be -inf for every class, got -inf{row_place(index)}")


def _refuse_negative(name: str, x: Array) -> None:
    _refuse_infinite(name, x)
    _first(name, x, x < 0, "must be at least 0")


def _refuse_nonpositive(name: str, x: Array) -> None:
    _refuse_infinite(name, x)
    _first(name, x, x <= 0, "must be above 0")


def _refuse_outside_unit(name: str, x: Array) -> None:
    _refuse_nan(name, x)
    _first(name, x, (x < 0) | (x > 1), "must lie between 0 and 1")


def _refuse_unsigned(name: str, x: Array) -> None:
    _first(name, x, ~(np.abs(x) == 1), "must be -1 or +1")


def _distribution(tolerance: float) -> Rule:
    def holds(p: Array) -> bool:
        off = p.sum(axis=-1) - 1
        return bool(p.min() >= 0 and off.ravel().dot(off.ravel()) <= tolerance**2)

    def refuse(name: str, p: Array) -> None:
        _refuse_nan(name, p)
        _first(name, p, p < 0, "must not be negative")
        totals: Array = np.asarray(np.sum(p, axis=-1, dtype=np.float64))
        off = np.abs(totals - 1) > tolerance
        if np.any(off):
            index = tuple(int(i) for i in np.argwhere(off)[0])
            raise ValueError(
                f"{name} must sum to 1 along its last axis, "
                f"got {totals[index]:.9g}{row_place(index)}"
            )

    return Rule(holds, refuse)


def _below(count: int) -> Rule:
    def holds(y: Array) -> bool:
        return bool(y.min() >= 0 and y.max() < count)

    def refuse(name: str, y: Array) -> None:
        _first(name, y, (y < 0) | (y >= count), f"must be a class from 0 to {count - 1}")

    return Rule(holds, refuse)


_FINITE = Rule(_is_finite, _refuse_infinite)
_NOT_NAN = Rule(_is_finite, _refuse_nan)
_SCORES = Rule(_is_finite, _refuse_bad_scores)
_NONNEGATIVE = Rule(lambda x: bool(x.min() >= 0 and x.max() < math.inf), _refuse_negative)
_POSITIVE = Rule(lambda x: bool(x.min() > 0 and x.max() < math.inf), _refuse_nonpositive)
_UNIT = Rule(lambda x: bool(x.min() >= 0 and x.max() <= 1), _refuse_outside_unit)
_SIGNS = Rule(lambda x: bool(np.all(np.abs(x) == 1)), _refuse_unsigned)
