"""A derivative by differences: what a gradient must agree with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from coursecode._options import function_of
from coursecode._validation import FloatArray, between, check, place, real

EPS = float(np.finfo(np.float64).eps)
CUBE_ROOT = float(np.cbrt(EPS))
ROUNDINGS = 4  # of a value of f, in units of eps |f|: what a few operations may lose


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
        h = usual_step(float(point[index]), step)
        gradient[index], _ = difference(function, point, index, h)
    return gradient[()]


def usual_step(centre: float, step: float | None) -> float:
    """Return the step that was asked for, or else one that suits the size of x."""
    return CUBE_ROOT * max(1.0, abs(centre)) if step is None else step


def difference(
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


def _values(function: Callable[[FloatArray], ArrayLike], point: FloatArray) -> FloatArray:
    """Return what a function says of a point, which must be finite numbers."""
    values = check(real("function(x)", function(point.copy())))
    return np.array(values, dtype=np.float64)  # a copy, should it return the same array each time
