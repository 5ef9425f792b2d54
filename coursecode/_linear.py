"""What the fits of linear models share: their data, their units and their result."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._validation import FloatArray, batch_shape, check, real, rows


class LinearFit(NamedTuple):
    """The linear model that fits best, and how well determined it is."""

    coefficients: FloatArray  # w, (d,)
    intercept: float  # b, 0.0 unless asked for
    residuals: FloatArray  # r = y - X w - b, (n,)
    rank: int  # number of independent columns
    condition: float  # by which relative errors of the data can grow in the weights


def problem(X: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray, np.dtype[Any]]:
    """Return checked features (n, d) and targets (n,) in float64, and the type of the result."""
    features, targets = rows("X", X), real("y", y)
    if features.values.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {features.values.shape}")
    batch_shape((features, targets))
    dtype = features.values.dtype
    return check(features).astype(np.float64), check(targets).astype(np.float64), dtype


def in_own_units(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns of a like size, from 1 to 2, and the power of two that each was divided by.

    Such a change of units is exact, and sums of squares can neither overflow nor underflow.
    """
    units = np.ldexp(1.0, np.frexp(abs(columns).max(axis=0))[1] - 1)
    return columns / units, units


def less_means(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns less their means, and the means; a constant column becomes exactly 0.

    Taken from the first row on, for the mean of equal numbers need not be that number: what is
    left then is rounding, which a fit would take for data.
    """
    from_first = columns - columns[0]
    mean = from_first.mean(axis=0)
    return from_first - mean, columns[0] + mean


def independent(columns: FloatArray) -> tuple[int, FloatArray]:
    """Return how many of the columns, of a like size, are independent, and the singular values."""
    singular = np.linalg.svd(columns, compute_uv=False)
    return int(np.sum(singular > rounding(columns) * singular[0])), singular


def rounding(matrix: FloatArray) -> float:
    """Return the size of a singular value, as part of the largest, that may be rounding only."""
    return float(np.finfo(np.float64).eps * max(matrix.shape))


def as_fit(
    features: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    rank: int,
    condition: float,
    dtype: np.dtype[Any],
) -> LinearFit:
    """Return the result of a fit; the last of d + 1 weights is the intercept."""
    count = features.shape[1]
    w, b = weights[:count], float(weights[count]) if weights.size > count else 0.0
    residuals = targets - features @ w - b
    return LinearFit(w.astype(dtype), b, residuals.astype(dtype), rank, condition)
