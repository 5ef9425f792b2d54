"""Losses of a margin: how far a score is on the right side (chapter: hinge).

With two classes, the truth y is -1 or +1, the score s is a real number and the margin is m = y s:
where it is above 0, the sign is right. With many classes, the margin is by how much the score of
the true class exceeds each of the others.
"""

import numpy as np

from coursecode._core.arithmetic import Numbers, column, log1p, pick, put, row_max, row_sum
from coursecode._core.evaluate import rowwise
from coursecode._core.kinds import Array, AtLeast0, Classes, Real, Signs, Vector


@rowwise
def zero_one_loss(y_true: Signs, scores: Real) -> Array:
    r"""Zero-one loss, [m ≤ 0]: whether the sign of the score is wrong.

    .. math:: \ell = 1 \text{ for } y s \le 0, \qquad 0 \text{ for } y s > 0

    Parameters
    ----------
    y_true, scores : array_like, shape (...)
        The truth y, -1 or +1, and the model's scores s of +1 against -1.

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit: 0 or 1.

    Notes
    -----
    A score of 0 counts as wrong. The mean is the share of errors. No gradient tells how to improve.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 10.6.

    Examples
    --------
    >>> print(zero_one_loss([1, 1, -1], [0.1, -3.0, -3.0]))
    [0. 1. 0.]
    """
    return y_true * scores <= 0


@rowwise
def hinge_loss(y_true: Signs, scores: Real) -> Array:
    r"""Hinge loss, max(0, 1 - m): 0 from a margin of 1 on.

    .. math:: \ell = \max(0, 1 - y s)

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    It is never below the zero-one loss, and no negative log-likelihood of these two labels alone.

    References
    ----------
    Cortes and Vapnik, "Support-vector networks" (1995).
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 12.3.2.

    Examples
    --------
    >>> print(hinge_loss([1, 1, -1], [0.5, 3.0, 3.0]))
    [0.5 0.  4. ]
    """
    return np.maximum(0, 1 - y_true * scores)


@rowwise
def hinge_loss_gradient(y_true: Signs, scores: Real) -> Array:
    r"""Gradient of the hinge loss with respect to the score: -y inside the margin, else 0.

    .. math:: \frac{\partial \ell}{\partial s} = -y \text{ for } y s < 1,
              \qquad 0 \text{ for } y s \ge 1

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit: -1, 0 or 1.

    Notes
    -----
    At the kink, y s = 1, every slope between -y and 0 is a subgradient; the result is 0.

    References
    ----------
    Shalev-Shwartz, Singer and Srebro, "Pegasos: primal estimated sub-gradient solver for SVM"
    (2007), section 2.

    Examples
    --------
    >>> print(hinge_loss_gradient([1, 1, -1], [0.5, 3.0, 3.0]))
    [-1.  0.  1.]
    """
    return -y_true * (y_true * scores < 1)


@rowwise
def squared_hinge_loss(y_true: Signs, scores: Real) -> Array:
    r"""Squared hinge loss, max(0, 1 - m)²: a hinge without a kink.

    .. math:: \ell = \max(0, 1 - y s)^2

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    There is no ½ here.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 12.3.2.

    Examples
    --------
    >>> print(squared_hinge_loss([1, 1, -1], [0.5, 3.0, 3.0]))
    [ 0.25  0.   16.  ]
    """
    return np.maximum(0, 1 - y_true * scores) ** 2


@rowwise
def squared_hinge_loss_gradient(y_true: Signs, scores: Real) -> Array:
    r"""Gradient of the squared hinge loss with respect to the score, -2 y max(0, 1 - m).

    .. math:: \frac{\partial \ell}{\partial s} = -2 y \max(0, 1 - y s)

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit.

    Notes
    -----
    It is continuous, even at y s = 1.

    Examples
    --------
    >>> print(squared_hinge_loss_gradient([1, 1, -1], [0.5, 3.0, 3.0]))
    [-1.  0.  8.]
    """
    return -2 * y_true * np.maximum(0, 1 - y_true * scores)


