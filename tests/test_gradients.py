"""Gradients of all losses and penalties: slopes that differences agree with, below every chord."""

import numpy as np
import pytest

import coursecode as cc
from tests.bad_inputs import CALLS

CHOICES = {
    "huber_loss": [{"delta": delta} for delta in (0.1, 1.0, 30.0)],
    "quantile_loss": [{"quantile": tau} for tau in (0.05, 0.25, 0.5, 0.9)],
    "elastic_net_penalty": [{"l1_ratio": rho} for rho in (0.0, 0.3, 1.0)],
    "softmax_cross_entropy": [
        {"label_smoothing": smoothing, "class_weights": weights}
        for smoothing in (0, 0.1, 1)
        for weights in (None, [0.5, 2.0, 3.0])
    ],
    **{
        name: [{"margin": margin} for margin in (0, 0.5, 1, 10)]
        for name in (
            "multiclass_hinge_loss",
            "squared_multiclass_hinge_loss",
            "crammer_singer_loss",
        )
    },
}
CASES = [
    pytest.param(name, call, options, id=f"{name}-{number}-{options or ''}")
    for name in cc.__all__
    if f"{name}_gradient" in cc.__all__
    for number, call in enumerate(CALLS[name])
    for options in CHOICES.get(name, [{}])
]
every_gradient = pytest.mark.parametrize(("name", "call", "options"), CASES)


def drawn(kind, width, count, rng):
    """Examples of a kind of argument, a row each; whole numbers among them, for the kinks."""
    shape = (count, width) if width else (count,)
    whole = rng.random(shape) < 0.3
    if kind == "classes":
        return rng.integers(3, size=count)
    if kind == "signs":
        return rng.choice([-1.0, 1.0], size=count)
    if kind == "binary":
        return np.where(whole, rng.integers(2, size=shape), rng.random(shape))
    if kind in ("soft labels", "distribution"):
        return rng.dirichlet(np.ones(width), size=count)
    return np.where(whole, rng.integers(-3, 4, size=shape), rng.normal(size=shape) * 9)


def case(name, call, options, count):
    """A loss and its gradient as functions of the last argument, and two values of that."""
    rng = np.random.default_rng(0)
    *others, last = [(k, v.shape[-1] if v.ndim == 2 else 0) for k, v in call.arguments.values()]
    known = [drawn(*other, count, rng) for other in others]
    loss, gradient = getattr(cc, name), getattr(cc, f"{name}_gradient")
    x, other = (drawn(*last, count, rng) for _ in range(2))
    return lambda x: loss(*known, x, **options), lambda x: gradient(*known, x, **options), x, other


@every_gradient
def test_a_gradient_lies_below_every_chord(name, call, options):
    """All are convex: each lies above its tangents, at kinks too."""
    loss, gradient, x, other = case(name, call, options, 1000)
    slopes = gradient(x) * (other - x)
    tangents = loss(x) + (slopes.sum(axis=-1) if x.ndim == 2 else slopes)
    assert np.all(loss(other) >= tangents - 1e-12 * (1 + abs(tangents)))


@pytest.mark.parametrize(
    ("name", "call", "options"),
    [each for each in CASES if each.values[0] != "brier_score"],  # of which the sum must stay 1
)
def test_a_gradient_agrees_with_differences(name, call, options):
    loss, gradient, x, _ = case(name, call, options, 20)
    x += np.sqrt(2.0 + np.arange(x.size)).reshape(x.shape) / 100  # away from the kinks
    check = cc.check_gradient(loss, gradient, x)
    assert check, str(check)
