"""Mark one submission: its cells run in the learner's process, the tests in this one.

The tests reach the learner's functions and values through the line alone, and the learner's
process reaches nothing of the tests.  What runs too long or ends the process costs its own
question: the process is started anew, and the cells before run again without the guilty one.
"""

import ast
import base64
import binascii
import contextlib
import io
import re
import secrets
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursecode.checks import LENDERS
from tools.exercises import grading, is_answer, is_test, the_check, what_is_checked
from tools.grading import sandbox
from tools.grading.line import Line, Refused
from tools.grading.mending import mend

LONGEST = 50_000  # characters of a cell's output
STARTS = 60.0  # seconds in which a process must have started
IMPORTED = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
BORROWED = "this calls on {}, or on another package: the answer is to be your own"


@dataclass(frozen=True)
class Limits:
    """How long a cell or a test may take, and all of a submission; and whether it is shut in."""

    timeout: float = 10.0
    total: float = 300.0
    shut_in: bool = True


class OutOfTime(BaseException):
    """The learner's program has not answered in time; no test may catch this."""


class Gone(BaseException):
    """The learner's program has ended."""


MISHAPS = (OutOfTime, Gone, Refused)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop a block that takes longer, whatever it waits for."""

    def ring(*_: Any) -> None:
        raise OutOfTime(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Learner(Line):
    """The tests' end of the line."""

    def __init__(self, bare: bool, shut_in: bool, errors: int = subprocess.DEVNULL) -> None:
        self.process, line = sandbox.start(bare, shut_in, errors)
        super().__init__(Connection(line.detach()))
        try:  # the time of a cell begins when there is somebody to run it
            with within(STARTS):
                self.ask(self.key(), names=[])
        except MISHAPS:
            self.connection.close()
            said = sandbox.end(self.process)
            raise RuntimeError(f"no learner's process starts here\n{said}".strip()) from None

    def key(self) -> str:
        """Mark a request so that no reply can be made before it is known."""
        return secrets.token_hex(8)

    def send(self, message: dict[str, Any]) -> None:
        """Send a frame, if there is still somebody."""
        with somebody():
            super().send(message)

    def receive(self) -> dict[str, Any]:
        """Wait for a frame, while there is still somebody."""
        with somebody():
            return super().receive()


@contextlib.contextmanager
def somebody() -> Iterator[None]:
    """Say of a broken line that the program at its other end has ended."""
    try:
        yield
    except (OSError, EOFError):
        raise Gone("the program ended") from None


