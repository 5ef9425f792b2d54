"""Gradients: measured, checked, and followed downhill with the whole path kept to be drawn."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from coursecode._core.evaluate import checked
from coursecode._core.kinds import (
    Above0,
    Anything,
    AtLeast0,
    Function,
    Generator,
    Numbers,
    Real,
    Whole,
    as_kind,
    place,
)

EPS = float(np.finfo(np.float64).eps)
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
ROUNDINGS = 4  # of a value of f, in units of eps |f|: what a few operations may lose
# Of the usual step: shorter for where f bends or ends within it, longer for a coarsely rounded f.
LADDER = tuple(8.0**k for k in (0, -1, -2, -3, -4, -5, -6, -7, -8, -9, 1, 2, 3, 4, 5))
Index = tuple[int, ...]
LearningRate = float | Callable[[int], float]


class GradientCheck(NamedTuple):
    """Where a gradient differs most from the differences, and by how much."""

    agrees: bool
    where: Index  # the index of the entry that differs most
    analytic: float
    numerical: float
    absolute_error: float
    relative_error: float
    uncertainty: float = 0.0  # of the difference, where it leaves open whether they agree

    def __bool__(self) -> bool:
        """Return whether the gradient agrees."""
        return self.agrees

    def __str__(self) -> str:
        """Return one line that says where and by how much."""
        word, end = "agrees" if self.agrees else "differs", f"relative {self.relative_error:.1e}"
        if self.uncertainty:
            word, end = "can't tell", f"and differences may be off by {self.uncertainty:.1e}"
        return (
            f"{word}, at worst{place(self.where)}: "
            f"analytic {self.analytic:.6g}, numerical {self.numerical:.6g} "
            f"(off by {self.absolute_error:.1e}, {end})"
        )


class Path(NamedTuple):
    """Where a descent went, and the loss it met on the way."""

    points: Numbers  # (steps + 1, ...), from the start to the end
    losses: Numbers  # one for each point (gradient_descent) or each step (sgd)


@checked
def numerical_gradient(function: Function, x: Real, *, step: Above0 | None = None) -> Numbers:
    r"""Gradient by central differences, ∂f/∂x.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    function : callable
        f, of an array of the shape of `x`. It returns a single number, or one value per
        example; these are added up.
    x : array_like, any shape
        Where to differentiate; away from kinks.
    step : float, optional
        h, above 0. By default ``∛eps · max(1, |x_i|)``, which balances the rounding of f, eps/h,
        against what the difference leaves out, h². Where f is not finite there, or comes in a
        coarser type than float64, other steps are tried, and the one that is least off counts.

    Returns
    -------
    ndarray, shape of `x`
        The derivative with respect to each entry, in units of f per unit of x; in float64.

    Notes
    -----
    As a rule, about 10 of 16 digits are right. Across a kink it is the slope of the chord.

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery, *Numerical Recipes*, 3rd edition (2007), section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x**2, [1.0, -3.0]).round(6))
    [ 2. -6.]
    """
    point = x.astype(np.float64)
    gradient = [_slope(function, point, index, step)[0] for index in np.ndindex(point.shape)]
    return np.reshape(gradient, point.shape)[()]


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
    gradient : callable
        Its derivative, of an array of the shape of `x`, with the same shape.
    tolerance : float
        An entry agrees when its relative error is at most this; above 0.
    absolute : float, optional
        An entry agrees too when its absolute error is at most this, at least 0. By default it is
        what the difference itself may be off by (see Notes), which matters for entries near 0.

    Returns
    -------
    GradientCheck
        True if all agree (`agrees`). Of the entry that differs most: `where`, `analytic`,
        `numerical`, `absolute_error`, `relative_error`; `uncertainty`, 0 unless we can't tell.

    Notes
    -----
    The default of `absolute` is, for each entry, the sum of two errors. Rounding: we take each
    value of f to be right to 4 eps of the type that f returns, so that the difference D(h) is off
    by up to 4 eps (|f(x + h)| + |f(x - h)|) / 2h. Higher terms: they fall at least fourfold when h
    is halved, so that |D(h) - D(2h)| / 3 is their size; we allow twice that. An entry that does not
    agree is judged anew by the step with the least such sum (unless `step` is given).

    A value of f that is large beside its changes can hide a gradient, right or wrong. Then `agrees`
    is True, but the printed line says "can't tell", and `uncertainty` how far differences are off.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 11.5.

    Examples
    --------
    >>> print(check_gradient(lambda x: x**2, lambda x: x, [3.0, 0.0]))
    differs, at worst at index 0: analytic 3, numerical 6 (off by 3.0e+00, relative 5.0e-01)
    """
    point = x.astype(np.float64)
    analytic = np.asarray(as_kind(Real, "gradient(x)", gradient(point.copy())), np.float64)
    _demand_shape("gradient(x)", analytic.shape, "x", point.shape)
    entries = []
    for index in np.ndindex(point.shape):
        a, error = float(analytic[index]), absolute or 0.0
        n, _ = _slope(function, point, index, step)
        if absolute is None and abs(a - n) > tolerance * max(abs(a), abs(n)):
            n, error = _slope(function, point, index, step, least_off=True)
        off, size = abs(a - n), max(abs(a), abs(n))
        excess = off / max(tolerance * size, error, SMALLEST)
        entry = GradientCheck(excess <= 1, index, a, n, off, off / size if size else 0.0)
        entries.append((excess, size, error, entry))
    _, _, error, worst = max(entries, key=itemgetter(0))
    largest = max(size for _, size, _, _ in entries)
    hides = absolute is None and worst.absolute_error > tolerance * largest and error > largest / 10
    return worst._replace(uncertainty=error) if worst.agrees and hides else worst


