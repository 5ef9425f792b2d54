"""Pages that run, as a learner meets them: a chapter and its exercises in Chromium.

Needs a site that was built with the runtime (make site), Chromium, and the package playwright.
"""

import functools
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import nbformat
import numpy as np
import pytest
from PIL import Image

import tools.exercise_cells
import tools.exercises
from tests import test_website_browser as pages
from tests.websites import ROOT, served
from tools.grading.running import Limits, mark
from website.extensions import live_pages

# The runner makes itself Matplotlib's back end: not for other tests nor for chapters' kernels.
with patch.dict(os.environ), patch.dict(sys.modules):
    from website.live import runner

browser, axe = pages.browser, pages.axe  # fixtures
LIVE = live_pages.LIVE
SECONDS = 180_000  # milliseconds, for Python to come; this machine may be busy
CHAPTER = "book/cross_entropy.html"
EXERCISES = "exercises/pages/cross_entropy.html"

RIGHT = "def spent(p, q):\n    return -(p * np.log2(q)).sum()\n\n\n"
RIGHT += "def wasted(p, q):\n    return (p * np.log2(p / q)).sum()\n"
PIPES: dict[str, Any] = {"capture_output": True, "text": True, "encoding": "utf-8"}
WRONG = RIGHT.replace("return -(p", "return (p")
WORDS = "The gradient is q − y, **divided** by T."


# ---- the runner, in this Python


@pytest.fixture(autouse=True)
def main_is_left_as_it_was(monkeypatch):
    """Cells run as `__main__`, which the runner makes anew."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def outputs(*cells: str) -> list[tuple[str, str]]:
    """What the last of some cells puts out."""
    runner.reset()
    for number, cell in enumerate(cells, 1):
        came = runner.run_cell(cell, f"<cell {number}>")
    return [(output["type"], output["text"]) for output in came]


def test_a_cell_sees_the_names_of_the_cells_before():
    assert outputs("x = 2", "print(x)\nx + 1") == [("stream", "2\n"), ("result", "3")]


@pytest.mark.parametrize("cell", ["x = 1", "None", "1;", "", "# nothing"])
def test_a_cell_without_a_value_shows_none(cell):
    assert outputs(cell) == []


def test_an_error_names_the_line_of_the_cell_that_led_to_it():
    runner.reset()
    runner.run_cell("def f(x):\n    return 1 / x", "<cell 1>")
    (error,) = runner.run_cell("print\nf(0)", "<cell 2>")
    assert error["text"] == "ZeroDivisionError: division by zero"
    assert (error["cell"], error["line"]) == ("<cell 1>", 2)
    (error,) = runner.run_cell("x = 1\nx = = 2", "<cell 3>")
    assert error["text"].startswith("SyntaxError: ")
    assert (error["cell"], error["line"]) == ("<cell 3>", 2)


def test_what_is_printed_before_an_error_stands_before_it():
    assert [kind for kind, _ in outputs("print('a', end='')\n1 / 0")] == ["stream", "error"]


def test_pieces_come_as_they_are_printed():
    runner.reset()
    told: list[str] = []
    runner.run_cell(
        "print('a')\nprint('b')", "<cell 1>", lambda output: told.append(output["text"])
    )
    assert told == ["a\n", "b\n"]


def test_an_output_without_end_is_cut():
    kinds = outputs("for i in range(90_000): print(i)")
    assert [kind for kind, _ in kinds] == ["stream", "note"]
    assert len(kinds[0][1]) == runner.LONGEST
    assert "100,000 characters" in kinds[1][1]


@pytest.mark.parametrize("cell", ["'x' * 200_000", "for i in range(90_000): display(i)"])
def test_values_without_end_are_cut_too(cell):
    kinds = outputs(cell)
    assert sum(len(text) for kind, text in kinds if kind == "result") == runner.LONGEST
    assert [text for kind, text in kinds if kind == "note"] == [kinds[-1][1]]


def test_an_error_is_told_after_an_output_without_end_and_is_cut_itself():
    kinds = outputs("print('x' * 200_000)\nraise ValueError('y' * 200_000)")
    assert [kind for kind, _ in kinds] == ["stream", "note", "error", "note"]
    assert len(kinds[2][1]) == runner.LONGEST


WARN = """
import runner
for _ in range(2):
    print(runner.run_cell("import warnings\\nwarnings.warn('careful')", "<cell 1>"))
