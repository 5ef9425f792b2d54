"""Gradients measured and checked; descents: paths as formulas, what seeds decide, refusals."""

import math
import re

import numpy as np
import pytest

import coursecode as cc
from coursecode import information_content


def test_the_step_is_an_option():
    coarse = cc.numerical_gradient(np.exp, 0.0, step=1.0)
    assert math.isclose(coarse, math.sinh(1))
    check = cc.check_gradient(np.exp, np.exp, [0.0], step=1.0)
    assert math.isclose(check.absolute_error, math.sinh(1) - 1)


def test_a_lone_number_has_a_lone_gradient():
    assert isinstance(cc.numerical_gradient(np.sin, 0.0), np.float64)
    assert math.isclose(cc.numerical_gradient(np.sin, 0.0), 1)


def test_the_point_is_never_changed_and_the_function_may_change_its_argument():
    x = np.array([1.0, 2.0])

    def rude(x):
        x *= 2
        return np.sum(x**2)

    def ruder(x):
        x *= 8
        return x

    assert np.allclose(cc.numerical_gradient(rude, x), 8 * x)
    assert cc.check_gradient(rude, ruder, x)
    assert x.tolist() == [1, 2]


def test_float32_is_differentiated_in_float64():
    x = np.array([0.5, 2.0], np.float32)
    assert np.allclose(cc.numerical_gradient(np.log, x), 1 / x, rtol=1e-9)


def test_a_wrong_gradient_is_false_and_says_where_and_by_how_much():
    def wrong(x):
        gradient = 2 * x
        gradient[1, 0] += 0.5
        return gradient

    check = cc.check_gradient(lambda x: x**2, wrong, [[1.0, 2.0], [3.0, 4.0]])
    assert not check
    assert check.where == (1, 0)
    assert math.isclose(check.analytic, 6.5)
    assert math.isclose(check.numerical, 6, rel_tol=1e-9)
    assert math.isclose(check.absolute_error, 0.5, rel_tol=1e-8)
    assert math.isclose(check.relative_error, 0.5 / 6.5, rel_tol=1e-8)
    assert str(check) == (
        "differs, at worst at index (1, 0): analytic 6.5, numerical 6 "
        "(off by 5.0e-01, relative 7.7e-02)"
    )


def test_rounding_of_a_large_function_is_no_fault_of_the_gradient():
    assert cc.check_gradient(lambda x: 1e8 + x * 0, lambda x: x * 0 + 1e-9, [1.0])
    assert cc.check_gradient(lambda x: 1e8 + 1e-3 * x, lambda x: x * 0 + 1e-3, [1.0])
    assert not cc.check_gradient(lambda x: x * 0, lambda x: x * 0 + 1e-5, [1.0])


@pytest.mark.parametrize("scale", [1.0, 1e-7, 1e-30, 1e-300, 1e100])
def test_a_wrong_gradient_fails_however_small_it_is(scale):
    x = np.array([0.5, 1.0, -1.5])
    for function, gradient in (
        (lambda x: scale * x**2, lambda x: scale * 2 * x),
        (lambda x: np.sum(scale * np.exp(x)), lambda x: scale * np.exp(x)),
    ):
        assert cc.check_gradient(function, gradient, x)
        for wrong in (0.0, 0.5, -1.0, 1 + 1e-4):
            check = cc.check_gradient(function, lambda x, w=wrong, g=gradient: w * g(x), x)
            assert not check
            assert check.relative_error > 0.9e-4


@pytest.mark.parametrize("scale", [1.0, 1e-7, 1e7])
@pytest.mark.parametrize(
    ("function", "gradient", "point"),
    [
        (lambda x: x**2, lambda x: 2 * x, 0.0),
        (lambda x: x**3, lambda x: 3 * x**2, 0.0),
        (lambda x: x**5, lambda x: 5 * x**4, 0.0),
        (np.cos, lambda x: -np.sin(x), 0.0),
        (lambda x: x - np.sin(x), lambda x: 1 - np.cos(x), 0.0),
        (lambda x: (x - 1) ** 2 + 3, lambda x: 2 * (x - 1), 1.0),
        (lambda x: np.exp(x) - x, lambda x: np.exp(x) - 1, 0.0),
        (lambda x: 0 * x + 7, lambda x: 0 * x, 2.0),
        (np.sin, lambda x: np.cos(x), np.pi / 2),
    ],
)
def test_a_right_gradient_of_0_passes(function, gradient, point, scale):
    assert cc.check_gradient(lambda x: scale * function(x), lambda x: scale * gradient(x), [point])
    assert not cc.check_gradient(
        lambda x: scale * function(x), lambda x: scale * (gradient(x) + 1e-5), [point]
    )


