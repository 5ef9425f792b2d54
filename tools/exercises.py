"""The exercises: each chapter's one source, what is made of it, and the tests of its tests.

    python -m tools.exercises                 run and store all, try every known answer
    python -m tools.exercises cross_entropy   one
    python -m tools.exercises --check         store nothing, only try the answers
    python -m tools.exercises --overlay DIR   the same for private exercises, laid out as these

The source is `exercises/<chapter>/<chapter>.ipynb` in nbgrader's format, with solutions and hidden
tests.  `answers.toml` beside it holds wrong answers, each with the test cells that must fail, and
right answers written in another way.
"""

import argparse
import ast
import contextlib
import io
import re
import sys
import time
import tomllib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tools import chapters
from tools.exercise_cells import grading, is_answer, is_test, is_written, student_version
from tools.grading.running import Limits, mark

EXERCISES = chapters.ROOT / "exercises"

POINTS = re.compile(r"^\*[^*\n]*?(\d+) points?\b[^*\n]*\*$", re.M)  # *Implement, 4 points.*

# What answers nothing, and so must fail every test: an expression of the arguments.
NONSENSE = {
    "None": "None",
    "zero": "0.0",
    "nan": "float('nan')",
    "an empty list": "[]",
    "an empty array": "__import__('numpy').array([])",
    "a text": "'text'",
    "the first input": "(list(args) + list(named.values()) + [None])[0]",
    "the last input": "(list(args) + list(named.values()) + [None])[-1]",
    "zeros like the first input": "__import__('numpy').zeros_like((list(args) + [0.0])[0], float)",
    "zeros like the last input": "__import__('numpy').zeros_like((list(args) + [0.0])[-1], float)",
}


@dataclass(frozen=True)
class Answer:
    """A known answer to one question: its code, and the test cells that must fail."""

    question: str
    name: str
    source: str
    fails: frozenset[str] = field(default_factory=frozenset)


