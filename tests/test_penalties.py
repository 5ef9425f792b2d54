"""Proximal steps: each lands on its minimum."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import coursecode as cc

VECTORS = hnp.arrays(np.float64, 4, elements=st.floats(-100, 100))
STEPS = [
    (cc.l1_penalty, lambda w, t: cc.soft_threshold(w, threshold=t)),
    (cc.l2_penalty, lambda w, t: cc.l2_proximal(w, step=t)),
    *[
        (
            lambda w, rho=rho: cc.elastic_net_penalty(w, l1_ratio=rho),
            lambda w, t, rho=rho: cc.elastic_net_proximal(w, step=t, l1_ratio=rho),
        )
        for rho in (0.0, 0.3, 1.0)
    ],
]


@pytest.mark.parametrize(("penalty", "proximal"), STEPS)
@given(VECTORS, VECTORS, st.floats(0, 5))
def test_a_proximal_step_lands_on_the_minimum_of_its_definition(penalty, proximal, w, change, t):
    def objective(v):
        return np.sum((v - w) ** 2) / 2 + t * penalty(v)

    best = proximal(w, t)
    for scale in (1, 1e-2, 1e-4):
        assert objective(best + scale * change) >= objective(best) * (1 - 1e-13)
    assert objective(np.zeros(4)) >= objective(best) * (1 - 1e-13)
