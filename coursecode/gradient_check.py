"""A check of a gradient against differences, which says where it fails and by how much."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._options import function_of
from coursecode._validation import FloatArray, between, check, place, real
from coursecode.gradients import difference, numerical_gradient, usual_step

SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
SHORTER = tuple(8.0**-k / 2 for k in range(10))  # of a step, for where f bends within it


class GradientCheck(NamedTuple):
    """Where a gradient differs most from the differences, and by how much."""

    agrees: bool
    where: tuple[int, ...]  # the index of the entry that differs most
    analytic: float
    numerical: float
    absolute_error: float
    relative_error: float

    def __bool__(self) -> bool:
        """Return whether the gradient agrees."""
        return self.agrees

    def __str__(self) -> str:
        """Return one line that says where and by how much."""
        return (
            f"{'agrees' if self.agrees else 'differs'}, at worst{place(self.where)}: "
            f"analytic {self.analytic:.6g}, numerical {self.numerical:.6g} "
            f"(off by {self.absolute_error:.1e}, relative {self.relative_error:.1e})"
        )


def check_gradient(
    function: Callable[[FloatArray], ArrayLike],
    gradient: Callable[[FloatArray], ArrayLike],
    x: ArrayLike,
    *,
    tolerance: float = 1e-6,
    absolute: float | None = None,
    step: float | None = None,
) -> GradientCheck:
    r"""Comparison of a gradient with central differences.

    .. math:: \text{relative error}_i = \frac{|a_i - n_i|}{\max(|a_i|, |n_i|)}

    with a the analytic and n the numerical gradient.

    Parameters
    ----------
    function : callable
        f, as for `numerical_gradient`.
    gradient : callable
        Its derivative, of an array of the shape of `x`, with the same shape.
    x : array_like, any shape
        Where to compare; away from kinks.
    tolerance : float
        An entry agrees when its relative error is at most this; above 0.
    absolute : float, optional
        An entry agrees too when its absolute error is at most this, at least 0. By default it is
        what the difference itself may be off by (see Notes), which matters for entries at 0 or
        next to it; so a wrong gradient is found however small the function is.
    step : float, optional
        h, as for `numerical_gradient`.

    Returns
    -------
    GradientCheck
        True when every entry agrees. Printed, it says which entry differs most and by how much:
        fields `agrees`, `where`, `analytic`, `numerical`, `absolute_error`, `relative_error`.

    Raises
    ------
    TypeError
        If `x`, `tolerance`, `absolute`, `step` or what the functions return are not real numbers,
        or the functions cannot be called.
    ValueError
        If `x` is not finite or empty, `tolerance` or `step` is not above 0, `step` is too small
        to change x, `absolute` is negative, `function` returns nan or inf, or `gradient` nan,
        inf or another shape than that of `x`.

    Notes
    -----
    The default of `absolute` is, for each entry, the sum of two errors. Rounding: each value of f
    is taken to be right to 4 eps, so that the difference D(h) is off by up to
    4 eps (|f(x + h)| + |f(x - h)|) / 2h. Leaving out higher terms: these fall at least fourfold
    when h is halved, so that |D(h) - D(2h)| / 3 is their size; twice that is allowed. An entry
    that does not agree is looked at again in ever shorter steps (unless `step` is given), and
    judged by the one with the least such sum.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 11.5.

    Examples
    --------
    >>> print(check_gradient(lambda x: x**2, lambda x: x, [3.0, 0.0]))
    differs, at worst at index 0: analytic 3, numerical 6 (off by 3.0e+00, relative 5.0e-01)
    """
    function_of("gradient", gradient)
    tolerance = between("tolerance", tolerance, 0, open_low=True)
    if absolute is not None:
        absolute = between("absolute", absolute, 0)
    point = np.array(check(real("x", x)), dtype=np.float64)
    numerical = np.array(numerical_gradient(function, point, step=step))
    analytic = np.asarray(check(real("gradient(x)", gradient(point.copy()))), dtype=np.float64)
    if analytic.shape != point.shape:
        raise ValueError(f"shapes must match, got x {point.shape} and gradient(x) {analytic.shape}")
    off = np.asarray(abs(analytic - numerical))
    scale = np.asarray(np.maximum(abs(analytic), abs(numerical)))
    allowed = np.asarray(np.maximum(tolerance * scale, absolute or SMALLEST))
    if absolute is None:
        shorter_by = SHORTER if step is None else (1.0,)
        for entry in map(tuple, np.argwhere(off > allowed)):
            h = usual_step(float(point[entry]), step)
            numerical[entry], error = min(
                (_judged_difference(function, point, entry, shorter * h) for shorter in shorter_by),
                key=itemgetter(1),
            )
            off[entry] = abs(analytic[entry] - numerical[entry])
            scale[entry] = max(abs(analytic[entry]), abs(numerical[entry]))
            allowed[entry] = max(tolerance * scale[entry], error, SMALLEST)
    excess = off / allowed
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    index = tuple(int(i) for i in worst)
    return GradientCheck(
        agrees=bool(excess[index] <= 1),
        where=index,
        analytic=float(analytic[index]),
        numerical=float(numerical[index]),
        absolute_error=float(off[index]),
        relative_error=float(off[index] / scale[index]) if scale[index] else 0.0,
    )


def _judged_difference(
    function: Callable[[FloatArray], ArrayLike], point: FloatArray, index: tuple[int, ...], h: float
) -> tuple[float, float]:
    """Return the central difference by one entry, and how far off it may be in all."""
    near, rounding = difference(function, point, index, h)
    far, _ = difference(function, point, index, 2 * h)
    return near, rounding + 2 * abs(near - far) / 3