class Exercises:
    """The exercises of one chapter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chapter = path.stem
        self.prefix = path.stem.replace("_", "-") + "-"
        self.notebook: NotebookNode = nbformat.read(path, as_version=4)

    def short(self, cell: NotebookNode) -> str:
        """The name of an nbgrader cell without the chapter's, such as q3-value."""
        return str(grading(cell).get("grade_id", "")).removeprefix(self.prefix)

    @cached_property
    def tests(self) -> dict[str, float]:
        """The test cells and their points."""
        return {
            self.short(cell): grading(cell)["points"]
            for cell in self.notebook.cells
            if is_test(cell)
        }

    @cached_property
    def written(self) -> dict[str, float]:
        """The answers in words, which a person marks, and their points."""
        return {
            self.short(cell): grading(cell)["points"]
            for cell in self.notebook.cells
            if is_written(cell)
        }

    @cached_property
    def solutions(self) -> dict[str, str]:
        """The reference's code, question by question."""
        return {
            self.short(cell): cell.source
            for cell in self.notebook.cells
            if is_answer(cell) and cell.cell_type == "code"
        }

    def tests_of(self, question: str) -> set[str]:
        """The test cells of a question."""
        return {test for test in self.tests if test.startswith(f"{question}-")}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The file of known answers."""
        return tomllib.loads((self.path.parent / "answers.toml").read_text(encoding="utf-8"))

    @property
    def wrong(self) -> Iterator[Answer]:
        """The named wrong answers."""
        for question, known in self.answers.items():
            for entry in known["wrong"]:
                fails = frozenset(f"{question}-{name}" for name in entry["fails"])
                yield Answer(question, entry["mistake"], entry["answer"], fails)

    @property
    def right(self) -> Iterator[Answer]:
        """The right answers that are written in another way than the reference."""
        for question, known in self.answers.items():
            for entry in known["right"]:
                yield Answer(question, entry["way"], entry["answer"])

    @property
    def nonsense(self) -> Iterator[Answer]:
        """Answers that answer nothing, made from the names that the solution gives a value."""
        for question, source in self.solutions.items():
            for name, value in NONSENSE.items():
                lines = [nonsensical(node, value) for node in ast.parse(source).body]
                yield Answer(question, name, "\n".join(lines), frozenset(self.tests_of(question)))

    def submission(self, answers: Mapping[str, str] | None = None) -> NotebookNode:
        """The learner's notebook with the reference handed in, some answers replaced."""
        notebook = student_version(self.notebook)
        for cell, solved in zip(notebook.cells, self.notebook.cells, strict=True):
            if is_answer(cell):
                cell.source = (answers or {}).get(self.short(cell), solved.source)
        return notebook

    def apart(self, tries: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """Grade submissions as `tools.grading` does; the tests that failed, and what they said.

        There the tests run outside the learner's process, and see plain data alone.
        """
        found = []
        for answers in tries:
            raw = nbformat.writes(self.submission(answers)).encode()
            marked, _ = mark(raw, self.notebook, Limits(shut_in=False))
            errors = {
                self.short(c): [o for o in c.outputs if "evalue" in o]
                for c in marked.cells
                if is_test(c)
            }
            found.append({test: said[0].evalue for test, said in errors.items() if said})
        return found

    def together(self, kind: Iterable[Answer]) -> list[dict[str, Answer]]:
        """Known answers, as many at a time as there are questions."""
        by_question: dict[str, list[Answer]] = {}
        for answer in kind:
            by_question.setdefault(answer.question, []).append(answer)
        most = max(map(len, by_question.values()), default=0)
        return [
            {question: known[turn] for question, known in by_question.items() if turn < len(known)}
            for turn in range(most)
        ]

    def failures(self, answers: Mapping[str, str] | None = None) -> dict[str, str]:
        """Run it with some answers replaced; the tests that failed, and what they said."""
        return failures(self.notebook, self.prefix, answers or {})

    def problems(self) -> Iterator[str]:
        """All that is wrong with the exercises and with their tests, a sentence each."""
        yield from self.rules()
        for test, message in self.failures().items():
            yield f"the reference fails {test}: {message}"
        unsolved = failures(student_version(self.notebook), self.prefix)
        for test in self.tests.keys() - unsolved.keys():
            yield f"{test} passes unsolved"
        for answer in [*self.wrong, *self.right]:
            failed = self.failures({answer.question: answer.source})
            if failed.keys() != answer.fails:
                said = "".join(f"\n    {test}: {line}" for test, line in failed.items())
                wanted = sorted(answer.fails) or "nothing"
                fails = f"should fail {wanted}, fails{said or ' nothing'}"
                yield f"{answer.question}, {answer.name!r}: {fails}"
        for answer in self.nonsense:
            failed = self.failures({answer.question: answer.source})
            for test in sorted(answer.fails - failed.keys()):
                yield f"{answer.question}: {answer.name} passes {test}"
        right = [{q: a.source for q, a in known.items()} for known in self.together(self.right)]
        for failed in self.apart([{}, *right]):
            for test, message in failed.items():
                yield f"a right answer fails {test} where the tests run apart: {message}"

    def rules(self) -> Iterator[str]:
        """What breaks the form of the exercises."""
        questions = [*self.solutions, *self.written]
        if len(questions) < 6:
            yield f"{len(questions)} questions, at least 6 are asked for"
        if not self.written:
            yield "no answer in words"
        names = [self.short(cell) for cell in self.notebook.cells if grading(cell)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"two cells are called {name}"
        for cell in self.notebook.cells:
            yield from self.cell_rules(cell)
        promised = [float(n) for cell in self.notebook.cells for n in POINTS.findall(cell.source)]
        given: dict[str, float] = {}
        for cell in filter(grading, self.notebook.cells):
            question = self.short(cell).partition("-")[0]
            given[question] = given.get(question, 0) + grading(cell).get("points", 0)
        if promised != list(given.values()):
            yield f"the questions promise {promised} points, their cells give {given}"
        for question in self.solutions:
            if not self.tests_of(question):
                yield f"{question} has no test"
            known = self.answers.get(question, {})
            if len(known.get("wrong", [])) < 3:
                yield f"{question}: at least 3 wrong answers are asked for"
            if not known.get("right"):
                yield f"{question}: a right answer written in another way is asked for"
        for question in self.answers.keys() - self.solutions.keys():
            yield f"answers.toml: there is no question {question}"
        hit: set[str] = set().union(*(answer.fails for answer in self.wrong))
        for test in sorted(self.tests.keys() - hit):
            yield f"{test} is blind: no named wrong answer fails it"
        for test in sorted(hit - self.tests.keys()):
            yield f"answers.toml: there is no test {test}"

    def cell_rules(self, cell: NotebookNode) -> Iterator[str]:
        """What breaks the form of a cell."""
        marks = grading(cell)
        name = self.short(cell) or cell.id
        if marks and (cell.id != marks["grade_id"] or not cell.id.startswith(self.prefix)):
            yield f"{name}: id and grade_id should be {self.prefix}{name}"
        if marks and not re.fullmatch(r"q\d+(-[a-z0-9]+)*", name):
            yield f"{name}: a graded cell is called q1, q1-what-it-tests and so on"
        if is_test(cell):
            if cell.source.count("with check(") != 1:
                yield f"{name}: a test cell has one check"
            if "raises-exception" not in cell.metadata.get("tags", []):
                yield f"{name}: a test cell has the tag raises-exception, so that Run All goes on"
            if not marks["locked"]:
                yield f"{name}: a test cell is locked"
        if is_written(cell) and "**Rubric" not in cell.source:
            yield f"{name}: no rubric (**Rubric**) below the model answer"
        if cell.cell_type == "code" and is_answer(cell) and "### BEGIN SOLUTION" not in cell.source:
            yield f"{name}: no ### BEGIN SOLUTION"


def nonsensical(node: ast.stmt, value: str) -> str:
    """A statement of a solution, with nonsense instead of what it computed."""
    if isinstance(node, ast.FunctionDef):
        return f"def {node.name}(*args, **named):\n    return {value}"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        plain = value if "args" not in value else "None"
        return "\n".join(f"{name} = {plain}" for name in names)
    return ast.unparse(node)


def failures(
    notebook: NotebookNode, prefix: str, answers: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Run the cells in this process; the tests that failed, and what they said.

    As with nbgrader, an error does not stop the next cell, and a test that writes to stderr fails.
    With answers of one's own only the tests of their questions are run: no other needs them.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    failed = {}
    replaced = {f"{prefix}{question}": source for question, source in (answers or {}).items()}
    for cell in notebook.cells:
        question = cell.id.removeprefix(prefix).partition("-")[0]
        of_others = answers and is_test(cell) and question not in answers
        if cell.cell_type != "code" or of_others:
            continue
        source = replaced.get(cell.id, cell.source)
        errors = io.StringIO()
        said = ""
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(errors),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("always")
            try:
                exec(compile(source, cell.id, "exec"), names)
            except Exception as error:
                said = str(error) or type(error).__name__
        if is_test(cell) and (said or errors.getvalue()):
            failed[cell.id.removeprefix(prefix)] = said or f"stderr: {errors.getvalue()}"
        elif not is_test(cell) and not replaced and (said or errors.getvalue()):
            failed[cell.id.removeprefix(prefix)] = (
                f"not a test, and says {said or errors.getvalue()}"
            )
    return failed


def sources(names: Sequence[str] = (), folder: Path = EXERCISES) -> list[Path]:
    """The exercises of the named chapters, or of all, in a folder."""
    if not folder.is_dir():
        raise chapters.ChapterError(f"there is no folder {folder.resolve()}")
    paths = sorted(path for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name)
    missing = set(names) - {path.stem for path in paths}
    if missing:
        raise chapters.ChapterError(f"no such exercises: {', '.join(sorted(missing))}")
    return [path for path in paths if path.stem in names or not names]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="tools.exercises", description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="all when none is named")
    parser.add_argument("--check", action="store_true", help="store nothing, only try the answers")
    parser.add_argument(
        "--overlay", type=Path, default=EXERCISES, help="private exercises, laid out as these"
    )
    options = parser.parse_args(arguments)
    try:
        chosen = sources(options.chapters, options.overlay)
    except chapters.ChapterError as error:
        parser.error(str(error))
    wrong = 0
    for path in chosen:
        start = time.perf_counter()
        exercises = Exercises(path)
        found = list(exercises.problems())
        if not found and not options.check:
            try:
                chapters.store(path)
            except chapters.ChapterError as error:
                found.append(str(error))
        known = [*exercises.wrong, *exercises.right, *exercises.nonsense]
        points = sum(exercises.tests.values()) + sum(exercises.written.values())
        print(
            f"{path.stem}: {len(exercises.solutions) + len(exercises.written)} questions, "
            f"{len(exercises.tests)} tests, {points:g} points, {len(known)} answers tried "
            f"({time.perf_counter() - start:.1f} s)",
            flush=True,
        )
        for sentence in found:
            print(f"  {sentence}", file=sys.stderr)
        wrong += len(found)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
