"""The stored chapters keep the rules, and each rule sees what it is there for."""

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import chapter_rules, chapters, prose
from tools.chapter_rules import Chapter

ROOT = Path(__file__).resolve().parent.parent
PATHS = sorted((ROOT / "book").glob("*.ipynb"))

every_chapter = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


# The chapters


@every_chapter
@pytest.mark.parametrize("rule", chapter_rules.RULES, ids=lambda rule: rule.__name__)
def test_chapter_keeps_the_rule(rule, path):
    assert not list(rule(Chapter.read(path)))


@every_chapter
def test_chapter_is_stored_in_its_normal_form(path):
    assert chapters.is_normal(path), "write chapters by `make chapters` only"


def test_contents_and_pages_agree():
    assert chapter_rules.unlisted(ROOT) == []


# A notebook that keeps every rule, and what breaks each


def markdown(ident: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": ident, "metadata": {}, "source": source}


def code(ident: str, source: str, count: int, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": ident,
        "metadata": {},
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: str) -> dict[str, Any]:
    types = {kind.replace("_", "/"): text for kind, text in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": types}


FIGURE = "import matplotlib.pyplot as plt\n\nfig, ax = plt.subplots()\nplt.show()"


def good_notebook() -> dict[str, Any]:
    drawing = code("draw", FIGURE, 3, display(text_plain="<Figure size 640x480 with 1 Axes>"))
    drawing["metadata"]["mystnb"] = {
        "image": {"alt": "Empty axes that run from zero to one."},
        "figure": {"name": "fig-empty", "caption": "Nothing is drawn, and that is the point."},
    }
    return {
        "cells": [
            markdown("title", "# A short chapter\n\nIt takes about 2 minutes.\n" + "word " * 300),
            code("import", "import math\n\nfrom coursecode import softmax", 1),
            code("print", 'print(f"{math.log(8):.4f} nats")', 2, stream("2.0794 nats\n")),
            markdown("reading", "Eight teams make 2.0794 nats.\n"),
            drawing,
        ],
        "metadata": copy.deepcopy(chapters.NOTEBOOK_METADATA),
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture
def good() -> dict[str, Any]:
    return good_notebook()


def test_good_notebook_keeps_every_rule(good):
    assert chapter_rules.broken_rules(Chapter("good", good)) == []


def setter(cell: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][cell].update(values)


def tagger(cell: int, tag: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][cell]["metadata"].update(tags=[tag])


def describer(part: str, key: str, text: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][4]["metadata"]["mystnb"][part].update({key: text})


COMMENTED = "import math\n\n# from coursecode import softmax"
LONG = "x = 1\n" * 16
DRAWN_TWICE = [display(text_plain="<Figure size 640x480 with 1 Axes>")] * 2

BREAKS = [
    ("has_a_kernel", lambda nb: nb["metadata"].pop("kernelspec"), "kernelspec must be python3"),
    ("has_stable_ids", lambda nb: nb["cells"][3].pop("id"), "has no id"),
    ("has_stable_ids", setter(3, id="a1b2c3d4"), "random"),
    ("has_stable_ids", setter(3, id="title"), "used twice"),
    ("opens_with_its_title", setter(0, source="It takes about 2 minutes."), "open with its title"),
    ("opens_with_its_title", setter(3, source="# Another title"), "open with its title"),
    ("was_run_in_order", setter(1, execution_count=None), "must be 1, got None"),
    ("was_run_in_order", setter(2, execution_count=7), "must be 2, got 7"),
    ("was_run_in_order", setter(2, source=" "), "is empty"),
    ("stores_text_only", setter(4, outputs=[display(image_png="AA==")]), "type image/png"),
    ("stores_text_only", setter(4, outputs=[display(application_json="{}")]), "application/json"),
    ("is_silent_on_stderr", setter(2, outputs=[stream("Oh", "stderr")]), "stderr: 'Oh'"),
    ("is_compared_everywhere", setter(2, source="# NBVAL_IGNORE_OUTPUT"), "switches nbval off"),
    ("is_compared_everywhere", tagger(2, "nbval-skip"), "tag nbval-skip"),
    ("is_compared_everywhere", setter(2, outputs=[stream("<a at 0x7f0011>")]), "memory address"),
    ("imports_the_package", setter(1, source=COMMENTED), "does not import coursecode"),
    ("is_plain_python", setter(1, source="%matplotlib inline"), "not plain Python"),
    ("has_short_cells", setter(1, source=LONG), "16 lines of visible code"),
    ("has_short_cells", lambda nb: (tagger(4, "hide-input")(nb), setter(4, source=LONG * 4)(nb)),
     "64 lines of folded code"),
    ("has_short_lines", setter(4, source="x = 1  # " + 74 * "y"), "a line of 83 characters"),
    ("hides_only_figure_code", tagger(2, "remove-cell"), "hides what the reader should see"),
    ("hides_only_figure_code", tagger(2, "hide-input"), "draws no figure"),
    ("hides_only_figure_code", setter(4, source="x = 1\n" * 10 + FIGURE), "to be folded"),
    ("describes_its_figures", describer("image", "alt", ""), "alt text must say"),
    ("describes_its_figures", describer("figure", "caption", "Axes."), "caption must say"),
    ("describes_its_figures", describer("figure", "name", "empty"), "name must be a new one"),
    ("describes_its_figures",
     describer("figure", "caption", "Empty axes that run from zero to one."), "repeats"),
    ("describes_its_figures", lambda nb: nb["cells"][4]["metadata"].clear(), "alt text must say"),
    ("describes_its_figures", lambda nb: nb["cells"].append(nb["cells"][4]), "name must be a new"),
    ("ends_figures_with_show", setter(4, source=FIGURE + ";\nax.plot(1)"), "end with plt.show()"),
    ("ends_figures_with_show", setter(4, outputs=DRAWN_TWICE), "draws 2 figures"),
    ("states_its_reading_time", setter(0, source="# No time"), "states no reading time"),
    ("states_its_reading_time", setter(0, source="# Time\n\nIt takes about 9 minutes."), "9 min"),
    ("types_no_result_in", setter(3, source="They make 2.0795 nats."), "2.0795 is in no output"),
    ("types_no_result_in", setter(3, source="They make $-2.0794$ nats."), "-2.0794"),
    ("types_no_result_in", setter(3, source="They make 2,079,442 micronats."), "2,079,442"),
    ("types_no_result_in", describer("figure", "caption", "The curve ends at 0.8123 bits here."),
     "0.8123"),
    ("types_no_result_in", setter(2, outputs=[], source="x = 1  # 2.0794"), "2.0794"),
    ("types_no_result_in", setter(2, outputs=[], source="print('2.0794')"), "2.0794"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "message"), BREAKS)
def test_rule_sees_what_it_is_there_for(good, name, spoil, message):
    spoil(good)
    found = list(getattr(chapter_rules, name)(Chapter("bad", good)))
    assert any(message in sentence for sentence in found), found
    assert all(sentence.startswith("bad") for sentence in found)


def test_every_rule_is_broken_once():
    assert {rule.__name__ for rule in chapter_rules.RULES} == {name for name, _, _ in BREAKS}


def test_messages_name_chapter_cell_and_number(good):
    good["cells"][3]["source"] = "They make 2.0795 nats."
    (message,) = chapter_rules.types_no_result_in(Chapter("entropy", good))
    assert message.startswith("entropy, cell 4 (reading): 2.0795 is in no output")


def test_page_outside_the_contents_is_seen(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "entropy.ipynb").touch()
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n- chapters:\n  - file: book/lost\n"
    )
    assert chapter_rules.unlisted(tmp_path) == [
        "book/entropy is missing in _toc.yml",
        "_toc.yml names book/index, which does not exist",
        "_toc.yml names book/lost, which does not exist",
    ]


# Numbers in prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 0.0808 bits.", ["0.0808"]),
        ("$H = -0.7219$ and $D=.737$, then 1{,}234.56", ["-0.7219", "0.737", "1234.56"]),
        ("a minus sign of its own: −9.08×10⁻⁵", ["-9.08e-5"]),
        (r"$1.04\times10^{-3}$ or $2.25 \cdot 10^{4}$", ["1.04e-3", "2.25e4"]),
        ("from 0.51–0.52, 0.51-0.53, and 5.70.", ["0.51", "0.52", "0.51", "0.53", "5.70"]),
        (r"−693,147,181 and $301\,029\,996$", ["-693147181", "301029996"]),
        ("$1-0.25$ against $x - 0.75$", ["0.25", "0.75"]),
        ("0.05, 2.5 and 60000 and 1,000,000 are known without computing", []),
        ("`0.1234`, {cite:p}`key-0.1234`, [x](https://a.b/0.1234), https://a.b/0.1234", []),
        ("eq. (4.108), equation 4.108, § 1.61, version 2.13, NumPy 2.13, 2.4.61", []),
        ("eqs. 4.108–4.109, eqs. (4.12) and (4.13), equations 2.11, 2.12 to 2.14", []),
        ("10.1214/aoms at doi:10.1214/177", []),
        ("```python\nx = 0.1234\n```", []),
        ("```{figure} a.svg\n:width: 0.1234\n\nIt is 0.5678.\n```", ["0.5678"]),
        ("```{math}\n:label: eq-1\nx = 0.1234\n```", ["0.1234"]),
        ("````{admonition} Isn't so: 0.9999\n:class: isnt-so\n```{dropdown} A\n0.2345\n```\n````",
         ["0.9999", "0.2345"]),
    ],
)  # fmt: skip
def test_numbers_are_found_in_prose(text, expected):
    assert [value for _, value in prose.numbers(text)] == [Decimal(number) for number in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[0.13  0.869]\n [-1.   2e-05]]", ["0.13", "0.869", "-1", "2e-05"]),
        ("693,147,181 nats", ["693147181"]),
        ("−0.5 nats", ["-0.5"]),
    ],
)
def test_numbers_are_found_in_outputs(text, expected):
    assert list(prose.printed_numbers(text)) == [Decimal(number) for number in expected]


