"""Losses of a predicted number, which depend on its error r = y - f (chapter: least squares).

Each loss comes with its gradient with respect to the prediction f.
"""

import math

import numpy as np

from coursecode._core.arithmetic import log1p
from coursecode._core.evaluate import rowwise
from coursecode._core.kinds import Above0, Array, InsideUnit, Real


@rowwise
def squared_error(y_true: Real, y_pred: Real) -> Array:
    r"""Squared error, r²: its best constant is the mean.

    .. math:: \ell = r^2, \qquad r = y - f

    Parameters
    ----------
    y_true, y_pred : array_like, shape (...)
        What was observed, y, and what was predicted, f.

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y squared; at least 0.

    Notes
    -----
    There is no ½ here; Bishop (equation 1.2) and Goodfellow et al. (equation 4.21) write one. For
    normal noise with standard deviation 1, the negative log-likelihood is half of it plus ln √(2π).

    References
    ----------
    Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes* (1805), appendix.
    Gauss, *Theoria motus corporum coelestium* (1809), section 179.

    Examples
    --------
    >>> print(squared_error([10.0, 2.0], [0.0, 0.0]))
    [100.   4.]
    """
    return (y_true - y_pred) ** 2


@rowwise
def squared_error_gradient(y_true: Real, y_pred: Real) -> Array:
    r"""Gradient of the squared error with respect to the prediction, -2 r.

    .. math:: \frac{\partial \ell}{\partial f} = 2 (f - y)

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y.

    Notes
    -----
    It grows with the error without bound, so one outlier can outweigh all other examples.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 3.13 (with ½).

    Examples
    --------
    >>> print(squared_error_gradient([10.0, 2.0], [0.0, 0.0]))
    [-20.  -4.]
    """
    return 2 * (y_pred - y_true)


@rowwise
def absolute_error(y_true: Real, y_pred: Real) -> Array:
    r"""Absolute error, |r|: its best constant is the median.

    .. math:: \ell = |r|, \qquad r = y - f

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y; at least 0.

    Notes
    -----
    For Laplace noise with scale 1, the negative log-likelihood is the absolute error plus ln 2.
    Between the two middle values of an even number of observations, every constant is best.

    References
    ----------
    Koenker and Bassett, "Regression quantiles" (1978), section 3, with the quantile ½.

    Examples
    --------
    >>> print(absolute_error([10.0, 2.0], [0.0, 0.0]))
    [10.  2.]
    """
    return abs(y_true - y_pred)


@rowwise
def absolute_error_gradient(y_true: Real, y_pred: Real) -> Array:
    r"""Gradient of the absolute error with respect to the prediction, -sign r.

    .. math:: \frac{\partial \ell}{\partial f} = \operatorname{sign}(f - y)

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit: -1, 0 or 1.

    Notes
    -----
    At the kink, r = 0, every slope from -1 to 1 is a subgradient; the result is 0.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization* (2004), section 6.1.2 (the ℓ₁ norm).

    Examples
    --------
    >>> print(absolute_error_gradient([10.0, 2.0, 5.0], [0.0, 4.0, 5.0]))
    [-1.  1.  0.]
    """
    return np.sign(y_pred - y_true)


@rowwise
def quantile_loss(y_true: Real, y_pred: Real, *, quantile: InsideUnit = 0.5) -> Array:
    r"""Quantile (pinball) loss: its best constant is the τ-quantile.

    .. math:: \ell = \max(\tau r, (\tau - 1) r), \qquad r = y - f

    Parameters
    ----------
    quantile : float
        τ, above 0 and below 1: each unit below y costs τ, each unit above it 1 - τ.

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y; at least 0.

    Notes
    -----
    With τ = ½, this is half the absolute error.

    References
    ----------
    Koenker and Bassett, "Regression quantiles" (1978), section 3.

    Examples
    --------
    >>> print(quantile_loss([10.0, 10.0], [6.0, 14.0], quantile=0.75))
    [3. 1.]
    """
    r = y_true - y_pred
    return np.maximum(quantile * r, (quantile - 1) * r)


