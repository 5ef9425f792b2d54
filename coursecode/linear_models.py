"""Linear models of a number: least squares, ridge, lasso and elastic net."""

import warnings
from typing import NamedTuple

import numpy as np

from coursecode._core import solvers
from coursecode._core.evaluate import checked
from coursecode._core.kinds import Above0, AtLeast0, Features, Numbers, Real, Share, Switch, Whole

NOTHING = 64 * solvers.EPS  # a weight so small beside the largest is rounding: an L1 wants 0


class LinearFit(NamedTuple):
    """The linear model that fits best, and how well determined it is."""

    coefficients: Numbers  # w, (d,)
    intercept: float  # b, 0.0 unless asked for
    residuals: Numbers  # r = y - X w - b, (n,)
    rank: int  # number of independent columns
    condition: float  # the larger, the more errors of the data can grow in the weights


class SparseFit(NamedTuple):
    """A penalised linear model, and how near the best one it is known to be."""

    coefficients: Numbers  # w, (d,)
    intercept: float  # b, 0.0 unless asked for
    objective: float  # mean squared residual plus penalty
    violation: float  # of the conditions for a minimum; 0 at the minimum
    sweeps: int  # over all coordinates
    converged: bool


@checked
def least_squares(
    X: Features, y: Real, *, intercept: Switch = False, minimum_norm: Switch = False
) -> LinearFit:
    r"""Weights with the least sum of squared residuals, ŵ.

    .. math:: \min_{w, b} \sum_i (y_i - x_i \cdot w - b)^2, \qquad b = 0 \text{ unless asked for}

    Parameters
    ----------
    X : array_like, shape (n, d)
        Features x_i, a row for each example.
    y : array_like, shape (n,)
        Targets.
    intercept : bool
        Whether to fit b as well, which is in no penalty; else b = 0.
    minimum_norm : bool
        What to do where columns are dependent, so that many weights fit equally well: raise an
        error (False), or give the shortest w (True).

    Returns
    -------
    LinearFit
        Fields `coefficients`, w of shape (d,); `intercept`, b; `residuals`, r of shape (n,);
        `rank`, the number of independent columns, that of b among them; `condition`, of these in
        like units: the larger, the more errors of data can grow in the weights (inf if dependent).

    Notes
    -----
    We use the singular values of the columns, each less its mean and in a unit of its own, and
    refine twice with residuals in twice the working precision: the weights are right to the last
    digits where the data determine them. The normal equations would square the condition number.

    References
    ----------
    Björck, *Numerical Methods for Least Squares Problems* (1996), sections 2.4 and 2.9.

    Examples
    --------
    >>> fit = least_squares([[1.0], [2.0], [3.0]], [1.0, 3.0, 5.0], intercept=True)
    >>> print(fit.coefficients, fit.intercept)
    [2.] -1.0
    """
    columns = np.column_stack([X, np.ones(len(X))]) if intercept else X
    scaled, _ = solvers.in_own_units(columns.astype(np.float64))
    sigma = np.linalg.svd(scaled, compute_uv=False)
    rank, count = solvers.rank_of(sigma, scaled.shape), scaled.shape[1]
    if rank < count and not minimum_norm:
        what = "columns and intercept" if intercept else "columns"
        raise ValueError(
            f"X must have linearly independent {what}, got rank {rank} of {count} "
            "(minimum_norm=True gives the shortest solution)"
        )
    features, targets = solvers.prepared(X, intercept), solvers.prepared(y, intercept)
    weights = solvers.least_squared(features, targets, rank - intercept)
    w, b = solvers.with_intercept(features, targets, weights)
    condition = float(sigma[0] / sigma[-1]) if rank == count else np.inf
    return _fit(X, y, w, b, rank, condition)


@checked
def ridge(X: Features, y: Real, *, strength: Above0, intercept: Switch = False) -> LinearFit:
    r"""Weights with the least mean squared residual plus L2 penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2 + \lambda \sum_j w_j^2,
              \qquad b = 0 \text{ unless asked for}

    Parameters
    ----------
    strength : float
        λ, above 0. For λ = 0 use `least_squares`.

    Returns
    -------
    LinearFit
        Fields as of `least_squares`: `rank` is that of X (centred, if b is fitted), `condition`
        that of the penalised problem, which λ lowers.

    Notes
    -----
    Along a singular vector of X with singular value σ the least-squares solution is shrunk by
    the factor σ²/(σ² + nλ): least where the data say most. With fewer rows than columns we shrink
    along the singular vectors so. Else we solve it as least squares, with d more rows √(nλ) e_j of
    X whose targets are 0: there the weights are right to the last digits. scikit-learn's ``Ridge``
    adds up the squared residuals instead of taking their mean: its alpha is n λ.

    References
    ----------
    Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems" (1970).
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), equation 3.47.

    Examples
    --------
    >>> print(ridge([[1.0], [1.0]], [2.0, 2.0], strength=1.0).coefficients)
    [1.]
    """
    features, targets = solvers.prepared(X, intercept), solvers.prepared(y, intercept)
    rank = solvers.rank_of(np.linalg.svd(features.high, compute_uv=False), X.shape)
    root = float(np.sqrt(len(X)) * np.sqrt(strength))
    w, b = solvers.with_intercept(features, targets, solvers.ridged(features, targets, root, rank))
    sigma = np.linalg.svd(features.high * features.units, compute_uv=False)
    least = np.hypot(sigma[-1], root) if X.shape[0] >= X.shape[1] else root
    return _fit(X, y, w, b, rank, float(np.hypot(sigma[0], root) / least))


