"""Checks of keyword options: single numbers, refused in the same words as arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def number(name: str, value: float) -> float:
    """Return a finite real number given as an option."""
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    try:
        result = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        result = math.inf
    if not math.isfinite(result):
        raise ValueError(f"{name} must be finite, got {result}")
    return result


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


def switch(name: str, value: bool) -> bool:
    """Return an option that is on or off."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
    return bool(value)


def function_of(name: str, value: Callable[..., Any]) -> Callable[..., Any]:
    """Return an argument that can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {type(value).__name__}")
    return value


def one_of(name: str, value: str, choices: Iterable[str]) -> str:
    """Return an option that is one of a few words."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {type(value).__name__}")
    if value not in (words := list(choices)):
        raise ValueError(f"{name} must be one of {', '.join(words)}, got {value!r}")
    return value


def logarithm(base: float) -> Callable[[NDArray[np.floating[Any]]], NDArray[np.floating[Any]]]:
    """Return the logarithm to a base above 1; bits by log2, which rounds once, not a quotient."""
    base = between("base", base, 1, open_low=True)
    known = {math.e: np.log, 2.0: np.log2, 10.0: np.log10}
    return known.get(base) or (lambda x: np.log(x) / math.log(base))
