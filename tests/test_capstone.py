"""The closing chapter's classifier against scikit-learn, on the same objective and data."""

import ast
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import sklearn.linear_model
import sklearn.svm

import coursecode as cc

CHAPTER = Path(__file__).parent.parent / "book" / "choosing_a_loss.ipynb"
COUNT = 1200
DIGITS = cc.load_digits()
X, Y = DIGITS.images.reshape(-1, 64)[:COUNT] / 16, DIGITS.labels[:COUNT]
ONE_HOT = np.eye(10)[Y]


def logistic(penalty, strength):
    """scikit-learn's C for our λ: its squared norm has a half, its absolute values have none."""
    options = {
        "l2": {"C": 1 / (2 * COUNT * strength), "solver": "newton-cg", "tol": 1e-10},
        "l1": {"C": 1 / (COUNT * strength), "solver": "saga", "l1_ratio": 1.0, "tol": 1e-6},
    }[penalty]
    return sklearn.linear_model.LogisticRegression(**options, max_iter=20_000, random_state=0)


def fitted(name, penalty, strength):
    """Return scikit-learn's weights, biases and the loss of each example under them."""
    if name == "cross-entropy":
        model, loss, target = logistic(penalty, strength), cc.softmax_cross_entropy, Y
    elif name == "squared error":
        model = sklearn.linear_model.Ridge(alpha=COUNT * strength)
        loss, target = lambda y, s: np.sum((s - ONE_HOT) ** 2, axis=1), ONE_HOT
    else:  # its bias is penalised, but by a hundredth
        options = {"multi_class": "crammer_singer", "intercept_scaling": 10, "random_state": 0}
        model = sklearn.svm.LinearSVC(C=1 / (2 * COUNT * strength), max_iter=100_000, **options)
        loss, target = cc.crammer_singer_loss, Y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model.fit(X, target)
    weights, biases = np.asarray(model.coef_), np.asarray(model.intercept_)
    return weights, biases, loss(Y, X @ weights.T + biases)


CASES = {
    ("cross-entropy", "l2"): ("softmax_cross_entropy", 0.001, 1e-7),
    ("cross-entropy", "l1"): ("softmax_cross_entropy", 0.001, 1e-7),
    ("squared error", "l2"): ("squared_error", 0.01, 1e-7),
    ("Crammer-Singer", "l2"): ("crammer_singer", 0.01, 1e-3),
}


@pytest.fixture(scope="module", params=CASES, ids=" ".join)
def case(request):
    """Weights, biases and objectives of both programs for one objective."""
    name, penalty = request.param
    loss, strength, tolerance = CASES[request.param]
    weights, biases, losses = fitted(name, penalty, strength)
    size = np.sum(abs(weights)) if penalty == "l1" else np.sum(weights**2)
    theirs = losses.mean() + strength * size
    ours = cc.LinearClassifier(loss=loss, penalty=penalty, strength=strength).fit(X, Y)
    return request.param, tolerance, ours, theirs, weights, biases


def test_scikit_learn_reaches_the_same_objective(case):
    _, tolerance, ours, theirs, _, _ = case
    assert np.isclose(ours.objective_, theirs, rtol=tolerance)


def test_scikit_learn_decides_alike(case):
    _, tolerance, ours, _, weights, biases = case
    scores = X @ weights.T + biases
    alike = np.mean(scores.argmax(axis=1) == ours.predict(X))
    assert alike == 1 if tolerance < 1e-6 else alike > 0.99


def test_the_chapter_quotes_scikit_learn_truly(case):
    if not CHAPTER.exists():
        pytest.skip("needs the chapter choosing_a_loss")
    key, tolerance, _, theirs, _, _ = case
    assert np.isclose(quoted()[key], theirs, rtol=tolerance)


def test_the_chapter_quotes_nothing_else():
    if not CHAPTER.exists():
        pytest.skip("needs the chapter choosing_a_loss")
    assert quoted().keys() == CASES.keys()


def quoted():
    """Read the figures that the chapter assigns to `scikit_learn`."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "peer")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "scikit_learn":
            return ast.literal_eval(node.value)
    raise AssertionError("the cell `peer` assigns nothing to scikit_learn")
