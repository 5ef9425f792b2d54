"""Derivatives by differences, the check of a gradient, and descent (chapter: choosing a loss)."""

from collections.abc import Callable
from contextlib import suppress
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._core.arithmetic import Numbers
from coursecode._core.evaluate import checked
from coursecode._core.kinds import Above0, AtLeast0, Function, Real, Whole, as_kind, kind_in, place

ROUNDINGS = 4  # of a value of f, in units of eps |f|: what a few operations may lose
EPS = float(np.finfo(np.float64).eps)
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
LONGER_AND_SHORTER = tuple(8.0**k for k in range(3, -11, -1))  # steps, beside the usual one
OUTSIDE = (ValueError, ArithmeticError)  # how a function refuses what is outside its domain

LearningRate = float | Callable[[int], float]
Batch = Numbers  # indices of examples


# --- derivatives by differences ---------------------------------------------------------


@checked
def numerical_gradient(
    function: Function,
    x: Real,
    *,
    step: Above0 | None = None,
) -> Numbers:
    r"""Gradient by central differences, ∂f/∂x.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    function : callable
        f, of an array of the shape of `x`. It returns a single number, or one value per example;
        these are added up.
    x : array_like, any shape
        Where to differentiate.
    step : float, optional
        h, above 0. By default ``∛eps · max(1, |x_i|)`` with the eps of the type that f returns:
        it balances the rounding of f, eps/h, against what the difference leaves out, h². Where
        f is not defined that far from x, it is ∛eps times the distance to where it still is.

    Returns
    -------
    ndarray, shape of `x`
        The derivative with respect to each entry, in units of f per unit of x; in float64.

    Raises
    ------
    ValueError
        If `step` is too small to change x, or `function` returns nan or inf.

    Notes
    -----
    Where f has a kink within h, the result is the slope of the chord across it. At best about
    10 of 16 digits are right, and 4 of 7 where f returns float32.

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery, *Numerical Recipes*, 3rd edition (2007), section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x**2, [1.0, -3.0]).round(6))
    [ 2. -6.]
    """
    point = np.array(x, dtype=np.float64)  # a copy, to be moved
    _, eps = values_at(function, point)
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        gradient[index], _ = usual_difference(function, point, index, step, eps)
    return gradient[()]


def usual_difference(
    function: Callable[..., ArrayLike],
    point: Numbers,
    index: tuple[int, ...],
    step: float | None,
    eps: float,
) -> tuple[float, float]:
    """Return the difference with the step asked for, or else the one that suits x, and this step.

    Near the edge of the domain the step is measured by the distance to the edge, not by x.
    """
    usual = step or float(np.cbrt(eps)) * max(1.0, abs(float(point[index])))
    try:
        return difference(function, point, index, usual)[0], usual
    except OUTSIDE:
        for k in range(1, 20 if step is None else 0):
            with suppress(*OUTSIDE):
                difference(function, point, index, usual / 8**k)
                h = usual / 8**k * float(np.cbrt(eps))
                return difference(function, point, index, h)[0], h
        raise


def difference(
    function: Callable[..., ArrayLike], point: Numbers, index: tuple[int, ...], h: float
) -> tuple[float, float]:
    """Return the central difference of one entry, and how far the rounding of f can move it."""
    centre = float(point[index])
    before, after = centre - h, centre + h
    width = after - before  # the step that is taken, after rounding
    if not 0 < width < np.inf:
        raise ValueError(f"step must lead from x to other finite numbers, got {h:g}{place(index)}")
    try:
        point[index] = after
        above, eps = values_at(function, point)
        point[index] = before
        below, _ = values_at(function, point)
    finally:
        point[index] = centre
    # Subtracted example by example: those that x_i does not reach cancel exactly.
    with np.errstate(over="ignore"):
        size = np.sum(abs(above) + abs(below))
        slope = np.sum(above - below) / width
    return float(slope), float(ROUNDINGS * eps * size / width)


def values_at(function: Callable[..., ArrayLike], point: Numbers) -> tuple[Numbers, float]:
    """Return what a function says of a point, in float64, and the machine epsilon of its type."""
    with np.errstate(all="ignore"):  # outside its domain it may warn as well as say nan
        said = np.asarray(function(point.copy()))
    eps = float(np.finfo(said.dtype).eps) if said.dtype.kind == "f" else EPS
    # A copy, should the function return the same array each time.
    return np.array(as_kind(Real, "function(x)", said), dtype=np.float64), max(eps, EPS)


