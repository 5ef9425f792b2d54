"""An argument on its way to a formula: an array of the right type, and a rule for its values.

Whatever can't be such an array is refused here, and so are arguments whose shapes don't match and
values that break their rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike

from coursecode._rules import Array, FloatArray, Rule

DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)


@dataclass(slots=True)
class Argument:
    """An argument whose type is right and whose values are still to be held to `rule`."""

    name: str
    values: Array
    rank: int  # axes of one example: 1 for a row of K outcomes, 0 for a single number
    rule: Rule
    parameter: bool = False  # a lone number then counts for every example
    takes_type: bool = False  # of the data, as Python's numbers do


def check(argument: Argument) -> Array:
    """Return the argument's values, once its shape and every value have been held to its rule."""
    batch_shape((argument,))
    with np.errstate(all="ignore"):
        hold((argument,), [argument.values])
    return argument.values


def hold(arguments: tuple[Argument, ...], block: list[Array]) -> None:
    """Hold a block of each argument's values to its rule; name the first fault of all there are."""
    for argument, values in zip(arguments, block, strict=True):
        if not argument.rule.holds(values) and argument.rule.fault(values):
            refuse(arguments)


def refuse(arguments: tuple[Argument, ...]) -> NoReturn:
    """Name the first fault of all: sought in the whole, so that the message has its true index."""
    found = ((each.name, each.rule.fault(each.values)) for each in arguments)
    raise ValueError(next(f"{name} {fault}" for name, fault in found if fault))


def batch_shape(arguments: tuple[Argument, ...]) -> tuple[int, ...]:
    """Return the leading axes that all arguments share; only parameters may be single numbers."""
    first = arguments[0]
    if first.parameter:
        first = next((a for a in arguments if a.values.ndim or not a.parameter), first)
    shape, rank = first.values.shape, first.rank
    for other in arguments:
        if other.values.shape != shape or other.rank != rank:
            _match(first, other)
        if not other.values.size:
            raise ValueError(f"{other.name} must not be empty, got shape {other.values.shape}")
    return shape[:-1] if rank else shape


def _match(first: Argument, other: Argument) -> None:
    """Refuse two arguments whose leading axes differ, unless one is a lone parameter."""
    shape, theirs = first.values.shape, other.values.shape
    if other.rank > first.rank:
        theirs = theirs[:-1]
    expected = shape[:-1] if first.rank > other.rank else shape
    if theirs != expected and not (other.parameter and not theirs):
        raise ValueError(
            f"shapes must match, got {first.name} {shape} and {other.name} {other.values.shape}"
        )


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
    except Exception as error:  # of another library's array that won't become NumPy's
        raise TypeError(f"{name} must be an array of numbers, got {type(values)}") from error


def floats(name: str, values: ArrayLike, rank: int = 0) -> FloatArray:
    """Return what was given as an array of float64, or float32 if it is of no wider floats."""
    array = values if type(values) is np.ndarray else plain_array(name, values)
    if array.dtype is not DOUBLE and array.dtype is not SINGLE:
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must be real numbers, got {kind_of(array)}")
        # 300 squared is inf in float16, so that is computed in float32.
        single = array.dtype.kind == "f" and array.itemsize <= 4
        with np.errstate(all="ignore"):
            array = array.astype(np.float32 if single else np.float64)
    if rank and not array.ndim:
        raise ValueError(f"{name} must have a last axis of outcomes, got a single number")
    return array


def kind_of(array: Array) -> str:
    """Name what an array holds, for a message."""
    names = {"b": "bool", "c": "complex numbers", "O": "objects", "U": "text", "S": "bytes"}
    return names.get(array.dtype.kind, str(array.dtype))
