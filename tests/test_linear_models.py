"""Least squares, ridge, lasso and elastic net: certified problems, exact solutions, laws."""

import math
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import scipy.linalg
from sklearn.linear_model import ElasticNet, Ridge

import coursecode as cc

DATA = Path(__file__).parent / "data"
RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4)) + RNG.normal(size=(30, 1)) + [0, 5, 0, -2]
Y = X @ [1.0, -2.0, 0.5, 3.0] + 4 + RNG.normal(size=30)


# --- NIST's problems: certified coefficients, from the headers of the data files ------

LONGLEY = [
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
]
FILIP = [
    -1467.48961422980,
    -2772.17959193342,
    -2316.37108160893,
    -1127.97394098372,
    -354.478233703349,
    -75.1242017393757,
    -10.8753180355343,
    -1.06221498588947,
    -0.670191154593408e-01,
    -0.246781078275479e-02,
    -0.402962525080404e-04,
]
WAMPLER_NOISE = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048]
WAMPLER_NOISE = np.array([*WAMPLER_NOISE, *WAMPLER_NOISE[-2::-1]], dtype=float)


def read(name):
    table = np.loadtxt(DATA / f"{name}.csv", delimiter=",", skiprows=1)
    return table[:, 1:], table[:, 0]


def powers(x, degree):
    return np.vander(np.ravel(x), degree + 1, increasing=True)


def wampler(noise):
    columns = powers(np.arange(21.0), 5)
    return columns, columns.sum(axis=1) + noise * WAMPLER_NOISE, np.ones(6)


def nist():
    x, y = read("longley")
    yield "Longley", np.column_stack([np.ones(len(x)), x]), y, LONGLEY, 14
    x, y = read("filip")
    # Its features are decimals, rounded to floats: no solver can do better than 7.9 digits.
    yield "Filip", powers(x, 10), y, FILIP, 7.8
    for number, noise in ((1, 0), (3, 1), (4, 100), (5, 10_000)):
        yield (f"Wampler{number}", *wampler(noise), 14)
    columns = powers(np.arange(21.0), 5)
    tenths = 0.1 ** np.arange(6)
    yield "Wampler2", columns, np.round(columns @ tenths, 5), tenths, 13


def digits(got, certified):
    """NIST's log relative error: how many digits agree, at worst."""
    errors = abs(np.asarray(got) / np.asarray(certified) - 1)
    return float(np.min(-np.log10(np.maximum(errors, 1e-15))))


@pytest.mark.parametrize(
    ("columns", "y", "certified", "least"),
    [pytest.param(*problem[1:], id=problem[0]) for problem in nist()],
)
def test_nist_problems_have_as_many_digits_as_the_best_driver_and_more(
    columns, y, certified, least
):
    reached = digits(cc.least_squares(columns, y).coefficients, certified)
    assert reached >= least
    for driver in ("gelsd", "gelss"):
        theirs = scipy.linalg.lstsq(columns, y, lapack_driver=driver, cond=1e-300)[0]
        assert reached >= digits(theirs, certified)


def test_an_intercept_is_a_column_of_ones():
    features, y = read("longley")
    fit = cc.least_squares(features, y, intercept=True)
    assert digits([fit.intercept, *fit.coefficients], LONGLEY) >= 14
    assert fit.rank == 7


def exact_solution(columns, y, penalties=0.0):
    """Normal equations in 100 digits, where squaring the condition number does no harm."""
    with mp.workdps(100):
        a, b = mp.matrix(columns.tolist()), mp.matrix(y.tolist())
        penalties = mp.diag([len(y) * mp.mpf(v) for v in np.broadcast_to(penalties, a.cols)])
        return mp.lu_solve(a.T * a + penalties, a.T * b)


def relative_error(got, expected):
    with mp.workdps(100):
        return mp.norm(mp.matrix(got.tolist()) - expected) / mp.norm(expected)