"""


def test_what_a_cell_warns_of_is_told_each_time():
    """In a process of its own, as pytest takes warnings for itself."""
    done = subprocess.run([sys.executable, "-c", WARN], cwd=LIVE, **PIPES)
    assert done.stdout.count("UserWarning: careful") == 2, done.stderr


def test_a_missing_package_is_told_with_those_that_are_there():
    error, note = outputs("import requestz")
    assert error == ("error", "ModuleNotFoundError: No module named 'requestz'")
    assert note == ("note", runner.MISSING)


@pytest.mark.parametrize(
    "cell", ["x = 1\n%timeit x", "!pip install x", "files = !ls", "print?", "await x"]
)
def test_what_only_jupyter_runs_is_told_as_such(cell):
    error, note = outputs(cell)
    assert error[1].startswith("SyntaxError: ")
    assert note == ("note", runner.JUPYTERS)


@pytest.mark.parametrize("cell", ["x = 5 % = 3", "x = (1,  # right?", "asynchronous = = 1"])
def test_a_slip_is_not_taken_for_jupyters(cell):
    assert [kind for kind, _ in outputs(cell)] == ["error"]


def test_nothing_waits_for_an_input():
    assert outputs("input('name? ')")[0][1].startswith("RuntimeError: input() can't ask")


def test_values_are_shown_as_a_notebook_shows_them():
    long = "{i: 'a word that is long' for i in range(4)}"
    assert outputs(long)[0][1].count("\n") == 3
    assert outputs("'text'") == [("result", "'text'")]


# ---- the logic of the scripts


@functools.cache
def node() -> str:
    if (found := shutil.which("node")) is None:
        pytest.skip("needs Node.js (Debian: apt-get install nodejs)")
    return found


def test_the_logic_of_the_scripts():
    command = [node(), "--test", "tests/live_logic.test.mjs"]
    done = subprocess.run(command, cwd=ROOT, **PIPES)
    assert done.returncode == 0, done.stdout[-4000:]


def test_the_scripts_types_agree():
    if (tsc := shutil.which("tsc")) is None:
        pytest.skip("needs TypeScript (Debian: apt-get install node-typescript)")
    done = subprocess.run([tsc, "-p", LIVE / "tsconfig.json"], **PIPES)
    assert done.returncode == 0, done.stdout


# ---- the build


def test_folders_are_named_by_what_is_in_them():
    files = {"a.js": b"1", "b.js": b"2"}
    assert live_pages.digest(files) == live_pages.digest(dict(reversed(files.items())))
    assert live_pages.digest(files) != live_pages.digest(files | {"b.js": b"3"})


def built(tmp_path, runtime, *cells: str) -> str:
    """The body of a page with these cells, built with a runtime or without one."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "page.ipynb"
    nbformat.write(notebook, path)
    app = SimpleNamespace(
        live_runtime=runtime,
        live_assets={"page.js": b"x" * 500_000, "coursecode-1-py3-none-any.whl": b"x" * 500_000},
        live_place="live/abc",
        env=SimpleNamespace(metadata={}, doc2path=lambda name: path),
        builder=SimpleNamespace(get_target_uri=lambda name: f"{name}.html"),
    )
    body = "<h1>Title</h1>" + '<div class="cell docutils container"></div>' * len(cells)
    context = {"sourcename": "book/page.ipynb", "notebook_name": "page.ipynb", "body": body}
    live_pages.put_bar(app, "book/page", "page.html", context, None)
    assert ("live_script" in context) == bool(runtime)
    return context["body"]


