"""The linear classifier: scikit-learn's minima, optimality, its manner, and what it refuses."""

import math

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import SVC, LinearSVC

import coursecode as cc
from coursecode import LinearClassifier
from coursecode.classifier import LOSSES, onto_box, onto_simplex

X, Y = load_iris(return_X_y=True)
N = len(Y)
SMOOTH = ["softmax_cross_entropy", "squared_error", "squared_multiclass_hinge"]
HINGES = ["multiclass_hinge", "crammer_singer"]
PENALTIES = ["l2", "l1", "elastic_net"]


def objective(classifier, w, b, strength):
    labels = np.searchsorted(classifier.classes_, Y)
    l1_ratio = {"l2": 0, "l1": 1}.get(classifier.penalty, classifier.l1_ratio)
    penalty = cc.elastic_net_penalty(w, l1_ratio=l1_ratio).sum()
    return LOSSES[classifier.loss](labels, len(classifier.classes_)).value(X @ w.T + b).mean() + strength * penalty


# --- the same minimum as scikit-learn ------------------------------------------------


def test_logistic_regression_has_the_same_minimum():
    ours = LinearClassifier(strength=1e-2, tolerance=1e-10).fit(X, Y)
    theirs = LogisticRegression(C=1 / (2 * N * 1e-2), tol=1e-10, max_iter=10_000).fit(X, Y)
    assert np.allclose(ours.coef_, theirs.coef_, atol=1e-5)
    assert np.allclose(ours.intercept_, theirs.intercept_, atol=2e-5)
    assert np.allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)
    assert np.array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, Y) == theirs.score(X, Y)


def test_l1_logistic_regression_has_the_same_minimum():
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    ours = LinearClassifier(strength=2e-2, penalty="l1", tolerance=1e-9).fit(scaled, Y)
    theirs = LogisticRegression(
        C=1 / (N * 2e-2), l1_ratio=1.0, solver="saga", tol=1e-8, max_iter=100_000, random_state=0
    ).fit(scaled, Y)
    assert np.allclose(ours.coef_, theirs.coef_, atol=1e-4)
    assert np.array_equal(ours.coef_ == 0, theirs.coef_ == 0)
    assert np.any(ours.coef_ == 0)


def test_ridge_on_one_hot_labels_has_the_same_minimum():
    ours = LinearClassifier(loss="squared_error", strength=1e-2, tolerance=1e-12).fit(X, Y)
    theirs = Ridge(alpha=N * 1e-2).fit(X, np.eye(3)[Y])
    assert np.allclose(ours.coef_, theirs.coef_, atol=1e-9)
    assert np.allclose(ours.intercept_, theirs.intercept_, atol=1e-9)


@pytest.mark.parametrize("loss", HINGES)
def test_a_support_vector_machine_of_two_classes_has_the_same_minimum(loss):
    """By symmetry the two rows of W are ±w/2, and their penalty half of that of w."""
    x, y, strength = X[50:], Y[50:], 1e-2
    ours = LinearClassifier(loss=loss, strength=strength, tolerance=1e-6).fit(x, y)
    theirs = SVC(kernel="linear", C=1 / (strength * len(y)), tol=1e-8).fit(x, y)
    assert np.allclose(ours.coef_[1] - ours.coef_[0], theirs.coef_[0], atol=1e-3)
    assert math.isclose(ours.intercept_[1] - ours.intercept_[0], theirs.intercept_[0], abs_tol=5e-3)
    assert np.array_equal(ours.predict(x), theirs.predict(x))


def test_the_machine_of_crammer_and_singer_reaches_no_lower_objective():
    """scikit-learn's has no free intercept; ours has, so that it can only do better."""
    centred = X - X.mean(axis=0)
    theirs = LinearSVC(
        multi_class="crammer_singer",
        C=1 / (2 * N * 1e-2),
        fit_intercept=False,
        tol=1e-8,
        max_iter=100_000,
    ).fit(centred, Y)
    ours = LinearClassifier(loss="crammer_singer", strength=1e-2, tolerance=1e-5).fit(centred, Y)
    loss = cc.crammer_singer_loss(Y, centred @ theirs.coef_.T).mean()
    reached = loss + 1e-2 * cc.l2_penalty(theirs.coef_).sum()
    assert ours.objective_ < reached