@pytest.mark.parametrize("condition", [1e1, 1e5, 1e9])
def test_weights_are_right_to_the_last_digits(condition):
    u, _ = np.linalg.qr(RNG.normal(size=(12, 4)))
    v, _ = np.linalg.qr(RNG.normal(size=(4, 4)))
    columns = u * np.geomspace(1, 1 / condition, 4) @ v * [1, 1e20, 1e-20, 1]
    y = RNG.normal(size=12)
    fit = cc.least_squares(columns, y)
    expected = [float(v) for v in exact_solution(columns, y)]
    assert np.allclose(fit.coefficients, expected, rtol=1e-14)
    assert condition / 100 < fit.condition < condition * 100


# --- what a least-squares fit is ------------------------------------------------------


def test_a_change_of_units_changes_no_digit():
    units = 2.0 ** np.array([200, -300, 7, 0])
    plain, changed = cc.least_squares(X, Y), cc.least_squares(X * units, Y)
    assert np.array_equal(plain.coefficients, changed.coefficients * units)
    assert plain.condition == changed.condition


def test_huge_and_tiny_data_neither_overflow_nor_underflow():
    fit = cc.least_squares([[1e308], [1.5e308]], [1e308, 1.5e308])
    assert fit.coefficients.tolist() == [1]
    fit = cc.least_squares([[1e-310], [2e-310]], [3e-310, 6e-310])
    assert fit.coefficients == pytest.approx([3.0], rel=1e-12)


# --- dependent columns ----------------------------------------------------------------

DEPENDENT = np.column_stack([X[:, 0], X[:, 1], X[:, 0] + X[:, 1]])


@pytest.mark.parametrize(
    ("features", "intercept", "message"),
    [
        (DEPENDENT, False, "columns, got rank 2 of 3"),
        (DEPENDENT, True, "columns and intercept, got rank 3 of 4"),
        (np.ones((30, 1)), True, "columns and intercept, got rank 1 of 2"),
        (np.zeros((30, 2)), False, "columns, got rank 0 of 2"),
        (X[:3], False, "columns, got rank 3 of 4"),
    ],
)
def test_dependent_columns_are_refused_and_the_shortest_weights_given_when_asked(
    features, intercept, message
):
    y = Y[: len(features)]
    expected = f"^X must have linearly independent {message} .minimum_norm=True gives the shortest"
    with pytest.raises(ValueError, match=expected):
        cc.least_squares(features, y, intercept=intercept)
    fit = cc.least_squares(features, y, intercept=intercept, minimum_norm=True)
    assert fit.condition == np.inf
    assert fit.rank == int(message.split("rank ")[1][0])
    mean = features.mean(axis=0) if intercept else 0.0
    w = np.linalg.pinv(features - mean, rcond=1e-12) @ (y - (y.mean() if intercept else 0))
    assert np.allclose(fit.coefficients, w, atol=1e-12)
    assert math.isclose(fit.intercept, y.mean() - mean @ w if intercept else 0, abs_tol=1e-12)
    assert np.allclose(fit.residuals, y - features @ w - fit.intercept, atol=1e-11)


@pytest.mark.parametrize("place", range(5))
def test_the_shortest_weight_of_a_column_of_zeros_is_exactly_0(place):
    features = np.random.default_rng(0).normal(size=(3, 5))
    features[:, place] = 0
    fit = cc.least_squares(features, Y[:3], minimum_norm=True)
    assert np.flatnonzero(fit.coefficients == 0).tolist() == [place]


def test_independent_columns_are_solved_as_ever_when_the_shortest_are_asked_for():
    plain, asked = cc.least_squares(X, Y), cc.least_squares(X, Y, minimum_norm=True)
    assert np.array_equal(plain.coefficients, asked.coefficients)
    assert (asked.rank, asked.condition) == (4, plain.condition)


