"""Multiclass hinge losses of Weston and Watkins: each class within Δ costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import beside, flat_index, in_blocks, put, row_sum
from coursecode._validation import Array, FloatArray, between, classes, rows


def multiclass_hinge_loss(
    labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0
) -> FloatArray:
    r"""Multiclass hinge loss of Weston and Watkins: what every other class lacks of Δ.

    .. math:: \ell = \sum_{j \ne y} \max(0, s_j - s_y + \Delta)

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
    0 as soon as the true class leads every other by Δ. With all scores equal it is Δ (K - 1).
    PyTorch's ``multi_margin_loss`` divides by K.

    The difference s_j - s_y is rounded once, to half a unit in its last place; a value that is
    far smaller than the margin has this rounding in it.

    References
    ----------
    Weston and Watkins, "Support vector machines for multi-class pattern recognition" (1999).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(multiclass_hinge_loss([0, 1, 2], [cat, car, frog]).round(4))
    [ 2.9  0.  12.9]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        return row_sum(excess(y, s, margin))

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)


def multiclass_hinge_loss_gradient(
    labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0
) -> FloatArray:
    r"""Gradient of the multiclass hinge loss by the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = [s_j - s_y + \Delta > 0] \text{ for } j \ne y,
              \qquad \frac{\partial \ell}{\partial s_y} = -\sum_{j \ne y} [s_j - s_y + \Delta > 0]

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
    Minus the number of classes inside the margin at the true class, 1 at each of these. At a kink
    0 is returned, a subgradient.

    References
    ----------
    Weston and Watkins, "Support vector machines for multi-class pattern recognition" (1999).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(multiclass_hinge_loss_gradient([0, 1, 2], [cat, car, frog]))
    [[-1.  1.  0.]
     [ 0.  0.  0.]
     [ 1.  1. -2.]]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        return balanced(y, (excess(y, s, margin) > 0).astype(s.dtype))

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)


def excess(y: Array, s: FloatArray, margin: float) -> FloatArray:
    """Return max(0, s_j - s_y + Δ) for each class j of a block of rows, and 0 for j = y."""
    true = flat_index(s, y)
    lacking: FloatArray = s - beside(s, s.ravel()[true])
    lacking += margin
    lacking.clip(0, np.inf, out=lacking)
    lacking.reshape(-1)[true] = 0
    return lacking


def balanced(y: Array, gradient: FloatArray) -> FloatArray:
    """Return a gradient, 0 at the true classes so far, with what makes each row sum to 0."""
    put(gradient, y, -row_sum(gradient))
    return gradient
