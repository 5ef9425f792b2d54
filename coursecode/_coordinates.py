"""Steps of coordinate descent on least squares with an elastic net's penalty."""

from __future__ import annotations

import numpy as np

from coursecode._validation import FloatArray

FLAT = 1e-13  # what may be rounding in a curvature


def sweep_over(
    w: FloatArray, gram: FloatArray, pull: FloatArray, l1: FloatArray, l2: FloatArray
) -> None:
    """Set each weight in turn to its best value with the others fixed."""
    for j in range(w.size):
        curvature = gram[j, j] + l2[j]
        if curvature > 0:  # else the column is 0, and so is its weight
            alone = pull[j] - gram[j] @ w + gram[j, j] * w[j]  # the pull on w_j if it were 0
            w[j] = (alone - np.clip(alone, -l1[j] / 2, l1[j] / 2)) / curvature


def settle(
    w: FloatArray, gram: FloatArray, pull: FloatArray, l1: FloatArray, l2: FloatArray
) -> bool:
    """Set the weights that are not 0 to their common best; return whether all keep their signs.

    If not, go as far as the first becomes 0. One by one they would creep there where columns are
    nearly dependent.
    """
    used = np.flatnonzero(w)
    curvature = gram[np.ix_(used, used)] + np.diag(l2[used])
    slope = pull[used] - l1[used] * np.sign(w[used]) / 2 - curvature @ w[used]
    # Where columns are dependent the objective is flat or falls for ever, until a sign changes.
    flat = FLAT * curvature.max(initial=0) * np.eye(used.size)
    way = np.linalg.solve(curvature + flat, slope)
    turns = (way * w[used] < 0) & (l1[used] > 0)
    share = np.full(used.size, np.inf)
    share[turns] = -w[used][turns] / way[turns]
    first = share.min(initial=np.inf)
    w[used] += min(1.0, first) * way
    w[used[share <= min(1.0, first)]] = 0
    return bool(first > 1)