# --- at its minimum ------------------------------------------------------------------


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", SMOOTH + HINGES)
def test_no_other_weights_have_a_lower_objective(loss, penalty):
    strength = 0.02
    classifier = LinearClassifier(loss=loss, penalty=penalty, strength=strength, l1_ratio=0.3)
    classifier.fit(X, Y)
    w, b = classifier.coef_, classifier.intercept_
    best = objective(classifier, w, b, strength)
    assert math.isclose(classifier.objective_, best, rel_tol=1e-12)
    slack = 3e-3 if loss in HINGES else 1e-8  # as the tolerance allows
    rng = np.random.default_rng(0)
    for size in (1, 0.1, 0.01):
        for _ in range(10):
            step = size * rng.normal(size=w.shape)
            shift = size * rng.normal(size=b.shape) - step @ X.mean(axis=0)
            assert objective(classifier, w + step, b + shift, strength) > best - slack
    assert best < objective(classifier, 0 * w, 0 * b, strength)


@pytest.mark.parametrize("loss", HINGES)
def test_a_smaller_tolerance_brings_a_hinge_nearer_to_its_minimum(loss):
    fits = [
        LinearClassifier(loss=loss, strength=0.01, tolerance=tolerance).fit(X, Y)
        for tolerance in (1e-1, 1e-3, 1e-6)
    ]
    objectives = [fit.objective_ for fit in fits]
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[1] - objectives[2] < 1e-3
    assert fits[0].n_iter_ < fits[1].n_iter_ < fits[2].n_iter_


def test_a_strong_penalty_leaves_the_class_frequencies():
    y = Y[:120]  # 50, 50 and 20
    for penalty in PENALTIES:
        fit = LinearClassifier(strength=1e6, penalty=penalty).fit(X[:120], y)
        assert np.allclose(fit.coef_, 0, atol=1e-5)
        assert np.allclose(fit.predict_proba(X[:3]), [5 / 12, 5 / 12, 2 / 12], atol=1e-4)


def test_l1_sets_weights_to_zero_and_l2_does_not():
    l1 = LinearClassifier(penalty="l1", strength=0.05).fit(X, Y)
    l2 = LinearClassifier(penalty="l2", strength=0.05).fit(X, Y)
    assert np.mean(l1.coef_ == 0) > 0.3
    assert np.all(l2.coef_ != 0)


def test_constant_features_get_no_weight():
    fit = LinearClassifier(strength=0.1).fit(np.ones((6, 2)), [0, 0, 0, 1, 1, 1])
    assert np.all(fit.coef_ == 0)
    assert np.allclose(fit.predict_proba([[1.0, 1.0]]), 0.5)
    hinge = LinearClassifier(loss="multiclass_hinge").fit(np.ones((4, 1)), [0, 0, 1, 1])
    assert np.all(hinge.coef_ == 0)


def test_the_digits_are_learnt_in_seconds():
    digits = cc.load_digits()
    x, y = digits.images.reshape(-1, 64) / 16, digits.labels
    for loss, least in (("softmax_cross_entropy", 0.9), ("multiclass_hinge", 0.9)):
        fit = LinearClassifier(loss=loss, strength=1e-3).fit(x[:1200], y[:1200])
        assert fit.score(x[1200:], y[1200:]) > least


# --- multipliers ---------------------------------------------------------------------


@pytest.mark.parametrize("project", [onto_box, onto_simplex])
def test_projections_are_the_nearest_allowed_points(project):
    rng = np.random.default_rng(1)
    a = rng.normal(size=(200, 4)) * 2
    nearest = project(a)
    assert np.all(nearest >= 0)
    allowed = rng.dirichlet(np.ones(5), size=200)[:, :4]  # in the simplex, and so in the box
    if project is onto_box:
        allowed = rng.random((200, 4))
    else:
        assert np.all(nearest.sum(axis=1) <= 1 + 1e-12)
    assert np.array_equal(np.round(project(nearest), 12), np.round(nearest, 12))
    # The way to the nearest point makes no acute angle with the way to another.
    assert np.all(np.sum((a - nearest) * (allowed - nearest), axis=1) <= 1e-12)


