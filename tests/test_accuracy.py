"""Every function of scores and probabilities against 50-digit arithmetic, on the hardest inputs."""

import math

import mpmath as mp
import numpy as np
import pytest

import coursecode as cc
from tests import oracles

TYPES = [np.float64, np.float32]


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


@pytest.fixture(params=TYPES, ids=["float64", "float32"])
def dtype(request):
    return request.param


@pytest.fixture
def rows(dtype):
    return hard_scores(dtype)


@pytest.fixture
def numbers(dtype):
    """Single scores of every size and sign."""
    ends = np.array([-np.inf, np.inf])
    return np.unique(np.concatenate([ends, hard_scores(dtype).ravel()]))


def test_softmax_is_right_to_three_units_in_the_last_place(rows):
    assert worst(oracles.ulp_error, pairwise(cc.softmax(rows), map(oracles.softmax, rows))) < 3


def test_log_softmax_is_right_to_three_units_in_the_last_place(rows):
    assert (
        worst(oracles.ulp_error, pairwise(cc.log_softmax(rows), map(oracles.log_softmax, rows))) < 3
    )


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


def test_a_share_of_an_overflowing_loss_is_finite(dtype):
    huge = float(np.finfo(dtype).max) * 0.75
    s = np.array([huge, -huge], dtype)
    right, wrong = np.eye(2, dtype=dtype)
    assert cc.softmax_cross_entropy(right, s) == 0
    assert cc.softmax_cross_entropy(wrong, s) == np.inf
    for got in (
        cc.softmax_cross_entropy(np.array([0.75, 0.25], dtype), s),
        cc.softmax_cross_entropy(0, s, label_smoothing=0.5),
        cc.softmax_cross_entropy(0, s, label_smoothing=0.5, class_weights=[7, 1]),
    ):
        assert got.dtype == dtype
        assert oracles.ulp_error(got, [oracles.exact(s[0]) / 2]) < 3
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


@pytest.mark.parametrize("label", [0, 1, 0.25, 1 - 1e-6])
def test_binary_cross_entropy_is_right_to_three_units(numbers, dtype, label):
    labels = np.full(numbers.shape, label, dtype)
    expected = [oracles.binary_cross_entropy(dtype(label), s) for s in numbers]
    assert oracles.ulp_error(cc.binary_cross_entropy(labels, numbers), expected) < 3


@pytest.mark.parametrize("label", [0, 1])
def test_gradient_of_binary_cross_entropy_is_right_to_three_units(numbers, dtype, label):
    labels = np.full(numbers.shape, label, dtype)
    expected = [oracles.binary_cross_entropy_gradient(dtype(label), s) for s in numbers]
    for got, want in zip(cc.binary_cross_entropy_gradient(labels, numbers), expected, strict=True):
        assert oracles.ulp_error(got, [want]) < 3


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in a batch"])
def test_sigmoid_is_right_to_three_units(numbers, alone):
    expected = [oracles.sigmoid(s) for s in numbers]
    got = np.array([cc.sigmoid(s) for s in numbers]) if alone else cc.sigmoid(numbers)
    assert oracles.ulp_error(got, expected) < 3


def test_log_sigmoid_is_right_to_three_units(numbers):
    expected = [-oracles.softplus(-s) for s in numbers]
    assert oracles.ulp_error(cc.log_sigmoid(numbers), expected) < 3


@pytest.fixture
def probabilities(dtype):
    """Single probabilities: subnormal, ordinary, and next to 1."""
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
    return np.concatenate([special, rng.random(100), 1 - rng.random(50) / 100]).astype(dtype)


@pytest.mark.parametrize(
    ("base", "log"), [(np.e, 1), (2, mp.log(2)), (10, mp.log(10)), (3, mp.log(3))]
)
def test_information_content_is_right_to_three_units(probabilities, base, log):
    expected = [oracles.information(p) / log for p in probabilities]
    assert oracles.ulp_error(cc.information_content(probabilities, base=base), expected) < 3


def distributions(dtype):
    """Flat, peaked and nearly certain distributions, with impossible outcomes among them."""
    rng = np.random.default_rng(2)
    made = [rng.dirichlet(np.full(n, a)) for n in (2, 3, 10) for a in (0.01, 0.1, 1, 10) * 2]
    eps, tiny = float(np.finfo(dtype).eps), float(np.finfo(dtype).smallest_subnormal)
    ends = [[1, 0], [0, 1], [0.5, 0.5], [1 - eps, eps], [1, tiny], [tiny, 1], [0.99, 0.01]]
    return [np.array(p, dtype) for p in made + ends]


def pairs(dtype):
    """Distributions against each other, against neighbours at every distance, and themselves."""
    rng = np.random.default_rng(3)
    made = distributions(dtype)
    found = [(p, q) for p in made for q in made if p.shape == q.shape]
    for p in made:
        for h in (0.3, 1e-1, 1e-2, 1e-3, 1e-5, 1e-8, 1e-12):
            q = p * abs(1 + h * rng.normal(size=p.shape))
            found.append((p, (q / q.sum()).astype(dtype)))
    return found


