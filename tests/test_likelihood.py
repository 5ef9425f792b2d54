"""Log-likelihoods against exact arithmetic and SciPy, and the estimates that maximise them."""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, strategies as st

import coursecode as cc
from tests import oracles
from tests.oracles import exact, poisson
from tests.strategies import distributions

INF = np.inf


@pytest.mark.parametrize("rate", [0.0, 1e-30, 0.1, 1.0, 2.5, 15.5, 16.0, 1000.0, 1e6, 3e10])
def test_poisson_is_right_to_the_last_digits(dtype, rate):
    """Where the three terms of its formula cancel as well: counts near a large rate."""
    rate = dtype(rate)
    near = np.round(rate + np.sqrt(rate) * np.linspace(-5, 5, 11))
    x = np.unique(np.maximum(0, np.append(near, [*range(20), 100, 1e5, 1e15]))).astype(dtype)
    got = cc.poisson_log_likelihood(x, np.full_like(x, rate))
    assert got.dtype == dtype
    expected = [poisson(v, rate) for v in x]
    assert oracles.ulp_error(got, expected) < 16


def test_one_distribution_for_all_is_refused_at_its_own_index():
    with pytest.raises(ValueError, match=r"^probabilities must not be nan, got nan at index 1$"):
        cc.categorical_log_likelihood([0, 1], [0.5, np.nan])
    with pytest.raises(ValueError, match=r"^probabilities must sum to 1 .*, got 0\.75$"):
        cc.categorical_log_likelihood([[0, 1]], [0.5, 0.25])


@given(distributions())
def test_categorical_picks_the_probability_of_each_label(q):
    labels = np.arange(len(q))
    expected = [math.log(v) if v else -INF for v in q]
    assert np.allclose(cc.categorical_log_likelihood(labels, q), expected, rtol=1e-15)
    each = cc.categorical_log_likelihood(labels, np.tile(q, (len(q), 1)))
    assert np.array_equal(each, cc.categorical_log_likelihood(labels, q))
    assert cc.categorical_log_likelihood(0, q) == expected[0]


def test_one_distribution_serves_any_shape_of_labels():
    q = [0.25, 0.75]
    got = cc.categorical_log_likelihood([[0, 1], [1, 1]], q)
    assert np.array_equal(got, np.log([[0.25, 0.75], [0.75, 0.75]]))
    with pytest.raises(ValueError, match=r"^shapes must match, got labels \(3,\) and probab"):
        cc.categorical_log_likelihood([0, 1, 1], [q, q])


# --- estimates ------------------------------------------------------------------------

SAMPLES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=9).map(np.array)


@given(SAMPLES)
def test_scipy_has_the_same_estimates(x):
    assert np.allclose(cc.normal_mle(x), scipy.stats.norm.fit(x), rtol=1e-9, atol=1e-12)
    assert np.allclose(cc.laplace_mle(x), scipy.stats.laplace.fit(x), rtol=1e-9, atol=1e-12)


def test_frequencies_are_counted_with_all_classes():
    assert cc.categorical_mle([2, 2, 0, 2], classes=4).tolist() == [0.25, 0, 0.75, 0]
    assert cc.categorical_mle([[0, 1], [1, 1]], classes=2).tolist() == [[0.5, 0.5], [0, 1]]
    assert cc.categorical_mle([[0, 1, 0, 0]], classes=2).tolist() == [[0.75, 0.25]]
    assert cc.bernoulli_mle([[True, False], [True, True]]).tolist() == [0.5, 1]
    assert cc.poisson_mle([[0, 1], [2, 4]]).tolist() == [0.5, 3]


def test_leading_axes_are_samples_apart():
    x = np.random.default_rng(1).normal(size=(3, 2, 7))
    for estimate in (cc.normal_mle, cc.laplace_mle):
        batch = estimate(x)
        for index in np.ndindex(3, 2):
            assert np.allclose([field[index] for field in batch], estimate(x[index]), rtol=1e-14)
        assert isinstance(estimate(x[0, 0])[0], np.float64)


def test_a_constant_sample_leaves_no_spread():
    assert cc.normal_mle(np.full(7, 0.1)) == (0.1, 0)
    assert cc.laplace_mle(np.full(7, 0.1)) == (0.1, 0)
    assert cc.normal_mle([5.0]) == (5, 0)


@pytest.mark.parametrize("offset", [1e8, -1e8, 0.0])
def test_spread_of_neighbours_is_right_to_three_units(offset):
    rng = np.random.default_rng(2)
    for count in (2, 3, 10, 101):
        x = offset + rng.integers(0, 9, size=count) * 2.0**-26
        values = [exact(v) for v in x]
        mean = mp.fsum(values) / count
        std = mp.sqrt(mp.fsum((v - mean) ** 2 for v in values) / count)
        assert oracles.ulp_error(cc.normal_mle(x).std, [std]) < 3


def test_estimates_of_huge_numbers_do_not_overflow():
    x = np.array([1e308, 1.5e308, 1.7e308])
    mean, std = cc.normal_mle(x)
    assert math.isclose(mean, 1.4e308, rel_tol=1e-15)
    assert math.isclose(std, np.std(x / 1e308) * 1e308, rel_tol=1e-14)
    assert cc.laplace_mle(x).location == 1.5e308
    assert math.isclose(cc.poisson_mle(x), 1.4e308, rel_tol=1e-15)
    assert cc.normal_mle([0.0, 0.0]) == (0, 0)
    far = np.array([-1.7e308, -1.5e308, 1.0])  # of which 1 is the largest
    assert math.isclose(cc.normal_mle(far).mean, -(1.7 + 1.5) / 3 * 1e308, rel_tol=1e-15)
    assert cc.laplace_mle(far).location == -1.5e308


@pytest.mark.parametrize("estimate", [cc.bernoulli_mle, cc.poisson_mle])
def test_a_lone_number_is_no_sample(estimate):
    with pytest.raises(
        ValueError, match=r"^x must have a last axis of observations, got a single n"
    ):
        estimate(1)
    with pytest.raises(ValueError, match=r"^labels must have a last axis of observations, got a s"):
        cc.categorical_mle(1, classes=2)
