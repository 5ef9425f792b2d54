"""One way to check arguments, for every public function.

A wrong input is an error that names the argument, the rule and what was got: nothing is clipped,
renormalised or recoded. Two stages, so that checking costs little:

1. A *kind* (`real`, `scores`, `probabilities`, ...) turns what the caller gave into an `Argument`:
   an array of the right type, with a rule (see `_rules`) for its values. Nothing is read yet.
2. `in_blocks` (see `_blocks`) matches the shapes and holds each block of values to the rule
   just before it is used, while it lies in the processor's cache.

`check` does both at once, for a function that does not work in blocks. Keyword options are single
numbers: `number`, `between`, `whole` and `logarithm` (see `_options`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from coursecode._arguments import Argument, batch_shape, check, floats, kind_of, plain_array
from coursecode._options import between, logarithm, number, whole
from coursecode._rules import (
    COUNTS,
    FINITE,
    NONNEGATIVE,
    NOT_NAN,
    POSITIVE,
    SCORES,
    SIGNS,
    UNIT,
    Array,
    FloatArray,
    below,
    distribution,
    first_fault,
    place,
)

__all__ = [
    "Argument",
    "Array",
    "FloatArray",
    "batch_shape",
    "between",
    "binary_labels",
    "check",
    "classes",
    "counts",
    "exponents",
    "extended_real",
    "logarithm",
    "nonnegative",
    "number",
    "parameter",
    "place",
    "plain_array",
    "positive",
    "probabilities",
    "real",
    "rows",
    "scores",
    "signs",
    "unit",
    "whole",
]

TOLERANCE = {char: math.sqrt(np.finfo(char).eps) for char in "efd"}
TINY, HUGE = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


def parameter(kind: Callable[[str, ArrayLike], Argument], name: str, values: ArrayLike) -> Argument:
    """Let an argument be a single number beside arrays of data.

    A number of Python's own leaves float32 data float32, if it has a place there.
    """
    argument = kind(name, values)
    if type(values) not in (int, float):  # np.float64 is a kind of float, but says its type
        return replace(argument, parameter=True)
    size = abs(float(argument.values))
    return replace(argument, parameter=True, takes_type=size == 0 or TINY <= size <= HUGE)


# --- kinds: a row of K numbers for each example ---------------------------------------


def scores(name: str, values: ArrayLike) -> Argument:
    """Scores (logits) of K classes, shape (..., K): below +inf; -inf rules a class out."""
    return Argument(name, floats(name, values, rank=1), 1, SCORES)


def exponents(name: str, values: ArrayLike) -> Argument:
    """Exponents of a sum of exponentials, shape (..., K): anything but nan."""
    return Argument(name, floats(name, values, rank=1), 1, NOT_NAN)


def rows(name: str, values: ArrayLike) -> Argument:
    """Finite numbers in rows, shape (..., K)."""
    return Argument(name, floats(name, values, rank=1), 1, FINITE)


def probabilities(name: str, values: ArrayLike, *, signs_show: bool = False) -> Argument:
    """Distributions over K outcomes, shape (..., K): non-negative, each row summing to 1.

    The sum may miss 1 by the square root of the machine epsilon of the type it was given in
    (1.5e-8 for float64, 3.5e-4 for float32), which covers rounding and exposes a mistyped number.
    With `signs_show` a negative one makes the formula's result nan, as its logarithm does.
    """
    array = floats(name, values, rank=1)
    rule = distribution(_tolerance(values, array), signs_show=signs_show)
    return Argument(name, array, 1, rule)


# --- kinds: a single number for each example ------------------------------------------


def real(name: str, values: ArrayLike) -> Argument:
    """Finite numbers, any shape."""
    return Argument(name, floats(name, values), 0, FINITE)


def extended_real(name: str, values: ArrayLike) -> Argument:
    """Numbers, -inf and +inf among them, any shape."""
    return Argument(name, floats(name, values), 0, NOT_NAN)


def nonnegative(name: str, values: ArrayLike) -> Argument:
    """Finite numbers from 0 on, any shape."""
    return Argument(name, floats(name, values), 0, NONNEGATIVE)


def counts(name: str, values: ArrayLike) -> Argument:
    """Whole numbers from 0 on, any shape."""
    return Argument(name, floats(name, values), 0, COUNTS)


def positive(name: str, values: ArrayLike) -> Argument:
    """Finite numbers above 0, any shape."""
    return Argument(name, floats(name, values), 0, POSITIVE)


def unit(name: str, values: ArrayLike) -> Argument:
    """Single probabilities between 0 and 1, any shape."""
    return Argument(name, floats(name, values), 0, UNIT)


def binary_labels(name: str, values: ArrayLike, like: Argument) -> Argument:
    """Labels 0 and 1, or the probability of 1 between them; whole and bool ones fit `like`."""
    array = plain_array(name, values)
    if array.dtype.kind in "biu":
        array = array.astype(like.values.dtype)
    return Argument(name, floats(name, array), 0, UNIT)


def signs(name: str, values: ArrayLike, like: Argument) -> Argument:
    """Labels -1 and +1; whole ones take the type of `like`."""
    array = plain_array(name, values)
    if array.dtype.kind in "iu":
        array = array.astype(like.values.dtype)
    return Argument(name, floats(name, array), 0, SIGNS)


def classes(name: str, values: ArrayLike, count: int) -> Argument:
    """Class labels, whole numbers from 0 to count - 1, any shape."""
    array = plain_array(name, values)
    rule = below(count)
    if array.dtype.kind == "f" or array.dtype.char in "QL":
        # Read from a file, say; NumPy takes neither kind for an index. Held to the rule before
        # they are cast, which would cut fractions off and make large ones negative.
        fault = first_fault(array, array != np.floor(array), "must be whole numbers")
        if count and (fault or rule.fault(array)):
            raise ValueError(f"{name} {fault or rule.fault(array)}")
        array = array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers, got {kind_of(array)}")
    return Argument(name, array, 0, rule)


def _tolerance(values: ArrayLike, array: FloatArray) -> float:
    if array is values:
        return TOLERANCE[array.dtype.char]
    given = getattr(values, "dtype", array.dtype)
    return TOLERANCE["e" if given == np.float16 else array.dtype.char]
