"""What an argument may be, and the words in which anything else is refused.

A *kind* is what stands in the annotation of an argument. It turns what the caller gave into an
array of the right type, or a checked option, and knows by which *rules* its values are held; the
decorators of `evaluate` apply it, write the rules into the docstring, and show `words` as the
annotation. Elsewhere (in a method, say) `as_kind` does all at once:

    as_kind(Real, "y", [1, 2])                      gives array([1., 2.])
    as_kind(AtLeast0, "strength", -1)               "strength must be at least 0, got -1"
    as_kind(one_of("l1", "l2"), "penalty", "l3")    "penalty must be one of l1, l2, got 'l3'"

Data: Real Extended NonNegative Positive Counts Probability Bits Signs BinaryLabels (a number for
each example), Scores Exponents Vector Distribution (a row), Table (two axes), Features (n, d),
Labels (classes or probabilities), Classes; and with "Parameter" at the end of the name those of
which one may stand beside many examples. Options: Number Above0 AtLeast0 Share InsideUnit Base
Whole Switch Function ClassWeights one_of(...).

Nothing is clipped, renormalised or recoded: a wrong input is an error that names the argument, the
rule and what was got.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple, NoReturn, get_args

import numpy as np
from numpy.typing import ArrayLike

from coursecode._core.arithmetic import Numbers, all_finite, highest, lowest, row_sum

DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)
# By how much a sum of probabilities may miss 1: the root of float32's machine epsilon, 3.5e-4.
# It covers a float32 softmax of 50,000 classes, passed on in whatever type, and shows a mistyped
# number. Probabilities given in float16 may miss it by theirs, 0.03.
TOLERANCE = float(np.finfo(np.float32).eps) ** 0.5
TOLERANCE_OF_HALF = float(np.finfo(np.float16).eps) ** 0.5
TINY, HUGE = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


# --- rules: what values must satisfy, and a search for the first that doesn't -----------


@dataclass(frozen=True)
class Rule:
    """What values must be, in words, and which are not."""

    must: str
    broken: Callable[[Any], Any]  # of the values, or of one number for each row
    of_row: Callable[[Any], Any] | None = None  # that number
    row: str = "row"

    def fault(self, values: Numbers) -> str:
        """Return the message for the first fault, or an empty string."""
        got = values if self.of_row is None else np.asarray(self.of_row(values))
        bad = self.broken(got)
        if not np.any(bad):
            return ""
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        if self.of_row is None:
            return f"must {self.must}, got {got[index]!s}{place(index)}"
        return f"must {self.must}, got {got[index]:.9g}{place(index, f'in {self.row}')}"


def place(index: tuple[int, ...], where: str = "at index") -> str:
    """Say where an offender stands: nothing for a lone one, else its index."""
    return f" {where} {index[0] if len(index) == 1 else index}" if index else ""


def _misses_1(tolerance: float) -> Callable[[Numbers], Numbers]:
    return lambda total: abs(total - 1) > tolerance


NOT_NAN = Rule("not be nan", np.isnan)
FINITE = Rule("be finite", lambda x: ~np.isfinite(x))
BELOW_INF = Rule("be below inf", lambda x: x == math.inf)
SOME_CLASS = Rule(
    "not be -inf for every class", lambda top: top == -math.inf, lambda s: s.max(axis=-1)
)
AT_LEAST_0 = Rule("be at least 0", lambda x: x < 0)
ABOVE_0 = Rule("be above 0", lambda x: x <= 0)
NOT_NEGATIVE = Rule("not be negative", lambda x: x < 0)
IN_UNIT = Rule("lie between 0 and 1", lambda x: (x < 0) | (x > 1))
WHOLE_NUMBERS = Rule("be whole numbers", lambda x: x != np.floor(x))
SIGN = Rule("be -1 or +1", lambda x: abs(x) != 1)
SUM = Rule(
    "sum to 1 along its last axis",
    _misses_1(TOLERANCE),
    lambda p: p.sum(axis=-1, dtype=np.float64),
)
TABLE_SUM = Rule(
    "sum to 1 over its last two axes",
    _misses_1(TOLERANCE),
    lambda p: p.sum(axis=(-2, -1), dtype=np.float64),
    row="table",
)
# Words for the docstrings; the kinds that follow put a number in the place of K.
CLASS = Rule("be a class from 0 to K - 1", lambda y: y < 0)
CLASS_OR_ROW = Rule("be classes from 0 to K - 1, or distributions over K classes", np.isnan)


# --- quick tests, which are never wrong when they say yes -------------------------------


def _in_unit(x: Numbers) -> bool:
    return lowest(x) >= 0 and highest(x) <= 1


def _from_0(x: Numbers) -> bool:
    return lowest(x) >= 0 and highest(x) < math.inf


def _above_0(x: Numbers) -> bool:
    return lowest(x) > 0 and highest(x) < math.inf


def _counts(x: Numbers) -> bool:
    return _from_0(x) and bool((x == np.floor(x)).all())


def _signs(x: Numbers) -> bool:
    return bool((abs(x) == 1).all())


def _within(count: int) -> Callable[[Numbers], bool]:
    return lambda y: lowest(y) >= 0 and highest(y) < count


def _normalised(tolerance: float) -> Callable[[Numbers], bool]:
    def test(p: Numbers) -> bool:
        off = row_sum(p.reshape(len(p), -1)) - 1
        return lowest(p) >= 0 and bool(off.dot(off) <= tolerance**2)

    return test


# --- kinds of data ----------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Words:
    """What an annotation shows."""

    words: str

    def __repr__(self) -> str:
        """Return the words."""
        return self.words


class Argument(NamedTuple):
    """Data in the right type, and the kind whose rules the values are still to be held to."""

    name: str
    kind: "Data"
    values: Numbers
    yields: bool = False  # its type to that of the data beside it, as Python's own numbers do

    @property
    def batch(self) -> tuple[int, ...]:
        """The leading axes, before those of one example."""
        return self.values.shape[: self.values.ndim - self.kind.rank]

    @property
    def rows(self) -> Numbers:
        """The values with all leading axes as one."""
        return self.values.reshape(-1, *self.values.shape[self.values.ndim - self.kind.rank :])


@dataclass(frozen=True, repr=False)
class Data(Words):
    """An array of numbers; its last `rank` axes belong to one example."""

    holds: Callable[[Numbers], bool]  # the quick test of a block (rows, ...)
    rules: tuple[Rule, ...]
    rank: int = 0
    axes: str = "a last axis of outcomes"
    lone: bool = False  # whether one may stand beside many examples
    adopts: str = ""  # which whole numbers, or bool, take the type of the scores beside them

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return the values in the right type; `like` is the argument that labels belong to."""
        array = value if type(value) is np.ndarray else plain_array(name, value)
        if array.dtype is not DOUBLE and array.dtype is not SINGLE:
            own = array.dtype.kind not in self.adopts
            array = floats(name, array) if own else array.astype(like.values.dtype)
        if array.ndim < self.rank:
            self.refuse_axes(name, array)
        return Argument(
            name, self, array, type(value) in (int, float) and fits_single(float(array))
        )

    def refuse_axes(self, name: str, array: Numbers) -> NoReturn:
        """Refuse an array that has too few axes for one example."""
        got = f"shape {array.shape}" if array.ndim else "a single number"
        raise ValueError(f"{name} must have {self.axes}, got {got}")

    def fault(self, values: Numbers) -> str:
        """Return the message for the first fault, or an empty string."""
        return next(filter(None, (rule.fault(values) for rule in self.rules)), "")

    @property
    def must(self) -> list[str]:
        """What the values must be, in words."""
        return [rule.must for rule in self.rules]