# --- ridge ----------------------------------------------------------------------------


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("strength", [1e-8, 0.1, 3.0, 1e6])
def test_scikit_learn_has_the_same_ridge_of_fewer_rows_than_columns(strength, intercept):
    x, y = X[:3], Y[:3]
    fit = cc.ridge(x, y, strength=strength, intercept=intercept)
    theirs = Ridge(alpha=strength * len(y), fit_intercept=intercept, solver="svd").fit(x, y)
    assert np.allclose(fit.coefficients, theirs.coef_, rtol=1e-7)
    assert math.isclose(fit.intercept, theirs.intercept_, rel_tol=1e-8)
    assert np.allclose(fit.residuals, y - theirs.predict(x), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("strength", [1e-15, 1e-12, 1e-8, 1e-4, 1.0])
@pytest.mark.parametrize("features", [X, DEPENDENT, X[:, [0, 1, 0]]], ids=["tall", "sum", "twice"])
def test_ridge_is_right_to_the_last_digits_however_small_the_penalty(features, strength):
    got = cc.ridge(features, Y, strength=strength).coefficients
    assert relative_error(got, exact_solution(features, Y, strength)) <= 1e-15


@pytest.mark.parametrize("strength", [1e-20, 1e-14, 1e-8, 1.0])
@pytest.mark.parametrize("mean", [0.0, 1.0, 1e3])
def test_ridge_beside_an_intercept_is_right_to_the_last_digits_too(mean, strength):
    rng = np.random.default_rng(6)
    column = rng.normal(size=20) + mean
    nearly_dependent = column + 1e-8 * rng.normal(size=20)
    features = np.column_stack([column, nearly_dependent, 1e3 * rng.normal(size=20)])
    y = column + 0.1 * rng.normal(size=20)
    fit = cc.ridge(features, y, strength=strength, intercept=True)
    expected = exact_solution(np.insert(features, 3, 1, axis=1), y, [strength] * 3 + [0])
    assert relative_error(fit.coefficients, expected[:3]) <= 2e-15
    assert math.isclose(fit.intercept, (y - features @ fit.coefficients).mean(), abs_tol=1e-6)
    assert abs(fit.residuals.mean()) < 1e-7


@pytest.mark.parametrize("shape", [(2, 5), (5, 5), (20, 5)])
@pytest.mark.parametrize("strength", [1e-300, 1e-30, 1e-15, 1e-10])
def test_equal_columns_share_a_weight_however_small_the_penalty(shape, strength):
    column = np.random.default_rng(5).normal(size=shape[0])
    features, y = np.repeat(column[:, np.newaxis], shape[1], axis=1), np.arange(shape[0]) - 2.0
    w = column @ y / (shape[1] * column @ column + shape[0] * strength)
    for intercept in (False, True):
        fit = cc.ridge(features, y, strength=strength, intercept=intercept)
        if intercept:
            slope = np.cov(column, y, bias=True)[0, 1] / np.var(column)
            w = slope / (shape[1] + strength / np.var(column))
        assert fit.rank == 1
        assert np.allclose(fit.coefficients, w, rtol=1e-11, atol=0)


def test_the_condition_is_that_of_the_penalised_columns():
    stacked = np.vstack([X, math.sqrt(0.3 * len(X)) * np.eye(4)])
    expected = np.linalg.cond(stacked)
    assert math.isclose(cc.ridge(X, Y, strength=0.3).condition, expected, rel_tol=1e-12)
    for count in (3, 4):  # fewer rows than columns, and as many
        stacked = np.vstack([X[:count], math.sqrt(0.3 * count) * np.eye(4)])
        got = cc.ridge(X[:count], Y[:count], strength=0.3).condition
        assert math.isclose(got, np.linalg.cond(stacked), rel_tol=1e-12)


# --- the shortest solution, in any units -----------------------------------------------


def exact_shortest(independent, mixture, units, y, intercept):
    """Shortest best weights for the columns (independent @ mixture) * units, in rational steps."""
    if intercept:
        independent, y = (len(y) * v - v.sum(axis=0) for v in (independent, y))
    a, b = mp.matrix(independent.tolist()), mp.matrix(y.tolist())
    m = mp.matrix((mixture * units).tolist())
    z = mp.lu_solve(a.T * a, a.T * b)
    return m.T * mp.lu_solve(m * m.T, z)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize(
    "units", [[1, 1, 1, 1], [1e3, 1, 1e-3, 1], [2.0**400, 1, 2.0**-400, 2.0**400], [2.0**-500] * 4]
)
def test_the_shortest_solution_is_found_in_any_units(units, intercept):
    rng = np.random.default_rng(3)
    independent = rng.integers(-9, 10, size=(8, 2)).astype(float)
    y = rng.integers(-9, 10, size=8).astype(float)
    for mixture in ([[1, 0, 1, 2], [0, 1, 1, 2]], [[1, 1, 0, 1], [2, 0, 1, 2]]):
        mixture = np.array(mixture, dtype=float)
        features = independent @ mixture * units
        fit = cc.least_squares(features, y, intercept=intercept, minimum_norm=True)
        assert fit.rank == 2 + intercept
        with mp.workdps(900):
            expected = exact_shortest(independent, mixture, np.array(units), y, intercept)
        assert relative_error(fit.coefficients, expected) <= 1e-12


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("width", [2, 7, 12, 17, 25, 40])
@pytest.mark.parametrize("count", [2, 7, 12, 17, 25, 40])
def test_hilbert_matrices_of_all_shapes_have_a_shortest_solution(count, width, intercept):
    features = 1 / (np.arange(count)[:, np.newaxis] + np.arange(width) + 1)
    y = features.sum(axis=1)  # so that weights of 1 leave nothing
    fits = [cc.least_squares(features, y, intercept=intercept, minimum_norm=True)]
    for strength in (1e-300, 1e-35, 1e-30):
        fits.append(cc.ridge(features, y, strength=strength, intercept=intercept))
    for fit in fits:
        assert np.linalg.norm(fit.residuals) <= 1e-11 * np.linalg.norm(y)
        assert np.linalg.norm(fit.coefficients) <= 1.002 * math.sqrt(width)
        assert fit.rank <= min(count, width + intercept)


def test_the_shortest_solution_of_a_hilbert_matrix_leaves_no_more_than_numpys():
    features = 1 / (np.arange(17)[:, np.newaxis] + np.arange(17) + 1)
    y = np.random.default_rng(0).normal(size=17)
    fit = cc.least_squares(features, y, minimum_norm=True)
    theirs, _, rank, _ = np.linalg.lstsq(features, y, rcond=17 * np.finfo(float).eps)
    assert fit.rank == rank == 12
    assert np.linalg.norm(fit.residuals) < 1.01 * np.linalg.norm(y - features @ theirs)
    assert np.linalg.norm(fit.coefficients) < 1.1 * np.linalg.norm(theirs)


# --- lasso and elastic net ------------------------------------------------------------

SPARSE_RNG = np.random.default_rng(0)
XS = SPARSE_RNG.normal(size=(40, 6)) + SPARSE_RNG.normal(size=(40, 1)) + [0, 3, 0, -2, 0, 1]
YS = XS @ [1.0, 0.0, -2.0, 0.0, 0.5, 3.0] + 4 + SPARSE_RNG.normal(size=40)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("l1_ratio", [0.2, 0.7, 1.0])
@pytest.mark.parametrize("strength", [0.01, 0.3, 3.0, 30.0])
def test_scikit_learn_has_the_same_elastic_net(strength, l1_ratio, intercept):
    fit = cc.elastic_net(XS, YS, strength=strength, l1_ratio=l1_ratio, intercept=intercept)
    theirs = ElasticNet(
        alpha=strength * (1 - l1_ratio / 2),
        l1_ratio=l1_ratio / (2 - l1_ratio),
        fit_intercept=intercept,
        tol=1e-14,
        max_iter=100_000,
    ).fit(XS, YS)
    assert np.allclose(fit.coefficients, theirs.coef_, atol=1e-8)
    assert np.array_equal(fit.coefficients == 0, theirs.coef_ == 0)
    assert math.isclose(fit.intercept, theirs.intercept_, abs_tol=1e-8)
    assert fit.converged
    loss = cc.squared_error(YS, XS @ fit.coefficients + fit.intercept).mean()
    penalty = cc.elastic_net_penalty(fit.coefficients, l1_ratio=l1_ratio)
    assert math.isclose(fit.objective, loss + strength * penalty, rel_tol=1e-12)


@pytest.mark.parametrize("constant", [0.1, 0.001, 1e8 + 0.1])
def test_a_constant_column_beside_the_intercept_gets_no_weight(constant):
    for count in range(3, 41):
        x, y = XS[:count, :1], YS[:count]
        columns = np.insert(x, 0, constant, axis=1)
        without = cc.least_squares(x, y, intercept=True)
        for fit in (
            cc.least_squares(columns, y, intercept=True, minimum_norm=True),
            cc.elastic_net(columns, y, strength=0.0, intercept=True),
            cc.ridge(columns, y, strength=1e-300, intercept=True),
        ):
            assert fit.coefficients[0] == 0
            assert math.isclose(fit.coefficients[1], without.coefficients[0], rel_tol=1e-12)
            assert math.isclose(fit.intercept, without.intercept, rel_tol=1e-12)


@pytest.mark.parametrize("l1_ratio", [0.3, 1.0])
def test_the_slopes_meet_their_conditions(l1_ratio):
    fit = cc.elastic_net(XS, YS, strength=2.0, l1_ratio=l1_ratio)
    l1, w = 2.0 * l1_ratio, fit.coefficients
    slope = -2 * XS.T @ (YS - XS @ w) / len(YS) + 2 * 2.0 * (1 - l1_ratio) * w
    assert np.allclose(slope[w != 0], -l1 * np.sign(w[w != 0]), atol=1e-7)
    assert np.all(abs(slope[w == 0]) <= l1)
    steepest = 2 * abs(XS.T @ YS).max() / len(YS)
    missing = max([*abs(slope + l1 * np.sign(w))[w != 0], 0.0])
    assert missing / steepest == pytest.approx(fit.violation, rel=1e-2, abs=1e-13)


def test_an_empty_column_gets_no_weight():
    with_empty = np.column_stack([XS, np.zeros(len(XS))])
    fit = cc.lasso(with_empty, YS, strength=0.1)
    assert fit.coefficients[-1] == 0
    assert np.allclose(fit.coefficients[:-1], cc.lasso(XS, YS, strength=0.1).coefficients)


@pytest.mark.parametrize("function", [cc.lasso, cc.elastic_net])
def test_stopping_too_early_is_said_and_stands_in_the_result(function):
    message = r"not converged in 1 sweeps: the slopes miss their conditions by \d"
    with pytest.warns(RuntimeWarning, match=message) as warned:
        fit = function(XS, YS, strength=0.1, max_sweeps=1)
    assert warned[0].filename == __file__
    assert not fit.converged
    assert fit.sweeps == 1
    assert fit.violation > 1e-10


def test_the_tolerance_decides_when_to_stop():
    features, y = np.random.default_rng(8).normal(size=(20, 100)) + 1.0, YS[:20]
    loose = cc.lasso(features, y, strength=0.01, tolerance=1e-2)
    tight = cc.lasso(features, y, strength=0.01, tolerance=1e-12)
    assert 1 < loose.sweeps < tight.sweeps
    assert tight.violation <= 1e-12 < loose.violation <= 1e-2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exactly_enough = cc.lasso(
            features, y, strength=0.01, tolerance=1e-12, max_sweeps=tight.sweeps
        )
    assert exactly_enough.converged


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_a_change_of_the_targets_units_changes_nothing_else(unit):
    plain = cc.lasso(XS, YS, strength=0.3)
    changed = cc.lasso(XS, YS * unit, strength=0.3 * unit)
    assert np.allclose(changed.coefficients, plain.coefficients * unit, rtol=1e-7)
    assert math.isclose(changed.objective, plain.objective * unit**2, rel_tol=1e-12)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_features_whose_squares_overflow_or_vanish_are_fitted(unit):
    plain = cc.lasso(XS, YS, strength=0.3, intercept=True)
    changed = cc.lasso(XS * unit, YS, strength=0.3 * unit, intercept=True)
    assert np.allclose(changed.coefficients * unit, plain.coefficients, rtol=1e-9, atol=0)
    assert math.isclose(changed.objective, plain.objective, rel_tol=1e-12)
    for l1_ratio in (0.0, 1.0):  # a strength in other units than the features
        for strength in (1e-3, 1e300):
            fit = cc.elastic_net(XS * unit, YS, strength=strength, l1_ratio=l1_ratio)
            assert fit.converged
            assert np.isfinite(fit.objective)
            assert np.isfinite(fit.coefficients).all()
    assert cc.lasso(XS, YS * 1e200, strength=1.0).objective == np.inf


@pytest.mark.parametrize("strength", [0.0, 1e-9, 1e-6, 1e-3, 1e-2])
@pytest.mark.parametrize("shape", [(10, 20), (20, 100), (20, 20), (50, 8)])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_dependent_columns_and_a_small_penalty_take_few_sweeps(shape, strength, l1_ratio):
    rng = np.random.default_rng(8)
    features = rng.normal(size=shape) * 0.1 + rng.normal(size=(shape[0], 1))
    y = rng.normal(size=shape[0])
    fit = cc.elastic_net(features, y, strength=strength, l1_ratio=l1_ratio)
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
        assert np.count_nonzero(cc.lasso(features, y, strength=strength).coefficients) <= 8


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_columns_of_unlike_units_reach_the_minimum(l1_ratio):
    size = 1 / XS.std(axis=0)
    fit, unlike = (
        cc.elastic_net(XS * units, YS, strength=1e-9, l1_ratio=l1_ratio, intercept=True)
        for units in (size, size * [1e5, 1e-2, 1e3, 1.0, 1e-1, 10.0])
    )
    least = np.mean(cc.least_squares(XS, YS, intercept=True).residuals ** 2)
    for each in (fit, unlike):
        assert each.converged
        assert least <= each.objective <= least * (1 + 1e-3)


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7, 1e-9, 1e-11])
@pytest.mark.parametrize("strength", [0.0, 1e-12, 1e-8, 1e-4])
def test_nearly_equal_columns_reach_the_minimum_or_say_so(gap, strength):
    rng = np.random.default_rng(2)
    column = rng.normal(size=50)
    features = np.column_stack([column, column + gap * rng.normal(size=50)])
    y = column + 0.1 * rng.normal(size=50)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fit = cc.lasso(features, y, strength=strength, max_sweeps=100)
    assert fit.converged == (not said)
    assert fit.converged or (strength == 1e-12 and gap < 1e-7)
    assert fit.converged == (fit.violation <= 1e-10)
    slack = 1e-6 if strength == 1e-12 else 1e-9
    if fit.converged:  # no signs have weights with a lower objective
        for signs in ([1, 0], [1, 1], [1, -1], [-1, 1]):
            used = np.flatnonzero(signs)
            with mp.workdps(60):
                a = mp.matrix(features[:, used].tolist())
                bend = 50 * mp.mpf(strength) / 2 * mp.matrix([signs[k] for k in used])
                w = mp.lu_solve(a.T * a, a.T * mp.matrix(y.tolist()) - bend)
                left = mp.norm(mp.matrix(y.tolist()) - a * w) ** 2 / 50
                lowest = left + mp.mpf(strength) * mp.norm(w, 1)
                if all(w[i] * signs[k] >= 0 for i, k in enumerate(used)):
                    assert fit.objective <= lowest + mp.mpf(slack * np.mean(y**2))


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("units", [1.0, 4.0, 1 / 1024])
def test_the_second_of_two_equal_columns_gets_no_weight_at_all(units, intercept):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        first, other = rng.normal(size=(2, 50))
        y = 2 * first + 0.1 * rng.normal(size=50)
        twins = np.column_stack([first, first, other]) * units
        for strength in (0.2 * units, 1e-3 * units):
            fit = cc.lasso(twins, y, strength=strength, intercept=intercept)
            assert fit.coefficients[1] == 0


