"""The linear classifier: scikit-learn's minima, optimality, its manner, and what it refuses."""

import ast
import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import sklearn.linear_model
import sklearn.svm
from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted

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
    loss = LOSSES[classifier.loss](labels, len(classifier.classes_))
    return loss.value(X @ w.T + b).mean() + strength * penalty


# --- the same minimum as scikit-learn --------------------------------------------------

PEERS = {  # by the name in the closing chapter, whose cell `peer` assigns `scikit_learn`
    ("cross-entropy", "l2"): ("softmax_cross_entropy", 0.001, 1e-7),
    ("cross-entropy", "l1"): ("softmax_cross_entropy", 0.001, 1e-7),
    ("squared error", "l2"): ("squared_error", 0.01, 1e-7),
    ("Crammer-Singer", "l2"): ("crammer_singer", 0.01, 1e-3),
}


def quoted():
    chapter = Path(__file__).parent.parent / "book" / "choosing_a_loss.ipynb"
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "peer")
    (figures,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "scikit_learn"
    )
    return ast.literal_eval(figures)


def peer(loss, penalty, n, strength):
    """scikit-learn's model of a loss, for our λ: its squared norm has a half, others have none."""
    if loss == "squared_error":
        return sklearn.linear_model.Ridge(alpha=n * strength)
    if loss == "crammer_singer":  # its bias is penalised, but by a hundredth
        options = {"multi_class": "crammer_singer", "intercept_scaling": 10, "random_state": 0}
        return sklearn.svm.LinearSVC(C=1 / (2 * n * strength), max_iter=100_000, **options)
    options = {
        "l2": {"C": 1 / (2 * n * strength), "solver": "newton-cg", "tol": 1e-10},
        "l1": {"C": 1 / (n * strength), "solver": "saga", "l1_ratio": 1.0, "tol": 1e-6},
    }[penalty]
    return sklearn.linear_model.LogisticRegression(**options, max_iter=20_000, random_state=0)


@pytest.mark.parametrize("key", PEERS, ids=" ".join)
def test_scikit_learn_reaches_the_same_objective_and_the_chapter_quotes_it(key):
    digits, penalty = cc.load_digits(), key[1]
    x, y = digits.images.reshape(-1, 64)[:1200] / 16, digits.labels[:1200]
    loss, strength, tolerance = PEERS[key]
    theirs = peer(loss, penalty, len(y), strength)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs.fit(x, np.eye(10)[y] if loss == "squared_error" else y)
    ours = LinearClassifier(loss=loss, penalty=penalty, strength=strength).fit(x, y)
    w = np.asarray(theirs.coef_)
    scores = x @ w.T + np.asarray(theirs.intercept_)
    size = np.sum(abs(w)) if penalty == "l1" else np.sum(w**2)
    least = LOSSES[loss](y, 10).value(scores).mean() + strength * size
    assert np.isclose(ours.objective_, least, rtol=tolerance)
    assert np.isclose(quoted()[key], least, rtol=tolerance)


def test_the_chapter_quotes_nothing_else_of_scikit_learn():
    assert quoted().keys() == PEERS.keys()


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


# --- whatever the units: at its minimum, or with a warning ------------------------------

RNG = np.random.default_rng(0)
PLAIN = RNG.normal(size=(120, 3))
CLASSES = (PLAIN @ RNG.normal(size=(3, 3)) + RNG.normal(size=(120, 3))).argmax(axis=1)
UNLIKE = PLAIN * [1e5, 1e-2, 1.0]
WINE = load_wine(return_X_y=True)


def smooth_minimum(loss, x, y, strength):
    """SciPy's minimum of a loss without kinks, with weights of standardised features."""
    count, size = y.max() + 1, x.std(axis=0)
    scaled = np.column_stack([(x - x.mean(axis=0)) / size, np.ones(len(x))])
    of_scores = LOSSES[loss](y, count)
    shrunk = np.append(strength / size**2, 0)

    def value(w):
        w = w.reshape(count, -1)
        scores = scaled @ w.T
        slopes = of_scores.slopes(scores, 0 * scores).T @ scaled / len(x) + 2 * shrunk * w
        return of_scores.value(scores).mean() + np.sum(shrunk * w**2), slopes.ravel()

    start, options = np.zeros(count * scaled.shape[1]), {"gtol": 1e-12, "maxiter": 100_000}
    return scipy.optimize.minimize(value, start, jac=True, method="BFGS", options=options).fun


