"""The line between the tests and a learner's process: plain data, a frame for each message.

Both ends read this file, which needs NumPy alone.  What comes in may be anything that a hostile
program can write: it becomes numbers, texts, arrays and lists of this end's own making, or it is
refused.  Nothing is ever unpickled.
"""

import base64
import builtins
import contextlib
import itertools
import json
import re
import reprlib
import warnings
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

LONGEST = 16_000_000  # bytes of a message
DEEPEST = 20  # lists in lists
MOST = 200_000  # what is taken of something endless
ERRORS = {"LinAlgError": np.linalg.LinAlgError}  # what is raised again by name, with Python's own


class Refused(BaseException):
    """Something came that is no plain data, or that nobody asked for."""


def plain(thing: Any, keep: Callable[[Any], int], depth: int = DEEPEST) -> Any:
    """Write a thing down as JSON can hold it; `keep` numbers a function, which stays at home."""

    def inner(parts: Iterable[Any]) -> list[Any]:
        return [plain(part, keep, depth - 1) for part in parts]

    other = {"other": type(thing).__name__}
    if depth < 0 or (isinstance(thing, int) and thing.bit_length() > 10_000):
        return other
    if thing is None or isinstance(thing, bool | str):
        return thing if thing is None or isinstance(thing, bool) else str.__str__(thing)
    if isinstance(thing, np.ndarray | np.generic) and thing.dtype.kind in "biuf":
        return array(thing)
    if isinstance(thing, np.ndarray):
        return inner(thing.tolist()) if thing.ndim else plain(thing.item(), keep, depth - 1)
    if isinstance(thing, int | float):
        return int(thing) if isinstance(thing, int) else float(thing)
    if thing is ...:
        return {"ellipsis": True}
    if isinstance(thing, Decimal):
        return {"decimal": str(thing)}
    if isinstance(thing, Fraction):
        return {"fraction": [int(thing.numerator), int(thing.denominator)]}
    if isinstance(thing, dict):
        return {"dict": inner(pair for pair in thing.items())}
    if isinstance(thing, tuple):
        return {"tuple": inner(thing)}
    if callable(thing):
        return {"function": keep(thing)}
    if isinstance(thing, Sequence) and len(thing) <= MOST:
        return inner(thing)
    if hasattr(thing, "__array__") and np.asarray(thing).dtype.kind in "biuf":
        return array(np.asarray(thing))
    if isinstance(thing, Iterable):
        first = inner(itertools.islice(thing, MOST + 1))
        return {"iterator": first} if len(first) <= MOST else other
    return other


def array(numbers: Any) -> dict[str, Any]:
    """Write an array of numbers down, or a single number of NumPy's."""
    if numbers.dtype.itemsize > 8:
        numbers = numbers.astype(float)
    data = np.asarray(numbers, dtype=numbers.dtype.newbyteorder("<"), order="C")
    form = {"array": data.dtype.str, "shape": list(data.shape)}
    form["data"] = base64.b64encode(data.tobytes()).decode()
    return form | ({"single": True} if isinstance(numbers, np.generic) else {})


def restored(written: Any, call: Callable[[int], Any], depth: int = DEEPEST) -> Any:
    """Make the thing that was written down; `call` makes a function of a number."""

    def inner(parts: list[Any]) -> list[Any]:
        return [restored(part, call, depth - 1) for part in parts]

    if depth < 0:
        raise Refused("lists in lists in lists")
    match written:
        case None | bool() | int() | float() | str():
            return written
        case list():
            return inner(written)
        case {"array": str(form), "shape": list(shape), "data": str(data)}:
            if not re.fullmatch(r"[<|][biuf][1248]", form):
                raise Refused(f"an array of {form[:20]}")
            kind = "|u1" if form == "|b1" else form
            numbers = np.frombuffer(base64.b64decode(data, validate=True), kind).reshape(shape)
            numbers = numbers != 0 if form == "|b1" else numbers.copy()
            return numbers[()] if "single" in written else np.asarray(numbers)
        case {"ellipsis": True}:
            return ...
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"fraction": [int(above), int(below)]}:
            return Fraction(above, below)
        case {"dict": list(pairs)}:
            return dict(inner(pairs))
        case {"tuple": list(parts)}:
            return tuple(inner(parts))
        case {"iterator": list(parts)}:
            return iter(inner(parts))
        case {"function": int(number)}:
            return call(number)
        case {"other": str(name)}:
            return type(name if re.fullmatch(r"\w{1,40}", name) else "object", (), {})()
    raise Refused(f"something else: {reprlib.repr(written)}")


