"""Make a notebook that can be graded out of whatever was handed in, and say what was amiss.

Only the learner's answers and additional cells are taken over.  Everything else comes from the
source, so that deleting, doubling or editing a test changes nothing, and is told.
"""

import copy
import json
import re
import warnings

import nbformat
from nbformat import NotebookNode

from tools.exercise_cells import grading, is_answer, is_written, student_version

MAX_BYTES, MAX_CELLS = 20_000_000, 1000  # of a submission that is read
# What could run in the browser of whoever marks: tags and links, as they are or written in
# entities, and the commands that make links, or boxes with a style of their own, in a formula.
LIVE = re.compile(r"<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|\](?=[(:])")
LINK = re.compile(r"\\(?:bbox|href|cssId|class|style|require|mmlToken|csname|html\w*)\b")


def mend(submission: bytes, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The source's notebook with the submission's answers, and what was amiss."""
    flags: list[str] = []
    handed_in = readable(submission, flags)
    released = {cell.id: cell.source for cell in student_version(source).cells}
    known = {cell.id: cell for cell in source.cells}
    graded = [name for name in known if grading(known[name])]
    by_text = {known[name].source.strip(): name for name in known if name not in graded}
    found: dict[str, NotebookNode] = {}
    own: dict[str, list[NotebookNode]] = {name: [] for name in ("", *known)}  # by what is above
    above = ""
    for cell in handed_in:
        text = cell.source.strip()
        names = (grading(cell).get("grade_id"), cell.get("id"), by_text.get(text))
        name = next((str(n) for n in names if str(n) in known), "")  # editors may drop some
        if name and name not in found:
            found[name], above = cell, name
            if name in graded or text == known[name].source.strip():
                continue
        elif name in graded:
            both = "both were run, one after the other" if is_answer(known[name]) else ""
            flags.append(f"{name} is there twice: {both or 'the first was graded'}")
        if name not in graded or is_answer(known[name]):  # a split answer runs as it did
            own[above].append(of_ones_own(cell))
    flags += [f"{n} is missing: it was put back" for n in graded if handed_in and n not in found]
    mended = copy.deepcopy(source)
    mended.cells = own[""]
    for name, cell in known.items():
        mended.cells += [taken_over(cell, found.get(name), released[name], flags), *own[name]]
    for number, cell in enumerate(mended.cells):
        cell.id = cell.id if cell.id in known else f"learners-{number}"
    return mended, flags


def readable(submission: bytes, flags: list[str]) -> list[NotebookNode]:
    """The submission's cells, none when it is no notebook."""
    try:
        if not submission.strip():
            raise ValueError("the file is empty")
        if len(submission) > MAX_BYTES:
            raise ValueError(f"it has {len(submission):,} bytes, at most {MAX_BYTES:,} are read")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an id that is missing or there twice
            cells = nbformat.reads(submission.decode("utf-8-sig"), as_version=4).cells
        if len(cells) > MAX_CELLS:
            raise ValueError(f"it has {len(cells):,} cells, at most {MAX_CELLS:,} are read")
        text = json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace")  # halves of letters
        cells = [nbformat.from_dict(cell) for cell in json.loads(text)]
        if not (cells := [cell for cell in cells if isinstance(cell.source, str)]):
            raise ValueError("it has no cells")
        return cells
    except Exception as error:  # whatever a file can hold
        why = error.__cause__ or error  # what JSON says tells the line
        flags.append(f"not read: {type(why).__name__}: {printable(str(why)[:100])}")
        return []


def printable(text: str) -> str:
    """A text of a learner's, without what could forge a line or move the cursor of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def of_ones_own(cell: NotebookNode) -> NotebookNode:
    """A cell of the learner's own, without any claim on marks."""
    if cell.get("cell_type") == "code":
        return nbformat.v4.new_code_cell(cell.source)  # type: ignore[no-any-return]
    return nbformat.v4.new_markdown_cell(without_scripts(cell.source))  # type: ignore[no-any-return]


def taken_over(
    original: NotebookNode, handed_in: NotebookNode | None, released: str, flags: list[str]
) -> NotebookNode:
    """A cell of the source: with the learner's text where it is an answer."""
    cell = copy.deepcopy(original)
    if is_answer(cell):
        cell.source = handed_in.source if handed_in is not None else ""
        cell.source = without_scripts(cell.source) if is_written(cell) else cell.source
    elif grading(cell) and handed_in is not None and handed_in.source.split() != released.split():
        flags.append(f"{cell.id} was edited: the source's was used")
    return cell


def without_scripts(text: str) -> str:
    """A learner's text in which nothing can run, for the browser of whoever marks it."""
    return LINK.sub(r"\\mathrm", LIVE.sub(r"\g<0> ", text))
