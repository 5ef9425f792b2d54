"""Losses of a yes-or-no answer that fall with its margin m = y s and never reach 0.

The truth y is -1 or +1, as in `margins`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._exponentials import logistic
from coursecode._rules import all_finite
from coursecode._validation import FloatArray, real, signs


def logistic_loss(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Logistic loss, ln (1 + e⁻ᵐ): binary cross-entropy for labels -1 and +1.

    .. math:: \ell = \ln (1 + e^{-y s}) = -\ln \sigma(y s)

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in nats; at least 0.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    The same as ``binary_cross_entropy((y + 1) / 2, s)``. Divided by ln 2, that is in bits, it is
    at least the zero-one loss.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 10.6.

    Examples
    --------
    >>> print(logistic_loss([1, 1, -1], [0.0, 3.0, 1000.0]).round(4))
    [6.931e-01 4.860e-02 1.000e+03]
    """

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        losses = np.log1p(np.exp(-y * s, out=out), out=out)
        if all_finite(losses):
            return losses
        return np.where(losses == np.inf, -y * s, losses)  # e⁻ᵐ overflowed: beside it 1 is nothing

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s, fills=True)


def logistic_loss_gradient(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Gradient of the logistic loss by the score, -y σ(-m).

    .. math:: \frac{\partial \ell}{\partial s} = \frac{-y}{1 + e^{y s}}

    Parameters
    ----------
    y_true : array_like, shape (...)
        The truth y, -1 or +1.
    scores : array_like, shape (...)
        The model's scores s of +1 against -1, finite.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in nats per unit of score; from -1 to 1.

    Raises
    ------
    TypeError
        If `y_true` or `scores` are not real numbers.
    ValueError
        If shapes differ, a label is neither -1 nor +1 (labels 0 and 1 are refused, not recoded),
        `scores` are nan or infinite, or they are empty.

    Notes
    -----
    Never exactly 0 until it underflows: every example pulls, however large its margin.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 10.6.

    Examples
    --------
    >>> print(logistic_loss_gradient([1, -1], [0.0, 0.0]))
    [-0.5  0.5]
    """

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        e = np.exp(y * s)
        return -y / (1 + e) if all_finite(e) else -y * logistic(-y * s)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s)


def exponential_loss(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Exponential loss, e⁻ᵐ: the loss that AdaBoost descends on.

    .. math:: \ell = e^{-y s}

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
    inf where e⁻ᵐ overflows: in float64 from a margin of -709.8 down, in float32 from -88.8 down.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 10.4.

    Examples
    --------
    >>> print(exponential_loss([1, 1, -1], [0.0, 1.0, 1.0]).round(4))
    [1.     0.3679 2.7183]
    """

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        return np.exp(-y * s, out=out)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s, fills=True)


def exponential_loss_gradient(y_true: ArrayLike, scores: ArrayLike) -> FloatArray:
    r"""Gradient of the exponential loss by the score, -y e⁻ᵐ.

    .. math:: \frac{\partial \ell}{\partial s} = -y\, e^{-y s}

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
    ±inf where e⁻ᵐ overflows. A single mislabelled example can outweigh all others.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    section 10.4.

    Examples
    --------
    >>> print(exponential_loss_gradient([1, 1, -1], [0.0, 1.0, 1.0]).round(4))
    [-1.     -0.3679  2.7183]
    """

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        return -y * np.exp(-y * s)

    s = real("scores", scores)
    return in_blocks(formula, signs("y_true", y_true, s), s)
