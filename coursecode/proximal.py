"""Proximal steps: the point that a penalty would move to, not far from where it starts.

A gradient step on R leaves L1's zeros as soon as it finds them; a proximal step,
prox(w) = argmin over v of ½ ‖v - w‖² + t R(v), lands on them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._options import between
from coursecode._validation import FloatArray, rows


def soft_threshold(w: ArrayLike, *, threshold: float) -> FloatArray:
    r"""Proximal step of the L1 penalty: every weight moved towards 0, at most to it.

    .. math:: \operatorname{prox}(w)_j = \operatorname{sign}(w_j) \max(0, |w_j| - t)

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.
    threshold : float
        t, at least 0: how far.

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Raises
    ------
    TypeError
        If `w` or `threshold` are not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number, or `threshold` is negative or not finite.

    Notes
    -----
    Weights within t of 0 become exactly 0. It is the lasso where the columns of X are orthonormal.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.

    Examples
    --------
    >>> print(soft_threshold([3.0, -0.5, 1.0], threshold=1.0))
    [2. 0. 0.]
    """
    t = between("threshold", threshold, 0)

    def formula(w: FloatArray) -> FloatArray:
        return w - np.clip(w, -t, t)

    return in_blocks(formula, rows("w", w))


def l2_proximal(w: ArrayLike, *, step: float) -> FloatArray:
    r"""Proximal step of the L2 penalty: every weight shrunk by the same factor.

    .. math:: \operatorname{prox}(w)_j = \frac{w_j}{1 + 2 t}

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.
    step : float
        t, at least 0: the weight of the penalty.

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Raises
    ------
    TypeError
        If `w` or `step` are not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number, or `step` is negative or not finite.

    Notes
    -----
    Of ‖w‖² without a ½; hence the 2. No weight becomes exactly 0.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.1.1.

    Examples
    --------
    >>> print(l2_proximal([3.0, -1.5, 0.0], step=1.0))
    [ 1.  -0.5  0. ]
    """
    t = between("step", step, 0)

    def formula(w: FloatArray) -> FloatArray:
        return w / (1 + 2 * t)

    return in_blocks(formula, rows("w", w))


def elastic_net_proximal(w: ArrayLike, *, step: float, l1_ratio: float = 0.5) -> FloatArray:
    r"""Proximal step of the elastic-net penalty: soft threshold, then shrink.

    .. math:: \operatorname{prox}(w)_j = \frac{\operatorname{sign}(w_j) \max(0, |w_j| - t \rho)}
              {1 + 2 t (1 - \rho)}

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.
    step : float
        t, at least 0: the weight of the penalty.
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).

    Returns
    -------
    ndarray, shape (..., d)
        The weights after the step.

    Raises
    ------
    TypeError
        If `w`, `step` or `l1_ratio` are not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number, `step` is negative or not finite, or
        `l1_ratio` is outside 0 to 1.

    Notes
    -----
    With ρ = 1 it is `soft_threshold`, with ρ = 0 `l2_proximal`.

    References
    ----------
    Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.

    Examples
    --------
    >>> print(elastic_net_proximal([3.0, -0.5, 1.0], step=1.0, l1_ratio=0.5))
    [1.25 0.   0.25]
    """
    t = between("step", step, 0)
    rho = between("l1_ratio", l1_ratio, 0, 1)

    def formula(w: FloatArray) -> FloatArray:
        return (w - np.clip(w, -t * rho, t * rho)) / (1 + 2 * (t * (1 - rho)))

    return in_blocks(formula, rows("w", w))