def test_without_a_runtime_a_page_has_no_button_but_says_how_else_to_run_it(tmp_path):
    body = built(tmp_path, None, "x = 1")
    assert "<button" not in body
    assert '<a href="#run-it-heading">How to run this page yourself</a>' in body
    assert "live-" not in built(tmp_path, None)  # where there is nothing to run


def test_the_bar_tells_the_script_what_this_page_needs(tmp_path):
    runtime = tmp_path / "abc"
    runtime.mkdir()
    sizes = {"pyodide.asm.wasm": 5_000_000, "numpy-2.whl": 3_000_000, "matplotlib-3.whl": 7_000_000}
    for name, size in sizes.items():
        (runtime / name).write_bytes(b"x" * size)
    own = "numpy coursecode-1-py3-none-any.whl"
    cells = {"x = 1": (9, own), "figures.use()": (16, f"{own} matplotlib")}
    for cell, (size, packages) in cells.items():
        body = built(tmp_path, runtime, cell)
        assert f'data-packages="{packages}" data-bytes="{size}000000" data-draws="' in body
        assert f"{size} MB at most" in body
        assert 'data-notebook="../_sources/book/page.ipynb"' in body
        assert 'data-runtime="../_static/runtime/abc/"' in body


# ---- in the browser


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """The live site below a path of a plain server, which sends no header for isolation."""
    if not list(site.glob("_static/runtime/*/pyodide.mjs")):
        pytest.skip("needs a site with the runtime: make site builds it")
    with served(site) as address:
        yield address


