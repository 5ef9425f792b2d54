"""How formulas are run: the same results whatever the size, shape, type and layout of the input."""

import inspect
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

import coursecode as cc
from coursecode._core import arithmetic, evaluate, kinds
from coursecode._core.evaluate import checked, rowwise
from coursecode._core.kinds import Above0, Array, Real, Vector
from tests.bad_inputs import CALLS
from tests.test_refusals import every_batch, every_call, good_arguments, run

RNG = np.random.default_rng(0)
BY_ROWS = sorted({*CALLS} - {"huffman_code_lengths"})


def of_rows(function, times=1):
    """Return a function and its good arguments, repeated."""
    call = CALLS[function][0]
    rows = [v[np.newaxis] if kind == "table" else v for kind, v in call.arguments.values()]
    values = [np.concatenate([v] * times) for v in rows]
    return partial(getattr(cc, function), **call.required), values


@every_call
def test_good_arguments_are_taken_and_never_changed(function, call):
    arguments = good_arguments(call)
    copies = {name: np.array(value) for name, value in arguments.items()}
    for value in copies.values():
        value.setflags(write=False)
    result = run(function, copies)
    assert not np.isnan(result).any()
    for name, value in arguments.items():
        assert np.array_equal(value, copies[name])
        assert not np.shares_memory(result, copies[name])


@every_batch
def test_lists_float32_and_whole_numbers_are_taken(function, call):
    arguments = good_arguments(call)
    result = run(function, arguments)
    lists = run(function, {name: value.tolist() for name, value in arguments.items()})
    assert np.array_equal(result, lists)
    single = {n: v.astype(np.float32) if v.dtype == float else v for n, v in arguments.items()}
    assert run(function, single).dtype == (np.intp if call.whole else np.float32)
    assert np.allclose(run(function, single), result, rtol=1e-5)


