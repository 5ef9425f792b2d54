"""Run one submission, whatever it does, and know what it did.

nbgrader's own `Execute`, with a sandboxed kernel, a limit of time for the whole and of output for a
cell, and canaries: after each test cell the same check is made to fail.  One that passes shows that
the tests of this kernel were neutralised.
"""

import copy
import random
import time
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Float, Integer

from tools.exercises import is_test, student_version, what_is_checked
from tools.grading.mending import mend
from tools.grading.sandbox import LearnersKernel

CANARIES = (
    "with check({what!r}):\n    expect({left!r}, {right!r})",
    "with check({what!r}):\n    assert {left!r} == {right!r}, {what!r}",
    "assert {left!r} == {right!r}, {what!r}",
    "with check({what!r}):\n    assert np.allclose({left!r}, {right!r}), {what!r}",
    "with check({what!r}):\n    assert np.shape([{left!r}]) == np.shape({right!r}), {what!r}",
)


class ExecuteWatched(Execute):  # type: ignore[misc]
    """nbgrader's execution that survives a kernel's death and a flood of output."""

    timeout = Integer(20).tag(config=True)
    total = Float(120.0, help="seconds for the whole notebook").tag(config=True)
    flood = Integer(1_000_000, help="characters of output for one cell").tag(config=True)

    def __init__(self, *args: Any, **named: Any) -> None:
        """Start kernels in the sandbox."""
        super().__init__(*args, kernel_manager_class=LearnersKernel, **named)
        self.flags: list[str] = []
        self.stopped = ""
        self.written = 0
        self.began = time.monotonic()

    def create_kernel_manager(self) -> Any:
        """Refuse single messages that are larger than any cell may write."""
        import zmq

        manager = super().create_kernel_manager()
        manager.context.setsockopt(zmq.MAXMSGSIZE, 8 * self.flood)
        return manager

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        """Run a cell, unless the kernel is gone; say in the cell why it was not run."""
        self.written = 0
        if not self.stopped and time.monotonic() - self.began > self.total:
            self.stop(f"it took longer than {self.total:g} s")
        if self.stopped:
            if cell.cell_type == "code" and cell.source.strip():
                fail(cell, "NotRun", f"✗ not run: {self.stopped}")
            return cell, resources
        try:
            super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
            dead = isinstance(error, DeadKernelError)
            self.end(cell, "the kernel died" if dead else "no answer in time")
        else:
            if self.written > self.flood:  # the cell was through before its kernel was ended
                self.end(cell, "")
            if any(output.get("ename") == "CellTimeoutError" for output in cell.get("outputs", [])):
                self.flags.append(f"{cell.id} took longer than {self.timeout} s")
        return cell, resources

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep no more output than is allowed, and end the kernel that sends more."""
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error"):
            self.written += len(str(msg["content"]))
            if self.written > self.flood:
                self.kill()
                return None
        return super().process_message(msg, cell, cell_index)

    def end(self, cell: NotebookNode, why: str) -> None:
        """Run nothing more after a cell that overdid it."""
        if self.written > self.flood:
            why = f"more than {self.flood / 1e6:g} million characters of output"
        self.stop(f"{why} in {cell.id}")
        fail(cell, "Stopped", f"✗ {why}")

    def stop(self, why: str) -> None:
        """Run nothing more."""
        self.stopped = why
        self.flags.append(f"stopped: {why}")
        self.kill()

    def kill(self) -> None:
        """End the kernel at once."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None and process.poll() is None:
            process.kill()


def fail(cell: NotebookNode, name: str, why: str) -> None:
    """Leave an error in a cell, which nbgrader counts as failed."""
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=why, traceback=[why]))


def run(
    notebook: NotebookNode, timeout: int = 20, total: float = 120.0
) -> tuple[NotebookNode, list[str]]:
    """Run a mended submission; the notebook with outputs, and what it did."""
    watched = copy.deepcopy(notebook)
    dice = random.SystemRandom()
    watched.cells = []
    for cell in copy.deepcopy(notebook.cells):
        watched.cells.append(cell)
        if is_test(cell):
            watched.cells.append(canary(cell, dice))
    execute = ExecuteWatched(timeout=timeout, total=total)
    try:
        execute.preprocess(watched, {"metadata": {"path": "/"}})
    except Exception as error:  # a kernel that doesn't start, or whose end is not clean
        execute.flags.append(f"stopped: {type(error).__name__}")
        for cell in watched.cells:
            if is_test(cell) and not cell.outputs:
                fail(cell, "NotRun", "✗ not run")
    execute.kill()
    kept: list[NotebookNode] = []
    for cell in watched.cells:
        if not cell.id.startswith("canary-"):
            kept.append(cell)
        elif not any(output.output_type == "error" for output in cell.outputs):
            test = kept[-1]
            if not any(output.get("ename") == "Neutralised" for output in test.outputs):
                execute.flags.append(f"{test.id} was neutralised: a check that must fail passed")
                fail(test, "Neutralised", "✗ this check passes whatever the answer")
    watched.cells = kept
    return watched, execute.flags


def run_file(
    raw: Path, source: Path, course: Path, student: str, limits: dict[str, Any]
) -> tuple[list[str], float]:
    """Mend and run one submission in this process; what it did, and in how many seconds."""
    began = time.perf_counter()
    chapter = source.stem
    mended, flags = mend(raw.read_bytes(), nbformat.read(source, as_version=4))
    ran, done = run(mended, **limits)
    for folder, notebook in (("mended", student_version(mended, answers=True)), ("executed", ran)):
        path = course / folder / student / f"{chapter}.ipynb"
        if folder == "mended":
            path = course / folder / student / chapter / f"{chapter}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        nbformat.write(notebook, path)
    return flags + done, time.perf_counter() - began


def canary(test: NotebookNode, dice: random.Random) -> NotebookNode:
    """Checks under the name of a test, in any order; the cell fails only if each of them does."""
    source = ""
    for form in dice.sample(CANARIES, len(CANARIES)):
        left, right = dice.uniform(1, 2), dice.uniform(3, 4)
        step = form.format(what=what_is_checked(test), left=left, right=right)
        if source:
            step = f"try:\n{indent(step, '    ')}\nexcept Exception:\n{indent(source, '    ')}"
        source = step
    cell: NotebookNode = nbformat.v4.new_code_cell(source)
    cell.id = f"canary-{dice.getrandbits(64):x}"
    return cell