class Learner:
    """A page, and what a learner does with it."""

    def __init__(self, context, address: str, name: str, press: bool = True) -> None:
        self.page = context.new_page()
        self.address, self.name = address, name
        self.asked, self.trouble = pages.watched(self.page, address)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.goto(address + name)
        if press:
            self.press()

    def press(self) -> None:
        """Press the button twice, as some do with all buttons."""
        self.page.dblclick(".live-run")

    def status(self, pattern: str) -> str:
        """Wait until the bar says something, and return it."""
        words = self.page.locator(".live-status", has_text=re.compile(pattern))
        words.wait_for(timeout=SECONDS)
        return words.inner_text()

    def cell(self, text: str):
        """The cell with a text in its code, as the page was built."""
        return self.page.locator("div.cell", has=self.page.locator("pre", has_text=text)).first

    def write(self, cell, source: str) -> None:
        """Select what stands in a cell and type over it, without an editor's help."""
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run(self, cell) -> None:
        cell.get_by_role("button", name="Run").click()
        cell.locator(".live-run-cell.idle").wait_for(timeout=SECONDS)

    def reset(self) -> str:
        """Press Reset where something is changed, and return what it asks first."""
        with self.page.expect_event("dialog") as asked:
            self.page.locator(".live-bar").get_by_role("button", name="Reset").click()
        return asked.value.message

    def download(self, name: str) -> tuple[str, nbformat.NotebookNode]:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=name).click()
        path = waiting.value.path()
        return waiting.value.suggested_filename, nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def context(browser):
    """One reader's browser: what it has loaded it keeps."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def chapter(context, address) -> Learner:
    """A chapter that has been run from its first cell to its last."""
    learner = Learner(context, address, CHAPTER)
    learner.status("cells ran|failed|stopped")
    return learner


@pytest.fixture(scope="module")
def exercises(context, address) -> Learner:
    learner = Learner(context, address, EXERCISES)
    learner.status("ready|failed|stopped")
    return learner


def test_before_the_press_a_page_loads_a_few_kilobytes_more(context, address, site):
    learner = Learner(context, address, CHAPTER, press=False)
    learner.page.locator(".live-run:enabled").wait_for()
    added = [site / url.removeprefix(address) for url in learner.asked if "/live/" in url]
    assert {path.name for path in added} == {"page.js", "storage.js"}
    assert sum(map(pages.gzipped, added)) < 4_000
    assert not any("/runtime/" in url for url in learner.asked)
    learner.page.close()


def test_the_bar_says_what_a_page_loads(context, address, site):
    sizes = {}
    for name in (CHAPTER, EXERCISES):
        learner = Learner(context, address, name, press=False)
        words = learner.page.inner_text(".live-status")
        sizes[name] = int(re.search(r"(\d+) MB", words)[1])
        learner.page.close()
    files = [*site.glob("_static/runtime/*/*"), *site.glob("_static/live/*/*")]
    everything = round(sum(path.stat().st_size for path in files) / 1e6)
    assert sizes[EXERCISES] + 5 < sizes[CHAPTER] == everything


def test_a_chapter_runs_as_printed(chapter):
    words = chapter.page.inner_text(".live-status")
    assert "every text is as printed, and so is the number of pictures, 9" in words
    assert chapter.page.locator(".live-help").count() == 1  # it was made live once
    assert chapter.page.evaluate("document.activeElement.className") == "live-run"
    own = f"foreign: blob:{chapter.address.split('/html')[0]}"  # a picture that was just drawn
    assert [what for what in chapter.trouble if not what.startswith(own)] == []


def test_a_picture_keeps_its_caption_and_its_description(chapter):
    printed = chapter.page.locator(".cell_output:not(.live-output) figure")
    live = chapter.page.locator(".live-output figure")
    assert live.count() == printed.count() == 9
    for part in ("figcaption", "img"):
        told = "(all) => all.map((one) => one.alt ?? one.textContent)"
        assert live.locator(part).evaluate_all(told) == printed.locator(part).evaluate_all(told)
    sources = live.locator("img").evaluate_all("(all) => all.map((one) => one.src)")
    assert all(source.startswith("blob:") for source in sources)


def test_a_live_picture_follows_the_reader_into_the_dark(chapter):
    figure = chapter.page.locator(".live-output figure img").first
    figure.scroll_into_view_if_needed()
    darkest = []
    for theme in ("light", "dark"):
        chapter.page.evaluate(
            "(theme) => { document.documentElement.dataset.theme = theme; }", theme
        )
        chapter.page.wait_for_timeout(200)
        greys = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("L")).astype(int)
        darkest.append(np.abs(greys - greys[2, 2]).max() > 140 and greys[2, 2])
    light, dark = darkest
    assert light > 240
    assert 0 < dark < 40
    chapter.page.evaluate("document.documentElement.dataset.theme = 'auto'")


def test_folded_code_stays_folded_and_runs_when_opened(chapter):
    cell = chapter.page.locator("div.cell:has(details.hide)").first
    assert not cell.locator("details").evaluate("(part) => part.open")
    cell.locator("summary").click()
    cell.locator(".cm-content").wait_for()
    cell.locator("summary").click()


def test_an_expected_error_is_its_message_and_its_line(chapter):
    cell = chapter.page.locator("div.cell.tag_raises-exception").first
    assert cell.locator(".live-verdict").text_content() == "Same as printed"
    assert "happened in line" in cell.locator(".live-note").text_content()
    assert "Traceback" not in cell.locator(".live-output").text_content()


def test_a_change_is_seen_kept_and_undone(chapter):
    page, cell = chapter.page, chapter.cell('classes = ["cat", "car", "frog"]')
    other = chapter.cell("is taken for")
    chapter.write(cell, cell.locator("pre").first.text_content().replace('"cat"', '"dog"'))
    chapter.run(other)  # which runs the changed cell above it first
    assert "dog  is taken for car" in other.locator(".live-output").inner_text()
    assert other.locator(".live-verdict.differs").inner_text().startswith("Printed: cat")
    name, mine = chapter.download("Download with my changes")
    assert name == "cross_entropy.ipynb"
    assert sum('"dog"' in one.source for one in mine.cells) == 1
    page.reload()
    chapter.status("You have changed a cell here")
    other = chapter.cell("is taken for")
    other.hover()
    other.get_by_role("button", name=re.compile("^Run cell")).click()  # only what it needs
    chapter.status("^Cell 3 ran")
    assert "dog" in other.locator(".live-output").inner_text()
    cell = chapter.cell('classes = ["cat"')
    cell.get_by_role("button", name="Undo my change").click()
    chapter.run(other)
    assert other.locator(".live-verdict").inner_text() == "Same as printed"
    assert not page.get_by_role("button", name="Undo my change").first.is_visible()


def test_what_breaks_is_told_and_reset_brings_the_page_back(chapter):
    page, cell = chapter.page, chapter.cell('classes = ["cat", "car", "frog"]')
    broken = "print('before')\nclasses = ["
    chapter.write(cell, broken)
    chapter.run(cell)
    output = cell.locator(".live-output").inner_text()
    assert "SyntaxError" in output
    assert "in line 2" in output
    assert "the cell that you have changed" in chapter.reset()
    assert 'classes = ["cat"' in cell.locator(".cm-content").inner_text()
    assert page.locator(".live-output:visible").count() == 0
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+z")
    assert cell.locator(".cm-content").inner_text() == broken  # a slip of the hand can be undone
    chapter.reset()


def test_stop_ends_a_loop_that_has_no_end_and_what_waits_for_it(chapter):
    page, cell = chapter.page, chapter.cell('classes = ["cat", "car", "frog"]')
    other = chapter.cell("is taken for")
    chapter.write(cell, "print('on')\nwhile True:\n    print('and on')")
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("cut at 100,000 characters").wait_for()
    other.get_by_role("button", name="Run").click()
    assert other.locator(".live-run-cell.waits").count() == 1
    page.get_by_role("button", name="Stop", exact=True).click()
    chapter.status("^Stopped")
    cell.get_by_text("Stopped.").wait_for()
    assert page.locator(".live-run-cell:not(.idle)").count() == 0
    cell.get_by_role("button", name="Undo my change").click()
    chapter.run(other)
    assert other.locator(".live-verdict").inner_text() == "Same as printed"


def test_keys_run_indent_and_leave(chapter):
    page, cell = chapter.page, chapter.cell('classes = ["cat", "car", "frog"]')
    chapter.write(cell, "print(6 * 7)")
    page.keyboard.press("ControlOrMeta+Enter")
    cell.get_by_text("42").wait_for()
    assert "Code of cell 2" in page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("document.activeElement.ariaLabel === 'Code of cell 3'")
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.press("Tab")
    line = chapter.cell("is taken for").locator(".cm-line").first
    assert line.inner_text().startswith("    for name")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("live-run-cell")
    chapter.reset()


def test_a_reader_is_told_that_a_changed_cell_has_changed_on_the_page(context, address):
    learner = Learner(context, address, EXERCISES, press=False)
    kept = {"from": "what was here before", "to": "import numpy as np\nmine = 1"}
    key = f"live {live_path(learner.page.url)} cell set-up"
    store = "([key, kept]) => localStorage.setItem(key, JSON.stringify(kept))"
    learner.page.evaluate(store, [key, kept])
    gone = key.replace("set-up", "no-such-cell")
    learner.page.evaluate(store, [gone, kept])
    learner.page.reload()
    learner.press()
    alert = learner.page.get_by_role("alert")
    words = alert.inner_text()
    assert "Cell 1" in words
    assert "1 of your changes had no place left" in words
    assert "mine = 1" in learner.page.locator(".cm-content").first.inner_text()
    assert "all 2 cells that you have changed" in learner.reset()  # the other as well
    assert alert.count() == 0
    learner.page.evaluate("localStorage.clear()")
    learner.page.close()


def live_path(url: str) -> str:
    """The page's name in the storage (storage.js, pageOf)."""
    return "/" + url.split("/", 3)[3].removesuffix(".html")


