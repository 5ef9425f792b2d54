"""Ridge regression: least squares with an L2 penalty, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._linear import LinearFit, as_fit, in_own_units, independent, less_means, problem
from coursecode._options import between, switch
from coursecode._validation import FloatArray
from coursecode.linear import by_qr, shortest_in_units


def ridge(X: ArrayLike, y: ArrayLike, *, strength: float, intercept: bool = False) -> LinearFit:
    r"""Weights with the least mean squared residual plus L2 penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2 + \lambda \sum_j w_j^2,
              \qquad b = 0 \text{ unless asked for}

    Parameters
    ----------
    X : array_like, shape (n, d)
        Features x_i, a row for each example.
    y : array_like, shape (n,)
        Targets.
    strength : float
        λ, above 0. For λ = 0 use `least_squares`.
    intercept : bool
        Whether to fit b as well; it is not penalised.

    Returns
    -------
    LinearFit
        Fields `coefficients`, w of shape (d,); `intercept`, b; `residuals`, r of shape (n,);
        `rank`, the number of independent columns of X (centred, if b is fitted); `condition`,
        the condition number of the penalised problem, which λ lowers.

    Raises
    ------
    TypeError
        If `X`, `y` or `strength` are not real numbers, or `intercept` is not a bool.
    ValueError
        If `X` is not a table of rows, `y` has another length, either is nan, infinite or empty,
        or `strength` is not above 0 and finite.

    Notes
    -----
    Along a singular vector of X with singular value σ the least-squares solution is shrunk by
    the factor σ²/(σ² + nλ): least where the data say most. scikit-learn's ``Ridge`` adds up the
    squared residuals instead: its alpha is n λ.

    Solved as least squares is, with d more rows √(nλ) e_j of X and targets 0: so the weights are
    right to the last digits, also where columns are nearly dependent and λ is small. Where there
    are fewer rows than columns, by a singular value decomposition.

    References
    ----------
    Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems" (1970).
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition (2009),
    equation 3.47.

    Examples
    --------
    >>> print(ridge([[1.0], [1.0]], [2.0, 2.0], strength=1.0).coefficients)
    [1.]
    """
    strength = between("strength", strength, 0, open_low=True)
    switch("intercept", intercept)
    features, targets, dtype = problem(X, y)
    count, width = features.shape
    # Where b is best, the residuals sum to 0: w is that of the data less their means.
    centred, x_mean = less_means(features) if intercept else (features, np.zeros(width))
    aims, y_mean = less_means(targets) if intercept else (targets, 0.0)
    root = np.sqrt(count) * np.sqrt(strength)
    rank, _ = independent(in_own_units(centred)[0])
    w = _stacked(centred, aims, root) if count >= width else _shrunk(centred, aims, root, rank)
    weights = np.append(w, y_mean - x_mean @ w) if intercept else w
    penalised = np.hypot(np.linalg.svd(centred, compute_uv=False), root)  # √(σ² + nλ)
    least = penalised[-1] if count >= width else root
    return as_fit(features, targets, weights, rank, float(penalised[0] / least), dtype)


def _stacked(features: FloatArray, targets: FloatArray, root: float) -> FloatArray:
    """Return the least-squares solution of the data with rows √(nλ) e_j and targets 0 below."""
    width = features.shape[1]
    columns = np.vstack([features, root * np.eye(width)])
    y = np.append(targets, np.zeros(width))
    scaled, units = in_own_units(columns)
    rank, _ = independent(scaled)
    if rank == width:
        return by_qr(scaled, units, y)
    return shortest_in_units(columns, units, y, rank)  # so small a λ that only the limit 0 is seen


def _shrunk(features: FloatArray, targets: FloatArray, root: float, rank: int) -> FloatArray:
    """Return the same by the singular values σ, which is small work for few rows."""
    u, sigma, v = np.linalg.svd(features, full_matrices=False)
    u, sigma, v = u[:, :rank], sigma[:rank], v[:rank]  # what is beyond is rounding
    penalised = np.hypot(sigma, root)
    shrunk: FloatArray = v.T @ (sigma / penalised * (u.T @ targets / penalised))
    return shrunk
