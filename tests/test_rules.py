"""The rules at their edges: which types, shapes and values are just taken, and which just not."""

import inspect
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

import coursecode as cc
from coursecode import _blocks, _rules, _validation
from tests.bad_inputs import CALLS, FAULTS, faults_of

FIRST = {function: calls[0].arguments for function, calls in CALLS.items()}
PAIRED = [name for name, arguments in FIRST.items() if len(arguments) > 1]
# A lone number beside arrays is what these take for their parameters, or a lone distribution.
TAKE_LONE = {
    "normal_log_likelihood",
    "laplace_log_likelihood",
    "bernoulli_log_likelihood",
    "poisson_log_likelihood",
    "categorical_log_likelihood",
}


def good(function):
    run = partial(getattr(cc, function), **CALLS[function][0].required)
    return run, {name: value for name, (_, value) in FIRST[function].items()}


@pytest.mark.parametrize("function", [n for n in PAIRED if n != "gaussian_kl_divergence"])
def test_a_lone_example_does_not_stand_for_many(function):
    run, arguments = good(function)
    for name in list(arguments)[: 1 if function in TAKE_LONE else None]:
        with pytest.raises(ValueError, match=r"^shapes must match, got "):
            run(**arguments | {name: arguments[name][0]})


CLASSES_BESIDE_ROWS = [
    name for name in PAIRED if [kind for kind, _ in FIRST[name].values()] == ["classes", "rows"]
]


@pytest.mark.parametrize("function", CLASSES_BESIDE_ROWS)
def test_labels_of_the_shape_of_the_scores_are_refused(function):
    for shape in [(3,), (3, 3)]:
        labels, scores = np.zeros(shape, int), np.ones(shape)
        told = rf"got labels \(3,{' 3' if len(shape) > 1 else ''}\) and scores \(3,"
        with pytest.raises(ValueError, match=f"^shapes must match, {told}"):
            getattr(cc, function)(labels, scores)


@pytest.mark.parametrize("kind", np.typecodes["AllInteger"])
def test_whole_numbers_of_any_width_become_float64(kind):
    loss = cc.squared_error(np.array([1, 100], kind), np.array([1, 3], kind))
    assert loss.dtype == np.float64
    assert loss.tolist() == [0, 97**2]


@pytest.mark.parametrize("kind", np.typecodes["AllInteger"])
@pytest.mark.parametrize("function", ["hinge_loss", "logistic_loss", "binary_cross_entropy"])
def test_whole_labels_leave_float32_scores_float32(function, kind):
    labels, scores = [1, 1, 1], np.array([0.5, -1.0, 2.0], np.float32)
    loss = getattr(cc, function)(np.array(labels, kind), scores)
    assert loss.dtype == np.float32
    assert np.array_equal(loss, getattr(cc, function)(np.array(labels, np.float32), scores))


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f2", ">f2"])
def test_narrow_floats_in_any_byte_order_become_float32(kind):
    loss = cc.squared_error(np.array([0.5, 300], kind), np.array([0.25, 0], kind))
    assert loss.dtype == np.float32
    assert loss.tolist() == [0.0625, 90_000]


def test_wider_floats_become_float64_in_silence():
    # Where the longest type is longer than float64, its largest number becomes infinite.
    assert cc.sigmoid(np.array([np.finfo(np.longdouble).max])).tolist() == [1]


def test_a_row_of_minus_infinity_is_named_where_it_stands():
    lone, masked = [-np.inf, -np.inf], r"^logits must not be -inf for every class, got -inf"
    with pytest.raises(ValueError, match=f"{masked}$"):
        cc.softmax(lone)
    with pytest.raises(ValueError, match=rf"{masked} in row \(1, 0\)$"):
        cc.softmax([[[0.0, -np.inf]], [lone]])
    assert cc.softmax([[0.0, -np.inf], [-np.inf, 0.0]]).tolist() == [[1, 0], [0, 1]]


def test_a_distribution_over_many_outcomes_is_taken():
    assert cc.huffman_code_lengths(np.full(128, 1 / 128)).tolist() == [7] * 128


# The root of the machine epsilon is 2**-26, or 2**-11.5: between these two multiples of 2**-24.
@pytest.mark.parametrize(
    ("dtype", "just", "beyond"),
    [
        (np.float64, 2.0**-26, 2.0**-26 + 2.0**-51),
        (np.float32, 5792 * 2.0**-24, 5793 * 2.0**-24),
        (np.float16, 2.0**-5, 2.0**-5 + 2.0**-11),
    ],
)
def test_each_row_may_miss_one_by_the_root_of_the_machine_epsilon(dtype, just, beyond):
    rows = np.array([[0.5, 0.5 + just], [0.5 - just, 0.5]] * 5, dtype)
    assert cc.entropy(rows).shape == (10,)
    for row in ([0.5, 0.5 + beyond], [0.5 - beyond, 0.5]):
        rows[7] = row
        with pytest.raises(ValueError, match=r"^p must sum to 1 .* in row 7$"):
            cc.entropy(rows)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_probability_may_be_one_but_no_more(dtype):
    one, scores = np.array([0.5, 1], dtype), np.zeros(2, dtype)
    assert cc.information_content(one).tolist()[1] == 0
    assert cc.binary_cross_entropy(one, scores).dtype == dtype
    above = np.nextafter(one, dtype(2))
    above[0] = 0.5
    told = r"must lie between 0 and 1, got 1\.0+\d+ at index 1$"
    with pytest.raises(ValueError, match=f"^p {told}"):
        cc.information_content(above)
    with pytest.raises(ValueError, match=f"^labels {told}"):
        cc.binary_cross_entropy(above, scores)


