"""The squared hinge loss of a margin m = y s: a hinge without a kink.

The truth y is -1 or +1, as in `margins`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._validation import FloatArray, real, signs


def squared_hinge_loss(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Squared hinge loss, max(0, 1 - m)²: a hinge without a kink.

    .. math:: \ell = \max(0, 1 - y s)^2

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; at least 0.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    Without a ½. inf where the square is larger than any number of the type.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    table 12.1.

    Examples
    --------
    >>> print(squared_hinge_loss([1, 1, -1], [0.5, 3.0, 3.0]))
    [ 0.25  0.   16.  ]
    """

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        return (1 - y * s).clip(0, np.inf) ** 2

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s)


def squared_hinge_loss_gradient(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Gradient of the squared hinge loss by the score, -2 y max(0, 1 - m).

    .. math:: \frac{\partial \ell}{\partial s} = -2 y \max(0, 1 - y s)

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    Continuous, also at y s = 1.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 12.3.2.

    Examples
    --------
    >>> print(squared_hinge_loss_gradient([1, 1, -1], [0.5, 3.0, 3.0]))
    [-1.  0.  8.]
    """

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        gradient: FloatArray = -2 * y * (1 - y * s).clip(0, np.inf)
        return gradient

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s)