def test_two_tabs_on_a_page_lose_nothing(context, address, exercises):
    second = Learner(context, address, EXERCISES)
    second.page.locator(".live-help").first.wait_for()
    tabs, cells = (exercises, second), ("def spent(p, q)", "def loss_before")
    for learner, text, words in zip(tabs, cells, ("x = 1", "y = 2"), strict=True):
        learner.page.bring_to_front()
        learner.write(learner.cell(text), words)
    for learner in tabs:
        for text, words in zip(cells, ("x = 1", "y = 2"), strict=True):
            learner.cell(text).locator(".cm-content", has_text=words).wait_for()
    second.page.close()
    exercises.page.bring_to_front()
    exercises.reset()


def test_an_answer_is_checked_where_it_stands(exercises):
    page, answer = exercises.page, exercises.cell("def spent(p, q)")
    said = page.locator("div.cell", has_text="Check: bits").locator(".live-output")
    exercises.write(answer, WRONG)
    exercises.run(answer)
    exercises.status("✗ bits spent a day: the minus sign is missing")
    assert "the minus sign is missing" in said.nth(0).inner_text()
    assert said.nth(1).inner_text().strip() == "✓ bits wasted a day"
    assert page.locator(".live-bar .live-progress").inner_text() == ""
    exercises.write(answer, RIGHT)
    exercises.run(answer)
    exercises.status("all 2 checks say ✓")
    assert page.locator(".live-bar .live-progress").inner_text() == "1 of 7 checked questions ✓"
    exercises.write(answer, RIGHT + ")")
    exercises.run(answer)  # and no check praises what the answer was before
    exercises.status("SyntaxError")
    assert page.locator(".live-bar .live-progress").inner_text() == ""
    exercises.write(answer, RIGHT)
    exercises.run(answer)
    exercises.status("all 2 checks say ✓")


