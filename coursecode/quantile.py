"""The quantile (pinball) loss: errors from below and from above cost differently."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._validation import FloatArray, between, real


def quantile_loss(y_true: ArrayLike, y_pred: ArrayLike, *, quantile: float = 0.5) -> FloatArray:
    r"""Quantile (pinball) loss: its best constant is the τ-quantile.

    .. math:: \ell = \max(\tau r, (\tau - 1) r), \qquad r = y - f

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.
    quantile : float
        τ, above 0 and below 1: an error from below costs τ a unit, one from above 1 - τ.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in units of y; at least 0.

    Raises
    ------
    TypeError
        If `y_true`, `y_pred` or `quantile` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty, or `quantile` is not between 0
        and 1.

    Notes
    -----
    With τ = ½ it is half the absolute error.

    References
    ----------
    Koenker and Bassett, "Regression quantiles" (1978), section 3.

    Examples
    --------
    >>> print(quantile_loss([10.0, 10.0], [6.0, 14.0], quantile=0.75))
    [3. 1.]
    """
    tau = between("quantile", quantile, 0, 1, open_low=True, open_high=True)

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        r = y - f
        return np.maximum(tau * r, (tau - 1) * r)

    def beyond(y: FloatArray, f: FloatArray) -> FloatArray:
        half = y / 2 - f / 2  # where r overflows, a part of it need not
        return np.where(np.isinf(y - f), 2 * formula(half, 0 * half), formula(y, f))

    return in_blocks(
        formula, real("y_true", y_true), real("y_pred", y_pred), faults_show=True, beyond=beyond
    )


def quantile_loss_gradient(
    y_true: ArrayLike, y_pred: ArrayLike, *, quantile: float = 0.5
) -> FloatArray:
    r"""Gradient of the quantile loss by the prediction.

    .. math:: \frac{\partial \ell}{\partial f} = -\tau \text{ for } f < y, \qquad
              1 - \tau \text{ for } f > y

    Parameters
    ----------
    y_true : array_like, shape (...)
        What was observed, y.
    y_pred : array_like, shape (...)
        What was predicted, f.
    quantile : float
        τ, above 0 and below 1.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit: -τ, 0 or 1 - τ.

    Raises
    ------
    TypeError
        If `y_true`, `y_pred` or `quantile` are not real numbers.
    ValueError
        If shapes differ, or either is nan, infinite or empty, or `quantile` is not between 0
        and 1.

    Notes
    -----
    At the kink f = y every slope from -τ to 1 - τ is a subgradient; 0 is returned.

    References
    ----------
    Koenker, *Quantile Regression* (2005), section 1.3.

    Examples
    --------
    >>> print(quantile_loss_gradient([10.0, 10.0], [6.0, 14.0], quantile=0.75))
    [-0.75  0.25]
    """
    tau = between("quantile", quantile, 0, 1, open_low=True, open_high=True)

    def formula(y: FloatArray, f: FloatArray) -> FloatArray:
        return (1 - tau) * (f > y).astype(f.dtype) - tau * (f < y).astype(f.dtype)

    return in_blocks(formula, real("y_true", y_true), real("y_pred", y_pred))
