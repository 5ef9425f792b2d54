"""A learner's process: it runs cells, says what names hold, and lets its functions be called.

    python -m tools.grading.learner DESCRIPTOR [PACKAGE ...]

It runs inside the sandbox, where there are this file, `line.py` and Python.  The packages that are
named can't be imported, but for the first: that is `coursecode`, which is found, and empty.
"""

import ast
import base64
import codeop
import contextlib
import io
import linecache
import os
import sys
import traceback
import types
import warnings
from multiprocessing.connection import Connection
from typing import Any

from tools.grading.line import Line, Refused

FLOOD = 20_000  # characters of output that are kept of a cell
PICTURES = 10_000_000  # characters of a cell's pictures: a message holds them with all the rest
CHECKS = ("check", "expect")  # what every notebook imports of `coursecode.checks`


class Output(io.StringIO):
    """What a cell prints, up to a length."""

    lost = 0

    def write(self, text: str) -> int:
        """Keep the text, or count it."""
        kept = text[: max(FLOOD - self.tell(), 0)]
        self.lost += len(text) - super().write(kept)
        return len(text)


class Learner(Line):
    """The end of the line at which the learner's cells run."""

    caught = BaseException

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.functions = [self.run, self.values]  # which the tests call by these numbers
        self.process = os.getpid()
        self.compiled = codeop.Compile()  # it keeps what `from __future__` asks for
        self.module = sys.modules["__main__"] = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names |= {"get_ipython": self.shell, "display": lambda *things: print(*things)}

    def send(self, message: dict[str, Any]) -> None:
        """Send a frame, if this is the learner's process and not a child that went on."""
        if os.getpid() != self.process:
            os._exit(0)
        super().send(message)

    def values(self, names: list[str]) -> dict[str, Any]:
        """Give what names hold, as far as they hold something."""
        return {name: self.names[name] for name in names if name in self.names}

    def run(self, source: str, name: str) -> dict[str, Any]:
        """Run a cell; what it printed and drew, and the first error.

        A statement that fails costs what it would have done, and none of the others.
        """
        output, failed, steps = Output(), {}, list[ast.stmt]()
        warnings.simplefilter("default")
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        warnings.showwarning = lambda *said: print(warnings.formatwarning(*said[:4]), end="")
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                source = self.translated(source)
                linecache.cache[name] = (len(source), None, source.splitlines(True), name)
                steps = ast.parse(source, name).body
            except BaseException as error:
                failed = told(error)
            for step in steps:
                shown = step is steps[-1] and source.rstrip()[-1:] != ";"  # as IPython does
                tree: Any = ast.Interactive([step]) if shown else ast.Module([step], [])
                try:
                    exec(self.compiled(tree, name, "single" if shown else "exec"), self.names)
                except BaseException as error:
                    failed = failed or told(error)
            pictures = drawn()
        lost = f"\n[{output.lost:,} more characters left out]\n" if output.lost else ""
        printed = output.getvalue() + lost
        return {"printed": printed, "failed": failed, "pictures": pictures}

    def translated(self, source: str) -> str:
        """Make Python of a cell: one that is none may hold what IPython alone understands."""
        try:
            ast.parse(source)
        except SyntaxError:
            above = source[: -len(source.lstrip())].count("\n")  # blank lines, which IPython drops
            return "\n" * above + str(self.shell().transform_cell(source))
        return source

    def shell(self) -> Any:
        """Make IPython's shell, for the cells that want it: it takes as long as all the rest."""
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        quiet = Config({"HistoryManager": {"enabled": False}})
        return InteractiveShell.instance(config=quiet, user_module=self.module, user_ns=self.names)


def told(error: BaseException) -> dict[str, str]:
    """Tell of an error as a notebook does, without the frames of this file."""
    lines = traceback.format_exception(error)
    own = [line for line in lines if __file__ not in line]
    name, said = type(error).__name__, str(error)[:2000]
    return {"name": name, "said": said, "trace": "".join(own)[-4000:]}


def drawn() -> list[str]:
    """Take the figures that are open, as many as there is room for, and close them."""
    plots: Any = sys.modules.get("matplotlib.pyplot")
    pictures, room = list[str](), PICTURES
    for number in plots.get_fignums() if plots else []:
        picture = io.BytesIO()
        with contextlib.suppress(Exception):
            plots.figure(number).savefig(picture, format="png", bbox_inches="tight")
        drawing = base64.b64encode(picture.getvalue()).decode()
        if len(drawing) > room:
            print(f"[a picture of {len(drawing):,} characters left out]")
            continue
        room -= len(drawing)
        pictures.append(drawing)
    if plots:
        plots.close("all")
    return pictures


def refuse(*args: Any, **named: Any) -> None:
    """Stand in for the checks where the package can't be had."""
    raise ImportError("coursecode is not here")


def main() -> None:
    """Take the line, leave nothing else open, and serve."""
    descriptor, lenders = int(sys.argv[1]), sys.argv[2:]
    line = Connection(os.dup(descriptor))
    empty = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2, descriptor):
        os.dup2(empty, number)
    sys.argv[1:] = []
    sys.modules |= dict.fromkeys(lenders)  # type: ignore[arg-type]
    for name in [lenders[0], f"{lenders[0]}.checks"] if lenders else []:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__dict__.update(dict.fromkeys(CHECKS, refuse))
    with contextlib.suppress(Refused):
        learner = Learner(line)
        while True:
            learner.answer(learner.receive())


if __name__ == "__main__":
    main()
