"""Two decorators that turn a formula into a public function.

    @rowwise
    def squared_error(y_true: Real, y_pred: Real) -> Array:
        return (y_true - y_pred) ** 2

Its annotations are the kinds of its arguments (see `kinds`); what a caller gives is checked by
them, and the formula gets plain arrays. Options are keyword-only and reach it as they are.

`rowwise`   for formulas that treat each example by itself. Leading axes become one, and the formula
            is given a block of examples at a time, a row each: (rows,), (rows, K) or (rows, J, K).
            It returns one number per row, or an array each, and must not write into what it gets.
`checked`   for everything else: the arguments are checked as a whole and handed over once.

Neither lets NumPy warn while it computes: an inf can be the right answer. Both write a "Raises"
section into the docstring, from the rules of the kinds, so that nobody types one; a section that a
docstring has of its own is kept, after it. An argument that a docstring does not describe is
described as in the last function before it, in its module, that takes one of the same name and
kind: so a gradient has the "Parameters" of its loss.

Blocks are there for speed: an expression such as `np.exp(s) / total` makes an array for every step.
On a large input each of them travels to main memory and back, which takes longer than the
arithmetic. A block of rows stays in the processor's cache, however many steps there are.

On a small input a formula takes less time than the checks before it. So what types and shapes
settle, which is most of them, is settled once and then looked up; values are read at every call.
"""

import inspect
import re
from collections.abc import Callable
from functools import lru_cache, partial, wraps
from textwrap import fill
from typing import Any, ParamSpec, TypeVar

import numpy as np

from coursecode._core.kinds import (
    DOUBLE,
    SINGLE,
    Data,
    Layout,
    Numbers,
    as_arrays,
    check_values,
    fits_single,
    kind_in,
    laid_out,
    typed,
)

BLOCK_BYTES = 2**20  # of the last argument, the largest; temporaries take a few times that
# The C library of Linux keeps freed memory for the next block, rather than fetch it from the system
# anew, up to twice the size of the largest array that was freed so far: this one.
np.empty(16 * BLOCK_BYTES, np.uint8)

# A docstring's own section, or else the place for it: before the next one, or at the end.
RAISES = re.compile(r"^Raises\n-+\n|^(?=(?:Notes|References|Examples)\n-+\n)|\Z", re.MULTILINE)
# A docstring's own section, or the place for it; and what may be an entry of it.
PARAMETERS = re.compile(r"^(?:Parameters\n-+\n.*?)?(?=Returns\n)", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^(\w+(?:, \w+)*)((?: : .*)?\n(?: {4}.*\n)+)", re.MULTILINE)
DESCRIBED: dict[str, list[tuple[dict[str, Any], str]]] = {}  # in each module so far

ZERO = np.zeros(())  # as an array, it is added in less time than a number of Python's

Function = Callable[..., Any]
P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])


def rowwise(formula: Callable[P, Any]) -> Callable[P, Numbers]:
    """Evaluate a formula over checked arguments, block by block.

    The result has the type of the arguments, float64 where float32 meets float64, and no -0.0; it
    is a NumPy scalar where it is one number. A number of Python's own takes the type of the data
    beside it; where an option has no place in float32, the formula is evaluated in float64.
    """
    return public(formula, by_rows)


def checked(function: F) -> F:
    """Call a function with its arguments checked."""
    return public(function, as_a_whole)


