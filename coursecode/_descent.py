"""What every step of a descent needs: a rate, a slope and a loss that are what they should be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from coursecode._options import between
from coursecode._validation import FloatArray, check, real

LearningRate = float | Callable[[int], float]


def rate_of(learning_rate: LearningRate) -> Callable[[int], float]:
    """Return the learning rate as a function of the step, checked when it is used."""
    if callable(learning_rate):
        return lambda step: between(f"learning_rate({step})", learning_rate(step), 0, open_low=True)
    constant = between("learning_rate", learning_rate, 0, open_low=True)
    return lambda step: constant


def room_for(start: ArrayLike, steps: int) -> FloatArray:
    """Return room for all points, the first of them filled in."""
    first = np.asarray(check(real("start", start)), dtype=np.float64)
    points = np.empty((steps + 1, *first.shape))
    points[0] = first
    return points


def slope_at(gradient: ArrayLike, point: FloatArray) -> FloatArray:
    """Return what a gradient says at a point, in the shape of the point."""
    slope = real("gradient(w)", gradient).values.astype(np.float64)
    if slope.shape != point.shape:
        raise ValueError(f"shapes must match, got start {point.shape} and gradient {slope.shape}")
    return slope


def finite_loss(name: str, step: int, point: FloatArray, value: float) -> float:
    """Return the loss at a point, or say that the descent has left the finite numbers."""
    loss = real("function(w)", value).values
    if loss.ndim:
        raise ValueError(f"function must return a single number, got shape {loss.shape}")
    if not (np.isfinite(loss) and np.all(np.isfinite(point))):
        raise FloatingPointError(
            f"{name} diverged: the loss is {float(loss):g} after {step} steps "
            "(a smaller learning_rate may help)"
        )
    return float(loss)