# --- the check of a gradient ------------------------------------------------------------


class GradientCheck(NamedTuple):
    """Where a gradient differs most from the differences, and by how much."""

    agrees: bool
    where: tuple[int, ...]  # the index of the entry that differs most
    analytic: float
    numerical: float
    absolute_error: float
    relative_error: float
    rounding: float = 0.0  # how far rounding moves the differences, where it hides the gradient

    def __bool__(self) -> bool:
        """Return whether the gradient agrees."""
        return self.agrees

    def __str__(self) -> str:
        """Return one line that says where and by how much."""
        verdict = "agrees" if self.agrees else "cannot tell" if self.rounding else "differs"
        aside = f"; rounding alone may be {self.rounding:.1e}" if self.rounding else ""
        return (
            f"{verdict}, at worst{place(self.where)}: "
            f"analytic {self.analytic:.6g}, numerical {self.numerical:.6g} "
            f"(off by {self.absolute_error:.1e}, relative {self.relative_error:.1e}{aside})"
        )


@checked
def check_gradient(
    function: Function,
    gradient: Function,
    x: Real,
    *,
    tolerance: Above0 = 1e-6,
    absolute: AtLeast0 | None = None,
    step: Above0 | None = None,
) -> GradientCheck:
    r"""Comparison of a gradient with central differences.

    .. math:: \text{relative error}_i = \frac{|a_i - n_i|}{\max(|a_i|, |n_i|)}

    with a the analytic and n the numerical gradient.

    Parameters
    ----------
    function : callable
        f, as for `numerical_gradient`.
    gradient : callable
        Its derivative: of an array of the shape of `x`, an array of the same shape.
    x : array_like, any shape
        Where to compare; away from kinks.
    tolerance : float
        An entry agrees if its relative error is at most this; above 0.
    absolute : float, optional
        An entry also agrees if its absolute error is at most this; at least 0. By default it is
        what the difference itself may be off by (see Notes), which matters for entries that are
        0 or nearly so; a wrong gradient is therefore found however small the function is.
    step : float, optional
        h, as for `numerical_gradient`.

    Returns
    -------
    GradientCheck
        True if every entry agrees. When printed, it says which entry differs most and by how
        much: fields `agrees`, `where`, `analytic`, `numerical`, `absolute_error`,
        `relative_error` and `rounding`. If rounding may move the differences by as much as the
        whole gradient, the check can't tell and says so: it is False, and `rounding` is not 0.

    Raises
    ------
    ValueError
        If `step` is too small to change x, `function` returns nan or inf, or `gradient` nan, inf
        or another shape than that of `x`.

    Notes
    -----
    The default of `absolute` is, for each entry, the sum of two errors. Rounding: each value of f
    is taken to be right to 4 eps of its type, so that the difference D(h) is off by up to
    4 eps (|f(x + h)| + |f(x - h)|) / 2h. Leaving out higher terms: these fall at least fourfold
    when h is halved, so that |D(h) - D(2h)| / 3 is their size; twice that is allowed. An entry
    that does not agree is looked at again in longer and shorter steps (unless `step` is given),
    and judged by the one with the least such sum.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 11.5.

    Examples
    --------
    >>> print(check_gradient(lambda x: x**2, lambda x: x, [3.0, 0.0]))
    differs, at worst at index 0: analytic 3, numerical 6 (off by 3.0e+00, relative 5.0e-01)
    """
    point = np.array(x, dtype=np.float64)
    _, eps = values_at(function, point)
    analytic = np.asarray(as_kind(Real, "gradient(x)", gradient(point.copy())), dtype=np.float64)
    if analytic.shape != point.shape:
        raise ValueError(f"shapes must match, got x {point.shape} and gradient(x) {analytic.shape}")
    numerical, error, rounding = (np.zeros_like(point) for _ in range(3))
    for entry in np.ndindex(point.shape):
        numerical[entry], h = usual_difference(function, point, entry, step, eps)
        scale = max(abs(analytic[entry]), abs(numerical[entry]))
        if absolute is None and abs(analytic[entry] - numerical[entry]) > tolerance * scale:
            longest = max(h, 0.01 * max(1.0, abs(float(point[entry]))))
            steps = [h] if step else [k * h for k in LONGER_AND_SHORTER if k * h <= longest]
            numerical[entry], error[entry], rounding[entry] = best_difference(
                function, point, entry, steps
            )
    off = np.asarray(abs(analytic - numerical))
    scales = np.asarray(np.maximum(abs(analytic), abs(numerical)))
    floor = np.maximum(error if absolute is None else absolute, SMALLEST)
    excess = off / np.maximum(tolerance * scales, floor)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), excess.shape))
    agrees = bool(excess[index] <= 1)
    hidden = agrees and rounding.max() >= scales.max() > 0
    if hidden:  # unless the gradient is 0 but for the rounding of x, as at a minimum
        beside = np.asarray(gradient(np.nextafter(point, np.inf)), dtype=np.float64)
        hidden = bool((abs(analytic) > 2 * abs(beside - analytic)).any())
    return GradientCheck(
        agrees=agrees and not hidden,
        where=index,
        analytic=float(analytic[index]),
        numerical=float(numerical[index]),
        absolute_error=float(off[index]),
        relative_error=float(off[index] / scales[index]) if scales[index] else 0.0,
        rounding=float(rounding.max()) if hidden else 0.0,
    )


