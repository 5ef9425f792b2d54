"""Tables of joint probabilities: their margins and shares, and the check of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from coursecode._exact import exact_parts, exact_product
from coursecode._series import log_ratio
from coursecode._validation import (
    Argument,
    Array,
    FloatArray,
    nonnegative,
    plain_array,
    probabilities,
)


def tables(name: str, joint: ArrayLike) -> Argument:
    """Tables in the last two axes, as rows of all their entries."""
    array = plain_array(name, joint)
    if array.ndim < 2:
        raise ValueError(f"{name} must have two last axes, a table, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    flat = probabilities(name, array.reshape(*array.shape[:-2], -1))

    def fault(p: Array) -> str:
        entries = nonnegative(name, array)
        found = entries.rule.fault(entries.values) or flat.rule.fault(p)
        return found.replace("along its last axis", "over its last two axes").replace(
            "row", "table"
        )

    return replace(flat, rule=flat.rule._replace(fault=fault))


def log_share(p: FloatArray) -> FloatArray:
    """Return ln p(b|a) for tables p_ab, and 0 where p_ab is 0.

    At the largest entry of a row, which may be nearly all of it, by what the others leave.
    """
    largest = p == p.max(axis=-1, keepdims=True)
    others = np.where(largest, 0, p).sum(axis=-1, keepdims=True)
    others = others + p * (largest.sum(axis=-1, keepdims=True) - 1)
    share: FloatArray = np.where(
        largest, -np.log1p(others / p), log_ratio(p, p.sum(axis=-1, keepdims=True))
    )
    share[p == 0] = 0
    return share


def margins(p: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return p_a, p_b, their total (1 but for rounding) and p_a p_b - p_ab of tables.

    The last keeps its digits near independence, where the two cancel.
    """
    across = np.swapaxes(p, -1, -2)
    rows, rows_left = exact_parts(p, np.zeros_like(p))
    columns, columns_left = (
        np.swapaxes(part, -1, -2) for part in exact_parts(across, np.zeros_like(across))
    )
    flat = p.reshape(len(p), 1, -1)
    total, total_left = exact_parts(flat, np.zeros_like(flat))
    product, lost = exact_product(rows, columns)
    joint, joint_lost = exact_product(total, p)
    small = rows * columns_left + rows_left * columns - total_left * p
    d = (product - joint) + ((lost - joint_lost) + small)
    return rows, columns, total, d / total


def table_sum(terms: FloatArray) -> FloatArray:
    """Return the sum of each table of a block."""
    total: FloatArray = terms.sum(axis=(-2, -1))
    return total