@every_batch
@pytest.mark.parametrize("order", ["float16", "big-endian", "column by column", "strided"])
def test_layout_and_width_of_the_input_make_no_difference(function, call, order):
    arguments = good_arguments(call)
    made = {
        "float16": lambda x: x.astype(np.float16) if x.dtype == float else x,
        "big-endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
        "column by column": np.asfortranarray,
        "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    }[order]
    result = run(function, {name: made(value) for name, value in arguments.items()})
    expected = np.intp if call.whole else np.float32 if order == "float16" else np.float64
    assert result.dtype == expected
    # float16 is computed in float32: a few units in the last place, on any processor
    assert np.allclose(result, run(function, arguments), rtol=1e-5 if order == "float16" else 0)


@pytest.mark.parametrize("function", BY_ROWS)
@pytest.mark.parametrize("block", [8, 200])
def test_blocks_of_any_size_give_the_same(function, block, monkeypatch):
    compute, values = of_rows(function, 9)
    whole = compute(*values)
    monkeypatch.setattr(evaluate, "BLOCK_BYTES", block)
    assert np.array_equal(compute(*values), whole)


@pytest.mark.parametrize("function", BY_ROWS)
def test_leading_axes_are_a_batch(function):
    compute, values = of_rows(function)
    rows = compute(*values)
    stacked = compute(*[np.stack([v, v, v])[:, np.newaxis] for v in values])
    assert stacked.shape == (3, 1, *rows.shape)
    assert np.allclose(stacked, rows, rtol=1e-14)


@pytest.mark.parametrize("function", BY_ROWS)
def test_large_input_needs_a_few_blocks_beyond_the_result(function):
    compute, values = of_rows(function, 60_000)
    compute(*[value[:10] for value in values])
    tracemalloc.start()
    result = compute(*values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - result.nbytes < 16 * evaluate.BLOCK_BYTES


def test_a_single_example_gives_a_scalar():
    assert isinstance(cc.logsumexp([1.0, 2.0]), np.float64)
    assert isinstance(cc.sigmoid(np.float32(1)), np.float32)
    assert cc.softmax([1.0, 2.0]).shape == (2,)


@every_batch
@pytest.mark.parametrize("block", [8, 2**20])
def test_no_warning_no_flag_and_no_minus_zero(function, call, block, monkeypatch):
    monkeypatch.setattr(evaluate, "BLOCK_BYTES", block)
    free = [n for n, (k, _) in call.arguments.items() if k in ("real", "rows", "extended")]
    for y, f in ((0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0), (500.0, -500.0), (-500.0, 500.0)):
        arguments = {n: np.array(v) for n, v in good_arguments(call).items()}
        for name in free:
            arguments[name][..., 0] = y if name == "y_true" else f
            arguments[name][..., 1:] = f if name == "y_true" else y
        with np.errstate(all="raise"):
            result = np.asarray(run(function, arguments))
        assert not (np.signbit(result) & (result == 0)).any()


MAY_BE_ZERO = ("real", "rows", "extended", "exponents", "scores", "nonnegative", "unit", "binary")


@every_batch
def test_minus_zero_is_taken_for_zero(function, call):
    zeros = {name: value.astype(float) for name, value in good_arguments(call).items()}
    for name, (kind, _) in call.arguments.items():
        if kind in MAY_BE_ZERO:
            zeros[name][..., 0] = 0
    result = run(function, zeros)
    minus = {name: np.where(value == 0, -0.0, value) for name, value in zeros.items()}
    assert np.array_equal(run(function, minus), result)
    for name in zeros:
        assert np.array_equal(run(function, zeros | {name: minus[name]}), result)


def test_threads_may_compute_at_once():
    both = threading.Barrier(2, timeout=10)

    @rowwise
    def reciprocal(x: Real) -> Array:
        both.wait()
        return 1 / x

    with ThreadPoolExecutor(2) as pool:
        assert [x.tolist() for x in pool.map(reciprocal, [[0.0, 1.0], [2.0, -0.0]])] == [
            [np.inf, 1.0],
            [0.5, -np.inf],
        ]


def test_a_formula_may_return_what_it_was_given():
    @rowwise
    def same(x: Real) -> Array:
        return x

    @rowwise
    def first(x: Vector) -> Array:
        return x[:, 0]

    x = np.array([-0.0, 1.0])
    assert not np.shares_memory(same(x), x)
    assert np.signbit(x[0])
    assert not np.signbit(same(x)[0])
    assert first([[1.0, 2.0]] * 3).tolist() == [1, 1, 1]


# --- types ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", np.typecodes["AllInteger"])
def test_whole_numbers_of_any_width_become_float64(kind):
    loss = cc.squared_error(np.array([1, 100], kind), np.array([1, 3], kind))
    assert loss.dtype == np.float64
    assert loss.tolist() == [0, 97**2]


@pytest.mark.parametrize("kind", [*np.typecodes["AllInteger"], bool])
def test_whole_labels_leave_float32_scores_float32(kind):
    labels, scores = np.ones(3, np.float32), np.array([0.5, -1.0, 2.0], np.float32)
    of_signs = () if kind is bool else (cc.hinge_loss, cc.logistic_loss)
    for function in (cc.binary_cross_entropy, *of_signs):
        loss = function(labels.astype(kind), scores)
        assert loss.dtype == np.float32
        assert np.array_equal(loss, function(labels, scores))


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f2", ">f2"])
def test_narrow_floats_in_any_byte_order_become_float32(kind):
    loss = cc.squared_error(np.array([0.5, 300], kind), np.array([0.25, 0], kind))
    assert loss.dtype == np.float32
    assert loss.tolist() == [0.0625, 90_000]


def test_wider_floats_become_float64_in_silence():
    # Where the longest type is longer than float64, its largest number becomes infinite.
    assert cc.sigmoid(np.array([np.finfo(np.longdouble).max])).tolist() == [1]


@every_batch
def test_float32_beside_float64_is_computed_in_float64(function, call):
    kinds = {name: kind for name, (kind, _) in call.arguments.items()}
    names = [name for name in kinds if kinds[name] not in ("classes", "bits")]
    arguments = good_arguments(call)
    for name in names if len(names) > 1 else ():
        single = arguments[name].astype(np.float32)
        result = run(function, arguments | {name: single})
        assert result.dtype == np.float64
        assert np.array_equal(result, run(function, arguments | {name: single.astype(float)}))


X32 = np.array([0.0, 1.0, 1.0], np.float32)
WITH_PARAMETERS = {
    "normal_log_likelihood": (X32, 0.0, 2),
    "laplace_log_likelihood": (X32, 0, 2.0),
    "bernoulli_log_likelihood": (X32, 0.25),
    "poisson_log_likelihood": (X32, 2),
    "gaussian_kl_divergence": (X32, 1, 0.5, 2.0),
}
every_parameter = pytest.mark.parametrize(("function", "arguments"), WITH_PARAMETERS.items())


def test_the_table_of_functions_with_parameters_is_complete():
    found = {
        name
        for name in CALLS
        for parameter in inspect.signature(getattr(cc, name)).parameters.values()
        if getattr(parameter.annotation, "lone", False)
    }
    assert found == {*WITH_PARAMETERS, "categorical_log_likelihood"}


@every_parameter
def test_numbers_of_python_take_the_type_of_the_data(function, arguments):
    compute = getattr(cc, function)
    data, *numbers = arguments
    # Of a Bernoulli variable the data are classes, which have no such type.
    width = np.float64 if function.startswith("bernoulli") else np.float32
    single = compute(data, *numbers)
    assert single.dtype == width
    assert np.array_equal(single, compute(data, *map(width, numbers)))
    assert compute(data.astype(float), *numbers).dtype == np.float64
    assert compute(data, *map(np.float64, numbers)).dtype == np.float64
    assert compute(data, *(np.full(3, number, float) for number in numbers)).dtype == np.float64
    assert compute(1, *numbers).dtype == np.float64


@every_parameter
@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (300, 1000)])
def test_a_single_number_counts_for_every_example(function, arguments, shape):
    compute = getattr(cc, function)
    data, *numbers = arguments
    data = np.resize(data, shape).astype(float)
    each = compute(data, *(np.full(shape, number, float) for number in numbers))
    assert np.array_equal(compute(data, *map(np.float64, numbers)), each)
    if function == "gaussian_kl_divergence":  # the first may be the single one too
        last = compute(0.5, 1.0, data, 2.0)
        filled = (np.full(shape, 0.5), np.ones(shape), data, np.full(shape, 2.0))
        assert np.array_equal(last, compute(*filled))


