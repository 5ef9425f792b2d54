"""Run the cells of a page, one at a time, and tell what comes of them: no IPython, plain Python.

`run_cell` runs one cell in the names that the cells before have left, as a notebook does, and
`reset` forgets these names. The module makes itself Matplotlib's back end as well: a figure that is
shown, or left open at a cell's end, is an output in SVG.

An output is a dictionary:

    {"type": "stream", "name": "stdout" or "stderr", "text": ...}
    {"type": "error", "text": "ValueError: ...", "cell": "<cell 5>" or "", "line": 3 or 0}
    {"type": "figure", "svg": ..., "text": "<Figure size 640x480 with 1 Axes>"}
    {"type": "result", "text": the value of the cell's last expression}
    {"type": "note", "text": a sentence of ours}
"""

import ast
import contextlib
import io
import linecache
import os
import pprint
import re
import sys
import time
import traceback
import types
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

LONGEST = 100_000  # characters of a cell's output
MISSING = "Here are Python's own modules, NumPy, Matplotlib and coursecode, and no others."
JUPYTERS = (
    "This page runs plain Python. Lines that begin with % or !, or end with ?, and await outside a "
    "function belong to Jupyter: to use them, download the page as a notebook and run it there."
)
OFTEN = 0.05  # seconds between pieces, of which a page can't take as many as it likes
AT_ONCE = 100  # but so many lines are shown as soon as they are printed
CELL = "<cell "

Output = dict[str, Any]
outputs: list[Output] = []  # of the cell that runs
room = LONGEST  # characters that it may still put out
tell: Callable[[Output], None] = lambda output: None


def run_cell(source: str, name: str, emit: Callable[[Output], None] | None = None) -> list[Output]:
    """Run a cell that errors call by `name`, such as ``<cell 5>``; return its outputs.

    Each output also goes to `emit` as soon as it is there, a long text piece by piece.
    """
    global tell, room
    outputs.clear()
    room = LONGEST
    tell = emit or (lambda output: None)
    be_a_backend()
    names = sys.modules["__main__"].__dict__
    names.pop("__warningregistry__", None)  # so that a cell warns each time that it is run
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    out, err = Stream("stdout"), Stream("stderr")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            execute(source, name, names)
            show()  # what is left open, as a notebook does
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            out.send()
            put(told(error))
            if isinstance(error, ModuleNotFoundError):
                put({"type": "note", "text": MISSING})
            if isinstance(error, SyntaxError) and is_jupyters(error):
                put({"type": "note", "text": JUPYTERS})
            close_figures()
    out.send()
    err.send()
    return list(outputs)


def reset() -> None:
    """Forget all names: the next cell is the first."""
    sys.modules["__main__"] = types.ModuleType("__main__")  # without __file__: a notebook has none
    sys.modules["__main__"].__dict__.update(display=display, input=nobody_to_ask)
    close_figures()


def execute(source: str, name: str, names: dict[str, Any]) -> None:
    """Run the statements; a last expression's value is an output, but for None and before ";"."""
    tree = ast.parse(source, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        exec(compile(tree, name, "exec"), names)
        return
    exec(compile(ast.Module(tree.body[:-1], []), name, "exec"), names)
    value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    if value is not None:
        names["_"] = value
        display(value)


def display(*values: object) -> None:
    """Show values as a notebook does, figures as pictures."""
    for value in values:
        if hasattr(value, "savefig"):
            put(drawn(value))
            continue
        folded = isinstance(value, dict | list | tuple | set)
        text = pprint.pformat(value, width=79, sort_dicts=False) if folded else repr(value)
        put({"type": "result", "text": text})


def nobody_to_ask(prompt: str = "") -> str:
    """Stand in for `input`, which would wait for ever."""
    raise RuntimeError("input() can't ask on this page: write the value into the cell")


def put(output: Output) -> None:
    """Add an output below what was printed before it."""
    if isinstance(sys.stdout, Stream):
        sys.stdout.send()
    add(output)


def add(output: Output) -> None:
    """Tell an output; cut what a cell puts out without end, but for the error that ends it."""
    global room
    limit = LONGEST if output["type"] == "error" else room
    if limit <= 0:
        return
    text = output["text"]
    output["text"] = text[:limit]
    before = outputs[-1] if outputs else {}
    if output["type"] == before.get("type") == "stream" and output["name"] == before["name"]:
        before["text"] += output["text"]
    else:
        outputs.append(output)
    tell(output)
    room -= len(text)
    if len(text) >= limit:
        note = {"type": "note", "text": f"The output is cut at {LONGEST:,} characters."}
        outputs.append(note)
        tell(note)


class Stream(io.TextIOBase):
    """What is printed: sent on as it comes."""

    def __init__(self, name: str) -> None:
        self.name, self.held, self.pieces, self.last = name, "", 0, time.monotonic()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if room > 0:
            self.held += text
            now = time.monotonic()
            if now - self.last > OFTEN or ("\n" in text and self.pieces < AT_ONCE):
                self.send()
                self.last = now
                self.pieces += 1
        return len(text)

    def flush(self) -> None:
        self.send()

    def send(self) -> None:
        text, self.held = self.held, ""
        if text:
            add({"type": "stream", "name": self.name, "text": text})


def is_jupyters(error: SyntaxError) -> bool:
    """Whether a notebook would run what Python can't read."""
    line = (error.text or "").strip() or error.msg
    return bool(re.match(r"([\w, ]+=)? *[%!?]|[\w.*]+\?{1,2}$|.*\b(await|async)\b", line))


def told(error: BaseException) -> Output:
    """What is shown of an error: its message and the line of the cell that led to it."""
    rendered = getattr(error, "_render_traceback_", None)  # a check's message stands by itself
    text = "\n".join(rendered()) if rendered else f"{type(error).__name__}: {error}"
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith(CELL)
    ]
    if isinstance(error, SyntaxError) and str(error.filename).startswith(CELL):
        text = f"{type(error).__name__}: {error.msg}"
        places.append((str(error.filename), error.lineno or 0))
    cell, line = places[-1] if places else ("", 0)
    return {"type": "error", "text": text, "cell": cell, "line": 0 if rendered else line}


# ---- Matplotlib's back end


FigureCanvas: Any = None


def be_a_backend() -> None:
    """Take the canvas that notebooks draw on, as soon as Matplotlib is there."""
    global FigureCanvas
    if FigureCanvas is None and find_spec("matplotlib"):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvas = FigureCanvasAgg


def show(*, block: bool | None = None) -> None:
    """Put out all open figures, and close them."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if figure.axes or figure.lines:
                put(drawn(figure))
        pyplot.close("all")


def close_figures() -> None:
    """Close what an error has left half drawn."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def drawn(figure: Any) -> Output:
    """A figure in SVG, drawn as notebooks draw it for the book's pages."""
    svg, size = io.StringIO(), repr(figure)
    colours = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
    figure.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None}, **colours)
    return {"type": "figure", "svg": svg.getvalue(), "text": size}


os.environ["MPLBACKEND"] = f"module://{__name__}"
reset()
