"""Gradient descent and SGD: paths as formulas, what seeds decide, and what is refused."""

import numpy as np
import pytest

import coursecode as cc

TARGETS = np.array([1.0, 2.0, 4.0, 9.0, -1.0])


def square(w):
    return float(np.sum(w**2))


def slope(w):
    return 2 * w


def batch_loss(w, batch):
    return float(np.mean((TARGETS[batch] - w) ** 2))


def batch_slope(w, batch):
    return 2 * np.mean(w - TARGETS[batch])


def descend(**changes):
    arguments = {"learning_rate": 0.1, "steps": 5} | changes
    function, gradient = arguments.pop("function", square), arguments.pop("gradient", slope)
    start = arguments.pop("start", [1.0, -3.0])
    return cc.gradient_descent(function, gradient, start, **arguments)


def wander(seed=0, **changes):
    arguments = {
        "examples": len(TARGETS),
        "learning_rate": 0.1,
        "generator": np.random.default_rng(seed),
        "batch_size": 2,
        "epochs": 3,
    } | changes
    function = arguments.pop("function", batch_loss)
    gradient = arguments.pop("gradient", batch_slope)
    return cc.sgd(function, gradient, arguments.pop("start", 0.0), **arguments)


def test_descent_on_a_square_shrinks_by_the_same_factor_every_step():
    path = descend(learning_rate=0.1, steps=20)
    factors = 0.8 ** np.arange(21)
    assert path.points.shape == (21, 2)
    assert np.allclose(path.points, factors[:, np.newaxis] * [1.0, -3.0], rtol=1e-14)
    assert np.allclose(path.losses, 10 * factors**2, rtol=1e-14)


def test_descent_converges_just_below_two_over_the_curvature_and_not_above():
    # The curvature of w² is 2, so that the limit is 1.
    assert descend(learning_rate=0.99, steps=2000).losses[-1] < 1e-15
    assert descend(learning_rate=1.01, steps=100).losses[-1] > 10
    assert np.allclose(descend(learning_rate=1.0).losses, 10)


def test_the_learning_rate_may_change_with_the_step():
    path = descend(learning_rate=lambda step: 0.5 if step == 1 else 0.25, start=8.0, steps=2)
    assert path.points.tolist() == [8, 4, 0]


def test_a_matrix_keeps_its_shape_and_is_not_changed():
    start = np.ones((2, 3), np.float32)

    def rude(w):
        w *= 2  # of a copy
        return w

    path = descend(start=start, gradient=rude, steps=1, learning_rate=0.25)
    assert path.points.shape == (2, 2, 3)
    assert path.points.dtype == np.float64
    assert path.points[1].tolist() == [[0.5] * 3] * 2
    assert start.tolist() == [[1.0] * 3] * 2


def test_a_function_may_change_what_it_is_given():
    def rude(w, *batch):
        loss = square(w)
        w[...] = 7
        return loss

    def ruder(w, *batch):
        gradient = slope(w)
        w[...] = 7
        return gradient

    kind, was = descend(), descend(function=rude, gradient=ruder)
    assert np.array_equal(was.points, kind.points)
    assert np.array_equal(was.losses, kind.losses)
    start = {"start": [1.0, -3.0]}
    kind = wander(function=lambda w, _: square(w), gradient=lambda w, _: slope(w), **start)
    was = wander(function=rude, gradient=ruder, **start)
    assert np.array_equal(was.points, kind.points)
    assert np.array_equal(was.losses, kind.losses)


def test_full_batches_of_sgd_are_gradient_descent():
    path = wander(batch_size=5, epochs=4)
    everything = np.arange(5)
    expected = cc.gradient_descent(
        lambda w: batch_loss(w, everything),
        lambda w: batch_slope(w, everything),
        0.0,
        learning_rate=0.1,
        steps=4,
    )
    assert np.allclose(path.points, expected.points, rtol=1e-14)
    assert np.allclose(path.losses, expected.losses[:-1], rtol=1e-14)


def test_every_example_is_used_once_an_epoch_in_an_order_of_its_own():
    seen = []

    def note(w, batch):
        seen.append(batch.tolist())
        return batch_loss(w, batch)

    path = wander(function=note)
    assert [len(batch) for batch in seen] == [2, 2, 1] * 3
    epochs = np.concatenate(seen).reshape(3, 5).tolist()
    assert [sorted(epoch) for epoch in epochs] == [[0, 1, 2, 3, 4]] * 3
    assert epochs[0] != epochs[1]
    assert path.points.shape == (10,)
    assert path.losses.shape == (9,)