def test_prose_is_measured_without_its_code():
    text = "One two $x$ three.\n\n$$\ny\n$$\n\n```{math}\nz\n```\n\n```python\nfour()\n```\n"
    assert prose.measure(text) == (2, 1, 3)


# Running and storing


@pytest.fixture(scope="module")
def stored_once(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "short.ipynb"
    path.write_text(json.dumps(good_notebook()))
    assert chapters.store(path) == "stored"
    return path


@pytest.fixture
def stored(stored_once, tmp_path) -> Path:
    """The good notebook, run and stored, in a folder of its own."""
    return Path(shutil.copy(stored_once, tmp_path))


def test_storing_twice_changes_nothing(stored):
    before = stored.read_bytes()
    assert chapters.store(stored) == "unchanged"
    assert stored.read_bytes() == before
    assert chapters.is_normal(stored)


def test_storing_drops_images_and_keeps_text(stored):
    outputs = Chapter.read(stored).cells[4].outputs
    assert [output["data"] for output in outputs] == [
        {"text/plain": ["<Figure size 640x480 with 1 Axes>"]}
    ]
    assert Chapter.read(stored).cells[2].outputs[0]["text"] == ["2.0794 nats\n"]


def test_normal_form_has_no_path_and_no_random_id():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "softmax(1)",
                id="0123abcd",
                metadata={"tags": ["raises-exception"], "execution": {"iopub.status": "now"}},
                outputs=[
                    nbformat.v4.new_output("error", ename="E", evalue="no", traceback=["/home/me"])
                ],
            ),
            nbformat.v4.new_markdown_cell("Softmax (1)\n\n", id="89abcdef"),
        ]
    )
    chapters.normalise(notebook)
    assert [cell.id for cell in notebook.cells] == ["softmax-1", "softmax-1-2"]
    assert notebook.cells[0].metadata == {"tags": ["raises-exception"]}
    assert notebook.cells[0].outputs[0].traceback == ["E: no"]
    assert notebook.cells[1].source == "Softmax (1)"


