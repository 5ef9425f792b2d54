"""Whether a function of the reader's leaves its work to a package, under whatever name."""

import contextlib
import functools
import gc
import re
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

PACKAGE = __name__.partition(".")[0]
CHECKS = f"{PACKAGE}.checks"  # what a notebook imports for its checks does none of the work
LENDERS = (PACKAGE, "scipy", "sklearn", "torch")
NAME = re.compile(rf"({'|'.join(LENDERS)})(\.\w+)*")
HOLDERS: tuple[type, ...] = (dict, list, tuple, set, frozenset, types.MethodType, types.CellType)
CALLERS: tuple[type, ...] = (functools.partial, np.vectorize)


def borrowed_from(function: Any) -> str:
    """Name the package that a function is from, or calls on, itself or by way of another."""
    todo: list[Any] = [function]
    seen: dict[int, Any] = {}  # things are kept: the identity of one that is gone is given again
    while todo:
        thing = todo.pop()
        if lender := NAME.fullmatch(home(thing)):
            return lender[1]
        if id(thing) not in seen:
            seen[id(thing)] = thing
            todo += parts(thing)
    return ""


def home(thing: Any) -> str:
    """Name the module of a thing; a text, such as `import_module` takes, may be that name."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, np.ufunc):  # it does not know its module
        special = sys.modules.get("scipy.special")
        return "scipy" if getattr(special, thing.__name__, None) is thing else "numpy"
    name = str(getattr(thing, "__module__", None) or getattr(thing, "__name__", ""))
    return "" if name == CHECKS else name


def parts(thing: Any) -> Iterator[Any]:
    """Find what a function, or a thing that holds functions, can call on."""
    if isinstance(thing, types.FunctionType):
        code, known = thing.__code__, thing.__globals__
        yield from (*code.co_names, *code.co_consts, *(known.get(name) for name in code.co_names))
        yield from (thing.__closure__, thing.__defaults__, thing.__kwdefaults__)
        for each in code.co_consts:
            if isinstance(each, str) and {"eval", "exec"} & {*code.co_names}:  # a text is code here
                with contextlib.suppress(SyntaxError, ValueError):
                    each = compile(each.strip(), "a text", "exec")
            if isinstance(each, types.CodeType):
                cells = tuple(types.CellType() for _ in each.co_freevars)
                yield types.FunctionType(each, known, closure=cells)
    elif isinstance(thing, HOLDERS + CALLERS) or getattr(thing, "__module__", None) == "__main__":
        yield from gc.get_referents(thing)  # the latter: a class of the reader's, or its object
