"""Pages that run, in Firefox: not among the tests, as only Debian's Firefox is asked, and by a way
that Playwright calls experimental. Run it after a change of website/live:

    pytest -n 0 tests/live_firefox.py

Needs Debian's ``firefox-esr``, and what tests/test_live.py needs.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest

from tests.test_live import CHAPTER, EXERCISES, RIGHT, WRONG, Learner, address

__all__ = ["address"]  # a fixture
# Firefox doesn't know the command by which Playwright sets light or dark: it gets a harmless one.
HARMLESS = """
const stringify = JSON.stringify;
JSON.stringify = (order, ...rest) => stringify(
  order?.method === "emulation.setMediaFeaturesOverride"
    ? {...order, method: "session.status", params: {}} : order, ...rest);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where Firefox puts what is downloaded."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def context(folder) -> Iterator:
    if not (firefox := shutil.which("firefox-esr")):
        pytest.skip("needs Firefox (Debian: apt-get install firefox-esr)")
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_OPTIONS", f"--import data:text/javascript,{quote(HARMLESS)}")
        with playwright() as driver:
            how = {"channel": "moz-firefox", "executable_path": firefox}
            with driver.firefox.launch(**how, downloads_path=folder) as browser:
                yield browser.new_context(accept_downloads=True)


def test_a_chapter_runs_as_printed_and_stops(context, address):
    learner = Learner(context, address, CHAPTER)
    words = learner.status("cells ran|failed|stopped")
    assert "every text is as printed, and so is the number of pictures, 9" in words
    cell = learner.cell('classes = ["cat", "car", "frog"]')
    learner.write(cell, "while True:\n    pass")
    cell.get_by_role("button", name="Run").click()
    learner.page.get_by_role("button", name="Stop", exact=True).click()
    learner.status("^Stopped")
    cell.get_by_role("button", name="Undo my change").click()
    learner.run(cell)
    learner.page.close()


def test_an_answer_is_checked_kept_and_taken_away(context, address, folder):
    learner = Learner(context, address, EXERCISES)
    learner.status("ready|failed|stopped")
    answer = learner.cell("def spent(p, q)")
    learner.write(answer, WRONG)
    learner.run(answer)
    learner.status("the minus sign is missing")
    learner.write(answer, RIGHT)
    learner.run(answer)
    learner.status("all 2 checks say ✓")
    learner.page.reload()
    learner.press()
    learner.status("ready|failed|stopped")
    learner.page.get_by_role("button", name="Download my work").click()
    path, until = folder / "cross_entropy_exercises.ipynb", time.monotonic() + 30
    while not (path.exists() and path.stat().st_size) and time.monotonic() < until:
        learner.page.wait_for_timeout(100)  # Playwright isn't told
    sources = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    # Text put in by Playwright in place of all comes with an empty line before it.
    assert sources["cross-entropy-q1"].strip() == RIGHT.strip()
    learner.page.close()
