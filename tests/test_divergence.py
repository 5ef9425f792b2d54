"""Divergences: one table of them runs through every contract they share."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import coursecode as cc
from tests import oracles
from tests.strategies import distributions, hard_pairs, pairs

DIVERGENCES = [cc.kl_divergence, cc.jensen_shannon_divergence]
every_divergence = pytest.mark.parametrize("divergence", DIVERGENCES, ids=lambda f: f.__name__)


def test_divergence_of_the_course():
    p, q = [0.5, 0.5], [0.9, 0.1]
    forward = 0.5 * math.log2(0.5 / 0.9) + 0.5 * math.log2(0.5 / 0.1)
    backward = 0.9 * math.log2(0.9 / 0.5) + 0.1 * math.log2(0.1 / 0.5)
    assert math.isclose(cc.kl_divergence(p, q, base=2), forward, rel_tol=1e-14)
    assert math.isclose(cc.kl_divergence(q, p, base=2), backward, rel_tol=1e-14)


def test_divergence_is_infinite_where_the_model_rules_out_what_happens():
    assert cc.kl_divergence([0.5, 0.5], [1, 0]) == np.inf
    assert cc.kl_divergence([1, 0], [0.5, 0.5]) == math.log(2)
    assert cc.kl_divergence([1, 0, 0], [1, 0, 0]) == 0


def test_jensen_shannon_of_disjoint_distributions_is_one_bit():
    assert cc.jensen_shannon_divergence([1, 0, 0], [0, 0.5, 0.5], base=2) == 1
    assert cc.jensen_shannon_divergence([1, 0, 0], [0, 0, 1]) == math.log(2)


@every_divergence
@given(pair=pairs())
def test_divergence_is_never_negative(divergence, pair):
    value = divergence(*pair)
    assert value >= 0
    assert not np.signbit(value)


@every_divergence
@given(p=distributions(), scale=st.sampled_from([1e-3, 1e-6, 1e-9, 1e-12, 1e-15]))
def test_divergence_of_neighbours_is_never_negative(divergence, p, scale):
    q = p * (1 + scale * np.cos(np.arange(len(p))))
    assert divergence(p, q / q.sum()) >= 0


@every_divergence
@given(p=distributions())
def test_divergence_from_itself_is_exactly_zero(divergence, p):
    assert divergence(p, p) == 0


GAUSSIANS = st.tuples(st.floats(-50, 50), st.floats(0.01, 50))


@given(GAUSSIANS, GAUSSIANS)
def test_gaussian_divergence_is_never_negative(p, q):
    assert cc.gaussian_kl_divergence(*p, *q) >= 0
    assert cc.gaussian_kl_divergence(*p, *p) == 0


@given(GAUSSIANS, GAUSSIANS)
def test_gaussian_divergence_has_no_unit(p, q):
    scaled = cc.gaussian_kl_divergence(*(4 * v for v in (*p, *q)))
    assert scaled == cc.gaussian_kl_divergence(*p, *q)


def test_gaussian_divergence_of_the_course():
    assert cc.gaussian_kl_divergence(0, 1, 1, 1) == 0.5
    assert cc.gaussian_kl_divergence(1, 1, 0, 1, base=2) == 0.5 / math.log(2)


def test_a_single_number_fits_an_array_of_gaussians():
    means = np.array([[0.0, 1.0], [2.0, 3.0]])
    assert cc.gaussian_kl_divergence(means, 1, 0, 1).tolist() == [[0, 0.5], [2, 4.5]]
    assert cc.gaussian_kl_divergence(0, 1, means, 1).tolist() == [[0, 0.5], [2, 4.5]]
    with pytest.raises(
        ValueError, match=r"^shapes must match, got mean_p \(2, 2\) and std_q \(2,\)"
    ):
        cc.gaussian_kl_divergence(means, 1, 0, [1, 2])


# --- the hardest inputs, against 50-digit arithmetic ---------------------------------------


@pytest.mark.parametrize("name", ["kl_divergence", "jensen_shannon_divergence"])
def test_divergence_is_right_to_1e_14_and_never_negative(name, dtype):
    # 1e-14 is 45 eps in float64; below the smallest normal number, its spacing is allowed
    tolerance, spacing = (
        45 * float(np.finfo(dtype).eps),
        2 * float(np.finfo(dtype).smallest_subnormal),
    )
    for p, q in hard_pairs(dtype):
        got, expected = getattr(cc, name)(p, q), getattr(oracles, name)(p, q)
        assert got >= 0
        assert not np.signbit(got)
        if mp.isinf(expected):
            assert got == np.inf
        else:
            assert abs(oracles.exact(got) - expected) <= tolerance * expected + spacing


@pytest.mark.parametrize("name", ["kl_divergence", "jensen_shannon_divergence"])
def test_what_is_next_to_impossible_counts_beside_what_is_impossible(name, dtype):
    eps = float(np.finfo(dtype).eps)
    for small in (0.4 * eps, eps / 9, eps / 1000, eps**2):
        for impossible in ([], [0.0]):
            p = np.array([1, small / 2, *impossible], dtype)
            q = np.array([0.5, 0.5 - 2**-10, 2**-10][: len(p)], dtype)
            q[1] += 1 - q.sum()
            got, expected = getattr(cc, name)(p, q), getattr(oracles, name)(p, q)
            assert abs(oracles.exact(got) - expected) <= 4 * eps * expected


def test_divergence_is_that_of_the_rounded_distributions_normalised():
    for p, q in hard_pairs(np.float64):
        if np.any((q == 0) & (p > 0)):
            continue
        total_p, total_q = (mp.fsum(map(oracles.exact, r)) for r in (p, q))
        exact_p, exact_q = ([oracles.exact(v) for v in r] for r in (p, q))
        ratios = [(a / total_p, b / total_q) for a, b in zip(exact_p, exact_q, strict=True) if a]
        expected = mp.fsum(a * mp.log(a / b) for a, b in ratios)
        difference = abs(oracles.exact(cc.kl_divergence(p, q)) - expected)
        assert difference <= 1e-14 * expected + (total_p - total_q) ** 2 + 1e-300


def test_gaussian_divergence_is_right_to_ten_units(dtype):
    rng = np.random.default_rng(4)
    cases = [(rng.normal(), rng.exponential(), rng.normal(), rng.exponential()) for _ in range(40)]
    small, large = (1e-200, 1e200) if dtype == np.float64 else (1e-25, 1e25)
    near = [1 + 1e-6, 1.0001, 0.8, 0.5, 1.2, 1.5, 1.7, small, large]
    cases += [(0, 1, 0, s) for s in near] + [(0, s, 0, 1) for s in near] + [(0, small, 0, large)]
    cases += [(0, 1, 1e-7, 1), (3, 2, 3, 2), (1e3, 1, -1e3, 0.1)]
    for case in cases:
        values = [dtype(v) for v in case]
        got, expected = cc.gaussian_kl_divergence(*values), oracles.gaussian_kl_divergence(*values)
        assert oracles.ulp_error(got, [expected]) < 10
