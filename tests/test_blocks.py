"""The machinery of blocks: the same results whatever the size, shape and layout."""

import inspect
import tracemalloc
from functools import partial

import numpy as np
import pytest

import coursecode as cc
from coursecode import _blocks, _options, _validation
from tests.bad_inputs import CALLS, FAULTS, faults_of

RNG = np.random.default_rng(0)


def results(rows):
    """Every function of scores and probabilities, on rows of scores."""
    labels = np.arange(len(rows)) % rows.shape[-1]
    p, q = cc.softmax(rows), cc.softmax(rows[::-1])
    return [
        *(f(rows) for f in (cc.logsumexp, cc.softmax, cc.log_softmax, cc.sigmoid)),
        *(f(labels, rows) for f in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient)),
        *(f(p, rows) for f in (cc.softmax_cross_entropy, cc.softmax_cross_entropy_gradient)),
        *(f(p, rows) for f in (cc.binary_cross_entropy, cc.binary_cross_entropy_gradient)),
        *(f(labels, p) for f in (cc.brier_score, cc.brier_score_gradient)),
        *(f(p, q) for f in (cc.cross_entropy, cc.kl_divergence, cc.jensen_shannon_divergence)),
        cc.entropy(p),
    ]


@pytest.mark.parametrize("width", [1, 2, 10, 64, 65, 300])
@pytest.mark.parametrize("block", [8, 1000, 2**18])
def test_blocks_of_any_size_give_the_same(width, block, monkeypatch):
    rows = RNG.normal(size=(37, width)) * 3
    whole = results(rows)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", block)
    for got, expected in zip(results(rows), whole, strict=True):
        assert np.allclose(got, expected, rtol=1e-13, atol=1e-15)


def takes_whole_tables(function):
    kinds = {kind for kind, _ in CALLS[function][0].arguments.values()}
    return bool(kinds & {"table", "lone distribution"})


BY_ROWS = sorted(name for name in CALLS if not takes_whole_tables(name))


@pytest.mark.parametrize("function", BY_ROWS)
def test_leading_axes_are_a_batch(function):
    call = CALLS[function][0]
    values = [value for _, value in call.arguments.values()]
    run = partial(getattr(cc, function), **call.required)
    rows = run(*values)
    stacked = run(*[np.stack([v, v, v])[:, np.newaxis] for v in values])
    assert stacked.shape == (3, 1, *rows.shape)
    assert np.allclose(stacked, rows, rtol=1e-14)


@pytest.mark.parametrize("function", BY_ROWS)
def test_large_input_needs_a_few_blocks_beyond_the_result(function):
    call = CALLS[function][0]
    values = [np.tile(v, (60_000, *[1] * (v.ndim - 1))) for _, v in call.arguments.values()]
    run = partial(getattr(cc, function), **call.required)
    run(*[value[:10] for value in values])
    tracemalloc.start()
    result = run(*values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - result.nbytes < 16 * _blocks.BLOCK_BYTES


def test_a_single_example_gives_a_scalar():
    assert isinstance(cc.logsumexp([1.0, 2.0]), np.float64)
    assert isinstance(cc.sigmoid(np.float32(1)), np.float32)
    assert cc.softmax([1.0, 2.0]).shape == (2,)


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda x: x[::-1, ::2]])
def test_what_lies_otherwise_in_memory_is_not_copied_whole(layout):
    f, y = layout(RNG.normal(size=(400_000, 10))), layout(RNG.normal(size=(400_000, 10)))
    expected = cc.squared_error(y[:100], f[:100])
    tracemalloc.start()
    result = cc.squared_error(y, f)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.array_equal(result[:100], expected)
    assert np.array_equal(result, (y - f) ** 2)
    assert peak - result.nbytes < 8 * _blocks.BLOCK_BYTES < f.nbytes


def test_float32_beside_float64_is_float64():
    p, q = np.array([0.5, 0.5], np.float32), np.array([0.25, 0.75])
    assert cc.kl_divergence(p, q).dtype == np.float64
    assert cc.kl_divergence(p, q) == cc.kl_divergence(p.astype(float), q)


