"""Formulas over blocks of rows that fit the processor's cache.

An expression such as `np.exp(s - top) / total` makes an array for every step. On a large input
each of them travels to main memory and back, and the travelling takes longer than the arithmetic.
`in_blocks` hands the formula a few rows at a time, so that all its steps stay in the cache, and
the extra memory is a few blocks however large the input is.

It is also the one place that matches shapes, holds the values to their rules, silences
floating-point warnings (the formulas rely on log 0 = -inf) and replaces -0.0 by 0.0.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from coursecode._validation import Argument, Array, FloatArray, batch_shape

BLOCK_BYTES = 2**18  # of each argument: a block and the formula's temporaries fit a 1–2 MB cache
SHORT_ROW = 32  # up to here, NumPy's loops along a row cost more than the arithmetic in them


def in_blocks(formula: Callable[..., FloatArray], *arguments: Argument) -> FloatArray:
    """Return formula(*values) for the checked values of the arguments, block by block.

    Parameters
    ----------
    formula
        Is given one array for each argument: (rows, K) for a kind of rows, (rows,) for a kind
        of single numbers. Returns one value a row, (rows,), or one for each outcome, (rows, K),
        in an array of its own. It must treat each row by itself, and must not change what it is
        given.
    *arguments
        From the kinds of `_validation`. Their leading axes must be equal; they are flattened to
        rows for the formula and restored in the result.

    Returns
    -------
    FloatArray
        Shape (...) or (..., K) as the formula returns it; a NumPy scalar when that is ().
    """
    batch = batch_shape(arguments)
    count = prod(batch)
    flat = [_as_rows(a, batch, count) for a in arguments]
    floats = {values.dtype for values in flat if values.dtype.kind == "f"}
    dtype = np.result_type(*floats)
    width = max(values.size for values in flat) // count
    step = max(1, BLOCK_BYTES // (width * dtype.itemsize))
    unchecked = True

    with np.errstate(all="ignore"):
        for start in range(0, count, step):
            block = [values[start : start + step] for values in flat]
            if 1 < width <= SHORT_ROW < count:
                # Column by column in memory: NumPy then loops along the many rows, not the
                # few outcomes. The formula sees the same array.
                block = [np.asfortranarray(values) for values in block]
            if unchecked and not _all_hold(arguments, block):
                for argument in arguments:
                    argument.rule.refuse(argument.name, argument.values)
                unchecked = False  # a false alarm, such as a mask of -inf: all has been read now
            if len(floats) > 1:
                block = [v.astype(dtype) if v.dtype.kind == "f" else v for v in block]
            part = formula(*block)
            if start == 0:
                whole = np.empty((count, *part.shape[1:]), part.dtype)
            np.add(part, 0.0, out=whole[start : start + step])  # -0.0 + 0.0 is 0.0
    result: FloatArray = whole.reshape(batch + whole.shape[1:])[()]
    return result


def _as_rows(argument: Argument, batch: tuple[int, ...], count: int) -> Array:
    values = argument.values
    if argument.parameter and not values.ndim:
        return np.broadcast_to(values, count)
    return values.reshape((count, -1) if argument.rank else count)


def _all_hold(arguments: tuple[Argument, ...], block: list[Array]) -> bool:
    return all(a.rule.holds(values) for a, values in zip(arguments, block, strict=True))


def row_sum(x: FloatArray) -> FloatArray:
    """Return the sum of each row of a block."""
    total: FloatArray = x.sum(axis=-1)
    return total


def column(x: Array) -> Array:
    """Return one number a row as a column, to stand beside rows of outcomes."""
    return x[:, np.newaxis]
