"""The checks of the exercises: one line, ✓ or ✗, that names the mistake.

A failed check is still an error, so that a test run and a grader see it too.
"""

import contextlib
import functools
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from coursecode._borrowed import LENDERS as LENDERS, borrowed_from

__all__ = ["CheckFailed", "check", "expect"]

NO_ANSWER = "there is no answer yet (did you print it, not return it?)"
ROUNDED = 1e-3  # the tolerance from which on a learner may round


class CheckFailed(AssertionError):
    """A check that did not hold; a notebook shows its line alone, without the frames above it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextlib.contextmanager
def check(what: str, *, own: Callable[..., Any] | None = None) -> Iterator[None]:
    """Print ✓ and what was checked, or fail with ✗ and what is wrong.

    Parameters
    ----------
    what
        What the block checks, in a few words.
    own
        A function of the reader's that must not call on `coursecode`, SciPy or the like.

    Raises
    ------
    CheckFailed
        If the block raises anything. The message is that of an `assert` or of `expect`; another
        error is named. A warning fails nothing, it is only told where the block fails.

    Examples
    --------
    >>> with check("two and two"):
    ...     expect(2 + 2, 4)
    ✓ two and two
    >>> with check("two and two"):
    ...     expect(2 * 3, 4, mistakes={"this is the product with 3": 6})
    Traceback (most recent call last):
    coursecode.checks.CheckFailed: ✗ two and two: this is the product with 3
    """
    names, changed = sys._getframe(2).f_globals, list[str]()
    why = ""
    with warnings.catch_warnings(record=True) as heard, contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("always")
        try:
            if own is not None:
                assert callable(own), "there is no function here yet"
                lender = borrowed_from(own)
                assert not lender, f"this uses {lender}: the code should be your own"
            with watched(names, changed):
                yield
        except AssertionError as error:
            why = first_line(error) or "this doesn't hold"
            if not raised_by_the_check(error):
                why = f"your code raised {told(error)}"
            elif changed:  # whatever the block says: it may have met a number that comes of this
                why = "your code changed an input: make a new array"
        except NameError as error:
            why = f"{error.name} has no value yet" if error.name else first_line(error)
        except Exception as error:
            if raised_by_the_reader(error):
                why = f"your code raised {told(error)}"
            elif "NoneType" in str(error):
                why = NO_ANSWER
            else:
                why = f"your answer has a different form from what was asked ({told(error)})"
    if why:
        words = sorted({str(warning.message) for warning in heard})
        aside = f" (NumPy warned: {'; '.join(words)})" if words else ""
        raise CheckFailed(f"✗ {what}: {why}{aside}") from None
    print(f"✓ {what}")


@contextlib.contextmanager
def watched(names: dict[str, Any], changed: list[str]) -> Iterator[None]:
    """Note the functions of a notebook that change what a block gives them."""
    inside: list[str] = []  # a function may change what it has made itself, and gives another

    def watching(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            if inside:
                return function(*args, **named)
            before = frozen([args, named])
            inside.append(function.__name__)
            try:
                return function(*args, **named)
            finally:
                inside.clear()
                if frozen([args, named]) != before:
                    changed.append(function.__name__)

        return call

    functions = {n: each for n, each in names.items() if isinstance(each, types.FunctionType)}
    # What a notebook defines is in no file.
    own = {n: each for n, each in functions.items() if "__file__" not in each.__globals__}
    replaced = {name: watching(function) for name, function in own.items()}
    names.update(replaced)
    try:
        yield
    finally:
        names.update({name: own[name] for name in own if names.get(name) is replaced[name]})


def frozen(thing: Any) -> Any:
    """Tell what arrays and lists hold, for a comparison with what they hold later."""
    if isinstance(thing, np.ndarray):
        return thing.shape, thing.tobytes()
    if isinstance(thing, dict):
        return [(name, frozen(value)) for name, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [frozen(part) for part in thing]
    return thing if isinstance(thing, Real | str) else None


def expect(
    got: Any,
    right: Any,
    *,
    mistakes: Mapping[str, Any] | None = None,
    rtol: float = 1e-6,
    atol: float = 0.0,
    tell: bool = False,
) -> None:
    """Demand that an answer has the kind, the shape and the value of the right one.

    Parameters
    ----------
    got
        The answer.
    right
        The right answer: a text, a truth value, a number or an array of numbers.
    mistakes
        Known wrong answers, message by value; they may have another shape than the right one.
    rtol, atol
        How far a number may be off, relative to the right one and absolutely.
    tell
        Whether the message may name the right answer.

    Raises
    ------
    AssertionError
        If the answer is another one; the message says in what.
    """
    assert got is not None, NO_ANSWER
    assert got is not ..., "there is no answer yet"
    if isinstance(right, str | bool | np.bool_):
        expect_word(got, right, mistakes or {})
        return
    expected = np.asarray(right, dtype=float)
    values = numbers(got)
    for message, wrong in (mistakes or {}).items():
        assert not same(values, np.asarray(wrong, dtype=float), rtol, atol), message
    wanted = f"expected {shape_words(expected.shape)}"
    assert values.shape == expected.shape, f"{wanted}, got {shape_words(values.shape)}"
    assert not (np.isnan(values) & ~np.isnan(expected)).any(), "the answer is nan"
    if not same(values, expected, rtol, atol):
        place = ""
        if values.size > 6:  # the first that is wrong says enough
            at = tuple(np.argwhere(~np.isclose(values, expected, rtol, atol, equal_nan=True))[0])
            values, expected, place = values[at], expected[at], f" at {[*map(int, at)]}"
        digits = 4 if brief(values) != brief(expected) else 10
        near = rtol >= ROUNDED and same(values, expected, 5 * rtol, atol)
        doubt = ", which is close: give more digits" if near else ", which isn't right"
        instead = f", expected {brief(expected, digits)}" if tell else doubt
        raise AssertionError(f"got {brief(values, digits)}{place}{instead}")


def expect_word(got: Any, right: Any, mistakes: Mapping[str, Any]) -> None:
    """Do what `expect` does, for a text or a truth value."""
    kind: Any = str if isinstance(right, str) else bool | np.bool_
    wanted = "a string" if kind is str else "True or False"
    assert isinstance(got, kind), f"expected {wanted}, got {kind_of(got)}"
    for message, wrong in mistakes.items():
        assert got != wrong, message
    if isinstance(got, str):
        known = [str(word) for word in (right, *mistakes.values())]
        alike = got not in known and got.strip().lower() in map(str.lower, known)
        assert not alike, f"spell {got!r} exactly as the question does"
    assert got == right, f"{got!r} isn't right"


def raised_by_the_check(error: AssertionError) -> bool:
    """Whether an `assert` of the block or of `expect` failed, not one in the reader's own code."""
    return files(error)[-1] in (block_of(error), __file__)