@pytest.mark.parametrize(("function", "number", "name", "value"), faults_of(FAULTS))
def test_a_fault_is_found_at_every_place_and_at_all_of_them(function, number, name, value):
    call = CALLS[function][number]
    run = partial(getattr(cc, function), **CALLS[function][0].required)
    values = {n: np.array(v) for n, (_, v) in call.arguments.items()}
    good = values[name].astype(float)
    for places in [*np.ndindex(good.shape), ...]:
        values[name] = good.copy()
        values[name][places] = value
        first = (0,) * good.ndim if places is ... else places
        told = re.escape(f"got {value} at index {first if good.ndim > 1 else first[0]}")
        with pytest.raises(ValueError, match=f"^{name} must .*, {told}$"):
            run(**values)


@pytest.mark.parametrize("function", PAIRED)
def test_float32_beside_float64_is_computed_in_float64(function):
    run, arguments = good(function)
    kinds = {name: kind for name, (kind, _) in FIRST[function].items()}
    names = [name for name in arguments if kinds[name] not in ("classes", "bits")]
    if len(names) > 1:
        for name in names:
            single = arguments[name].astype(np.float32)
            result = run(**arguments | {name: single})
            assert result.dtype == np.float64
            assert np.array_equal(result, run(**arguments | {name: single.astype(float)}))


def test_threads_may_compute_at_once():
    both = threading.Barrier(2, timeout=10)

    def waiting(x):
        both.wait()
        return 1 / x

    def reciprocal(x):
        return _blocks.in_blocks(waiting, _validation.real("x", x)).tolist()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(reciprocal, [[0.0, 1.0], [2.0, -0.0]])) == [
            [np.inf, 1.0],
            [0.5, -np.inf],
        ]


SINGLE = [n for n in PAIRED if all(value.ndim == 1 for _, value in FIRST[n].values())]


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("block", [16, 2**20])
@pytest.mark.parametrize("function", SINGLE)
def test_a_fault_in_any_column_of_single_numbers_is_found(function, block, layout, monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", block)
    run, arguments = good(function)
    tables = {name: layout(np.stack([v, v]).astype(float)) for name, v in arguments.items()}
    for name, table in tables.items():
        for place in np.ndindex(table.shape):
            bad = table.copy(order="K")
            bad[place] = np.nan
            told = re.escape(f"got nan at index {place}")
            with pytest.raises(ValueError, match=f"^{name} must .*, {told}$"):
                run(**tables | {name: bad})


def test_parameters_of_python_as_far_as_float32_reaches_leave_float32():
    x, info = np.ones(2, np.float32), np.finfo(np.float32)
    for far in (float(info.max), float(info.tiny)):
        assert cc.laplace_log_likelihood(x, 0.0, far).dtype == np.float32
        assert cc.normal_log_likelihood(x, -far, 1).dtype == np.float32
        beyond = np.nextafter(far, np.inf if far > 1 else 0)
        assert cc.laplace_log_likelihood(x, 0.0, float(beyond)).dtype == np.float64
        assert cc.normal_log_likelihood(x, -float(beyond), 1).dtype == np.float64


WITH_TENTHS = {
    "normal_log_likelihood": (0.1, 0.7),
    "laplace_log_likelihood": (0.1, 0.7),
    "poisson_log_likelihood": (0.7,),
    "gaussian_kl_divergence": (0.7, 0.1, 0.3),
}


@pytest.mark.parametrize(("function", "numbers"), WITH_TENTHS.items())
@pytest.mark.parametrize("block", [16, 2**20])
def test_parameters_of_python_are_rounded_to_the_type_of_the_data(
    function, numbers, block, monkeypatch
):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", block)
    run, data = getattr(cc, function), np.arange(1, 20, dtype=np.float32)
    singles = [np.full(data.shape, number, np.float32) for number in numbers]
    assert np.array_equal(run(data, *numbers), run(data, *singles))
    if function == "gaussian_kl_divergence":  # which takes its data last as well
        assert np.array_equal(run(*numbers, data), run(*singles, data))


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


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 10_000, 10_001, 20_000, 54_321])
def test_every_number_of_a_long_array_is_read(size, dtype):
    numbers = np.zeros(size, dtype)
    for laid_out in (numbers, np.zeros(3 * size, dtype)[::3], np.zeros((size, 2), dtype)):
        laid_out[...] = 1
        assert _rules.all_finite(laid_out)
        for place in {0, size // 2, size - size % 10_000 - 1, size - size % 10_000, size - 1}:
            if not 0 <= place < size:
                continue
            for fault in (np.nan, np.inf, -np.inf):
                laid_out[place] = fault
                assert not _rules.all_finite(laid_out)
                laid_out[place] = 1
