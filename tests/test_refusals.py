"""What every public function refuses, and in which words."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import coursecode as cc
from tests.bad_inputs import CALLS, FITS, KINDS, OPTIONS

# These take functions, samples or tables of data: refusals in a test module of their own.
ELSEWHERE = {
    "numerical_gradient": "test_gradients.py",
    "check_gradient": "test_gradients.py",
    "gradient_descent": "test_optimisation.py",
    "sgd": "test_optimisation.py",
}


def good_arguments(call):
    return {name: value for name, (_, value) in call.arguments.items()}


def run(function, arguments, **options):
    """Call a function; of a fit return the weights, of an estimate all its numbers."""
    required = (CALLS | FITS)[function][0].required
    result = getattr(cc, function)(*arguments.values(), **required | options)
    result = getattr(result, "coefficients", result)
    return np.stack(result) if isinstance(result, tuple) else result


def cases(table):
    return [
        pytest.param(function, call, id=f"{function}-{number}")
        for function, calls in table.items()
        for number, call in enumerate(calls)
    ]


ALL_CALLS = cases(CALLS)
EVERY_CALL = cases(CALLS | FITS)

PAIRED = [case for case in ALL_CALLS if len(case.values[1].arguments) > 1]

BAD_ARGUMENTS = [
    pytest.param(function, call, name, bad, id=f"{function}-{number}-{name}-{bad.what}")
    for function, calls in (CALLS | FITS).items()
    for number, call in enumerate(calls)
    for name, (kind, _) in call.arguments.items()
    for bad in KINDS[kind]
]

BAD_OPTIONS = [
    pytest.param(function, call, name, *bad, id=f"{function}-{name}-{str(bad[0])[:16]}")
    for function, calls in (CALLS | FITS).items()
    for call in calls
    for name, kind in call.options.items()
    for bad in OPTIONS[kind]
]


def test_the_table_covers_every_public_function():
    functions = {n for n in cc.__all__ if inspect.isfunction(getattr(cc, n))}
    takes_arguments = {n for n in functions if inspect.signature(getattr(cc, n)).parameters}
    assert takes_arguments == {*CALLS, *FITS, *ELSEWHERE}


@pytest.mark.parametrize(("function", "module"), ELSEWHERE.items())
def test_what_the_table_leaves_out_is_refused_elsewhere(function, module):
    text = (Path(__file__).parent / module).read_text(encoding="utf-8")
    assert function in text
    assert "pytest.raises" in text


@pytest.mark.parametrize(("function", "call"), EVERY_CALL)
def test_the_table_names_every_argument_and_option(function, call):
    parameters = inspect.signature(getattr(cc, function)).parameters
    named = {*call.arguments, *(CALLS | FITS)[function][0].options}
    assert set(parameters) == named
    assert all(parameters[n].kind is inspect.Parameter.KEYWORD_ONLY for n in call.options)


@pytest.mark.parametrize(("function", "call"), EVERY_CALL)
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


@pytest.mark.parametrize(("function", "call"), ALL_CALLS)
def test_lists_float32_and_whole_numbers_are_taken(function, call):
    arguments = good_arguments(call)
    result = run(function, arguments)
    lists = run(function, {name: value.tolist() for name, value in arguments.items()})
    assert np.array_equal(result, lists)
    single = {n: v.astype(np.float32) if v.dtype == float else v for n, v in arguments.items()}
    assert run(function, single).dtype == (np.int64 if call.whole else np.float32)
    assert np.allclose(run(function, single), result, rtol=1e-5)


@pytest.mark.parametrize(("function", "call"), ALL_CALLS)
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
    expected = np.int64 if call.whole else np.float32 if order == "float16" else np.float64
    assert result.dtype == expected
    assert np.allclose(result, run(function, arguments), rtol=1e-6 if order == "float16" else 0)


@pytest.mark.parametrize(("function", "call", "name", "bad"), BAD_ARGUMENTS)
def test_bad_arguments_are_refused_by_name(function, call, name, bad):
    arguments = good_arguments(call)
    arguments[name] = bad.change(arguments[name])
    with pytest.raises(bad.error, match=f"^{name} {bad.message}"):
        run(function, arguments)


@pytest.mark.parametrize(("function", "call", "name", "value", "error", "message"), BAD_OPTIONS)
def test_bad_options_are_refused_by_name(function, call, name, value, error, message):
    with pytest.raises(error, match=f"^{name} {message}"):
        run(function, good_arguments(call), **{name: value})


@pytest.mark.parametrize(("function", "call"), EVERY_CALL)
def test_empty_input_is_refused(function, call):
    empty = {name: value[:0] for name, value in good_arguments(call).items()}
    name = next(iter(empty))
    with pytest.raises(ValueError, match=f"^{name} must not be empty, got shape \\(0"):
        run(function, empty)


LABELS_FIRST = [
    case
    for case in ALL_CALLS
    if [values.ndim for _, values in case.values[1].arguments.values()] == [1, 2]
]


@pytest.mark.parametrize(("function", "call"), LABELS_FIRST)
def test_rows_without_outcomes_are_what_is_empty(function, call):
    name = list(call.arguments)[-1]
    for kind in (int, float, np.uint64):
        with pytest.raises(ValueError, match=rf"^{name} must not be empty, got shape \(2, 0\)"):
            getattr(cc, function)(np.array([0, 1], kind), np.zeros((2, 0)), **call.required)


class Stubborn:
    """Like a tensor of PyTorch that wants a gradient."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("Use tensor.detach().numpy() instead.")


@pytest.mark.parametrize(("function", "call"), EVERY_CALL)
def test_what_is_no_array_is_named(function, call):
    arguments = good_arguments(call)
    name = next(iter(arguments))
    with pytest.raises(TypeError, match=f"^{name} must be an array of numbers, got .*Stubborn"):
        run(function, arguments | {name: Stubborn()})


@pytest.mark.parametrize(("function", "call"), PAIRED)
@pytest.mark.parametrize("which", [0, -1])
def test_shapes_that_differ_are_refused_rather_than_broadcast(function, call, which):
    arguments = good_arguments(call)
    first, *_ = arguments
    changed = list(arguments)[which]
    other = list(arguments)[-1] if which == 0 else first
    was = arguments[changed]
    for new in (was[:1], was[np.newaxis], np.concatenate([was, was])):
        arguments[changed] = new
        told = {changed: str(new.shape), other: str(arguments[other].shape)}
        with pytest.raises(ValueError, match=r"^shapes must match, got ") as refusal:
            run(function, arguments)
        for name in (changed,) if len(arguments) > 2 else told:
            assert re.search(f"{name} {re.escape(told[name])}", str(refusal.value))


@pytest.mark.parametrize(("function", "call"), ALL_CALLS)
def test_a_fault_in_a_later_block_is_found_with_its_index(function, call, monkeypatch):
    monkeypatch.setattr("coursecode._blocks.BLOCK_BYTES", 64)
    arguments = {n: np.concatenate([v] * 9) for n, v in good_arguments(call).items()}
    name = list(arguments)[-1]
    arguments[name] = np.array(arguments[name], dtype=float)
    arguments[name][-1] = np.nan
    last = arguments[name].shape[0] - 1
    where = rf"got nan at index (\({last}, 0\)|{last})"
    with pytest.raises(ValueError, match=rf"^{name} must .*, {where}"):
        run(function, arguments)