def test_parameters_of_python_as_far_as_float32_reaches_leave_float32():
    x, info = np.ones(2, np.float32), np.finfo(np.float32)
    for far in (float(info.max), float(info.tiny)):
        assert cc.laplace_log_likelihood(x, 0.0, far).dtype == np.float32
        assert cc.normal_log_likelihood(x, -far, 1).dtype == np.float32
        assert cc.normal_log_likelihood(x, 2**63, 1).dtype == np.float32  # of NumPy's largest type
        beyond = float(np.nextafter(far, np.inf if far > 1 else 0))
        assert cc.laplace_log_likelihood(x, 0.0, beyond).dtype == np.float64
        assert cc.normal_log_likelihood(x, -beyond, 1).dtype == np.float64
    far = (0, 1e50)
    assert np.array_equal(
        cc.normal_log_likelihood(x, *far), cc.normal_log_likelihood(x.astype(float), *far)
    )


def test_an_option_without_a_place_in_float32_is_kept_and_the_result_rounded():
    y, f = np.array([3e38, 1.0], np.float32), np.array([-3e38, 0.0], np.float32)
    for delta in (1e-300, 1e-40, 1e39, 1e300):
        wide = cc.huber_loss(y.astype(float), f.astype(float), delta=delta)
        with np.errstate(all="ignore"):
            expected = wide.astype(np.float32)
        got = cc.huber_loss(y, f, delta=delta)
        assert got.dtype == np.float32
        assert np.array_equal(got, expected)


# --- decorators -------------------------------------------------------------------------


@checked
def mean_over(x: Vector, *, part: Above0, power: Above0 | None = None) -> Array:
    """Mean of rows over a part.

    Raises
    ------
    ZeroDivisionError
        Never.

    Notes
    -----
    Some.
    """
    return (x if power is None else x**power).mean(axis=-1) / part


def test_a_function_may_be_given_its_arguments_as_a_whole():
    assert mean_over([[1, 2], [3, 5]], part=2).tolist() == [0.75, 2]
    assert mean_over(x=[3, 5], part=2.0, power=2) == 8.5
    assert mean_over([3, 5], part=2, power=None) == 2
    with pytest.raises(ValueError, match=r"^power must be above 0, got 0$"):
        mean_over([3, 5], part=2, power=0)
    for forgetting in (lambda: mean_over("text"), lambda: mean_over(x="text")):
        with pytest.raises(TypeError, match=r"^missing a required argument: 'part'$"):
            forgetting()


