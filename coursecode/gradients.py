"""A derivative by differences, and a check of a gradient against it."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._options import function_of
from coursecode._validation import FloatArray, between, check, place, real

EPS = float(np.finfo(np.float64).eps)
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
CUBE_ROOT = float(np.cbrt(EPS))
SHORTER = tuple(8.0**-k / 2 for k in range(10))  # of a step, for where f bends within it
ROUNDINGS = 4  # of a value of f, in units of eps |f|: what a few operations may lose


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


def numerical_gradient(
    function: Callable[[FloatArray], ArrayLike],
    x: ArrayLike,
    *,
    step: float | None = None,
) -> FloatArray:
    r"""Gradient by central differences, ∂f/∂x.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    function : callable
        f, of an array of the shape of `x`. It returns a single number, or one value an
        example, which are added up.
    x : array_like, any shape
        Where to differentiate.
    step : float, optional
        h, above 0. By default ``∛eps · max(1, |x_i|)``, which balances the rounding of f, eps/h,
        against what the difference leaves out, h².

    Returns
    -------
    ndarray, shape of `x`
        The derivative by each entry, in units of f by units of x; in float64.

    Raises
    ------
    TypeError
        If `x`, `step` or what `function` returns are not real numbers, or `function` cannot be
        called.
    ValueError
        If `x` is not finite or empty, `step` is not above 0 or too small to change x, or
        `function` returns nan or inf.

    Notes
    -----
    Where f has a kink within h, the result is the slope of the chord across it.
    At best about 10 of 16 digits are right.

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery, *Numerical Recipes*, 3rd edition (2007), section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x**2, [1.0, -3.0]).round(6))
    [ 2. -6.]
    """
    function_of("function", function)
    point = np.array(check(real("x", x)), dtype=np.float64)  # a copy, to be moved
    if step is not None:
        step = between("step", step, 0, open_low=True)
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        gradient[index], _ = _difference(function, point, index, _step(float(point[index]), step))
    return gradient[()]


def _step(centre: float, step: float | None) -> float:
    return CUBE_ROOT * max(1.0, abs(centre)) if step is None else step


def _difference(
    function: Callable[[FloatArray], ArrayLike], point: FloatArray, index: tuple[int, ...], h: float
) -> tuple[float, float]:
    """Return the central difference by one entry, and how far rounding of f can move it."""
    centre = float(point[index])
    before, after = centre - h, centre + h
    width = after - before  # the step that is taken, after rounding
    if not 0 < width < np.inf:
        raise ValueError(f"step must lead from x to other finite numbers, got {h:g}{place(index)}")
    point[index] = after
    above = _values(function, point)
    point[index] = before
    below = _values(function, point)
    point[index] = centre
    # Subtracted an example at a time: those that x_i does not reach cancel exactly.
    with np.errstate(over="ignore"):
        size = np.sum(abs(above) + abs(below))
        slope = np.sum(above - below) / width
    return float(slope), float(ROUNDINGS * EPS * size / width)


def _judged_difference(
    function: Callable[[FloatArray], ArrayLike], point: FloatArray, index: tuple[int, ...], h: float
) -> tuple[float, float]:
    """Return the central difference by one entry, and how far off it may be in all."""
    near, rounding = _difference(function, point, index, h)
    far, _ = _difference(function, point, index, 2 * h)
    return near, rounding + 2 * abs(near - far) / 3


def _values(function: Callable[[FloatArray], ArrayLike], point: FloatArray) -> FloatArray:
    """Return what a function says of a point, which must be finite numbers."""
    values = check(real("function(x)", function(point.copy())))
    return np.array(values, dtype=np.float64)  # a copy, should it return the same array each time


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
            h = _step(float(point[entry]), step)
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
