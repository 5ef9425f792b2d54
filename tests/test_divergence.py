"""Divergences of the hardest pairs of distributions, against 50-digit arithmetic."""

import mpmath as mp
import numpy as np
import pytest

import coursecode as cc
from tests import oracles
from tests.strategies import hard_pairs


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
        assert getattr(cc, name)(p, p) == 0
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
