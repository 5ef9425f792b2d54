"""What an argument may be, and the words in which anything else is refused.

A *kind* is what stands in the annotation of an argument. It says of which type and shape data may
be, checks an option, and knows the *rules* that values are held to. The decorators of `evaluate`
apply it, write the rules into the docstring, and show its `words` as the annotation. Elsewhere (in
a method, say) `as_kind` does all at once:

    as_kind(Real, "y", [1, 2])                      gives array([1., 2.])
    as_kind(AtLeast0, "strength", -1)               "strength must be at least 0, got -1"
    as_kind(one_of("l1", "l2"), "penalty", "l3")    "penalty must be one of l1, l2, got 'l3'"

Nothing is clipped, renormalised or recoded: a wrong input is refused by name, rule and value.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[Any]
Type = np.dtype[Any]
Shape = tuple[int, ...]

SHORT_ROW = 64  # up to here, NumPy's loop along a row costs more than the arithmetic in it
# OpenBLAS shares products of more numbers than this among threads, and waits for them all. On a
# machine with other work, or beside PyTorch's threads, the wait is longer than the work.
LANE = 10_000

DOUBLE, SINGLE, INDEX = np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.intp)
ONES = {(t, k): np.ones(k, t) for t in (DOUBLE, SINGLE) for k in range(SHORT_ROW + 1)}
TINY, HUGE = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
LEAST, MOST = 5e-324, float(np.finfo(np.float64).max)  # above 0, and below inf
# By how much a sum of probabilities may miss 1: the root of float32's machine epsilon, 3.5e-4. It
# covers a float32 softmax of 50,000 classes, passed on in whatever type, and shows a mistyped
# number. What comes in float16 may miss it by the root of that type's, 0.03.
TOLERANCE, LOOSE = (float(np.finfo(kind).eps) ** 0.5 for kind in (np.float32, np.float16))


# --- looks at all numbers of an array -------------------------------------------------


def all_finite(x: Numbers) -> bool:
    """Return whether no number is nan, infinite, or so large that its square overflows."""
    flat = x.ravel()
    if flat.size <= LANE:
        return math.isfinite(flat.dot(flat))  # the fastest way to read every number
    return all(all_finite(flat[i : i + LANE]) for i in range(0, flat.size, LANE))


def within(x: Numbers, low: float, high: float) -> bool:
    """Return whether all numbers lie from low to high; nan doesn't."""
    flat = x.ravel()  # of which `argmin` is faster than `min`
    return low <= float(flat[flat.argmin()]) and float(flat[flat.argmax()]) <= high


def row_sum(x: Numbers) -> Numbers:
    """Return the sum of each row: pairwise, or for short rows as a product with ones."""
    ones = ONES.get((x.dtype, x.shape[-1]))
    return np.add.reduce(x, axis=-1) if ones is None else x.dot(ones)


# --- rules ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """What a value must be, in words, and a test of many at once that shows which are not."""

    must: str
    broken: Callable[[Any], Any]
    of_row: Callable[[Any], Any] | None = None  # the number of a row that is tested
    row: str = "row"

    def fault(self, values: Numbers) -> str:
        """Return the message for the first fault, or an empty string."""
        got = values if self.of_row is None else np.asarray(self.of_row(values))
        bad = self.broken(got)
        if not np.count_nonzero(bad):
            return ""
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        where = place(index, "at index" if self.of_row is None else f"in {self.row}")
        shown = str(got[index]) if self.of_row is None else f"{got[index]:.9g}"
        return f"must {self.must}, got {shown}{where}"


def place(index: tuple[int, ...], where: str = "at index") -> str:
    """Say where an offender stands: nothing for a lone one, else its index."""
    return f" {where} {index[0] if len(index) == 1 else index}" if index else ""