def test_the_list_of_exercises_knows_how_far_the_learner_is(context, address, exercises):
    exercises.write(exercises.cell("def spent(p, q)"), RIGHT)
    exercises.run(exercises.cell("def spent(p, q)"))
    exercises.status("all 2 checks say ✓")
    learner = Learner(context, address, "book/exercises.html", press=False)
    row = learner.page.locator("tr", has_text="cross-entropy")
    row.get_by_text("1 of 7 checked questions ✓").wait_for()
    assert learner.page.locator(".live-progress").count() == 1
    learner.page.close()


def test_the_work_that_is_taken_away_can_be_graded(exercises):
    exercises.write(exercises.cell("def spent(p, q)"), RIGHT)
    exercises.page.get_by_label("Answer in words").fill(WORDS)
    name, work = exercises.download("Download my work")
    assert name == "cross_entropy_exercises.ipynb"
    sources = {cell.id: cell.source for cell in work.cells}
    assert sources["cross-entropy-q1"] == RIGHT
    assert WORDS in sources.values()
    nbformat.validate(work)
    source = tools.exercises.Exercises(ROOT / "exercises" / "cross_entropy" / "cross_entropy.ipynb")
    marked, flags = mark(nbformat.writes(work).encode(), source.notebook, Limits(shut_in=False))
    assert flags == []
    passed = {
        source.short(cell)
        for cell in marked.cells
        if tools.exercise_cells.is_test(cell) and not any("evalue" in one for one in cell.outputs)
    }
    assert passed == source.tests_of("q1")


WASM = "**/pyodide.asm.wasm"


def test_where_python_could_not_be_loaded_a_run_loads_it_anew(browser, address):
    """It is asked for at a printed check: its answer runs, and has the focus."""
    context = browser.new_context()
    held: list[Any] = []
    context.route(WASM, lambda route: held.append(route))
    learner = Learner(context, address, EXERCISES, press=False)
    page, loading = learner.page, learner.page.locator(".live-loading")
    answer = learner.cell("def spent(p, q)")
    check = page.locator("div.cell", has_text="Check: bits").first
    check.locator("summary").click()
    with page.expect_request(WASM):
        check.get_by_role("button", name="Run cell").click()
    answer.locator(".live-run-cell.waits:focus").wait_for()
    held.pop().abort()
    learner.status("^Python can.t be loaded")
    assert not loading.is_visible()
    page.evaluate("() => { window.itsWorker = Worker; Worker = null; }")  # none is allowed
    learner.run(answer)
    learner.status("^Python can.t be loaded: Worker")
    assert not loading.is_visible()
    page.evaluate("() => { Worker = itsWorker; }")
    context.unroute(WASM)
    page.locator(".live-run-cell").first.click()
    loading.wait_for()
    learner.status("^Cell 1 ran")
    assert not loading.is_visible()
    learner.write(answer, "import js\njs.reportError(js.Error.new('gone'))\nwhile True: pass")
    learner.run(answer)
    learner.status("^Python has stopped: .*gone")
    context.close()