def test_rules_are_written_into_the_docstring_before_what_it_says_itself():
    assert inspect.getdoc(mean_over).splitlines() == [
        "Mean of rows over a part.",
        "",
        "Raises",
        "------",
        "ValueError",
        "    `x` must be finite. `part` must be finite and must be above 0. `power` must be finite",
        "    and must be above 0.",
        "ZeroDivisionError",
        "    Never.",
        "",
        "Notes",
        "-----",
        "Some.",
    ]


def test_a_signature_shows_kinds_in_words():
    power = "power: number above 0 = None"
    expected = f"(x: rows of finite numbers, *, part: number above 0, {power}) -> array"
    assert str(inspect.signature(mean_over)) == expected


def test_a_docstring_of_one_line_gets_its_rules_too():
    @rowwise
    def double(x: Real) -> Array:
        """Twice x."""
        return 2 * x

    assert inspect.getdoc(double) == (
        "Twice x.\n\nRaises\n------\nValueError\n    `x` must be finite."
    )


# What an option is when it is left out, as the docstrings say.
DEFAULTS = {
    "absolute": None,
    "base": np.e,
    "batch_size": 32,
    "class_weights": None,
    "delta": 1,
    "epochs": 1,
    "intercept": False,
    "l1_ratio": 0.5,
    "label_smoothing": 0,
    "loss": "softmax_cross_entropy",
    "margin": 1,
    "max_iterations": 100_000,
    "max_sweeps": 10_000,
    "minimum_norm": False,
    "penalty": "l2",
    "quantile": 0.5,
    "step": None,
    "strength": 1e-3,
    "tolerance": {"check_gradient": 1e-6, "elastic_net": 1e-10, "lasso": 1e-10},
}
FUNCTIONS = [n for n in cc.__all__ if inspect.isfunction(getattr(cc, n))]


@pytest.mark.parametrize("name", [*FUNCTIONS, "LinearClassifier"])
def test_options_that_are_left_out_are_what_is_said(name):
    for option, parameter in inspect.signature(getattr(cc, name)).parameters.items():
        if parameter.default is not parameter.empty:
            default = DEFAULTS[option]
            default = default.get(name) if isinstance(default, dict) else default
            assert parameter.default == default


# --- arithmetic -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 10_000, 10_001, 20_000, 54_321])
def test_every_number_of_a_long_array_is_read(size, dtype):
    numbers = np.zeros(size, dtype)
    for laid_out in (numbers, np.zeros(3 * size, dtype)[::3], np.zeros((size, 2), dtype)):
        laid_out[...] = 1
        assert kinds.all_finite(laid_out)
        for place in {0, size // 2, size - size % 10_000 - 1, size - size % 10_000, size - 1}:
            if not 0 <= place < size:
                continue
            for fault in (np.nan, np.inf, -np.inf):
                laid_out[place] = fault
                assert not kinds.all_finite(laid_out)
                laid_out[place] = 1


@pytest.mark.parametrize("width", [1, 5, 64, 65, 1000])
def test_sums_and_maxima_of_rows_are_those_of_numpy(width):
    x = RNG.normal(size=(50, width))
    for laid_out in (x, np.asfortranarray(x)):
        assert np.allclose(arithmetic.row_sum(laid_out), x.sum(axis=-1), rtol=1e-12, atol=1e-13)
        assert np.array_equal(arithmetic.row_max(laid_out), x.max(axis=-1))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_number_outside_is_taken_for_one_within(dtype):
    info = np.finfo(dtype)
    good = np.array([0.5, float(info.smallest_subnormal), float(info.max), 1.0], dtype)
    for shape in (4, (2, 2), (4, 1)):
        assert kinds.within(good.reshape(shape), kinds.LEAST, kinds.MOST)
        for place in range(4):
            for fault in (0, -0.0, -1, np.inf, -np.inf, np.nan):
                bad = good.copy()
                bad[place] = fault
                assert not kinds.within(bad.reshape(shape), kinds.LEAST, kinds.MOST)


def test_the_logarithm_of_one_plus_x_keeps_its_digits_in_float32():
    x = np.concatenate([[0], np.logspace(-40, 38, 2000), -np.logspace(-40, -0.01, 2000)])
    single = x.astype(np.float32)
    expected = np.log1p(single.astype(np.float64))
    assert np.allclose(arithmetic.log1p(single), expected, rtol=8 * 2**-23, atol=1e-44)
