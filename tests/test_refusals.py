"""What every public function refuses, and in which words: each kind of argument, everywhere."""

import inspect
import itertools
import re

import numpy as np
import pytest

import coursecode as cc
from tests.bad_inputs import CALLS, FAULTS, FITS, KINDS, OPTIONS

ALL = CALLS | FITS
# These take functions: refusals in test modules of their own.
ELSEWHERE = {"numerical_gradient", "check_gradient", "gradient_descent", "sgd"}


def good_arguments(call):
    return {name: value for name, (_, value) in call.arguments.items()}


def run(function, arguments, **options):
    """Call a function; of a fit return the weights, of an estimate all its numbers."""
    result = getattr(cc, function)(**arguments, **ALL[function][0].required | options)
    result = getattr(result, "coefficients", result)
    return np.stack(result) if isinstance(result, tuple) else result


def cases(table, wanted=lambda call: True):
    return pytest.mark.parametrize(
        ("function", "call"),
        [
            pytest.param(function, call, id=f"{function}-{number}")
            for function, calls in table.items()
            for number, call in enumerate(calls)
            if wanted(call)
        ],
    )


every_call = cases(ALL)
every_batch = cases(CALLS)
every_pair = cases(CALLS, lambda call: len(call.arguments) > 1)


def test_the_table_covers_every_public_function():
    functions = {n for n in cc.__all__ if inspect.isfunction(getattr(cc, n))}
    takes_arguments = {n for n in functions if inspect.signature(getattr(cc, n)).parameters}
    assert takes_arguments == {*ALL, *ELSEWHERE}


@every_call
def test_the_table_names_every_argument_and_option(function, call):
    parameters = inspect.signature(getattr(cc, function)).parameters
    assert set(parameters) == {*call.arguments, *ALL[function][0].options}
    assert all(parameters[n].kind is inspect.Parameter.KEYWORD_ONLY for n in call.options)


@every_call
def test_bad_arguments_are_refused_by_name(function, call):
    for name, (kind, _) in call.arguments.items():
        for bad in KINDS[kind]:
            arguments = good_arguments(call)
            arguments[name] = bad.change(arguments[name])
            with pytest.raises(bad.error, match=f"^{name} {bad.message}"):
                run(function, arguments)


@every_call
def test_bad_options_are_refused_by_name(function, call):
    for name, kind in call.options.items():
        for value, error, message in OPTIONS[kind]:
            with pytest.raises(error, match=f"^{name} {message}"):
                run(function, good_arguments(call), **{name: value})


@every_call
def test_a_fault_is_found_at_every_place_and_at_all_of_them(function, call):
    for name, (kind, good) in call.arguments.items():
        faults = [(rule, value) for rule, values in FAULTS[kind].items() for value in values]
        for (rule, value), places in itertools.product(faults, [*np.ndindex(good.shape), ...]):
            bad = good.astype(float)
            bad[places] = value
            first = (0,) * good.ndim if places is ... else places
            told = (
                f"{name} must {rule}, got {value} at index {first if good.ndim > 1 else first[0]}"
            )
            with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
                run(function, good_arguments(call) | {name: bad})


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
def test_a_fault_has_the_index_that_the_caller_gave(layout):
    table = layout(np.ones((3, 4)))
    for place in np.ndindex(table.shape):
        bad = table.copy(order="K")
        bad[place] = np.nan
        with pytest.raises(ValueError, match=re.escape(f"got nan at index {place}") + "$"):
            cc.squared_error(table, bad)


@every_batch
def test_a_fault_in_a_later_block_is_found_with_its_index(function, call, monkeypatch):
    monkeypatch.setattr("coursecode._core.evaluate.BLOCK_BYTES", 64)
    arguments = {n: np.concatenate([v] * 9) for n, v in good_arguments(call).items()}
    name = list(arguments)[-1]
    arguments[name] = np.array(arguments[name], dtype=float)
    arguments[name][-1] = np.nan
    last = arguments[name].shape[0] - 1
    where = rf"got nan at index (\({last}, 0\)|{last})"
    with pytest.raises(ValueError, match=rf"^{name} must .*, {where}"):
        run(function, arguments)