def raised_by_the_reader(error: Exception) -> bool:
    """Whether the reader's code, which is of another cell and of no file, led to an error."""
    block = block_of(error)
    return any(
        frame.f_code.co_filename != block and "__file__" not in frame.f_globals
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )


def block_of(error: Exception) -> str:
    """Name the cell of the block that an error went through."""
    return next((file for file in files(error) if file != __file__), __file__)


def files(error: Exception) -> list[str]:
    """List the files that an error went through, or what stands for a file in a notebook."""
    return [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]


def told(error: Exception) -> str:
    """Name an error and its first line."""
    return f"{type(error).__name__}: {first_line(error)}".rstrip(": ")


def first_line(error: Exception) -> str:
    """Take the first line of an error's message."""
    return str(error).partition("\n")[0]


def numbers(got: Any) -> np.ndarray:
    """Return the answer as an array of floats; refuse what is no number."""
    values = np.asarray(None)
    with contextlib.suppress(ValueError):  # of rows of unequal lengths
        values = np.asarray(got)
    sorts = {type(x) for x in values.flat} if values.dtype == object else {values.dtype.type}
    right = not sorts & {bool, np.timedelta64} and all(issubclass(s, Real | Decimal) for s in sorts)
    assert right, f"expected a number or an array, got {kind_of(got)}"
    return values.astype(float)


def same(values: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether shapes agree, and all entries up to the tolerances; nan agrees with nan."""
    return values.shape == expected.shape and bool(
        np.allclose(values, expected, rtol=rtol, atol=atol, equal_nan=True)
    )


def kind_of(got: Any) -> str:
    """Name what the answer is, for a message."""
    if callable(got):
        return "a function (did you forget to call it?)"
    if isinstance(got, np.ndarray) and got.dtype.kind == "b":
        return "an array of True and False"
    names = {str: "a string", bool: "True or False", dict: "a dictionary"}
    return names.get(type(got), type(got).__name__)


def shape_words(shape: tuple[int, ...]) -> str:
    """Say a shape as a reader does."""
    return "a single number" if shape == () else f"an array of shape {shape}"


def brief(values: np.ndarray, digits: int = 4) -> str:
    """Show a few numbers, with a few digits."""
    text = np.array2string(values, precision=digits, separator=", ")
    return re.sub(r"\.(?=\D|$)|\n|(?<=\[) +| +(?=[ ,\]])", "", text)  # 5 and not 5., [5] not [ 5.]
