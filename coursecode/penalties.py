"""Penalties of large weights, R(w): L2 and L1, each with its gradient.

An objective is the mean data loss plus λ R(w). Of a matrix of weights, with a row for each class,
R is the sum over its rows, ``.sum()``. The intercept is not among the weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._validation import FloatArray, rows


def l2_penalty(w: ArrayLike) -> FloatArray:
    r"""L2 penalty, ‖w‖²: the squared length of the weights.

    .. math:: R(w) = \sum_j w_j^2

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.

    Returns
    -------
    ndarray, shape (...)
        One value a row; at least 0.

    Raises
    ------
    TypeError
        If `w` is not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number.

    Notes
    -----
    Without a ½, which many programs write. Minus the logarithm of a normal prior, but for a factor
    and a constant.

    References
    ----------
    Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems" (1970).

    Examples
    --------
    >>> print(l2_penalty([[1, 0, 0, 0], [1/4, 1/4, 1/4, 1/4]]))
    [1.   0.25]
    """

    def formula(w: FloatArray) -> FloatArray:
        return row_sum(w**2)

    return in_blocks(formula, rows("w", w))


def l2_penalty_gradient(w: ArrayLike) -> FloatArray:
    r"""Gradient of the L2 penalty, 2 w.

    .. math:: \frac{\partial R}{\partial w_j} = 2 w_j

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes for each row of weights.

    Raises
    ------
    TypeError
        If `w` is not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number.

    Notes
    -----
    In proportion to the weight: small weights are hardly moved, and never to exactly 0.

    References
    ----------
    Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems" (1970).

    Examples
    --------
    >>> print(l2_penalty_gradient([3.0, -0.5, 0.0]))
    [ 6. -1.  0.]
    """

    def formula(w: FloatArray) -> FloatArray:
        return 2 * w

    return in_blocks(formula, rows("w", w))


def l1_penalty(w: ArrayLike) -> FloatArray:
    r"""L1 penalty, ‖w‖₁: the sum of the sizes of the weights.

    .. math:: R(w) = \sum_j |w_j|

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.

    Returns
    -------
    ndarray, shape (...)
        One value a row; at least 0.

    Raises
    ------
    TypeError
        If `w` is not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number.

    Notes
    -----
    Minus the logarithm of a Laplace prior, but for a factor and a constant.

    References
    ----------
    Tibshirani, "Regression shrinkage and selection via the lasso" (1996), section 2.

    Examples
    --------
    >>> print(l1_penalty([[1, 0, 0, 0], [1/4, 1/4, 1/4, 1/4]]))
    [1. 1.]
    """

    def formula(w: FloatArray) -> FloatArray:
        return row_sum(abs(w))

    return in_blocks(formula, rows("w", w))


def l1_penalty_gradient(w: ArrayLike) -> FloatArray:
    r"""Gradient of the L1 penalty, sign w.

    .. math:: \frac{\partial R}{\partial w_j} = \operatorname{sign} w_j

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes for each row of weights: -1, 0 or 1.

    Raises
    ------
    TypeError
        If `w` is not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number.

    Notes
    -----
    At 0 every slope from -1 to 1 is a subgradient; 0 is returned. The pull does not weaken as a
    weight shrinks, so that it can end at exactly 0.

    References
    ----------
    Tibshirani, "Regression shrinkage and selection via the lasso" (1996), section 2.

    Examples
    --------
    >>> print(l1_penalty_gradient([3.0, -0.5, 0.0]))
    [ 1. -1.  0.]
    """

    def formula(w: FloatArray) -> FloatArray:
        return np.sign(w)

    return in_blocks(formula, rows("w", w))
