"""Exponentials of scores, and the losses of classifiers: values, laws, gradients and digits."""

import math
import re

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
WEIGHTS = [0.5, 2.0, 3.0]


# --- exponentials -----------------------------------------------------------------------


def test_equal_scores_give_equal_probabilities():
    for size in (1, 2, 7, 100):
        for value in (0.0, -1e4, 1e4, 1e308):
            assert np.all(cc.softmax(np.full(size, value)) == 1 / size)


def test_logsumexp_of_infinite_scores():
    rows = [[-INF, -INF], [INF, 0.0], [INF, INF], [INF, -INF], [-INF, 2.0]]
    assert cc.logsumexp(rows).tolist() == [-INF, INF, INF, INF, 2.0]


def test_a_class_that_is_ruled_out_gets_nothing():
    assert cc.softmax([0.0, -INF, 0.0]).tolist() == [0.5, 0.0, 0.5]
    assert cc.log_softmax([0.0, -INF]).tolist() == [0.0, -INF]


def test_sigmoid_at_the_middle_and_the_ends():
    assert cc.sigmoid([-INF, 0.0, INF]).tolist() == [0.0, 0.5, 1.0]
    assert cc.log_sigmoid([-INF, 0.0, INF]).tolist() == [-INF, -math.log(2), 0.0]


def test_a_mask_in_a_long_batch_is_no_alarm():
    s = np.zeros((5000, 20))
    s[4999, 3] = -INF
    assert cc.softmax(s)[4999].tolist() == [1 / 19] * 3 + [0.0] + [1 / 19] * 16


@given(scores())
def test_exponentials_are_right_to_a_few_units_at_any_width(s):
    for function in (cc.softmax, cc.log_softmax, cc.logsumexp):
        expected = getattr(oracles, function.__name__)(s)
        assert oracles.ulp_error(function(s), expected) < 4


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (cc.log_softmax, [0.0, -800.0], 0.0),
        (cc.log_softmax, [3.0], 0.0),
        (cc.logsumexp, [-0.0], 0.0),
        (cc.log_sigmoid, [1000.0], 0.0),
        (cc.softmax, [-INF, 1.0], 0.0),
    ],
)
def test_zero_has_no_minus(function, value, expected):
    result = np.ravel(function(value))[0]
    assert result == expected
    assert not np.signbit(result)


# --- losses ---------------------------------------------------------------------------


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


@given(example())
def test_gradient_is_probabilities_minus_labels(case):
    s, k, y = case
    q = cc.softmax(s)
    assert np.allclose(cc.softmax_cross_entropy_gradient(k, s), q - np.eye(len(s))[k], atol=1e-15)
    assert np.allclose(cc.softmax_cross_entropy_gradient(y, s), q - y, atol=1e-15)


def test_gradient_at_extreme_scores():
    assert cc.softmax_cross_entropy_gradient(0, [1e4, 0.0, -INF]).tolist() == [0, 0, 0]
    assert cc.softmax_cross_entropy_gradient(1, [1e4, 0.0, -INF]).tolist() == [1, -1, 0]
    assert cc.softmax_cross_entropy_gradient([0, 1, 0], [1e4, 0.0, -INF]).tolist() == [1, -1, 0]


def test_infinite_scores_cost_nothing_or_everything():
    labels, logits = [1, 0, 1, 0, 0.5], [INF, -INF, -INF, INF, INF]
    assert cc.binary_cross_entropy(labels, logits).tolist() == [0, 0, INF, INF, INF]
    assert cc.binary_cross_entropy_gradient(labels, logits).tolist() == [0, 0, -1, 1, 0.5]


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


def test_brier_score_from_the_best_to_the_worst():
    assert cc.brier_score([0, 1], [[1, 0], [1, 0]]).tolist() == [0, 2]
    assert cc.brier_score_gradient([[0.5, 0.5]], [[1.0, 0.0]]).tolist() == [[1.0, -1.0]]


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


def pairwise(got, expected):
    return zip(got, expected, strict=True)


def worst(metric, pairs):
    return max(metric(got, expected) for got, expected in pairs)


@pytest.fixture
def rows(dtype):
    return hard_scores(dtype)


def test_softmax_is_right_to_three_units_in_the_last_place(rows):
    assert worst(oracles.ulp_error, pairwise(cc.softmax(rows), map(oracles.softmax, rows))) < 3


@pytest.mark.parametrize(("alone", "units"), [(True, 4), (False, 3)], ids=["alone", "in a batch"])
def test_log_softmax_is_right_to_a_few_units_in_the_last_place(rows, alone, units):
    got = [cc.log_softmax(s) for s in rows] if alone else cc.log_softmax(rows)
    assert worst(oracles.ulp_error, pairwise(got, map(oracles.log_softmax, rows))) < units


def test_logsumexp_is_right_to_one_and_a_half_units_away_from_zero(rows):
    exact = [oracles.logsumexp(s) for s in rows]
    assert oracles.ulp_error(cc.logsumexp(rows), exact) < 3
    away = np.array([abs(v) >= 1 for v in exact])
    assert oracles.ulp_error(cc.logsumexp(rows[away]), np.array(exact)[away]) < 1.5


def test_logsumexp_keeps_its_digits_near_zero(dtype):
    rows = np.array([[1e-5, -50, -60], [-1e-10, -30, -31], [1e-30, -80, -81]], dtype)
    assert oracles.ulp_error(cc.logsumexp(rows), [oracles.logsumexp(s) for s in rows]) < 3


def test_logsumexp_of_float32_is_no_worse_than_its_sum():
    # NumPy's float32 logarithm alone is off by 2.5 units for some sums between 1.5 and 2.
    s = np.linspace(-0.69, 0, 200_001, dtype=np.float32)
    got, exact = (
        cc.logsumexp(np.stack([np.zeros_like(s), s], axis=-1)),
        np.logaddexp(0, s, dtype=float),
    )
    assert (abs(got - exact) / np.spacing(exact.astype(np.float32))).max() < 3.5


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in a batch"])
@pytest.mark.parametrize("label", range(3))
def test_softmax_cross_entropy_is_right_to_three_units(rows, label, alone):
    expected = [oracles.neg_log_softmax(s, label) for s in rows]
    if alone:
        losses = np.array([cc.softmax_cross_entropy(label, s) for s in rows])
    else:
        losses = cc.softmax_cross_entropy(np.full(len(rows), label), rows)
    assert oracles.ulp_error(losses, expected) < 3


@pytest.mark.parametrize("label", range(3))
def test_gradient_of_softmax_cross_entropy_is_right_to_three_units(rows, label):
    for s in rows:
        gradient = cc.softmax_cross_entropy_gradient(label, s)
        assert oracles.ulp_error(gradient, oracles.cross_entropy_gradient(label, s)) < 3


def test_soft_labels_lose_no_digits(rows, dtype):
    one_hot = np.eye(3, dtype=dtype)
    for label in range(3):
        losses = [cc.softmax_cross_entropy(one_hot[label], s) for s in rows]
        expected = [oracles.neg_log_softmax(s, label) for s in rows]
        assert oracles.ulp_error(np.array(losses), expected) < 3


def test_gradient_of_one_hot_labels_loses_no_digits(rows, dtype):
    for label, one_hot in enumerate(np.eye(3, dtype=dtype)):
        for s in rows:
            gradient = cc.softmax_cross_entropy_gradient(one_hot, s)
            assert oracles.ulp_error(gradient, oracles.cross_entropy_gradient(label, s)) < 4


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


def test_brier_score_is_right_to_three_units(dtype):
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