@rowwise
def quantile_loss_gradient(y_true: Real, y_pred: Real, *, quantile: InsideUnit = 0.5) -> Array:
    r"""Gradient of the quantile loss with respect to the prediction.

    .. math:: \frac{\partial \ell}{\partial f} = -\tau \text{ for } f < y, \qquad
              1 - \tau \text{ for } f > y

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit: -τ, 0 or 1 - τ.

    Notes
    -----
    At the kink, f = y, every slope from -τ to 1 - τ is a subgradient; the result is 0.

    References
    ----------
    Koenker, *Quantile Regression* (2005), section 1.3.

    Examples
    --------
    >>> print(quantile_loss_gradient([10.0, 10.0], [6.0, 14.0], quantile=0.75))
    [-0.75  0.25]
    """
    return (1 - quantile) * (y_pred > y_true) - quantile * (y_pred < y_true)


@rowwise
def huber_loss(y_true: Real, y_pred: Real, *, delta: Above0 = 1.0) -> Array:
    r"""Huber loss: half the squared error up to δ, linear beyond.

    .. math:: \ell = \tfrac12 r^2 \text{ for } |r| \le \delta, \qquad
              \delta \left(|r| - \tfrac12 \delta\right) \text{ beyond}, \qquad r = y - f

    Parameters
    ----------
    delta : float
        δ, above 0, in units of y: errors beyond it count as outliers.

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y squared; at least 0.

    Notes
    -----
    The ½ is Huber's own; scikit-learn's ``HuberRegressor`` leaves it out. Up to a constant, this is
    the negative log-likelihood of noise that is normal in the middle and Laplace in the tails.

    References
    ----------
    Huber, "Robust estimation of a location parameter" (1964), section 1.

    Examples
    --------
    >>> print(huber_loss([10.0, 0.5], [0.0, 0.0]))
    [9.5   0.125]
    """
    r = abs(y_true - y_pred)
    c = np.minimum(r, delta)
    return c * (r - c / 2)  # ½ r² where c = r, and δ (r - ½ δ) where c = δ


@rowwise
def huber_loss_gradient(y_true: Real, y_pred: Real, *, delta: Above0 = 1.0) -> Array:
    r"""Gradient of the Huber loss with respect to the prediction: that of ½ r², clipped to ±δ.

    .. math:: \frac{\partial \ell}{\partial f} = \min(\max(f - y, -\delta), \delta)

    Returns
    -------
    ndarray, shape (...)
        One value per example, in units of y; from -δ to δ.

    Notes
    -----
    It is continuous, because the two pieces of the loss meet at ±δ with the same slope.

    Examples
    --------
    >>> print(huber_loss_gradient([10.0, 0.5], [0.0, 0.0]))
    [-1.  -0.5]
    """
    return np.clip(y_pred - y_true, -delta, delta)


@rowwise
def log_cosh_loss(y_true: Real, y_pred: Real) -> Array:
    r"""Log-cosh loss, ln cosh r: near ½ r² for small errors, near |r| - ln 2 for large ones.

    .. math:: \ell = \ln \frac{e^r + e^{-r}}{2}, \qquad r = y - f

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    Choose units in which an ordinary error has the size 1. The loss is smooth everywhere and, up to
    a constant, the negative log-likelihood of noise with the hyperbolic secant distribution.

    References
    ----------
    Green, "Bayesian reconstructions from emission tomography data using a modified EM
    algorithm" (1990), where it is a penalty.

    Examples
    --------
    >>> print(log_cosh_loss([0.0, 1000.0], [0.0, 0.0]).round(4))
    [  0.     999.3069]
    """
    r = abs(y_true - y_pred)
    near = log1p(2 * np.sinh(r / 2) ** 2)  # cosh r - 1, where nothing cancels
    far = r + log1p(np.exp(-2 * r)) - math.log(2)  # where sinh may overflow
    return np.where(r < 1, near, far)


@rowwise
def log_cosh_loss_gradient(y_true: Real, y_pred: Real) -> Array:
    r"""Gradient of the log-cosh loss with respect to the prediction, -tanh r.

    .. math:: \frac{\partial \ell}{\partial f} = \tanh(f - y)

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; from -1 to 1.

    Notes
    -----
    It is bounded, like the gradient of the absolute error, and smooth at 0.

    Examples
    --------
    >>> print(log_cosh_loss_gradient([0.0, 1000.0], [0.0, 0.0]))
    [ 0. -1.]
    """
    return np.tanh(y_pred - y_true)
