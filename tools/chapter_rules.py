"""What a chapter must keep, rule by rule; read by the tests and by `make chapters`.

A rule is a function from a `Chapter` to the sentences that say what is wrong and where.
Rules read the stored notebook and run nothing: that its outputs are true is for nbval to see.
"""

import ast
import builtins
import contextlib
import re
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import prose

VISIBLE_LINES = 15
VISIBLE_COLUMNS = 82  # what a page shows beside its contents without scrolling
FIGURE_LINES = 10  # a figure's code over this is folded
FOLDED_LINES = 60
STORED_TYPES = ("text/plain", "text/html", "text/latex", "text/markdown")
HIDING_TAGS = ("hide-cell", "hide-output", "remove-cell", "remove-input", "remove-output")

Found = Iterator[str]


@dataclass(frozen=True)
class Chapter:
    """A stored notebook."""

    name: str
    notebook: NotebookNode

    @classmethod
    def read(cls, path: Path) -> "Chapter":
        return cls(path.stem, nbformat.read(path, as_version=4))

    @property
    def cells(self) -> list[NotebookNode]:
        cells: list[NotebookNode] = self.notebook.cells
        return cells

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def markdown(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    def where(self, cell: NotebookNode) -> str:
        number = next(n for n, one in enumerate(self.cells, 1) if one is cell)
        return f"{self.name}, cell {number} ({cell.id})"


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


def tree(cell: NotebookNode) -> ast.Module:
    """The syntax tree of a code cell, empty when it is not plain Python."""
    with contextlib.suppress(SyntaxError):
        return ast.parse(str(cell.source))
    return ast.Module([], [])


def texts(cell: NotebookNode) -> Iterator[str]:
    """What a cell printed, showed or raised, as text."""
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield output.get("evalue", "")
        for kind, data in output.get("data", {}).items():
            if kind in STORED_TYPES:
                yield re.sub(r"<[^>]*>", " ", data) if kind == "text/html" else data


def figure_text(cell: NotebookNode, part: str, key: str) -> str:
    """The alt text, name or caption of a cell's figure."""
    return str(cell.metadata.get("mystnb", {}).get(part, {}).get(key, "")).strip()


# The notebook as a file (`tools.chapters` sees to the form in which it is stored)


def opens_with_its_title(chapter: Chapter) -> Found:
    """Begin with the one top heading."""
    titles = [
        cell
        for cell in chapter.markdown
        for _ in re.finditer(r"^# ", prose.without_code(cell.source), re.M)
    ]
    if len(titles) != 1 or titles[0] is not chapter.cells[0]:
        yield f"{chapter.name}: must open with its title, its only heading of the first level"


# What was run and stored


def was_run_in_order(chapter: Chapter) -> Found:
    """Count 1..n: a cell that was never run passes nbval silently."""
    for expected, cell in enumerate(chapter.code, 1):
        count = cell.execution_count
        if count != expected:
            yield f"{chapter.where(cell)}: execution count must be {expected}, got {count}"
        if not cell.source.strip():
            yield f"{chapter.where(cell)}: is empty"


def is_silent_on_stderr(chapter: Chapter) -> Found:
    """Show warnings nowhere: what goes wrong is shown by an exception or a printed value."""
    for cell in chapter.code:
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield f"{chapter.where(cell)}: wrote to stderr: {output.text.strip()!r}"


def is_compared_everywhere(chapter: Chapter) -> Found:
    """Switch nbval off nowhere."""
    for cell in chapter.code:
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source):
            yield f"{chapter.where(cell)}: a comment switches nbval off"
        for tag in tags(cell):
            if tag.startswith("nbval") or tag == "skip-execution":
                yield f"{chapter.where(cell)}: the tag {tag} switches the comparison off"


# The code


def imports_the_package(chapter: Chapter) -> Found:
    """Use coursecode."""
    code = "\n".join(cell.source for cell in chapter.code)
    if not re.search(r"^(from|import) coursecode\b", code, re.M):
        yield f"{chapter.name}: does not import coursecode"


def is_plain_python(chapter: Chapter) -> Found:
    """Do without magics and shell commands, which only some front ends know."""
    for cell in chapter.code:
        try:
            ast.parse(cell.source)
        except SyntaxError:
            yield f"{chapter.where(cell)}: is not plain Python"


def stands_without_folded_code(chapter: Chapter) -> Found:
    """Use nothing in visible code that only folded code defines: some type along what they see."""
    known = set(dir(builtins))
    for cell in chapter.code:
        if "hide-input" not in tags(cell) and tree(cell).body:
            made, used = global_names(symtable.symtable(cell.source, cell.id, "exec"))
            known |= made
            if lacking := sorted(used - known):
                yield f"{chapter.where(cell)}: only folded code defines {', '.join(lacking)}"


