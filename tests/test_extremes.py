"""Losses of numbers are right to the last digits, however large or small their arguments are.

What is beyond the type, or takes a difference that is, comes out infinite.
"""

import itertools
import math
from typing import NamedTuple

import mpmath as mp
import numpy as np
import pytest

import coursecode as cc
from tests import oracles
from tests.oracles import exact

SIZES = (1e-300, 1e-30, 0.25, 1.0, 30.0, 1e30, 1e160, 1.7e308)  # of options
NONE = ("", ())
SHARES = (1e-300, 0.05, 0.5, 0.9, 1 - 2.0**-53)


class Case(NamedTuple):
    name: str
    kinds: str  # of the arguments
    definition: object
    option: tuple = NONE  # its name, and the values to be tried
    cancels: object = lambda *arguments: 0  # how large the terms are that cancel in it
    units: int = 3  # in the last place
    form: object = lambda *numbers: numbers  # what the function is given


def positive_part(x):
    return max(mp.mpf(0), x)


def hinge(y, s):
    return positive_part(1 - y * s)


def exp(m):
    return mp.exp(m) if abs(m) < 1e5 else mp.inf if m > 0 else mp.mpf(0)


def spread(x, centre, scale):
    return 1 + abs(mp.log(scale))


def between(y, s):
    return 0 < y < 1


CASES = [
    Case("squared_error", "half real", lambda y, f: (y - f) ** 2),
    Case("squared_error_gradient", "half real", lambda y, f: 2 * (f - y)),
    Case("absolute_error", "half real", lambda y, f: abs(y - f)),
    Case("absolute_error_gradient", "half real", lambda y, f: mp.sign(f - y)),
    Case(
        "quantile_loss",
        "half half",
        lambda y, f, tau: oracles.pinball(y - f, tau),
        ("quantile", SHARES),
    ),
    Case(
        "quantile_loss_gradient",
        "half half",
        lambda y, f, tau: -tau if y > f else 1 - tau if y < f else mp.mpf(0),
        ("quantile", SHARES),
    ),
    Case(
        "huber_loss",
        "half half",
        lambda y, f, delta: oracles.huber(y - f, delta),
        ("delta", SIZES),
    ),
    Case(
        "huber_loss_gradient",
        "half half",
        lambda y, f, delta: min(max(f - y, -delta), delta),
        ("delta", SIZES),
    ),
    Case("log_cosh_loss", "half real", lambda y, f: oracles.log_cosh(y - f)),
    Case(
        "log_cosh_loss_gradient",
        "half real",
        lambda y, f: mp.tanh(f - y) if abs(f - y) < 1e3 else mp.sign(f - y),
    ),
    Case("normal_log_likelihood", "some some positive", oracles.normal, cancels=spread),
    Case("laplace_log_likelihood", "some some positive", oracles.laplace, cancels=spread),
    Case("bernoulli_log_likelihood", "bits unit", oracles.bernoulli),
    Case("poisson_log_likelihood", "counts positive", oracles.poisson, units=16),
    Case(
        "gaussian_kl_divergence",
        "few few_positive few few_positive",
        oracles.gaussian_kl_divergence,
    ),
    Case("sigmoid", "real", oracles.sigmoid),
    Case("log_sigmoid", "real", lambda s: -oracles.softplus(-s)),
    Case("binary_cross_entropy", "unit real", oracles.binary_cross_entropy),
    Case(
        "binary_cross_entropy_gradient",
        "unit real",
        oracles.binary_cross_entropy_gradient,
        cancels=between,
    ),
    Case("zero_one_loss", "signs real", lambda y, s: mp.mpf(y * s <= 0)),
    Case("hinge_loss", "signs real", hinge),
    Case("hinge_loss_gradient", "signs real", lambda y, s: -y * (y * s < 1)),
    Case("squared_hinge_loss", "signs real", lambda y, s: hinge(y, s) ** 2),
    Case("squared_hinge_loss_gradient", "signs real", lambda y, s: -2 * y * hinge(y, s)),
    Case("logistic_loss", "signs real", lambda y, s: oracles.softplus(-y * s)),
    Case("logistic_loss_gradient", "signs real", lambda y, s: -y * oracles.sigmoid(-y * s)),
    Case("exponential_loss", "signs real", lambda y, s: exp(-y * s)),
    Case("exponential_loss_gradient", "signs real", lambda y, s: -y * exp(-y * s)),
]


def row(v, w):
    return [np.stack([v, w], axis=-1)]


def class_and_row(v, w):
    return [np.zeros_like(v), *row(v, w)]