def test_losses_of_sgd_are_those_of_the_batch_before_the_step():
    seen = []

    def note(w, batch):
        seen.append((w, batch))
        return batch_slope(w, batch)

    path = wander(gradient=note)
    for (w, batch), point, loss in zip(seen, path.points[:-1], path.losses, strict=True):
        assert w == point
        assert loss == batch_loss(w, batch)
    steps = [w - 0.1 * batch_slope(w, batch) for w, batch in seen]
    assert np.array_equal(path.points[1:], steps)


def test_the_generator_decides_the_path():
    assert np.array_equal(wander(seed=1).points, wander(seed=1).points)
    assert not np.array_equal(wander(seed=1).points, wander(seed=2).points)


def test_sgd_with_a_falling_rate_finds_the_mean():
    path = wander(learning_rate=lambda step: 1 / (2 * (step + 1)), batch_size=1, epochs=2000)
    assert path.points[-1] == pytest.approx(TARGETS.mean(), abs=1e-3)


@pytest.mark.parametrize("run", [descend, wander])
def test_divergence_stops_with_the_step_and_advice(run):
    message = r"diverged: the loss is \S+ after \d+ steps \(a smaller learning_rate may help\)$"
    lengths = {"epochs": 1000} if run is wander else {"steps": 3000}
    with pytest.raises(FloatingPointError, match=message):
        run(learning_rate=5.0, **lengths)


def test_divergence_is_seen_in_the_point_as_well_as_in_the_loss():
    with pytest.raises(FloatingPointError, match=r"diverged: the loss is 0 after 1 steps"):
        descend(function=lambda w: 0.0, gradient=lambda w: w * np.nan)
    with pytest.raises(FloatingPointError, match=r"^sgd diverged: the loss is 0 after 1 steps"):
        wander(function=lambda w, b: 0.0, gradient=lambda w, b: np.inf, batch_size=5, epochs=1)
    with pytest.raises(FloatingPointError, match=r"diverged: the loss is nan after 0"):
        descend(function=lambda w: np.nan)


BOTH = [
    ({"start": [np.nan]}, ValueError, "^start must be finite, got nan at index 0$"),
    ({"start": []}, ValueError, "^start must not be empty"),
    ({"start": "here"}, TypeError, "^start must be real numbers, got text$"),
    ({"learning_rate": 0}, ValueError, "^learning_rate must be above 0, got 0$"),
    ({"learning_rate": "fast"}, TypeError, "^learning_rate must be a real number, got str$"),
    (
        {"learning_rate": lambda step: 1.0 - step},
        ValueError,
        r"^learning_rate\(1\) must be above 0, got 0$",
    ),
    ({"function": 3}, TypeError, "^function must be a function, got int$"),
    ({"gradient": None}, TypeError, "^gradient must be a function, got NoneType$"),
    (
        {"function": lambda w, b=0: None},
        TypeError,
        r"^function\(w\) must be real numbers, got objects$",
    ),
    (
        {"function": lambda w, b=0: 1j},
        TypeError,
        r"^function\(w\) must be real numbers, got complex numbers$",
    ),
    (
        {"gradient": lambda w, b=0: "1"},
        TypeError,
        r"^gradient\(w\) must be real numbers, got text$",
    ),
]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        *BOTH,
        ({"steps": 0}, ValueError, "^steps must be at least 1, got 0$"),
        ({"steps": 2.0}, TypeError, "^steps must be a whole number, got float$"),
        (
            {"gradient": lambda w: 1.0},
            ValueError,
            r"^shapes must match, got start \(2,\) and gradient \(\)$",
        ),
        (
            {"function": lambda w: w**2},
            ValueError,
            r"^function must return a single number, got shape \(2,\)$",
        ),
    ],
)
def test_gradient_descent_refuses(changes, error, message):
    with pytest.raises(error, match=message):
        descend(**changes)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        *BOTH,
        ({"examples": 0}, ValueError, "^examples must be at least 1, got 0$"),
        ({"batch_size": 0}, ValueError, "^batch_size must be at least 1, got 0$"),
        ({"epochs": 0}, ValueError, "^epochs must be at least 1, got 0$"),
        ({"generator": 0}, TypeError, "^generator must be a numpy.random.Generator, got int$"),
        (
            {"gradient": lambda w, b: np.ones(2)},
            ValueError,
            r"^shapes must match, got start \(\) and gradient \(2,\)$",
        ),
        (
            {"function": lambda w, b: TARGETS[b] - w},
            ValueError,
            r"^function must return a single number, got shape \(2,\)$",
        ),
    ],
)
def test_sgd_refuses(changes, error, message):
    with pytest.raises(error, match=message):
        wander(**changes)


def test_a_count_of_any_whole_type_is_taken():
    assert descend(steps=np.int8(127)).points.shape[0] == 128