def test_entropy_is_right_to_three_units(dtype):
    for p in distributions(dtype):
        assert oracles.ulp_error(cc.entropy(p), [oracles.cross_entropy(p, p)]) < 3
        bits = oracles.cross_entropy(p, p) / mp.log(2)
        assert oracles.ulp_error(cc.entropy(p, base=2), [bits]) < 3


def test_cross_entropy_is_right_to_three_units(dtype):
    for p, q in pairs(dtype):
        assert oracles.ulp_error(cc.cross_entropy(p, q), [oracles.cross_entropy(p, q)]) < 3


@pytest.mark.parametrize("name", ["kl_divergence", "jensen_shannon_divergence"])
def test_divergence_is_right_to_1e_14_and_never_negative(name, dtype):
    # 1e-14 is 45 eps in float64; below the smallest normal number, its spacing is allowed
    tolerance, spacing = (
        45 * float(np.finfo(dtype).eps),
        2 * float(np.finfo(dtype).smallest_subnormal),
    )
    for p, q in pairs(dtype):
        got, expected = getattr(cc, name)(p, q), getattr(oracles, name)(p, q)
        assert got >= 0
        assert not np.signbit(got)
        if mp.isinf(expected):
            assert got == np.inf
        else:
            assert abs(oracles.exact(got) - expected) <= tolerance * expected + spacing


@pytest.mark.parametrize("name", ["kl_divergence", "jensen_shannon_divergence"])
def test_what_is_next_to_impossible_counts_beside_what_is_impossible(name, dtype):
    eps = float(np.finfo(dtype).eps)
    for small in (0.4 * eps, eps / 9, eps / 1000, eps**2):
        for impossible in ([], [0.0]):
            p = np.array([1, small / 2, *impossible], dtype)
            q = np.array([0.5, 0.5 - 2**-10, 2**-10][: len(p)], dtype)
            q[1] += 1 - q.sum()
            got, expected = getattr(cc, name)(p, q), getattr(oracles, name)(p, q)
            assert abs(oracles.exact(got) - expected) <= 4 * eps * expected


def test_perplexity_is_right_to_eight_units_however_large(dtype):
    lowest = 1e-300 if dtype == np.float64 else 1e-37
    cases = [([1, 0], [lowest, 1]), ([0.5, 0.5], [lowest, 1]), ([0.25, 0.75], [0.75, 0.25])]
    cases += [([0.999, 0.001], [lowest, 1]), ([1e-3, 1 - 1e-3], [lowest, 1]), ([1], [1])]
    cases += [(p, q) for p, q in pairs(dtype) if len(p) == 10]
    for p, q in cases:
        p, q = np.array(p, dtype), np.array(q, dtype)
        cost = oracles.cross_entropy(p, q)
        expected = mp.exp(cost) if cost < 1e4 else mp.inf
        got = cc.perplexity(p, q)
        assert got.dtype == dtype
        assert oracles.ulp_error(got, [expected]) < 8


def test_divergence_is_that_of_the_rounded_distributions_normalised():
    for p, q in pairs(np.float64):
        if np.any((q == 0) & (p > 0)):
            continue
        total_p, total_q = (mp.fsum(map(oracles.exact, r)) for r in (p, q))
        exact_p, exact_q = ([oracles.exact(v) for v in r] for r in (p, q))
        ratios = [(a / total_p, b / total_q) for a, b in zip(exact_p, exact_q, strict=True) if a]
        expected = mp.fsum(a * mp.log(a / b) for a, b in ratios)
        difference = abs(oracles.exact(cc.kl_divergence(p, q)) - expected)
        assert difference <= 1e-14 * expected + (total_p - total_q) ** 2 + 1e-300


def test_gaussian_divergence_is_right_to_ten_units(dtype):
    rng = np.random.default_rng(4)
    cases = [(rng.normal(), rng.exponential(), rng.normal(), rng.exponential()) for _ in range(40)]
    small, large = (1e-200, 1e200) if dtype == np.float64 else (1e-25, 1e25)
    near = [1 + 1e-6, 1.0001, 0.8, 0.5, 1.2, 1.5, 1.7, small, large]
    cases += [(0, 1, 0, s) for s in near] + [(0, s, 0, 1) for s in near] + [(0, small, 0, large)]
    cases += [(0, 1, 1e-7, 1), (3, 2, 3, 2), (1e3, 1, -1e3, 0.1)]
    for case in cases:
        values = [dtype(v) for v in case]
        got, expected = cc.gaussian_kl_divergence(*values), oracles.gaussian_kl_divergence(*values)
        assert oracles.ulp_error(got, [expected]) < 10


def test_brier_score_is_right_to_three_units(dtype):
    for p in distributions(dtype):
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