def global_names(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The global names that a cell sets, and those that it, or a function in it, uses."""
    top = table.get_type() == "module"
    names = [name for name in table.get_symbols() if top or name.is_global()]
    made = {name.get_name() for name in names if name.is_assigned() or name.is_imported()}
    used = {name.get_name() for name in names if name.is_referenced()}
    return made, used.union(*(global_names(inner)[1] for inner in table.get_children()))


def has_short_cells(chapter: Chapter) -> Found:
    """Show code in pieces that a reader takes in at once."""
    for cell in chapter.code:
        lines = len(cell.source.splitlines())
        folded = "hide-input" in tags(cell)
        limit = FOLDED_LINES if folded else VISIBLE_LINES
        if lines > limit:
            kind = "folded" if folded else "visible"
            yield f"{chapter.where(cell)}: {lines} lines of {kind} code, at most {limit}"


def has_short_lines(chapter: Chapter) -> Found:
    """Show code whole: no visible line is wider than the page."""
    for cell in chapter.code:
        for line in cell.source.splitlines() if "hide-input" not in tags(cell) else ():
            if len(line) > VISIBLE_COLUMNS:
                where = chapter.where(cell)
                yield f"{where}: a line of {len(line)} characters, at most {VISIBLE_COLUMNS}"


def hides_only_figure_code(chapter: Chapter) -> Found:
    """Hide nothing mathematical: what is folded draws a figure, and long drawing code is folded."""
    for cell in chapter.code:
        lines = len(cell.source.splitlines())
        for tag in tags(cell):
            if tag in HIDING_TAGS:
                yield f"{chapter.where(cell)}: the tag {tag} hides what the reader should see"
        if "hide-input" in tags(cell) and not draws(cell):
            yield f"{chapter.where(cell)}: folded, but draws no figure"
        if draws(cell) and lines > FIGURE_LINES and "hide-input" not in tags(cell):
            yield f"{chapter.where(cell)}: {lines} lines of drawing code, to be folded (hide-input)"


# Figures


def draws(cell: NotebookNode) -> bool:
    """Whether a cell makes a figure, or means to."""
    shown = any(is_show(node) for node in ast.walk(tree(cell)))
    return shown or bool(figures(cell)) or "mystnb" in cell.metadata


def figures(cell: NotebookNode) -> int:
    """How many figures a cell's outputs hold."""
    return sum("<Figure size" in text for text in texts(cell))


def is_show(node: ast.AST) -> bool:
    """Whether a node of the syntax tree is the call or statement `plt.show()`."""
    call = node.value if isinstance(node, ast.Expr) else node
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "plt.show"


def describes_its_figures(chapter: Chapter) -> Found:
    """Give each figure a name to refer to, a caption to read and a text for who can't see it."""
    names: set[str] = set()
    for cell in filter(draws, chapter.code):
        where = chapter.where(cell)
        alt, caption = figure_text(cell, "image", "alt"), figure_text(cell, "figure", "caption")
        name = figure_text(cell, "figure", "name")
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
        body = tree(cell).body
        if not body or not is_show(body[-1]):
            yield f"{chapter.where(cell)}: a figure cell must end with plt.show()"
        if figures(cell) > 1:
            yield f"{chapter.where(cell)}: draws {figures(cell)} figures, must draw one"


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
    shown = [cell for cell in chapter.code if "hide-input" not in tags(cell)]
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
        said = [cell.source] if cell.cell_type == "markdown" else []
        said += [figure_text(cell, "image", "alt"), figure_text(cell, "figure", "caption")]
        stated = {written: value for text in said for written, value in prose.numbers(text)}
        for written, value in stated.items():
            if value not in known:
                yield f"{chapter.where(cell)}: {written} is in no output and no code of it"


def stored_numbers(cell: NotebookNode) -> Iterator[Decimal]:
    """All numbers in a cell's outputs, and the constants of its code (not comments, not text)."""
    for text in texts(cell):
        yield from prose.printed_numbers(text)
    for node in ast.walk(tree(cell)):
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield sign * Decimal(repr(node.value))


RULES: tuple[Callable[[Chapter], Found], ...] = (
    opens_with_its_title,
    was_run_in_order,
    is_silent_on_stderr,
    is_compared_everywhere,
    imports_the_package,
    is_plain_python,
    stands_without_folded_code,
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
    """Chapters that `_toc.yml` leaves out: they would not be built, and nothing would say so."""
    listed = re.findall(r"(?:root|file): (\S+)", (root / "_toc.yml").read_text(encoding="utf-8"))
    book = [path for kind in ("*.ipynb", "*.md") for path in (root / "book").glob(kind)]
    pages = {f"book/{path.stem}" for path in book}
    for source in (root / "exercises").glob("*/*.ipynb"):
        if source.stem == source.parent.name:  # the build makes two pages of it
            pages |= {f"exercises/pages/{source.stem}{which}" for which in ("", "_solutions")}
    return [f"{page} is missing in _toc.yml" for page in sorted(pages - {*listed})]
