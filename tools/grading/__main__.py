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

try:
    import nbgrader  # noqa: F401
except ModuleNotFoundError:
    sys.exit(
        "Grading needs nbgrader, which is not in the lock:\n"
        "    .venv/bin/python -m pip install -c requirements.lock -e '.[grading]'"
    )

from tools.grading import running
from tools.grading.engine import engine, source_folder, write_settings
from tools.grading.sandbox import has_bubblewrap

STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


def release(course: Path, chapter: str, source: Path) -> int:
    """Make the learners' notebook with nbgrader, and enter its cells into the gradebook."""
    course.mkdir(parents=True, exist_ok=True)
    write_settings(course, source)
    result = engine(course, source).generate_assignment(chapter, force=True, create=True)
    if not result["success"]:
        print(result.get("log") or result.get("error"), file=sys.stderr)
        return 1
    print(f"The learners' notebook: {course / 'release' / chapter / f'{chapter}.ipynb'}")
    return 0


def collect(course: Path, chapter: str, folder: Path) -> int:
    """Copy FOLDER/<learner>.ipynb and FOLDER/<learner>/<chapter>.ipynb into the course."""
    alone = {path.stem: path for path in folder.glob("*.ipynb")}
    in_folders = {path.parent.name: path for path in folder.glob(f"*/{chapter}.ipynb")}
    found = alone | in_folders
    for student in sorted(alone.keys() & in_folders.keys()):
        print(f"{student} is there twice: {student}/{chapter}.ipynb was taken")
    for path in sorted(folder.glob("*/*.ipynb")):
        if path.parent.name not in found:
            print(f"left out: {path.parent.name}/{path.name} (it is not called {chapter}.ipynb)")
    for student, path in sorted(found.items()):
        if not STUDENT.fullmatch(student) or path.is_symlink() or not path.is_file():
            print(f"left out: {path.name} of {student!r} (no plain file, or no plain name)")
            continue
        target = course / "submitted" / student / chapter / f"{chapter}.ipynb"
        if target.exists() and digest(target) != digest(path):
            print(f"handed in anew: {student}")
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
    limits: dict[str, Any],
    only: Sequence[str] = (),
) -> int:
    """Run all submissions, a few at a time, then let nbgrader mark them one by one."""
    work = submitted(course, chapter)
    if only:
        work = {student: raw for student, raw in work.items() if student in only}
    if not has_bubblewrap():
        print(
            "WARNING: bubblewrap is not installed. Submissions run with your own rights: they\n"
            "can read and change your files, the gradebook and one another\n"
            "(apt-get install bubblewrap)."
        )
    path = source / chapter / f"{chapter}.ipynb"
    target = course / "reports" / f"{chapter}.json"
    target.parent.mkdir(exist_ok=True)
    reports: dict[str, Any] = json.loads(target.read_text("utf-8")) if target.exists() else {}
    began = time.perf_counter()
    api = engine(course, source)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        jobs = {
            pool.submit(running.run_file, raw, path, course, student, limits): student
            for student, raw in work.items()
        }
        for number, job in enumerate(as_completed(jobs), 1):
            student = jobs[job]
            try:
                flags, seconds = job.result()
                flags += marked(api, chapter, student)
            except Exception as error:  # one submission must not stop the others
                flags, seconds = [f"not graded: {type(error).__name__}: {error}"], 0.0
            handed_in = digest(work[student])
            reports[student] = {"seconds": round(seconds, 2), "flags": flags, "of": handed_in}
            aside = f"  {flags[0]}" if flags else ""
            more = f" (and {len(flags) - 1} more)" if len(flags) > 1 else ""
            print(f"{number:4}/{len(work)}  {student:20} {seconds:5.1f} s{aside}{more}", flush=True)
    target.write_text(json.dumps(reports, indent=1, sort_keys=True), encoding="utf-8")
    seconds = time.perf_counter() - began
    odd = sum(bool(reports[student]["flags"]) for student in work)
    each = seconds / max(len(work), 1)
    print(f"{len(work)} submissions in {seconds:.0f} s, {each:.2f} s each; {odd} with remarks")
    print(f"What each did: {target}")
    return 0


def marked(api: Any, chapter: str, student: str) -> list[str]:
    """Have nbgrader mark a submission that was run; what went wrong, if anything."""
    result = api.autograde(chapter, student, force=True, create=True)
    if result["success"]:
        return []
    lines = (result.get("log") or result.get("error") or "").strip().splitlines()
    return [f"not marked: {lines[-1] if lines else 'unknown'}"]


def marks(course: Path, chapter: str, source: Path) -> int:
    """Write a row a learner: the sum, what is still to be marked by hand, remarks, every cell."""
    from nbgrader.api import Gradebook, MissingEntry

    try:
        text = (course / "reports" / f"{chapter}.json").read_text(encoding="utf-8")
        reports = json.loads(text)
    except FileNotFoundError:
        reports = {}
    target = course / "marks" / f"{chapter}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
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
    api, failed = engine(course, source), 0
    for student in only or submitted(course, chapter):
        result = api.generate_feedback(chapter, student, force=True)
        failed += not result["success"]
        word = "written" if result["success"] else "FAILED"
        print(f"{word:8} {course / 'feedback' / student / chapter / f'{chapter}.html'}")
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
    parser.add_argument("--timeout", type=int, default=20, help="seconds for a cell")
    parser.add_argument("--total", type=float, default=120, help="seconds for a submission")
    options = parser.parse_args(arguments)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    logging.getLogger("alembic").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", r"Object of type <\w+> not in session")  # nbgrader's own
    course, chapter = options.course.resolve(), options.chapter
    try:
        source = source_folder(chapter, options.overlay)
    except FileNotFoundError as error:
        parser.error(str(error))
    if options.command != "release" and not (course / "release" / chapter).is_dir():
        parser.error(f"{chapter} was not released in {course}: release it first")
    if unknown := set(options.only or ()) - submitted(course, chapter).keys():
        parser.error(f"no submission of {', '.join(sorted(unknown))}")
    if options.command == "collect":
        if options.folder is None or not options.folder.is_dir():
            parser.error("collect needs the FOLDER of the submissions")
        return collect(course, chapter, options.folder)
    if options.command == "grade":
        limits = {"timeout": options.timeout, "total": options.total}
        return grade(course, chapter, source, options.workers, limits, options.only)
    if options.command == "feedback":
        return feedback(course, chapter, source, options.only)
    commands = {"release": release, "marks": marks}
    return commands[options.command](course, chapter, source)


if __name__ == "__main__":
    sys.exit(main())
