"""Huffman code lengths: optimal, full, and the same every time."""

import itertools

import numpy as np
import pytest
from hypothesis import given

import coursecode as cc
from tests.strategies import distributions


def expected_length(p, lengths):
    return float(np.sum(p * lengths))


def test_lengths_of_dyadic_probabilities_are_their_information():
    p = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16])
    assert cc.huffman_code_lengths(p).tolist() == cc.information_content(p, base=2).tolist()


@given(distributions())
def test_the_code_is_full_and_within_a_bit_of_the_entropy(p):
    lengths = cc.huffman_code_lengths(p)
    used = p > 0
    assert (lengths[~used] == 0).all()
    assert np.sum(2.0 ** -lengths[used]) == 1
    h = cc.entropy(p, base=2)
    assert h - 1e-12 <= expected_length(p, lengths) < h + 1


@given(distributions())
def test_rarer_outcomes_have_no_shorter_words(p):
    lengths = cc.huffman_code_lengths(p)
    for i, j in itertools.permutations(np.flatnonzero(p), 2):
        if p[i] > p[j]:
            assert lengths[i] <= lengths[j]


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_no_other_full_code_is_shorter(size):
    rng = np.random.default_rng(size)
    choices = itertools.product(range(1, size), repeat=size)
    full = np.array([c for c in choices if np.sum(2.0 ** -np.array(c)) == 1])
    for p in rng.dirichlet(np.ones(size) / 2, size=30):
        best = (full @ p).min()
        assert expected_length(p, cc.huffman_code_lengths(p)) == pytest.approx(best, rel=1e-12)


def test_ties_go_to_the_flattest_code_and_in_order():
    # (1, 2, 3, 3) would be as short on average: 0.4·1 + 0.2·2 + 0.2·3 + 0.2·3 = 2.
    assert cc.huffman_code_lengths([0.4, 0.2, 0.2, 0.1, 0.1]).tolist() == [2, 2, 2, 3, 3]
    assert cc.huffman_code_lengths(np.full(5, 0.2)).tolist() == [3, 3, 2, 2, 2]
    assert cc.huffman_code_lengths(np.full(8, 1 / 8)).tolist() == [3] * 8


@pytest.mark.parametrize("shares", [[4, 2, 5, 3], [2, 4, 5, 3], [2, 2, 5, 4, 1], [1, 2, 3, 4]])
def test_ties_up_to_rounding_are_ties(shares):
    choices = itertools.product(range(1, len(shares)), repeat=len(shares))
    full = np.array([c for c in choices if np.sum(2.0 ** -np.array(c)) == 1])
    best = full[full @ shares == (full @ shares).min()]  # whole numbers: exact
    lengths = cc.huffman_code_lengths(np.array(shares) / sum(shares))
    assert lengths.max() == best.max(axis=1).min()


def test_what_is_certain_or_impossible_takes_no_bits():
    assert cc.huffman_code_lengths([1.0]).tolist() == [0]
    assert cc.huffman_code_lengths([0.0, 1.0, 0.0]).tolist() == [0, 0, 0]
    assert cc.huffman_code_lengths([0.5, 0.0, 0.5]).tolist() == [1, 0, 1]


def test_a_batch_is_its_rows():
    p = np.array([[[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], [[1, 0, 0], [0.3, 0.3, 0.4]]])
    lengths = cc.huffman_code_lengths(p)
    assert lengths.shape == p.shape
    for index in np.ndindex(2, 2):
        assert np.array_equal(lengths[index], cc.huffman_code_lengths(p[index]))


def test_a_large_alphabet_is_quick():
    p = np.random.default_rng(0).dirichlet(np.ones(20_000))
    lengths = cc.huffman_code_lengths(p)
    assert np.sum(2.0**-lengths) == 1
