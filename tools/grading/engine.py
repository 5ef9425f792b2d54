"""nbgrader for a course folder: its settings, and what is ours of its steps.

The submissions are run and tested by `running`; here their marks are entered into nbgrader's
gradebook, and their notebooks made ready for formgrader and for the feedback.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    ClearHiddenTests,
    GetGrades,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.server_extensions.formgrader.handlers import template_path
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from tools.chapters import ROOT
from tools.exercise_cells import (
    CODE_STUB,
    TEXT_STUB,
    grading,
    is_test,
    is_written,
    what_is_checked,
)

SETTINGS = """\
# nbgrader's settings for this course folder, written by `python -m tools.grading release`.
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
from tools.grading.engine import settings

c = get_config()  # noqa: F821
c.merge(settings(Path({course!r}), Path({source!r})))
"""
# What stands beside a source and must not be copied into the learners' folder.
IGNORE = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.toml", "*.py", "*.md", "*.json"]
RUBRIC = "for-the-marker"  # the tag of a cell that no learner sees


class OurWay(NotebookExporter):
    """What formgrader's own button does: grade a submission in its sandbox, by our command."""

    def from_filename(self, filename: str, resources: Any = None, **named: Any) -> Any:
        """Give what was graded; nbgrader asks twice, the second time for what it has then."""
        about, course = resources["nbgrader"], Path(self.config.CourseDirectory.root)
        chapter, student = about["assignment"], about["student"]
        graded = course / "autograded" / student / chapter / f"{chapter}.ipynb"
        if Path(filename).resolve() != graded.resolve():
            command = [sys.executable, "-m", "tools.grading", "grade", str(course), chapter]
            command += ["--only", student]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
        return graded.read_text(encoding="utf-8"), {**resources, "output_extension": ".ipynb"}


class ForLearners(NbGraderPreprocessor):
    """Take out what is for the marker alone, and say in an index what each check found."""

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Give the feedback its index: question, check, points and what was wrong."""
        nb.cells = [cell for cell in nb.cells if RUBRIC not in cell.metadata.get("tags", [])]
        index: list[dict[str, Any]] = []
        about, title = resources["nbgrader"], ""
        with Gradebook(about["db_url"]) as book:
            chapter, student = about["assignment"], about["student"]
            grades = book.find_submission_notebook(about["notebook"], chapter, student).grades
            waiting = {g.name for g in grades if g.needs_manual_grade and g.manual_score is None}
        for cell in nb.cells:
            if cell.cell_type == "markdown" and not grading(cell) and cell.source.startswith("## "):
                title = cell.source.partition("\n")[0].removeprefix("## ")
            if not (grading(cell).get("grade")):
                continue
            name = what_is_checked(cell) if is_test(cell) else "your answer in words"
            errors = [output.evalue for output in cell.get("outputs", []) if "evalue" in output]
            why = "".join(errors[:1]).removeprefix(f"✗ {name}: ")
            why = "not marked yet" if grading(cell)["grade_id"] in waiting else why
            index.append({"title": title, "name": name, "why": why, **grading(cell)})
        about["index"] = index
        return nb, resources


def settings(course: Path, source: Path) -> Config:
    """nbgrader's settings for a course folder."""
    c = Config()
    c.CourseDirectory.root = str(course)
    c.CourseDirectory.source_directory = str(source)
    c.CourseDirectory.ignore = IGNORE
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    c.Autograde.exporter_class = OurWay
    c.GenerateFeedback.preprocessors = [
        GetGrades,
        ForLearners,
        ClearHiddenTests,
        CSSHTMLHeaderPreprocessor,
    ]
    c.HTMLExporter.sanitize_html = True
    return c


def engine(course: Path, source: Path) -> NbGraderAPI:
    """nbgrader, set up for a course folder."""
    c = settings(course, source)
    c.HTMLExporter.template_file = "course.html.j2"  # it takes nbgrader's and puts in our index
    c.HTMLExporter.extra_template_basedirs = [str(Path(__file__).parent / "templates")]
    c.HTMLExporter.extra_template_basedirs += [template_path]
    return NbGraderAPI(CourseDirectory(config=c), config=c)


def release(course: Path, source: Path, chapter: str) -> None:
    """Make the learners' notebook, and what nbgrader's own commands need."""
    course.mkdir(parents=True, exist_ok=True)
    text = SETTINGS.format(root=str(ROOT), course=str(course), source=str(source))
    (course / "nbgrader_config.py").write_text(text, encoding="utf-8")
    result = engine(course, source).generate_assignment(chapter, force=True, create=True)
    if not result["success"]:
        raise SystemExit(str(result.get("log") or result.get("error")))


def gradebook(course: Path) -> Gradebook:
    """The course's gradebook."""
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}")


def changed_since(book: Gradebook, chapter: str, source: NotebookNode) -> bool:
    """Whether the source has other graded cells than the gradebook."""
    known = {cell.name for cell in book.find_notebook(chapter, chapter).grade_cells}
    return known != {cell.id for cell in source.cells if grading(cell).get("grade")}


def enter(book: Gradebook, path: Path, marked: NotebookNode, source: NotebookNode) -> None:
    """Enter the marks of a submission, and keep its notebook for formgrader.

    There the model answer and its rubric stand below each answer in words.
    """
    student, chapter = path.parent.parent.name, path.stem
    book.update_or_create_student(student)
    book.update_or_create_submission(chapter, student)
    for cell in filter(is_written, marked.cells):
        if cell.source.strip() in ("", TEXT_STUB):  # which says that there is no response
            cell.metadata.nbgrader.checksum = compute_checksum(cell)
    about = {"notebook": chapter, "assignment": chapter, "student": student}
    SaveAutoGrades().preprocess(marked, {"nbgrader": about | {"db_url": str(book.engine.url)}})
    for model in filter(is_written, source.cells):
        beside = nbformat.v4.new_markdown_cell(f"**Model answer**\n\n{model.source}")
        beside.metadata.tags = [RUBRIC]
        at = next(n for n, cell in enumerate(marked.cells, 1) if cell.id == model.id)
        marked.cells.insert(at, beside)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(nbformat.writes(marked).encode("utf-8", "replace"))