class Attempt:
    """One run through a notebook: a learner's process, and the names of its tests."""

    def __init__(self, source: NotebookNode, bare: bool, limits: Limits) -> None:
        self.bare, self.limits = bare, limits
        self.places = {cell.id: place for place, cell in enumerate(source.cells)}
        self.given = [cell for cell in source.cells if is_given(cell)]
        self.asked = what_is_asked(source)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.until = time.monotonic() + limits.total
        self.ran = [cell.source for cell in self.given]  # and runs again in a new process
        self.changed: set[str] = set()  # questions that passed a test and changed its inputs
        self.late: set[str] = set()  # questions that have used up their time
        self.learner: Learner | None = None

    def line(self) -> Learner:
        """The learner's process, at the place that the notebook has come to."""
        while self.learner is None:
            self.learner = Learner(self.bare, self.limits.shut_in)
            for number, source in enumerate(self.ran):
                seconds = min(self.limits.timeout, self.left())
                try:
                    with within(seconds):
                        self.learner.ask(self.learner.key(), cell=source)
                except MISHAPS:  # this time it was this cell
                    del self.ran[number]
                    self.end()
                    break
        return self.learner

    def left(self) -> float:
        """The seconds that are left for this submission."""
        left = self.until - time.monotonic()
        if left < 0:
            raise OutOfTime(f"the submission took longer than {self.limits.total:g} s")
        return left

    def end(self) -> None:
        """End the learner's process."""
        if self.learner is not None:
            self.learner.connection.close()
            sandbox.end(self.learner.process)
        self.learner = None

    @contextlib.contextmanager
    def step(self, question: str) -> Iterator[Learner]:
        """Do a step of a question in its time; after a mishap the process is another one."""
        try:
            seconds = min(1.0 if question in self.late else self.limits.timeout, self.left())
            line = self.line()
            with within(seconds):
                yield line
        except MISHAPS as mishap:
            self.end()
            if isinstance(mishap, OutOfTime):
                self.late.add(question)
            raise

    def cell(self, source: str, question: str) -> list[NotebookNode]:
        """Run a cell of the learner's; its outputs."""
        with self.step(question) as line:
            done = line.ask(line.key(), cell=source)
        self.ran.append(source)
        return outputs(done)

    def test(self, cell: NotebookNode, question: str) -> list[NotebookNode]:
        """Run a test here, on the learner's functions and values; its outputs."""
        wanted, printed, said = self.asked.get(question, []), io.StringIO(), ""
        while self.given and self.places[self.given[0].id] < self.places[cell.id]:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(self.given.pop(0).source, self.names)
        kept = {name: self.names.pop(name) for name in wanted if name in self.names}
        try:
            with (
                self.step(question) as line,
                contextlib.redirect_stdout(printed),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")
                line.changed = False
                values = line.ask(line.key(), names=wanted).get("values")
                if isinstance(values, dict):
                    self.names |= {n: line.read(values[n]) for n in wanted if n in values}
                exec(compile(cell.source, cell.id, "exec"), self.names)
                if line.changed:  # the right answer may be made of what was changed
                    self.changed.add(question)
        except Exception as error:
            said = str(error) if str(error).startswith("✗") else ""
            said = said or f"✗ {what_is_checked(cell)}: {type(error).__name__}: {error}"
        finally:
            self.names = {n: v for n, v in self.names.items() if n not in wanted} | kept
        return shown(printed.getvalue()) + ([failed(said)] if said else [])


def outputs(done: dict[str, Any]) -> list[NotebookNode]:
    """What a cell of the learner's wrote and drew, from a reply that may hold anything."""
    made = shown(str(done.get("printed", "")))
    pictures = done.get("pictures")
    for picture in pictures if isinstance(pictures, list) else []:
        with contextlib.suppress(binascii.Error, TypeError, ValueError):
            data = base64.b64decode(picture, validate=True)
            if data.startswith(b"\x89PNG"):
                png = {"image/png": base64.b64encode(data).decode()}
                made.append(nbformat.v4.new_output("display_data", png))
    error = done.get("failed")
    if error and isinstance(error, dict):
        made.append(failed(str(error.get("trace")), str(error.get("name")), str(error.get("said"))))
    return made


def shown(text: str) -> list[NotebookNode]:
    """What was printed, as an output."""
    stream = nbformat.v4.new_output("stream", name="stdout", text=text[:LONGEST])
    return [stream] if text else []


def failed(trace: str, name: str = "CheckFailed", said: str = "") -> NotebookNode:
    """An error, as an output; nbgrader counts a test that has one as failed."""
    trace = trace[:LONGEST]
    output: NotebookNode = nbformat.v4.new_output(
        "error", ename=name[:100], evalue=(said or trace)[:2000], traceback=[trace]
    )
    return output


def is_given(cell: NotebookNode) -> bool:
    """Whether a cell is code of the source that both processes run."""
    return cell.cell_type == "code" and not grading(cell)


def question_of(name: str, questions: list[str]) -> str:
    """The question that a test belongs to."""
    return next((one for one in questions if name == one or name.startswith(f"{one}-")), "")


def what_is_asked(source: NotebookNode) -> dict[str, list[str]]:
    """The names that each question's solution gives a value and its tests read."""
    asked = {}
    for answer in filter(is_answer, source.cells):
        if answer.cell_type == "code":
            given: set[str] = set()
            for node in ast.parse(answer.source).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    given.add(node.name)
                else:
                    given |= names(node, ast.Store)
            tests = [
                c.source for c in source.cells if is_test(c) and question_of(c.id, [answer.id])
            ]
            asked[answer.id] = sorted(given & names(ast.parse("\n".join(tests)), ast.Load))
    return asked


def names(tree: ast.AST, kind: type[ast.expr_context]) -> set[str]:
    """The names that a piece of code reads, or gives a value."""
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in found if isinstance(node.ctx, kind)}


