"""The Huber loss: squared for small errors, absolute for large ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._validation import FloatArray, between, real


def huber_loss(y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0) -> FloatArray:
    r"""Huber loss: half the squared error up to δ, linear beyond.

    .. math:: \ell = \tfrac12 r^2 \text{ for } |r| \le \delta, \qquad
              \delta \left(|r| - \tfrac12 \delta\right) \text{ beyond}, \qquad r = y - f

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.
    delta : float
        δ, above 0, in units of y: from here on an error counts as an outlier.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y squared; at least 0.

    Raises
    ------
    TypeError
        If `y_true`, `y_pred` or `delta` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty, or `delta` is not above 0 and
        finite.

    Notes
    -----
    With the ½ of Huber's definition, here as in scikit-learn and in PyTorch's ``huber_loss``.
    The negative log-likelihood, but for a constant, of noise that is normal in the middle and
    Laplace in the tails.

    References
    ----------
    Huber, "Robust estimation of a location parameter" (1964), section 1.

    Examples
    --------
    >>> print(huber_loss([10.0, 0.5], [0.0, 0.0]))
    [9.5   0.125]
    """
    delta = between("delta", delta, 0, open_low=True)

    def formula(y: FloatArray, f: FloatArray, out: FloatArray) -> FloatArray:
        r = abs(np.subtract(y, f, out=out))
        c = r.clip(0, delta)
        # ½ r² where c = r, and δ (r - ½ δ) where c = δ
        r -= np.multiply(c, 0.5, out=out)
        losses: FloatArray = np.multiply(c, r, out=out)
        return losses

    return in_blocks(
        formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True, fills=True
    )


def huber_loss_gradient(y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0) -> FloatArray:
    r"""Gradient of the Huber loss by the prediction: that of ½ r², clipped to ±δ.

    .. math:: \frac{\partial \ell}{\partial f} = \min(\max(f - y, -\delta), \delta)

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.
    delta : float
        δ, above 0, in units of y.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y; from -δ to δ.

    Raises
    ------
    TypeError
        If `y_true`, `y_pred` or `delta` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty, or `delta` is not above 0 and
        finite.

    Notes
    -----
    Continuous: the two pieces of the loss meet at ±δ with the same slope.

    References
    ----------
    Huber, "Robust estimation of a location parameter" (1964), section 1.

    Examples
    --------
    >>> print(huber_loss_gradient([10.0, 0.5], [0.0, 0.0]))
    [-1.  -0.5]
    """
    delta = between("delta", delta, 0, open_low=True)

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        return np.clip(f - y, -delta, delta)

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred))