def test_failing_chapter_keeps_its_file(stored):
    notebook = json.loads(stored.read_text())
    notebook["cells"][2]["source"] = "math.log(0)"
    stored.write_text(json.dumps(notebook))
    before = stored.read_bytes()
    with pytest.raises(
        chapters.ChapterError, match=r"(?s)short, cell 3 \(print\): ValueError: .*math\.log\(0\)"
    ):
        chapters.store(stored)
    assert stored.read_bytes() == before
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]


def test_unknown_chapter_is_refused(capsys):
    assert chapters.main(["--check", "no_such"]) == 1
    assert "no such chapter: no_such (there are:" in capsys.readouterr().err


# The test of the test


def corrupt(notebook: dict[str, Any]) -> int:
    """Change one digit of one number in a stored output; return the code cell's number."""
    run = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(run):
        for output in cell["outputs"]:
            for line, text in enumerate(output.get("text", [])):
                if digit := re.search(r"[1-9](?=\D*$)", text):
                    other = str(int(digit[0]) % 9 + 1)
                    output["text"][line] = text[: digit.start()] + other + text[digit.end() :]
                    return number
    raise AssertionError("the chapter prints no number")


CHANGES = {
    "missing output": (2, {"outputs": []}),
    "wrong unit": (2, {"outputs": [stream("2.0794 bits\n")]}),
    "missing figure": (4, {"outputs": []}),
    "warning": (1, {"source": "import sys, math\nprint('careful', file=sys.stderr)"}),
    "true copy": (2, {}),
}


@pytest.fixture(scope="module")
def compared(stored_once, tmp_path_factory) -> str:
    """What a bare pytest says, as for the book, of a corrupted chapter and of changed notebooks."""
    folder = tmp_path_factory.mktemp("compared")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, folder)
    chapter = json.loads((ROOT / "book" / "cross_entropy.ipynb").read_text(encoding="utf-8"))
    number = corrupt(chapter)
    (folder / f"corrupted {number}.ipynb").write_text(json.dumps(chapter), encoding="utf-8")
    for name, (cell, change) in CHANGES.items():
        notebook = json.loads(stored_once.read_text(encoding="utf-8"))
        notebook["cells"][cell].update(change)
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--color=no", "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return ran.stdout


def test_one_corrupted_number_fails(compared):
    cells = re.findall(
        r"^(PASSED|FAILED) corrupted (\d+)\.ipynb::Cell (\d+)", compared, re.MULTILINE
    )
    assert len(cells) > 20
    for result, corrupted, cell in cells:
        assert result == ("FAILED" if cell == corrupted else "PASSED")


@pytest.mark.parametrize("change", CHANGES)
def test_comparison_is_strict(compared, change):
    results = re.findall(rf"^(PASSED|FAILED) {change}\.ipynb::Cell", compared, re.MULTILINE)
    wrong = 0 if change == "true copy" else 1
    assert sorted(results) == ["FAILED"] * wrong + ["PASSED"] * (3 - wrong), compared
