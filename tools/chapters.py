"""Run the chapters and store their outputs: the only way in which chapters are written.

    make chapters                        all of them, as many at a time as there are cores
    make chapters CHAPTER=cross_entropy  one
    make check                           run nothing, only say what the rules refuse

Text outputs are kept, images dropped (a figure leaves its line "<Figure size ...>", which nbval
compares).  A chapter that fails keeps the file it had.  Doing it twice changes nothing.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.chapter_rules import STORED_TYPES, Chapter, broken_rules, tags, unlisted

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
SECONDS = 120  # for one cell
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")  # a front end's
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("mystnb", "nbgrader", "tags")


class ChapterError(Exception):
    """A chapter that could not be run or stored, and why, for the author to read."""


def store(path: Path) -> str:
    """Run one chapter and put its outputs into its file; return what happened in a word."""
    before = path.read_bytes()
    notebook = nbformat.reads(before.decode(), as_version=4)
    normalise(notebook)
    execute(notebook, path)
    normalise(notebook)
    after = as_text(notebook).encode()
    if after == before:
        return "unchanged"
    if path.read_bytes() != before:
        raise ChapterError(f"{path.stem}: was edited while it ran, so nothing is stored; run again")
    replacement = path.with_suffix(".ipynb.new")
    replacement.write_bytes(after)
    os.replace(replacement, path)
    return "stored"


def execute(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Run all cells in a fresh kernel, in the chapter's own folder."""
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    running = [0]
    client.on_cell_start = lambda cell, cell_index: running.__setitem__(0, cell_index)
    try:
        client.execute()
    except CellExecutionError as error:
        what = f"{error.ename}: {error.evalue}\n{last_lines(error.traceback)}"
    except CellTimeoutError:
        what = f"took longer than {SECONDS} s"
    except DeadKernelError:
        what = "the kernel died"
    else:
        return
    cell = notebook.cells[running[0]]
    raise ChapterError(f"{path.stem}, cell {running[0] + 1} ({cell.id}): {what}")


def last_lines(traceback: str, count: int = 15) -> str:
    """The end of a traceback without its colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback).rpartition("-" * 75)[2].strip()
    return "\n".join("    " + line for line in plain.splitlines()[-count:])


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Bring a notebook into the form in which it is stored, in place."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    taken = {cell.get("id") for cell in notebook.cells}
    for cell in notebook.cells:
        if not cell.get("id") or RANDOM_ID.fullmatch(cell.id):
            cell.id = new_id(cell.source, taken)
            taken.add(cell.id)
        cell.source = cell.source.strip("\n")
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        )
        if "hide-input" in tags(cell):
            cell.metadata.jupyter = nbformat.from_dict({"source_hidden": True})  # JupyterLab's fold
        if cell.cell_type == "code":
            cell.outputs = [normal_output(output) for output in cell.outputs if keeps(output)]


def keeps(output: dict[str, Any]) -> bool:
    """Whether anything of an output can be stored as text."""
    return "data" not in output or any(kind in STORED_TYPES for kind in output["data"])


def normal_output(output: dict[str, Any]) -> nbformat.NotebookNode:
    """Leave out an output's images, its metadata, and the machine's paths in a traceback."""
    kept = dict(output)
    if "data" in kept:
        kept["data"] = {kind: data for kind, data in kept["data"].items() if kind in STORED_TYPES}
        kept["metadata"] = {}
    if "traceback" in kept:
        kept["traceback"] = [f"{kept['ename']}: {kept['evalue']}"]
    return nbformat.NotebookNode(kept)


def new_id(source: str, taken: set[str]) -> str:
    """A readable id out of a cell's first words, for a cell that a front end gave a random one."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{[^}]*\}", "", source.lower()))
    stem = "-".join(words[:5])[:40].strip("-") or "cell"
    ident, count = stem, 2
    while ident in taken or RANDOM_ID.fullmatch(ident):
        ident, count = f"{stem}-{count}", count + 1
    return ident


def as_text(notebook: nbformat.NotebookNode) -> str:
    """The file's text."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def is_normal(path: Path) -> bool:
    """Whether a chapter's file is in the form that this command stores."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    normalise(notebook)
    return as_text(notebook) == text


def chosen(names: Sequence[str]) -> list[Path]:
    """The files of the named chapters, or of all."""
    stems = [Path(name).stem for name in names]
    paths = sorted(BOOK.glob("*.ipynb"))
    missing = set(stems) - {path.stem for path in paths}
    if missing:
        known = ", ".join(path.stem for path in paths)
        raise ChapterError(f"no such chapter: {', '.join(sorted(missing))} (there are: {known})")
    return [path for path in paths if path.stem in stems or not stems]


def run(path: Path) -> str | None:
    """Run and store one chapter with a line on the screen; return what went wrong, if anything."""
    start = time.perf_counter()
    print(f"  running    {path.stem}", flush=True)
    try:
        word = store(path)
    except ChapterError as error:
        print(f"  failed     {path.stem}", flush=True)
        return str(error)
    print(f"  {word:10} {path.stem}  ({time.perf_counter() - start:.1f} s)", flush=True)
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="tools.chapters", description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="all when none is named")
    parser.add_argument("--check", action="store_true", help="run nothing, only apply the rules")
    options = parser.parse_args(arguments)
    try:
        paths = chosen(options.chapters)
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    wrong: list[str] = []
    failed: set[Path] = set()
    if not options.check:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for path, message in zip(paths, pool.map(run, paths), strict=True):
                if message:
                    failed.add(path)
                    wrong.append(message)
    elif not options.chapters:
        wrong += unlisted(ROOT)
    for path in (path for path in paths if path not in failed):
        if options.check and not is_normal(path):
            wrong.append(f"{path.stem}: not as `make chapters` stores it")
        wrong += broken_rules(Chapter.read(path))
    for message in wrong:
        print(message, file=sys.stderr)
    print(f"{len(paths)} chapters, {len(wrong) or 'nothing'} to mend")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
