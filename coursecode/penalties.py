"""Penalties on large weights, R(w), and their proximal steps (chapter: regularization).

The objective is the mean data loss plus λ R(w). For a matrix of weights, with a row for each class,
R is the sum over the rows, ``.sum()``. The intercept isn't among the weights.

Gradient steps on a loss with an L1 penalty hardly ever make a weight exactly 0. A proximal step,
prox(w) = argmin over v of ½ ‖v - w‖² + t R(v), does.
"""

import numpy as np

from coursecode._core.arithmetic import row_sum
from coursecode._core.evaluate import rowwise
from coursecode._core.kinds import Array, AtLeast0, Share, Vector


@rowwise
def l2_penalty(w: Vector) -> Array:
    r"""L2 penalty, ‖w‖²: the squared length of the weights.

    .. math:: R(w) = \sum_j w_j^2

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.

    Returns
    -------
    ndarray, shape (...)
        One value per row; at least 0.

    Notes
    -----
    There is no ½ here. Up to a factor and a constant, it is minus the logarithm of a normal prior.

    References
    ----------
    Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems" (1970).

    Examples
    --------
    >>> print(l2_penalty([[1, 0, 0, 0], [1/4, 1/4, 1/4, 1/4]]))
    [1.   0.25]
    """
    return row_sum(w**2)


@rowwise
def l2_penalty_gradient(w: Vector) -> Array:
    r"""Gradient of the L2 penalty, 2 w.

    .. math:: \frac{\partial R}{\partial w_j} = 2 w_j

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes per row of weights.

    Notes
    -----
    It is proportional to the weight, so a small weight is hardly moved, and none is held at 0.

    Examples
    --------
    >>> print(l2_penalty_gradient([3.0, -0.5, 0.0]))
    [ 6. -1.  0.]
    """
    return 2 * w


@rowwise
def l1_penalty(w: Vector) -> Array:
    r"""L1 penalty, ‖w‖₁: the sum of the sizes of the weights.

    .. math:: R(w) = \sum_j |w_j|

    Returns
    -------
    ndarray, shape (...)
        One value per row; at least 0.

    Notes
    -----
    Up to a factor and a constant, this is the negative logarithm of a Laplace prior.

    References
    ----------
    Tibshirani, "Regression shrinkage and selection via the lasso" (1996), section 2.

    Examples
    --------
    >>> print(l1_penalty([[1, 0, 0, 0], [1/4, 1/4, 1/4, 1/4]]))
    [1. 1.]
    """
    return row_sum(abs(w))


@rowwise
def l1_penalty_gradient(w: Vector) -> Array:
    r"""Gradient of the L1 penalty, sign w.

    .. math:: \frac{\partial R}{\partial w_j} = \operatorname{sign} w_j

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes per row of weights: -1, 0 or 1.

    Notes
    -----
    At 0 it is the subgradient 0. It pulls as hard on small weights: a minimum can have exact zeros.

    Examples
    --------
    >>> print(l1_penalty_gradient([3.0, -0.5, 0.0]))
    [ 1. -1.  0.]
    """
    return np.sign(w)


@rowwise
def elastic_net_penalty(w: Vector, *, l1_ratio: Share = 0.5) -> Array:
    r"""Elastic-net penalty: a mixture of L1 and L2.

    .. math:: R(w) = \rho \sum_j |w_j| + (1 - \rho) \sum_j w_j^2

    Parameters
    ----------
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).

    Returns
    -------
    ndarray, shape (...)
        One value per row; at least 0.

    Notes
    -----
    scikit-learn writes a ½ before the L2 part.

    References
    ----------
    Zou and Hastie, "Regularization and variable selection via the elastic net" (2005), section 2.

    Examples
    --------
    >>> print(elastic_net_penalty([3.0, -1.0], l1_ratio=0.5))
    7.0
    """
    return row_sum(abs(w) * (l1_ratio + (1 - l1_ratio) * abs(w)))  # w² may overflow


@rowwise
def elastic_net_penalty_gradient(w: Vector, *, l1_ratio: Share = 0.5) -> Array:
    r"""Gradient of the elastic-net penalty.

    .. math:: \frac{\partial R}{\partial w_j} = \rho \operatorname{sign} w_j + 2 (1 - \rho) w_j

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes per row of weights.

    Notes
    -----
    At 0, the result is the subgradient 0, as for L1.

    Examples
    --------
    >>> print(elastic_net_penalty_gradient([3.0, -1.0], l1_ratio=0.5))
    [ 3.5 -1.5]
    """
    return l1_ratio * np.sign(w) + 2 * (1 - l1_ratio) * w


@rowwise
def soft_threshold(w: Vector, *, threshold: AtLeast0) -> Array:
    r"""Proximal step of the L1 penalty: every weight moves towards 0, but never past it.

    .. math:: \operatorname{prox}(w)_j = \operatorname{sign}(w_j) \max(0, |w_j| - t)

    Parameters
    ----------
    threshold : float
        t, at least 0: how far the weights move.

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Notes
    -----
    Weights within t of 0 become 0. Of orthonormal columns, t = n λ/2 makes least squares the lasso.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.

    Examples
    --------
    >>> print(soft_threshold([3.0, -0.5, 1.0], threshold=1.0))
    [2. 0. 0.]
    """
    return w - np.clip(w, -threshold, threshold)


@rowwise
def l2_proximal(w: Vector, *, step: AtLeast0) -> Array:
    r"""Proximal step of the L2 penalty: every weight shrinks by the same factor.

    .. math:: \operatorname{prox}(w)_j = \frac{w_j}{1 + 2 t}

    Parameters
    ----------
    step : float
        t, at least 0: the weight of the penalty.

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Notes
    -----
    The 2 is there because the penalty is ‖w‖² without a ½. No weight becomes exactly 0.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.1.1.

    Examples
    --------
    >>> print(l2_proximal([3.0, -1.5, 0.0], step=1.0))
    [ 1.  -0.5  0. ]
    """
    return (w / 2) / (1 / 2 + step)  # 2 t may overflow


@rowwise
def elastic_net_proximal(w: Vector, *, step: AtLeast0, l1_ratio: Share = 0.5) -> Array:
    r"""Proximal step of the elastic-net penalty: soft threshold, then shrink.

    .. math:: \operatorname{prox}(w)_j = \frac{\operatorname{sign}(w_j) \max(0, |w_j| - t \rho)}
              {1 + 2 t (1 - \rho)}

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Notes
    -----
    With ρ = 1 this is `soft_threshold`, with ρ = 0 it is `l2_proximal`.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.

    Examples
    --------
    >>> print(elastic_net_proximal([3.0, -0.5, 1.0], step=1.0, l1_ratio=0.5))
    [1.25 0.   0.25]
    """
    t = step * l1_ratio
    return (w - np.clip(w, -t, t)) / 2 / (1 / 2 + step * (1 - l1_ratio))  # 2 t may overflow