def hinge_minimum(loss, x, y, strength):
    """SciPy's minimum of a hinge with an L1 penalty, which is a linear program."""
    n, d, count = *x.shape, y.max() + 1
    size = x.std(axis=0)
    features = np.column_stack([x / size, -x / size, np.ones(n), -np.ones(n)])
    features = np.tile(features, (1, count)) * np.repeat(np.eye(count), 2 * d + 2, axis=1)[y]
    others = [np.roll(np.arange(count), -y_i)[1:] for y_i in y]
    rows, slack = [], []
    for i, (k, row) in enumerate((j, other) for j in range(n) for other in others[j]):
        wrong = np.zeros((count, 2 * d + 2))
        wrong[row] = features[k].reshape(count, -1)[y[k]]
        rows.append(wrong.ravel() - features[k])
        slack.append(i if loss == "multiclass_hinge" else k)
    slack = np.eye(max(slack) + 1)[slack]
    of_weights = np.tile(np.concatenate([strength / size, strength / size, [0, 0]]), count)
    cost = np.concatenate([of_weights, np.full(slack.shape[1], 1 / n)])
    table = np.hstack([np.array(rows), -slack])
    return scipy.optimize.linprog(cost, table, -np.ones(len(table)), method="highs").fun


@pytest.mark.parametrize("loss", SMOOTH)
@pytest.mark.parametrize(
    ("x", "y", "strength"),
    [(UNLIKE, CLASSES, 0.0), (UNLIKE, CLASSES, 1e-3), (*WINE, 1e-4)],
    ids=["no penalty", "L2", "raw wine"],
)
def test_features_of_unlike_units_reach_the_same_minimum_as_scipy(loss, x, y, strength):
    fit = LinearClassifier(loss=loss, strength=strength).fit(x, y)
    assert math.isclose(fit.objective_, smooth_minimum(loss, x, y, strength), rel_tol=1e-6)


@pytest.mark.parametrize("loss", HINGES)
@pytest.mark.parametrize(
    ("x", "y", "strength"),
    [
        (UNLIKE, CLASSES, 0.0),
        (UNLIKE, CLASSES, 1e-3),
        (RNG.normal(size=(30, 60)), RNG.integers(3, size=30), 1e-2),
    ],
    ids=["no penalty", "L1", "wide"],
)
def test_hinges_of_unlike_units_reach_the_same_minimum_as_a_linear_program(loss, x, y, strength):
    fit = LinearClassifier(loss=loss, penalty="l1", strength=strength).fit(x, y)
    least = hinge_minimum(loss, x, y, strength)
    assert least * (1 - 1e-9) <= fit.objective_ <= least * (1 + 1e-3)


POWERS = np.vander(np.linspace(0, 10, 60), 7)[:, :-1]  # nearly dependent columns
WAVES = (np.sin(np.linspace(0, 10, 60)) > 0).astype(int)


@pytest.mark.parametrize("penalty", ["l2", "l1"])
@pytest.mark.parametrize("loss", SMOOTH + HINGES)
def test_it_warns_unless_it_is_at_its_minimum(loss, penalty):
    tolerance = 1e-2 if loss in HINGES else 1e-4
    options = {"loss": loss, "penalty": penalty, "strength": 1e-2, "tolerance": tolerance}
    silent, reached = [], []
    for steps in (1, 4, 16, 64, 256, 1024, 4096):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            fit = LinearClassifier(max_iterations=steps, **options).fit(POWERS, WAVES)
        reached.append(fit.objective_)
        if not said:
            silent.append(fit.objective_)
    assert len(silent) < 7
    assert all(objective <= min(reached) * (1 + tolerance) for objective in silent)
    if penalty == "l2":
        assert silent


