"""Descent on a loss, step by step, with the whole path kept to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursecode._descent import LearningRate, finite_loss, rate_of, room_for, slope_at
from coursecode._options import function_of, whole
from coursecode._validation import FloatArray

Batch = NDArray[np.intp]


class Path(NamedTuple):
    """Where a descent went, and the loss it met on the way."""

    points: FloatArray  # (steps + 1, ...), from the start to the end
    losses: FloatArray  # one for each point (gradient_descent) or each step (sgd)


def gradient_descent(
    function: Callable[[FloatArray], float],
    gradient: Callable[[FloatArray], ArrayLike],
    start: ArrayLike,
    *,
    learning_rate: LearningRate,
    steps: int,
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
    TypeError
        If `start`, `learning_rate` or what the functions return are not real numbers, `steps` is
        not a whole number, or the functions cannot be called.
    ValueError
        If `start` is nan, infinite or empty, a learning rate is not above 0, `steps` is below 1,
        `function` returns no single number, or `gradient` another shape.
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    On a quadratic with largest curvature c it converges for η below 2/c, and diverges above.

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
    function_of("function", function)
    function_of("gradient", gradient)
    rate = rate_of(learning_rate)
    steps = whole("steps", steps)
    points = room_for(start, steps)
    losses = np.empty(steps + 1)
    with np.errstate(all="ignore"):
        losses[0] = finite_loss("gradient_descent", 0, points[0], function(points[0].copy()))
        for step in range(steps):
            slope = slope_at(gradient(points[step].copy()), points[step])
            points[step + 1] = points[step] - rate(step) * slope
            loss = function(points[step + 1].copy())
            losses[step + 1] = finite_loss("gradient_descent", step + 1, points[step + 1], loss)
    return Path(points, losses)


def sgd(
    function: Callable[[FloatArray, Batch], float],
    gradient: Callable[[FloatArray, Batch], ArrayLike],
    start: ArrayLike,
    *,
    examples: int,
    learning_rate: LearningRate,
    generator: np.random.Generator,
    batch_size: int = 32,
    epochs: int = 1,
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
        If `start`, `learning_rate` or what the functions return are not real numbers, `examples`,
        `batch_size` or `epochs` are not whole numbers, the functions cannot be called, or
        `generator` is not a Generator.
    ValueError
        If `start` is nan, infinite or empty, a learning rate is not above 0, a number is below
        1, `function` returns no single number, or `gradient` another shape.
    FloatingPointError
        If the loss or a point is not finite any more, with the number of the step.

    Notes
    -----
    Every example is used once an epoch. With a constant η the path ends up in a cloud round the
    minimum, not at it.

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
    function_of("function", function)
    function_of("gradient", gradient)
    rate = rate_of(learning_rate)
    examples, batch_size = whole("examples", examples), whole("batch_size", batch_size)
    if not isinstance(generator, np.random.Generator):
        raise TypeError(
            f"generator must be a numpy.random.Generator, got {type(generator).__name__}"
        )
    batches_per_epoch = -(-examples // batch_size)
    steps = batches_per_epoch * whole("epochs", epochs)
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
