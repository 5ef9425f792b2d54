"""The pages that the build makes of the exercises: nothing secret in them, solutions apart."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tools import exercises
from tools.exercise_cells import HIDDEN, is_test, student_version
from tools.exercises import Exercises
from website.extensions import exercise_pages

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = {path.stem: Exercises(path) for path in exercises.sources()}


def make_pages(folder, solutions=True):
    """The pages of a book with the real exercises: (folder of the pages, what is not run)."""
    for name in ("exercises", "tools"):
        ignore = shutil.ignore_patterns("pages", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore, dirs_exist_ok=True)
    config = SimpleNamespace(exercise_solutions=solutions, nb_execution_excludepatterns=["kept"])
    exercise_pages.write_pages(SimpleNamespace(srcdir=folder), config)
    return folder / "exercises" / "pages", config.nb_execution_excludepatterns


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return make_pages(tmp_path_factory.mktemp("book"))


every_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


def hidden_lines(source):
    """The lines of hidden tests that stand nowhere else."""
    shown = "\n".join(HIDDEN.sub("", cell.source) for cell in source.notebook.cells)
    known = {*map(str.strip, shown.splitlines())}
    for cell in source.notebook.cells:
        for region in HIDDEN.findall(cell.source) if is_test(cell) else ():
            yield from (line for line in map(str.strip, region.splitlines()) if line not in known)


@every_chapter
def test_page_is_the_learners_notebook_and_is_not_run(pages, chapter):
    folder, not_run = pages
    page = nbformat.read(folder / f"{chapter}.ipynb", as_version=4)
    source = CHAPTERS[chapter]
    assert page == student_version(source.notebook)
    lines = {line.strip() for cell in page.cells for line in cell.source.splitlines()}
    assert not lines & {"### BEGIN SOLUTION", *hidden_lines(source)}
    assert not any(cell.get("outputs") for cell in page.cells)
    assert all("hide-input" in cell.metadata.tags for cell in page.cells if is_test(cell))
    assert not_run[0] == "kept"
    assert f"exercises/pages/{chapter}.ipynb" in not_run
    assert f"exercises/pages/{chapter}_solutions.ipynb" not in not_run


@every_chapter
def test_solutions_are_whole_and_hold_no_hidden_test(pages, chapter):
    folder, _ = pages
    page = nbformat.read(folder / f"{chapter}_solutions.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in page.cells)
    assert page.cells[0].source.startswith("# Solutions: ")
    assert text.count("**Rubric**") == len(CHAPTERS[chapter].written)
    assert "###" not in text.replace("####", "")
    assert " = ...\n" not in text
    assert not any("nbgrader" in cell.metadata for cell in page.cells)
    for line in hidden_lines(CHAPTERS[chapter]):
        assert line not in text.split("\n")
    assert exercises.failures(page, CHAPTERS[chapter].prefix) == {}


def test_one_setting_leaves_the_solutions_out(tmp_path):
    folder, _ = make_pages(tmp_path, solutions=False)
    for chapter in CHAPTERS:
        page = nbformat.read(folder / f"{chapter}_solutions.ipynb", as_version=4)
        title, words = page.cells[0].source.split("\n\n")
        assert len(page.cells) == 1
        assert title.startswith("# Solutions: ")
        assert words == "The solutions are not part of this edition."


def test_pages_are_written_anew_only_when_they_change(pages):
    folder, _ = pages
    (folder / "gone.ipynb").write_text("{}", encoding="utf-8")  # by a build, once
    with (folder / exercise_pages.MADE).open("a", encoding="utf-8") as made:
        made.write(exercise_pages.digest("{}") + "\n")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    make_pages(folder.parent.parent)
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    before.pop("gone.ipynb")
    assert after == before


def test_a_chapter_its_exercises_and_their_solutions_link_to_one_another():
    chapter, *others = ("book/a", "exercises/pages/a", "exercises/pages/a_solutions")
    app = SimpleNamespace(env=SimpleNamespace(found_docs={chapter, *others, "book/glossary"}))
    links, names = {}, []
    for page in (chapter, *others, "book/glossary"):
        context = {"sourcename": f"{page}.ipynb"}
        exercise_pages.tell_page(app, page, "page.html", context, None)
        links[page] = list(context.get("companions", ()))
        names.append(context["notebook_name"])
    assert names == ["a.ipynb", "a_exercises.ipynb", "a_solutions.ipynb", "glossary.ipynb"]
    assert links == {
        chapter: others,
        others[0]: [chapter, others[1]],
        others[1]: [chapter, others[0]],
        "book/glossary": [],
    }
