"""What a chapter must keep, rule by rule; read by the tests and by `make chapters`.

A rule is a function from a `Chapter` to the sentences that say what is wrong and where.
Rules read the stored notebook and run nothing: that its outputs are true is for nbval to see.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from tools import prose

VISIBLE_LINES = 15
VISIBLE_COLUMNS = 82  # what a page shows beside its contents without scrolling
FIGURE_LINES = 10  # a figure's code over this is folded
FOLDED_LINES = 60
STORED_TYPES = ("text/plain", "text/html", "text/latex", "text/markdown")
HIDING_TAGS = ("hide-cell", "hide-output", "remove-cell", "remove-input", "remove-output")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")

Found = Iterator[str]


@dataclass(frozen=True)
class Cell:
    """One cell as it is stored."""

    number: int  # as a reader counts, from 1
    raw: dict[str, Any]

    @property
    def source(self) -> str:
        source = self.raw["source"]
        return source if isinstance(source, str) else "".join(source)

    @property
    def is_code(self) -> bool:
        return bool(self.raw["cell_type"] == "code")

    @property
    def is_markdown(self) -> bool:
        return bool(self.raw["cell_type"] == "markdown")

    @property
    def outputs(self) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = self.raw.get("outputs", [])
        return outputs

    @property
    def tags(self) -> list[str]:
        tags: list[str] = self.raw["metadata"].get("tags", [])
        return tags

    @property
    def tree(self) -> ast.Module | None:
        """The syntax tree of a code cell, nothing when it is not plain Python."""
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return None

    @property
    def figures(self) -> int:
        """How many figures the cell's outputs hold."""
        return sum("<Figure size" in text for text in self.texts())

    def figure_text(self, part: str, key: str) -> str:
        """The figure's alt text, name or caption out of the cell's metadata."""
        return str(self.raw["metadata"].get("mystnb", {}).get(part, {}).get(key, "")).strip()

    def texts(self) -> Iterator[str]:
        """What the cell printed, showed or raised, as text."""
        for output in self.outputs:
            yield joined(output.get("text", ""))
            yield str(output.get("evalue", ""))
            for kind, data in output.get("data", {}).items():
                if kind in STORED_TYPES:
                    text = joined(data)
                    yield re.sub(r"<[^>]*>", " ", text) if kind == "text/html" else text


@dataclass(frozen=True)
class Chapter:
    """A notebook as it is stored, before any tool mends it."""

    name: str
    raw: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Chapter":
        return cls(path.stem, json.loads(path.read_text(encoding="utf-8")))

    @property
    def cells(self) -> list[Cell]:
        return [Cell(number, raw) for number, raw in enumerate(self.raw["cells"], 1)]

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_markdown]

    def where(self, cell: Cell) -> str:
        return f"{self.name}, cell {cell.number} ({cell.raw.get('id', 'without id')})"