def public(function: Function, run: Callable[..., Any]) -> Any:
    """Return a function that takes its arguments by their kinds, and says so in its docstring."""
    signature = inspect.signature(function, eval_str=True)
    parameters = signature.parameters.items()
    kinds = {name: kind_in(each.annotation) for name, each in parameters}
    defaults = {name: each.default for name, each in parameters}
    options = {name for name, each in parameters if each.kind == each.KEYWORD_ONLY}
    data = {n: kind for n, kind in kinds.items() if isinstance(kind, Data) and n not in options}
    needed = {n for n, value in defaults.items() if value is signature.empty} - data.keys()
    layout_of = lru_cache(partial(laid_out, data, run is by_rows))

    shown = kinds | {"return": kind_in(signature.return_annotation)}  # by help(), in words
    function.__annotations__ = function.__annotations__ | {n: k for n, k in shown.items() if k}

    @wraps(function)
    def taking(*given: Any, **named: Any) -> Any:
        if not (len(given) == len(data) and needed <= named.keys() <= options):
            named = signature.bind(*given, **named).arguments  # which takes its time
            given = tuple([named.pop(name) for name in data])
        arrays, seen = as_arrays(data, given)
        layout = layout_of(*seen)
        for name, value in named.items():
            if kinds[name] and value is not defaults[name]:
                named[name] = kinds[name].take(name, value, layout.classes)
        return run(function, arrays, layout, named)

    taking.__annotations__ = function.__annotations__  # `wraps` leaves them out from 3.14 on
    taking.__doc__ = with_raises(with_parameters(function), kinds)
    return taking


def as_a_whole(function: Function, arrays: list[Numbers], layout: Layout, options: Any) -> Any:
    """Call a function with all values of its arguments."""
    layout = layout._replace(classes=options.get("classes", layout.classes))
    with np.errstate(all="ignore"):
        values = typed(arrays, layout)
        check_values(arrays, layout, values)
        named = {name: each for (name, *_), each in zip(layout.parts, values, strict=True)}
        return function(**named, **options)


@np.errstate(all="ignore")  # formulas rely on ln 0 = -inf
def by_rows(formula: Function, arrays: list[Numbers], layout: Layout, options: Any) -> Numbers:
    """Call a formula with a block of rows at a time."""
    parts, batch, dtype, _ = layout
    if dtype is SINGLE and not all([fits_single(v) for v in options.values() if type(v) is float]):
        wide = [(n, k, DOUBLE if t is SINGLE else t, shape) for n, k, t, shape in parts]
        layout = layout._replace(parts=wide)
    rows = typed(arrays, layout)
    count = len(rows[-1])
    step = max(1, BLOCK_BYTES * count // rows[-1].nbytes)
    if step >= count:
        check_values(arrays, layout, rows)
        result = np.add(formula(*rows, **options), ZERO, dtype=dtype)  # -0.0 + 0.0 is 0.0
    else:
        for start in range(0, count, step):
            block = [each[start : start + step] for each in rows]
            check_values(arrays, layout, block)
            part = formula(*block, **options)
            if not start:
                result = np.empty((count, *part.shape[1:]), dtype)
            np.add(part, ZERO, out=result[start : start + step])
    return result if len(batch) == 1 else result.reshape(batch + result.shape[1:])[()]


def with_parameters(function: Function) -> str:
    """Return a docstring with the entries that it leaves to functions before it."""
    doc, takes = inspect.cleandoc(function.__doc__ or ""), function.__annotations__
    known = DESCRIBED.setdefault(function.__module__, [])
    for names, text in ENTRY.findall(doc):
        known.append(({name: takes.get(name) for name in names.split(", ")}, names + text))
    described: dict[str, str] = {}
    for arguments, entry in known:
        if arguments.items() <= takes.items():
            described |= dict.fromkeys(arguments, entry)
    entries = "".join(dict.fromkeys(described[name] for name in takes if name in described))
    section = f"Parameters\n----------\n{entries}\n" if entries else ""
    return PARAMETERS.sub(lambda _: section, doc, count=1)


def with_raises(doc: str, kinds: dict[str, Any]) -> str:
    """Return a docstring with a "Raises" section, which says what each argument must be."""
    musts = [
        f"`{name}` {' and '.join(f'must {rule.must}' for rule in kind.rules)}."
        for name, kind in kinds.items()
        if kind and kind.rules
    ]
    entry = fill(" ".join(musts), 92, initial_indent="    ", subsequent_indent="    ")
    section = f"Raises\n------\nValueError\n{entry}\n"
    return RAISES.sub(lambda own: section + "\n" * (not own[0]), doc + "\n\n", count=1).rstrip()
