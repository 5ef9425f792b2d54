"""Least squares: the weights of a linear model that fits best, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._exact import exact_product, exact_sum
from coursecode._linear import (
    LinearFit,
    as_fit,
    in_own_units,
    independent,
    less_means,
    problem,
    rounding,
)
from coursecode._options import switch
from coursecode._validation import FloatArray


def least_squares(
    X: ArrayLike, y: ArrayLike, *, intercept: bool = False, minimum_norm: bool = False
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
        Whether to fit b as well.
    minimum_norm : bool
        What to do where columns are dependent, so that many weights fit equally well: raise an
        error (False), or give the shortest w (True).

    Returns
    -------
    LinearFit
        Fields `coefficients`, w of shape (d,); `intercept`, b; `residuals`, r of shape (n,);
        `rank`, the number of independent columns, that of b among them; `condition`, the
        condition number of the columns in like units, by which relative errors of the data can
        grow in the weights (inf where columns are dependent).

    Raises
    ------
    TypeError
        If `X` or `y` are not real numbers, or an option is not a bool.
    ValueError
        If `X` is not a table of rows, `y` has another length, either is nan, infinite or empty,
        or columns are linearly dependent and `minimum_norm` is False.

    Notes
    -----
    By a QR decomposition of the columns, each in a unit of its own, and two steps of
    refinement with residuals in twice the working precision: right to the last digits, where the
    data determine them. The normal equations would square the condition number.

    References
    ----------
    Björck, *Numerical Methods for Least Squares Problems* (1996), sections 2.4 and 2.9.

    Examples
    --------
    >>> fit = least_squares([[1.0], [2.0], [3.0]], [1.0, 3.0, 5.0], intercept=True)
    >>> print(fit.coefficients, fit.intercept)
    [2.] -1.0
    """
    switch("intercept", intercept)
    switch("minimum_norm", minimum_norm)
    features, targets, dtype = problem(X, y)
    columns = np.column_stack([features, np.ones(len(features))]) if intercept else features
    scaled, units = in_own_units(columns)
    rank, singular = independent(scaled)
    count = columns.shape[1]
    if rank == count:
        weights = by_qr(scaled, units, targets)
        condition = float(singular[0] / singular[-1])
    elif minimum_norm:
        weights = _shortest(features, targets, intercept, rank)
        condition = np.inf
    else:
        what = "columns and intercept" if intercept else "columns"
        raise ValueError(
            f"X must have linearly independent {what}, got rank {rank} of {count} "
            "(minimum_norm=True gives the shortest solution)"
        )
    return as_fit(features, targets, weights, rank, condition, dtype)


def by_qr(columns: FloatArray, units: FloatArray, y: FloatArray) -> FloatArray:
    """Return the best weights of independent columns, which are given divided by their units.

    Solves r + A w = y, Aᵀ r = 0 for w: first from 0, then twice for what is left over.
    """
    y, unit = in_own_units(y)
    q, triangle = np.linalg.qr(columns)
    w, r = np.zeros(columns.shape[1]), np.zeros_like(y)
    for _ in range(3):
        products, lost = exact_product(columns, w)
        known = np.column_stack([y, -r])
        left = exact_sum(
            np.column_stack([known, -products]), np.column_stack([np.zeros_like(known), -lost])
        )
        left_below = -exact_sum(*exact_product(columns.T, r))
        along = q.T @ left - np.linalg.solve(triangle.T, left_below)
        w += np.linalg.solve(triangle, along)
        r += left - q @ along
    weights: FloatArray = w * (unit / units)
    return weights


def _shortest(features: FloatArray, y: FloatArray, intercept: bool, rank: int) -> FloatArray:
    """Return the w of least length among the best, in columns of which `rank` are independent."""
    if intercept:  # where b is best, w is that of the data less their means
        centred, mean = less_means(features)
        y_centred, y_mean = less_means(y)
        w = shortest_in_units(centred, in_own_units(features)[1], y_centred, rank - 1)
        return np.append(w, y_mean - mean @ w)
    return shortest_in_units(features, in_own_units(features)[1], y, rank)


def shortest_in_units(
    columns: FloatArray, units: FloatArray, y: FloatArray, rank: int
) -> FloatArray:
    """Return the shortest w among the best, where the columns are right to rounding of `units`.

    With the singular value decomposition columns / units = U Σ Vᵀ it is the shortest w with
    (units V)ᵀ w = Σ⁻¹ Uᵀ y, which lies in the span of units V. There a column in a large unit
    would drown those in small ones, so that these rows are taken by size.
    """
    if not rank:
        return np.zeros_like(units)
    scaled = columns / units
    u, sigma, v = np.linalg.svd(scaled, full_matrices=False)
    y, unit = in_own_units(y)
    order = np.argsort(-units, kind="stable")
    lower, directions = _steps(v[:rank].T[order], 100 * rounding(scaled))
    along = np.linalg.solve(directions, u[:, :rank].T @ y / sigma[:rank])
    largest = units.max()
    lower *= (units[order] / largest)[:, np.newaxis]
    sizes = abs(lower).max(axis=0)
    q, triangle = np.linalg.qr(lower / sizes)
    w = np.empty_like(units)
    w[order] = q @ np.linalg.solve(triangle.T, along / sizes) * (unit / largest)
    return w


def _steps(rows: FloatArray, least: float) -> tuple[FloatArray, FloatArray]:
    """Return L and D for rows = L Dᵀ (Gram-Schmidt): a direction for each row that has a new one.

    The row that brings it is the first with a part along it; parts below `least` are rounding.
    """
    left = rows.copy()
    parts, directions = [], []
    for i, row in enumerate(left):
        length = np.linalg.norm(row)
        if length > least:
            direction = row / length
            part = left @ direction
            left -= np.outer(part, direction)
            parts.append(part)
            directions.append(direction)
        left[i] = 0
    return np.column_stack(parts), np.column_stack(directions)
