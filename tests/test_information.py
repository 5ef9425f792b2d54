"""Information of outcomes, distributions and tables, and codes: values, laws, and every digit."""

import functools
import itertools
import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import coursecode as cc
from tests import oracles
from tests.oracles import exact
from tests.strategies import distributions, hard_distributions, hard_pairs


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
        *((f, (TABLE,)) for f in (cc.joint_entropy, cc.conditional_entropy, cc.mutual_information)),
    ]:
        assert math.isclose(function(*given_p, base=base), function(*given_p) / unit, rel_tol=1e-14)


def test_powers_of_two_have_whole_bits():
    # A quotient of natural logarithms gives 29.000000000000004 for 2**-29.
    assert cc.information_content(2.0 ** -np.arange(1075), base=2).tolist() == list(range(1075))
    assert cc.entropy(np.full(2**13, 2.0**-13), base=2) == 13


@pytest.mark.parametrize(
    ("base", "log"), [(np.e, 1), (2, mp.log(2)), (10, mp.log(10)), (3, mp.log(3))]
)
def test_information_content_is_right_to_three_units(dtype, base, log):
    info = np.finfo(dtype)
    rng = np.random.default_rng(1)
    special = [
        0,
        info.smallest_subnormal,
        info.tiny,
        0.25,
        0.5,
        0.999,
        1 - info.eps,
        1 - info.epsneg,
        1,
    ]
    p = np.concatenate([special, rng.random(100), 1 - rng.random(50) / 100]).astype(dtype)
    expected = [oracles.information(v) / log for v in p]
    assert oracles.ulp_error(cc.information_content(p, base=base), expected) < 3


def test_entropy_is_right_to_three_units(dtype):
    for p in hard_distributions(dtype):
        assert oracles.ulp_error(cc.entropy(p), [oracles.cross_entropy(p, p)]) < 3
        bits = oracles.cross_entropy(p, p) / mp.log(2)
        assert oracles.ulp_error(cc.entropy(p, base=2), [bits]) < 3


def test_cross_entropy_is_right_to_three_units(dtype):
    for p, q in hard_pairs(dtype):
        assert oracles.ulp_error(cc.cross_entropy(p, q), [oracles.cross_entropy(p, q)]) < 3


def test_perplexity_is_as_right_as_the_cross_entropy_in_its_exponent(dtype):
    lowest = 1e-300 if dtype == np.float64 else 1e-37
    cases = [([1, 0], [lowest, 1]), ([0.5, 0.5], [lowest, 1]), ([0.25, 0.75], [0.75, 0.25])]
    cases += [([0.999, 0.001], [lowest, 1]), ([1e-3, 1 - 1e-3], [lowest, 1]), ([1], [1])]
    cases += [([0.5, 0.5], [1, 0])]
    cases += [(p, q) for p, q in hard_pairs(dtype) if len(p) == 10]
    for p, q in cases:
        p, q = np.array(p, dtype), np.array(q, dtype)
        cost = oracles.cross_entropy(p, q)
        expected = mp.exp(cost) if cost < 1e4 else mp.inf
        got = cc.perplexity(p, q)
        assert got.dtype == dtype
        assert oracles.ulp_error(got, [expected]) < 8 + float(min(2 * cost, 1e4))


# --- tables of two variables ------------------------------------------------------------

TABLE = np.array([[1 / 2, 0.0], [1 / 4, 1 / 4]])


def tables():
    shapes = st.tuples(st.integers(1, 4), st.integers(1, 4)).filter(lambda s: s[0] * s[1] > 1)
    return shapes.flatmap(lambda s: distributions(s[0] * s[1]).map(lambda p: p.reshape(s)))


def conditional_entropy(table):
    with mp.workdps(700):  # 1e-310 beside 0.5 is still there
        rows = [[exact(v) for v in row if v > 0] for row in table]
        return mp.fsum(p * mp.log(mp.fsum(row) / p) for row in rows for p in row)


def mutual_information(table):
    """Of the table made to sum to 1 exactly."""
    p = mp.matrix([[exact(v) for v in row] for row in table])
    p /= mp.fsum(p)
    rows = [mp.fsum(p[i, :]) for i in range(p.rows)]
    columns = [mp.fsum(p[:, j]) for j in range(p.cols)]
    return mp.fsum(
        p[i, j] * mp.log(p[i, j] / (rows[i] * columns[j]))
        for i in range(p.rows)
        for j in range(p.cols)
        if p[i, j]
    )


@given(tables())
def test_information_of_tables_is_right_to_their_rounding(p):
    assert cc.joint_entropy(p) == cc.entropy(p.ravel())
    assert math.isclose(cc.conditional_entropy(p), conditional_entropy(p), rel_tol=1e-14)
    expected = mutual_information(p)
    assert abs(cc.mutual_information(p) - expected) <= 1e-14 * expected + 1e-31


@pytest.mark.parametrize("dependence", [1e-2, 1e-4, 1e-6, 1e-7])
def test_digits_near_independence(dependence):
    """The entropies, whose difference it is, agree there in as many digits as it is small."""
    table = np.full((2, 2), 0.25) + dependence * np.array([[1, -1], [-1, 1]])
    assert math.isclose(cc.mutual_information(table), mutual_information(table), rel_tol=1e-14)


