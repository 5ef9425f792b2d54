"""Two ways to the minimum of a convex loss of scores plus a penalty of weights.

Weights are (K, d), a row for each class; the features are (n, d). Both solvers start at 0, take
no random step, and stop when no more than a given part of the steepest slope is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coursecode._validation import Array, FloatArray

Shrink = Callable[[FloatArray, float], FloatArray]  # a proximal step of the penalty


class Solution(NamedTuple):
    """Weights, and what is known of them."""

    weights: FloatArray
    iterations: int
    left: float  # the slopes that are left, as a part of the steepest


def descend(
    features: FloatArray,
    classes: int,
    slopes: Callable[[FloatArray], FloatArray],
    curvature: float,
    shrink: Shrink,
    tolerance: float,
    max_iterations: int,
) -> Solution:
    """Accelerated proximal gradient descent, for a loss without kinks.

    `slopes` gives the gradient of each example's loss by its scores, and no second derivative
    by the scores is above `curvature`. After Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm for linear inverse problems" (2009), with the restarts of
    O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes" (2015).
    """
    count = len(features)
    step = count / (curvature * float(np.linalg.norm(features, 2)) ** 2)
    weights: FloatArray = np.zeros((classes, features.shape[1]))
    ahead = weights
    momentum, largest = 1.0, 0.0
    iteration, left = 0, np.inf
    while left > tolerance and iteration < max_iterations:
        iteration += 1
        gradient = turned(slopes(features @ turned(ahead))) @ features / count
        after = shrink(ahead - step * gradient, step)
        moved = ahead - after
        size = float(np.linalg.norm(moved))
        largest = max(largest, size)
        left = size / largest if largest else 0.0
        if np.sum(moved * (after - weights)) > 0:  # the momentum points uphill: drop it
            momentum = 1.0
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = after + (momentum - 1) / next_momentum * (after - weights)
        weights, momentum = after, next_momentum
    return Solution(weights, iteration, left)


def turned(matrix: FloatArray) -> FloatArray:
    """Return the transpose laid out anew: slow BLAS takes twice as long over a view."""
    return np.ascontiguousarray(matrix.T)


def meet(
    features: FloatArray,
    classes: int,
    labels: Array,
    project: Callable[[FloatArray], FloatArray],
    shrink: Shrink,
    tolerance: float,
    max_iterations: int,
) -> Solution:
    """Primal-dual steps, for the hinges: their kinks make slopes jump, but not this saddle.

    A hinge is a maximum, max(0, m) = max over 0 ≤ a ≤ 1 of a m. So weights go down and
    multipliers a, kept where `project` puts them, go up until they meet. After Chambolle and
    Pock, "A first-order primal-dual algorithm for convex problems" (2011). The balance of the
    two step lengths is set anew at every doubling of the steps.
    """
    count = len(features)
    examples = np.arange(count)
    reach = (classes / count) ** 0.5 * float(np.linalg.norm(features, 2))
    weights: FloatArray = np.zeros((classes, features.shape[1]))
    ahead = weights
    multipliers: FloatArray = np.zeros((count, classes))
    balance, largest = 1.0, 0.0
    iteration, left = 0, np.inf
    while left > tolerance and iteration < max_iterations:
        iteration += 1
        down, up = balance / reach, 1 / (balance * reach)
        scores = features @ turned(ahead)
        lacking = scores - scores[examples, labels][:, np.newaxis] + 1
        lacking[examples, labels] = 0
        raised = project(multipliers + up * lacking)
        slopes = raised.copy()
        slopes[examples, labels] = -raised.sum(axis=1)
        after = shrink(weights - down * (turned(slopes) @ features) / count, down)
        slope_left = float(np.linalg.norm(weights - after)) / down
        margin_left = float(np.linalg.norm(multipliers - raised)) / count**0.5 / up
        largest = max(largest, slope_left)
        left = max(slope_left / largest if largest else 0.0, margin_left)
        ahead = 2 * after - weights
        weights, multipliers = after, raised
        if iteration >= 16 and iteration.bit_count() == 1:  # a power of 2
            lengths = float(np.linalg.norm(weights)), float(np.linalg.norm(multipliers))
            balance = lengths[0] / lengths[1] * count**0.5 if all(lengths) else balance
    return Solution(weights, iteration, left)