# --- its manner ----------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
def test_the_usual_tolerance_is_a_thousandth_for_a_hinge_and_a_millionth_else(loss):
    usual = 1e-3 if loss in ("multiclass_hinge", "crammer_singer") else 1e-6
    default, said = (
        LinearClassifier(loss=loss, strength=0.1, tolerance=tolerance).fit(X[::10], Y[::10])
        for tolerance in (None, usual)
    )
    assert default.n_iter_ == said.n_iter_
    assert np.array_equal(default.coef_, said.coef_)


@pytest.mark.parametrize("sign", [1, -1])
def test_features_may_be_as_large_as_their_squares_allow(sign):
    LinearClassifier(max_iterations=100_000, strength=0).fit(
        [[sign * 1e100], [0.0]] * 2, [0, 1] * 2
    )
    with pytest.raises(ValueError, match=r"^X must lie within ±1e\+100, got -?1\.1e\+100 at index"):
        LinearClassifier().fit([[sign * 1.1e100], [0.0]], [0, 1])


def test_labels_may_be_text_bool_or_whole_numbers():
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    by_name, by_number = (LinearClassifier(strength=0.1).fit(X, y) for y in (names, Y + 7))
    assert by_name.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert np.array_equal(by_name.coef_, by_number.coef_)
    assert by_number.predict(X[:1]).tolist() == [7]
    assert by_name.predict(X[:1]).tolist() == ["setosa"]
    assert by_name.score(X, names) == by_number.score(X, Y + 7)
    floats = LinearClassifier(strength=0.1).fit(X, Y.astype(float))
    assert np.array_equal(floats.coef_, by_number.coef_)
    assert LinearClassifier().fit([[0.0], [1.0]], [False, True]).predict([[5.0]]).tolist() == [True]


def test_scores_are_linear_and_probabilities_their_softmax():
    fit = LinearClassifier(strength=0.1).fit(X, Y)
    scores = fit.decision_function(X)
    assert np.allclose(scores, X @ fit.coef_.T + fit.intercept_)
    assert np.array_equal(fit.predict_proba(X), cc.softmax(scores))
    assert np.array_equal(fit.predict(X), scores.argmax(axis=1))


def test_it_is_deterministic_and_takes_single_precision():
    first, second = (LinearClassifier(strength=0.1).fit(X, Y) for _ in range(2))
    assert np.array_equal(first.coef_, second.coef_)
    single = LinearClassifier(strength=0.1).fit(X.astype(np.float32), Y)
    assert np.allclose(single.coef_, first.coef_, atol=1e-5)


def test_scikit_learn_can_clone_it():
    classifier = LinearClassifier(loss="multiclass_hinge", strength=0.5).fit(X, Y)
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    assert not hasattr(copy, "coef_")
    assert copy.set_params(strength=2.0, penalty="l1") is copy
    assert (copy.strength, copy.penalty) == (2.0, "l1")
    assert repr(copy).startswith("LinearClassifier(loss='multiclass_hinge', penalty='l1', stre")