def test_solutions_run(context, address):
    learner = Learner(context, address, EXERCISES.replace(".html", "_solutions.html"))
    assert "every text is as printed" in learner.status("cells ran|failed|stopped")
    learner.page.close()


RULES = (pages.STRUCTURE, pages.COLOURS_ONLY, pages.SIZES)
LOWEST = """
() => Math.min(...[...document.querySelectorAll(".live-bar button, .live-row button")]
    .filter((one) => one.checkVisibility()).map((one) => one.offsetHeight))
"""
FAULTS = """
async (rules) => {
    const {violations} = await axe.run(document, rules);
    return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html}`));
}
"""


SCREENS = [("a phone", 390, "dark", True, 44), ("a desk", 1280, "light", False, 24)]
# The reader hasn't chosen light or dark, so the screen does; and whether fingers point at it.
SCREEN = "[document.documentElement.dataset.theme, matchMedia('(pointer: coarse)').matches]"


def test_axe_finds_nothing_before_during_and_after(browser, address, axe):
    """On an exercise page with an open answer, an output, an error.

    It is loaded on a phone in the dark, made live on a desk, and run on the phone.
    """
    screens = [*SCREENS]
    phone = {"width": 390, "height": 844}
    context = browser.new_context(viewport=phone, color_scheme="dark", has_touch=True)
    held: list[Any] = []
    context.route(WASM, lambda route: held.append(route))
    learner = Learner(context, address, EXERCISES, press=False)
    page = learner.page
    devtools = context.new_cdp_session(page)
    page.evaluate(axe)
    faults = []

    def look(when: str) -> None:
        for screen, width, scheme, touch, least in screens:
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})
            assert page.evaluate(SCREEN) == ["auto", touch]
            page.evaluate(pages.TWO_FRAMES)  # what scrolls here is found after the first
            found = [page.evaluate(FAULTS, rules) for rules in RULES]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(["wider than the screen"])
            if page.evaluate(LOWEST) < least:
                found.append(["a button is too low"])
            faults.extend(f"{when}, {screen}: {fault}" for fault in itertools.chain(*found))
        screens.reverse()

    page.locator(".live-run:enabled").wait_for()
    page.evaluate(pages.LAY_OUT)
    look("before")
    with page.expect_request(WASM):
        learner.press()
    page.evaluate(pages.THIN_OUT)  # in what is about formulas and printed code it is tested already
    look("during")
    held.pop().continue_()
    learner.status("ready")
    learner.write(learner.cell("def spent(p, q)"), WRONG)
    learner.run(learner.cell("def spent(p, q)"))
    learner.status("minus sign is missing")
    look("after")
    assert faults == []
    context.close()


def test_without_a_script_or_a_server_the_page_says_how_else_to_run_it(browser, address, site):
    for base, scripts in ((address, False), (f"{site.as_uri()}/", True)):
        page = browser.new_context(java_script_enabled=scripts).new_page()
        page.goto(base + CHAPTER)
        assert page.locator(".live-else a").is_visible()
        assert not page.locator(".live-run").is_visible()
        page.context.close()


def test_a_page_that_ran_prints_as_one_that_did_not(exercises):
    page = exercises.page
    page.emulate_media(media="print")
    assert not page.locator(".live-bar, .live-row").first.is_visible()
    assert page.locator(".cm-content").first.is_visible()
    page.emulate_media(media="screen")