Rules = tuple[Rule, ...]
NOT_NAN = Rule("not be nan", np.isnan)
FINITE = Rule("be finite", lambda x: (abs(x) == math.inf) | (x != x))  # fast for one number too
BELOW_INF = Rule("be below inf", lambda x: x == math.inf)
SOME_CLASS = Rule("not be -inf for every class", lambda top: top == -math.inf, lambda s: s.max(-1))
NOT_NEGATIVE = Rule("not be negative", lambda x: x < 0)
AT_LEAST_0 = Rule("be at least 0", lambda x: x < 0)
AT_LEAST_1 = Rule("be at least 1", lambda x: x < 1)
AT_MOST_1 = Rule("be at most 1", lambda x: x > 1)
ABOVE_0 = Rule("be above 0", lambda x: x <= 0)
ABOVE_1 = Rule("be above 1", lambda x: x <= 1)
INDEXABLE = Rule("be below 2**31", lambda x: x >= 2**31)  # with 32-bit indices no array is longer
BELOW_1 = Rule("be below 1", lambda x: x >= 1)
IN_UNIT = Rule("lie between 0 and 1", lambda x: (x < 0) | (x > 1))
WHOLE_NUMBERS = Rule("be whole numbers", lambda x: x != np.floor(x))
SIGN = Rule("be -1 or +1", lambda x: abs(x) != 1)
# Only for the docstrings; what breaks these two is found by `check_classes` and `settled`.
CLASS = Rule("be a class from 0 to K - 1", lambda y: y < 0)
CLASS_OR_ROW = Rule("be classes from 0 to K - 1, or distributions over K classes", np.isnan)


# --- data -------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class Kind:
    """What all kinds have."""

    words: str  # for the annotation
    rules: Rules = ()

    def __repr__(self) -> str:
        """Return the words."""
        return self.words


@dataclass(frozen=True, repr=False, eq=False)
class Data(Kind):
    """An array of numbers, of which the last `rank` axes belong to one example."""

    holds: Callable[[Numbers], bool] = all_finite  # of rows: a quick test, never wrong in its yes
    rank: int = 0
    axes: str = "a last axis of outcomes"
    matrix: bool = False  # whether it has these axes and one of examples, and no more
    lone: bool = False  # whether one may stand beside many examples
    adopts: str = ""  # which whole numbers, or bool, take the type of the scores beside them
    classes: int | None = None  # how many, from 0 on; 0: as many as the scores have columns
    or_rows: bool = False  # whether they may be probabilities, as many as there are scores
    per_class: bool = False  # whether it is an option, a number for each class of the scores
    loose: "Data | None" = None  # what float16 is held to

    def settled(self, name: str, given: Type, shape: Shape, scores: Any) -> "tuple[Data, Type]":
        """Return the kind of data of some type and shape, and the type in which to compute.

        `scores` are what labels belong to: their name, type and shape.
        """
        its_name, its_type, rows = scores
        if self.or_rows and shape == rows:
            return replace(_DISTRIBUTION, adopts="biu").settled(name, given, shape, scores)
        if self.or_rows and shape != rows[:-1] and given.kind in "biuf":
            told = f"{name} are classes {rows[:-1]} or probabilities {rows}"
            raise ValueError(f"shapes must match, got {name} {shape} and {its_name} {rows}: {told}")
        if given.kind not in self.adopts:
            demand_numbers(name, given, "real" if self.classes is None else "whole")
        # 300 squared is inf in float16, so that is computed in float32.
        dtype: Type = SINGLE if given.kind == "f" and given.itemsize <= 4 else DOUBLE
        if self.classes is not None:
            dtype = INDEX
        elif given.kind in self.adopts:
            dtype = its_type
        if len(shape) < self.rank:
            got = f"shape {shape}" if shape else "a single number"
            raise ValueError(f"{name} must have {self.axes}, got {got}")
        if self.matrix and len(shape) != 2:
            raise ValueError(f"{name} must have shape (n, d), got {shape}")
        return self.loose if self.loose and given.str[1:] == "f2" else self, dtype

    def take(self, name: str, value: Any, classes: int = 0) -> Numbers:
        """Return one value by itself, checked."""
        arrays, seen = as_arrays([name], [value])
        layout = _alone(name, self, *seen)
        with np.errstate(all="ignore"):
            values = typed(arrays, layout)
            check_values(arrays, layout, values)
        if self.per_class and values[0].shape != (classes,):
            raise ValueError(f"{name} must have shape {(classes,)}, got {values[0].shape}")
        return values[0]

    def fault(self, values: Numbers) -> str:
        """Return the message for the first fault, or an empty string."""
        return next(filter(None, (rule.fault(values) for rule in self.rules)), "")