def best_difference(
    function: Callable[..., ArrayLike], point: Numbers, index: tuple[int, ...], steps: list[float]
) -> tuple[float, float, float]:
    """Return the surest of central differences in several steps, its error, and its rounding.

    One of the steps is known to lead to finite values; the error includes the rounding.
    """
    found = []
    for h in steps:
        with suppress(*OUTSIDE):  # of the domain, with this step
            near, rounding = difference(function, point, index, h)
            far, _ = difference(function, point, index, 2 * h)
            found.append((near, rounding + 2 * abs(near - far) / 3, rounding))
    return min(found, key=itemgetter(1))


# --- descent ----------------------------------------------------------------------------


class Path(NamedTuple):
    """Where a descent went, and the loss it met on the way."""

    points: Numbers  # (steps + 1, ...), from the start to the end
    losses: Numbers  # one for each point (gradient_descent) or each step (sgd)


@checked
def gradient_descent(
    function: Function,
    gradient: Function,
    start: Real,
    *,
    learning_rate: LearningRate,
    steps: Whole,
) -> Path:
    r"""Gradient descent: steps against the gradient, w ← w - η ∇L(w).

    .. math:: w_{t+1} = w_t - \eta_t \nabla L(w_t)

    Parameters
    ----------
    function : callable
        L, of an array of the shape of `start`; a single number.
    gradient : callable
        ∇L, of the same; an array of the same shape.
    start : array_like, any shape
        w₀.
    learning_rate : float or callable
        η, above 0, or a function of the number of the step t = 0, 1, ...
    steps : int
        How many steps to take.

    Returns
    -------
    Path
        Fields `points`, shape (steps + 1, ...), w₀ first, and `losses`, shape (steps + 1,), L
        at each of them; in float64.

    Raises
    ------
    ValueError
        If a learning rate is not above 0, `function` returns no single number, or `gradient`
        another shape.
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    All steps are taken: whether the last point is near a minimum is for the caller to judge, from
    `losses` say. On a quadratic whose largest curvature is c, the path converges for η below 2/c
    and diverges above.

    References
    ----------
    Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées" (1847).
    Boyd and Vandenberghe, *Convex Optimization* (2004), section 9.3.

    Examples
    --------
    >>> path = gradient_descent(np.square, lambda w: 2 * w, 8.0, learning_rate=0.25, steps=3)
    >>> print(path.points, path.losses)
    [8. 4. 2. 1.] [64. 16.  4.  1.]
    """
    rate = rate_of(learning_rate)
    points, losses = room_for(start, steps), np.empty(steps + 1)
    with np.errstate(all="ignore"):
        losses[0] = finite_loss("gradient_descent", 0, points[0], function(points[0].copy()))
        for step in range(steps):
            slope = slope_at(gradient(points[step].copy()), points[step])
            points[step + 1] = points[step] - rate(step) * slope
            loss = function(points[step + 1].copy())
            losses[step + 1] = finite_loss("gradient_descent", step + 1, points[step + 1], loss)
    return Path(points, losses)


