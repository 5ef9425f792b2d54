"""Labels of classifiers: classes or probabilities, smoothed and weighted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import beside, flat_index, put, row_sum
from coursecode._validation import (
    Argument,
    Array,
    FloatArray,
    check,
    classes,
    nonnegative,
    plain_array,
    probabilities,
)


def one_hot(y: Array, like: FloatArray) -> FloatArray:
    """Return classes (rows,) as rows of probabilities 0 and 1; leave probabilities as they are."""
    if y.ndim == 2:
        return y
    rows = np.zeros_like(like)
    put(rows, y, 1)
    return rows


def labels_like(labels: ArrayLike, model: Argument) -> Argument:
    """Check labels of a model's rows: classes, or probabilities, told apart by their axes."""
    array = plain_array("labels", labels)
    shape = model.values.shape
    if array.shape == shape[:-1]:
        return classes("labels", array, shape[-1])
    if array.shape != shape:
        raise ValueError(
            f"shapes must match, got labels {array.shape} and {model.name} {shape}: "
            f"labels are classes {shape[:-1]} or probabilities {shape}"
        )
    if array.dtype.kind in "biu":  # one-hot
        array = array.astype(model.values.dtype)
    return probabilities("labels", array)


def class_weights_like(weights: ArrayLike | None, model: Argument) -> FloatArray | None:
    """Check weights w_k, one for each class of a model's rows."""
    if weights is None:
        return None
    w = check(nonnegative("class_weights", weights))
    shape = model.values.shape[-1:]
    if w.shape != shape:
        raise ValueError(f"class_weights must have shape {shape}, got {w.shape}")
    with np.errstate(all="ignore"):
        own_type = w.astype(model.values.dtype)
    return own_type if np.isfinite(own_type).all() else w


def smoothed(
    y: Array, like: FloatArray, smoothing: float, weights: FloatArray | None
) -> FloatArray:
    """Return w_k ((1 - ε) y_k + ε/K): the labels with smoothing and class weights."""
    targets = one_hot(y, like)
    if smoothing:
        targets = (1 - smoothing) * targets + smoothing / like.shape[-1]
    return targets if weights is None else targets * weights


def weigh(weights: FloatArray, losses: FloatArray) -> FloatArray:
    """Return weights times losses; what has no weight costs 0, also where 0 · inf is nan."""
    return np.where(weights > 0, weights * losses, 0)


def own_and_rest(e: FloatArray, y: Array) -> tuple[FloatArray, FloatArray]:
    """Return the label's exponential and the sum of the others; e is left without the label's."""
    flat, index = e.reshape(-1), flat_index(e, y)
    own = flat[index]
    flat[index] = 0
    return own, row_sum(e)


def others(x: FloatArray) -> FloatArray:
    """Return for each of the numbers in a row, none below 0, the sum of the others."""
    rest: FloatArray = beside(x, row_sum(x)) - x
    row, k = np.nonzero(rest < x)  # one a row at most, of which a difference loses others' digits
    without = x[row]
    put(without, k, 0)
    rest[row, k] = row_sum(without)
    return rest
