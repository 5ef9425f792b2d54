"""Losses of the margins of many classes: their definitions, and slopes at kinks and ties."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import coursecode as cc
from tests.oracles import exact

OF_LACKING = {  # of what each other class lacks of the margin
    "multiclass_hinge_loss": mp.fsum,
    "squared_multiclass_hinge_loss": lambda lacking: mp.fsum(v**2 for v in lacking),
    "crammer_singer_loss": lambda lacking: max(lacking, default=mp.mpf(0)),
}
every_loss = pytest.mark.parametrize("name", OF_LACKING)
NUMBERS = st.one_of(st.integers(-3, 3).map(float), st.floats(-20, 20))
EXAMPLES = st.integers(1, 6).flatmap(
    lambda n: st.tuples(st.integers(0, n - 1), hnp.arrays(np.float64, n, elements=NUMBERS))
)


@every_loss
@given(EXAMPLES, st.sampled_from([0, 0.5, 1, 10]))
def test_losses_are_their_definitions(name, example, margin):
    y, scores = example
    s = [exact(v) for v in scores]
    lacking = [max(mp.mpf(0), v - s[y] + exact(margin)) for k, v in enumerate(s) if k != y]
    got = getattr(cc, name)(y, scores, margin=margin)
    assert math.isclose(got, OF_LACKING[name](lacking), rel_tol=1e-13, abs_tol=1e-13)


@every_loss
def test_at_the_margin_and_without_rivals_the_gradient_is_zero(name):
    gradient = getattr(cc, f"{name}_gradient")
    assert gradient(0, [1.0, 0.0, 0.0]).tolist() == [0, 0, 0]
    assert gradient(0, [3.0]).tolist() == [0]


def test_of_tied_rivals_the_first_counts():
    assert cc.crammer_singer_loss_gradient(0, [0.0, 2.0, 2.0]).tolist() == [-1, 1, 0]