# --- what it refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"loss": "hinge"},
            ValueError,
            "^loss must be one of softmax_cross_entropy, .*got 'hinge'$",
        ),
        ({"loss": None}, TypeError, "^loss must be text, got NoneType$"),
        (
            {"penalty": np.array(["l1", "l2"])},
            TypeError,
            "^penalty must be text, got ndarray$",
        ),
        ({"penalty": "l3"}, ValueError, "^penalty must be one of l2, l1, elastic_net, got 'l3'$"),
        ({"strength": -1}, ValueError, "^strength must be at least 0, got -1$"),
        ({"strength": "1"}, TypeError, "^strength must be a real number, got str$"),
        ({"l1_ratio": 2}, ValueError, "^l1_ratio must be at most 1, got 2$"),
        ({"tolerance": 0}, ValueError, "^tolerance must be above 0, got 0$"),
        ({"max_iterations": 0}, ValueError, "^max_iterations must be at least 1, got 0$"),
    ],
)
def test_bad_parameters_are_refused_by_fit(options, error, message):
    with pytest.raises(error, match=message):
        LinearClassifier(**options).fit(X, Y)


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (X[0], Y[:1], ValueError, r"^X must have shape \(n, d\), got \(4,\)$"),
        (X, Y[:5], ValueError, r"^shapes must match, got X \(150, 4\) and y \(5,\)$"),
        (X, Y[:, np.newaxis], ValueError, r"^shapes must match, got X .* and y \(150, 1\)$"),
        (X, np.zeros(N), ValueError, "^y must have at least two classes, got 0.0 only$"),
        (X, Y + 0.5, ValueError, "^y must be whole numbers, got 0.5 at index 0$"),
        (
            X,
            np.where(Y > 0, Y, np.nan),
            ValueError,
            "^y must be whole numbers, got nan at index 0$",
        ),
        (X, [0.0, np.inf] * 75, ValueError, "^y must be whole numbers, got inf at index 1$"),
        (
            X * 1e200,
            Y,
            ValueError,
            r"^X must lie within ±1e\+100, got \S+e\+200 at index \(0, 0\)$",
        ),
        (X, Y + 0j, TypeError, "^y must be whole numbers, bool or text, got complex128$"),
        (X, [None] * N, TypeError, "^y must be whole numbers, bool or text, got object$"),
        (X * np.inf, Y, ValueError, r"^X must be finite, got inf at index \(0, 0\)$"),
        (X.astype(str), Y, TypeError, "^X must be real numbers, got text$"),
        (X[:0], Y[:0], ValueError, r"^X must not be empty, got shape \(0, 4\)$"),
    ],
)
def test_bad_data_are_refused_by_fit(x, y, error, message):
    with pytest.raises(error, match=message):
        LinearClassifier().fit(x, y)


def test_bad_data_are_refused_afterwards():
    fit = LinearClassifier(loss="squared_error", strength=0.1).fit(X, Y)
    for use in (fit.decision_function, fit.predict):
        with pytest.raises(ValueError, match=r"^X must have shape \(n, 4\), got \(150, 3\)$"):
            use(X[:, :3])
        with pytest.raises(ValueError, match=r"^X must have shape \(n, 4\), got \(4,\)$"):
            use(X[0])
        with pytest.raises(ValueError, match=r"^X must be finite, got nan at index \(0, 0\)$"):
            use(X * np.nan)
    with pytest.raises(ValueError, match=r"^shapes must match, got X \(150, 4\) and y \(150, 1\)$"):
        fit.score(X, Y[:, np.newaxis])
    with pytest.raises(ValueError, match=r"^y must be whole numbers, got nan at index 0$"):
        fit.score(X, Y * np.nan)
    with pytest.raises(TypeError, match=r"^y must be numbers as in fit, got <U"):
        fit.score(X, Y.astype(str))
    words = LinearClassifier(strength=0.1).fit(X, Y.astype(str))
    with pytest.raises(TypeError, match=r"^y must be text as in fit, got int"):
        words.score(X, Y)
    assert words.score(X, np.full(N, "unseen")) == 0
    with pytest.raises(
        AttributeError, match=r"^probabilities need the softmax_cross_entropy, got sq"
    ):
        fit.predict_proba(X)
    with pytest.raises(ValueError, match=r"^parameter must be one of loss, .*got 'alpha'$"):
        fit.set_params(alpha=1)


def test_it_must_be_fitted_first():
    with pytest.raises(ValueError, match=r"^LinearClassifier must be fitted first: call fit"):
        LinearClassifier().predict(X)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "multiclass_hinge"])
def test_stopping_too_early_is_said_and_what_was_reached_is_kept(loss):
    classifier = LinearClassifier(loss=loss, max_iterations=3)
    with pytest.warns(
        RuntimeWarning, match=r"^not converged in 3 steps: \S+ of the slopes is left"
    ):
        classifier.fit(X, Y)
    assert classifier.n_iter_ == 3
    assert classifier.coef_.shape == (3, 4)


def test_separable_data_without_a_penalty_have_no_minimum():
    with pytest.warns(RuntimeWarning, match="not converged"):
        fit = LinearClassifier(strength=0, max_iterations=300).fit([[-1.0], [1.0]], [0, 1])
    assert fit.objective_ < 0.01