X32 = np.array([0.0, 1.0, 1.0], np.float32)
WITH_PARAMETERS = {
    "normal_log_likelihood": (X32, 0.0, 2),
    "laplace_log_likelihood": (X32, 0, 2.0),
    "bernoulli_log_likelihood": (X32, 0.25),
    "poisson_log_likelihood": (X32, 2),
    "gaussian_kl_divergence": (X32, 1, 0.5, 2.0),
}


@pytest.mark.parametrize(("function", "arguments"), WITH_PARAMETERS.items())
def test_numbers_of_python_take_the_type_of_the_data(function, arguments):
    run = getattr(cc, function)
    data, *numbers = arguments
    # Of a Bernoulli variable the data are classes, which have no such type.
    width = np.float64 if function.startswith("bernoulli") else np.float32
    single = run(data, *numbers)
    assert single.dtype == width
    assert np.array_equal(single, run(data, *map(width, numbers)))
    assert run(data.astype(float), *numbers).dtype == np.float64
    assert run(data, *map(np.float64, numbers)).dtype == np.float64
    assert run(data, *(np.full(3, number, float) for number in numbers)).dtype == np.float64
    assert run(1, *numbers).dtype == np.float64


@pytest.mark.parametrize(("function", "arguments"), WITH_PARAMETERS.items())
@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (300, 1000)])
def test_a_single_number_counts_for_every_example(function, arguments, shape):
    run = getattr(cc, function)
    data, *numbers = arguments
    data = np.resize(data, shape).astype(float)
    each = run(data, *(np.full(shape, number, float) for number in numbers))
    assert np.array_equal(run(data, *map(np.float64, numbers)), each)
    if function == "gaussian_kl_divergence":  # the first may be the single one too
        last = run(0.5, 1.0, data, 2.0)
        assert np.array_equal(
            last, run(np.full(shape, 0.5), np.ones(shape), data, np.full(shape, 2.0))
        )


def test_the_table_of_functions_with_parameters_is_complete():
    found = {name for name in CALLS if "parameter(" in inspect.getsource(getattr(cc, name))}
    assert found == set(WITH_PARAMETERS)


def test_numbers_without_a_place_in_float32_are_kept():
    x = np.array([1.0, 2.0], np.float32)
    assert np.array_equal(
        cc.normal_log_likelihood(x, 0, 1e50), cc.normal_log_likelihood([1.0, 2.0], 0, 1e50)
    )
    assert cc.laplace_log_likelihood(x, 0.0, 1e-50).dtype == np.float64


@pytest.mark.parametrize("function", sorted(CALLS))
def test_no_warning_and_no_flag_is_raised(function):
    for call in CALLS[function]:
        with np.errstate(all="raise"):
            values = [value for _, value in call.arguments.values()]
            getattr(cc, function)(*values, **call.required)


def test_extreme_scores_raise_no_flag():
    with np.errstate(all="raise"):
        results(np.array([[1e308, -1e308, 0.0], [1e-310, -745.0, 5.0], [0.0, 800.0, -800.0]]))
        cc.logsumexp([[np.inf, -np.inf], [-np.inf, -np.inf]])
        cc.binary_cross_entropy([0, 1], [np.inf, np.inf])


def test_a_formula_may_return_what_it_was_given():
    x = np.array([-0.0, 1.0])
    same = _blocks.in_blocks(lambda x: x, _validation.real("x", x))
    assert not np.shares_memory(same, x)
    assert np.signbit(x[0])
    assert not np.signbit(same[0])
    view = _blocks.in_blocks(lambda x: x[:, 0], _validation.rows("x", [[1.0, 2.0]] * 3))
    assert view.tolist() == [1, 1, 1]


ANY_FINITE = ("real", "rows", "extended", "exponents", "scores")  # kinds that take any, and more
REFUSED = {kind: FAULTS[kind] for kind in ANY_FINITE}