def joined(text: str | list[str]) -> str:
    """Text that a notebook may store as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


# The notebook as a file


def has_a_kernel(chapter: Chapter) -> Found:
    """Name the kernel by which everything else can run the chapter."""
    kernel = chapter.raw.get("metadata", {}).get("kernelspec", {})
    if (kernel.get("name"), kernel.get("language")) != ("python3", "python"):
        yield f"{chapter.name}: its kernelspec must be python3 (language python), got {kernel}"


def has_stable_ids(chapter: Chapter) -> Found:
    """Give each cell an id that says what it is and stays, so that a change is a short diff."""
    seen: set[str] = set()
    for cell in chapter.cells:
        ident = cell.raw.get("id")
        if not ident:
            yield f"{chapter.where(cell)}: has no id"
        elif RANDOM_ID.fullmatch(ident):
            yield f"{chapter.where(cell)}: its id is a random one"
        elif ident in seen:
            yield f"{chapter.where(cell)}: its id is used twice"
        seen.add(ident or "")


def opens_with_its_title(chapter: Chapter) -> Found:
    """Begin with the one top heading."""
    titles = [
        cell
        for cell in chapter.markdown
        for _ in re.finditer(r"^# ", prose.without_code(cell.source), re.M)
    ]
    if len(titles) != 1 or titles[0].number != 1:
        yield f"{chapter.name}: must open with its title, its only heading of the first level"


# What was run and stored


def was_run_in_order(chapter: Chapter) -> Found:
    """Count 1..n: a cell that was never run passes nbval silently."""
    for expected, cell in enumerate(chapter.code, 1):
        count = cell.raw.get("execution_count")
        if count != expected:
            yield f"{chapter.where(cell)}: execution count must be {expected}, got {count}"
        if not cell.source.strip():
            yield f"{chapter.where(cell)}: is empty"


def stores_text_only(chapter: Chapter) -> Found:
    """Keep images and widgets out of the repository."""
    for cell in chapter.code:
        for output in cell.outputs:
            for kind in output.get("data", {}):
                if kind not in STORED_TYPES:
                    yield f"{chapter.where(cell)}: stores an output of type {kind}"
        if cell.raw.get("attachments"):
            yield f"{chapter.where(cell)}: has attachments"


def is_silent_on_stderr(chapter: Chapter) -> Found:
    """Show warnings nowhere: what goes wrong is shown by an exception or a printed value."""
    for cell in chapter.code:
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield f"{chapter.where(cell)}: wrote to stderr: {joined(output['text']).strip()!r}"


def is_compared_everywhere(chapter: Chapter) -> Found:
    """Switch nbval off nowhere, and show nothing that changes from run to run."""
    for cell in chapter.code:
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source):
            yield f"{chapter.where(cell)}: a comment switches nbval off"
        for tag in cell.tags:
            if tag.startswith("nbval") or tag == "skip-execution":
                yield f"{chapter.where(cell)}: the tag {tag} switches the comparison off"
        if any(re.search(r" at 0x[0-9a-f]{6,}", text) for text in cell.texts()):
            yield f"{chapter.where(cell)}: shows a memory address, which is another one next time"


# The code


def imports_the_package(chapter: Chapter) -> Found:
    """Use coursecode, seen in the syntax tree and not in a comment."""
    for cell in chapter.code:
        for node in ast.walk(cell.tree or ast.Module([], [])):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if any(name.split(".")[0] == "coursecode" for name in names):
                return
    yield f"{chapter.name}: does not import coursecode"


def is_plain_python(chapter: Chapter) -> Found:
    """Do without magics and shell commands, which only some front ends know."""
    for cell in chapter.code:
        if cell.tree is None:
            yield f"{chapter.where(cell)}: is not plain Python"


def has_short_cells(chapter: Chapter) -> Found:
    """Show code in pieces that a reader takes in at once."""
    for cell in chapter.code:
        lines = len(cell.source.splitlines())
        folded = "hide-input" in cell.tags
        limit = FOLDED_LINES if folded else VISIBLE_LINES
        if lines > limit:
            kind = "folded" if folded else "visible"
            yield f"{chapter.where(cell)}: {lines} lines of {kind} code, at most {limit}"


def has_short_lines(chapter: Chapter) -> Found:
    """Show code whole: no visible line is wider than the page."""
    for cell in chapter.code:
        for line in cell.source.splitlines() if "hide-input" not in cell.tags else ():
            if len(line) > VISIBLE_COLUMNS:
                where = chapter.where(cell)
                yield f"{where}: a line of {len(line)} characters, at most {VISIBLE_COLUMNS}"


def hides_only_figure_code(chapter: Chapter) -> Found:
    """Hide nothing mathematical: what is folded draws a figure, and long drawing code is folded."""
    for cell in chapter.code:
        lines = len(cell.source.splitlines())
        for tag in cell.tags:
            if tag in HIDING_TAGS:
                yield f"{chapter.where(cell)}: the tag {tag} hides what the reader should see"
        if "hide-input" in cell.tags and not draws(cell):
            yield f"{chapter.where(cell)}: folded, but draws no figure"
        if draws(cell) and lines > FIGURE_LINES and "hide-input" not in cell.tags:
            yield f"{chapter.where(cell)}: {lines} lines of drawing code, to be folded (hide-input)"


# Figures


def draws(cell: Cell) -> bool:
    """Whether a cell makes a figure, or means to."""
    shown = any(is_show(node) for node in ast.walk(cell.tree or ast.Module([], [])))
    return shown or bool(cell.figures) or "mystnb" in cell.raw["metadata"]


def is_show(node: ast.AST) -> bool:
    """Whether a node of the syntax tree is the call or statement `plt.show()`."""
    call = node.value if isinstance(node, ast.Expr) else node
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "plt.show"


def describes_its_figures(chapter: Chapter) -> Found:
    """Give each figure a name to refer to, a caption to read and a text for who can't see it."""
    names: set[str] = set()
    for cell in filter(draws, chapter.code):
        where = chapter.where(cell)
        alt, caption = cell.figure_text("image", "alt"), cell.figure_text("figure", "caption")
        name = cell.figure_text("figure", "name")
        if len(alt.split()) < 5:
            yield f"{where}: the figure's alt text must say what it shows, got {alt!r}"
        if len(caption.split()) < 5:
            yield f"{where}: the figure's caption must say what to see, got {caption!r}"
        if alt and alt == caption:
            yield f"{where}: the figure's alt text repeats its caption"
        if not name.startswith("fig-") or name in names:
            yield f"{where}: the figure's name must be a new one like fig-this, got {name!r}"
        names.add(name)


