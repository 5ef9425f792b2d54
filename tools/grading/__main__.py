"""Release, collect, grade: the instructor's commands (book/instructor.md is their guide).

    python -m tools.grading release  COURSE CHAPTER           make the learners' notebook
    python -m tools.grading collect  COURSE CHAPTER FOLDER    take in a folder of submissions
    python -m tools.grading grade    COURSE CHAPTER           run and mark them, two at a time
    python -m tools.grading marks    COURSE CHAPTER           write the marks as CSV
    python -m tools.grading feedback COURSE CHAPTER           write each learner's feedback as HTML

COURSE is a folder outside the repository; it is made when it isn't there.
"""

import argparse
import contextlib
import csv
import hashlib
import json
import logging
import multiprocessing
import os
import re
import shutil
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

import nbformat

from tools.exercises import EXERCISES
from tools.grading import running
from tools.grading.mending import printable

try:
    from nbgrader.api import MissingEntry

    from tools.grading import engine
except ModuleNotFoundError as error:
    if error.name != "nbgrader":
        raise
    sys.exit(
        "Grading needs nbgrader, which is not in the lock:\n"
        "    .venv/bin/python -m pip install -c requirements.lock -e '.[grading]'"
    )

RELEASED = "released.json"  # the folder that each chapter was released from
LEARNER = re.compile(r"\w[\w .,'’@()+-]*(?<![ .])")
UNSEEN = re.compile(  # letters and marks that show nothing: two names would look alike
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
SPELLED = "a learner's name has letters, digits, spaces and . , _ @ ' ’ ( ) + - only"


def collect(course: Path, chapter: str, folder: Path) -> None:
    """Copy each learner's notebook into the course, and name every file that is left out."""
    found: dict[str, Path] = {}
    names = (f"{chapter}.ipynb", f"{chapter}_exercises.ipynb")  # the latter is the site's
    for path in sorted(folder.rglob("*"), key=lambda path: (len(path.parts), path)):
        if path.is_dir() and not path.is_symlink():
            continue
        place = path.relative_to(folder)
        alone = len(place.parts) == 1
        learner = normalize("NFC", path.stem if alone else place.parts[0])
        reasons = {
            "it is a link, or no plain file": path.is_symlink() or not path.is_file(),
            "it is not a notebook": path.suffix != ".ipynb",
            f"it lies deeper than <learner>/{chapter}.ipynb": len(place.parts) > 2,
            "whose is it? Call it <learner>.ipynb": alone and path.name in names,
            f"it is not called {chapter}.ipynb": not alone and path.name not in names,
            "its name has an invisible character": UNSEEN.search(learner),
            SPELLED: not LEARNER.fullmatch("".join(c for c in learner if category(c)[0] != "M")),
            "its name is too long": len(os.fsencode(learner)) > 250,
            f"{found.get(learner)} is there too": learner in found,
        }
        why = next((why for why, holds in reasons.items() if holds), "")
        if why:
            print(f"left out: {printable(str(place))} ({why})")
            continue
        found[learner] = place
        target = course / "submitted" / learner / chapter / f"{chapter}.ipynb"
        if target.exists() and digest(target) != digest(path):
            print(f"handed in anew: {learner}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    print(f"Submissions of {chapter} in {course / 'submitted'}: {len(submitted(course, chapter))}")


def digest(path: Path) -> str:
    """What tells one submission from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def submitted(course: Path, chapter: str) -> dict[str, Path]:
    """The submissions of a chapter, learner by learner."""
    paths = sorted((course / "submitted").glob(f"*/{chapter}/{chapter}.ipynb"))
    return {path.parent.parent.name: path for path in paths}


def known(path: Path) -> dict[str, Any]:
    """What a file of ours says; nothing while there is none."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def note(path: Path, facts: dict[str, Any]) -> None:
    """Write such a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts, indent=1, sort_keys=True), encoding="utf-8")


def grade(
    course: Path, chapter: str, source: Path, who: list[str], workers: int, limits: running.Limits
) -> None:
    """Run submissions, a few at a time, and enter their marks one by one."""
    if limits.shut_in and (problem := running.problem()):
        sys.exit(
            f"Nothing was graded: {problem}\n"
            "Submissions that aren't shut in have your own rights: they can read and change your\n"
            "files, the gradebook and one another. To run them all the same, say --no-sandbox."
        )
    work = submitted(course, chapter)
    notebook = nbformat.read(source / chapter / f"{chapter}.ipynb", as_version=4)
    target = course / "reports" / f"{chapter}.json"
    reports = known(target)
    began = time.perf_counter()
    fork = multiprocessing.get_context("fork")  # what was read is not read again
    with engine.gradebook(course) as book:
        if engine.changed_since(book, chapter, notebook):
            sys.exit(f"{chapter} has changed since: release it again")
    with ProcessPoolExecutor(workers, mp_context=fork) as pool:
        jobs = {pool.submit(running.mark_file, work[one], notebook, limits): one for one in who}
        with engine.gradebook(course) as book:  # no process of the pool takes it over
            for number, job in enumerate(as_completed(jobs), 1):
                one = jobs[job]
                try:
                    marked, flags = job.result()
                    graded = course / "autograded" / one / chapter / f"{chapter}.ipynb"
                    engine.enter(book, graded, marked, notebook)
                except Exception as error:  # one submission must not stop the others
                    flags = [f"not graded: {type(error).__name__}: {error}"]
                reports[one] = {"flags": flags, "of": digest(work[one])}
                print(f"{number:4}/{len(who)}  {one:20}  {'; '.join(flags)}".rstrip(), flush=True)
    note(target, reports)
    seconds = time.perf_counter() - began
    odd = sum(bool(reports[one]["flags"]) for one in who)
    print(f"Submissions: {len(who)} in {seconds:.0f} s, {odd} of them with remarks: {target}")


def marks(course: Path, chapter: str) -> None:
    """Write a row a learner: the sum, what is still to be marked by hand, remarks, every cell."""
    reports = known(course / "reports" / f"{chapter}.json")
    target = course / "marks" / f"{chapter}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        engine.gradebook(course) as book,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        cells = [cell.name for cell in book.find_notebook(chapter, chapter).grade_cells]
        heads = ["student", "score", "out of", "to be marked", *cells, "remarks"]
        writer = csv.DictWriter(file, heads, extrasaction="ignore")
        writer.writeheader()
        for student, raw in submitted(course, chapter).items():
            report = reports.get(student, {"flags": ["not graded"]})
            formula = student[0] in "=+-@"  # to a spreadsheet; such a name came by nbgrader
            row: dict[str, Any] = {"student": f"'{student}" if formula else student}
            with contextlib.suppress(MissingEntry):
                entry = book.find_submission_notebook(chapter, chapter, student)
                row |= {grade.name: grade.score for grade in entry.grades}
                row |= {"score": entry.score, "out of": entry.max_score}
                row["to be marked"] = sum(grade.needs_manual_grade for grade in entry.grades)
            remarks = report["flags"]
            if report.get("of", digest(raw)) != digest(raw):
                remarks = ["handed in anew since, and not yet graded", *remarks]
            row["remarks"] = "; ".join(remarks)
            writer.writerow(row)
    print(f"{len(submitted(course, chapter))} rows: {target}")


def feedback(course: Path, chapter: str, source: Path, who: list[str]) -> bool:
    """Write learners' notebooks with marks and comments, without hidden tests; what failed."""
    api, failed = engine.engine(course, source), False
    for student in who:
        result = api.generate_feedback(chapter, student, force=True)
        page = course / "feedback" / student / chapter / f"{chapter}.html"
        why = (result.get("log") or result.get("error") or "").strip().rpartition("\n")[2]
        said = f"FAILED  {page}\n        {why.strip()} (is it graded?)"
        print(f"written {page}" if result["success"] else said)
        failed |= not result["success"]
    return failed


def folder(text: str) -> Path:
    """A folder that the command line names."""
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path}")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        prog="tools.grading", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = {}
    for command in ("release", "collect", "grade", "marks", "feedback"):
        add[command] = commands.add_parser(command).add_argument
        add[command]("course", type=Path, metavar="COURSE")
        add[command]("chapter", metavar="CHAPTER")
    add["release"]("--overlay", type=folder, help="private sources, laid out as exercises/")
    add["collect"]("folder", type=folder, metavar="FOLDER")
    for command in ("grade", "feedback"):
        add[command]("--only", action="append", metavar="LEARNER", help="leave the others alone")
    two = min(2, os.cpu_count() or 1)
    add["grade"]("--workers", type=int, default=two, help="how many run at a time")
    seconds = running.Limits.timeout
    add["grade"]("--timeout", type=float, default=seconds, help="seconds per cell or test")
    add["grade"]("--no-sandbox", action="store_true", help="run them with your own rights")
    options = parser.parse_args(arguments)
    # nbgrader calls alembic by its name, which stands beside this Python.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    logging.getLogger("alembic").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", r"Object of type <\w+> not in session")  # nbgrader's own
    course, chapter = options.course.resolve(), options.chapter
    released = known(course / RELEASED)
    if options.command == "release":
        folders = [one for one in (options.overlay, EXERCISES) if one]
    elif chapter in released:
        folders = [Path(released[chapter])]
    else:
        parser.error(f"{chapter} was not released in {course}: release it first")
    source = next((one for one in folders if (one / chapter / f"{chapter}.ipynb").is_file()), None)
    if source is None:
        parser.error(f"there are no exercises {chapter} in {' or '.join(map(str, folders))}")
    everybody = list(submitted(course, chapter))
    only = getattr(options, "only", None)
    if unknown := set(only or ()) - {*everybody}:
        parser.error(f"no submission of {', '.join(sorted(unknown))}")
    if options.command == "release":
        engine.release(course, source, chapter)
        note(course / RELEASED, released | {chapter: str(source)})
        print(f"The learners' notebook: {course / 'release' / chapter / f'{chapter}.ipynb'}")
    elif options.command == "collect":
        collect(course, chapter, options.folder)
    elif not everybody:
        parser.error(f"no submission of {chapter} is in {course / 'submitted'}: collect them first")
    elif options.command == "grade":
        limits = running.Limits(options.timeout, shut_in=not options.no_sandbox)
        grade(course, chapter, source, only or everybody, options.workers, limits)
    elif options.command == "marks":
        marks(course, chapter)
    elif feedback(course, chapter, source, only or everybody):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
