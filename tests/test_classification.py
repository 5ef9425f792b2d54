"""Losses of classifiers: values as formulas, laws, gradients, soft labels, smoothing, weights."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import coursecode as cc
from tests.strategies import distributions, scores

INF = np.inf
IMAGES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])
WEIGHTS = [0.5, 2.0, 3.0]


def example():
    """Scores, a class and probabilities of labels for one example."""
    return st.integers(2, 6).flatmap(
        lambda n: st.tuples(scores(n, 20), st.integers(0, n - 1), distributions(n))
    )


def negative_log_softmax(row, k):
    return -math.log(math.exp(row[k]) / sum(math.exp(s) for s in row))


def test_losses_of_the_three_images():
    losses = cc.softmax_cross_entropy(LABELS, IMAGES)
    expected = [negative_log_softmax(row, k) for row, k in zip(IMAGES, LABELS, strict=True)]
    assert np.allclose(losses, expected, rtol=1e-14)
    assert losses.round(3).tolist() == [2.040, 0.079, 6.156]


def test_loss_at_the_start_is_the_logarithm_of_the_number_of_classes():
    assert cc.softmax_cross_entropy(3, np.zeros(10)) == math.log(10)


def test_a_confident_right_answer_still_costs_something():
    assert cc.softmax_cross_entropy(0, [50.0, 0.0]) == pytest.approx(math.exp(-50), rel=1e-15)
    assert cc.softmax_cross_entropy(0, [0.0, 1e4]) == 1e4
    assert cc.softmax_cross_entropy(0, [-1e308, 0.5e308]) == 1.5e308


def test_a_class_that_is_ruled_out_costs_infinity_where_it_is_true():
    for labels in (0, [1.0, 0.0], [0.5, 0.5]):
        assert cc.softmax_cross_entropy(labels, [-INF, 1.0]) == INF
    assert cc.softmax_cross_entropy(1, [-INF, 1.0]) == 0
    assert cc.softmax_cross_entropy([0.0, 1.0], [-INF, 1.0]) == 0
    assert cc.softmax_cross_entropy(1, [-INF, 1.0], label_smoothing=0.1) == INF


def test_what_has_no_weight_costs_nothing():
    assert cc.softmax_cross_entropy(0, [-INF, 1.0], class_weights=[0, 1]) == 0
    assert cc.softmax_cross_entropy([0.5, 0.5], [-INF, 1.0], class_weights=[0, 1]) == 0


@given(example())
def test_classes_and_one_hot_rows_cost_the_same(case):
    s, k, _ = case
    one_hot = np.eye(len(s))[k]
    for options in ({}, {"label_smoothing": 0.2}, {"class_weights": np.arange(len(s))}):
        by_class = cc.softmax_cross_entropy(k, s, **options)
        by_row = cc.softmax_cross_entropy(one_hot, s, **options)
        assert math.isclose(by_class, by_row, rel_tol=1e-13)
        by_class = cc.softmax_cross_entropy_gradient(k, s, **options)
        by_row = cc.softmax_cross_entropy_gradient(one_hot, s, **options)
        assert np.allclose(by_class, by_row, rtol=1e-12, atol=1e-15)


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


@given(example())
def test_soft_labels_are_cross_entropy(case):
    s, _, y = case
    expected = cc.cross_entropy(y, cc.softmax(s))
    loss = cc.softmax_cross_entropy(y, s)
    assert math.isclose(loss, expected, rel_tol=1e-12, abs_tol=1e-14)


@given(example(), st.floats(-100, 100))
def test_a_shift_of_the_scores_changes_no_loss(case, shift):
    s, k, _ = case
    shifted = cc.softmax_cross_entropy(k, s + shift)
    assert math.isclose(shifted, cc.softmax_cross_entropy(k, s), rel_tol=1e-9, abs_tol=1e-12)


@given(example())
def test_gradient_is_probabilities_minus_labels(case):
    s, k, y = case
    q = cc.softmax(s)
    assert np.allclose(cc.softmax_cross_entropy_gradient(k, s), q - np.eye(len(s))[k], atol=1e-15)
    assert np.allclose(cc.softmax_cross_entropy_gradient(y, s), q - y, atol=1e-15)


@given(example())
def test_gradient_sums_to_zero(case):
    s, k, y = case
    for labels in (k, y):
        assert abs(cc.softmax_cross_entropy_gradient(labels, s).sum()) < 1e-14


@pytest.mark.parametrize("labels", [LABELS, np.eye(3), np.full((3, 3), 1 / 3)], ids=str)
@pytest.mark.parametrize("smoothing", [0, 0.1, 1])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_gradient_of_softmax_cross_entropy_agrees_with_differences(labels, smoothing, weights):
    options = {"label_smoothing": smoothing, "class_weights": weights}
    check = cc.check_gradient(
        lambda s: cc.softmax_cross_entropy(labels, s, **options),
        lambda s: cc.softmax_cross_entropy_gradient(labels, s, **options),
        IMAGES,
        tolerance=1e-8,
    )
    assert check, str(check)


def test_gradient_at_extreme_scores():
    assert cc.softmax_cross_entropy_gradient(0, [1e4, 0.0, -INF]).tolist() == [0, 0, 0]
    assert cc.softmax_cross_entropy_gradient(1, [1e4, 0.0, -INF]).tolist() == [1, -1, 0]
    assert cc.softmax_cross_entropy_gradient([0, 1, 0], [1e4, 0.0, -INF]).tolist() == [1, -1, 0]


BITS = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
LOGITS = st.floats(-700, 700)


@given(BITS, LOGITS)
def test_binary_cross_entropy_is_softmax_against_zero(y, s):
    expected = cc.softmax_cross_entropy([1 - y, y], [0.0, s])
    assert math.isclose(cc.binary_cross_entropy(y, s), expected, rel_tol=1e-12, abs_tol=1e-300)


@given(BITS, LOGITS)
def test_yes_and_no_change_places(y, s):
    assert math.isclose(
        cc.binary_cross_entropy(y, s), cc.binary_cross_entropy(1 - y, -s), rel_tol=1e-9
    )


@given(BITS, st.floats(-30, 30))
def test_gradient_of_binary_cross_entropy_is_sigmoid_minus_label(y, s):
    gradient = cc.binary_cross_entropy_gradient(y, s)
    assert math.isclose(gradient, cc.sigmoid(s) - y, abs_tol=1e-15)
    check = cc.check_gradient(
        lambda s: cc.binary_cross_entropy(y, s), lambda s: cc.binary_cross_entropy_gradient(y, s), s
    )
    assert check, str(check)


def test_infinite_scores_cost_nothing_or_everything():
    labels, logits = [1, 0, 1, 0, 0.5], [INF, -INF, -INF, INF, INF]
    assert cc.binary_cross_entropy(labels, logits).tolist() == [0, 0, INF, INF, INF]
    assert cc.binary_cross_entropy_gradient(labels, logits).tolist() == [0, 0, -1, 1, 0.5]


def test_labels_may_be_whole_or_bool_and_leave_the_type_alone():
    logits = np.array([0.5, -0.5], np.float32)
    for labels in ([1, 0], [True, False], np.array([1, 0], np.uint8)):
        loss = cc.binary_cross_entropy(labels, logits)
        assert loss.dtype == np.float32
        assert np.array_equal(loss, cc.binary_cross_entropy(np.array([1, 0], np.float32), logits))
    rows = IMAGES.astype(np.float32)
    for labels in (np.eye(3, dtype=int), np.eye(3, dtype=bool), LABELS.astype(np.uint8)):
        assert cc.softmax_cross_entropy(labels, rows).dtype == np.float32


def test_whole_labels_may_come_as_floats():
    by_float = cc.softmax_cross_entropy(LABELS.astype(float), IMAGES)
    assert np.array_equal(by_float, cc.softmax_cross_entropy(LABELS, IMAGES))


@given(example())
def test_brier_score_is_the_squared_distance(case):
    s, k, y = case
    q = cc.softmax(s)
    for labels, rows in ((k, np.eye(len(s))[k]), (y, y)):
        assert math.isclose(
            cc.brier_score(labels, q), sum((q - rows) ** 2), rel_tol=1e-13, abs_tol=1e-30
        )
        assert np.allclose(cc.brier_score_gradient(labels, q), 2 * (q - rows), atol=1e-15)


@given(distributions(), distributions())
def test_log_and_brier_scores_are_proper(p, q):
    """No other model is expected to score better than the truth."""
    if len(p) == len(q):
        classes = np.arange(len(p))
        brier = [p @ cc.brier_score(classes, np.tile(r, (len(p), 1))) for r in (p, q)]
        assert brier[0] <= brier[1] + 1e-12
        assert cc.cross_entropy(p, p) <= cc.cross_entropy(p, q) + 1e-12


def test_brier_score_from_the_best_to_the_worst():
    assert cc.brier_score([0, 1], [[1, 0], [1, 0]]).tolist() == [0, 2]
    assert cc.brier_score_gradient([[0.5, 0.5]], [[1.0, 0.0]]).tolist() == [[1.0, -1.0]]


@given(
    hnp.arrays(np.float64, (4, 3), elements=st.floats(-20, 20)),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)
def test_a_batch_is_its_rows(s, labels):
    for function in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient):
        batch = function(labels, s)
        rows = [function(k, row) for k, row in zip(labels, s, strict=True)]
        assert np.allclose(batch, rows, rtol=1e-14, atol=1e-300)


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


@pytest.mark.parametrize("labels", [[1, 1], [[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]]])
@pytest.mark.parametrize("weights", [[0, 0, 0], [1, 0, 2]])
@pytest.mark.parametrize("smoothing", [0, 0.25])
def test_a_class_without_weight_hides_no_fault(labels, weights, smoothing):
    options = {"class_weights": weights, "label_smoothing": smoothing}
    for function in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient):
        for place in np.ndindex(2, 3):
            for value, told in ((np.nan, "not be nan"), (np.inf, "be below inf")):
                logits = np.ones((2, 3))
                logits[place] = value
                where = re.escape(f"got {value} at index {place}")
                with pytest.raises(ValueError, match=f"^logits must {told}, {where}"):
                    function(labels, logits, **options)
        logits = [[1, 2, 3], [-np.inf] * 3]
        with pytest.raises(ValueError, match=r"^logits must not be -inf for every .* in row 1"):
            function(labels, logits, **options)


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
    assert math.isclose(losses[0], 0.1 * 2 * 1e308, rel_tol=1e-15)
    assert np.allclose(losses[1:3], cc.softmax_cross_entropy(labels[1:3], logits[1:3]), rtol=1e-15)
    assert losses[3] == INF
