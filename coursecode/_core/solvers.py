"""The ways to a minimum that the fits share: least squares, coordinate descent, descent.

Columns are first put into units of their own, so that neither an answer nor the way to it depends
on whether a length was given in millimetres or in light years.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coursecode._core.kinds import Numbers

EPS = float(np.finfo(np.float64).eps)
LARGEST = 1e300  # of a penalty: it leaves no weight that a thousandth of it would not
NOTHING = 64 * EPS  # a weight so small beside the largest is rounding, where a penalty prefers 0


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
    if not less_means:
        return Columns(scaled, np.zeros_like(scaled), 0 * units, 0 * units, units)
    # From the first row on, for the mean of equal numbers need not be that number: so a constant
    # column becomes exactly 0.
    mean = scaled[0] + (scaled - scaled[0]).mean(axis=0)
    high, low = _sum(scaled, -mean)
    mean_low = high.mean(axis=0)
    high, more = in_own_units(high)
    return Columns(high, (low - mean_low) / more, mean / more, mean_low / more, units * more)


def with_intercept(columns: Columns, y: Columns, w: Numbers) -> tuple[Numbers, float]:
    """Return the weights in the units of the data, and the intercept that belongs to them."""
    terms, errors = exact_product(np.append(columns.mean, -1.0), np.append(w, y.mean))
    errors += np.append(columns.mean_low * w, -y.mean_low)
    return w * (y.units / columns.units), float(0 - exact_sum(terms, errors)[0] * y.units)


def rank_of(sigma: Numbers, shape: tuple[int, ...]) -> int:
    """Return how many singular values of columns of a like size are more than rounding."""
    return int(np.sum(sigma > _rounding(shape) * sigma[0]))


def _rounding(shape: tuple[int, ...]) -> float:
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


def _sum(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    s = a + b
    b_seen = s - a
    return s, (a - (s - b_seen)) + (b - b_seen)


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
    return w if rank == len(w) else _shortest(v, v @ w, columns.units, 100 * _rounding(a.shape))


def _shortest(v: Numbers, along: Numbers, units: Numbers, least: float) -> Numbers:
    """Return the w with v w = `along`, of which w / units is shortest.

    It lies in the span of units Vᵀ. There a column in a large unit would drown those in small
    ones, so that the rows are taken by size, and each that has a new direction shows it alone.
    """
    order = np.argsort(-units, kind="stable")
    left = v.T[order]
    parts, directions = np.zeros((len(units), 0)), np.zeros((len(v), 0))
    for i in range(len(left)):
        row = left[i] - directions @ (directions.T @ left[i])
        if (length := np.linalg.norm(row)) > least:
            part = left @ (row / length)
            left = left - np.outer(part, row / length)
            parts, directions = np.c_[parts, part], np.c_[directions, row / length]
        left[i] = 0
    shares = units[order, np.newaxis] / units.max()
    parts *= shares
    sizes = abs(parts).max(axis=0, initial=0)
    q, triangle = np.linalg.qr(parts / sizes)
    w = np.empty_like(units)
    w[order] = shares[:, 0] * (q @ np.linalg.solve(triangle.T, directions.T @ along / sizes))
    return w


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


# --- lasso and elastic net: one weight after another --------------------------------------


class Sparse(NamedTuple):
    """Weights, and how near the best ones they are known to be."""

    weights: Numbers
    objective: float
    violation: float
    sweeps: int
    converged: bool


def sparse(
    columns: Numbers, y: Numbers, l1: Numbers, l2: Numbers, tolerance: float, max_sweeps: int
) -> Sparse:
    """Return the weights with the least mean (y - A w)² + Σ l1 |w| + Σ l2 w².

    Coordinate descent finds which of them are 0, a linear system what the others are. Where columns
    are nearly dependent all slopes may be next to 0 far from the minimum: so the objective must
    also have stopped falling.
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
    return Sparse(w, objective, float(violation), sweep, bool(violation <= tolerance))


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
        flat = _rounding(columns.shape) * curvature.max(initial=0) * np.eye(used.size)
        way = np.linalg.solve(curvature + flat, slope)
        share = np.full(used.size, np.inf)
        turns = way * w[used] < 0
        share[turns] = -w[used][turns] / way[turns]
        first = share.min(initial=np.inf)
        w[used] += min(1.0, first) * way
        w[used[share <= min(1.0, first)]] = 0