def plain_array(name: str, value: ArrayLike) -> Numbers:
    """Return what was given as an array; whatever would lose its meaning that way is refused."""
    types = {type(value), *map(type, value if isinstance(value, list | tuple) else ())}
    if any(issubclass(each, np.ma.MaskedArray) for each in types):
        raise TypeError(f"{name} must be a plain array, got a masked array")
    try:
        return np.asarray(value)
    except Exception as error:  # of another library's array that won't become NumPy's, say
        if "inhomogeneous" in str(error):
            raise ValueError(f"{name} must be rectangular, got rows of unequal lengths") from None
        raise TypeError(f"{name} must be an array of numbers, got {type(value)}") from error


def demand_numbers(name: str, dtype: Type, what: str) -> None:
    """Refuse a type of anything but whole numbers and floats."""
    if dtype.kind not in "iuf":
        names = {"b": "bool", "c": "complex numbers", "O": "objects", "U": "text", "S": "bytes"}
        raise TypeError(f"{name} must be {what} numbers, got {names.get(dtype.kind, dtype)}")


def fits_single(number: float) -> bool:
    """Return whether a number has a place in float32, neither too large nor too small."""
    return number == 0 or TINY <= abs(number) <= HUGE


def check_classes(name: str, array: Numbers, count: int) -> None:
    """Refuse fractions, which the type of an index would cut off, and what is no class."""
    if array.dtype.kind == "f" or not within(array, 0, count - 1):
        below = Rule(f"be a class from 0 to {count - 1}", lambda y: (y < 0) | (y >= count))
        if fault := WHOLE_NUMBERS.fault(array) or below.fault(array):
            raise ValueError(f"{name} {fault}")


def _summing_to_1(words: str, rules: Rules, row: str, over: str, off: float = TOLERANCE) -> Data:
    rank, axes = (1, Data.axes) if row == "row" else (2, "two last axes, a table")
    loose = _summing_to_1(words, rules, row, over, LOOSE) if off < LOOSE else None
    total = lambda p: p.sum(axis=tuple(range(-rank, 0)), dtype=np.float64)
    quick_total = row_sum if rank == 1 else total

    def holds(p: Numbers) -> bool:
        error = (quick_total(p) - 1.0).ravel()
        return error.dot(error) <= off**2 and within(p, 0, math.inf)

    sums = Rule(f"sum to 1 {over}", lambda total: abs(total - 1) > off, total, row)
    return Data(words, (*rules, sums), holds, rank, axes, loose=loose)


@lru_cache
def kind_in(annotation: Any) -> Any:
    """Return the kind in an annotation, also in `Above0 | None`; None if there is none."""
    parts = (annotation, *get_args(annotation))
    found = [each for part in parts for each in (part, *get_args(part))]
    return next((each for each in found if isinstance(each, Kind)), None)


def _like(annotation: Any, **changes: Any) -> Data:
    return replace(kind_in(annotation), **changes)


_POSITIVE = Data("numbers above 0", (FINITE, ABOVE_0), lambda x: within(x, LEAST, MOST))
_FROM_0 = Data("numbers from 0 on", (FINITE, AT_LEAST_0), lambda x: within(x, 0, MOST))
_CLASSES = Data("classes", (WHOLE_NUMBERS, CLASS), lambda y: True, classes=0)
_LABELS = replace(_CLASSES, words="classes or distributions", rules=(CLASS_OR_ROW,), or_rows=True)
_DISTRIBUTION = _summing_to_1(
    "distributions", (NOT_NAN, NOT_NEGATIVE), "row", "along its last axis"
)
_TABLE = _summing_to_1(
    "tables of probabilities", (FINITE, AT_LEAST_0), "table", "over its last two axes"
)

Anything = Annotated[Any, Data("numbers, nan and ±inf", holds=lambda x: True)]

