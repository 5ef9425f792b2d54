"""A learner's process: it runs cells, says what names hold, and lets its functions be called.

    python -m tools.grading.learner DESCRIPTOR full|bare LENDERS

It runs inside the sandbox, where there are this file, `line.py` and Python.  Bare, it does without
the packages that an answer must not call on; then a statement that fails does not stop a cell.
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
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from tools.grading.line import Line

FLOOD = 20_000  # characters of output that are kept of a cell
PICTURES = 2_000_000  # bytes of a cell's pictures that are kept
LIMITS = {"AS": 4_000_000_000, "CORE": 0, "FSIZE": 100_000_000, "NOFILE": 256, "NPROC": 64}


class Output(io.StringIO):
    """What a cell prints, up to a length."""

    lost = 0

    def write(self, text: str) -> int:
        """Keep the text, or count it."""
        room = max(FLOOD - self.tell(), 0)
        super().write(text[:room])
        self.lost += len(text[room:])
        return len(text)

    def text(self) -> str:
        """Say what was kept, and how much was not."""
        left_out = f"\n[{self.lost:,} more characters left out]\n" if self.lost else ""
        return self.getvalue() + left_out


class Absent(types.ModuleType):
    """A package that an answer must do without: it can be imported, and nothing in it be used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return refuse


def refuse(*args: Any, **named: Any) -> Any:
    """Stand in for all that a package holds."""
    raise ImportError("an answer of your own does without this package")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find the packages that are not to be had: the first of them empty, the others not at all."""

    def __init__(self, lenders: list[str]) -> None:
        self.lenders = lenders

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Answer for the packages of the list."""
        top = name.partition(".")[0]
        if top == self.lenders[0]:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if top in self.lenders:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        """Make the empty package."""
        return Absent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Have nothing to do."""


class Learner(Line):
    """The end of the line at which the learner's cells run."""

    caught = BaseException

    def __init__(self, connection: Connection, bare: bool) -> None:
        super().__init__(connection)
        self.bare = bare
        self.cells = 0
        self.compiled = codeop.Compile()  # it keeps what `from __future__` asks for
        self.module = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names |= {"get_ipython": self.shell, "display": lambda *things: print(*things)}
        sys.modules["__main__"] = self.module
        self.made: Any = None

    def serve(self) -> None:
        """Do what is asked, until the line ends."""
        while True:
            message = self.receive()
            if "call" in message:
                self.answer(message)
            elif "names" in message:
                held = {n: self.names[n] for n in message["names"] if n in self.names}
                values = {name: self.written(value) for name, value in held.items()}
                self.send({"id": message["id"], "values": values})
            else:
                self.send({"id": message["id"], **self.run(message["cell"])})

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell; what it printed and drew, and how it failed, if it did."""
        self.cells += 1
        name = f"cell {self.cells}"
        output, failed = Output(), {}
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                source = self.translated(source)
                linecache.cache[name] = (len(source), None, source.splitlines(True), name)
                statements = ast.parse(source, name).body
                steps = (
                    [[one] for one in statements] if self.bare else [statements][: len(statements)]
                )
            except BaseException as error:
                steps, failed = [], told(error)
            for step in steps:
                shown = step is steps[-1] and not source.rstrip().endswith(";")
                try:
                    self.execute(step, name, shown)
                except BaseException as error:
                    failed = failed or told(error)
            pictures = drawn()
        return {"printed": output.text(), "failed": failed, "pictures": pictures}

    def execute(self, statements: list[ast.stmt], name: str, shown: bool) -> None:
        """Run statements, and show the value of the last as IPython does."""
        compiled: Callable[..., Any] = self.compiled
        last = statements[-1]
        value = last.value if shown and isinstance(last, ast.Expr) else None
        statements = statements[:-1] if value else statements
        exec(compiled(ast.Module(statements, []), name, "exec"), self.names)
        if value:
            result = eval(compiled(ast.Expression(value), name, "eval"), self.names)
            if result is not None:
                self.names["_"] = result
                print(repr(result))

    def translated(self, source: str) -> str:
        """Make Python of a cell: one that is none may hold what IPython alone understands."""
        try:
            ast.parse(source)
        except SyntaxError:
            with contextlib.suppress(ImportError):
                return str(self.shell().transform_cell(source))
        return source

    def shell(self) -> Any:
        """Make IPython's shell, for the cells that want it: it takes as long as all the rest."""
        if self.made is None:
            from IPython.core.interactiveshell import InteractiveShell
            from traitlets.config import Config

            quiet = Config({"HistoryManager": {"enabled": False}})
            self.made = InteractiveShell.instance(
                config=quiet, user_module=self.module, user_ns=self.names
            )
            for name in ("run_line_magic", "run_cell_magic"):
                setattr(self.made, name, forgiving(getattr(self.made, name)))
        return self.made


def forgiving(magic: Callable[..., Any]) -> Callable[..., Any]:
    """Let a magic that can't work here cost nothing else."""

    def tried(*args: Any, **named: Any) -> Any:
        try:
            return magic(*args, **named)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            return None

    return tried


def told(error: BaseException) -> dict[str, str]:
    """Tell of an error as a notebook does, without the frames of this file."""
    lines = traceback.format_exception(error)
    own = [line for line in lines if __file__ not in line]
    name, said = type(error).__name__, str(error)[:2000]
    return {"name": name, "said": said, "trace": "".join(own)[-4000:]}


def drawn() -> list[str]:
    """Take the figures that are open, and close them."""
    plots = sys.modules.get("matplotlib.pyplot")
    pictures: list[str] = []
    for number in plots.get_fignums() if plots else []:
        picture = io.BytesIO()
        with contextlib.suppress(Exception):
            plots.figure(number).savefig(picture, format="png", bbox_inches="tight")  # type: ignore[union-attr]
        if sum(map(len, pictures)) + len(picture.getvalue()) < PICTURES:
            pictures.append(base64.b64encode(picture.getvalue()).decode())
    if plots:
        plots.close("all")
    return pictures


def limit() -> None:
    """Set what this process may use at most, where the system knows such limits."""
    with contextlib.suppress(ImportError):
        import resource

        for name, most in LIMITS.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):
                kind = getattr(resource, f"RLIMIT_{name}")
                resource.setrlimit(kind, (most, most))


def main() -> None:
    """Take the line, leave nothing else open, and serve."""
    descriptor, kind, *lenders = sys.argv[1:]
    line = Connection(os.dup(int(descriptor)))
    empty = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2, int(descriptor)):
        os.dup2(empty, number)
    sys.argv[1:] = []
    limit()
    if kind == "bare":
        sys.meta_path.insert(0, Finder(lenders))
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    with contextlib.suppress(EOFError):
        Learner(line, kind == "bare").serve()


if __name__ == "__main__":
    main()