def test_an_absolute_error_can_be_allowed():
    def check(absolute):
        tiny = 1e-7
        return cc.check_gradient(
            lambda x: tiny * x**2, lambda x: tiny * x, [1.0], absolute=absolute
        )

    assert check(1e-6)
    assert not check(0.9e-7)
    assert not check(0)
    assert not check(None)


def test_the_step_is_the_cube_root_of_the_rounding_and_grows_with_x():
    # The difference of x³ is off by the step's square.
    root = np.finfo(float).eps ** (1 / 3)
    off = cc.numerical_gradient(lambda x: x**3, [0.0, 0.1, -50.0]) - 3 * np.array([0, 0.01, 2500])
    assert np.allclose(off, [root**2, root**2, (50 * root) ** 2], rtol=0.1, atol=0)


def test_two_slopes_of_0_differ_by_nothing():
    check = cc.check_gradient(lambda x: 0 * x + 7, lambda x: 0 * x, [2.0])
    assert (check.agrees, check.absolute_error, check.relative_error) == (True, 0, 0)


def test_one_part_in_a_million_is_let_pass():
    def check(off):
        return cc.check_gradient(lambda x: x, lambda x: 1 + off + 0 * x, 0.0)

    assert check(0.9e-6)
    assert not check(1.1e-6)


def test_the_tolerance_is_an_option():
    assert not cc.check_gradient(lambda x: x, lambda x: 1.001 + 0 * x, 1.0)
    assert cc.check_gradient(lambda x: x, lambda x: 1.001 + 0 * x, 1.0, tolerance=1e-2)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((np.sin, [np.nan]), {}, ValueError, "x must be finite, got nan at index 0"),
        (
            (lambda x: x if x.mean() > 1 else x.sum(), [1.0, 1.0]),
            {},
            ValueError,
            r"shapes must match, got function\(x - h\) \(\) and function\(x \+ h\) \(2,\)$",
        ),
        ((np.sin, 1.0), {"step": 0}, ValueError, "step must be above 0, got 0"),
    ],
)
def test_bad_points_and_steps_are_refused(arguments, options, error, message):
    function, x = arguments
    with pytest.raises(error, match=f"^{message}"):
        cc.numerical_gradient(function, x, **options)
    with pytest.raises(error, match=f"^{message}"):
        cc.check_gradient(function, np.cos, x, **options)


