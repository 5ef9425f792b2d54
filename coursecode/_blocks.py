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

from coursecode._rules import SHORT_ROW, row_sum
from coursecode._validation import Argument, Array, FloatArray, batch_shape, hold

__all__ = ["by_columns", "column", "in_blocks", "pick", "put", "row_max", "row_sum"]

BLOCK_BYTES = 2**18  # of the largest argument; the formula's temporaries take a few times that


def in_blocks(formula: Callable[..., FloatArray], *arguments: Argument) -> FloatArray:
    """Return formula(*values) for the checked values of the arguments, block by block.

    Parameters
    ----------
    formula
        Is given one array for each argument, row by row in memory: (rows, K) for a kind of rows,
        (rows,) for a kind of single numbers. Returns one value a row, (rows,), or one for each
        outcome, (rows, K). It must treat each row by itself, and must not change what it is
        given.
    *arguments
        From the kinds of `_validation`. Their leading axes must be equal; they are flattened to
        rows for the formula and restored in the result.

    Returns
    -------
    FloatArray
        Shape (...) or (..., K) as the formula returns it, in the type of the arguments (the wider
        one where float32 meets float64), without -0.0; a NumPy scalar when the shape is ().
    """
    batch = batch_shape(arguments)
    count = prod(batch)
    flat = [_as_rows(argument, batch, count) for argument in arguments]
    types = [values.dtype for values in flat if values.dtype.kind == "f"]
    mixed = types.count(types[0]) < len(types)
    dtype = np.result_type(*types) if mixed else types[0]
    step = max(1, BLOCK_BYTES * count // max([values.nbytes for values in flat]))

    with np.errstate(all="ignore"):
        for start in range(0, count, step):
            block = [np.ascontiguousarray(values[start : start + step]) for values in flat]
            hold(arguments, block)
            if mixed:
                block = [v.astype(dtype) if v.dtype.kind == "f" else v for v in block]
            part = formula(*block)
            if step >= count and part.dtype == dtype and _is_its_own(part, block):
                whole = part
                whole += 0.0  # -0.0 + 0.0 is 0.0
            else:
                if start == 0:
                    whole = np.empty((count, *part.shape[1:]), dtype)
                np.add(part, 0.0, out=whole[start : start + step])
    result: FloatArray = whole.reshape(batch + whole.shape[1:])[()]
    return result


def _is_its_own(part: Array, block: list[Array]) -> bool:
    for values in block:
        if part is values:
            return False
    return part.base is None and part.flags.c_contiguous


def _as_rows(argument: Argument, batch: tuple[int, ...], count: int) -> Array:
    values = argument.values
    if values.ndim == argument.rank + 1:
        return values
    if argument.parameter and not values.ndim:
        return np.broadcast_to(values, count)
    return values.reshape((count, -1) if argument.rank else count)


def by_columns(x: FloatArray) -> FloatArray:
    """Return a block of short rows laid out column by column in memory, others as they are.

    NumPy then loops along the many rows instead of the few numbers in each, which is several
    times faster for maxima and for a column against a block. The values are the same.
    """
    return np.asfortranarray(x) if x.shape[-1] <= SHORT_ROW else x


def row_max(x: FloatArray) -> FloatArray:
    """Return the largest number of each row of a block."""
    top: FloatArray = (
        x.max(axis=-1)
        if x.flags.f_contiguous or x.shape[-1] > SHORT_ROW
        else pick(x, x.argmax(axis=-1))
    )
    return top


def pick(x: FloatArray, k: Array) -> FloatArray:
    """Return the k-th number of each row of a block, one k a row."""
    return x.ravel().take(k + np.arange(0, x.size, x.shape[-1]))


def put(x: FloatArray, k: Array, value: FloatArray | float) -> None:
    """Set the k-th number of each row of a block, which must lie row by row in memory."""
    x.reshape(-1)[k + np.arange(0, x.size, x.shape[-1])] = value


def column(x: Array) -> Array:
    """Return one number a row as a column, to stand beside rows of outcomes."""
    return x[:, np.newaxis]
