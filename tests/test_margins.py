"""Losses of margins, of two classes and of many: one table that every contract runs through."""

import math
from typing import NamedTuple

import mpmath as mp
import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import coursecode as cc
from tests.oracles import exact

IMAGES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])
INF = np.inf


class Loss(NamedTuple):
    name: str
    of_lacks: object  # of what each other class lacks of the margin, exactly

    def __call__(self, y, s):
        return getattr(cc, self.name)(y, s)

    def gradient(self, y, s):
        return getattr(cc, self.name + "_gradient")(y, s)


def test_kinks_and_ties():
    assert cc.zero_one_loss([1, -1], [0.0, 0.0]).tolist() == [1, 1]
    assert cc.hinge_loss_gradient([1, -1], [1.0, -1.0]).tolist() == [0, 0]
    assert cc.hinge_loss_gradient([1, -1], [0.0, 0.0]).tolist() == [-1, 1]


# --- many classes ---------------------------------------------------------------------


def lacks(y, s, margin=1):
    """What each other class lacks of the margin, exactly."""
    s = [exact(v) for v in s]
    return [max(mp.mpf(0), v - s[y] + exact(margin)) for k, v in enumerate(s) if k != y]


MULTICLASS = [
    Loss("multiclass_hinge_loss", mp.fsum),
    Loss("squared_multiclass_hinge_loss", lambda lacking: mp.fsum(v**2 for v in lacking)),
    Loss("crammer_singer_loss", lambda lacking: max(lacking, default=mp.mpf(0))),
]
EVERY_MULTICLASS = pytest.mark.parametrize("loss", MULTICLASS, ids=lambda loss: loss.name)


@st.composite
def examples(draw, count=1):
    """A label, and score vectors of as many classes."""
    classes = draw(st.integers(1, 6))
    number = st.one_of(st.integers(-3, 3).map(float), st.floats(-20, 20))
    vectors = [draw(hnp.arrays(np.float64, classes, elements=number)) for _ in range(count)]
    return (draw(st.integers(0, classes - 1)), *vectors)


@EVERY_MULTICLASS
@given(examples(), st.sampled_from([0, 0.5, 1, 10]))
def test_multiclass_losses_are_their_definitions(loss, example, margin):
    y, s = example
    got = getattr(cc, loss.name)(y, s, margin=margin)
    assert math.isclose(got, loss.of_lacks(lacks(y, s, margin)), rel_tol=1e-13, abs_tol=1e-13)


@EVERY_MULTICLASS
@given(examples(), st.floats(-100, 100))
def test_shifts_change_nothing_and_gradients_sum_to_zero(loss, example, shift):
    y, s = example
    assert math.isclose(loss(y, s + shift), loss(y, s), rel_tol=1e-11, abs_tol=1e-11)
    gradient = loss.gradient(y, s)
    assert abs(gradient.sum()) < 1e-12
    assert (np.delete(gradient, y) >= 0).all()


def test_the_numbers_of_the_course():
    losses = cc.multiclass_hinge_loss(LABELS, IMAGES)
    assert np.allclose(losses, [5.1 - 3.2 + 1, 0, 5.3 + 1 + 5.6 + 1], rtol=1e-15)
    assert losses.mean().round(3) == 5.267
    squares = cc.squared_multiclass_hinge_loss(LABELS, IMAGES)
    assert np.allclose(squares, [2.9**2, 0, 6.3**2 + 6.6**2])
    assert np.allclose(cc.multiclass_hinge_loss(LABELS, 2 * IMAGES), [4.8, 0, 23.8])
    assert cc.multiclass_hinge_loss(0, [13, -7, 11], margin=10) == 8
    assert math.isclose(cc.multiclass_hinge_loss(2, [-2.85, 0.86, 0.28]), 1.58)
    assert cc.multiclass_hinge_loss(4, np.zeros(10)) == 10 - 1
    assert np.allclose(cc.crammer_singer_loss(LABELS, IMAGES), [2.9, 0, 6.6])


def test_at_the_margin_nothing_is_lacking_and_the_gradient_is_zero():
    for loss in MULTICLASS:
        assert loss(0, [1.0, 0.0, 0.0]) == 0
        assert loss.gradient(0, [1.0, 0.0, 0.0]).tolist() == [0, 0, 0]
    assert cc.crammer_singer_loss_gradient(0, [0.0, 2.0, 2.0]).tolist() == [-1, 1, 0]


def test_a_single_class_has_no_rivals():
    for loss in MULTICLASS:
        assert loss(0, [3.0]) == 0
        assert loss.gradient(0, [3.0]).tolist() == [0]


def test_scikit_learn_has_the_same_hinges():
    rng = np.random.default_rng(4)
    s, y = rng.normal(size=(30, 4)) * 2, np.arange(30) % 4
    assert np.isclose(cc.crammer_singer_loss(y, s).mean(), sklearn.metrics.hinge_loss(y, s))
    sign = np.where(y < 2, 1, -1)
    assert np.isclose(
        cc.hinge_loss(sign, s[:, 0]).mean(), sklearn.metrics.hinge_loss(sign, s[:, 0])
    )
    wrong = sklearn.metrics.zero_one_loss(sign, np.sign(s[:, 0]))
    assert np.isclose(cc.zero_one_loss(sign, s[:, 0]).mean(), wrong)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("power", "name"), [(1, "multiclass_hinge_loss"), (2, "squared_multiclass_hinge_loss")]
)
def test_pytorch_has_the_same_multiclass_hinge_but_for_a_mean_over_classes(power, name):
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install torch==2.13.0")
    rng = np.random.default_rng(5)
    s, y = rng.normal(size=(30, 4)) * 2, rng.integers(4, size=30)
    scores = torch.tensor(s, requires_grad=True)
    values = 4 * torch.nn.functional.multi_margin_loss(
        scores, torch.tensor(y), p=power, margin=0.7, reduction="none"
    )
    values.sum().backward()
    ours = getattr(cc, name)(y, s, margin=0.7)
    assert np.allclose(ours, values.detach().numpy(), rtol=1e-13)
    gradient = getattr(cc, name + "_gradient")(y, s, margin=0.7)
    assert np.allclose(gradient, scores.grad.numpy(), rtol=1e-12, atol=1e-15)