@checked
def elastic_net(
    X: Features,
    y: Real,
    *,
    strength: AtLeast0,
    l1_ratio: Share = 0.5,
    intercept: Switch = False,
    tolerance: Above0 = 1e-10,
    max_sweeps: Whole = 10_000,
) -> SparseFit:
    r"""Weights with the least mean squared residual plus elastic-net penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2 + \lambda \sum_j
              (\rho |w_j| + (1 - \rho) w_j^2), \qquad b = 0 \text{ unless asked for}

    Parameters
    ----------
    strength : float
        λ, at least 0.
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).
    tolerance : float
        We stop when no slope of the objective misses its condition by more than this part of the
        largest slope at w = 0, with every column in a unit of its own, and the objective can fall
        by no more than this part of the mean square of y; above 0.
    max_sweeps : int
        How many times to go through all coordinates at most.

    Returns
    -------
    SparseFit
        Fields `coefficients`, w of shape (d,), many exactly 0; `intercept`, b; `objective`, the
        minimum reached; `violation`, by how much the slopes miss their conditions, relative as
        `tolerance` is; `sweeps`, how many were needed, 0 without an L1 penalty; `converged`.

    Warns
    -----
    RuntimeWarning
        If `max_sweeps` were not enough; the result then says how far off it may be.

    Notes
    -----
    We use coordinate descent: one weight at a time is set to its best value with the others
    fixed, which is a soft threshold. After each sweep all weights that are not 0 are set to their
    common best, as far as no sign changes. A weight vector is a minimum exactly when the slope of
    the smooth part is -λρ sign w_j wherever w_j is not 0, and at most λρ in size wherever it is.
    Without an L1 penalty there is a closed form: `ridge`, or the shortest `least_squares`.
    scikit-learn's ``ElasticNet`` has alpha = λ (1 - ρ/2) and l1_ratio = ρ / (2 - ρ).

    References
    ----------
    Zou and Hastie, "Regularization and variable selection via the elastic net" (2005).
    Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via
    coordinate descent" (2010), section 2.

    Examples
    --------
    >>> fit = elastic_net([[1.0, 0.0], [0.0, 1.0]], [3.0, 0.5], strength=1.0, l1_ratio=0.5)
    >>> print(fit.coefficients, fit.converged)
    [1.25 0.  ] True
    """
    l1, l2 = strength * l1_ratio, strength * (1 - l1_ratio)
    return _sparse(X, y, l1, l2, intercept, tolerance, max_sweeps)


@checked
def lasso(
    X: Features,
    y: Real,
    *,
    strength: AtLeast0,
    intercept: Switch = False,
    tolerance: Above0 = 1e-10,
    max_sweeps: Whole = 10_000,
) -> SparseFit:
    r"""Weights with the least mean squared residual plus L1 penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2 + \lambda \sum_j |w_j|,
              \qquad b = 0 \text{ unless asked for}

    Returns
    -------
    SparseFit
        As of `elastic_net`, of which this is the case ρ = 1.

    Warns
    -----
    RuntimeWarning
        If `max_sweeps` were not enough.

    Notes
    -----
    scikit-learn's ``Lasso`` halves the mean squared residual: its alpha is λ/2. From
    ``λ = max_j 2 |Σ_i x_ij y_i| / n`` on all weights are 0 (with b: of the centred data).

    References
    ----------
    Tibshirani, "Regression shrinkage and selection via the lasso" (1996).

    Examples
    --------
    >>> print(lasso([[1.0, 0.0], [0.0, 1.0]], [3.0, 0.5], strength=1.0).coefficients)
    [2. 0.]
    """
    return _sparse(X, y, strength, 0.0, intercept, tolerance, max_sweeps)