# --- a loss of scores plus a penalty ------------------------------------------------------


class Loss(NamedTuple):
    """A convex loss of the scores of K classes, one value for each example."""

    value: Callable[[Numbers], Numbers]
    slopes: Callable[[Numbers, Numbers], Numbers]  # of scores, and slopes to stay near to
    curvature: float  # which no second derivative exceeds
    # A loss with kinks is the highest of many planes: the value at scores of that with given slopes
    plane: Callable[[Numbers, Numbers], Numbers] | None = None


def directions(columns: Columns, apart: bool) -> tuple[Numbers, Numbers, Numbers]:
    """Return features of a like size for those in columns, the way back, and its lengths.

    Weights z of the new features belong to weights `back` z of the columns, and the sum of their
    squares is that of (lengths z). Unless weights are to be kept apart, which an L1 penalty needs,
    the new features have nothing in common: then all losses fall as fast on each way.
    """
    count = len(columns.high)
    if apart:
        size = np.sqrt(np.mean(columns.high**2, axis=0))
        size[size == 0] = 1
        lengths = 1 / size / columns.units
        return columns.high / size, np.diag(lengths), lengths
    u, sigma, v = np.linalg.svd(columns.high, full_matrices=False)
    rank = rank_of(sigma, columns.high.shape)
    u, sigma, v = u[:, :rank], sigma[:rank], v[:rank]
    turn, lengths, way = np.linalg.svd((v / columns.units).T / sigma, full_matrices=False)
    turn[~columns.high.any(axis=0)] = 0  # a constant column gets no weight
    root = count**0.5
    return root * u @ way.T, root * turn * lengths, root * lengths


class Descent(NamedTuple):
    """Weights (features, K), and how near the best ones they are known to be."""

    weights: Numbers
    objective: float
    iterations: int
    left: float  # how much lower the objective may be, as a part of it


def descend(
    features: Numbers,
    classes: int,
    loss: Loss,
    l1: Numbers,
    l2: Numbers,
    tolerance: float,
    max_iterations: int,
    enough: float = 0.0,
) -> Descent:
    """Return the weights with the least mean loss of the scores plus penalty, from 0 on.

    It stops too when the objective is no more than `enough`.

    Accelerated proximal gradient descent, after Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm for linear inverse problems" (2009), with the restarts of
    O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes" (2015).

    Kinks are smoothed by letting the slopes stay near to some that are `kept`, which follow: the
    method of multipliers, after Rockafellar, "Augmented Lagrangians and applications of the
    proximal point algorithm in convex programming" (1976).

    Every plane below the loss tells how low the objective can be: no weights within a distance d
    gain more than d times the slope, and what the plane lies below the loss.
    """
    count = len(features)
    step = count / (loss.curvature * float(np.linalg.norm(features, 2)) ** 2)
    l1, l2 = l1[:, np.newaxis], l2[:, np.newaxis]
    weights = np.zeros((features.shape[1], classes))
    scores = kept = np.zeros((count, classes))
    ahead, scores_ahead = weights, scores
    momentum, iteration, left, objective = 1.0, 0, np.inf, np.inf
    while left > tolerance and objective > enough and iteration < max_iterations:
        iteration += 1
        slopes = loss.slopes(scores_ahead, kept)
        there = ahead - step * (features.T @ slopes) / count
        there = np.sign(there) * np.maximum(abs(there) - step * l1, 0) / (1 + 2 * step * l2)
        scores_there = features @ there

        values = loss.value(scores_there)
        objective = float(values.mean() + np.sum(l1 * abs(there)) + np.sum(l2 * there**2))
        gain = float(np.linalg.norm(ahead - there)) / step * (1 + float(np.linalg.norm(there)))
        below = 0.0
        if loss.plane is None:
            gain *= 2  # the slope has changed on the way by as much as it was at most
        else:
            below = float(np.mean(values - loss.plane(slopes, scores_there)))
        left = min(1.0, (gain + below) / objective) if objective else 0.0

        if np.sum((ahead - there) * (there - weights)) > 0:  # the momentum points uphill
            momentum = 1.0
        if 2 * gain < below:
            kept = loss.slopes(scores_there, kept)
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        share = (momentum - 1) / next_momentum
        ahead = there + share * (there - weights)
        scores_ahead = scores_there + share * (scores_there - scores)
        weights, scores, momentum = there, scores_there, next_momentum
    return Descent(weights, objective, iteration, left)
