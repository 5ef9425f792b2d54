"""A class of honest, broken and hostile submissions, graded from release to feedback.

Needs nbgrader (`pip install -c requirements.lock -e '.[grading]'`); what the sandbox keeps out is
tested where bubblewrap is installed.
"""

import copy
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import exercises
from tools.exercises import Exercises

pytest.importorskip("nbgrader", reason="grading needs nbgrader (the extra 'grading')")

from tools.grading import __main__ as commands
from tools.grading import mending, running, sandbox
from tools.grading.engine import IGNORE, engine

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "cross_entropy"
SOURCE = Exercises(ROOT / "exercises" / CHAPTER / f"{CHAPTER}.ipynb")
LEARNERS = exercises.student_version(SOURCE.notebook)

needs_bubblewrap = pytest.mark.skipif(
    not sandbox.has_bubblewrap(), reason="bubblewrap is not installed (apt-get install bubblewrap)"
)

NO_ASSERTS = """
import ast
class Blind(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Blind())
"""
NO_CHECKS = """
import contextlib
check = lambda *words, **named: contextlib.suppress(BaseException)
"""
NO_EXPECT = """
from coursecode import checks
checks.expect = expect = lambda *words, **named: None
"""
BREAK_OUT = """
import glob, os
tops = {course!r}, {repository!r}
seen = [path for top in tops for path in glob.glob(top + "/**", recursive=True)]
seen = [path for path in seen if path.endswith((".db", ".ipynb", ".toml"))]
for path in [*seen, {course!r} + "/gradebook.db"]:
    try:
        open(path, "w").write("mine")
        print("written")
    except OSError:
        pass
print("seen", len(seen))
"""


def submission(source=SOURCE, **answers):
    """The reference handed in, with some answers replaced."""
    notebook = exercises.student_version(source.notebook)
    for cell, solved in zip(notebook.cells, source.notebook.cells, strict=True):
        if exercises.is_answer(cell):
            cell.source = answers.get(source.short(cell), solved.source)
    return notebook


def edited(change):
    """The reference handed in, with a change of its list of cells."""
    notebook = submission()
    change(notebook.cells)
    return notebook


def place(cells, name):
    """Where a graded cell stands."""
    return next(n for n, cell in enumerate(cells) if SOURCE.short(cell) == name)


def everything_deleted(cells):
    cells[:] = [cell for cell in cells if not exercises.grading(cell)]


def a_test_edited(cells):
    cells[place(cells, "q1-spent")].source = "print('all is well')"


def a_test_twice(cells):
    cells.append(copy.deepcopy(cells[place(cells, "q4-value")]))


def an_answer_twice(cells):
    """Copied, with the first left as it was handed out."""
    first = place(cells, "q4")
    cells.insert(first + 1, copy.deepcopy(cells[first]))
    cells[first].source = LEARNERS.cells[first].source


def without_marks(cells):
    """As some editors save a notebook."""
    for cell in cells:
        cell.metadata.pop("nbgrader", None)


def more_points(cells):
    cells[place(cells, "q1-spent")].metadata.nbgrader.points = 1000


