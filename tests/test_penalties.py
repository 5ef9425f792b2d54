"""Penalties and proximal steps: values, gradients, and that each step lands on its minimum."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import coursecode as cc

VECTORS = hnp.arrays(np.float64, 4, elements=st.floats(-100, 100))
STEPS = st.floats(0, 5)
RATIOS = [0.0, 0.3, 1.0]


def penalties():
    yield "l1_penalty", {}, lambda w: sum(abs(v) for v in w)
    yield "l2_penalty", {}, lambda w: sum(v * v for v in w)
    for rho in RATIOS:
        yield (
            "elastic_net_penalty",
            {"l1_ratio": rho},
            lambda w, rho=rho: sum(rho * abs(v) + (1 - rho) * v * v for v in w),
        )


EVERY_PENALTY = pytest.mark.parametrize(
    ("name", "options", "definition"),
    [pytest.param(*case, id=f"{case[0]} {case[1] or ''}") for case in penalties()],
)


@EVERY_PENALTY
@given(VECTORS)
def test_penalties_are_their_definitions(name, options, definition, w):
    penalty = getattr(cc, name)
    assert math.isclose(penalty(w, **options), definition(w), rel_tol=1e-14)
    rows = penalty(np.stack([w, -w, 2 * w]), **options)
    assert np.allclose(rows, [definition(v) for v in (w, -w, 2 * w)], rtol=1e-14)
    assert penalty(0 * w, **options) == 0


def test_the_numbers_of_the_course():
    w = [[1, 0, 0, 0], [1 / 4, 1 / 4, 1 / 4, 1 / 4]]
    assert cc.l2_penalty(w).tolist() == [1, 0.25]
    assert cc.l1_penalty(w).tolist() == [1, 1]
    assert (np.array(w) @ np.ones(4)).tolist() == [1, 1]


def proximal_steps():
    yield cc.l1_penalty, lambda w, t: cc.soft_threshold(w, threshold=t)
    yield cc.l2_penalty, lambda w, t: cc.l2_proximal(w, step=t)
    for rho in RATIOS:
        yield (
            lambda w, rho=rho: cc.elastic_net_penalty(w, l1_ratio=rho),
            lambda w, t, rho=rho: cc.elastic_net_proximal(w, step=t, l1_ratio=rho),
        )


@pytest.mark.parametrize(("penalty", "proximal"), list(proximal_steps()))
@given(VECTORS, VECTORS, STEPS)
def test_a_proximal_step_lands_on_the_minimum_of_its_definition(penalty, proximal, w, change, t):
    def objective(v):
        return np.sum((v - w) ** 2) / 2 + t * penalty(v)

    best = proximal(w, t)
    for scale in (1, 1e-2, 1e-4):
        assert objective(best + scale * change) >= objective(best) * (1 - 1e-13)
    assert objective(np.zeros(4)) >= objective(best) * (1 - 1e-13)


@given(VECTORS, STEPS)
def test_an_elastic_net_step_of_one_penalty_alone_is_that_of_the_penalty(w, t):
    ridge, lasso = (cc.elastic_net_proximal(w, step=t, l1_ratio=rho) for rho in (0, 1))
    assert np.array_equal(ridge, cc.l2_proximal(w, step=t))
    assert np.array_equal(lasso, cc.soft_threshold(w, threshold=t))


def test_steps_keep_the_sign_of_zero_plain():
    assert np.signbit(cc.soft_threshold([-0.5, -0.0], threshold=1)).tolist() == [False, False]