def test_next_to_no_penalty_separable_classes_end_with_a_warning_and_next_to_no_loss():
    for x, strength in ((PLAIN, 0.0), (1e30 * PLAIN, 1e-3)):
        y = (PLAIN[:, 0] > 0).astype(int)
        with pytest.warns(RuntimeWarning, match="^not converged in .* by 1.0e.00 of itself, more"):
            fit = LinearClassifier(strength=strength).fit(x, y)
        assert fit.objective_ <= 1e-3 * math.log(2)
        assert fit.n_iter_ < 10_000
        assert fit.score(x, y) == 1


def test_a_constant_feature_among_others_gets_no_weight():
    for penalty in PENALTIES:
        fit = LinearClassifier(strength=0.1, penalty=penalty).fit(np.insert(X, 2, 0.1, axis=1), Y)
        assert np.all(fit.coef_[:, 2] == 0)
        without = LinearClassifier(strength=0.1, penalty=penalty).fit(X, Y)
        assert np.allclose(np.delete(fit.coef_, 2, axis=1), without.coef_, atol=1e-5)


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
    fit = LinearClassifier(strength=0).fit([[sign * 1e100], [0.0]] * 3, [0, 1, 0, 1, 1, 0])
    assert math.isclose(fit.objective_, math.log(3) - 2 / 3 * math.log(2), rel_tol=1e-9)
    with pytest.raises(ValueError, match=r"^X must lie within ±1e\+100, got -?1\.1e\+100 at index"):
        LinearClassifier().fit([[sign * 1.1e100], [0.0]], [0, 1])