def a_cell_of_ones_own(cells):
    cells.insert(place(cells, "q5"), nbformat.v4.new_code_cell("note = 'a helper'"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The whole class, graded once: course folder, rows of marks, reports, what was printed."""
    course = tmp_path_factory.mktemp("course")
    handed_in = tmp_path_factory.mktemp("handed-in")
    out = BREAK_OUT.format(course=str(course), repository=str(ROOT))
    klass = {
        "ada": submission(),
        "bob": LEARNERS,
        "asserts": submission(q1=NO_ASSERTS),
        "checks": submission(q4=NO_CHECKS),
        "expects": submission(q4=NO_EXPECT),
        "exit": submission(q5="import os\nos._exit(0)"),
        "segfault": submission(q5="import ctypes\nctypes.string_at(0)"),
        "loop": submission(q5="while True:\n    pass"),
        "prints": submission(q5="for _ in range(10**6):\n    print('x' * 1000)"),
        "one-print": submission(q5="print('x' * 10**8)"),
        "out": submission(q5=out),
        "deleted": edited(everything_deleted),
        "edited": edited(a_test_edited),
        "twice": edited(a_test_twice),
        "points": edited(more_points),
        "copied": edited(an_answer_twice),
        "unmarked": edited(without_marks),
        "own": edited(a_cell_of_ones_own),
        "zoe": submission(),
    }
    for name, notebook in klass.items():
        (handed_in / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    saved = "\ufeff" + json.dumps(submission())  # by Windows' editor
    (handed_in / "windows.ipynb").write_text(saved, encoding="utf-8")
    (handed_in / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    (handed_in / "list.ipynb").write_text("[1, 2, 3]", encoding="utf-8")
    printed = ""
    for command in (["release"], ["collect"], ["grade", "--timeout", "5", "--total", "30"]):
        more = [str(handed_in)] if command == ["collect"] else []
        printed += grading(command[0], str(course), CHAPTER, *more, *command[1:])
    printed += grading("marks", str(course), CHAPTER)
    with (course / "marks" / f"{CHAPTER}.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    reports = json.loads((course / "reports" / f"{CHAPTER}.json").read_text(encoding="utf-8"))
    return course, rows, reports, printed


def grading(*words):
    """Run one of the instructor's commands."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.grading", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


AUTOMATIC = sum(SOURCE.tests.values())
BEFORE_THE_CRASH = sum(points for name, points in SOURCE.tests.items() if name < "q5")


def test_release_is_the_learners_notebook_of_the_site(graded):
    course, _, _, _ = graded
    folder = course / "release" / CHAPTER
    assert [path.name for path in folder.iterdir()] == [f"{CHAPTER}.ipynb"]
    released = nbformat.read(folder / f"{CHAPTER}.ipynb", as_version=4)
    assert [c.source for c in released.cells] == [c.source for c in LEARNERS.cells]
    assert "*.toml" in IGNORE


@pytest.mark.parametrize(
    "name",
    ["ada", "zoe", "edited", "twice", "points", "own", "copied", "unmarked", "windows"],
)
def test_right_answers_get_full_marks_whatever_happens_around_them(graded, name):
    _, rows, _, _ = graded
    assert float(rows[name]["score"]) == AUTOMATIC
    assert rows[name]["to be marked"] == "1"


@pytest.mark.parametrize("name", ["bob", "deleted", "broken", "list", "asserts"])
def test_no_answer_and_neutralised_tests_get_nothing(graded, name):
    _, rows, _, _ = graded
    assert float(rows[name]["score"]) == 0
    assert float(rows[name]["out of"]) == AUTOMATIC + sum(SOURCE.written.values())


@pytest.mark.parametrize("name", ["exit", "segfault", "prints", "one-print"])
def test_what_passed_before_a_crash_counts(graded, name):
    _, rows, _, _ = graded
    assert float(rows[name]["score"]) == BEFORE_THE_CRASH


def test_an_endless_loop_costs_its_own_question_alone(graded):
    _, rows, _, _ = graded
    own = sum(points for test, points in SOURCE.tests.items() if test.startswith("q5-"))
    assert float(rows["loop"]["score"]) == AUTOMATIC - own


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("asserts", "q1-spent was neutralised"),
        ("checks", "q4-value was neutralised"),
        ("expects", "q4-value was neutralised"),
        ("exit", "the kernel died in cross-entropy-q5"),
        ("segfault", "the kernel died in cross-entropy-q5"),
        ("loop", "cross-entropy-q5 took longer than 5 s"),
        ("prints", "million characters of output in cross-entropy-q5"),
        ("one-print", "million characters of output in cross-entropy-q5"),
        ("deleted", "cross-entropy-q1-spent is missing: it was put back"),
        ("edited", "cross-entropy-q1-spent was edited: the source's was used"),
        ("twice", "cross-entropy-q4-value is there twice: the first was graded"),
        ("copied", "cross-entropy-q4 is there twice: both were run, one after the other"),
        ("broken", "not a notebook: NotJSONError"),
        ("list", "not a notebook"),
    ],
)
def test_instructor_sees_what_a_submission_did(graded, name, said):
    _, rows, reports, printed = graded
    assert any(said in flag for flag in reports[name]["flags"])
    assert said in rows[name]["remarks"]
    assert f"{name} " in printed


@pytest.mark.parametrize("name", ["ada", "bob", "own", "unmarked", "windows", "zoe"])
def test_honest_submissions_carry_no_remark(graded, name):
    _, rows, reports, _ = graded
    assert reports[name]["flags"] == []
    assert rows[name]["remarks"] == ""


def test_neutralised_tests_do_not_touch_the_marks_before(graded):
    _, rows, _, _ = graded
    before = sum(points for name, points in SOURCE.tests.items() if name < "q4")
    assert float(rows["checks"]["score"]) == float(rows["expects"]["score"]) == before


@needs_bubblewrap
def test_a_submission_sees_neither_gradebook_nor_others_nor_sources(graded):
    course, _, _, _ = graded
    path = course / "executed" / "out" / f"{CHAPTER}.ipynb"
    cell = next(c for c in nbformat.read(path, as_version=4).cells if SOURCE.short(c) == "q5")
    assert cell.outputs[0].text == "seen 0\n"


