"""Losses of a yes-or-no answer by its margin m = y s: how far a score is on the right side.

The truth y is -1 or +1 and the score s a real number, so that y s > 0 says that the sign is right.
These losses stop at a margin; those of `smooth_margins` never do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._validation import FloatArray, real, signs


def zero_one_loss(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Zero-one loss, [m ≤ 0]: whether the sign of the score is wrong.

    .. math:: \ell = 1 \text{ for } y s \le 0, \qquad 0 \text{ for } y s > 0

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit: 0 or 1.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    A score of exactly 0 decides for neither, and counts as wrong. The mean is the share of errors.
    There is no gradient to learn from: it is 0 wherever it exists.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 10.6.

    Examples
    --------
    >>> print(zero_one_loss([1, 1, -1], [0.1, -3.0, -3.0]))
    [0. 1. 0.]
    """

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        return np.less_equal(y * s, 0, out=out)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s, fills=True)


def hinge_loss(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Hinge loss, max(0, 1 - m): 0 from a margin of 1 on.

    .. math:: \ell = \max(0, 1 - y s)

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
    At least the zero-one loss, everywhere. No noise model has it as negative log-likelihood.

    References
    ----------
    Cortes and Vapnik, "Support-vector networks" (1995).
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 12.3.2.

    Examples
    --------
    >>> print(hinge_loss([1, 1, -1], [0.5, 3.0, 3.0]))
    [0.5 0.  4. ]
    """

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        return (1 - y * s).clip(0, np.inf, out=out)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s, fills=True)


def hinge_loss_gradient(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Gradient of the hinge loss by the score: -y inside the margin, else 0.

    .. math:: \frac{\partial \ell}{\partial s} = -y \text{ for } y s < 1,
              \qquad 0 \text{ for } y s \ge 1

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit: -1, 0 or 1.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    At the kink y s = 1 every slope between -y and 0 is a subgradient; 0 is returned.

    References
    ----------
    Shalev-Shwartz, Singer and Srebro, "Pegasos: primal estimated sub-gradient solver for SVM"
    (2007), section 2.

    Examples
    --------
    >>> print(hinge_loss_gradient([1, 1, -1], [0.5, 3.0, 3.0]))
    [-1.  0.  1.]
    """

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        return -y * (y * s < 1)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s)