def plain_array(name: str, value: ArrayLike) -> Numbers:
    """Return what was given as an array; whatever would lose its meaning that way is refused."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked array")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be rectangular, got rows of unequal lengths") from None
    except Exception as error:  # of another library's array that won't become NumPy's
        raise TypeError(f"{name} must be an array of numbers, got {type(value)}") from error


def floats(name: str, array: Numbers) -> Numbers:
    """Return an array in float64, or in float32 if it is of no wider floats."""
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be real numbers, got {contents(array)}")
    # 300 squared is inf in float16, so that is computed in float32.
    return array.astype(SINGLE if array.dtype.kind == "f" and array.itemsize <= 4 else DOUBLE)


def fits_single(number: float) -> bool:
    """Return whether a number has a place in float32, neither too large nor too small."""
    return number == 0 or TINY <= abs(number) <= HUGE


def contents(array: Numbers) -> str:
    """Name what an array holds, for a message."""
    names = {"b": "bool", "c": "complex numbers", "O": "objects", "U": "text", "S": "bytes"}
    return names.get(array.dtype.kind, str(array.dtype))


class _Probabilities(Data):
    """Rows or tables that sum to 1; in float16 they may miss it by more."""

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return the values, held to the tolerance of the type that they were given in."""
        array = plain_array(name, value)
        taken = super().take(name, array, like)
        if array.dtype != np.float16:
            return taken
        total = replace(self.rules[-1], broken=_misses_1(TOLERANCE_OF_HALF))
        rules, holds = (*self.rules[:-1], total), _normalised(TOLERANCE_OF_HALF)
        return taken._replace(kind=replace(self, rules=rules, holds=holds))