def ends_figures_with_show(chapter: Chapter) -> Found:
    """Draw one figure a cell, and close it by plt.show(), which leaves no stray output."""
    for cell in filter(draws, chapter.code):
        body = cell.tree.body if cell.tree else []
        if not body or not is_show(body[-1]):
            yield f"{chapter.where(cell)}: a figure cell must end with plt.show()"
        if cell.figures > 1:
            yield f"{chapter.where(cell)}: draws {cell.figures} figures, must draw one"


# The prose


def states_its_reading_time(chapter: Chapter) -> Found:
    """State a time that a reader can trust, to a quarter."""
    stated = next(
        (m for c in chapter.markdown if (m := re.search(r"about (\d+) minutes", c.source))), None
    )
    honest = reading_minutes(chapter)
    if stated is None:
        yield f"{chapter.name}: states no reading time; about {honest:.0f} minutes would be right"
    elif abs(int(stated[1]) - honest) > 0.25 * honest:
        yield f"{chapter.name}: states {stated[1]} minutes of reading, the estimate is {honest:.0f}"


def reading_minutes(chapter: Chapter) -> float:
    """How long a careful reader needs.

    200 words a minute; 15 s for a displayed formula, 2 s for one in the line; 3 s for a visible
    line of code; 20 s for a figure.
    """
    text = "\n".join(cell.source for cell in chapter.markdown)
    shown = [cell for cell in chapter.code if "hide-input" not in cell.tags]
    lines = sum(bool(line.strip()) for cell in shown for line in cell.source.splitlines())
    figures = sum(draws(cell) for cell in chapter.code)
    displayed, inline, words = prose.measure(text)
    return words / 200 + (15 * displayed + 2 * inline + 3 * lines + 20 * figures) / 60


def types_no_result_in(chapter: Chapter) -> Found:
    """Let each number in the prose stand in an output, where nbval compares it, or in the code.

    Numbers with two significant digits or more after the point are looked up, and whole numbers
    of six digits and more that are not round.
    """
    known = {number for cell in chapter.code for number in stored_numbers(cell)}
    known |= {abs(number) for number in known}
    for cell in chapter.cells:
        texts = [cell.source] if cell.is_markdown else []
        texts += [cell.figure_text("image", "alt"), cell.figure_text("figure", "caption")]
        stated = {written: value for text in texts for written, value in prose.numbers(text)}
        for written, value in stated.items():
            if value not in known:
                yield f"{chapter.where(cell)}: {written} is in no output and no code of it"


def stored_numbers(cell: Cell) -> Iterator[Decimal]:
    """All numbers in a cell's outputs, and the constants of its code (not comments, not text)."""
    for text in cell.texts():
        yield from prose.printed_numbers(text)
    for node in ast.walk(cell.tree or ast.Module([], [])):
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield sign * Decimal(repr(node.value))


RULES: tuple[Callable[[Chapter], Found], ...] = (
    has_a_kernel,
    has_stable_ids,
    opens_with_its_title,
    was_run_in_order,
    stores_text_only,
    is_silent_on_stderr,
    is_compared_everywhere,
    imports_the_package,
    is_plain_python,
    has_short_cells,
    has_short_lines,
    hides_only_figure_code,
    describes_its_figures,
    ends_figures_with_show,
    states_its_reading_time,
    types_no_result_in,
)


def broken_rules(chapter: Chapter) -> list[str]:
    """Everything that is wrong with a chapter."""
    return [message for rule in RULES for message in rule(chapter)]


def unlisted(root: Path) -> list[str]:
    """Chapters that `_toc.yml` leaves out, and pages it names that aren't there."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    listed = set(files_in(toc))
    pages = {
        path.relative_to(root).with_suffix("").as_posix()
        for pattern in ("*.ipynb", "*.md")
        for path in (root / "book").rglob(pattern)
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    }
    made = {  # by the build, from the exercises' sources
        f"exercises/pages/{path.stem}{which}"
        for path in (root / "exercises").glob("*/*.ipynb")
        if path.stem == path.parent.name
        for which in ("", "_solutions")
    }
    return [f"{page} is missing in _toc.yml" for page in sorted((pages | made) - listed)] + [
        f"_toc.yml names {page}, which does not exist"
        for page in sorted(listed - pages - made)
        if not any((root / page).with_suffix(suffix).exists() for suffix in (".md", ".ipynb"))
    ]


def files_in(toc: object) -> Iterator[str]:
    """Every `root:` and `file:` of a table of contents, however deep."""
    if isinstance(toc, dict):
        for key, value in toc.items():
            if key in ("root", "file"):
                yield re.sub(r"\.(md|ipynb)$", "", str(value))
            else:
                yield from files_in(value)
    elif isinstance(toc, list):
        for entry in toc:
            yield from files_in(entry)
