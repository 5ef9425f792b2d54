"""Exponentials of scores, and the losses of classifiers: values, laws, gradients and digits."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import coursecode as cc
from tests import oracles
from tests.strategies import distributions, hard_distributions, scores

INF = np.inf
IMAGES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])
# --- exponentials -----------------------------------------------------------------------


def test_logsumexp_of_infinite_scores():
    rows = [[-INF, -INF], [INF, 0.0], [INF, INF], [INF, -INF], [-INF, 2.0]]
    assert cc.logsumexp(rows).tolist() == [-INF, INF, INF, INF, 2.0]


def test_sigmoid_at_the_middle_and_the_ends():
    assert cc.sigmoid([-INF, 0.0, INF]).tolist() == [0.0, 0.5, 1.0]
    assert cc.log_sigmoid([-INF, 0.0, INF]).tolist() == [-INF, -math.log(2), 0.0]


@given(scores())
def test_exponentials_are_right_to_a_few_units_at_any_width(s):
    for function in (cc.softmax, cc.log_softmax, cc.logsumexp):
        expected = getattr(oracles, function.__name__)(s)
        assert oracles.ulp_error(function(s), expected) < 4


# --- losses ---------------------------------------------------------------------------


def example():
    """Scores, a class and probabilities of labels for one example."""
    return st.integers(2, 6).flatmap(
        lambda n: st.tuples(scores(n, 20), st.integers(0, n - 1), distributions(n))
    )


def test_a_class_that_is_ruled_out_costs_infinity_where_it_is_true():
    for labels in (0, [1.0, 0.0], [0.5, 0.5]):
        assert cc.softmax_cross_entropy(labels, [-INF, 1.0]) == INF
    assert cc.softmax_cross_entropy(1, [-INF, 1.0]) == 0
    assert cc.softmax_cross_entropy([0.0, 1.0], [-INF, 1.0]) == 0
    assert cc.softmax_cross_entropy(1, [-INF, 1.0], label_smoothing=0.1) == INF


def test_what_has_no_weight_costs_nothing():
    assert cc.softmax_cross_entropy(0, [-INF, 1.0], class_weights=[0, 1]) == 0
    assert cc.softmax_cross_entropy([0.5, 0.5], [-INF, 1.0], class_weights=[0, 1]) == 0


@given(example(), st.floats(0, 1))
def test_smoothing_and_weights_are_those_of_the_labels(case, smoothing):
    s, k, y = case
    weights = 1.0 + np.arange(len(s))
    for labels, rows in ((k, np.eye(len(s))[k]), (y, y)):
        smoothed = (1 - smoothing) * rows + smoothing / len(s)
        expected = np.sum(weights * smoothed * -np.log(cc.softmax(s)))
        options = {"label_smoothing": smoothing, "class_weights": weights}
        loss = cc.softmax_cross_entropy(labels, s, **options)
        assert math.isclose(loss, expected, rel_tol=1e-10)


def test_infinite_scores_cost_nothing_or_everything():
    labels, logits = [1, 0, 1, 0, 0.5], [INF, -INF, -INF, INF, INF]
    assert cc.binary_cross_entropy(labels, logits).tolist() == [0, 0, INF, INF, INF]
    assert cc.binary_cross_entropy_gradient(labels, logits).tolist() == [0, 0, -1, 1, 0.5]


@given(example())
def test_brier_score_is_the_squared_distance(case):
    s, k, y = case
    q = cc.softmax(s)
    for labels, rows in ((k, np.eye(len(s))[k]), (y, y)):
        assert math.isclose(
            cc.brier_score(labels, q), sum((q - rows) ** 2), rel_tol=1e-13, abs_tol=1e-30
        )
        assert np.allclose(cc.brier_score_gradient(labels, q), 2 * (q - rows), atol=1e-15)


def test_labels_that_fit_neither_form_are_told_both():
    message = (
        r"^shapes must match, got labels \(3, 1\) and logits \(3, 3\): "
        r"labels are classes \(3,\) or probabilities \(3, 3\)$"
    )
    with pytest.raises(ValueError, match=message):
        cc.softmax_cross_entropy(LABELS[:, np.newaxis], IMAGES)


def test_a_class_weight_beyond_the_type_of_the_scores_gives_no_warning():
    logits = IMAGES.astype(np.float32)
    losses = cc.softmax_cross_entropy(LABELS, logits, class_weights=[1e300, 1, 0])
    assert losses.dtype == np.float32
    assert losses[0] == np.inf
    assert np.array_equal(losses[1:], [cc.softmax_cross_entropy(1, logits[1]), 0])
    gradient = cc.softmax_cross_entropy_gradient(LABELS, logits, class_weights=[1e300, 1, 0])
    assert gradient.dtype == np.float32
    assert gradient[0].tolist() == [-INF, INF, INF]


@pytest.mark.parametrize("kind", [bool, *np.typecodes["AllInteger"]])
def test_one_hot_labels_of_whole_numbers_leave_float32(kind):
    labels, logits = np.eye(3, dtype=kind), IMAGES.astype(np.float32)
    for function in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient):
        result = function(labels, logits)
        assert result.dtype == np.float32
        assert np.array_equal(result, function(labels.astype(np.float32), logits))


@pytest.mark.parametrize("labels", [np.array([0, 1]), np.eye(2, dtype=int)])
def test_a_weight_beyond_float32_counts_where_its_product_is_within(labels):
    logits, weights = np.array([[23.0, 0.0], [0.0, 1.0]]), [1e39, 1.0]
    for function in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient):
        single = function(labels, logits.astype(np.float32), class_weights=weights)
        assert single.dtype == np.float32
        assert np.isfinite(single).all()
        assert np.allclose(single, function(labels, logits, class_weights=weights), rtol=1e-6)


def test_an_example_beyond_all_range_leaves_those_beside_it_as_they_are():
    labels = np.array([[0.9, 0.1], [0.5, 0.5], [0.25, 0.75], [0.5, 0.5]])
    logits = np.array([[1e308, -1e308], [1.0, 2.0], [30.0, -0.5], [-INF, 0.0]])
    losses = cc.softmax_cross_entropy(labels, logits)
    assert losses[[0, 3]].tolist() == [INF, INF]
    assert np.allclose(losses[1:3], cc.softmax_cross_entropy(labels[1:3], logits[1:3]), rtol=1e-15)


# --- the hardest inputs, against 50-digit arithmetic ---------------------------------------


def hard_scores(dtype):
    """Dominated, masked, tied, offset, huge and subnormal scores, and random ones of all scales."""
    huge = float(np.finfo(dtype).max) / 2
    named = [
        [0, 0, 0],
        [3.2, 5.1, -1.7],
        [1e4, -1e4, 0],
        [huge, -huge, 0],
        [huge, huge, huge],
        [-huge, -huge, -huge],
        [0.1, 700.3, 3],
        [0.1, -700.3, 3],
        [0.1, 80.3, -3],
        [0.1, -95.7, 0.3],
        [5, -40, -41.3],
        [1e-5, -50, -60],
        [-1e-10, -30, -31],
        [1e-30, -80, -81],
        [50, 0, 0],
        [36.04, 0, 0],
        [0, -745.1, -700],
        [0, -100.3, -103.2],
        [-np.inf, 0, 1],
        [-np.inf, -np.inf, 3.3],
        [1e4 + 0.1, 1e4, 1e4 - 0.7],
        [-1e4 - 0.3, -1e4, -1e4 + 3],
        [1e-40, 0, -1e-40],
        [300.7, -299.3, 200],
        [710, 709, -3],
        [88.9, 88, -3],
        [-720, -721.3, -1000],
        [-88.3, -89.1, -120],
        [16.1, 0.3, 0.7],
        [1e5, 1e5 - 20.3, 1e5 - 17.7],
    ]
    rng = np.random.default_rng(0)
    random = [rng.normal(size=(6, 3)) * scale for scale in (0.1, 1, 3, 10, 30, 100, 1000)]
    return np.vstack([named, *random]).astype(dtype)


@pytest.fixture
def rows(dtype):
    return hard_scores(dtype)


def test_softmax_and_its_logarithm_are_right_to_three_units_in_the_last_place(rows):
    for function in (cc.softmax, cc.log_softmax):
        expected = [getattr(oracles, function.__name__)(s) for s in rows]
        assert oracles.ulp_error(function(rows), expected) < 3


@pytest.mark.parametrize("label", range(3))
def test_cross_entropy_and_its_gradient_are_right_to_a_few_units_for_both_labels(rows, label):
    losses = [oracles.neg_log_softmax(s, label) for s in rows]
    gradients = [oracles.cross_entropy_gradient(label, s) for s in rows]
    classes = np.full(len(rows), label)
    for labels, units in ((classes, 3), (np.eye(3, dtype=rows.dtype)[classes], 4)):
        assert oracles.ulp_error(cc.softmax_cross_entropy(labels, rows), losses) < 3
        found = cc.softmax_cross_entropy_gradient(labels, rows)
        assert oracles.ulp_error(found, gradients) < units


def test_logsumexp_is_right_to_one_and_a_half_units_away_from_zero(rows):
    exact = [oracles.logsumexp(s) for s in rows]
    assert oracles.ulp_error(cc.logsumexp(rows), exact) < 3
    away = np.array([abs(v) >= 1 for v in exact])
    assert oracles.ulp_error(cc.logsumexp(rows[away]), np.array(exact)[away]) < 1.5


def test_logsumexp_of_float32_is_no_worse_than_its_sum():
    # NumPy's float32 logarithm alone is off by 2.5 units for some sums between 1.5 and 2.
    s = np.linspace(-0.69, 0, 200_001, dtype=np.float32)
    got, exact = (
        cc.logsumexp(np.stack([np.zeros_like(s), s], axis=-1)),
        np.logaddexp(0, s, dtype=float),
    )
    assert (abs(got - exact) / np.spacing(exact.astype(np.float32))).max() < 3.5


def test_gradient_of_soft_labels_keeps_what_they_leave_to_the_other_classes():
    p, s = np.array([1 - 2.0**-40, 2.0**-40]), np.array([40.0, 0.0])
    q = oracles.softmax(s)
    expected = [q[k] - oracles.exact(p[k]) for k in range(2)]
    assert oracles.ulp_error(cc.softmax_cross_entropy_gradient(p, s), expected) < 4


def test_a_loss_beyond_its_type_is_infinite_and_one_of_nothing_is_zero(dtype):
    huge = float(np.finfo(dtype).max) * 0.75
    s = np.array([huge, -huge], dtype)
    right, wrong = np.eye(2, dtype=dtype)
    assert cc.softmax_cross_entropy(right, s) == 0
    assert cc.softmax_cross_entropy(wrong, s) == np.inf
    # A share of what is infinite is so too, though it would have a place in the type.
    assert cc.softmax_cross_entropy(0, s, label_smoothing=0.5) == np.inf
    masked = np.array([huge, -np.inf, 0], dtype)
    assert cc.softmax_cross_entropy(0, masked, label_smoothing=0.5) == np.inf


@pytest.mark.parametrize("top", [-2.7, -1.5, -0.6, -0.01])
def test_a_subnormal_share_of_a_small_sum_is_right_to_its_last_digit(top, dtype):
    info = np.finfo(dtype)
    for above in (1.5, 3.4, 10.6, 1000.5):
        lowest = float(np.log(info.smallest_subnormal, dtype=np.float64)) + math.log(above)
        s = np.array([top, lowest], dtype)
        assert oracles.ulp_error(cc.softmax(s), oracles.softmax(s)) < 3
        loss = [oracles.neg_log_softmax(s, 0)]
        assert oracles.ulp_error(cc.softmax_cross_entropy(0, s), loss) < 3


def test_brier_score_is_right_to_four_units(dtype):
    for p in hard_distributions(dtype):
        assert oracles.ulp_error(cc.brier_score(0, p), [oracles.brier_score(0, p)]) < 4


@pytest.mark.parametrize(
    "function", [cc.logsumexp, cc.softmax, cc.log_softmax], ids=lambda f: f.__name__
)
def test_sums_over_many_classes_stay_exact(function):
    s = np.random.default_rng(5).normal(size=5000) * 5
    total = mp.fsum(map(mp.exp, map(oracles.exact, s)))
    expected = {
        cc.logsumexp: [mp.log(total)],
        cc.softmax: [mp.exp(oracles.exact(v)) / total for v in s],
        cc.log_softmax: [oracles.exact(v) - mp.log(total) for v in s],
    }
    assert oracles.ulp_error(function(s), expected[function]) < 6
