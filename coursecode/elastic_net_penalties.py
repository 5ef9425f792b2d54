"""The elastic net's penalty, a mixture of L1 and L2, with its gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._options import between
from coursecode._validation import FloatArray, rows


def elastic_net_penalty(w: ArrayLike, *, l1_ratio: float = 0.5) -> FloatArray:
    r"""Elastic-net penalty: a mixture of L1 and L2.

    .. math:: R(w) = \rho \sum_j |w_j| + (1 - \rho) \sum_j w_j^2

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).

    Returns
    -------
    ndarray, shape (...)
        One value a row; at least 0.

    Raises
    ------
    TypeError
        If `w` or `l1_ratio` are not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number, or `l1_ratio` is outside 0 to 1.

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
    rho = between("l1_ratio", l1_ratio, 0, 1)

    def formula(w: FloatArray) -> FloatArray:
        return row_sum(abs(w) * (rho + (1 - rho) * abs(w)))  # w² may overflow

    return in_blocks(formula, rows("w", w))


def elastic_net_penalty_gradient(w: ArrayLike, *, l1_ratio: float = 0.5) -> FloatArray:
    r"""Gradient of the elastic-net penalty.

    .. math:: \frac{\partial R}{\partial w_j} = \rho \operatorname{sign} w_j + 2 (1 - \rho) w_j

    Parameters
    ----------
    w : array_like, shape (..., d)
        Weights, a row of d for each model or class.
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).

    Returns
    -------
    ndarray, shape (..., d)
        One row of slopes for each row of weights.

    Raises
    ------
    TypeError
        If `w` or `l1_ratio` are not real numbers.
    ValueError
        If `w` is nan, infinite, empty or a single number, or `l1_ratio` is outside 0 to 1.

    Notes
    -----
    At 0 the subgradient 0 is returned, as for L1.

    References
    ----------
    Zou and Hastie, "Regularization and variable selection via the elastic net" (2005), section 2.

    Examples
    --------
    >>> print(elastic_net_penalty_gradient([3.0, -1.0], l1_ratio=0.5))
    [ 3.5 -1.5]
    """
    rho = between("l1_ratio", l1_ratio, 0, 1)

    def formula(w: FloatArray) -> FloatArray:
        return rho * np.sign(w) + 2 * (1 - rho) * w

    return in_blocks(formula, rows("w", w))