@every_call
def test_empty_input_is_refused(function, call):
    empty = {name: value[:0] for name, value in good_arguments(call).items()}
    name = next(iter(empty))
    with pytest.raises(ValueError, match=f"^{name} must not be empty, got shape \\(0"):
        run(function, empty)


@cases(CALLS, lambda call: [v.ndim for _, v in call.arguments.values()] == [1, 2])
def test_rows_without_outcomes_are_what_is_empty(function, call):
    name = list(call.arguments)[-1]
    for kind in (int, float, np.uint64):
        with pytest.raises(ValueError, match=rf"^{name} must not be empty, got shape \(2, 0\)"):
            getattr(cc, function)(np.array([0, 1], kind), np.zeros((2, 0)), **call.required)


class Stubborn:
    """Like a tensor of PyTorch that wants a gradient."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("Use tensor.detach().numpy() instead.")


class Wrong:
    """Makes no array where one is asked for."""

    def __array__(self, *args, **kwargs):
        return [1.0, 2.0]


@every_call
@pytest.mark.parametrize("of", [Stubborn, Wrong])
def test_what_is_no_array_is_named(function, call, of):
    arguments = good_arguments(call)
    name = next(iter(arguments))
    with pytest.raises(
        TypeError, match=f"^{name} must be an array of numbers, got .*{of.__name__}"
    ):
        run(function, arguments | {name: of()})


@every_pair
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


@every_pair
def test_a_lone_example_does_not_stand_for_many(function, call):
    arguments = good_arguments(call)
    parameters = inspect.signature(getattr(cc, function)).parameters
    for name in (n for n in arguments if not parameters[n].annotation.lone):  # see test_evaluate
        with pytest.raises(ValueError, match=r"^shapes must match, got "):
            run(function, arguments | {name: arguments[name][0]})


@cases(CALLS, lambda call: [k for k, _ in call.arguments.values()] == ["classes", "rows"])
def test_labels_of_the_shape_of_the_scores_are_refused(function, call):
    for shape in [(3,), (3, 3)]:
        labels, scores = np.zeros(shape, int), np.ones(shape)
        told = rf"got labels \(3,{' 3' if len(shape) > 1 else ''}\) and scores \(3,"
        with pytest.raises(ValueError, match=f"^shapes must match, {told}"):
            getattr(cc, function)(labels, scores)


# --- the edges of the rules -------------------------------------------------------------


def test_a_row_of_minus_infinity_is_named_where_it_stands():
    lone, masked = [-np.inf, -np.inf], r"^logits must not be -inf for every class, got -inf"
    with pytest.raises(ValueError, match=f"{masked}$"):
        cc.softmax(lone)
    with pytest.raises(ValueError, match=rf"{masked} in row \(1, 0\)$"):
        cc.softmax([[[0.0, -np.inf]], [lone]])
    assert cc.softmax([[0.0, -np.inf], [-np.inf, 0.0]]).tolist() == [[1, 0], [0, 1]]


# The root of float32's machine epsilon is 2**-11.5: between these two multiples of 2**-24.
@pytest.mark.parametrize(
    ("dtype", "just", "beyond"),
    [
        (np.float64, 5792 * 2.0**-24, 5793 * 2.0**-24),
        (np.float32, 5792 * 2.0**-24, 5793 * 2.0**-24),
        (np.float16, 2.0**-5, 2.0**-5 + 2.0**-11),
        (">f2", 2.0**-5, 2.0**-5 + 2.0**-11),
    ],
)
def test_each_row_may_miss_one_by_what_rounding_in_float32_explains(dtype, just, beyond):
    rows = np.array([[0.5, 0.5 + just], [0.5 - just, 0.5]] * 5, dtype)
    assert cc.entropy(rows).shape == (10,)
    for row in ([0.5, 0.5 + beyond], [0.5 - beyond, 0.5]):
        rows[7] = row
        with pytest.raises(ValueError, match=r"^p must sum to 1 .* in row 7$"):
            cc.entropy(rows)


@pytest.mark.parametrize("classes", [2, 10, 1000, 50_000])
def test_a_softmax_of_float32_is_taken_in_whatever_type_it_is_passed_on(classes):
    logits = np.random.default_rng(0).normal(size=(4, classes)).astype(np.float32) * 5
    e = np.exp(logits)
    q = e / np.cumsum(e, axis=-1)[:, -1:]  # summed one by one, which rounds most
    for given in (q, q.astype(np.float64), q.tolist()):
        assert np.isfinite(cc.entropy(given)).all()
        assert np.isfinite(cc.kl_divergence(given, given)).all()
    with pytest.raises(ValueError, match=r"^p must sum to 1 along its last axis, got 0\.(9|8999)"):
        cc.entropy(0.9 * q)


def test_only_good_faults_have_a_place():
    with pytest.raises(ValueError, match=r"^p must lie between 0 and 1, got 2\.0$"):
        cc.information_content(2)
    with pytest.raises(ValueError, match=r"^p must sum to 1 along its last axis, got 1\.0004$"):
        cc.entropy([0.5, 0.5004])
    with pytest.raises(ValueError, match=r"got 0\.5 in row \(1, 0\)$"):
        cc.entropy([[[0.5, 0.5]], [[0.25, 0.25]]])


@pytest.mark.parametrize("kind", np.typecodes["AllInteger"])
def test_labels_of_any_integer_type_count(kind):
    scores = [[1.0, 2.0], [3.0, 5.0]]
    for function in (cc.softmax_cross_entropy, cc.multiclass_hinge_loss_gradient):
        got = function(np.array([0, 1], kind), scores)
        assert np.array_equal(got, function([0, 1], scores))
    far = np.array([1, np.iinfo(kind).max], kind)
    with pytest.raises(ValueError, match=f"^labels must be .*, got {far[1]} at index 1"):
        cc.softmax_cross_entropy(far, scores)


@pytest.mark.parametrize("function", ["softmax_cross_entropy", "brier_score"])
@pytest.mark.parametrize("labels", [None, "cat", ["cat"], [None] * 3])
def test_labels_that_are_no_numbers_are_not_taken_for_a_wrong_shape(function, labels):
    with pytest.raises(TypeError, match=r"^labels must be whole numbers, got (objects|text)$"):
        getattr(cc, function)(labels, [[0.5, 0.5], [0.25, 0.75]])
    with pytest.raises(ValueError, match=r"^shapes must match, got labels \(3,\) and "):
        getattr(cc, function)(np.array([True] * 3), [[0.5, 0.5], [0.25, 0.75]])


def test_labels_in_any_byte_order_are_held_to_their_range():
    assert cc.softmax_cross_entropy(np.array([1], ">i8"), [[0.0, 0.0]]) == np.log(2)
    far = np.array([2**56], ">i8")  # 1 in the other order
    with pytest.raises(ValueError, match=r"^labels must be a class from 0 to 1, got 72057594037"):
        cc.softmax_cross_entropy(far, [[0.0, 0.0]])


# --- what is said of it -----------------------------------------------------------------


@every_call
def test_the_docstring_says_what_each_argument_must_be(function, call):
    doc = inspect.getdoc(getattr(cc, function))
    assert doc.count("\nRaises\n------\n") == 1
    raises = doc.split("\nRaises\n------\n")[1].split("\n\n")[0]
    assert "---" not in raises  # the next section's head
    for name, parameter in inspect.signature(getattr(cc, function)).parameters.items():
        rules = parameter.annotation.rules
        assert (f"`{name}`" in raises) == bool(rules)
        assert all(rule.must in " ".join(raises.split()) for rule in rules)


@pytest.mark.parametrize("function", sorted({*ALL, *ELSEWHERE}))
def test_the_docstring_describes_every_argument_once(function):
    doc = inspect.getdoc(getattr(cc, function))
    assert doc.count("\nParameters\n------") == 1
    parameters = doc.split("\nParameters\n----------\n")[1].split("\n\nReturns\n")[0]
    heads = [line.split(" : ")[0] for line in parameters.splitlines() if line[0] != " "]
    described = ", ".join(heads).split(", ")
    assert described == [*inspect.signature(getattr(cc, function)).parameters]
    typed = inspect.cleandoc(inspect.unwrap(getattr(cc, function)).__doc__)
    assert {*typed.splitlines()} <= {*doc.splitlines()}  # no line of it got lost