RATIOS = ("l1_ratio", (0, *SHARES, 1))
CASES += [  # of rows of two numbers: one value per row, or one for each number
    Case(name, "some some", definition, option, form=row)
    for name, definition, option in [
        ("l2_penalty", lambda v, w: v**2 + w**2, NONE),
        ("l2_penalty_gradient", lambda v, w: [2 * v, 2 * w], NONE),
        ("l1_penalty", lambda v, w: abs(v) + abs(w), NONE),
        ("l1_penalty_gradient", lambda v, w: [mp.sign(v), mp.sign(w)], NONE),
        (
            "elastic_net_penalty",
            lambda v, w, rho: sum(rho * abs(x) + (1 - rho) * x**2 for x in (v, w)),
            RATIOS,
        ),
        (
            "elastic_net_penalty_gradient",
            lambda v, w, rho: [rho * mp.sign(x) + 2 * (1 - rho) * x for x in (v, w)],
            RATIOS,
        ),
        (
            "soft_threshold",
            lambda v, w, t: [mp.sign(x) * positive_part(abs(x) - t) for x in (v, w)],
            ("threshold", (0, *SIZES)),
        ),
        ("l2_proximal", lambda v, w, t: [x / (1 + 2 * t) for x in (v, w)], ("step", (0, *SIZES))),
        (
            "elastic_net_proximal",
            lambda v, w, t: [mp.sign(x) * positive_part(abs(x) - t / 2) / (1 + t) for x in (v, w)],
            ("step", (0, *SIZES)),
        ),
    ]
]
CASES += [
    Case(
        name,
        "some some",
        lambda v, w, margin, power=power: positive_part(w - v + margin) ** power,
        ("margin", (0, *SIZES)),
        cancels=lambda v, w, margin: margin,
        form=class_and_row,
    )
    for name, power in [
        ("multiclass_hinge_loss", 1),
        ("crammer_singer_loss", 1),
        ("squared_multiclass_hinge_loss", 2),
    ]
]


def grid(kind, dtype):
    """Numbers of a type: subnormal, ordinary, near the root of the largest, and near it."""
    info = np.finfo(dtype)
    largest, tiny, least = map(float, (info.max, info.tiny, info.smallest_subnormal))
    root = largest**0.5
    small = [least, 3 * least, tiny, 1e3 * tiny, tiny**0.5, 1e-8]
    ordinary = [1e-3, 0.3, 0.999, 1, 1.001, 3, 30, 36.04, 87.3, 708.3, 1e4]
    large = [root / 2, root, 1.5 * root, 4 * root]
    large += [largest * part for part in (1e-4, 0.25, 0.51, 0.9, 1)]
    positive = small + ordinary + large
    real = [0, *positive, *(-x for x in positive)]
    numbers = {
        "positive": positive,
        "few_positive": positive[::4],
        "real": real,
        "half": real[::2],
        "some": real[::4],
        "few": real[::8],
        "bits": [0, 1],
        "counts": [0, 1, 2, 7, 15, 16, 17, 100, 1e5, *np.floor(large)],
        "unit": [0, least, tiny, 1e-9, 1e-3, 0.25, 0.5, 0.9, 1 - 1e-6, 1 - float(info.epsneg), 1],
        "signs": [-1, 1],
    }[kind]
    return np.unique(np.array(numbers, dtype))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_numbers_of_all_sizes(case, dtype):
    """To a few units in the last place of the result, of terms that cancel, or of underflow.

    Only a result, or an argument, beyond a quarter of the largest number excuses an infinity.
    """
    info = np.finfo(dtype)
    eps, tiny, largest = float(info.eps), exact(info.tiny), exact(info.max)
    examples = list(itertools.product(*(grid(kind, dtype) for kind in case.kinds.split())))
    arguments = case.form(*(np.array(column) for column in zip(*examples, strict=True)))
    name, values = case.option
    for option in values or [None]:
        got = getattr(cc, case.name)(*arguments, **({name: option} if name else {}))
        assert got.dtype == dtype
        assert not np.isnan(got).any()
        for result, example in zip(got, examples, strict=True):
            numbers = [exact(x) for x in (*example, *([option] if name else []))]
            far, slack = max(map(abs, example)), case.cancels(*numbers)
            wanted = case.definition(*numbers)
            for value, want in zip(np.ravel(result), np.ravel(wanted), strict=True):
                if np.isinf(value):
                    assert np.sign(value) == mp.sign(want)
                    assert max(abs(want), far) > largest / 4
                else:
                    assert abs(want) <= largest * (1 + eps)
                    off = abs(exact(value) - want)
                    assert off <= case.units * eps * (abs(want) + slack) + 4 * tiny * eps


def test_what_is_within_the_type_needs_no_step_beyond_it():
    root = 1.6e154  # of which the square is too large, and half of it is not
    assert math.isclose(cc.laplace_log_likelihood(0, 0, 1e308), -math.log(2) - math.log(1e308))
    for cost in (
        -cc.normal_log_likelihood(root, 0, 1),
        cc.gaussian_kl_divergence(root, 1, 0, 1),
        cc.gaussian_kl_divergence(0, root, 0, 1),
    ):
        assert 1.2e308 < cost < np.inf
