"""Losses of a predicted number: the squared error asks for the mean, the absolute the median."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._validation import FloatArray, real


def squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Squared error, r²: the loss whose best constant is the mean.

    .. math:: \ell = r^2, \qquad r = y - f

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y squared; at least 0.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    Without a ½. Bishop (equation 1.2) and Goodfellow et al. (section 7.1.1) write one, so that
    the gradient loses its 2; the minimiser is the same. The negative log-likelihood of normal
    noise of standard deviation 1 is half of it, plus ln √(2π). inf where the square is larger
    than any number of the type.

    References
    ----------
    Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes* (1805), appendix.
    Gauss, *Theoria motus corporum coelestium* (1809), section 179.

    Examples
    --------
    >>> print(squared_error([10.0, 2.0], [0.0, 0.0]))
    [100.   4.]
    """

    def formula(y: FloatArray, f: FloatArray, out: FloatArray) -> FloatArray:
        return np.square(np.subtract(y, f, out=out), out=out)

    return in_blocks(
        formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True, fills=True
    )


def squared_error_gradient(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Gradient of the squared error by the prediction, -2 r.

    .. math:: \frac{\partial \ell}{\partial f} = 2 (f - y)

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    Grows with the error without bound: one outlier can outweigh all other examples.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 3.13 (with ½).

    Examples
    --------
    >>> print(squared_error_gradient([10.0, 2.0], [0.0, 0.0]))
    [-20.  -4.]
    """

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        return 2 * (f - y)

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True)


def absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Absolute error, \|r\|: the loss whose best constant is the median.

    .. math:: \ell = |r|, \qquad r = y - f

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y; at least 0.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    The negative log-likelihood of Laplace noise of scale 1, less ln 2. Between the two middle
    values of an even number of observations every constant is best.

    References
    ----------
    Koenker and Bassett, "Regression quantiles" (1978), section 3, with the quantile ½.

    Examples
    --------
    >>> print(absolute_error([10.0, 2.0], [0.0, 0.0]))
    [10.  2.]
    """

    def formula(y: FloatArray, f: FloatArray, out: FloatArray) -> FloatArray:
        return np.abs(np.subtract(y, f, out=out), out=out)

    return in_blocks(
        formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True, fills=True
    )


def absolute_error_gradient(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Gradient of the absolute error by the prediction, -sign r.

    .. math:: \frac{\partial \ell}{\partial f} = \operatorname{sign}(f - y)

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit: -1, 0 or 1.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    At the kink r = 0 every slope from -1 to 1 is a subgradient; 0, the smallest, is returned.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization* (2004), section 6.1.2 (the ℓ₁ norm).

    Examples
    --------
    >>> print(absolute_error_gradient([10.0, 2.0, 5.0], [0.0, 4.0, 5.0]))
    [-1.  1.  0.]
    """

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        return np.sign(f - y)

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred))