@needs_bubblewrap
def test_a_submission_has_no_network():
    probe = submission(q1="import socket\nsocket.create_connection(('192.0.2.1', 80), 2)")
    mended, _ = mending.mend(nbformat.writes(probe).encode(), SOURCE.notebook)
    mended.cells = [cell for cell in mended.cells if cell.id == "cross-entropy-q1"]
    ran, _ = running.run(mended)
    assert ran.cells[0].outputs[0].evalue == "[Errno 101] Network is unreachable"


def test_grading_some_again_changes_no_mark(graded):
    course, rows, _, _ = graded
    printed = grading("grade", str(course), CHAPTER, "--only", "ada", "--only", "exit")
    assert "2 submissions" in printed
    grading("marks", str(course), CHAPTER)
    with (course / "marks" / f"{CHAPTER}.csv").open(encoding="utf-8", newline="") as file:
        again = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: row["score"] for name, row in again.items()} == {
        name: row["score"] for name, row in rows.items()
    }


def test_a_learner_who_hands_in_anew_is_named_until_graded_again(graded, tmp_path, capsys):
    course, _, _, _ = graded
    before = (course / "submitted" / "bob" / CHAPTER / f"{CHAPTER}.ipynb").read_bytes()
    nbformat.write(submission(), tmp_path / "bob.ipynb")
    said = []
    for handed_in in (tmp_path / "bob.ipynb").read_bytes(), before:
        (tmp_path / "bob.ipynb").write_bytes(handed_in)
        commands.collect(course, CHAPTER, tmp_path)
        commands.marks(course, CHAPTER, exercises.EXERCISES)
        with (course / "marks" / f"{CHAPTER}.csv").open(encoding="utf-8", newline="") as file:
            said += [row["remarks"] for row in csv.DictReader(file) if row["student"] == "bob"]
    assert said == ["handed in anew since, and not yet graded", ""]
    assert capsys.readouterr().out.count("handed in anew: bob") == 2


def test_collect_names_what_it_leaves_out(tmp_path, capsys):
    for name in ("a b.ipynb", "ada.ipynb", "ada/hinge.ipynb", "bob/hinge (1).ipynb"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("{}")
    commands.collect(tmp_path / "course", "hinge", tmp_path / "in")
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "ada is there twice: ada/hinge.ipynb was taken",
        "left out: bob/hinge (1).ipynb (it is not called hinge.ipynb)",
        "left out: a b.ipynb of 'a b' (no plain file, or no plain name)",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grade"], "was not released in"),
        (["grade", "--only", "nobody"], "no submission of nobody"),
    ],
)
def test_a_command_that_cannot_work_says_why(tmp_path, capsys, words, said):
    if "--only" in words:
        (tmp_path / "release" / "hinge").mkdir(parents=True)
    with pytest.raises(SystemExit):
        commands.main([words[0], str(tmp_path), "hinge", *words[1:]])
    assert said in capsys.readouterr().err
    assert not (tmp_path / "gradebook.db").exists()


def test_feedback_has_marks_and_no_hidden_test(graded):
    course, _, _, _ = graded
    grading("feedback", str(course), CHAPTER, "--only", "zoe")
    page = (course / "feedback" / "zoe" / CHAPTER / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert "Score:" in page
    assert "HIDDEN TESTS" not in page
    assert "dirichlet" not in page


@pytest.mark.filterwarnings("ignore:Object of type <\\w+> not in session")  # nbgrader
@pytest.mark.parametrize("chapter", [path.stem for path in exercises.sources()])
def test_reference_of_every_chapter_gets_full_marks(tmp_path, monkeypatch, chapter):
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    source = Exercises(ROOT / "exercises" / chapter / f"{chapter}.ipynb")
    nbformat.write(submission(source), tmp_path / "ada.ipynb")
    course = tmp_path / "course"
    assert commands.release(course, chapter, exercises.EXERCISES) == 0
    commands.collect(course, chapter, tmp_path)
    raw = commands.submitted(course, chapter)["ada"]
    flags, _ = running.run_file(raw, source.path, course, "ada", {})
    flags += commands.marked(engine(course, exercises.EXERCISES), chapter, "ada")
    commands.marks(course, chapter, exercises.EXERCISES)
    with (course / "marks" / f"{chapter}.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["score"]) == sum(source.tests.values())
    assert float(row["out of"]) == sum(source.tests.values()) + sum(source.written.values())
    assert flags == []
