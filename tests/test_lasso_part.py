"""Lasso and elastic net: scikit-learn's minima, exact conditions, known cases, honest warnings."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import ElasticNet, Lasso

import coursecode as cc
from coursecode import linear_models as lm

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)) + RNG.normal(size=(40, 1)) + [0, 3, 0, -2, 0, 1]
Y = X @ [1.0, 0.0, -2.0, 0.0, 0.5, 3.0] + 4 + RNG.normal(size=40)
STRENGTHS = [0.01, 0.3, 3.0, 30.0]


def objective(w, b, strength, l1_ratio=1.0):
    penalty = cc.elastic_net_penalty(w, l1_ratio=l1_ratio)
    return cc.squared_error(Y, X @ w + b).mean() + strength * penalty


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("strength", STRENGTHS)
def test_scikit_learn_has_the_same_lasso(strength, intercept):
    fit = lm.lasso(X, Y, strength=strength, intercept=intercept)
    theirs = Lasso(alpha=strength / 2, fit_intercept=intercept, tol=1e-14, max_iter=100_000)
    theirs.fit(X, Y)
    assert np.allclose(fit.coefficients, theirs.coef_, atol=1e-8)
    assert np.array_equal(fit.coefficients == 0, theirs.coef_ == 0)
    assert math.isclose(fit.intercept, theirs.intercept_, abs_tol=1e-8)
    assert fit.converged


@pytest.mark.parametrize("l1_ratio", [0.2, 0.7])
@pytest.mark.parametrize("strength", STRENGTHS)
def test_scikit_learn_has_the_same_elastic_net(strength, l1_ratio):
    fit = lm.elastic_net(X, Y, strength=strength, l1_ratio=l1_ratio, intercept=True)
    theirs = ElasticNet(
        alpha=strength * (1 - l1_ratio / 2),
        l1_ratio=l1_ratio / (2 - l1_ratio),
        tol=1e-14,
        max_iter=100_000,
    ).fit(X, Y)
    assert np.allclose(fit.coefficients, theirs.coef_, atol=1e-8)
    assert math.isclose(fit.intercept, theirs.intercept_, abs_tol=1e-8)


@given(hnp.arrays(np.float64, 7, elements=st.floats(-1, 1)), st.sampled_from([0.0, 0.4, 1.0]))
def test_no_other_weights_have_a_lower_objective(change, l1_ratio):
    fit = lm.elastic_net(X, Y, strength=0.5, l1_ratio=l1_ratio, intercept=True)
    best = objective(fit.coefficients, fit.intercept, 0.5, l1_ratio)
    assert math.isclose(fit.objective, best, rel_tol=1e-12)
    for scale in (1, 1e-3):
        w, b = fit.coefficients + scale * change[:6], fit.intercept + scale * change[6]
        assert objective(w, b, 0.5, l1_ratio) >= best * (1 - 1e-13)


@pytest.mark.parametrize("l1_ratio", [0.3, 1.0])
def test_the_slopes_meet_their_conditions(l1_ratio):
    fit = lm.elastic_net(X, Y, strength=2.0, l1_ratio=l1_ratio)
    l1, w = 2.0 * l1_ratio, fit.coefficients
    slope = -2 * X.T @ (Y - X @ w) / len(Y) + 2 * 2.0 * (1 - l1_ratio) * w
    assert np.allclose(slope[w != 0], -l1 * np.sign(w[w != 0]), atol=1e-7)
    assert np.all(abs(slope[w == 0]) <= l1)
    steepest = 2 * abs(X.T @ Y).max() / len(Y)
    missing = max([*abs(slope + l1 * np.sign(w))[w != 0], 0.0])
    assert missing / steepest == pytest.approx(fit.violation, rel=1e-2, abs=1e-13)


def test_from_a_certain_strength_on_all_weights_are_zero():
    largest = 2 * abs(X.T @ Y).max() / len(Y)
    assert np.all(lm.lasso(X, Y, strength=largest * 1.000001).coefficients == 0)
    assert np.any(lm.lasso(X, Y, strength=largest * 0.999999).coefficients != 0)
    centred = 2 * abs((X - X.mean(axis=0)).T @ Y).max() / len(Y)
    fit = lm.lasso(X, Y, strength=centred * 1.000001, intercept=True)
    assert np.all(fit.coefficients == 0)
    assert math.isclose(fit.intercept, Y.mean(), rel_tol=1e-14)


def test_orthonormal_columns_give_a_soft_threshold():
    q, _ = np.linalg.qr(RNG.normal(size=(8, 3)))
    columns = q * math.sqrt(8)  # so that XᵀX / n is 1
    y = RNG.normal(size=8) * 3
    fit = lm.lasso(columns, y, strength=1.4)
    assert np.allclose(fit.coefficients, cc.soft_threshold(columns.T @ y / 8, threshold=0.7))
    assert fit.sweeps <= 2


def test_the_ends_of_the_elastic_net_are_lasso_ridge_and_least_squares():
    lasso = lm.lasso(X, Y, strength=0.3, intercept=True)
    same = lm.elastic_net(X, Y, strength=0.3, l1_ratio=1, intercept=True)
    assert np.array_equal(lasso.coefficients, same.coefficients)
    ridge = lm.ridge(X, Y, strength=0.3, intercept=True)
    same = lm.elastic_net(X, Y, strength=0.3, l1_ratio=0, intercept=True)
    assert np.allclose(ridge.coefficients, same.coefficients, atol=1e-7)
    plain = lm.least_squares(X, Y)
    for fit in (lm.lasso(X, Y, strength=0), lm.elastic_net(X, Y, strength=0)):
        assert np.allclose(fit.coefficients, plain.coefficients, atol=1e-6)


def test_an_empty_column_gets_no_weight_and_wide_data_a_sparse_answer():
    with_empty = np.column_stack([X, np.zeros(len(X))])
    fit = lm.lasso(with_empty, Y, strength=0.1)
    assert fit.coefficients[-1] == 0
    assert np.allclose(fit.coefficients[:-1], lm.lasso(X, Y, strength=0.1).coefficients)
    wide = lm.lasso(X[:4], Y[:4], strength=0.5)
    assert wide.converged
    assert np.count_nonzero(wide.coefficients) <= 4


def test_nothing_to_explain_needs_one_sweep():
    fit = lm.lasso(X, np.zeros(len(X)), strength=1.0)
    assert np.all(fit.coefficients == 0)
    assert (fit.sweeps, fit.violation, fit.objective, fit.converged) == (1, 0, 0, True)


@pytest.mark.parametrize("function", [lm.lasso, lm.elastic_net])
def test_stopping_too_early_is_said_and_stands_in_the_result(function):
    message = r"not converged in 2 sweeps: the slopes miss their conditions by \d"
    with pytest.warns(RuntimeWarning, match=message) as warned:
        fit = function(X, Y, strength=0.1, max_sweeps=2)
    assert warned[0].filename == __file__
    assert not fit.converged
    assert fit.sweeps == 2
    assert fit.violation > 1e-10


def test_the_tolerance_decides_when_to_stop():
    loose = lm.lasso(X, Y, strength=0.1, tolerance=1e-2)
    tight = lm.lasso(X, Y, strength=0.1, tolerance=1e-12)
    assert loose.sweeps < tight.sweeps
    assert tight.violation <= 1e-12 < loose.violation <= 1e-2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exactly_enough = lm.lasso(
            X, Y, strength=0.1, max_sweeps=lm.lasso(X, Y, strength=0.1).sweeps
        )
    assert exactly_enough.converged


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_a_change_of_units_changes_nothing_else(unit):
    plain = lm.lasso(X, Y, strength=0.3)
    changed = lm.lasso(X, Y * unit, strength=0.3 * unit)
    assert np.allclose(changed.coefficients, plain.coefficients * unit, rtol=1e-7)
    assert math.isclose(changed.objective, plain.objective * unit**2, rel_tol=1e-12)


def test_single_precision_stays():
    fit = lm.lasso(X.astype(np.float32), Y, strength=0.1)
    assert fit.coefficients.dtype == np.float32


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_features_whose_squares_overflow_or_vanish_are_fitted(unit):
    plain = lm.lasso(X, Y, strength=0.3, intercept=True)
    changed = lm.lasso(X * unit, Y, strength=0.3 * unit, intercept=True)
    assert np.allclose(changed.coefficients * unit, plain.coefficients, rtol=1e-9, atol=0)
    assert math.isclose(changed.objective, plain.objective, rel_tol=1e-12)
    ridge, elastic = (
        lm.ridge(X, Y, strength=1e-3),
        lm.elastic_net(X, Y, strength=1e-3, l1_ratio=0),
    )
    assert np.allclose(ridge.coefficients, elastic.coefficients)
    for l1_ratio in (0.0, 1.0):  # a strength in other units than the features
        for strength in (1e-3, 1e300):
            fit = lm.elastic_net(X * unit, Y, strength=strength, l1_ratio=l1_ratio)
            assert fit.converged
            assert np.isfinite(fit.objective)
            assert np.isfinite(fit.coefficients).all()
    assert lm.lasso(X, Y * 1e200, strength=1.0).objective == np.inf


@pytest.mark.parametrize("constant", [0.1, 0.001, 1e8 + 0.1])
def test_a_constant_column_beside_the_intercept_gets_no_weight(constant):
    columns = np.column_stack([np.full(len(Y), constant), X[:, :1]])
    without = lm.elastic_net(X[:, :1], Y, strength=0.0, intercept=True)
    for fit in (
        lm.elastic_net(columns, Y, strength=0.0, intercept=True),
        lm.ridge(columns, Y, strength=1e-300, intercept=True),
    ):
        assert fit.coefficients[0] == 0
        assert math.isclose(fit.coefficients[1], without.coefficients[0], rel_tol=1e-12)
        assert math.isclose(fit.intercept, without.intercept, rel_tol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 1e-9, 1e-6, 1e-3, 1e-2])
@pytest.mark.parametrize("shape", [(10, 20), (20, 100), (20, 20), (50, 8)])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_dependent_columns_and_a_small_penalty_take_few_sweeps(shape, strength, l1_ratio):
    rng = np.random.default_rng(8)
    features = rng.normal(size=shape) * 0.1 + rng.normal(size=(shape[0], 1))
    y = rng.normal(size=shape[0])
    fit = lm.elastic_net(features, y, strength=strength, l1_ratio=l1_ratio)
    assert fit.converged
    assert fit.sweeps < 2000
    w, l1 = fit.coefficients, strength * l1_ratio
    slopes = 2 * features.T @ (features @ w - y) / len(y) + 2 * strength * (1 - l1_ratio) * w
    missing = np.where(w == 0, abs(slopes) - l1, abs(slopes + l1 * np.sign(w)))
    assert missing.max() <= 1e-9 * abs(features.T @ y).max()


def test_no_more_columns_are_used_than_there_are_examples():
    rng = np.random.default_rng(9)
    features, y = rng.normal(size=(8, 60)), rng.normal(size=8)
    for strength in (1e-6, 1e-3):
        assert np.count_nonzero(lm.lasso(features, y, strength=strength).coefficients) <= 8
