"""No function returns a finite number that is wrong, however large or small its arguments are.

What is beyond the type, or takes a difference that is, comes out infinite.
"""

import inspect
import itertools

import mpmath as mp
import numpy as np
import pytest

import coursecode as cc
from tests import oracles
from tests.oracles import exact

SIZES = (1e-300, 1e-30, 0.3, 1.0, 1e30, 1e160, 1.7e308)  # of options
SHARES = (1e-300, 0.3, 0.5, 1 - 2.0**-53)


def exp(m):
    return mp.exp(m) if abs(m) < 1e5 else mp.inf if m > 0 else mp.mpf(0)


def hinge(y, s):
    return max(mp.mpf(0), 1 - y * s)


def positive_part(x):
    return max(mp.mpf(0), x)


# Function, the kinds of its arguments, an option with the values to be tried, the definition, and
# how large the terms are that cancel in it.
CASES = [
    ("squared_error", "real real", None, lambda y, f: (y - f) ** 2),
    ("squared_error_gradient", "real real", None, lambda y, f: 2 * (f - y)),
    ("absolute_error", "real real", None, lambda y, f: abs(y - f)),
    ("absolute_error_gradient", "real real", None, lambda y, f: mp.sign(f - y)),
    (
        "quantile_loss",
        "half half",
        ("quantile", SHARES),
        lambda y, f, tau: oracles.pinball(y - f, tau),
    ),
    (
        "quantile_loss_gradient",
        "half half",
        ("quantile", SHARES),
        lambda y, f, tau: -tau if y > f else 1 - tau if y < f else mp.mpf(0),
    ),
    (
        "huber_loss",
        "half half",
        ("delta", SIZES),
        lambda y, f, delta: oracles.huber(y - f, delta),
    ),
    (
        "huber_loss_gradient",
        "half half",
        ("delta", SIZES),
        lambda y, f, delta: min(max(f - y, -delta), delta),
    ),
    ("log_cosh_loss", "real real", None, lambda y, f: oracles.log_cosh(y - f)),
    (
        "log_cosh_loss_gradient",
        "real real",
        None,
        lambda y, f: mp.tanh(f - y) if abs(f - y) < 1e3 else mp.sign(f - y),
    ),
    ("normal_log_likelihood", "some some positive", None, oracles.normal, 800),
    ("laplace_log_likelihood", "some some positive", None, oracles.laplace, 800),
    ("poisson_log_likelihood", "counts positive", None, oracles.poisson, 1),
    (
        "gaussian_kl_divergence",
        "few few_positive few few_positive",
        None,
        oracles.gaussian_kl_divergence,
    ),
    ("sigmoid", "real", None, oracles.sigmoid),
    ("log_sigmoid", "real", None, lambda s: -oracles.softplus(-s)),
    ("binary_cross_entropy", "unit real", None, oracles.binary_cross_entropy),
    (
        "binary_cross_entropy_gradient",
        "unit real",
        None,
        oracles.binary_cross_entropy_gradient,
        1,
    ),
    ("zero_one_loss", "signs real", None, lambda y, s: mp.mpf(y * s <= 0)),
    ("hinge_loss", "signs real", None, hinge),
    ("hinge_loss_gradient", "signs real", None, lambda y, s: -y * (y * s < 1)),
    ("squared_hinge_loss", "signs real", None, lambda y, s: hinge(y, s) ** 2),
    ("squared_hinge_loss_gradient", "signs real", None, lambda y, s: -2 * y * hinge(y, s)),
    ("logistic_loss", "signs real", None, lambda y, s: oracles.softplus(-y * s)),
    ("logistic_loss_gradient", "signs real", None, lambda y, s: -y * oracles.sigmoid(-y * s)),
    ("exponential_loss", "signs real", None, lambda y, s: exp(-y * s)),
    ("exponential_loss_gradient", "signs real", None, lambda y, s: -y * exp(-y * s)),
]
# The same of rows of two numbers: one value per row, or one for each number.
ROWS = [
    ("l2_penalty", None, lambda v, w: v**2 + w**2),
    ("l2_penalty_gradient", None, lambda v, w: [2 * v, 2 * w]),
    ("l1_penalty", None, lambda v, w: abs(v) + abs(w)),
    (
        "elastic_net_penalty",
        ("l1_ratio", (0, *SHARES, 1)),
        lambda v, w, rho: sum(rho * abs(x) + (1 - rho) * x**2 for x in (v, w)),
    ),
    (
        "elastic_net_penalty_gradient",
        ("l1_ratio", (0, *SHARES, 1)),
        lambda v, w, rho: [rho * mp.sign(x) + 2 * (1 - rho) * x for x in (v, w)],
    ),
    (
        "soft_threshold",
        ("threshold", (0, *SIZES)),
        lambda v, w, t: [mp.sign(x) * positive_part(abs(x) - t) for x in (v, w)],
    ),
    ("l2_proximal", ("step", (0, *SIZES)), lambda v, w, t: [x / (1 + 2 * t) for x in (v, w)]),
    (
        "elastic_net_proximal",
        ("step", (0, *SIZES)),
        lambda v, w, t: [mp.sign(x) * positive_part(abs(x) - t / 2) / (1 + t) for x in (v, w)],
    ),
    *[
        (
            name,
            ("margin", (0, *SIZES)),
            lambda v, w, m, power=power: positive_part(w - v + m) ** power,
        )
        for name, power in [
            ("multiclass_hinge_loss", 1),
            ("crammer_singer_loss", 1),
            ("squared_multiclass_hinge_loss", 2),
        ]
    ],
]


