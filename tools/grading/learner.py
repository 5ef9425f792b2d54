"""A learner's process: it runs cells, says what names hold, and lets its functions be called.

    python -m tools.grading.learner DESCRIPTOR [PACKAGE ...]

It runs inside the sandbox, where there are this file, `line.py` and Python.  The packages that are
named are not to be had: they can be imported, and nothing in them be used.
"""

import ast
import base64
import codeop
import contextlib
import importlib.abc
import importlib.machinery
import io
import linecache
import os
import sys
import traceback
import types
import warnings
from multiprocessing.connection import Connection
from typing import Any

from tools.grading.line import Line, Refused, plain

FLOOD = 20_000  # characters of output that are kept of a cell
PICTURES = 10_000_000  # characters of a cell's pictures: a message holds them with all the rest
CHECKS = {"check", "expect"}  # what every notebook imports


class Output(io.StringIO):
    """What a cell prints, up to a length."""

    lost = 0

    def write(self, text: str) -> int:
        """Keep the text, or count it."""
        kept = text[: max(FLOOD - self.tell(), 0)]
        self.lost += len(text) - super().write(kept)
        return len(text)


class Lenders(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find the packages that are not to be had, empty; remember whether they were wanted."""

    wanted = False

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Answer for the packages of the list."""
        found = name.partition(".")[0] in self.names
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if found else None

    def exec_module(self, module: types.ModuleType) -> None:
        """Let everything be found in it, which then refuses to work."""

        def found(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            self.wanted |= name not in CHECKS
            return self.refuse

        module.__dict__["__getattr__"] = found

    def refuse(self, *args: Any, **named: Any) -> Any:
        """Stand in for all that a package holds."""
        self.wanted = True
        raise ImportError("an answer of your own does without this package")


class Learner(Line):
    """The end of the line at which the learner's cells run."""

    caught = BaseException

    def __init__(self, connection: Connection, lenders: Lenders) -> None:
        super().__init__(connection)
        self.lenders = lenders
        self.process = os.getpid()
        self.compiled = codeop.Compile()  # it keeps what `from __future__` asks for
        self.module = sys.modules["__main__"] = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names |= {"get_ipython": self.shell, "display": lambda *things: print(*things)}

    def send(self, message: dict[str, Any]) -> None:
        """Send a frame, and whether a package was wanted that is not to be had."""
        if os.getpid() != self.process:  # a cell has made another, and let it go on
            os._exit(0)
        super().send({**message, "lent": self.lenders.wanted})

    def serve(self) -> None:
        """Do what is asked, until the line ends."""
        while True:
            message = self.receive()
            if "call" in message:
                self.answer(message)
            elif "names" in message:
                held = {n: self.names[n] for n in message["names"] if n in self.names}
                self.send({"values": {n: plain(value, self.keep) for n, value in held.items()}})
            else:
                self.send(self.run(message["cell"], message.get("name", "cell")))

    def run(self, source: str, name: str) -> dict[str, Any]:
        """Run a cell; what it printed and drew, and the first error.

        A statement that fails costs what it would have done, and none of the others.
        """
        output, failed, steps = Output(), {}, list[ast.stmt]()
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
        return {"printed": printed, "failed": failed, "unread": not steps, "pictures": pictures}

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
    pictures: list[str] = []
    for number in plots.get_fignums() if plots else []:
        picture = io.BytesIO()
        with contextlib.suppress(Exception):
            plots.figure(number).savefig(picture, format="png", bbox_inches="tight")
        drawing = base64.b64encode(picture.getvalue()).decode()
        if sum(map(len, pictures)) + len(drawing) <= PICTURES:
            pictures.append(drawing)
        else:
            print(f"[a picture of {len(drawing):,} characters left out]")
    if plots:
        plots.close("all")
    return pictures


def main() -> None:
    """Take the line, leave nothing else open, and serve."""
    descriptor, lenders = int(sys.argv[1]), Lenders(sys.argv[2:])
    line = Connection(os.dup(descriptor))
    empty = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2, descriptor):
        os.dup2(empty, number)
    sys.argv[1:] = []
    sys.meta_path.insert(0, lenders)
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    with contextlib.suppress(Refused):
        Learner(line, lenders).serve()


if __name__ == "__main__":
    main()
