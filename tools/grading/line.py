"""The line between the tests and a learner's process: plain data, a frame for each message.

Both ends read this file, which needs NumPy alone.  What comes in may be anything that a hostile
program can write: it becomes numbers, texts, arrays and lists of this end's own making, or it is
refused.  No pickle is ever read.
"""

import base64
import builtins
import contextlib
import itertools
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

LONGEST = 16_000_000  # bytes of a message
MOST = 20_000  # what is taken of something endless
NUMBERS = re.compile(r"[<|][biuf][1248]").fullmatch  # the types of arrays that are sent


class Refused(BaseException):
    """The other end has sent what is no plain data or was not asked for, or it has ended."""


class Line:
    """One end of the line: it calls the functions of the other end, and answers calls from there.

    Both may happen at once: a learner's function that is called calls the loss it was given.
    """

    caught: type[BaseException] = Exception  # what a function may raise and be answered for

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.changed = False  # whether a call has changed what it was given
        self.functions: list[Any] = []  # this end's own, by number
        self.one_at_a_time = threading.RLock()

    def plain(self, thing: Any) -> Any:
        """Write a thing down as JSON can hold it; a function stays at home and gets a number."""

        def inner(parts: Iterable[Any]) -> list[Any]:
            return [self.plain(part) for part in parts]

        other = {"other": type(thing).__name__}
        if thing is None or isinstance(thing, bool):
            return thing
        if isinstance(thing, int) and thing.bit_length() > 10_000:
            return other
        if isinstance(thing, np.ndarray | np.generic) and thing.dtype.kind in "biuf":
            return array(thing) if thing.nbytes <= LONGEST else other
        for kind in (str, int, float):  # an object of a subclass becomes one of its class
            if isinstance(thing, kind):
                return kind.__str__(thing) if kind is str else kind(thing)
        if isinstance(thing, list):
            return inner(thing)
        if isinstance(thing, dict):
            return {"dict": inner(thing.items())}
        if isinstance(thing, tuple):
            return {"tuple": inner(thing)}
        if callable(thing):
            self.functions.append(thing)
            return {"function": len(self.functions) - 1}
        if hasattr(thing, "__array__"):  # as a column of pandas has, and an array of objects
            numbers = np.asarray(thing)
            return self.plain(numbers if numbers.dtype.kind in "biuf" else numbers.tolist())
        if hasattr(thing, "__float__"):  # a fraction, a decimal
            return float(thing)
        if isinstance(thing, Iterable):
            parts = inner(itertools.islice(thing, MOST + 1))
            kept = parts if isinstance(thing, Sequence) else {"iterator": parts}
            return kept if len(parts) <= MOST else other
        return other

    def restored(self, written: Any) -> Any:
        """Make the thing that was written down."""

        def inner(parts: list[Any]) -> list[Any]:
            return [self.restored(part) for part in parts]

        match written:
            case None | bool() | int() | float() | str():
                return written
            case list():
                return inner(written)
            case {"array": str(form), "shape": list(shape), "data": str(data)} if NUMBERS(form):
                raw = base64.b64decode(data, validate=True)
                numbers = np.frombuffer(raw, form.replace("b", "u"))  # a byte of 2 is no truth
                return numbers.reshape(shape).astype(form)[()]
            case {"dict": list(pairs)}:
                return dict(inner(pairs))
            case {"tuple": list(parts)}:
                return tuple(inner(parts))
            case {"iterator": list(parts)}:
                return iter(inner(parts))
            case {"function": int(number)}:
                return self.function(number)
            case {"other": "ellipsis"}:
                return ...
            case {"other": str(name)}:
                return type(name if re.fullmatch(r"\w{1,40}", name) else "object", (), {})()
        raise Refused("something that is no plain data")

    def read(self, written: Any) -> Any:
        """Make a thing that the other end wrote down, or refuse it."""
        try:
            return self.restored(written)
        except (Refused, ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise Refused(str(error)[:200]) from None

    def send(self, message: dict[str, Any]) -> None:
        """Send one frame."""
        frame = json.dumps(message).encode()
        if len(frame) > LONGEST:
            frame = json.dumps({"raised": ["ValueError"], "said": "too much to send"}).encode()
        with contextlib.suppress(OSError):  # nor does anybody answer
            self.connection.send_bytes(frame)

    def receive(self) -> dict[str, Any]:
        """Wait for a frame, and refuse what is none."""
        try:
            message = json.loads(self.connection.recv_bytes(LONGEST))
        except (OSError, EOFError):
            raise Refused("the program ended") from None
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise Refused("no message")
        return message

    def answer(self, message: dict[str, Any]) -> None:
        """Call a function of this end for the other one."""
        reply: dict[str, Any]
        args: Any = []
        with (
            warnings.catch_warnings(record=True) as heard,
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        ):
            warnings.simplefilter("always")
            try:
                function = self.functions[message["call"]]
                args = self.read(message["given"])
                reply = {"result": self.plain(function(*args[0], **args[1]))}
            except self.caught as error:
                said = error.args[0] if error.args and isinstance(error.args[0], str) else error
                kinds = [kind.__name__ for kind in type(error).__mro__]
                reply = {"raised": kinds, "said": str(said)[:2000]}
        told = sorted({str(warning.message)[:200] for warning in heard})[:9]
        self.send({**reply, "left": self.plain(args), "warned": told})

    def call(self, number: int, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a function of the other end; the arguments become what it makes of them."""
        given = self.plain([args, named])
        with self.one_at_a_time:
            self.send({"call": number, "given": given})
            while "call" in (reply := self.receive()):
                self.answer(reply)
        if reply.get("left", given) != given:
            with contextlib.suppress(ValueError, TypeError):  # what it left fits no longer
                self.changed |= take_over((args, named), self.read(reply["left"]))
        for text in reply.get("warned", []):
            warnings.warn(str(text)[:200], RuntimeWarning, stacklevel=3)
        if "raised" in reply:
            raise as_raised(reply)
        return self.read(reply.get("result"))

    def function(self, number: int) -> Callable[..., Any]:
        """Stand in for a function of the other end; it has no file, as if a cell held it."""
        names: dict[str, Any] = {"call": self.call, "number": number}
        source = "def answer(*args, **named):\n    return call(number, args, named)\n"
        exec(compile(source, "an answer", "exec"), names)
        made: Callable[..., Any] = names["answer"]
        return made


def array(numbers: Any) -> dict[str, Any]:
    """Write an array of numbers down, or a single number of NumPy's."""
    form = "<f8" if numbers.dtype.itemsize > 8 else numbers.dtype.newbyteorder("<")
    data = np.asarray(numbers, dtype=form, order="C")
    written = base64.b64encode(data.tobytes()).decode()
    return {"array": data.dtype.str, "shape": list(data.shape), "data": written}


def as_raised(reply: dict[str, Any]) -> Exception:
    """Make the error that the other end wrote down: of its own name, and of a kind known here."""
    names, said = [*map(str, reply["raised"])], str(reply.get("said"))[:2000]
    for name in names:
        kind = getattr(np.linalg, name, getattr(builtins, name, None))
        if isinstance(kind, type) and issubclass(kind, Exception):
            with contextlib.suppress(TypeError):  # it wants other words: its parent is taken
                return type(names[0], (kind,), {})(said)  # type: ignore[no-any-return]
    return type(names[0], (Exception,), {})(said)  # type: ignore[no-any-return]


def take_over(before: Any, after: Any) -> bool:
    """Change arrays and lists as the other end has changed its own; whether it has."""
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        if before.shape != after.shape:
            return True
        same = before.tobytes() == after.tobytes()
        if not same:
            before[...] = after
        return not same
    if isinstance(before, dict) and isinstance(after, dict):
        return take_over(tuple(before.values()), tuple(after.values()))
    if not isinstance(before, list | tuple) or not isinstance(after, list | tuple):
        return False
    changed = [take_over(one, other) for one, other in zip(before, after, strict=False)]
    held: tuple[type, ...] = (np.ndarray, list, tuple, dict)
    if isinstance(before, list) and not any(isinstance(p, held) or callable(p) for p in before):
        changed.append(repr(before) != repr(after))
        before[:] = after
    return any(changed)