def test_bad_gradients_and_tolerances_are_refused():
    with pytest.raises(
        ValueError, match=r"^shapes must match, got x \(2,\) and gradient\(x\) \(\)$"
    ):
        cc.check_gradient(np.sum, lambda x: 1.0, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^gradient\(x\) must be finite, got nan at index 1"):
        cc.check_gradient(np.sum, lambda x: [1.0, np.nan], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^absolute must be at least 0, got -1"):
        cc.check_gradient(np.sin, np.cos, 1.0, absolute=-1.0)
    with pytest.raises(ValueError, match=r"^tolerance must be above 0, got 0"):
        cc.check_gradient(np.sin, np.cos, 1.0, tolerance=0)


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (3, TypeError, "function must be a function, got int"),
        (lambda x: None, TypeError, "function(x) must be real numbers, got objects"),
        (lambda x: x * np.nan, ValueError, "function(x) must be finite, got nan"),
        (lambda x: [x, np.inf], ValueError, "function(x) must be finite, got inf at index 1"),
    ],
)
def test_functions_without_real_values_are_refused(function, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        cc.numerical_gradient(function, 1.0)
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        cc.check_gradient(function, np.cos, 1.0)
    message = message.replace("function", "gradient", 1)
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        cc.check_gradient(np.sin, function, 1.0)


@pytest.mark.parametrize(("x", "step"), [(1.0, 1e-20), (1.5e308, 0.8e308)])
def test_a_step_that_leads_nowhere_is_refused(x, step):
    message = r"^step must lead from x to other finite numbers, got \S+ at index 1$"
    with pytest.raises(ValueError, match=message):
        cc.numerical_gradient(lambda x: x * 0, [0.0, x], step=step)


def test_values_whose_sum_overflows_give_no_warning():
    assert cc.numerical_gradient(lambda x: 1e308 + 0 * x, np.zeros(4)).tolist() == [0] * 4


@pytest.mark.parametrize(
    ("function", "gradient", "points"),
    [
        (np.sin, np.cos, [1e3, 1234.5, 1e5 + 0.3]),
        (np.log, lambda x: 1 / x, [1e-3, 1e-5 + 1e-7, 0.01]),
        (np.sqrt, lambda x: 0.5 / np.sqrt(x), [1e-4, 2e-5, 0.01]),
        (abs, np.sign, [1e-9, -1e-7, 1e-5]),
    ],
    ids=["waves within a step", "logarithm", "root", "next to a kink"],
)
def test_a_function_that_bends_within_the_step_is_judged_by_a_shorter_one(
    function, gradient, points
):
    assert cc.check_gradient(function, gradient, points)
    for k in range(3):

        def wrong(x, k=k):
            slopes = np.array(gradient(x))
            slopes[k] *= 1 + 1e-5
            return slopes

        check = cc.check_gradient(function, wrong, points)
        assert not check
        assert check.where == (k,)


# --- functions that end, are coarse, or are too large for their changes ------------------

SMOOTH = {
    "sine": (np.sin, np.cos),
    "exponential": (np.exp, np.exp),
    "square": (lambda x: x**2, lambda x: 2 * x),
    "sum of squares": (lambda x: np.sum(x**2), lambda x: 2 * x),
    "large": (lambda x: 1e3 * x**3, lambda x: 3e3 * x**2),
}


def coarse(function, dtype):
    """The same function in a coarser type, from its argument on."""
    return lambda x: np.asarray(function(x.astype(dtype)), dtype)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(("function", "gradient"), SMOOTH.values(), ids=list(SMOOTH))
def test_a_function_of_float32_is_judged_by_what_float32_can_tell(function, gradient, scale):
    x = np.array([0.3, -1.2, 2.0])
    f = coarse(lambda x: np.float32(scale) * function(x), np.float32)
    assert np.allclose(cc.numerical_gradient(f, x), scale * gradient(x), rtol=5e-3)
    assert cc.check_gradient(f, lambda x: scale * gradient(x), x)
    assert cc.check_gradient(f, coarse(lambda x: np.float32(scale) * gradient(x), np.float32), x)
    check = cc.check_gradient(f, lambda x: 1.01 * scale * gradient(x), x)
    assert str(check).startswith("differs, at worst")


def test_a_function_of_float16_is_judged_by_what_float16_can_tell():
    f = coarse(np.sin, np.float16)
    assert cc.check_gradient(f, np.cos, [0.3, 1.0])
    assert not cc.check_gradient(f, lambda x: 1.5 * np.cos(x), [0.3, 1.0])


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 2.0])
def test_where_rounding_hides_a_gradient_the_check_says_that_it_cannot_tell(factor):
    check = cc.check_gradient(lambda x: 1e8 + 1e-9 * x, lambda x: factor * 1e-9 + 0 * x, [1.0])
    assert check  # nothing speaks against it
    if factor:  # the differences are 0
        assert check.uncertainty > 1e-9
        assert str(check).startswith("can't tell, at worst at index 0: analytic ")
        assert str(check).endswith(f"and differences may be off by {check.uncertainty:.1e})")
        assert "relative" not in str(check)


def test_nor_can_it_tell_where_rounding_hides_a_third_of_the_slope():
    check = cc.check_gradient(lambda x: 1e8 + 1e-6 * x, lambda x: 1.3e-6 + 0 * x, [1.0])
    assert check
    assert check.uncertainty > 1e-7


def test_where_an_entry_next_to_0_is_beside_larger_ones_the_check_can_tell():
    check = cc.check_gradient(lambda x: x**3, lambda x: 3 * x**2, [0.0, 1.0])
    assert (check.agrees, check.uncertainty) == (True, 0)
    assert check.absolute_error < 1e-10
    assert str(check).startswith("agrees")