def _slope(
    function: Function, point: Numbers, index: Index, step: float | None, least_off: bool = False
) -> tuple[float, float]:
    """Return the central difference at one entry, and by how much it may be off.

    It is that of the usual step, unless f is not finite there, or too coarse, or the one that is
    `least_off` is asked for: then of all steps of the ladder at which f is finite.
    """
    size = abs(float(point[index]))
    usual = EPS ** (1 / 3) * max(1.0, size)
    steps = [usual * part for part in LADDER] + [EPS ** (1 / 3) * size] if step is None else [step]
    found: list[tuple[float, float]] = []
    failures: list[Exception] = []
    for h in steps:
        try:
            near, rounding, eps = _difference(function, point, index, h)
            if not (least_off or failures or eps > EPS):
                return near, rounding
            far, _, _ = _difference(function, point, index, 2 * h)
        except (ValueError, ArithmeticError) as failure:
            failures.append(failure)
        else:
            found.append((near, rounding + 2 * abs(near - far) / 3))
    if not found:
        raise failures[0]
    # A step across a pole sees a small slope that is far off.
    return min(found, key=lambda each: (each[1] > abs(each[0]) / 10, each[1]))


def _difference(
    function: Function, point: Numbers, index: Index, h: float
) -> tuple[float, float, float]:
    """Return the central difference at one entry, how far rounding can move it, and eps of f."""
    centre = float(point[index])
    width = (centre + h) - (centre - h)  # the step that is taken, after rounding
    if not 0 < width < np.inf:
        raise ValueError(f"step must lead from x to other finite numbers, got {h:g}{place(index)}")
    values, eps = [], EPS
    for end in (centre - h, centre + h):
        moved = point.copy()
        moved[index] = end
        given = function(moved)
        values.append(as_kind(Real, "function(x)", given).astype(np.float64))
        dtype = np.asarray(given).dtype
        eps = max(eps, float(np.finfo(dtype).eps)) if dtype.kind == "f" else eps
    below, above = values
    _demand_shape("function(x + h)", above.shape, "function(x - h)", below.shape)
    # Subtracted an example at a time: those that x_i does not reach cancel exactly.
    slope = float(np.sum(above - below) / width)
    size = float(np.sum(abs(above) + abs(below)) / width)
    return slope, ROUNDINGS * eps * (size + abs(centre / width * slope)), eps


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
        Fields `points`, shape (steps + 1, ...), w₀ first, and L there, `losses`; in float64.

    Raises
    ------
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    On a convex quadratic with largest curvature c, a constant η below 2/c converges from every
    start, and one above 2/c diverges from nearly every start.

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
    points, losses = _walk(
        "gradient_descent", function, gradient, start, learning_rate, [()] * steps
    )
    last = _finite_loss("gradient_descent", steps, points[-1], function(points[-1].copy()))
    return Path(points, np.append(losses, last))


@checked
def sgd(
    function: Function,
    gradient: Function,
    start: Real,
    *,
    examples: Whole,
    learning_rate: LearningRate,
    generator: Generator,
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
    examples : int
        Their number n: the indices run from 0 to n - 1.
    generator : numpy.random.Generator
        Draws the order of the examples, anew in every epoch: ``np.random.default_rng(seed)``.
    batch_size : int
        Examples in a mini-batch; the last one of an epoch may have fewer.
    epochs : int
        How many times to go through all examples.

    Returns
    -------
    Path
        Fields `points`, shape (steps + 1, ...), w₀ first, and `losses`, shape (steps,), of each
        step's mini-batch before the step; in float64. An epoch has ⌈n / batch_size⌉ steps.

    Raises
    ------
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    A constant, small η ends in a cloud round the minimum, unless the examples share that minimum.

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
    ends = range(batch_size, examples, batch_size)
    orders = (generator.permutation(examples) for _ in range(epochs))
    batches = ((batch,) for order in orders for batch in np.split(order, ends))
    path = _walk("sgd", function, gradient, start, learning_rate, batches)
    _finite_loss("sgd", len(path.losses), path.points[-1], 0.0)
    return path


def _walk(
    name: str,
    function: Function,
    gradient: Function,
    start: Numbers,
    learning_rate: LearningRate,
    batches: Iterable[tuple[Numbers, ...]],
) -> Path:
    """Return the points of a descent, and the loss at each but the last."""
    if not callable(learning_rate):
        learning_rate = as_kind(Above0, "learning_rate", learning_rate)
    points, losses = [start.astype(np.float64)[()]], list[float]()
    for step, seen in enumerate(batches):
        point = points[-1]
        losses.append(_finite_loss(name, step, point, function(point.copy(), *seen)))
        slope = as_kind(Anything, "gradient(w)", gradient(point.copy(), *seen))
        _demand_shape("gradient", slope.shape, "start", point.shape)
        rate = learning_rate
        if callable(rate):
            rate = as_kind(Above0, f"learning_rate({step})", rate(step))
        points.append(point - rate * slope)
    return Path(np.array(points), np.array(losses))


def _finite_loss(name: str, step: int, point: Numbers, value: float) -> float:
    """Return the loss at a point, or say that the descent has left the finite numbers."""
    loss = as_kind(Anything, "function(w)", value)
    if loss.ndim:
        raise ValueError(f"function must return a single number, got shape {loss.shape}")
    if not (np.isfinite(loss) and np.all(np.isfinite(point))):
        raise FloatingPointError(
            f"{name} diverged: the loss is {float(loss):g} after {step} steps "
            "(a smaller learning_rate may help)"
        )
    return float(loss)


def _demand_shape(name: str, shape: Any, like: str, expected: Any) -> None:
    """Refuse a shape that is not that of another argument."""
    if shape != expected:
        raise ValueError(f"shapes must match, got {like} {expected} and {name} {shape}")
