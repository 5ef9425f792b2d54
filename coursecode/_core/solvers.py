"""Least squares to the last digit, which all fits share.

Columns are first put into units of their own, so that neither an answer nor the way to it depends
on whether a length was given in millimetres or in light years.
"""

import math
from typing import NamedTuple

import numpy as np

from coursecode._core.arithmetic import Numbers, two_sum

EPS = float(np.finfo(np.float64).eps)
LARGEST = 1e300  # of a penalty: it leaves no weight that a thousandth of it would not


# --- units and means ------------------------------------------------------------------


class Columns(NamedTuple):
    """Columns in units of their own, less their means: (high + low) units."""

    high: Numbers
    low: Numbers  # what rounding left out of `high`
    mean: Numbers  # in these units too, and what rounding left out of it
    mean_low: Numbers
    units: Numbers


def in_own_units(columns: Numbers) -> tuple[Numbers, Numbers]:
    """Return columns of a like size, from 1 to 2, and the power of two that each was divided by.

    Such a change of units is exact, and sums of squares can neither overflow nor underflow.
    """
    units = np.ldexp(1.0, np.frexp(abs(columns).max(axis=0))[1] - 1)
    return columns / units, units


def prepared(columns: Numbers, less_means: bool) -> Columns:
    """Return columns in their own units, less their means or with means of 0."""
    scaled, units = in_own_units(columns.astype(np.float64))
    # From the first row on, for the mean of equal numbers need not be that number: so a constant
    # column becomes exactly 0.
    mean = less_means * (scaled[0] + (scaled - scaled[0]).mean(axis=0))
    high, low = two_sum(scaled, -mean)
    mean_low = less_means * high.mean(axis=0)
    high, more = in_own_units(high)
    return Columns(high, (low - mean_low) / more, mean / more, mean_low / more, units * more)


def with_intercept(columns: Columns, y: Columns, w: Numbers) -> tuple[Numbers, float]:
    """Return the weights in the units of the data, and the intercept that belongs to them."""
    terms, errors = exact_product(np.append(columns.mean, -1.0), np.append(w, y.mean))
    errors += np.append(columns.mean_low * w, -y.mean_low)
    return w * (y.units / columns.units), float(0 - exact_sum(terms, errors)[0] * y.units)


def rank_of(sigma: Numbers, shape: tuple[int, ...]) -> int:
    """Return how many singular values of columns of a like size are more than rounding."""
    return int(np.sum(sigma > rounding(shape) * sigma[0]))


def rounding(shape: tuple[int, ...]) -> float:
    """Return what rounding may add to a matrix of this shape, beside its largest singular value."""
    return EPS * max(shape)


# --- sums of products in twice the working precision ------------------------------------
#
# What a sum or a product of two floats loses to rounding is itself a float, and can be computed
# (Knuth for sums, Dekker for products). Carrying these errors along gives about 32 digits, without
# the extended type that only some processors have.

SPLITTER = 2.0**27 + 1  # cuts the 53 bits of a float64 into two halves


def exact_product(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """Return the products of numbers, and their errors."""
    p = a * b
    a_high, b_high = (SPLITTER * x - (SPLITTER * x - x) for x in (a, b))
    a_low, b_low = a - a_high, b - b_high
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def exact_sum(terms: Numbers, errors: Numbers) -> Numbers:
    """Return the sums of terms and errors along the last axis, rounded once."""
    rows = np.concatenate([terms, errors], axis=-1)
    return np.array([math.fsum(row.tolist()) for row in np.atleast_2d(rows)])


# --- least squares ----------------------------------------------------------------------


def least_squared(columns: Columns, y: Columns, rank: int | None = None) -> Numbers:
    """Return the weights with the least |y - A w|², the shortest of them.

    It solves r + A w = y, Aᵀ r = 0 by a singular value decomposition, and then twice more for what
    is left over, in twice the working precision.
    """
    a = columns.high
    u, sigma, v = np.linalg.svd(a, full_matrices=False)
    rank = rank_of(sigma, a.shape) if rank is None else rank
    u, sigma, v = u[:, :rank], sigma[:rank], v[:rank]
    w, r = np.zeros(a.shape[1]), np.zeros_like(y.high)
    for _ in range(3):
        products, lost = exact_product(a, w)
        terms = np.column_stack([y.high, -r, -products])
        left = exact_sum(terms, np.column_stack([y.low, 0 * r, -lost - columns.low * w]))
        products, lost = exact_product(a.T, r)
        step = u.T @ left + v @ exact_sum(products, lost + columns.low.T * r) / sigma
        w += v.T @ (step / sigma)
        r += left - u @ step
    return w if rank == len(w) else _shortest(columns, v, v @ w)


def _shortest(columns: Columns, v: Numbers, along: Numbers) -> Numbers:
    """Return the w with v w = `along`, of which w / units is shortest, and 0 for a column of 0.

    It lies in the span of units Vᵀ. There a column in a large unit would drown those in small
    ones, so that the rows are taken by size, and each that has a new direction shows it alone.
    """
    order = np.argsort(-columns.units, kind="stable")
    left = v.T[order]
    parts, directions = np.zeros((len(left), 0)), np.zeros((len(v), 0))
    for i in range(len(left)):
        row = left[i] - directions @ (directions.T @ left[i])
        if (length := np.linalg.norm(row)) > 100 * rounding(columns.high.shape):
            part = left @ (row / length)
            left = left - np.outer(part, row / length)
            parts, directions = np.c_[parts, part], np.c_[directions, row / length]
        left[i] = 0
    shares = columns.units[order, np.newaxis] / columns.units.max()
    parts *= shares
    sizes = abs(parts).max(axis=0, initial=0)
    q, triangle = np.linalg.qr(parts / sizes)
    w = shares[:, 0] * (q @ np.linalg.solve(triangle.T, directions.T @ along / sizes))
    return np.where(columns.high.any(axis=0), w[np.argsort(order)], 0)


def ridged(columns: Columns, y: Columns, root: float, rank: int) -> Numbers:
    """Return the weights w with the least |y - A w|² + |root w / units|², of `rank` columns.

    A penalty is as good as a row for each weight. Where there are few rows, the singular values of
    the columns in the units of the data are less work; what is beyond the rank is rounding.
    """
    if root == 0:
        return least_squared(columns, y, rank)
    if len(columns.high) < len(columns.units):
        u, sigma, v = np.linalg.svd(columns.high * columns.units, full_matrices=False)
        u, sigma, v = u[:, :rank], sigma[:rank], v[:rank]
        both = np.hypot(sigma, root)
        return columns.units * (v.T @ (sigma / both * (u.T @ y.high / both)))
    units = np.maximum(columns.units, in_own_units(np.array([root]))[1])
    shares, rows = columns.units / units, np.diag(root / units)
    high = np.vstack([columns.high * shares, rows])
    low = np.vstack([columns.low * shares, 0 * rows])
    longer = y._replace(high=np.append(y.high, 0 * units), low=np.append(y.low, 0 * units))
    return shares * least_squared(columns._replace(high=high, low=low, units=units), longer)
