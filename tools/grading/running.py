"""Mark one submission: its cells run in the learner's process, the tests in this one.

The tests reach the learner's functions and values through the line alone, and the learner's
process reaches nothing of the tests.  What runs too long or ends the process costs its own
question: the process is started anew, and the cells before run again without the guilty one.
"""

import base64
import contextlib
import io
import math
import shutil
import signal
import symtable
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursecode.checks import LENDERS
from tools.exercise_cells import grading, is_answer, is_test, the_check, what_is_checked
from tools.grading import sandbox
from tools.grading.line import Line, Refused
from tools.grading.mending import mend

ROOM = 20_000_000  # characters of all outputs, and pixels of a picture: they are few bytes
BORROWED = f"this uses {LENDERS[0]} or another package: the code should be your own"


@dataclass(frozen=True)
class Limits:
    """How long a cell or a test may take, and all of a submission; and whether it is shut in."""

    timeout: float = 10.0
    total: float = 300.0
    shut_in: bool = True


class OutOfTime(Refused):
    """The learner's program has not answered in time."""


@contextlib.contextmanager
def within(seconds: float, until: float = math.inf) -> Iterator[None]:
    """Stop a block that takes longer, or lasts beyond a time, whatever it waits for."""
    seconds = min(seconds, until - time.monotonic())

    def ring(*_: Any) -> None:
        raise OutOfTime(f"no answer within {seconds:.3g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Learner(Line):
    """The tests' end of the line, and the learner's process at its other end."""

    def __init__(self, bare: bool, shut_in: bool) -> None:
        self.process, line = sandbox.start(bare, shut_in)
        super().__init__(line)
        try:  # the time of a cell begins when there is somebody to run it
            with within(60.0):
                self.values([])
        except Refused:
            raise RuntimeError(f"no learner's process starts here\n{self.end()}".strip()) from None

    def run(self, cell: NotebookNode) -> Any:
        """Run a cell there; what it wrote and drew, from a program that may say anything."""
        try:
            return self.call(0, (cell.source, cell.id), {})
        except Exception as error:
            raise Refused(str(error)) from None

    def values(self, names: list[str]) -> dict[str, Any]:
        """What names hold there, as far as they hold something."""
        self.functions.clear()  # what one test hands over must not help with another question
        held = self.call(1, (names,), {})
        return {name: held[name] for name in names if name in held}

    def end(self) -> str:
        """End the process; what it has said against its start."""
        self.connection.close()
        return sandbox.end(self.process)


class Attempt:
    """One run through a notebook: a learner's process, and the names of its tests."""

    def __init__(self, source: NotebookNode, bare: bool, limits: Limits) -> None:
        self.bare, self.limits = bare, limits
        self.given = {cell.id for cell in source.cells if not grading(cell)}
        self.asked = what_is_asked(source)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.until = time.monotonic() + limits.total
        self.ran: list[NotebookNode] = []  # cells, which run again in a new process
        self.late: set[str] = set()  # questions that have used up their time
        self.broken: dict[str, str] = {}  # what first went wrong in a question's cells
        self.flags: list[str] = []
        self.room = ROOM
        self.learner: Learner | None = None

    def run(self, notebook: NotebookNode) -> None:
        """Run all cells, and give each its outputs."""
        question = ""
        try:
            for cell in notebook.cells:
                name = f"{cell.id}-"  # the cells of a question begin with its answer's name
                question = next((q for q in self.asked if name.startswith(f"{q}-")), question)
                if cell.cell_type == "code":
                    cell.outputs = self.step(cell, question)
        finally:
            self.end()

    def step(self, cell: NotebookNode, question: str) -> list[NotebookNode]:
        """Run a test here, another cell there; after a mishap the process is another one."""
        if cell.id in self.given:  # some of it may use what is the learner's
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
                exec(cell.source, self.names)
        try:
            if time.monotonic() > self.until:
                raise OutOfTime(f"the submission took longer than {self.limits.total:g} s")
            learner = self.learner or self.started()
            with within(1.0 if question in self.late else self.limits.timeout, self.until):
                if is_test(cell):
                    return self.test(cell, question, learner)
                made = outputs(learner.run(cell))
            self.ran.append(cell)
            errors = [output for output in made if not passed([output])]
            for error in errors:
                self.broken.setdefault(question, f"your cell raised {error.ename}: {error.evalue}")
            if (size := len(str(made))) > self.room:
                return shown(f"[outputs of {size:,} characters left out]") + errors
            self.room -= size
            return made
        except Refused as mishap:
            self.end()
            self.flags.append(f"{cell.id}: {mishap}")
            if isinstance(mishap, OutOfTime):
                self.late.add(question)
            if not is_test(cell):
                self.broken.setdefault(question, str(mishap))
            return [failed(checked(cell, str(mishap)), type(mishap).__name__)]

    def started(self) -> Learner:
        """A new learner's process, at the place that the notebook has come to."""
        while self.learner is None:
            self.learner = Learner(self.bare, self.limits.shut_in)
            for number, cell in enumerate(self.ran):
                try:
                    with within(self.limits.timeout, self.until):
                        self.learner.run(cell)
                except Refused:  # this time it was this cell
                    del self.ran[number]
                    self.end()
                    break
        return self.learner

    def end(self) -> None:
        """End the learner's process."""
        if self.learner is not None:
            self.learner.end()
        self.learner = None

    def test(self, cell: NotebookNode, question: str, learner: Learner) -> list[NotebookNode]:
        """Run a test here, on the learner's functions and values; its outputs."""
        wanted, printed, said = self.asked[question], io.StringIO(), ""
        kept = {name: self.names.pop(name) for name in wanted if name in self.names}
        try:
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                learner.changed = False
                self.names |= learner.values(wanted)
                exec(compile(cell.source, cell.id, "exec"), self.names)
        except Exception as error:
            lacks = f"{error.name} has no value yet" if isinstance(error, NameError) else ""
            said, broken = str(error), self.broken.get(question)
            if not said.startswith("✗"):
                said = checked(cell, lacks or f"{type(error).__name__}: {error}")
            if broken and said.endswith(" has no value yet"):
                said += f" ({broken})"
                self.flags.append(f"{question}: {broken.removeprefix('your cell raised ')}")
        finally:
            self.names = {n: v for n, v in self.names.items() if n not in wanted} | kept
            if learner.changed:  # right answers may be made of what was changed, later ones too
                self.flags.append(f"{question} changes its inputs")
        return shown(printed.getvalue()) + ([failed(said)] if said else [])


def outputs(done: Any) -> list[NotebookNode]:
    """What a cell of the learner's wrote and drew, from a reply that may hold anything."""
    done = done if isinstance(done, dict) else {}
    made = shown(str(done.get("printed", "")))
    pictures = done.get("pictures")
    for picture in pictures if isinstance(pictures, list) else []:
        with contextlib.suppress(TypeError, ValueError):
            data = base64.b64decode(picture, validate=True)
            size = int.from_bytes(data[16:20]) * int.from_bytes(data[20:24])
            png = {"image/png": base64.b64encode(data).decode()}
            if size > ROOM:
                made += shown(f"[a picture of {size:,} pixels left out]")
            elif data.startswith(b"\x89PNG"):
                made.append(nbformat.v4.new_output("display_data", png))
    error = done.get("failed")
    if error and isinstance(error, dict):
        made.append(failed(*(str(error.get(part)) for part in ("trace", "name", "said"))))
    return made


def shown(text: str) -> list[NotebookNode]:
    """What was printed, as an output."""
    stream = nbformat.v4.new_output("stream", name="stdout", text=text)
    return [stream] if text else []


def failed(trace: str, name: str = "CheckFailed", said: str = "") -> NotebookNode:
    """An error, as an output; nbgrader counts a test that has one as failed."""
    said = (said or trace)[:2000]
    output: NotebookNode = nbformat.v4.new_output(
        "error", ename=name[:100], evalue=said, traceback=[trace]
    )
    return output


def checked(cell: NotebookNode, why: str) -> str:
    """Say of what a cell fails, and what it checks."""
    return f"✗ {what_is_checked(cell)}: {why}" if is_test(cell) else f"✗ {why}"


def passed(outputs: list[NotebookNode]) -> bool:
    """Whether a test has passed."""
    return not any(output.output_type == "error" for output in outputs)


def what_is_asked(source: NotebookNode) -> dict[str, list[str]]:
    """The names that each question's solution gives a value."""
    asked = {}
    for answer in filter(is_answer, source.cells):
        code = answer.source if answer.cell_type == "code" else ""
        known = symtable.symtable(code, answer.id, "exec").get_symbols()
        given = [name for name in known if name.is_assigned() and not name.is_imported()]
        asked[answer.id] = [name.get_name() for name in given]
    return asked


def mark(raw: bytes, source: NotebookNode, limits: Limits) -> tuple[NotebookNode, list[str]]:
    """Run a submission and its tests; the notebook with outputs, and what there is to remark."""
    mended, flags = mend(raw, source)
    attempt = Attempt(source, True, limits)
    unread = flags and flags[0].startswith("not read: ")
    if unread:
        attempt.broken = dict.fromkeys(attempt.asked, flags[0])
    attempt.run(mended)
    if unread:
        return mended, flags
    # Who names a package gets it, in a second run. An answer of one's own does without.
    said = "".join(str(cell.get("outputs")) for cell in mended.cells)
    said += "".join(c.source for c in mended.cells if not is_test(c) and c.id not in attempt.given)
    if any(name in said for name in LENDERS):
        alone = {cell.id for cell in mended.cells if is_test(cell) and passed(cell.outputs)}
        late, attempt = attempt.late, Attempt(source, False, limits)
        attempt.late |= late
        attempt.run(mended)
        for question in attempt.asked:
            tests = [c for c in mended.cells if is_test(c) and c.id.startswith(f"{question}-")]
            own = [c for c in tests if any(word.arg == "own" for word in the_check(c).keywords)]
            if own and any(passed(cell.outputs) and cell.id not in alone for cell in tests):
                attempt.flags.append(f"{question} fails without the package")
                for cell in own:
                    if passed(cell.outputs):
                        cell.outputs = [failed(checked(cell, BORROWED))]
    return mended, list(dict.fromkeys([*flags, *attempt.flags]))


def problem() -> str:
    """What keeps the sandbox from working here; nothing if a first process starts in it."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (apt-get install bubblewrap)"
    try:
        Learner(bare=False, shut_in=True).end()
    except RuntimeError as error:
        return f"bubblewrap is installed and does not work: {error}"
    return ""


def mark_file(path: Path, source: NotebookNode, limits: Limits) -> tuple[NotebookNode, list[str]]:
    """Mark a submission in a process of the pool, which reads it when its turn comes."""
    return mark(path.read_bytes(), source, limits)