class _Features(Data):
    """A matrix, a row for each example."""

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return the values, which must have two axes."""
        taken = super().take(name, value)
        if taken.values.ndim != 2:
            raise ValueError(f"{name} must have shape (n, d), got {taken.values.shape}")
        return taken


class _Classes(Data):
    """Whole numbers from 0 on, fewer than the scores beside them have columns."""

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return whole numbers; `like` is those scores, or the number of classes."""
        array = plain_array(name, value)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must be whole numbers, got {contents(array)}")
        if array.ndim < self.rank:
            self.refuse_axes(name, array)
        scores = isinstance(like, Argument)
        count = like.values.shape[-1] if scores else as_kind(Whole, "classes", like)
        below = Rule(f"be a class from 0 to {count - 1}", lambda y: (y < 0) | (y >= count))
        kind = replace(self, rules=(WHOLE_NUMBERS, below), holds=_within(count))
        if array.dtype.kind != "i" and count and kind.fault(array):
            # Before they are cast, which would cut fractions off and make large ones negative.
            raise ValueError(f"{name} {kind.fault(array)}")
        return Argument(name, kind, array.astype(np.intp, copy=False))


class _Bits(_Classes):
    """0 or 1, False or True."""

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return whole numbers."""
        array = plain_array(name, value)
        return super().take(name, array.astype(np.intp) if array.dtype.kind == "b" else array, 2)


class _Labels(Data):
    """Classes or probabilities, told apart by their axes."""

    def take(self, name: str, value: ArrayLike, like: Any = None) -> Argument:
        """Return whole numbers, or rows of probabilities."""
        array, rows = plain_array(name, value), like.values.shape
        classes = rows[:-1]
        if array.shape == classes:
            return _CLASSES.take(name, array, like)
        if array.shape == rows:
            return _SOFT_LABELS.take(name, array, like)
        raise ValueError(
            f"shapes must match, got {name} {array.shape} and {like.name} {rows}: "
            f"{name} are classes {classes} or probabilities {rows}"
        )


_REAL = Data("finite numbers", all_finite, (FINITE,))
_POSITIVE = Data("numbers above 0", _above_0, (FINITE, ABOVE_0))
_NONNEGATIVE = Data("numbers from 0 on", _from_0, (FINITE, AT_LEAST_0))
_COUNTS = Data("counts", _counts, (FINITE, AT_LEAST_0, WHOLE_NUMBERS))
_UNIT = Data("probabilities", _in_unit, (NOT_NAN, IN_UNIT))
_DISTRIBUTION = _Probabilities(
    "distributions", _normalised(TOLERANCE), (NOT_NAN, NOT_NEGATIVE, SUM), rank=1
)
_SOFT_LABELS = replace(_DISTRIBUTION, adopts="biu")
_CLASSES = _Classes("classes", all_finite, (WHOLE_NUMBERS, CLASS))
_BITS = _Bits("0 or 1", all_finite, (WHOLE_NUMBERS, CLASS))
_OBSERVED = {"rank": 1, "axes": "a last axis of observations"}

# A number for each example.
Real = Annotated[Any, _REAL]
Extended = Annotated[Any, Data("numbers, or ±inf", all_finite, (NOT_NAN,))]
Positive = Annotated[Any, _POSITIVE]
NonNegative = Annotated[Any, _NONNEGATIVE]
Counts = Annotated[Any, _COUNTS]
Probability = Annotated[Any, _UNIT]
Bits = Annotated[Any, _BITS]
Classes = Annotated[Any, _CLASSES]
Signs = Annotated[Any, Data("-1 or +1", _signs, (SIGN,), adopts="iu")]
BinaryLabels = Annotated[Any, replace(_UNIT, words="0 or 1, or between", adopts="biu")]

# A number for each example, or one for all.
RealParameter = Annotated[Any, replace(_REAL, lone=True)]
PositiveParameter = Annotated[Any, replace(_POSITIVE, lone=True)]
NonNegativeParameter = Annotated[Any, replace(_NONNEGATIVE, lone=True)]
ProbabilityParameter = Annotated[Any, replace(_UNIT, lone=True)]

# A row for each example, or a table.
Scores = Annotated[Any, Data("scores", all_finite, (NOT_NAN, BELOW_INF, SOME_CLASS), 1)]
Exponents = Annotated[Any, Data("rows of numbers, or ±inf", all_finite, (NOT_NAN,), 1)]
Vector = Annotated[Any, replace(_REAL, words="rows of finite numbers", rank=1)]
Distribution = Annotated[Any, _DISTRIBUTION]
DistributionParameter = Annotated[Any, replace(_DISTRIBUTION, lone=True)]
Labels = Annotated[Any, _Labels("classes, or distributions", all_finite, (CLASS_OR_ROW,))]
Table = Annotated[
    Any,
    _Probabilities(
        "tables of probabilities",
        _normalised(TOLERANCE),
        (FINITE, AT_LEAST_0, TABLE_SUM),
        rank=2,
        axes="two last axes, a table",
    ),
]
Features = Annotated[Any, _Features("features (n, d)", all_finite, (FINITE,), 1)]

# The observations of a sample, along the last axis.
CountSample = Annotated[Any, replace(_COUNTS, **_OBSERVED)]
BitSample = Annotated[Any, replace(_BITS, **_OBSERVED)]
ClassSample = Annotated[Any, replace(_CLASSES, **_OBSERVED)]


# --- kinds of options -------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Option(Words):
    """A function, which has no rule but that it can be called; what the others build upon."""

    must: tuple[str, ...] = ()

    def take(self, name: str, value: Any, like: Any = None) -> Any:
        """Return the option, in the right type."""
        if not callable(value):
            raise TypeError(f"{name} must be a function, got {type(value).__name__}")
        return value


@dataclass(frozen=True, repr=False)
class _Number(Option):
    """A single number within bounds, which are included unless `exclusive`."""

    low: float = -math.inf
    high: float = math.inf
    exclusive: bool = False

    def take(self, name: str, value: Any, like: Any = None) -> float:
        """Return a float."""
        if isinstance(value, (bool, np.bool_)) or not isinstance(
            value, (int, float, np.integer, np.floating)
        ):
            raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
        try:
            number = float(value)
        except OverflowError:  # a whole number of more than 308 digits
            number = math.inf
        if not math.isfinite(number):
            raise ValueError(f"{name} must be finite, got {number}")
        beyond = (
            (number < self.low or (self.exclusive and number == self.low), self.must[0]),
            (number > self.high or (self.exclusive and number == self.high), self.must[-1]),
        )
        for broken, must in beyond:
            if broken:
                raise ValueError(f"{name} must {must}, got {number:g}")
        return number


class _Whole(Option):
    """A number of things."""

    def take(self, name: str, value: Any, like: Any = None) -> int:
        """Return an int."""
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} must be a whole number, got {type(value).__name__}")
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
        return int(value)


class _Switch(Option):
    """On or off."""

    def take(self, name: str, value: Any, like: Any = None) -> bool:
        """Return a bool."""
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
        return bool(value)


@dataclass(frozen=True, repr=False)
class _Choice(Option):
    """One of a few words."""

    choices: tuple[str, ...] = ()

    def take(self, name: str, value: Any, like: Any = None) -> str:
        """Return the word."""
        if not isinstance(value, str):
            raise TypeError(f"{name} must be text, got {type(value).__name__}")
        if value not in self.choices:
            raise ValueError(f"{name} must {self.must[0]}, got {value!r}")
        return value


def one_of(*choices: str) -> Option:
    """Return the kind of an option that is one of a few words."""
    return _Choice(" or ".join(choices), (f"be one of {', '.join(choices)}",), choices)


class _ClassWeights(Option):
    """A weight for each class of the scores."""

    def take(self, name: str, value: Any, like: Any = None) -> Numbers:
        """Return an array (K,), in the type of the scores if the weights have a place there."""
        weights = as_kind(NonNegative, name, value)
        shape = like.values.shape[-1:]
        if weights.shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {weights.shape}")
        own_type: Numbers = weights.astype(like.values.dtype)
        return own_type if np.isfinite(own_type).all() else weights


Array = Annotated[Any, Words("array")]  # what a formula returns
Number = Annotated[float, _Number("number", ("be finite",))]
Above0 = Annotated[float, _Number("number above 0", ("be above 0",), 0, exclusive=True)]
AtLeast0 = Annotated[float, _Number("number from 0 on", ("be at least 0",), 0)]
Share = Annotated[float, _Number("from 0 to 1", ("be at least 0", "be at most 1"), 0, 1)]
InsideUnit = Annotated[
    float, _Number("between 0 and 1", ("be above 0", "be below 1"), 0, 1, exclusive=True)
]
Base = Annotated[float, _Number("number above 1", ("be above 1",), 1, exclusive=True)]
Whole = Annotated[int, _Whole("whole number", ("be at least 1",))]
Switch = Annotated[bool, _Switch("True or False")]
Function = Annotated[Callable[..., Any], Option("function")]
ClassWeights = Annotated[Any, _ClassWeights("K weights", ("be finite", "be at least 0"))]


# --- how a kind is used -----------------------------------------------------------------


def kind_in(annotation: Any) -> Any:
    """Return the kind in an annotation, also in `Above0 | None`; None if there is none."""
    parts = (annotation, *get_args(annotation))
    found = [each for part in parts for each in getattr(part, "__metadata__", (part,))]
    return next((each for each in found if isinstance(each, Words)), None)


def as_kind(kind: Any, name: str, value: Any, like: Any = None) -> Any:
    """Return one value as the kind has it, checked wholly; `like` as for `Data.take`."""
    with np.errstate(all="ignore"):
        taken = kind_in(kind).take(name, value, like)
        if isinstance(taken, Argument):
            matched((taken,))
            hold((taken,), [taken.rows])
            return taken.values
        return taken


def matched(arguments: Sequence[Argument]) -> tuple[int, ...]:
    """Return the leading axes that all share; only a lone number may have none of them."""
    first = arguments[0]
    if first.kind.lone:
        first = next((each for each in arguments if each.batch), first)
    shape, rank = first.values.shape, first.kind.rank
    for each in arguments:
        if each.values.shape != shape or each.kind.rank != rank:
            _match(first, each)
        if not each.values.size:
            raise ValueError(f"{each.name} must not be empty, got shape {each.values.shape}")
    return first.batch


def _match(first: Argument, other: Argument) -> None:
    """Refuse two arguments whose leading axes differ, unless one is a lone number."""
    differ = first.batch != other.batch or first.kind.rank == other.kind.rank
    if differ and not (other.kind.lone and not other.batch):
        raise ValueError(
            f"shapes must match, got {first.name} {first.values.shape} "
            f"and {other.name} {other.values.shape}"
        )


def hold(arguments: Sequence[Argument], block: list[Numbers]) -> None:
    """Hold a block of each argument's values to its rules, or name the first fault of all."""
    for argument, values in zip(arguments, block, strict=True):
        if not argument.kind.holds(values) and argument.kind.fault(values):
            # Sought in the whole, so that the message has its true index.
            found = ((each.name, each.kind.fault(each.values)) for each in arguments)
            raise ValueError(next(f"{name} {fault}" for name, fault in found if fault))