@pytest.mark.parametrize(("function", "number", "name", "value"), faults_of(REFUSED))
def test_no_number_beside_a_fault_hides_it(function, number, name, value):
    call = CALLS[function][number]
    run = partial(getattr(cc, function), **CALLS[function][0].required)
    for other in (0.0, -0.0, 1.0, -3.0, 1e300, -1e300):
        for place in np.ndindex(call.arguments[name][1].shape):
            values = {n: v.astype(v.dtype, copy=True) for n, (_, v) in call.arguments.items()}
            for n, (kind, _) in call.arguments.items():
                if kind in REFUSED:
                    values[n][:] = other
            values[name][place] = value
            with pytest.raises(ValueError, match=f"^{name} must .* got {value}"):
                run(*values.values())


@pytest.mark.parametrize("function", sorted(CALLS))
def test_no_result_is_minus_zero(function):
    for call in CALLS[function]:
        run = partial(getattr(cc, function), **CALLS[function][0].required)
        for y, f in ((0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0), (500.0, -500.0), (-500.0, 500.0)):
            values = {n: v.astype(v.dtype, copy=True) for n, (_, v) in call.arguments.items()}
            for n, (kind, _) in call.arguments.items():
                if kind in REFUSED:
                    values[n][..., 0] = y if n == "y_true" else f
                    values[n][..., 1:] = f if n == "y_true" else y
            result = np.asarray(run(*values.values()))
            assert not (np.signbit(result) & (result == 0)).any()


@pytest.mark.parametrize("kind", np.typecodes["AllInteger"])
def test_labels_of_any_integer_type_count(kind):
    scores = [[1.0, 2.0], [3.0, 5.0]]
    for function in (cc.softmax_cross_entropy, cc.multiclass_hinge_loss_gradient):
        got = function(np.array([0, 1], kind), scores)
        assert np.array_equal(got, function([0, 1], scores))
    far = np.array([1, np.iinfo(kind).max], kind)
    with pytest.raises(ValueError, match=f"^labels must be .*, got {far[1]} at index 1"):
        cc.softmax_cross_entropy(far, scores)


def test_labels_in_any_byte_order_are_held_to_their_range():
    assert cc.softmax_cross_entropy(np.array([1], ">i8"), [[0.0, 0.0]]) == np.log(2)
    far = np.array([2**56], ">i8")  # 1 in the other order
    with pytest.raises(ValueError, match=r"^labels must be a class from 0 to 1, got 72057594037"):
        cc.softmax_cross_entropy(far, [[0.0, 0.0]])


def test_row_max_is_the_maximum_in_any_layout():
    for width in (1, 5, 64, 65):
        x = RNG.normal(size=(50, width))
        for laid_out in (x, np.asfortranarray(x)):
            assert np.array_equal(_blocks.row_max(laid_out), x.max(axis=-1))


def test_row_sum_is_the_sum():
    for width in (1, 5, 64, 65, 1000):
        x = RNG.normal(size=(50, width))
        assert np.allclose(_blocks.row_sum(x), x.sum(axis=-1), rtol=1e-12, atol=1e-13)


def test_check_returns_the_values_or_refuses():
    assert _validation.check(_validation.real("x", [1, 2])).tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"^x must be finite, got inf at index 1"):
        _validation.check(_validation.real("x", [1, np.inf]))
    huge = np.full(4, 1e300)  # their squares overflow, which is a false alarm
    assert _validation.check(_validation.real("x", huge)) is huge


def test_whole_options():
    assert _options.whole("steps", np.int64(3)) == 3
    with pytest.raises(TypeError, match=r"^steps must be a whole number, got float"):
        _options.whole("steps", 3.0)
    with pytest.raises(TypeError, match=r"^steps must be a whole number, got bool"):
        _options.whole("steps", True)
    with pytest.raises(ValueError, match=r"^steps must be at least 1, got 0"):
        _options.whole("steps", 0)


def test_only_good_faults_have_a_place():
    with pytest.raises(ValueError, match=r"^p must lie between 0 and 1, got 2\.0$"):
        cc.information_content(2)
    with pytest.raises(ValueError, match=r"^p must sum to 1 along its last axis, got 0\.5$"):
        cc.entropy([0.5])
    with pytest.raises(ValueError, match=r"got 0\.5 in row \(1, 0\)$"):
        cc.entropy([[[0.5, 0.5]], [[0.25, 0.25]]])