EDGES = {
    "-ln x": (lambda x: -np.log(x), lambda x: -1 / x, [1e-3, 1e-8, 1e-12, 1e-100]),
    "-ln x of one number": (lambda x: -math.log(x[0]), lambda x: -1 / x, [1e-8]),
    "exponential of one number": (
        lambda x: math.exp(x[0]) / 1e9,  # which raises an error of its own
        lambda x: np.exp(x) / 1e9,
        [709.78],
    ),
    "information": (information_content, lambda p: -1 / p, [1e-9, 0.5, 1 - 1e-9]),
    "root": (lambda x: np.sqrt(1 - x), lambda x: -0.5 / np.sqrt(1 - x), [0.0, 1 - 1e-9]),
}


@pytest.mark.parametrize(("function", "gradient", "x"), EDGES.values(), ids=list(EDGES))
def test_a_step_stays_where_the_function_is_finite(function, gradient, x):
    slopes = gradient(np.array(x))
    assert np.allclose(cc.numerical_gradient(function, x), slopes, rtol=1e-4)
    assert cc.check_gradient(function, gradient, x)
    check = cc.check_gradient(function, lambda x: 1.001 * gradient(x), x)
    assert not check


def test_a_check_finds_a_step_that_stays_on_one_side_of_a_pole():
    assert cc.check_gradient(lambda x: 1 / x, lambda x: -1 / x**2, [1e-7])
    assert not cc.check_gradient(lambda x: 1 / x, lambda x: -1.001 / x**2, [1e-7])


def test_a_function_that_ends_at_x_is_refused_in_its_own_words():
    with pytest.raises(ValueError, match=r"^function\(x\) must be finite, got nan at index 0$"):
        cc.numerical_gradient(np.sqrt, [0.0])
    with pytest.raises(ValueError, match=r"^p must lie between 0 and 1"):
        cc.check_gradient(information_content, lambda p: -1 / p, [1.0])
    with pytest.raises(ValueError, match=r"^function\(x\) must be finite, got nan at index 0$"):
        cc.numerical_gradient(np.log, [1e-3], step=0.01)


def test_a_number_next_to_the_largest_is_differentiated():
    assert math.isclose(cc.numerical_gradient(lambda x: x, 1.79769e308), 1)


# --- descents ---------------------------------------------------------------------------

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


def test_the_learning_rate_may_change_with_the_step():
    path = descend(learning_rate=lambda step: 0.5 if step == 1 else 0.25, start=8.0, steps=2)
    assert path.points.tolist() == [8, 4, 0]


def test_a_matrix_keeps_its_shape_and_is_not_changed():
    start = np.ones((2, 3), np.float32)
    path = descend(start=start, steps=1, learning_rate=0.25)
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
    assert wander(batch_size=5).losses.shape == (3,)


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
    ({"start": [np.nan]}, ValueError, "start must be finite, got nan at index 0"),
    ({"learning_rate": 0}, ValueError, "learning_rate must be above 0, got 0"),
    (
        {"learning_rate": lambda step: 1.0 - step},
        ValueError,
        "learning_rate(1) must be above 0, got 0",
    ),
    ({"function": 3}, TypeError, "function must be a function, got int"),
    ({"gradient": None}, TypeError, "gradient must be a function, got NoneType"),
    (
        {"function": lambda *_: 1j},
        TypeError,
        "function(w) must be real numbers, got complex numbers",
    ),
    ({"gradient": lambda *_: "1"}, TypeError, "gradient(w) must be real numbers, got text"),
    (
        {"start": [0.0, 1.0], "gradient": lambda *_: 1.0},
        ValueError,
        "shapes must match, got start (2,) and gradient ()",
    ),
    (
        {"function": lambda *_: [0.0, 1.0]},
        ValueError,
        "function must return a single number, got shape (2,)",
    ),
]
REFUSED = [
    *((descent, *bad) for descent in (descend, wander) for bad in BOTH),
    (descend, {"steps": 2.0}, TypeError, "steps must be a whole number, got float"),
    (wander, {"examples": 0}, ValueError, "examples must be at least 1, got 0"),
    (wander, {"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
    (wander, {"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
    (wander, {"generator": 0}, TypeError, "generator must be a numpy.random.Generator, got int"),
]


@pytest.mark.parametrize(("descent", "changes", "error", "message"), REFUSED)
def test_a_descent_refuses(descent, changes, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        descent(**changes)


def test_a_count_of_any_whole_type_is_taken():
    assert descend(steps=np.int8(127)).points.shape[0] == 128
