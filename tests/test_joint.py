"""Information of two variables: values as formulas, laws, and digits near independence."""

import math

import mpmath as mp
import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

import coursecode as cc
from tests import oracles
from tests.oracles import exact
from tests.strategies import distributions

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


def test_values_in_bits():
    assert cc.joint_entropy(TABLE, base=2) == 1.5
    assert cc.conditional_entropy(TABLE, base=2) == 0.5  # half the time a coin is left
    given_column = 3 / 4 * cc.entropy([2 / 3, 1 / 3], base=2)
    assert math.isclose(cc.conditional_entropy(TABLE.T, base=2), given_column, rel_tol=1e-15)
    shared = cc.entropy([3 / 4, 1 / 4], base=2) - 0.5
    assert math.isclose(cc.mutual_information(TABLE, base=2), shared, rel_tol=1e-15)


@given(tables())
def test_chain_rules(p):
    h_xy, h_x, h_y = cc.joint_entropy(p), cc.entropy(p.sum(axis=1)), cc.entropy(p.sum(axis=0))
    y_given_x, x_given_y = cc.conditional_entropy(p), cc.conditional_entropy(p.T)
    shared = cc.mutual_information(p)
    assert math.isclose(h_xy, h_x + y_given_x, abs_tol=1e-13)
    assert math.isclose(h_xy, h_y + x_given_y, abs_tol=1e-13)
    assert math.isclose(shared, h_x + h_y - h_xy, abs_tol=1e-13)
    assert math.isclose(shared, h_y - y_given_x, abs_tol=1e-13)
    assert math.isclose(shared, cc.mutual_information(p.T), rel_tol=1e-9, abs_tol=1e-15)


@given(tables())
def test_bounds(p):
    assert cc.joint_entropy(p) == cc.entropy(p.ravel())
    assert 0 <= cc.conditional_entropy(p) <= math.log(p.shape[1]) + 1e-15
    assert 0 <= cc.mutual_information(p) <= math.log(min(p.shape)) + 1e-15


@given(st.integers(1, 4).flatmap(distributions), st.integers(1, 5).flatmap(distributions))
def test_independent_variables_share_nothing(p, q):
    table = np.outer(p, q)
    assert 0 <= cc.mutual_information(table) < 1e-31
    assert math.isclose(cc.conditional_entropy(table), cc.entropy(q), rel_tol=1e-13, abs_tol=1e-16)


@given(distributions(3))
def test_copies_share_everything_and_leave_nothing_open(p):
    table = np.diag(p)
    assert cc.conditional_entropy(table) == 0
    assert math.isclose(cc.mutual_information(table), cc.entropy(p), rel_tol=1e-14, abs_tol=1e-16)


@given(tables(), st.sampled_from([2, 10, 7.5]))
def test_a_change_of_base_is_a_change_of_unit(p, base):
    for function in (cc.joint_entropy, cc.conditional_entropy, cc.mutual_information):
        assert math.isclose(
            function(p, base=base) * math.log(base), function(p), rel_tol=1e-14, abs_tol=1e-300
        )


@pytest.mark.parametrize("dependence", [1e-2, 1e-4, 1e-6, 1e-7])
def test_digits_near_independence(dependence):
    """The entropies, whose difference it is, agree there in as many digits as it is small."""
    table = np.full((2, 2), 0.25) + dependence * np.array([[1, -1], [-1, 1]])
    got = cc.mutual_information(table)
    assert oracles.relative_error(got, [mutual_information(table)]) < 1e-14
    assert math.isclose(got, 8 * dependence**2, rel_tol=20 * dependence**2 + 1e-8)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
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
            assert oracles.relative_error(got, [expected]) < 16 * eps


def test_margins_whose_product_is_too_small_for_a_number():
    for small in (1e-200, 1e-300, 1e-310):
        for table in ([[1, 0], [0, small]], [[1, small], [0, small]], [[small, 0], [small, 1]]):
            with mp.workdps(700):
                expected = mutual_information(np.array(table))
                assert oracles.relative_error(cc.mutual_information(table), [expected]) < 1e-13


def test_digits_where_the_row_nearly_decides_the_column():
    tables = np.array(
        [
            [[0.5 - 1e-17, 1e-17], [1e-20, 0.5]],
            [[0.25, 1e-300], [0.75, 0.0]],
            [[1e-300, 5e-301], [1.0, 0.0]],
            [[0.3, 0.3], [0.4 - 1e-12, 1e-12]],
            [[5e-324, 0.5], [0.5, 1e-310]],
        ]
    )
    expected = [conditional_entropy(table) for table in tables]
    assert oracles.ulp_error(cc.conditional_entropy(tables), expected) < 8


def test_tables_in_a_batch_and_in_float32():
    batch = np.stack([TABLE, TABLE.T, np.full((2, 2), 0.25)]).reshape(3, 1, 2, 2)
    for function in (cc.joint_entropy, cc.conditional_entropy, cc.mutual_information):
        each = [function(table) for table in batch[:, 0]]
        assert np.array_equal(function(batch), np.reshape(each, (3, 1)))
        assert function(TABLE.astype(np.float32)).dtype == np.float32


def test_many_tables_are_done_in_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    batch = rng.dirichlet(np.ones(6), size=50).reshape(50, 2, 3)
    whole = cc.mutual_information(batch)
    monkeypatch.setattr("coursecode._blocks.BLOCK_BYTES", 200)
    assert np.allclose(cc.mutual_information(batch), whole, rtol=1e-13)


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


def test_scikit_learn_has_the_same_mutual_information():
    rng = np.random.default_rng(1)
    x, y = rng.integers(3, size=200), rng.integers(4, size=200)
    counts = np.zeros((3, 4))
    np.add.at(counts, (x, y), 1)
    theirs = sklearn.metrics.mutual_info_score(x, y)
    assert math.isclose(cc.mutual_information(counts / 200), theirs, rel_tol=1e-10)