class Frame:
    """What a data frame's column is to NumPy: something that becomes an array of objects."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=object)


@pytest.mark.parametrize("shape", [np.array, list, lambda y: np.array(y, dtype=object), Frame])
@pytest.mark.parametrize(
    "labels", [["no", "yes"], [False, True], [3, 7], [np.int64(3), 7.0], [np.str_("a"), "b"]]
)
def test_labels_may_be_text_bool_or_whole_numbers_objects_too(labels, shape):
    y = shape([labels[k] for k in CLASSES % 2])
    fit = LinearClassifier(strength=0.1).fit(PLAIN, y)
    assert fit.classes_.tolist() == labels
    assert fit.classes_.dtype.kind in "Ubif"
    assert np.array_equal(fit.coef_, LinearClassifier(strength=0.1).fit(PLAIN, CLASSES % 2).coef_)
    assert fit.score(PLAIN, y) == np.mean(fit.predict(PLAIN) == np.array(labels)[CLASSES % 2])


@pytest.mark.parametrize("shape", [list, lambda y: np.array(y, dtype=object), Frame])
@pytest.mark.parametrize(
    ("labels", "got"),
    [
        ([1, "one"], "int, str"),
        ([None, "one"], "NoneType, str"),
        ([math.nan, "one"], "float, str"),
        ([True, 2], "bool, int"),
        ([True, "yes"], "bool, str"),
    ],
)
def test_labels_of_mixed_kinds_are_refused(labels, got, shape):
    y = shape(labels * 60)
    with pytest.raises(
        TypeError, match=f"^y must be all whole numbers, all bool or all text, got {got}$"
    ):
        LinearClassifier().fit(PLAIN, y)


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
    copy = clone(LinearClassifier(loss="multiclass_hinge", strength=0.5).fit(X, Y))
    assert not hasattr(copy, "coef_")
    assert copy.set_params(strength=2.0, penalty="l1") is copy
    assert (copy.strength, copy.penalty) == (2.0, "l1")
    assert repr(copy).startswith("LinearClassifier(loss='multiclass_hinge', penalty='l1', stre")


# --- scikit-learn's tools ---------------------------------------------------------------

#: Of scikit-learn's own checks, those that can't hold, and why.
OTHER_WAYS = {
    # Refusals are in our words, which name the argument, the rule and what was got.
    "check_classifiers_regression_target": "words",
    "check_complex_data": "words",
    "check_estimator_sparse_array": "words",
    "check_estimator_sparse_matrix": "words",
    "check_estimator_sparse_tag": "words",
    "check_estimators_empty_data_messages": "words",
    "check_estimators_nan_inf": "words",
    "check_fit2d_1sample": "words",
    "check_fit2d_predict1d": "words",
    "check_requires_y_none": "words",
    # Its NotFittedError would need scikit-learn; ours is the ValueError that it descends from.
    "check_estimators_unfitted": "words",
    # Features are numbers, and labels have one axis: nothing is recoded.
    "check_dtype_object": "types",
    "check_supervised_y_2d": "types",
    # The number of features is that of the columns of coef_.
    "check_n_features_in": "n_features_in_",
    "check_n_features_in_after_fitting": "n_features_in_",
}


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "squared_error"])
def test_scikit_learns_own_checks_pass_but_for_those_that_say_why(loss):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of separable data, and of checks that are skipped
        results = check_estimator(LinearClassifier(loss=loss), on_fail=None)
    failed = {each["check_name"] for each in results if each["status"] == "failed"}
    assert failed <= OTHER_WAYS.keys()
    assert sum(each["status"] == "passed" for each in results) > 25


def test_of_two_classes_one_is_the_more_probable_the_further_its_score_leads():
    fit = LinearClassifier(strength=0.1).fit([[-1.0], [1.0]], ["left", "right"])
    x = np.linspace(-9, 9, 101)[:, np.newaxis]
    lead, probabilities = fit.decision_function(x), fit.predict_proba(x)
    assert np.all(np.diff(lead) > 0)
    assert np.all(np.diff(probabilities[:, 1]) > 0)
    assert np.allclose(probabilities[:, 1], 1 / (1 + np.exp(-lead)), rtol=1e-14, atol=0)


def test_scikit_learn_sees_whether_it_is_fitted_and_whether_it_has_probabilities():
    classifier = LinearClassifier(strength=0.1)
    with pytest.raises(NotFittedError):
        check_is_fitted(classifier)
    check_is_fitted(classifier.fit(X, Y))
    assert hasattr(classifier, "predict_proba")
    for loss in HINGES + SMOOTH[1:]:
        assert not hasattr(LinearClassifier(loss=loss), "predict_proba")
        assert not hasattr(make_pipeline(LinearClassifier(loss=loss)), "predict_proba")


# --- what it refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"loss": "hinge"},
            ValueError,
            "^loss must be one of softmax_cross_entropy, .*got 'hinge'$",
        ),
        (
            {"penalty": np.array(["l1", "l2"])},
            TypeError,
            "^penalty must be text, got ndarray$",
        ),
        ({"strength": -1}, ValueError, "^strength must be at least 0, got -1$"),
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
        (X, [None] * N, TypeError, "^y must be whole numbers, bool or text, got NoneType$"),
        (X, [10**30] * N, TypeError, "^y must be .* text, got numbers of more than 64 bits$"),
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
    message = (
        r"^not converged in 3 steps: the objective may be above its minimum by \S+ of itself, "
        r"more than the tolerance 1.0e-0\d$"
    )
    with pytest.warns(RuntimeWarning, match=message):
        classifier.fit(X, Y)
    assert classifier.n_iter_ == 3
    assert classifier.coef_.shape == (3, 4)


@pytest.mark.parametrize("loss", LOSSES)
def test_scikit_learn_ranks_two_classes_by_the_score_of_any_loss(loss):
    classifier = LinearClassifier(loss=loss, strength=0.01)
    assert cross_val_score(classifier, X, Y == 2, scoring="roc_auc").min() > 0.9
    fit = classifier.fit(X, Y == 2)
    assert np.array_equal(fit.predict(X), fit.decision_function(X) > 0)


@pytest.mark.parametrize(("scoring", "at_least"), [("neg_log_loss", -0.3), ("roc_auc_ovr", 0.98)])
def test_scikit_learn_scores_its_probabilities(scoring, at_least):
    assert cross_val_score(LinearClassifier(strength=0.01), X, Y, scoring=scoring).min() > at_least
