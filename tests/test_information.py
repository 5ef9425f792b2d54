"""Information, entropy, cross-entropy: values as formulas, and the laws of Shannon."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coursecode as cc
from tests.strategies import distributions, pairs


def test_information_of_the_eight_teams():
    assert cc.information_content([1, 1 / 2, 1 / 4, 1 / 8], base=2).tolist() == [0, 1, 2, 3]
    assert cc.information_content(0) == np.inf
    assert not np.signbit(cc.information_content(1))


@pytest.mark.parametrize("base", [1.5, 2, 3, 4, 5, 10, 20, 100, math.e])
def test_a_base_is_a_unit(base):
    p, q = [0.7, 0.2, 0.1], [0.1, 0.2, 0.7]
    unit = math.log(base)
    for function, given_p in [
        (cc.information_content, (0.3,)),
        (cc.entropy, (p,)),
        (cc.cross_entropy, (p, q)),
        (cc.kl_divergence, (p, q)),
        (cc.jensen_shannon_divergence, (p, q)),
        (cc.gaussian_kl_divergence, (0, 1, 2, 3)),
    ]:
        assert math.isclose(function(*given_p, base=base), function(*given_p) / unit, rel_tol=1e-14)


def test_powers_of_two_have_whole_bits():
    # A quotient of natural logarithms gives 29.000000000000004 for 2**-29.
    assert cc.information_content(2.0 ** -np.arange(1075), base=2).tolist() == list(range(1075))
    assert cc.entropy(np.full(2**13, 2.0**-13), base=2) == 13


@pytest.mark.parametrize(
    ("p", "bits"),
    [
        ([1 / 2, 1 / 2], 1),
        ([0.99, 0.01], -(0.99 * math.log2(0.99) + 0.01 * math.log2(0.01))),
        ([1 / 2, 1 / 4, 1 / 8, 1 / 8], 1.75),
        ([1, 0, 0], 0),
        ([1], 0),
    ],
)
def test_entropy_of_matches_and_codes(p, bits):
    assert math.isclose(cc.entropy(p, base=2), bits, rel_tol=1e-15)


def test_certainty_has_no_entropy_and_no_minus():
    assert not np.signbit(cc.entropy([1.0, 0.0]))


def test_cross_entropy_of_one_hot_labels_is_the_information_of_the_label():
    for q, cost in [([0.7, 0.2, 0.1], 0.7), ([0.9, 0.05, 0.05], 0.9), ([0.1, 0.8, 0.1], 0.1)]:
        assert math.isclose(cc.cross_entropy([1, 0, 0], q), -math.log(cost), rel_tol=1e-15)


def test_what_the_model_rules_out_costs_infinity_if_it_can_happen():
    assert cc.cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert cc.cross_entropy([1, 0], [1, 0]) == 0
    assert cc.perplexity([0.5, 0.5], [1, 0]) == np.inf


@given(distributions())
def test_entropy_lies_between_0_and_that_of_the_uniform(p):
    assert -1e-15 <= cc.entropy(p) <= math.log(len(p)) + 1e-14


@given(distributions(), st.randoms(use_true_random=False))
def test_entropy_depends_on_the_probabilities_only(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    assert math.isclose(cc.entropy(p[order]), cc.entropy(p), rel_tol=1e-13, abs_tol=1e-15)


@given(pairs(), st.floats(0, 1))
def test_entropy_is_concave(pair, weight):
    p, q = pair
    mixed = cc.entropy(weight * p + (1 - weight) * q)
    assert mixed >= weight * cc.entropy(p) + (1 - weight) * cc.entropy(q) - 1e-12


@given(distributions(), distributions())
def test_entropy_of_independent_variables_adds_up(p, q):
    joint = np.outer(p, q).ravel()
    assert math.isclose(cc.entropy(joint), cc.entropy(p) + cc.entropy(q), abs_tol=1e-12)


@given(pairs())
def test_cross_entropy_is_entropy_and_divergence(pair):
    p, q = pair
    sum_of_both = cc.entropy(p) + cc.kl_divergence(p, q)
    assert np.isclose(cc.cross_entropy(p, q), sum_of_both, rtol=1e-12, atol=1e-12)


@given(distributions())
def test_cross_entropy_with_itself_is_entropy(p):
    assert math.isclose(cc.cross_entropy(p, p), cc.entropy(p), rel_tol=1e-15, abs_tol=1e-15)


@given(distributions())
def test_perplexity_of_a_distribution_is_at_most_its_size(p):
    assert 1 - 1e-12 <= cc.perplexity(p, p) <= len(p) + 1e-12


@given(st.floats(1e-300, 1), st.floats(1e-5, 1))
def test_information_of_both_is_the_sum_of_the_information_of_each(p, q):
    total = cc.information_content(p) + cc.information_content(q)
    assert math.isclose(cc.information_content(p * q), total, rel_tol=1e-10, abs_tol=1e-15)


def test_a_sum_may_miss_one_by_the_rounding_of_its_type():
    p = np.array([0.1] * 10, np.float32)
    assert math.isclose(cc.entropy(p), math.log(10), rel_tol=1e-6)
    with pytest.raises(ValueError, match=r"p must sum to 1 along its last axis, got 1\.00000003"):
        cc.entropy([0.5, 0.50000003])
    assert cc.entropy(np.array([0.5, 0.50000003], np.float32)) > 0
    assert cc.entropy(np.array([0.3333, 0.3333, 0.3333], np.float16)) > 0