def _sparse(
    X: Numbers, y: Numbers, l1: float, l2: float, intercept: bool, tolerance: float, max_sweeps: int
) -> SparseFit:
    features, targets = solvers.prepared(X, intercept), solvers.prepared(y, intercept)
    unit, units = targets.units, features.units
    # How much the sizes and the squares of weights in these units cost.
    sizes = np.minimum(l1 / unit / units, solvers.LARGEST)
    squares = np.minimum(l2 / units / units, solvers.LARGEST)
    if sizes.any():
        fit = _by_coordinates(features.high, targets.high, sizes, squares, tolerance, max_sweeps)
    else:
        root = float(np.sqrt(len(X)) * np.sqrt(l2))
        rank = solvers.rank_of(np.linalg.svd(features.high, compute_uv=False), X.shape)
        w = solvers.ridged(features, targets, root, rank)
        left = targets.high - features.high @ w
        fit = SparseFit(w, 0.0, np.mean(left**2) + np.sum(squares * w**2), 0.0, 0, True)
    if not fit.converged:
        warnings.warn(
            f"not converged in {max_sweeps} sweeps: the slopes miss their conditions by "
            f"{fit.violation:.1e}, more than the tolerance {tolerance:.1e}",
            RuntimeWarning,
            stacklevel=5,  # where the public function was called
        )
    w, b = solvers.with_intercept(features, targets, fit.coefficients)
    objective = float(unit * (unit * fit.objective))
    return fit._replace(coefficients=w.astype(X.dtype), intercept=b, objective=objective)


def _fit(X: Numbers, y: Numbers, w: Numbers, b: float, rank: int, condition: float) -> LinearFit:
    residuals = y - X.astype(np.float64) @ w - b
    return LinearFit(w.astype(X.dtype), b, residuals.astype(X.dtype), rank, condition)


def _by_coordinates(
    columns: Numbers, y: Numbers, l1: Numbers, l2: Numbers, tolerance: float, max_sweeps: int
) -> SparseFit:
    """Return the weights with the least mean (y - A w)² + Σ l1 |w| + Σ l2 w².

    Coordinate descent finds which of them are 0, a linear system what the others are. The objective
    must stop falling: slopes of nearly dependent columns may be small far from the minimum.
    """
    gram, pull = columns.T @ columns / len(y), columns.T @ y / len(y)
    steepest, size = 2 * abs(pull).max(), np.mean(y**2)
    w = np.zeros_like(pull)
    sweep, violation, objective = 0, np.inf, size
    while violation > tolerance and sweep < max_sweeps:
        sweep += 1
        _sweep(w, gram, pull, l1, l2)
        _settle(w, gram, columns, y, l1, l2)
        left, before = y - columns @ w, objective
        objective = np.mean(left**2) + np.sum(l1 * abs(w)) + np.sum(l2 * w**2)
        slope = 2 * (l2 * w - columns.T @ left / len(y))
        missing = np.where(w == 0, np.maximum(0, abs(slope) - l1), abs(slope + l1 * np.sign(w)))
        violation = max(missing.max() / (steepest or 1), (before - objective) / (size or 1))
    return SparseFit(w, 0.0, objective, float(violation), sweep, bool(violation <= tolerance))


def _sweep(w: Numbers, gram: Numbers, pull: Numbers, l1: Numbers, l2: Numbers) -> None:
    """Set each weight in turn to its best value with the others fixed."""
    for j in range(w.size):
        curvature = gram[j, j] + l2[j]
        if curvature > 0:  # else the column is 0, and so is its weight
            alone = pull[j] - gram[j] @ w + gram[j, j] * w[j]  # the pull on w_j if it were 0
            w[j] = (alone - np.clip(alone, -l1[j] / 2, l1[j] / 2)) / curvature
    w[abs(w) <= NOTHING * abs(w).max()] = 0


def _settle(
    w: Numbers, gram: Numbers, columns: Numbers, y: Numbers, l1: Numbers, l2: Numbers
) -> None:
    """Set the weights that are not 0 to their common best, as far as no sign changes.

    Where one would, go as far as the weight becomes 0, and begin again. One by one they would creep
    there where columns are nearly dependent.
    """
    first = 0.0
    while first <= 1:
        used = np.flatnonzero(w)
        curvature = gram[np.ix_(used, used)] + np.diag(l2[used])
        pull = columns[:, used].T @ (y - columns[:, used] @ w[used]) / len(y)
        slope = pull - l1[used] * np.sign(w[used]) / 2 - l2[used] * w[used]
        # Where columns are dependent the objective is flat or falls for ever, until a sign changes.
        flat = solvers.rounding(columns.shape) * curvature.max(initial=0) * np.eye(used.size)
        way = np.linalg.solve(curvature + flat, slope)
        share = np.full(used.size, np.inf)
        turns = way * w[used] < 0
        share[turns] = -w[used][turns] / way[turns]
        first = share.min(initial=np.inf)
        w[used] += min(1.0, first) * way
        w[used[share <= min(1.0, first)]] = 0
