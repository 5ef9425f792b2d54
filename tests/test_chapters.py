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
from nbformat import NotebookNode, v4

from tools import chapter_rules, chapters, prose
from tools.chapter_rules import Chapter

ROOT = Path(__file__).resolve().parent.parent


def test_the_chapters_keep_the_rules():
    assert chapters.main(["--check"]) == 0  # it says what is wrong


# A notebook that keeps every rule, and what breaks each


def code(ident: str, source: str, count: int, *outputs: NotebookNode) -> NotebookNode:
    return v4.new_code_cell(source, id=ident, execution_count=count, outputs=list(outputs))


def stream(text: str, name: str = "stdout") -> NotebookNode:
    return v4.new_output("stream", text=text, name=name)


def display(kind: str, data: str) -> NotebookNode:
    return v4.new_output("display_data", data={kind: data})


FIGURE = "import matplotlib.pyplot as plt\n\nfig, ax = plt.subplots()\nplt.show()"


def good_notebook() -> NotebookNode:
    drawing = code("draw", FIGURE, 3, display("text/plain", "<Figure size 640x480 with 1 Axes>"))
    drawing.metadata.mystnb = {
        "image": {"alt": "Empty axes that run from zero to one."},
        "figure": {"name": "fig-empty", "caption": "Nothing is drawn, and that is the point."},
    }
    text = "# A short chapter\n\nIt takes about 2 minutes.\n" + "word " * 300
    cells = [
        v4.new_markdown_cell(text, id="title"),
        code("import", "import math\n\nfrom coursecode import softmax", 1),
        code("print", 'print(f"{math.log(8):.4f} nats")', 2, stream("2.0794 nats\n")),
        v4.new_markdown_cell("Eight teams make 2.0794 nats.\n", id="reading"),
        drawing,
    ]
    return nbformat.from_dict(v4.new_notebook(cells=cells, metadata=chapters.NOTEBOOK_METADATA))


@pytest.fixture
def good() -> NotebookNode:
    return good_notebook()


def test_good_notebook_keeps_every_rule(good):
    assert chapter_rules.broken_rules(Chapter("good", good)) == []


def setter(cell: int, **values: Any) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook["cells"][cell].update(values)


def tagger(cell: int, tag: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook["cells"][cell]["metadata"].update(tags=[tag])


def describer(part: str, key: str, text: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook["cells"][4]["metadata"]["mystnb"][part].update({key: text})


COMMENTED = "import math\n\n# from coursecode import softmax"
LONG = "x = 1\n" * 16
DRAWN_TWICE = [display("text/plain", "<Figure size 640x480 with 1 Axes>")] * 2

BREAKS = [
    ("opens_with_its_title", setter(0, source="It takes about 2 minutes."), "open with its title"),
    ("opens_with_its_title", setter(3, source="# Another title"), "open with its title"),
    ("was_run_in_order", setter(1, execution_count=None), "must be 1, got None"),
    ("was_run_in_order", setter(2, execution_count=7), "must be 2, got 7"),
    ("was_run_in_order", setter(2, source=" "), "is empty"),
    ("is_silent_on_stderr", setter(2, outputs=[stream("Oh", "stderr")]), "stderr: 'Oh'"),
    ("is_compared_everywhere", setter(2, source="# NBVAL_IGNORE_OUTPUT"), "switches nbval off"),
    ("is_compared_everywhere", tagger(2, "nbval-skip"), "tag nbval-skip"),
    ("imports_the_package", setter(1, source=COMMENTED), "does not import coursecode"),
    ("is_plain_python", setter(1, source="%matplotlib inline"), "not plain Python"),
    ("stands_without_folded_code", lambda nb: (tagger(1, "hide-input")(nb),
     setter(1, source="two = 2")(nb), setter(2, source="def f():\n    return two")(nb)),
     "only folded code defines two"),
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
    ("types_no_result_in", setter(3, source="They make 2.0795 nats."),
     "bad, cell 4 (reading): 2.0795 is in no output"),
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


def test_page_outside_the_contents_is_seen(tmp_path):
    (tmp_path / "book").mkdir()
    for name in ("index.md", "entropy.ipynb"):
        (tmp_path / "book" / name).touch()
    (tmp_path / "exercises" / "entropy").mkdir(parents=True)
    (tmp_path / "exercises" / "entropy" / "entropy.ipynb").touch()
    (tmp_path / "_toc.yml").write_text(
        "root: book/index\nparts:\n- chapters:\n  - file: exercises/pages/entropy\n"
    )
    assert chapter_rules.unlisted(tmp_path) == [
        "book/entropy is missing in _toc.yml",
        "exercises/pages/entropy_solutions is missing in _toc.yml",
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


OTHER_FORMS = {
    "no kernel": lambda nb: nb["metadata"].pop("kernelspec"),
    "no id": lambda nb: nb["cells"][3].pop("id"),
    "a random id": setter(3, id="a1b2c3d4"),
    "an id twice": setter(3, id="title"),
    "an image": setter(4, outputs=[display("image/png", "AA==")]),
    "a time": lambda nb: nb["cells"][2]["metadata"].update(execution={"iopub.status": "now"}),
    "folded on the site alone": lambda nb: nb["cells"][4]["metadata"].update(tags=["hide-input"]),
    "nothing else": lambda nb: None,
}


@pytest.mark.filterwarnings("ignore::FutureWarning")  # `nbformat` warns of ids
@pytest.mark.parametrize("form", OTHER_FORMS)
def test_a_form_that_is_not_the_stored_one_is_seen(stored, form):
    notebook = json.loads(stored.read_text())
    OTHER_FORMS[form](notebook)
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    stored.write_text(text + "\n")
    assert chapters.is_normal(stored) == (form == "nothing else")


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


COMPARED = {  # what a cell of the good notebook is changed in, and whether it passes then
    "true numbers": (2, {}, "PASSED"),
    "one digit": (2, {"outputs": [stream("2.0784 nats\n")]}, "FAILED"),
    "another unit": (2, {"outputs": [stream("2.0794 bits\n")]}, "FAILED"),
    "no output": (2, {"outputs": []}, "FAILED"),
    "a warning": (2, {"source": "import sys\nprint('careful', file=sys.stderr)"}, "FAILED"),
    "a true figure": (4, {}, "PASSED"),
    "no figure": (4, {"outputs": []}, "FAILED"),
}


def test_comparison_is_strict(stored, tmp_path):
    """By a bare pytest, as for the book."""
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path)
    notebook = nbformat.read(stored, as_version=4)
    cells = [notebook.cells[1]]
    for name, (number, change, _) in COMPARED.items():
        cells.append(copy.deepcopy(notebook.cells[number]))
        cells[-1].update(change, id=name.replace(" ", "-"))
    nbformat.write(v4.new_notebook(cells=cells, metadata=notebook.metadata), stored)
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--color=no", "."]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    found = re.findall(r"^(PASSED|FAILED) short\.ipynb::Cell (\d+)", ran.stdout, re.MULTILINE)
    results = [result for result, _ in sorted(found, key=lambda one: int(one[1]))]
    assert results == ["PASSED", *(result for *_, result in COMPARED.values())], ran.stdout
