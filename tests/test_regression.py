"""Losses of predicted numbers: one table that every contract runs through."""

from typing import NamedTuple

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, strategies as st

import coursecode as cc

COURSE = np.array([20.0, 21.0, 22.0, 29.0, 33.0])


class Loss(NamedTuple):
    name: str
    options: dict

    def __call__(self, y, f):
        return getattr(cc, self.name)(y, f, **self.options)

    def gradient(self, y, f):
        return getattr(cc, self.name + "_gradient")(y, f, **self.options)


LOSSES = [
    Loss("squared_error", {}),
    Loss("absolute_error", {}),
    *[Loss("quantile_loss", {"quantile": tau}) for tau in (0.05, 0.25, 0.5, 0.9)],
    *[Loss("huber_loss", {"delta": delta}) for delta in (0.1, 1.0, 30.0)],
    Loss("log_cosh_loss", {}),
]
EVERY_LOSS = pytest.mark.parametrize("loss", LOSSES, ids=lambda x: x.name + str(x.options or ""))
NUMBERS = st.floats(-1e3, 1e3)


@EVERY_LOSS
@given(NUMBERS)
def test_loss_is_nothing_for_a_hit_and_never_negative(loss, y):
    assert loss(y, y) == 0
    assert loss.gradient(y, y) == 0
    assert loss(y, -y) >= 0


def best_constant(loss, y):
    grid = np.arange(0, 40, 0.25)
    totals = [loss(y, np.full_like(y, c)).sum() for c in grid]
    return grid[np.isclose(totals, min(totals), rtol=1e-12)].tolist()


def test_the_best_constants_are_mean_median_and_quantile():
    assert best_constant(cc.squared_error, COURSE) == [COURSE.mean()] == [25]
    assert best_constant(cc.absolute_error, COURSE) == [np.median(COURSE)] == [22]
    assert best_constant(cc.absolute_error, np.append(COURSE, 35)) == list(
        np.arange(22, 29.1, 0.25)
    )
    for tau in (0.1, 0.3, 0.7, 0.9):
        loss = Loss("quantile_loss", {"quantile": tau})
        expected = np.quantile(COURSE, tau, method="inverted_cdf")
        assert best_constant(loss, COURSE) == [expected]


def test_the_numbers_of_the_course():
    assert cc.absolute_error([10, 2], [0, 0]).tolist() == [10, 2]
    assert cc.squared_error([10, 2], [0, 0]).tolist() == [100, 4]
    outlier = np.append(COURSE, 1033)
    assert (np.mean(outlier), np.median(outlier)) == (193, 25.5)


def test_scikit_learn_has_the_same_losses():
    rng = np.random.default_rng(1)
    y, f = rng.normal(size=(2, 40))
    assert np.isclose(cc.squared_error(y, f).mean(), sklearn.metrics.mean_squared_error(y, f))
    assert np.isclose(cc.absolute_error(y, f).mean(), sklearn.metrics.mean_absolute_error(y, f))
    pinball = sklearn.metrics.mean_pinball_loss(y, f, alpha=0.3)
    assert np.isclose(cc.quantile_loss(y, f, quantile=0.3).mean(), pinball)


@pytest.mark.oracle
def test_pytorch_has_the_same_losses():
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install torch==2.13.0")
    rng = np.random.default_rng(2)
    y, f = rng.normal(size=(2, 40)) * 2
    functional = torch.nn.functional
    for ours, theirs in (
        (LOSSES[0], functional.mse_loss),
        (LOSSES[1], functional.l1_loss),
        (LOSSES[6], lambda *a, **k: functional.huber_loss(*a, delta=0.1, **k)),
    ):
        prediction = torch.tensor(f, requires_grad=True)
        values = theirs(prediction, torch.tensor(y), reduction="none")
        values.sum().backward()
        assert np.allclose(ours(y, f), values.detach().numpy(), rtol=1e-13)
        assert np.allclose(ours.gradient(y, f), prediction.grad.numpy(), rtol=1e-13)
