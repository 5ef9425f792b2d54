"""Release, collect, grade: the instructor's commands (book/instructor.md is their guide).

    python -m tools.grading release  COURSE CHAPTER           make the learners' notebook
    python -m tools.grading collect  COURSE CHAPTER FOLDER    take in a folder of submissions
    python -m tools.grading grade    COURSE CHAPTER           run and mark them, two at a time
    python -m tools.grading marks    COURSE CHAPTER           write the marks as CSV
    python -m tools.grading feedback COURSE CHAPTER           write each learner's feedback as HTML

COURSE is a folder outside the repository; it is made when it isn't there.
"""

import argparse
import csv
import hashlib
import importlib.util
import json
import logging
import multiprocessing
import os
import re
import shutil
import sys
import time
import unicodedata
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import nbformat

from tools.exercises import EXERCISES
from tools.grading import running

# It takes seconds to read, and the processes that run submissions do without: so only where needed.
if importlib.util.find_spec("nbgrader") is None:
    sys.exit(
        "Grading needs nbgrader, which is not in the lock:\n"
        "    .venv/bin/python -m pip install -c requirements.lock -e '.[grading]'"
    )

LEARNER = re.compile(r"\w[\w .,'@()+-]{0,99}(?<![ .])")


def collect(course: Path, chapter: str, folder: Path) -> int:
    """Copy each learner's notebook into the course, and name every file that is left out."""
    found: dict[str, Path] = {}
    names = (f"{chapter}.ipynb", f"{chapter}_exercises.ipynb")  # the latter is the site's
    for top, folders, files in os.walk(folder):
        links = [name for name in folders if Path(top, name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links))
        for path in sorted(Path(top, name) for name in [*files, *links]):
            place = path.relative_to(folder)
            alone = len(place.parts) == 1
            learner = unicodedata.normalize("NFC", path.stem if alone else place.parts[0])
            why = ""
            if path.is_symlink() or not path.is_file():
                why = "it is a link, or no plain file"
            elif path.suffix != ".ipynb":
                why = "it is not a notebook"
            elif len(place.parts) > 2:
                why = f"it lies deeper than <learner>/{chapter}.ipynb"
            elif alone and path.name in names:
                why = "whose is it? Call it <learner>.ipynb"
            elif not alone and path.name not in names:
                why = f"it is not called {chapter}.ipynb"
            elif not LEARNER.fullmatch(learner):
                why = "a learner's name has letters, digits, spaces and . , _ @ ' ( ) + - only"
            elif learner in found:
                why = f"{found[learner].relative_to(folder)} is there too"
            if why:
                print(f"left out: {place} ({why})")
            else:
                found[learner] = path
    for learner, path in sorted(found.items()):
        target = course / "submitted" / learner / chapter / f"{chapter}.ipynb"
        if target.exists() and digest(target) != digest(path):
            print(f"handed in anew: {learner}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    print(f"{len(submitted(course, chapter))} submissions of {chapter} in {course / 'submitted'}")
    return 0


def digest(path: Path) -> str:
    """What tells one submission from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def submitted(course: Path, chapter: str) -> dict[str, Path]:
    """The submissions of a chapter, learner by learner."""
    paths = sorted((course / "submitted").glob(f"*/{chapter}/{chapter}.ipynb"))
    return {path.parent.parent.name: path for path in paths}


def grade(
    course: Path,
    chapter: str,
    source: Path,
    workers: int,
    limits: running.Limits,
    only: Sequence[str] = (),
) -> int:
    """Run all submissions, a few at a time, and enter their marks one by one."""
    if limits.shut_in and (problem := running.problem()):
        print(
            f"Nothing was graded: {problem}\n"
            "Submissions are shut in, because else they have your own rights: they can read and\n"
            "change your files, the gradebook and one another. To run them so all the same, say\n"
            "--no-sandbox.",
            file=sys.stderr,
        )
        return 1
    work = {who: raw for who, raw in submitted(course, chapter).items() if who in only or not only}
    notebook = nbformat.read(source / chapter / f"{chapter}.ipynb", as_version=4)
    target = course / "reports" / f"{chapter}.json"
    target.parent.mkdir(exist_ok=True)
    reports: dict[str, Any] = json.loads(target.read_text("utf-8")) if target.exists() else {}
    began = time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        jobs = {
            pool.submit(running.mark_file, raw, notebook, limits): who for who, raw in work.items()
        }
        from tools.grading import engine  # the first submissions run while it is read

        with engine.gradebook(course) as book:
            if engine.changed_since(book, chapter, notebook):
                pool.shutdown(cancel_futures=True)
                print(f"{chapter} has changed since: release it again", file=sys.stderr)
                return 1
            for number, job in enumerate(as_completed(jobs), 1):
                who = jobs[job]
                try:
                    text, flags, seconds = job.result()
                    marked = nbformat.reads(text, as_version=4)
                    marked = engine.with_rubrics(marked, notebook)
                    engine.enter(book, course, chapter, who, marked)
                except Exception as error:  # one submission must not stop the others
                    flags, seconds = [f"not graded: {type(error).__name__}: {error}"], 0.0
                handed_in = digest(work[who])
                reports[who] = {"seconds": round(seconds, 2), "flags": flags, "of": handed_in}
                aside = f"  {flags[0]}" if flags else ""
                more = f" (and {len(flags) - 1} more)" if len(flags) > 1 else ""
                print(f"{number:4}/{len(work)}  {who:20} {seconds:5.1f} s{aside}{more}", flush=True)
    target.write_text(json.dumps(reports, indent=1, sort_keys=True), encoding="utf-8")
    seconds = time.perf_counter() - began
    odd = sum(bool(reports[who]["flags"]) for who in work)
    each = seconds / max(len(work), 1)
    print(f"{len(work)} submissions in {seconds:.0f} s, {each:.2f} s each; {odd} with remarks")
    print(f"What each did: {target}")
    return 0


def marks(course: Path, chapter: str) -> int:
    """Write a row a learner: the sum, what is still to be marked by hand, remarks, every cell."""
    from nbgrader.api import MissingEntry

    from tools.grading import engine

    path = course / "reports" / f"{chapter}.json"
    reports = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    target = course / "marks" / f"{chapter}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    with engine.gradebook(course) as book:
        cells = [cell.name for cell in book.find_notebook(chapter, chapter).grade_cells]
        for student, raw in submitted(course, chapter).items():
            report = reports.get(student, {})
            try:
                entry = book.find_submission_notebook(chapter, chapter, student)
            except MissingEntry:
                row = {"student": student, "remarks": "not graded"}
            else:
                points = {grade.name: grade.score for grade in entry.grades}
                row = {
                    "student": student,
                    "score": entry.score,
                    "out of": entry.max_score,
                    "to be marked": sum(grade.needs_manual_grade for grade in entry.grades),
                    **points,
                }
                remarks = report.get("flags", [])
                if report.get("of", digest(raw)) != digest(raw):
                    remarks = ["handed in anew since, and not yet graded", *remarks]
                row["remarks"] = "; ".join(remarks)
            rows.append(row)
    heads = ["student", "score", "out of", "to be marked", *cells, "remarks"]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads)
        writer.writeheader()
        writer.writerows({name: safe(row.get(name, "")) for name in heads} for row in rows)
    print(f"{len(rows)} rows: {target}")
    return 0


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value else value


def feedback(course: Path, chapter: str, source: Path, only: Sequence[str] = ()) -> int:
    """Write each learner's notebook with marks and comments, without the hidden tests."""
    from tools.grading import engine

    api, failed = engine.engine(course, source), 0
    for student in only or submitted(course, chapter):
        result = api.generate_feedback(chapter, student, force=True)
        failed += not result["success"]
        lines = (result.get("log") or result.get("error") or "it is not graded").splitlines()
        word = "written" if result["success"] else "FAILED "
        print(f"{word} {course / 'feedback' / student / chapter / f'{chapter}.html'}")
        if not result["success"]:
            print(f"        {lines[-1].strip()} (is it graded?)")
    return bool(failed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        prog="tools.grading", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=("release", "collect", "grade", "marks", "feedback"))
    parser.add_argument("course", type=Path, metavar="COURSE")
    parser.add_argument("chapter", metavar="CHAPTER")
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--overlay", type=Path, help="private sources, laid out as exercises/")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument(
        "--only", action="append", metavar="LEARNER", help="grade or write to these alone"
    )
    usual = running.Limits()
    parser.add_argument(
        "--timeout", type=float, default=usual.timeout, help="seconds for a cell or a test"
    )
    parser.add_argument("--total", type=float, default=usual.total, help="seconds for a submission")
    parser.add_argument(
        "--no-sandbox", action="store_true", help="run submissions with your own rights"
    )
    options = parser.parse_args(arguments)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    logging.getLogger("alembic").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", r"Object of type <\w+> not in session")  # nbgrader's own
    course, chapter = options.course.resolve(), options.chapter
    try:
        source = source_folder(chapter, options.overlay)
        if options.command != "release":
            as_released(course, chapter, source)
    except FileNotFoundError as error:
        parser.error(str(error))
    if unknown := set(options.only or ()) - submitted(course, chapter).keys():
        parser.error(f"no submission of {', '.join(sorted(unknown))}")
    if options.command == "release":
        from tools.grading import engine

        if said := engine.release(course, source, chapter):
            print(said, file=sys.stderr)
            return 1
        print(f"The learners' notebook: {course / 'release' / chapter / f'{chapter}.ipynb'}")
        return 0
    if options.command == "collect":
        if options.folder is None or not options.folder.is_dir():
            parser.error("collect needs the FOLDER of the submissions")
        return collect(course, chapter, options.folder)
    if options.command == "grade":
        limits = running.Limits(options.timeout, options.total, not options.no_sandbox)
        return grade(course, chapter, source, options.workers, limits, options.only or ())
    if options.command == "feedback":
        return feedback(course, chapter, source, options.only or ())
    return marks(course, chapter)


def source_folder(chapter: str, overlay: Path | None) -> Path:
    """Where a chapter's source is: in the private overlay if it is there, else in the book."""
    if overlay and not overlay.is_dir():
        raise FileNotFoundError(f"--overlay: there is no folder {overlay.resolve()}")
    for folder in (overlay, EXERCISES):
        if folder and (folder / chapter / f"{chapter}.ipynb").is_file():
            return folder.resolve()
    raise FileNotFoundError(f"there are no exercises called {chapter}")


def as_released(course: Path, chapter: str, source: Path) -> None:
    """Refuse to go on with other exercises than those that the learners have."""
    path = course / "released.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if chapter not in known:
        raise FileNotFoundError(f"{chapter} was not released in {course}: release it first")
    if Path(known[chapter]) != source:
        words = "leave --overlay out" if Path(known[chapter]) == EXERCISES else "say --overlay"
        raise FileNotFoundError(
            f"{chapter} was released from {known[chapter]}, not from {source}: {words}"
            + (f" {known[chapter]}" if words == "say --overlay" else "")
        )


if __name__ == "__main__":
    sys.exit(main())
