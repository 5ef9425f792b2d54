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
from contextvars import Context
from math import prod

import numpy as np

from coursecode._arguments import DOUBLE, Argument, batch_shape, hold
from coursecode._rules import SHORT_ROW, Array, FloatArray, all_finite, row_sum

__all__ = ["beside", "column", "flat_index", "in_blocks", "pick", "put", "row_max", "row_sum"]

BLOCK_BYTES = 2**20  # of the largest argument; the formula's temporaries take a few times that

# The C library of Linux keeps freed memory for the next block, rather than fetch it from the system
# anew, up to twice the size of the largest array that was freed so far: this one.
np.empty(16 * BLOCK_BYTES, np.uint8)


# A context in which NumPy keeps silent. To run in a copy of it takes a tenth of the time that
# `np.errstate` takes, which shows on a few rows.
SILENT = Context()
SILENT.run(np.seterr, all="ignore")


def in_blocks(
    formula: Callable[..., FloatArray],
    *arguments: Argument,
    faults_show: bool = False,
    fills: bool = False,
    beyond: Callable[..., FloatArray] | None = None,
) -> FloatArray:
    """Return formula(*values) for the checked values of the arguments, block by block.

    Parameters
    ----------
    formula
        Is given one array for each argument, row by row in memory: (rows, K) for a kind of rows,
        (rows,) for a kind of single numbers; where all are of single numbers, they may also come in
        the shape that they have. Returns one value a row, (rows,), or one for each outcome,
        (rows, K). It must treat each row by itself, and must not change what it is given.
    *arguments
        From the kinds of `_validation`. Their leading axes must be equal; they are flattened to
        rows for the formula and restored in the result.
    faults_show
        Whether any nan or infinity that a rule refuses makes the formula's result nan or infinite
        too, at least the first number of the row. Then it is the result that is looked at, one
        array in place of several and still in the cache, and the arguments only if it shows.
    fills
        Whether the formula is given one array more, of the last argument's shape, and returns it
        filled with its result, in which it leaves no -0.0. That saves a copy of each block.
    beyond
        A formula in place of the other for a block where that gives nan or infinity though no
        argument is at fault (with `faults_show`): where a power of e overflowed, say.

    Returns
    -------
    FloatArray
        Shape (...) or (..., K) as the formula returns it, in the type of the arguments (the wider
        one where float32 meets float64), without -0.0; a NumPy scalar when the shape is ().
    """
    return SILENT.copy().run(_evaluated, formula, arguments, faults_show, fills, beyond)


def _evaluated(
    formula: Callable[..., FloatArray],
    arguments: tuple[Argument, ...],
    faults_show: bool,
    fills: bool,
    beyond: Callable[..., FloatArray] | None,
) -> FloatArray:
    # What the values are like, in one walk: on a few rows the checks take longer than the formula.
    batch = batch_shape(arguments)
    data: list[Array] = []
    tests, dtype, largest, in_rows, alike, contiguous = [], None, 0, False, True, True
    for argument in arguments:
        values = argument.values
        if not values.ndim:
            values = values.reshape(1)  # a parameter, which NumPy repeats beside the others
        if not values.flags.c_contiguous:
            contiguous = False
        if values.dtype is not dtype and values.dtype.kind == "f":
            if dtype is not None or argument.takes_type:
                alike = False
            if not argument.takes_type:
                dtype = values.dtype if dtype is None else np.result_type(dtype, values.dtype)
        if values.nbytes > largest:
            largest = values.nbytes
        if argument.rank:
            in_rows = True
        test = argument.rule.hidden if faults_show else argument.rule.holds
        if test is not None:
            tests.append((test, len(data)))
        data.append(values)
    dtype = DOUBLE if dtype is None else dtype

    # All leading axes as one. Single numbers keep their shape where they are few, or where it would
    # cost a copy of the whole to change it.
    at_once = largest <= BLOCK_BYTES
    flattened = len(batch) != 1 and (in_rows or not batch or (contiguous and not at_once))
    count = prod(batch) if flattened else batch[0]
    if flattened:
        ranks = [argument.rank for argument in arguments]
        data = [v.reshape((count, -1) if r else -1) for v, r in zip(data, ranks, strict=True)]

    whole: FloatArray | None = np.empty(data[-1].shape, dtype) if fills else None
    step = count if at_once else max(1, BLOCK_BYTES * count // largest)
    for start in range(0, count, step):
        rows = ... if at_once else slice(start, start + step)
        block = data if at_once else [v[rows] if len(v) == count else v for v in data]
        if not (alike and contiguous):
            block = [np.ascontiguousarray(v, dtype if v.dtype.kind == "f" else None) for v in block]
        for test, k in tests:
            if not test(block[k]):
                hold(arguments, block)
        out = whole[rows] if fills and whole is not None else None
        part = formula(*block) if out is None else formula(*block, out)
        if faults_show and not all_finite(part[:, 0] if in_rows and part.ndim == 2 else part):
            hold(arguments, block)
            if beyond is not None:
                part = beyond(*block)
        if whole is None:
            whole = np.empty((count, *part.shape[1:]), dtype)
        if part is not out:
            np.add(part, 0.0, out=whole[rows])  # -0.0 + 0.0 is 0.0
    assert whole is not None  # count is not 0
    return whole.reshape(batch + whole.shape[1:])[()] if flattened else whole


def row_max(x: FloatArray) -> FloatArray:
    """Return the largest number of each row of a block.

    Short rows are first laid out column by column: NumPy then loops along the many rows, which is
    several times faster than along the few numbers in each.
    """
    by_columns = np.asfortranarray(x) if x.shape[-1] <= SHORT_ROW else x
    top: FloatArray = np.maximum.reduce(by_columns, axis=-1)
    return top


def pick(x: FloatArray, k: Array) -> FloatArray:
    """Return the k-th number of each row of a block, one k a row."""
    picked: FloatArray = x.ravel()[flat_index(x, k)]
    return picked


def put(x: FloatArray, k: Array, value: FloatArray | float) -> None:
    """Set the k-th number of each row of a block, which must lie row by row in memory."""
    x.reshape(-1)[flat_index(x, k)] = value


def flat_index(x: FloatArray, k: Array) -> Array:
    """Return where the k-th number of each row stands in x.ravel(): faster than two indices."""
    index: Array = k + np.arange(0, x.size, x.shape[-1])
    return index


def beside(rows: FloatArray, x: Array) -> Array:
    """Return one number a row in a shape to stand beside a block of rows.

    That is a column; beside short rows its numbers repeated, which NumPy then reads in one go.
    """
    count = rows.shape[-1]
    return x.repeat(count).reshape(rows.shape) if count <= SHORT_ROW else column(x)


def column(x: Array) -> Array:
    """Return one number a row as a column, to stand beside rows of outcomes."""
    return x[:, np.newaxis]
