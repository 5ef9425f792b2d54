"""The cells of an exercise notebook, as nbgrader marks them, and what of them a learner gets."""

import ast
import copy
import re
from typing import Any

from nbformat import NotebookNode

CODE_STUB = "# Your answer here."
TEXT_STUB = "*Your answer here.*"
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION$", re.DOTALL | re.M)
HIDDEN = re.compile(r"\n?^[ \t]*### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS$", re.DOTALL | re.M)


def grading(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader knows of a cell."""
    marks: Any = cell.get("metadata", {}).get("nbgrader")
    return marks if isinstance(marks, dict) else {}


def is_answer(cell: NotebookNode) -> bool:
    """Whether the cell is the learner's to write."""
    return bool(grading(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell tests an answer."""
    return bool(grading(cell).get("grade")) and not is_answer(cell)


def is_written(cell: NotebookNode) -> bool:
    """Whether the cell is an answer in words."""
    return bool(grading(cell).get("grade")) and is_answer(cell)


def student_version(notebook: NotebookNode) -> NotebookNode:
    """The learner's notebook: no solution, no hidden test, no output; as nbgrader makes it."""
    student = copy.deepcopy(notebook)
    for cell in student.cells:
        if is_written(cell):
            cell.source = TEXT_STUB
        elif is_answer(cell):
            cell.source = SOLUTION.sub(rf"\1{CODE_STUB}", cell.source)
        elif is_test(cell):
            cell.source = HIDDEN.sub("", cell.source)
            fold(cell)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return student


def fold(test: NotebookNode) -> None:
    """Fold a test's code, on the page and in Jupyter: it may hold the right value."""
    test.metadata.tags = [*test.metadata.get("tags", []), "hide-input"]
    test.metadata.jupyter = {"source_hidden": True}
    name = f"Check: {what_is_checked(test)}"
    test.metadata.mystnb = {"code_prompt_show": name, "code_prompt_hide": name}


def the_check(test: NotebookNode) -> ast.Call:
    """The call of `check` in a test cell."""
    for node in ast.walk(ast.parse(test.source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            return node
    raise ValueError(f"{test.id} has no check")


def what_is_checked(test: NotebookNode) -> str:
    """The words of a test cell's check."""
    return str(ast.literal_eval(the_check(test).args[0]))
