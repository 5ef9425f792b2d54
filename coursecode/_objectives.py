"""The losses that a linear classifier can minimise, each with the solver that fits it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coursecode._solvers import Shrink, Solution, descend, meet
from coursecode._validation import Array, FloatArray
from coursecode.classification import softmax_cross_entropy, softmax_cross_entropy_gradient
from coursecode.margins import (
    crammer_singer_loss,
    multiclass_hinge_loss,
    squared_multiclass_hinge_loss,
    squared_multiclass_hinge_loss_gradient,
)


def onto_box(a: FloatArray) -> FloatArray:
    """Return the nearest multipliers between 0 and 1: each class counts by itself."""
    return np.clip(a, 0, 1)


def onto_simplex(a: FloatArray) -> FloatArray:
    """Return the nearest multipliers from 0 on that sum to at most 1: the worst class counts."""
    sizes = -np.sort(-np.clip(a, 0, None), axis=1)
    excess = (np.cumsum(sizes, axis=1) - 1) / np.arange(1, a.shape[1] + 1)
    nearest: FloatArray = np.clip(a - np.maximum(0, excess.max(axis=1, keepdims=True)), 0, None)
    return nearest


#: Losses of the labels and the scores, one value an example.
LOSSES: dict[str, Callable[[Array, FloatArray], FloatArray]] = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "multiclass_hinge": multiclass_hinge_loss,
    "squared_multiclass_hinge": squared_multiclass_hinge_loss,
    "crammer_singer": crammer_singer_loss,
    "squared_error": lambda y, s: np.sum((s - np.eye(s.shape[1])[y]) ** 2, axis=1),
}
#: Losses with kinks, and where the multipliers of an example live.
HINGES = {"multiclass_hinge": onto_box, "crammer_singer": onto_simplex}


def solve(
    loss: str,
    features: FloatArray,
    labels: Array,
    shrink: Shrink,
    tolerance: float,
    max_iterations: int,
) -> Solution:
    """Return the weights (K, d) that minimise the mean loss of the scores plus a penalty."""
    count = int(labels.max()) + 1
    if loss in HINGES:
        return meet(features, count, labels, HINGES[loss], shrink, tolerance, max_iterations)
    one_hot = np.eye(count)[labels]
    slopes, curvature = {
        "softmax_cross_entropy": (lambda s: softmax_cross_entropy_gradient(labels, s), 0.5),
        "squared_multiclass_hinge": (
            lambda s: squared_multiclass_hinge_loss_gradient(labels, s),
            2.0 * count,
        ),
        "squared_error": (lambda s: 2 * (s - one_hot), 2.0),
    }[loss]
    return descend(features, count, slopes, curvature, shrink, tolerance, max_iterations)