# A number for each example.
Real = Annotated[Any, Data("finite numbers", (FINITE,))]
Extended = Annotated[Any, Data("numbers or ±inf", (NOT_NAN,))]
Probability = Annotated[Any, Data("probabilities", (NOT_NAN, IN_UNIT), lambda x: within(x, 0, 1))]
Counts = Annotated[Any, Data("counts", (FINITE, AT_LEAST_0, WHOLE_NUMBERS), lambda x: False)]
Classes = Annotated[Any, _CLASSES]
Bits = Annotated[Any, _like(Classes, words="0 or 1", adopts="b", classes=2)]
Signs = Annotated[Any, Data("-1 or +1", (SIGN,), lambda x: within(abs(x), 1, 1), adopts="iu")]
BinaryLabels = Annotated[Any, _like(Probability, words="labels from 0 to 1", adopts="biu")]

# A number for each example, or one for all.
RealParameter = Annotated[Any, _like(Real, lone=True)]
PositiveParameter = Annotated[Any, replace(_POSITIVE, lone=True)]
NonNegativeParameter = Annotated[Any, replace(_FROM_0, lone=True)]
ProbabilityParameter = Annotated[Any, _like(Probability, lone=True)]

# A row for each example (of the parameter one for all, too), or a table.
Scores = Annotated[Any, Data("scores", (NOT_NAN, BELOW_INF, SOME_CLASS), rank=1)]
Exponents = Annotated[Any, _like(Extended, words="rows of numbers or ±inf", rank=1)]
Vector = Annotated[Any, _like(Real, words="rows of finite numbers", rank=1)]
Features = Annotated[Any, _like(Vector, words="rows of features", matrix=True)]
Distribution = Annotated[Any, _DISTRIBUTION]
DistributionParameter = Annotated[Any, replace(_DISTRIBUTION, lone=True)]
Labels = Annotated[Any, _LABELS]
Table = Annotated[Any, _TABLE]

# Samples: the last axis holds the observations.
_OBSERVED = {"rank": 1, "axes": "a last axis of observations"}
CountSample = Annotated[Any, _like(Counts, **_OBSERVED)]
BitSample = Annotated[Any, _like(Bits, **_OBSERVED)]
ClassSample = Annotated[Any, _like(Classes, **_OBSERVED)]


# --- options ----------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class Option(Kind):
    """A value that is no data: of some types, and within rules."""

    types: tuple[type, ...] = ()
    noun: str = ""  # what the types are
    turn: Callable[[Any], Any] = lambda value: value  # into the type that the formula gets

    def take(self, name: str, value: Any, classes: int = 0) -> Any:
        """Return the value, checked."""
        if not isinstance(value, self.types) or (type(value) is bool and bool not in self.types):
            raise TypeError(f"{name} must be {self.noun}, got {type(value).__name__}")
        value = self.turn(value)
        for rule in self.rules:
            if rule.broken(value):
                got = repr(value) if isinstance(value, str) else f"{_as_float(value):g}"
                raise ValueError(f"{name} must {rule.must}, got {got}")
        return value


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf if value > 0 else -math.inf


def _number(words: str, *rules: Rule) -> Option:
    types = (int, float, np.integer, np.floating)
    return Option(words, (FINITE, *rules), types, "a real number", _as_float)


def one_of(*choices: str) -> Option:
    """Return the kind of an option that is one of a few words."""
    rule = Rule(f"be one of {', '.join(choices)}", lambda value: value not in choices)
    return Option(" or ".join(choices), (rule,), (str,), "text")


_WHOLE = Option("whole number", (AT_LEAST_1, INDEXABLE), (int, np.integer), "a whole number", int)
_GENERATOR = Option("NumPy generator", (), (np.random.Generator,), "a numpy.random.Generator")

Above0 = Annotated[float, _number("number above 0", ABOVE_0)]
AtLeast0 = Annotated[float, _number("number from 0 on", AT_LEAST_0)]
Base = Annotated[float, _number("number above 1", ABOVE_1)]
Share = Annotated[float, _number("number from 0 to 1", AT_LEAST_0, AT_MOST_1)]
InsideUnit = Annotated[float, _number("number between 0 and 1", ABOVE_0, BELOW_1)]
Whole = Annotated[int, _WHOLE]
Switch = Annotated[bool, Option("True or False", (), (bool, np.bool_), "True or False", bool)]
Generator = Annotated[np.random.Generator, _GENERATOR]
Function = Annotated[Callable[..., Any], Option("function", (), (Callable,), "a function")]
ClassWeights = Annotated[Any, replace(_FROM_0, words="K weights", per_class=True)]
Array = Annotated[Any, Kind("array")]  # what a formula returns


