"""The squared multiclass hinge loss: what each class lacks, squared and added up."""

from __future__ import annotations

from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._validation import Array, FloatArray, between, classes, rows
from coursecode.multiclass import balanced, excess


def squared_multiclass_hinge_loss(
    labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0
) -> FloatArray:
    r"""Squared multiclass hinge loss: the square of what each class lacks, added up.

    .. math:: \ell = \sum_{j \ne y} \max(0, s_j - s_y + \Delta)^2

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
    A sum of squares, not the square of the sum. inf where a square is larger than any number of
    the type.

    References
    ----------
    Lee and Lin, "A study on L2-loss (squared hinge-loss) multiclass SVM" (2013).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(squared_multiclass_hinge_loss([0, 1, 2], [cat, car, frog]).round(4))
    [ 8.41  0.   83.25]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        return row_sum(excess(y, s, margin) ** 2)

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)


def squared_multiclass_hinge_loss_gradient(
    labels: ArrayLike, scores: ArrayLike, *, margin: float = 1.0
) -> FloatArray:
    r"""Gradient of the squared multiclass hinge loss by the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = 2 \max(0, s_j - s_y + \Delta)
              \text{ for } j \ne y, \qquad
              \frac{\partial \ell}{\partial s_y} = -\sum_{j \ne y}
              \frac{\partial \ell}{\partial s_j}

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
    Continuous, also where a class is just at the margin.

    References
    ----------
    Lee and Lin, "A study on L2-loss (squared hinge-loss) multiclass SVM" (2013).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(squared_multiclass_hinge_loss_gradient(0, cat).round(4))
    [-5.8  5.8  0. ]
    """
    margin = between("margin", margin, 0)

    def formula(y: Array, s: FloatArray) -> FloatArray:
        return balanced(y, 2 * excess(y, s, margin))

    s = rows("scores", scores)
    return in_blocks(formula, classes("labels", labels, s.values.shape[-1]), s)