@rowwise
def logistic_loss(y_true: Signs, scores: Real) -> Array:
    r"""Logistic loss, ln (1 + e⁻ᵐ): binary cross-entropy for labels -1 and +1.

    .. math:: \ell = \ln (1 + e^{-y s}) = -\ln \sigma(y s)

    Returns
    -------
    ndarray, shape (...)
        One value per example, in nats; at least 0.

    Notes
    -----
    It is ``binary_cross_entropy((y + 1) / 2, s)``. In bits, it is never below the zero-one loss.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 10.6.

    Examples
    --------
    >>> print(logistic_loss([1, 1, -1], [0.0, 3.0, 1000.0]).round(4))
    [6.931e-01 4.860e-02 1.000e+03]
    """
    m = y_true * scores
    return np.maximum(0, -m) + log1p(np.exp(-abs(m)))  # e⁻ᵐ may overflow


@rowwise
def logistic_loss_gradient(y_true: Signs, scores: Real) -> Array:
    r"""Gradient of the logistic loss with respect to the score, -y σ(-m).

    .. math:: \frac{\partial \ell}{\partial s} = \frac{-y}{1 + e^{y s}}

    Returns
    -------
    ndarray, shape (...)
        One value per example, in nats per unit of score; from -1 to 1.

    Notes
    -----
    Every example pulls, however large its margin: the gradient is 0 only where it underflows.

    Examples
    --------
    >>> print(logistic_loss_gradient([1, -1], [0.0, 0.0]))
    [-0.5  0.5]
    """
    return -y_true / (1 + np.exp(y_true * scores))


@rowwise
def exponential_loss(y_true: Signs, scores: Real) -> Array:
    r"""Exponential loss, e⁻ᵐ: the loss that AdaBoost minimises.

    .. math:: \ell = e^{-y s}

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    The loss is inf where e⁻ᵐ overflows: below a margin of -709.78 in float64, of -88.72 in float32.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 10.4.

    Examples
    --------
    >>> print(exponential_loss([1, 1, -1], [0.0, 1.0, 1.0]).round(4))
    [1.     0.3679 2.7183]
    """
    return np.exp(-y_true * scores)


@rowwise
def exponential_loss_gradient(y_true: Signs, scores: Real) -> Array:
    r"""Gradient of the exponential loss with respect to the score, -y e⁻ᵐ.

    .. math:: \frac{\partial \ell}{\partial s} = -y\, e^{-y s}

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit.

    Notes
    -----
    It is ±inf where e⁻ᵐ overflows. A single mislabelled example can outweigh all others.

    Examples
    --------
    >>> print(exponential_loss_gradient([1, 1, -1], [0.0, 1.0, 1.0]).round(4))
    [-1.     -0.3679  2.7183]
    """
    return -y_true * np.exp(-y_true * scores)


@rowwise
def multiclass_hinge_loss(labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0) -> Array:
    r"""Multiclass hinge loss of Weston and Watkins: every class that comes within Δ costs.

    .. math:: \ell = \sum_{j \ne y} \max(0, s_j - s_y + \Delta)

    Parameters
    ----------
    labels : array_like, shape (...)
        The true classes y, whole numbers from 0 to K - 1.
    scores : array_like, shape (..., K)
        The model's scores s, one for each class.
    margin : float
        Δ, at least 0: by how much the true class should lead each of the others.

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    With all scores equal it is Δ (K - 1). PyTorch's ``multi_margin_loss`` divides by K.

    References
    ----------
    Weston and Watkins, "Support vector machines for multi-class pattern recognition" (1999).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(multiclass_hinge_loss([0, 1, 2], [cat, car, frog]).round(4))
    [ 2.9  0.  12.9]
    """
    return row_sum(_lacking(labels, scores, margin))


@rowwise
def multiclass_hinge_loss_gradient(
    labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0
) -> Array:
    r"""Gradient of the multiclass hinge loss with respect to the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = [s_j - s_y + \Delta > 0] \text{ for } j \ne y,
              \qquad \frac{\partial \ell}{\partial s_y} = -\sum_{j \ne y} [s_j - s_y + \Delta > 0]

    Returns
    -------
    ndarray, shape (..., K)
        One row per example, without unit; each row sums to 0.

    Notes
    -----
    At a kink, the result is 0, a subgradient.

    Examples
    --------
    >>> print(multiclass_hinge_loss_gradient(0, [3.2, 5.1, 2.5]))
    [-2.  1.  1.]
    """
    return _balanced(labels, 1.0 * (_lacking(labels, scores, margin) > 0))


