"""Exponentials: values as formulas, laws, ends of the range."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coursecode as cc
from tests.strategies import scores

SHIFTS = st.floats(-1e3, 1e3)
INF = np.inf


def test_softmax_of_the_running_example():
    e = [math.exp(s) for s in (3.2, 5.1, -1.7)]
    assert np.allclose(cc.softmax([3.2, 5.1, -1.7]), np.array(e) / sum(e), rtol=1e-15)


def test_logsumexp_of_the_running_example():
    expected = math.log(math.exp(3.2) + math.exp(5.1) + math.exp(-1.7))
    assert math.isclose(cc.logsumexp([3.2, 5.1, -1.7]), expected, rel_tol=1e-15)


def test_equal_scores_give_equal_probabilities():
    for size in (1, 2, 7, 100):
        for value in (0.0, -1e4, 1e4, 1e308):
            assert np.all(cc.softmax(np.full(size, value)) == 1 / size)


def test_logsumexp_of_infinite_scores():
    rows = [[-INF, -INF], [INF, 0.0], [INF, INF], [INF, -INF], [-INF, 2.0]]
    assert cc.logsumexp(rows).tolist() == [-INF, INF, INF, INF, 2.0]


def test_a_class_that_is_ruled_out_gets_nothing():
    assert cc.softmax([0.0, -INF, 0.0]).tolist() == [0.5, 0.0, 0.5]
    assert cc.log_softmax([0.0, -INF]).tolist() == [0.0, -INF]


def test_sigmoid_at_the_middle_and_the_ends():
    assert cc.sigmoid([-INF, 0.0, INF]).tolist() == [0.0, 0.5, 1.0]
    assert cc.log_sigmoid([-INF, 0.0, INF]).tolist() == [-INF, -math.log(2), 0.0]


def test_a_mask_in_a_long_batch_is_no_alarm():
    s = np.zeros((5000, 20))
    s[4999, 3] = -INF
    assert cc.softmax(s)[4999].tolist() == [1 / 19] * 3 + [0.0] + [1 / 19] * 16


@given(scores(), SHIFTS)
def test_a_shift_changes_no_probability(s, shift):
    assert np.allclose(cc.softmax(s + shift), cc.softmax(s), rtol=1e-9, atol=1e-12)


@given(scores(), SHIFTS)
def test_a_shift_moves_logsumexp_along(s, shift):
    assert math.isclose(cc.logsumexp(s + shift), cc.logsumexp(s) + shift, abs_tol=1e-9)


@given(scores())
def test_probabilities_sum_to_one(s):
    assert math.isclose(cc.softmax(s).sum(), 1, rel_tol=1e-14)
    assert math.isclose(np.exp(cc.log_softmax(s)).sum(), 1, rel_tol=1e-12)


@given(scores())
def test_logsumexp_lies_between_the_maximum_and_the_maximum_and_ln_k(s):
    slack = 1e-15 * (1 + abs(s).max())
    assert s.max() <= cc.logsumexp(s) + slack
    assert cc.logsumexp(s) <= s.max() + math.log(len(s)) + slack


@given(scores(4), scores(4), st.floats(0, 1))
def test_logsumexp_is_convex(s, t, weight):
    chord = weight * cc.logsumexp(s) + (1 - weight) * cc.logsumexp(t)
    assert cc.logsumexp(weight * s + (1 - weight) * t) <= chord + 1e-9


@given(scores(largest=20))
def test_log_softmax_is_the_logarithm_of_softmax(s):
    assert np.allclose(cc.log_softmax(s), np.log(cc.softmax(s)), rtol=1e-12, atol=1e-14)


@given(scores(1))
def test_sigmoid_is_softmax_against_zero(s):
    assert math.isclose(cc.sigmoid(s[0]), cc.softmax([s[0], 0.0])[0], rel_tol=1e-14)


@given(scores())
def test_sigmoids_of_a_score_and_its_opposite_sum_to_one(s):
    assert np.allclose(cc.sigmoid(s) + cc.sigmoid(-s), 1, rtol=1e-15)


@given(scores(largest=500))
def test_log_sigmoid_is_the_logarithm_of_sigmoid(s):
    assert np.allclose(cc.log_sigmoid(s), np.log(cc.sigmoid(s)), rtol=1e-12, atol=1e-15)


@given(scores(largest=30))
def test_softmax_is_the_gradient_of_logsumexp(s):
    check = cc.check_gradient(cc.logsumexp, cc.softmax, s)
    assert check, str(check)


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (cc.log_softmax, [0.0, -800.0], 0.0),
        (cc.log_softmax, [3.0], 0.0),
        (cc.logsumexp, [-0.0], 0.0),
        (cc.log_sigmoid, [1000.0], 0.0),
        (cc.softmax, [-INF, 1.0], 0.0),
    ],
)
def test_zero_has_no_minus(function, value, expected):
    result = np.ravel(function(value))[0]
    assert result == expected
    assert not np.signbit(result)
