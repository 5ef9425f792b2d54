"""Make a page of each chapter's exercises, and one of its solutions, before pages are looked for.

The page is the learner's notebook: what the reader downloads from it holds no solution and no
hidden test, because there is none in the file. It isn't run at build, as its answers are empty.
The solutions are run. ``exercise_solutions: false`` in ``_config.yml`` leaves them out.

A chapter, its exercises and their solutions each link to the other two, and the directive
``{exercise-list}`` makes a table of them all.
"""

import copy
import hashlib
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
PAGES = "exercises/pages"
MADE = ".made"  # beside the pages: the digests of all that builds have written
LEFT_OUT = "The solutions are not part of this edition."
MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
PRESET = re.compile(r"^\w+ = \.\.\.(  # .*)?\n", re.MULTILINE)


def solved_version(notebook, tools):
    """The notebook with solutions, without hidden tests and without nbgrader's marks."""
    solved = copy.deepcopy(notebook)
    for cell in solved.cells:
        if tools.is_test(cell):
            cell.source = tools.HIDDEN.sub("", cell.source)
            tools.fold(cell)
        elif tools.is_answer(cell) and cell.cell_type == "code":
            cell.source = MARKS.sub("", PRESET.sub("", cell.source)).rstrip("\n")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.metadata.pop("nbgrader", None)
    solved.cells[0].source = titled(solved)
    return solved


def titled(notebook) -> str:
    """The first cell's title, as that of the solutions."""
    title = notebook.cells[0].source.partition("\n")[0]
    return title.replace("Exercises", "Solutions", 1)


def left_out(notebook):
    """A page that says that there are no solutions here."""
    page = copy.deepcopy(notebook)
    page.cells = page.cells[:1]
    page.cells[0].source = f"{titled(page)}\n\n{LEFT_OUT}"
    return page


def book_tools(root, module):
    """A module of the book's own tools."""
    sys.path.insert(0, str(root))
    try:
        return import_module(f"tools.{module}")
    finally:
        sys.path.remove(str(root))


def write_pages(app, config) -> None:
    root = Path(app.srcdir)
    if not (root / "exercises").is_dir():
        return
    tools = book_tools(root, "exercise_cells")
    folder = root / PAGES
    folder.mkdir(exist_ok=True)
    wanted = {}
    for path in sorted((root / "exercises").glob("*/*.ipynb")):
        if path.stem == path.parent.name:
            notebook = nbformat.read(path, as_version=4)
            wanted[f"{path.stem}.ipynb"] = tools.student_version(notebook)
            solutions = config.exercise_solutions
            wanted[f"{path.stem}_solutions.ipynb"] = (
                solved_version(notebook, tools) if solutions else left_out(notebook)
            )
            config.nb_execution_excludepatterns = [
                *config.nb_execution_excludepatterns,
                f"{PAGES}/{path.stem}.ipynb",
            ]
    texts = {
        name: nbformat.writes(notebook).rstrip("\n") + "\n" for name, notebook in wanted.items()
    }
    put(folder, texts)


def put(folder: Path, texts: dict[str, str]) -> None:
    """Write the pages, and keep what somebody has worked in: it gets a name of its own."""
    log = folder / MADE
    made = set(log.read_text(encoding="utf-8").split()) if log.exists() else set()
    for page in sorted(folder.glob("*.ipynb")):
        text = page.read_text(encoding="utf-8")
        if text == texts.get(page.name):
            continue
        if digest(text) in made:
            page.unlink()
        elif page.name in texts:
            names = (f"{page.stem}_yours{number}.ipynb" for number in ("", *range(2, 1000)))
            own = next(path for name in names if not (path := folder / name).exists())
            page.rename(own)
            logger.info("your answers in %s are kept in %s", page.name, own.name)
    for name, text in texts.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    if new := {digest(text) for text in texts.values()} - made:
        log.write_text("".join(f"{one}\n" for one in sorted(made | new)), encoding="utf-8")


def digest(text: str) -> str:
    """By what a page is known to be as the build left it."""
    return hashlib.sha256(text.encode()).hexdigest()


class ExerciseList(SphinxDirective):
    """A table of all exercises, in the order of the chapters."""

    def run(self):
        root = Path(self.env.srcdir)
        self.env.metadata[self.env.docname]["exercise_list"] = True  # live_pages.py looks for it
        tools = book_tools(root, "exercises")
        text = (root / "_toc.yml").read_text(encoding="utf-8")
        lines = ["| exercises on | questions | points | answers |", "|---|--:|--:|---|"]
        for chapter in re.findall(rf"{PAGES}/(\w+)$", text, re.MULTILINE):
            path = tools.EXERCISES / chapter / f"{chapter}.ipynb"
            if path.is_file():  # and not a page of solutions
                self.env.note_dependency(str(path))
                known = tools.Exercises(path)
                points = sum(known.tests.values()) + sum(known.written.values())
                title = known.notebook.cells[0].source.partition("\n")[0].partition(": ")[2]
                lines.append(
                    f"| {{doc}}`{title} </{PAGES}/{chapter}>`"
                    f" | {len(known.solutions) + len(known.written)} | {points:g}"
                    f" | {{doc}}`Solutions </{PAGES}/{chapter}_solutions>` |"
                )
        holder = nodes.container()
        self.state.nested_parse(StringList(lines, str(root / "_toc.yml")), 0, holder)
        return holder.children


def tell_page(app, pagename, templatename, context, doctree) -> None:
    """Tell a page of a chapter with exercises what it is, and where the other two are; and any
    page of a notebook, what the notebook is called once it is downloaded."""
    name = pagename.rpartition("/")[2]
    chapter = name.removesuffix("_solutions")
    pages = {
        f"book/{chapter}": "the chapter",
        f"{PAGES}/{chapter}": "the exercises",
        f"{PAGES}/{chapter}_solutions": "the solutions",
    }
    if pagename in pages and f"{PAGES}/{chapter}" in app.env.found_docs:
        context["this_page"] = pages.pop(pagename)
        context["companions"] = pages
    if (context.get("sourcename") or "").endswith(".ipynb"):
        # The file of a chapter's exercises has the chapter's own name.
        kind = "_exercises" if pagename == f"{PAGES}/{chapter}" else ""
        context["notebook_name"] = f"{name}{kind}.ipynb"


def setup(app):
    app.add_directive("exercise-list", ExerciseList)
    app.connect("html-page-context", tell_page)
    app.add_config_value("exercise_solutions", True, "env", [bool])
    app.connect("config-inited", write_pages, priority=1)  # before the contents are read
