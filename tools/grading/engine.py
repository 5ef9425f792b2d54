"""nbgrader's settings for a course folder, and the one step of it that is ours.

The notebooks were run before, each in its sandbox (`running`); nbgrader takes the outputs, and
gives and keeps the marks.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    GetGrades,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Unicode
from traitlets.config import Config

from tools.exercises import CODE_STUB, EXERCISES, TEXT_STUB

SETTINGS = """\
# nbgrader's settings for this course folder, so that its own commands and formgrader work here too.
# Written by `python -m tools.grading release`.
c = get_config()  # noqa: F821
c.CourseDirectory.root = {course!r}
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.submitted_directory = "mended"
c.CourseDirectory.ignore = {ignore!r}
c.ClearSolutions.code_stub = {{"python": {code!r}}}
c.ClearSolutions.text_stub = {text!r}
c.OverwriteCells.add_missing_cells = True
"""
# What stands beside a source and must not be copied into the learners' folder.
IGNORE = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.toml", "*.py", "*.md", "*.json"]


class TakeOutputs(NbGraderPreprocessor):  # type: ignore[misc]
    """Put in the outputs of the notebook that was run in the sandbox."""

    folder = Unicode("executed").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Give each cell what it wrote."""
        student = resources["nbgrader"]["student"]
        chapter = resources["nbgrader"]["assignment"]
        path = Path(self.folder, student, f"{chapter}.ipynb")
        ran = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
        for cell in nb.cells:
            if cell.cell_type == "code":
                if cell.source != ran[cell.id].source:
                    raise RuntimeError(f"{cell.id} is not what was run")
                cell.outputs = ran[cell.id].outputs
                cell.execution_count = ran[cell.id].execution_count
        return nb, resources


def source_folder(chapter: str, overlay: Path | None) -> Path:
    """Where a chapter's source is: in the private overlay if it is there, else in the book."""
    for folder in (overlay, EXERCISES):
        if folder and (folder / chapter / f"{chapter}.ipynb").is_file():
            return folder.resolve()
    raise FileNotFoundError(f"there are no exercises called {chapter}")


def engine(course: Path, source: Path) -> NbGraderAPI:
    """nbgrader, set up for a course folder."""
    settings = Config()
    settings.CourseDirectory.root = str(course)
    settings.CourseDirectory.source_directory = str(source)
    settings.CourseDirectory.submitted_directory = "mended"
    settings.CourseDirectory.ignore = IGNORE
    settings.ClearSolutions.code_stub = {"python": CODE_STUB}
    settings.ClearSolutions.text_stub = TEXT_STUB
    settings.OverwriteCells.add_missing_cells = True
    settings.Autograde.autograde_preprocessors = [
        TakeOutputs,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    settings.TakeOutputs.folder = str(course / "executed")
    settings.GenerateFeedback.preprocessors = [
        GetGrades,
        ClearHiddenTests,
        CSSHTMLHeaderPreprocessor,
    ]
    return NbGraderAPI(CourseDirectory(config=settings), config=settings)


def write_settings(course: Path, source: Path) -> None:
    """Leave the settings in the course folder."""
    text = SETTINGS.format(
        course=str(course), source=str(source), ignore=IGNORE, code=CODE_STUB, text=TEXT_STUB
    )
    (course / "nbgrader_config.py").write_text(text, encoding="utf-8")