@checked
def sgd(
    function: Function,
    gradient: Function,
    start: Real,
    *,
    examples: Whole,
    learning_rate: LearningRate,
    generator: np.random.Generator,
    batch_size: Whole = 32,
    epochs: Whole = 1,
) -> Path:
    r"""Stochastic gradient descent in mini-batches.

    .. math:: w_{t+1} = w_t - \eta_t \nabla L_B(w_t),
              \qquad L_B = \frac{1}{|B|} \sum_{i \in B} \ell_i

    Parameters
    ----------
    function : callable
        L_B(w, B), the mean loss of the examples with the indices B, an array of whole numbers.
    gradient : callable
        ∇L_B(w, B), an array of the shape of w.
    start : array_like, any shape
        w₀.
    examples : int
        Their number n: the indices run from 0 to n - 1.
    learning_rate : float or callable
        η, above 0, or a function of the number of the step t = 0, 1, ...
    generator : numpy.random.Generator
        Draws the order of the examples, anew in every epoch: ``np.random.default_rng(seed)``.
    batch_size : int
        Examples in a mini-batch; the last one of an epoch may have fewer.
    epochs : int
        How many times to go through all examples.

    Returns
    -------
    Path
        Fields `points`, shape (steps + 1, ...), w₀ first, and `losses`, shape (steps,), the loss
        of each step's mini-batch before the step; in float64. An epoch has ⌈n / batch_size⌉
        steps.

    Raises
    ------
    TypeError
        If `generator` is not a Generator.
    ValueError
        If a learning rate is not above 0, `function` returns no single number, or `gradient`
        another shape.
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    Every example is used once per epoch. If η is constant and the examples disagree at the
    minimum, the path ends up in a cloud around the minimum, not at it.

    References
    ----------
    Robbins and Monro, "A stochastic approximation method" (1951).
    Bottou, Curtis and Nocedal, "Optimization methods for large-scale machine learning" (2018),
    section 4.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 6.0])
    >>> path = sgd(
    ...     lambda w, batch: np.mean((y[batch] - w) ** 2),
    ...     lambda w, batch: 2 * np.mean(w - y[batch]),
    ...     0.0,
    ...     examples=4, batch_size=4, learning_rate=0.25, epochs=2,
    ...     generator=np.random.default_rng(0),
    ... )
    >>> print(path.points, path.losses)
    [0.   1.5  2.25] [12.5   5.75]
    """
    rate = rate_of(learning_rate)
    if not isinstance(generator, np.random.Generator):
        raise TypeError(
            f"generator must be a numpy.random.Generator, got {type(generator).__name__}"
        )
    batches_per_epoch = -(-examples // batch_size)
    steps = batches_per_epoch * epochs
    points, losses = room_for(start, steps), np.empty(steps)
    with np.errstate(all="ignore"):
        for step in range(steps):
            first = step % batches_per_epoch * batch_size
            if first == 0:
                order = generator.permutation(examples)
            batch = order[first : first + batch_size]
            loss = function(points[step].copy(), batch)
            losses[step] = finite_loss("sgd", step, points[step], loss)
            slope = slope_at(gradient(points[step].copy(), batch), points[step])
            points[step + 1] = points[step] - rate(step) * slope
        finite_loss("sgd", steps, points[steps], 0.0)
    return Path(points, losses)


def rate_of(learning_rate: LearningRate) -> Callable[[int], float]:
    """Return the learning rate as a function of the step, checked when it is used."""
    if callable(learning_rate):
        return lambda step: as_kind(Above0, f"learning_rate({step})", learning_rate(step))
    constant = as_kind(Above0, "learning_rate", learning_rate)
    return lambda step: constant


def as_it_is(name: str, value: ArrayLike) -> Numbers:
    """Return real numbers as an array, also nan and inf, of which a descent has its own to say."""
    values: Numbers = kind_in(Real).take(name, value).values
    return values


def room_for(start: Numbers, steps: int) -> Numbers:
    """Return room for all points, the first of them filled in."""
    points = np.empty((steps + 1, *start.shape))
    points[0] = start
    return points


def slope_at(gradient: ArrayLike, point: Numbers) -> Numbers:
    """Return what a gradient says at a point, in the shape of the point."""
    slope: Numbers = as_it_is("gradient(w)", gradient).astype(np.float64)
    if slope.shape != point.shape:
        raise ValueError(f"shapes must match, got start {point.shape} and gradient {slope.shape}")
    return slope


def finite_loss(name: str, step: int, point: Numbers, value: float) -> float:
    """Return the loss at a point, or say that the descent has left the finite numbers."""
    loss = as_it_is("function(w)", value)
    if loss.ndim:
        raise ValueError(f"function must return a single number, got shape {loss.shape}")
    if not (np.isfinite(loss) and np.all(np.isfinite(point))):
        raise FloatingPointError(
            f"{name} diverged: the loss is {float(loss):g} after {step} steps "
            "(a smaller learning_rate may help)"
        )
    return float(loss)