class Line:
    """One end of the line: it calls the functions of the other end, and answers calls from there.

    Both may happen at once: a learner's function that is called calls the loss it was given.
    """

    caught: type[BaseException] = Exception  # what a function may raise and be answered for

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.answering = ""
        self.functions: list[Any] = []  # this end's own, by number
        self.failed: list[BaseException] = []  # what this end's functions raised, by number

    def keep(self, function: Any) -> int:
        """Number a function, which the other end may then call."""
        self.functions.append(function)
        return len(self.functions) - 1

    def send(self, message: dict[str, Any]) -> None:
        """Send one frame."""
        frame = json.dumps(message).encode()
        if len(frame) > LONGEST:
            frame = json.dumps(
                {"id": message["id"], "raised": ["ValueError"], "said": "too much to send"}
            ).encode()
        self.connection.send_bytes(frame)

    def receive(self) -> dict[str, Any]:
        """Wait for a frame, and refuse what is none."""
        frame = self.connection.recv_bytes(LONGEST)
        try:
            message = json.loads(frame)
        except (ValueError, RecursionError):
            raise Refused("no message") from None
        if not isinstance(message, dict):
            raise Refused("no message")
        return message

    def ask(self, key: str, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its reply; meanwhile answer what the other end asks."""
        self.send({"id": key, **request})
        while True:
            message = self.receive()
            if "call" in message:
                self.answer(message)
            elif message.get("id") == key:
                return message
            else:
                raise Refused("a reply that nobody asked for")

    def answer(self, message: dict[str, Any]) -> None:
        """Call a function of this end for the other one."""
        reply: dict[str, Any]
        args: Any = []
        before, self.answering = self.answering, message["id"]
        with (
            warnings.catch_warnings(record=True) as heard,
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        ):
            warnings.simplefilter("always")
            try:
                function = self.functions[message["call"]]
                args = self.read(message["given"])
                reply = {"result": self.written(function(*args[0], **args[1]))}
            except self.caught as error:
                reply = self.raised(error)
        self.answering = before
        told = sorted({str(warning.message)[:200] for warning in heard})[:9]
        self.send({"id": message["id"], **reply, "left": self.written(args), "warned": told})

    def call(self, number: int, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a function of the other end; the arguments become what it makes of them."""
        given = self.written([args, named])
        reply = self.ask(self.key(), call=number, given=given)
        if reply.get("left", given) != given and "result" in reply:
            take_over([args, named], self.read(reply["left"]))
        for text in reply.get("warned", []):
            warnings.warn(str(text)[:200], RuntimeWarning, stacklevel=3)
        if "raised" in reply:
            raise self.error(reply)
        return self.read(reply.get("result"))

    def written(self, thing: Any) -> Any:
        """Write a thing down, and keep the functions in it."""
        return plain(thing, self.keep)

    def read(self, written: Any) -> Any:
        """Make a thing that the other end wrote down."""
        try:
            return restored(written, self.function)
        except (Refused, ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise Refused(str(error)[:200]) from None

    def key(self) -> str:
        """Mark a call of the other end: it belongs to the one that is being answered."""
        return self.answering

    def function(self, number: int) -> Callable[..., Any]:
        """Stand in for a function of the other end; it has no file, as if a cell held it."""
        names: dict[str, Any] = {"call": self.call, "number": number}
        source = "def answer(*args, **named):\n    return call(number, args, named)\n"
        exec(compile(source, "an answer", "exec"), names)
        made: Callable[..., Any] = names["answer"]
        return made

    def raised(self, error: BaseException) -> dict[str, Any]:
        """Write an error down: what kind it is of, what it says, and whose it was at first."""
        said = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        names = [kind.__name__ for kind in type(error).__mro__]
        self.failed.append(error)
        first = getattr(error, "first", None)
        return {"raised": names, "said": said[:2000], "own": len(self.failed) - 1, "first": first}

    def error(self, reply: dict[str, Any]) -> BaseException:
        """Make the error that the other end wrote down; one that began at this end is itself."""
        first, names = reply.get("first"), reply.get("raised")
        if isinstance(first, int) and 0 <= first < len(self.failed):
            return self.failed[first]
        names = [str(name) for name in names] if isinstance(names, list) else []
        error, said = Exception(), str(reply.get("said"))[:2000]
        for name in names:
            kind = ERRORS.get(name, getattr(builtins, name, None))
            if isinstance(kind, type) and issubclass(kind, Exception):
                with contextlib.suppress(TypeError):  # it wants other words: its parent is taken
                    error = type(names[0], (kind,), {})(said)
                    break
        error.first = reply.get("own")  # type: ignore[attr-defined]
        return error


def take_over(before: Any, after: Any) -> None:
    """Change arguments as the other end has changed its own."""
    if isinstance(before, np.ndarray):
        if isinstance(after, np.ndarray) and after.dtype == before.dtype:
            if after.shape != before.shape:
                before.resize(after.shape, refcheck=False)
            if not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
                before[...] = after
    elif isinstance(before, list) and isinstance(after, list) and len(before) != len(after):
        before[:] = after
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            if isinstance(one, np.ndarray | list | tuple | dict):
                take_over(one, other)
            elif isinstance(before, list) and one != other and not callable(one):
                before[place] = other
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() & after.keys():
            take_over(before[name], after[name])
