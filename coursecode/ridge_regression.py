"""Ridge regression: least squares with an L2 penalty, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._linear import LinearFit, as_fit, less_means, problem
from coursecode._options import between, switch


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
    u, sigma, v = np.linalg.svd(centred, full_matrices=False)
    penalised = np.hypot(sigma, np.sqrt(count * strength))  # √(σ² + nλ)
    w = v.T @ (sigma / penalised * (u.T @ aims / penalised))
    weights = np.append(w, y_mean - x_mean @ w) if intercept else w
    rank = int(np.sum(sigma > np.finfo(np.float64).eps * max(features.shape) * sigma[0]))
    least = penalised[-1] if count >= width else np.sqrt(count * strength)
    return as_fit(features, targets, weights, rank, float(penalised[0] / least), dtype)