def grid(kind, dtype):
    """Numbers of a type: subnormal, ordinary, near the root of the largest, and near it."""
    info = np.finfo(dtype)
    largest, tiny, least = map(float, (info.max, info.tiny, info.smallest_subnormal))
    root = largest**0.5
    positive = [least, 3 * least, tiny, 1e3 * tiny, tiny**0.5, 1e-3, 0.5, 1, 3, 50, 1e4]
    positive += [root / 2, root, 1.5 * root, 4 * root]
    positive += [largest * part for part in (1e-4, 0.25, 0.51, 0.9, 1)]
    real = [0, *positive, *(-x for x in positive)]
    numbers = {
        "positive": positive,
        "few_positive": positive[::3],
        "real": real,
        "half": real[::2],
        "some": real[::3],
        "few": real[::6],
        "counts": [0, 1, 2, 7, 15, 16, 17, 100, 1e5, *np.floor(positive[11:])],
        "unit": [0, least, tiny, 1e-3, 0.5, 1 - float(info.epsneg), 1],
        "signs": [-1, 1],
    }[kind]
    return np.unique(np.array(numbers, dtype))


def combined(kinds, dtype):
    cells = itertools.product(*(grid(kind, dtype) for kind in kinds.split()))
    return [np.array(column, dtype) for column in zip(*cells, strict=True)]


def assert_right_or_infinite(got, expected, reach, cancels=0):
    """To 64 units in the last place of the result, of a term that cancels, or of what underflows.

    Only a result, or an argument, beyond a quarter of the largest number excuses an infinity.
    """
    info = np.finfo(got.dtype)
    eps, tiny, largest = float(info.eps), exact(info.tiny), exact(info.max)
    assert not np.isnan(got).any()
    for value, want, far in zip(got.ravel(), expected, reach, strict=True):
        if np.isinf(value):
            assert np.sign(value) == mp.sign(want)
            assert max(abs(want), far) > largest / 4
        else:
            assert abs(want) <= largest * (1 + eps)
            assert abs(exact(value) - want) <= 64 * eps * (abs(want) + cancels) + 4 * tiny * eps


def each_option(option):
    return [{option[0]: value} for value in option[1]] if option else [{}]


DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@DTYPES
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_numbers_of_all_sizes(case, dtype):
    name, kinds, option, definition, cancels = (*case, 0)[:5]
    arguments = combined(kinds, dtype)
    reach = np.max(np.abs(arguments), axis=0)
    for options in each_option(option):
        got = getattr(cc, name)(*arguments, **options)
        assert got.dtype == dtype
        known = [exact(value) for value in options.values()]
        expected = [definition(*map(exact, row), *known) for row in zip(*arguments, strict=True)]
        assert_right_or_infinite(got, expected, reach, cancels)


@DTYPES
@pytest.mark.parametrize("case", ROWS, ids=lambda case: case[0])
def test_rows_of_numbers_of_all_sizes(case, dtype):
    name, option, definition = case
    rows = np.stack(combined("some some", dtype), axis=-1)
    arguments = (
        [rows] if "w" in inspect.signature(getattr(cc, name)).parameters else [0 * rows[:, 0], rows]
    )
    for options in each_option(option):
        got = getattr(cc, name)(*arguments, **options)
        assert got.dtype == dtype
        known = [exact(value) for value in options.values()]
        expected = [definition(*map(exact, row), *known) for row in rows]
        if got.ndim == 2:
            expected = list(itertools.chain(*expected))
        reach = np.repeat(abs(rows).max(axis=-1), got.size // len(rows))
        cancels = (
            max(*map(abs, known), 0) if name.endswith("hinge_loss") or name.startswith("cr") else 0
        )
        assert_right_or_infinite(got, expected, reach, cancels)