def mark(raw: bytes, source: NotebookNode, limits: Limits) -> tuple[NotebookNode, list[str]]:
    """Run a submission and its tests; the notebook with outputs, and what there is to remark."""
    mended, flags = mend(raw, source)
    questions = [cell.id for cell in source.cells if is_answer(cell)]
    # A learner who names no package gets along without any. For the others there are two runs, and
    # an answer of one's own passes the same tests without.
    lends = names_a_package(mended, source)
    first, second = Attempt(source, not lends, limits), Attempt(source, True, limits)
    question, waiting = "", []
    ended: dict[str, str] = {}  # how an answer's cell ended that did not come to its end
    lost: dict[str, set[str]] = {}  # the tests of each question that pass with the package alone
    with contextlib.ExitStack() as stack:
        stack.callback(first.end)
        stack.callback(second.end)
        for cell in mended.cells:
            question = question_of(cell.id, questions) or question
            if cell.cell_type != "code":
                continue
            try:
                if not is_test(cell):
                    cell.outputs = first.cell(cell.source, question)
                    waiting.append((cell.source, question))
                    continue
                cell.outputs = first.test(cell, question)
            except MISHAPS as mishap:
                flags.append(f"{cell.id}: {mishap}")
                what = f"{what_is_checked(cell)}: " if is_test(cell) else ""
                cell.outputs = [failed(f"✗ {what}{mishap}", type(mishap).__name__)]
                if is_answer(cell):
                    ended[question] = str(mishap)
            if not is_test(cell):
                continue
            if question in ended and not passed(cell.outputs):
                cell.outputs = [failed(f"✗ {what_is_checked(cell)}: {ended[question]}")]
            if lends and passed(cell.outputs) and own_tests(source, question):
                while waiting:
                    with contextlib.suppress(*MISHAPS):
                        second.cell(*waiting.pop(0))
                with contextlib.suppress(*MISHAPS):
                    if passed(second.test(cell, question)):
                        continue
                lost.setdefault(question, set()).add(cell.id)
    flags += [f"{question} changes its inputs" for question in sorted(first.changed)]
    right = {cell.id for cell in mended.cells if is_test(cell) and passed(cell.outputs)}
    for question, tests in lost.items():
        flags.append(f"{question} fails without the package")
        borrowed = borrowing(tests, own_tests(source, question), right)
        for cell in mended.cells:
            if cell.id in borrowed:
                said = f"✗ {what_is_checked(cell)}: {BORROWED.format(LENDERS[0])}"
                cell.outputs = [failed(said)]
    return mended, flags


def own_tests(source: NotebookNode, question: str) -> set[str]:
    """The tests of a question that ask for an answer that calls on no package."""
    tests = [cell for cell in source.cells if is_test(cell) and question_of(cell.id, [question])]
    return {c.id for c in tests if any(word.arg == "own" for word in the_check(c).keywords)}


def borrowing(lost: set[str], own: set[str], right: set[str]) -> set[str]:
    """The tests that ask for an answer of one's own, and would pass with what is borrowed."""
    return lost & own or (own if own <= right else set())


def passed(outputs: list[NotebookNode]) -> bool:
    """Whether a test has passed."""
    return not any(output.output_type == "error" for output in outputs)


def names_a_package(mended: NotebookNode, source: NotebookNode) -> bool:
    """Whether the learner's own code names a package that lends, or what is imported of it."""
    given = {cell.source.strip() for cell in source.cells if is_given(cell)}
    words = set(LENDERS)
    for text in given:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in words:
                words |= {name.asname or name.name for name in node.names}
    code = [c.source for c in mended.cells if c.cell_type == "code" and not is_test(c)]
    own = "\n".join(text for text in code if text.strip() not in given)
    others = set(IMPORTED.findall(own)) - sys.stdlib_module_names - {"numpy", "matplotlib"}
    return bool(others or re.search(rf"\b({'|'.join(words)})\b", own))  # they may need SciPy


def problem() -> str:
    """What keeps the sandbox from working here; nothing if a first process starts in it."""
    if sandbox.bubblewrap() is None:
        return "bubblewrap is not installed (apt-get install bubblewrap)"
    try:
        learner = Learner(bare=False, shut_in=True, errors=subprocess.PIPE)
    except RuntimeError as error:
        return f"bubblewrap is installed and does not work: {error}"
    learner.connection.close()
    sandbox.end(learner.process)
    return ""


def mark_file(raw: Path, source: NotebookNode, limits: Limits) -> tuple[str, list[str], float]:
    """Mark a submission in a process of the pool: the notebook's text, remarks and seconds."""
    began = time.perf_counter()
    marked, flags = mark(raw.read_bytes(), source, limits)
    return nbformat.writes(marked), flags, time.perf_counter() - began
