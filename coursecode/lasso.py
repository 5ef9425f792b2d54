"""Lasso and elastic net: least squares with a penalty that sets weights to exactly 0."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._coordinates import settle, sweep_over
from coursecode._linear import in_own_units, less_means, problem
from coursecode._options import between, switch, whole
from coursecode._validation import FloatArray

PATIENCE = 32  # sweeps, after which weights are no longer set one by one alone
LARGEST = 1e300  # of a penalty: no weight in units of its own is left by one a thousandth of it


class SparseFit(NamedTuple):
    """A penalised linear model, and how near the best one it is known to be."""

    coefficients: FloatArray  # w, (d,)
    intercept: float  # b, 0.0 unless asked for
    objective: float  # mean squared residual plus penalty
    violation: float  # of the conditions for a minimum; 0 at the minimum
    sweeps: int  # over all coordinates
    converged: bool


def lasso(
    X: ArrayLike,
    y: ArrayLike,
    *,
    strength: float,
    intercept: bool = False,
    tolerance: float = 1e-10,
    max_sweeps: int = 10_000,
) -> SparseFit:
    r"""Weights with the least mean squared residual plus L1 penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2 + \lambda \sum_j |w_j|,
              \qquad b = 0 \text{ unless asked for}

    Parameters
    ----------
    X : array_like, shape (n, d)
        Features x_i, a row for each example.
    y : array_like, shape (n,)
        Targets.
    strength : float
        λ, at least 0.
    intercept : bool
        Whether to fit b as well; it is not penalised.
    tolerance, max_sweeps
        When to stop, as for `elastic_net`.

    Returns
    -------
    SparseFit
        As of `elastic_net`, of which this is the case ρ = 1.

    Raises
    ------
    TypeError
        If `X`, `y` or an option are not numbers of their kind.
    ValueError
        If `X` is not a table of rows, `y` has another length, either is nan, infinite or empty,
        or an option is out of range.

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
    return _fit(X, y, strength, 1.0, intercept, tolerance, max_sweeps)


def elastic_net(
    X: ArrayLike,
    y: ArrayLike,
    *,
    strength: float,
    l1_ratio: float = 0.5,
    intercept: bool = False,
    tolerance: float = 1e-10,
    max_sweeps: int = 10_000,
) -> SparseFit:
    r"""Weights with the least mean squared residual plus elastic-net penalty, ŵ.

    .. math:: \min_{w, b} \frac1n \sum_i (y_i - x_i \cdot w - b)^2
              + \lambda \left(\rho \sum_j |w_j| + (1 - \rho) \sum_j w_j^2\right)

    Parameters
    ----------
    X : array_like, shape (n, d)
        Features x_i, a row for each example.
    y : array_like, shape (n,)
        Targets.
    strength : float
        λ, at least 0.
    l1_ratio : float
        ρ from 0 (L2 only) to 1 (L1 only).
    intercept : bool
        Whether to fit b as well, unpenalised; else b = 0.
    tolerance : float
        Stop when no slope of the objective misses its condition by more than this part of the
        largest slope at w = 0; above 0.
    max_sweeps : int
        How many times to go through all coordinates at most.

    Returns
    -------
    SparseFit
        Fields `coefficients`, w of shape (d,), many exactly 0; `intercept`, b; `objective`, the
        minimum reached; `violation`, by how much the slopes miss their conditions, relative as
        `tolerance` is; `sweeps`, how many were needed; `converged`.

    Raises
    ------
    TypeError
        If `X`, `y` or an option are not numbers of their kind.
    ValueError
        If `X` is not a table of rows, `y` has another length, either is nan, infinite or empty,
        or an option is out of range.

    Warns
    -----
    RuntimeWarning
        If `max_sweeps` were not enough; the result then says how far off it may be.

    Notes
    -----
    By coordinate descent: one weight at a time is set to its best value with the others fixed,
    which is a soft threshold. Where many sweeps are needed, all weights that are not 0 are also
    set to their common best, as far as no sign changes. w is a minimum exactly when the slope of
    the smooth part is -λρ sign w_j wherever w_j is not 0, and at most λρ in size wherever it is.

    scikit-learn's ``ElasticNet`` halves both squares: its alpha and l1_ratio are
    λ (1 - ρ/2) and ρ / (2 - ρ).

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
    return _fit(X, y, strength, l1_ratio, intercept, tolerance, max_sweeps)


def _fit(
    X: ArrayLike,
    y: ArrayLike,
    strength: float,
    l1_ratio: float,
    intercept: bool,
    tolerance: float,
    max_sweeps: int,
) -> SparseFit:
    strength = between("strength", strength, 0)
    l1_ratio = between("l1_ratio", l1_ratio, 0, 1)
    switch("intercept", intercept)
    tolerance = between("tolerance", tolerance, 0, open_low=True)
    max_sweeps = whole("max_sweeps", max_sweeps)
    features, targets, dtype = problem(X, y)
    x_mean: FloatArray = np.zeros(features.shape[1])
    y_mean: FloatArray = np.zeros(())
    if intercept:  # where b is best, w is that of the data less their means
        features, x_mean = less_means(features)
        targets, y_mean = less_means(targets)
    columns, units = in_own_units(features)
    aims, unit = in_own_units(targets)
    with np.errstate(all="ignore"):  # of weights in these units; no need for inf
        l1 = np.minimum(strength * l1_ratio / unit / units, LARGEST)
        l2 = np.minimum(strength * (1 - l1_ratio) / units / units, LARGEST)

    gram, pull = columns.T @ columns / len(aims), columns.T @ aims / len(aims)
    sizes = units / units.max()  # of slopes
    steepest = 2 * (sizes * abs(pull)).max()
    w = np.zeros_like(pull)
    sweep, violation = 0, np.inf
    settled = np.full_like(w, np.nan)  # signs of w whose best weights have been found
    while violation > tolerance and sweep < max_sweeps:
        sweep += 1
        signs = np.sign(w)
        sweep_over(w, gram, pull, l1, l2)
        same = np.array_equal(np.sign(w), signs)
        if sweep > PATIENCE and same and not np.array_equal(signs, settled):
            while not settle(w, gram, pull, l1, l2):
                pass
            settled = np.sign(w)
        slope = 2 * (gram @ w - pull + l2 * w)
        missing = np.where(w == 0, np.maximum(0, abs(slope) - l1), abs(slope + l1 * np.sign(w)))
        violation = float((sizes * missing).max() / steepest) if steepest > 0 else 0.0
    if violation > tolerance:
        warnings.warn(
            f"not converged in {max_sweeps} sweeps: the slopes miss their conditions by "
            f"{violation:.1e}, more than the tolerance {tolerance:.1e}",
            RuntimeWarning,
            stacklevel=3,  # where the public function was called
        )
    residuals = aims - columns @ w
    objective: Any = np.mean(residuals**2) + np.sum(l1 * abs(w)) + np.sum(l2 * w**2)
    with np.errstate(all="ignore"):  # back to the units of the data
        objective, w = unit * (unit * objective), unit * (w / units)
        b = y_mean - x_mean @ w
    return SparseFit(
        coefficients=w.astype(dtype),
        intercept=float(b),
        objective=float(objective),
        violation=violation,
        sweeps=sweep,
        converged=violation <= tolerance,
    )
