"""The multiclass hinge loss of Crammer and Singer: only the strongest rival costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, pick, put, row_max
from coursecode._validation import Array, FloatArray, between, classes, rows
from coursecode.multiclass import balanced, excess


def crammer_singer_loss(labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0) -> FloatArray:
    r"""Multiclass hinge loss of Crammer and Singer: what the strongest rival lacks of Δ.

    .. math:: \ell = \max\left(0, \max_{j \ne y} s_j - s_y + \Delta\right)

    Parameters
    ----------
    labels : array_like, shape (...)
        The true classes y, whole numbers from 0 to K - 1.
    scores : array_like, shape (..., K)
        The model's scores s, one for each class, finite.
    margin : float
        Δ, at least 0: by how much the true class should lead.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; at least 0.

    Raises
    ------
    TypeError
        If `labels` are not whole numbers, or `scores` or `margin` not real numbers.
    ValueError
        If shapes do not match, `labels` are out of range or fractional, `scores` are nan,
        infinite, empty or a single number, or `margin` is negative or not finite.

    Notes
    -----
    At most the loss of Weston and Watkins, and equal to it with two classes.

    References
    ----------
    Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines" (2001), section 3.

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(crammer_singer_loss([0, 1, 2], [cat, car, frog]).round(4))
    [2.9 0.  6.6]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        return row_max(excess(y, s, margin))

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)


def crammer_singer_loss_gradient(
    labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0
) -> FloatArray:
    r"""Gradient of the loss of Crammer and Singer by the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = 1 \text{ for the rival } j, \qquad
              \frac{\partial \ell}{\partial s_y} = -1, \qquad \text{both } 0 \text{ where } \ell = 0

    Parameters
    ----------
    labels : array_like, shape (...)
        The true classes y, whole numbers from 0 to K - 1.
    scores : array_like, shape (..., K)
        The model's scores s, one for each class, finite.
    margin : float
        Δ, at least 0: by how much the true class should lead.

    Returns
    -------
    ndarray, shape (..., K)
        One row an example, without unit; each row sums to 0.

    Raises
    ------
    TypeError
        If `labels` are not whole numbers, or `scores` or `margin` not real numbers.
    ValueError
        If shapes do not match, `labels` are out of range or fractional, `scores` are nan,
        infinite, empty or a single number, or `margin` is negative or not finite.

    Notes
    -----
    Of rivals that tie, the first is taken; at ℓ = 0 the gradient is 0. Both are subgradients.

    References
    ----------
    Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines" (2001), section 3.

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(crammer_singer_loss_gradient([0, 1, 2], [cat, car, frog]))
    [[-1.  1.  0.]
     [ 0.  0.  0.]
     [ 0.  1. -1.]]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        lacking = excess(y, s, margin)
        rival = lacking.argmax(axis=-1)
        gradient = np.zeros_like(s)
        put(gradient, rival, (pick(lacking, rival) > 0).astype(s.dtype))
        return balanced(y, gradient)

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)