@rowwise
def squared_multiclass_hinge_loss(
    labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0
) -> Array:
    r"""Squared multiclass hinge loss: a multiclass hinge without a kink.

    .. math:: \ell = \sum_{j \ne y} \max(0, s_j - s_y + \Delta)^2

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    It is the sum of the squared terms of `multiclass_hinge_loss`, not the square of their sum.

    References
    ----------
    Weston and Watkins, "Support vector machines for multi-class pattern recognition" (1999).

    Examples
    --------
    >>> print(squared_multiclass_hinge_loss(0, [3.2, 5.1, 2.5]).round(4))
    8.5
    """
    return row_sum(_lacking(labels, scores, margin) ** 2)


@rowwise
def squared_multiclass_hinge_loss_gradient(
    labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0
) -> Array:
    r"""Gradient of the squared multiclass hinge loss with respect to the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = 2 \max(0, s_j - s_y + \Delta)
              \text{ for } j \ne y, \qquad \frac{\partial \ell}{\partial s_y}
              = -\sum_{j \ne y} \frac{\partial \ell}{\partial s_j}

    Returns
    -------
    ndarray, shape (..., K)
        One row per example, without unit; each row sums to 0.

    Notes
    -----
    It is continuous, even where a class is exactly at the margin.

    Examples
    --------
    >>> print(squared_multiclass_hinge_loss_gradient(0, [3.2, 5.1, 2.5]).round(4))
    [-6.4  5.8  0.6]
    """
    return _balanced(labels, 2 * _lacking(labels, scores, margin))


@rowwise
def crammer_singer_loss(labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0) -> Array:
    r"""Multiclass hinge loss of Crammer and Singer: only the strongest rival costs.

    .. math:: \ell = \max\left(0, \max_{j \ne y} s_j - s_y + \Delta\right)

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; at least 0.

    Notes
    -----
    It is never above the loss of Weston and Watkins, and equal to it with two classes.

    References
    ----------
    Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines" (2001), section 3.

    Examples
    --------
    >>> print(crammer_singer_loss(0, [3.2, 5.1, 2.5]).round(4))
    2.9
    """
    return row_max(_lacking(labels, scores, margin))


@rowwise
def crammer_singer_loss_gradient(
    labels: Classes, scores: Vector, *, margin: AtLeast0 = 1.0
) -> Array:
    r"""Gradient of the loss of Crammer and Singer with respect to the scores.

    .. math:: \frac{\partial \ell}{\partial s_j} = 1 \text{ for the rival } j, \qquad
              \frac{\partial \ell}{\partial s_y} = -1, \qquad \text{both } 0 \text{ where } \ell = 0

    Returns
    -------
    ndarray, shape (..., K)
        One row per example, without unit; each row sums to 0.

    Notes
    -----
    Where rivals tie, the first one counts; where ℓ = 0, the gradient is 0. Both are subgradients.

    Examples
    --------
    >>> print(crammer_singer_loss_gradient(0, [3.2, 5.1, 2.5]))
    [-1.  1.  0.]
    """
    lacking = _lacking(labels, scores, margin)
    rival = lacking.argmax(axis=-1)
    return _balanced(labels, put(np.zeros_like(scores), rival, pick(lacking, rival) > 0))


def _lacking(labels: Numbers, scores: Numbers, margin: float) -> Numbers:
    """Return max(0, s_j - s_y + Δ) for each class j, and 0 for j = y."""
    lacking = np.maximum(0, scores - column(pick(scores, labels)) + margin)
    return put(lacking, labels, 0)


def _balanced(labels: Numbers, gradient: Numbers) -> Numbers:
    """Return a gradient, 0 at the true classes so far, with what makes each row sum to 0."""
    return put(gradient, labels, -row_sum(gradient))