def test_digits_of_tables_that_are_independent_but_for_rounding(dtype):
    rng = np.random.default_rng(6)
    eps = float(np.finfo(dtype).eps)
    for shape in ((2, 2), (3, 5), (10, 4)):
        for h in (0, 1e-9, 1e-5, 1e-2):
            table = np.outer(*(rng.dirichlet(np.ones(n)) for n in shape))
            table *= 1 + h * rng.normal(size=shape)
            table = (table / table.sum()).astype(dtype)
            got, expected = cc.mutual_information(table), mutual_information(table)
            assert got.dtype == dtype
            # A difference from independence of h is known to a part of eps / h.
            bound = 16 * eps * expected + 4 * eps * mp.sqrt(expected) + 4 * eps**2
            assert got >= 0
            assert abs(exact(got) - expected) < bound


def test_margins_whose_product_is_too_small_for_a_number():
    for small in (1e-200, 1e-300, 1e-310):
        for table in ([[1, 0], [0, small]], [[1, small], [0, small]], [[small, 0], [small, 1]]):
            with mp.workdps(700):
                expected = mutual_information(np.array(table))
                assert math.isclose(cc.mutual_information(table), expected, rel_tol=1e-13)


def test_digits_where_the_row_nearly_decides_the_column():
    tables = np.array(
        [
            [[0.5 - 1e-17, 1e-17], [1e-20, 0.5]],
            [[0.25, 1e-300], [0.75, 0.0]],
            [[1e-300, 5e-301], [1.0, 0.0]],
            [[0.3, 0.3], [0.4 - 1e-12, 1e-12]],
        ]
    )
    expected = [conditional_entropy(table) for table in tables]
    assert oracles.ulp_error(cc.conditional_entropy(tables), expected) < 8


def test_rounding_of_the_total_does_not_make_information():
    table = np.outer([0.3, 0.7], [0.2, 0.8]) * (1 + 1e-9)
    assert 0 <= cc.mutual_information(table) < 1e-30


def test_a_bad_table_is_named_by_its_index():
    batch = np.stack([TABLE, TABLE / 2])
    with pytest.raises(ValueError, match=r"^joint must sum to 1 over .*, got 0\.5 in table 1$"):
        cc.joint_entropy(batch)
    batch[1, 1, 0] = -1
    with pytest.raises(
        ValueError, match=r"^joint must be at least 0, got -1\.0 at .* \(1, 1, 0\)$"
    ):
        cc.joint_entropy(batch)
    with pytest.raises(ValueError, match=r"^joint must not be empty, got shape \(2, 0, 3\)$"):
        cc.joint_entropy(np.ones((2, 0, 3)))


# --- codes ------------------------------------------------------------------------------


@functools.cache
def full_codes(size):
    """The lengths of all codes of so many words that leave no word over."""
    codes = np.array(list(itertools.product(range(size), repeat=size)))
    return codes[np.sum(2.0**-codes, axis=1) == 1]


@given(distributions())
def test_a_code_is_full_and_no_other_full_code_is_shorter(p):
    lengths, used = cc.huffman_code_lengths(p), p > 0
    codes = full_codes(np.count_nonzero(used))
    assert (lengths[~used] == 0).all()
    assert lengths[used].tolist() in codes.tolist()
    assert math.isclose(lengths @ p, (codes @ p[used]).min(), rel_tol=1e-12)


def test_ties_go_to_the_flattest_code_and_in_order():
    # (1, 2, 3, 3) would be as short on average: 0.4·1 + 0.2·2 + 0.2·3 + 0.2·3 = 2.
    assert cc.huffman_code_lengths([0.4, 0.2, 0.2, 0.1, 0.1]).tolist() == [2, 2, 2, 3, 3]
    assert cc.huffman_code_lengths(np.full(5, 0.2)).tolist() == [3, 3, 2, 2, 2]
    assert cc.huffman_code_lengths(np.full(8, 1 / 8)).tolist() == [3] * 8


@pytest.mark.parametrize("shares", [[4, 2, 5, 3], [2, 4, 5, 3], [2, 2, 5, 4, 1], [1, 2, 3, 4]])
def test_ties_up_to_rounding_are_ties(shares):
    full = full_codes(len(shares))
    best = full[full @ shares == (full @ shares).min()]  # whole numbers: exact
    lengths = cc.huffman_code_lengths(np.array(shares) / sum(shares))
    assert lengths.max() == best.max(axis=1).min()


def test_a_batch_of_codes_is_that_of_its_rows():
    p = np.array([[[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], [[1, 0, 0], [0.3, 0.3, 0.4]]])
    lengths = cc.huffman_code_lengths(p)
    assert lengths.shape == p.shape
    for index in np.ndindex(2, 2):
        assert np.array_equal(lengths[index], cc.huffman_code_lengths(p[index]))


def test_the_code_of_a_large_alphabet_is_full():
    p = np.random.default_rng(0).dirichlet(np.ones(20_000))
    lengths = cc.huffman_code_lengths(p)
    assert np.sum(2.0**-lengths) == 1
