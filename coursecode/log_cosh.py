"""The log-cosh loss: between squared and absolute error, and smooth everywhere."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._rules import all_finite
from coursecode._validation import FloatArray, real


def log_cosh_loss(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Log-cosh loss, ln cosh r: near ½ r² for small errors, near \|r\| - ln 2 for large ones.

    .. math:: \ell = \ln \frac{e^r + e^{-r}}{2}, \qquad r = y - f

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y, in units in which 1 is the size of an ordinary error.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; at least 0.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    Infinitely often differentiable, which the Huber loss is not. The negative log-likelihood,
    but for a constant, of noise with the hyperbolic secant distribution.

    References
    ----------
    Green, "Bayesian reconstructions from emission tomography data using a modified EM
    algorithm" (1990), where it is a penalty.

    Examples
    --------
    >>> print(log_cosh_loss([0.0, 1000.0], [0.0, 0.0]).round(4))
    [  0.     999.3069]
    """

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        r = abs(y - f)
        losses: FloatArray = np.log1p(
            2 * np.sinh(r / 2) ** 2
        )  # cosh r - 1, where nothing cancels near 0
        if not all_finite(losses):  # sinh has overflowed, and e^-r is nothing beside e^r
            losses = np.where(losses == np.inf, r - log(2), losses)
        return losses

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True)


def log_cosh_loss_gradient(y_true: ArrayLike, y_pred: ArrayLike) -> FloatArray:
    r"""Gradient of the log-cosh loss by the prediction, -tanh r.

    .. math:: \frac{\partial \ell}{\partial f} = \tanh(f - y)

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; from -1 to 1.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty.

    Notes
    -----
    Bounded like that of the absolute error, and smooth at 0.

    References
    ----------
    Green, "Bayesian reconstructions from emission tomography data using a modified EM
    algorithm" (1990).

    Examples
    --------
    >>> print(log_cosh_loss_gradient([0.0, 1000.0], [0.0, 0.0]))
    [ 0. -1.]
    """

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        return np.tanh(f - y)

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred))