def test_without_an_l1_penalty_the_answer_is_that_of_ridge_or_of_the_shortest_least_squares():
    for features in (XS, XS[:4]):  # more rows than columns, and fewer
        y = YS[: len(features)]
        ridge = cc.ridge(features, y, strength=0.3, intercept=True)
        fit = cc.elastic_net(features, y, strength=0.3, l1_ratio=0.0, intercept=True)
        assert np.array_equal(fit.coefficients, ridge.coefficients)
        cost = np.mean(ridge.residuals**2) + 0.3 * cc.l2_penalty(ridge.coefficients)
        assert math.isclose(fit.objective, cost, rel_tol=1e-12)
        shortest = cc.least_squares(features, y, minimum_norm=True)
        fit = cc.lasso(features, y, strength=0.0)
        assert np.allclose(fit.coefficients, shortest.coefficients, rtol=1e-12)
        assert (fit.violation, fit.sweeps, fit.converged) == (0, 0, True)


def test_an_elastic_net_of_l1_alone_is_the_lasso():
    lasso, same = cc.lasso(XS, YS, strength=0.3), cc.elastic_net(XS, YS, strength=0.3, l1_ratio=1)
    assert np.array_equal(lasso.coefficients, same.coefficients)


@pytest.mark.parametrize("fit", [cc.lasso, cc.elastic_net])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize(
    ("features", "y"),
    [
        ([[0.0], [0.0]], [1.0, 2.0]),  # columns of zeros, which say nothing
        ([[3.0, 0.1], [3.0, 0.1]], [1.0, 1.0]),  # constant columns
        ([[1.0], [-1.0]], [2.0, 2.0]),  # at right angles to the targets
        ([[1.0], [2.0]], [0.0, 0.0]),
    ],
)
def test_where_no_column_pulls_the_weights_are_0_at_once(fit, intercept, features, y):
    found = fit(features, y, strength=100.0, intercept=intercept)
    assert found.converged
    assert found.violation == 0
    assert not found.coefficients.any()
    assert math.isclose(found.intercept, np.mean(y) if intercept else 0)


@pytest.mark.parametrize("fit", [cc.least_squares, cc.ridge, cc.lasso])
def test_what_every_fit_keeps(fit):
    options = {} if fit is cc.least_squares else {"strength": 0.5}
    single = fit(X.astype(np.float32), Y, intercept=True, **options)
    assert single.coefficients.dtype == np.float32
    assert getattr(single, "residuals", single.coefficients).dtype == np.float32
    assert isinstance(single.intercept, float)
    whole = fit([[1], [2]], [2, 4], **options)
    assert np.array_equal(
        whole.coefficients, fit([[1.0], [2.0]], [2.0, 4.0], **options).coefficients
    )
    assert math.copysign(1, whole.intercept) == 1  # it was not asked for


def test_numpy_is_not_let_warn_or_raise_within_a_fit():
    with np.errstate(all="raise"):
        assert cc.ridge([[1.0], [2.0]], [1.0, 2.0], strength=5e-324).coefficients.tolist() == [1]
        assert cc.lasso([[1e308], [-1e308]], [1e308, 2.0], strength=1e308).converged