# --- how kinds are used -----------------------------------------------------------------
#
# On a call: `as_arrays`, `laid_out` (once for the same types and shapes), `typed`, `check_values`.


def as_kind(kind: Any, name: str, value: Any) -> Any:
    """Return one value as the kind has it, checked wholly."""
    return kind_in(kind).take(name, value)


class Layout(NamedTuple):
    """What is settled by the types and shapes of arguments alone."""

    parts: list[tuple[str, Data, Type, Shape]]  # name, kind, type to compute in, and shape
    batch: Shape  # the leading axes that all share, before those of one example
    dtype: Type  # of floats
    classes: int  # columns of the last argument, or what an option of that name says


def as_arrays(names: Iterable[str], given: Sequence[Any]) -> tuple[list[Numbers], list[Any]]:
    """Return arrays, and the type and shape of each: `float` adapts to the data beside it."""
    arrays: list[Numbers] = []
    seen: list[Any] = []
    for name, value in zip(names, given, strict=True):
        array = value if type(value) is np.ndarray else plain_array(name, value)
        free = type(value) in (int, float) and array.dtype.kind in "iuf" and fits_single(value)
        arrays.append(array)
        seen.append((float if free else array.dtype, array.shape))
    return arrays, seen


def laid_out(data: dict[str, Data], in_rows: bool, *seen: tuple[Any, Shape]) -> Layout:
    """Work out what types and shapes decide, or refuse them; `in_rows` makes leading axes one."""
    *_, (last, scores) = data.items()  # which tell what labels may be
    own, columns = seen[-1]
    like = (last, scores.settled(last, np.dtype(own), columns, (last, DOUBLE, columns))[1], columns)
    parts = [
        (name, *kind.settled(name, np.dtype(own), shape, like), shape)
        for (name, kind), (own, shape) in zip(data.items(), seen, strict=True)
    ]
    floats = {part[2] for part, (own, _) in zip(parts, seen, strict=True) if own is not float}
    common = SINGLE if SINGLE in floats and DOUBLE not in floats else DOUBLE

    batches = [shape[: len(shape) - kind.rank] for _, kind, _, shape in parts]
    # Only a lone number may have none of the leading axes.
    main = next((i for i, part in enumerate(parts) if batches[i] or not part[1].lone), 0)
    first, of_first, _, whole = parts[main]
    for i, (name, kind, dtype, shape) in enumerate(parts):
        alike = shape == whole if kind.rank == of_first.rank else batches[i] == batches[main]
        if not (alike or (kind.lone and not batches[i])):
            raise ValueError(f"shapes must match, got {first} {whole} and {name} {shape}")
        if 0 in shape:
            raise ValueError(f"{name} must not be empty, got shape {shape}")
        if in_rows:
            shape = (math.prod(batches[main]), *shape[len(batches[i]) :])
            dtype = dtype if dtype is INDEX else common
        parts[i] = name, kind, dtype, shape
    return Layout(parts, batches[main], common, (0, *columns)[-1])


_alone = lru_cache(lambda name, kind, *seen: laid_out({name: kind}, False, *seen))


def typed(arrays: Sequence[Numbers], layout: Layout) -> list[Numbers]:
    """Return arrays in their types and shapes; a lone number is repeated, though not in memory."""
    values = []
    for array, (name, kind, dtype, shape) in zip(arrays, layout.parts, strict=True):
        if dtype is INDEX:
            check_classes(name, array, kind.classes or layout.classes)
        value = np.ascontiguousarray(array, dtype)
        if value.shape != shape:
            repeated = shape[:1] > (1,) and array.shape == shape[1:]
            value = np.broadcast_to(value, shape) if repeated else value.reshape(shape)
        values.append(value)
    return values


def check_values(arrays: Sequence[Numbers], layout: Layout, block: Sequence[Numbers]) -> None:
    """Hold a block of each argument's values to its rules, or name the first fault."""
    for array, (name, kind, dtype, _), values in zip(arrays, layout.parts, block, strict=True):
        if not kind.holds(values) and kind.fault(values):
            # Sought in the whole, so that the message has its true index.
            raise ValueError(f"{name} {kind.fault(array.astype(dtype))}")
