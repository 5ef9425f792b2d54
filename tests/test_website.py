"""The website's own machinery, tried on a small book built with the real configuration."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
from base64 import b64decode
from collections import Counter
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from zipfile import ZipFile

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools.ttLib import TTFont

from coursecode.figures import PALETTE, use_style
from tests.test_website_pages import complaints, validator
from tests.websites import JUPYTER_BOOK
from website import launch, print_book
from website.extensions import (
    dark_colours,
    exercise_pages,
    katex_math,
    known_errors,
    markup,
    orientation,
    package_reference,
    pictures,
)

__all__ = ["validator"]  # a fixture
ROOT = Path(__file__).parents[1]
PACKAGE = """
from coursecode.core import answer, information_content, sigmoid
__all__ = ["answer", "information_content", "sigmoid"]
"""
CORE = r"""
import numpy as np
def answer():
    r'''The answer for |x_i|, and a norm:

    .. math:: \| x \|
    '''
    return ANSWER
def information_content(p):
    '''Information content.'''
    return -np.log(p)
def sigmoid(logits):
    r'''Sigmoid, with \|s\| in it.'''
    return 1 / (1 + np.exp(-logits))
"""
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "coursecode"
version = "7.0"
requires-python = ">=3.11"
"""
INDEX = """# A small book

A first sentence that says what the page is about.

```{live-figure} beliefs-and-losses
A caption.
```
"""
REFERENCE = """# Reference

```{eval-rst}
.. package-reference:: coursecode
```
"""
CHAPTER = r"""# Chapter

Inline $p_k$, displayed in a sentence
$$
q_k \le p_k, \qquad a = 1,
$$
from {prf:ref}`thm-one`, and $a$, and $b$, and $c$, and so on
after $a + b + c + d + e + f + g + h$, which is long, and on its own:

$$
H = -\sum_k p_k \ln p_k
$$ (eq-h)

See {eq}`eq-h`, {prf:ref}`thm-one`, {numref}`fig-line` and {cite:t}`shannon1948mathematical`.
It takes about 12 minutes.

With 5 % of the shape $(n,)$ ($a$), {prf:ref}`thm-one` is on $a(b + c) + d(e(f + g) + k) - 2 a b c$.

\begin{align}
a_{\max}^2 &= b \bmod n \\
  &= c
\end{align}

```{margin}
A note beside the text.
```

```{prf:theorem} A name
:label: thm-one
A claim with $P(A\,)$.
```

```{prf:theorem}
:label: thm-two
Another.
```

```{prf:proof}
:class: dropdown
1. Because $x = x$.
2. Because $y = y$
```

```{prf:proof}
:class: dropdown
Differently.
```

````{admonition} Self-check
:class: self-check
What?

```{dropdown} Answer
This.
```
````

|   |   |
|---|---|
| a | b |

| $k$ | p |
|---|---|
| $x$ | `a_long.name` |
| $y$ | `up_to(0.1)` |

A word of another language, 交叉熵 (熵), in the text.

## A section of $\frac{p_k}{2}$

```{admonition} Looks right but isn't: "a claim"
:class: isnt-so
Refuted, not by {prf:ref}`thm-one`.
```
"""
SUMMARY = """## Summary

Said again.

## Sources

None.
"""
GLOSSARY = """# Sources

```{glossary}
zebra
  Last.

ant
  First of two.

axis
  Second.
```

```{bibliography}
```
"""
CELLS = [
    'from coursecode import answer\n\nprint(f"the answer is {answer()}", end=" ", flush=True)\n'
    'print("nats")',
    "raise ValueError('p must sum to 1, got 0.9')",
    "import matplotlib.pyplot as plt\n\nplt.plot([0, 1])\nplt.show()",
]
FAULTS = r"""# Faults

A wrong formula: $\frac{1$ and an unknown one: $\nosuchcommand$.

![](dot.png)

![dot.png](dot.png)

![A black dot on white](dot.png)

```{admonition} Looks right but isn't: "no cell follows"
:class: isnt-so
Said, not shown.
```

```{prf:proof}
:class: dropdown
By what was said.

As $\inproof$ has no meaning.
```
"""


DOT = bytes.fromhex(  # a picture of one black point
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


def notebook(text: str, cells: list[str]) -> str:
    """A chapter: its text, then its cells."""
    figure = {
        "image": {"alt": "A line that rises from 0 to 1"},
        "figure": {"name": "fig-line", "caption": "A line, $y = x$."},
    }
    stored = [{"cell_type": "markdown", "id": "text", "metadata": {}, "source": text}]
    for number, source in enumerate(cells):
        metadata = [{}, {"tags": ["raises-exception"]}, {"mystnb": figure, "tags": ["hide-input"]}][
            number
        ]
        code = {
            "cell_type": "code",
            "id": f"c{number}",
            "source": source,
            "metadata": metadata,
            "outputs": [],
        }
        stored.append(code | {"execution_count": None})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    stored.append({"cell_type": "markdown", "id": "end", "metadata": {}, "source": SUMMARY})
    return json.dumps({"cells": stored, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def book(folder: Path, pages: dict[str, str]) -> Path:
    """A book of these pages with this repository's configuration, extensions and looks."""
    shutil.copytree(
        ROOT / "website", folder / "website", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "book").mkdir()
    (folder / "coursecode").mkdir()
    (folder / "coursecode" / "__init__.py").write_text(PACKAGE)
    (folder / "coursecode" / "core.py").write_text(CORE.replace("ANSWER", "41"))
    (folder / "pyproject.toml").write_text(PROJECT)
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    for name, text in pages.items():
        (folder / "book" / name).write_text(text, encoding="utf-8")
    root, *entries = [
        {"file": f"book/{Path(name).stem}"} for name in pages if name.endswith((".md", ".ipynb"))
    ]
    if len(entries) > 1:  # a page below another, as the exercises are
        entries[0]["sections"] = [entries.pop(1)]
    course = {"caption": "The course", "numbered": 1, "chapters": entries[:1]}
    rest = {"caption": "More", "chapters": entries[1:]}
    toc = {"format": "jb-book", "root": root["file"]}
    toc |= {"parts": [part for part in (course, rest) if part["chapters"]]} if entries else {}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    return folder


def build(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*JUPYTER_BOOK, "build", "-W", "-n", "--keep-going", str(folder)]
    clean = {name: value for name, value in os.environ.items() if name != "SITE_URL"}
    environment = (
        clean | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "LIVE_CACHE": ""} | environment
    )
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    done.stderr = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr)
    return done


def soup(folder: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup(
        (folder / "_build" / "html" / page).read_text(encoding="utf-8"), "html.parser"
    )


@pytest.fixture(scope="session")
def small_book(tmp_path_factory) -> Path:
    pages = {
        "index.md": INDEX,
        "chapter.ipynb": notebook(CHAPTER, CELLS),
        "reference.md": REFERENCE,
        "errors.md": "# Errors\n\n```{known-errors}\n```\n",
        "sources.md": GLOSSARY,
    }
    folder = book(tmp_path_factory.mktemp("book"), pages)
    settings = folder / "_config.yml"
    address = '  url: "https://github.com/someone/course"'
    settings.write_text(settings.read_text(encoding="utf-8").replace('  url: ""', address))
    done = build(folder, SITE_URL="https://example.org/course")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def html(small_book) -> Path:
    return small_book / "_build" / "html"


@pytest.fixture(scope="session")
def pages(small_book, html) -> dict[str, BeautifulSoup]:
    """The pages of the small book, by their names."""
    names = [path.relative_to(html).as_posix() for path in html.rglob("*.html")]
    return {name: soup(small_book, name) for name in names}


@pytest.fixture(scope="session")
def chapter(pages) -> BeautifulSoup:
    return pages["book/chapter.html"]


@pytest.fixture(scope="session")
def faults(tmp_path_factory) -> str:
    """What a build says of a page that is full of faults."""
    folder = book(tmp_path_factory.mktemp("faults"), {"index.md": FAULTS})
    (folder / "book" / "dot.png").write_bytes(DOT)
    done = build(folder)
    assert done.returncode != 0
    return done.stderr


def test_pages_load_nothing_foreign(html, pages):
    for name, page in pages.items():
        loaded = [
            tag.get("src") or tag.get("href")
            for tag in page.select("script[src], img, iframe, link:not([rel=canonical])")
        ]
        assert [url for url in loaded if url and "//" in url] == [], name
    for path in (html / "_static").rglob("*.css"):
        assert (
            re.findall(r"url\(\s*['\"]?(?:https?:)?//", path.read_text(encoding="utf-8")) == []
        ), path.name


def test_all_that_pages_load_is_there(html, pages):
    for name, page in pages.items():
        base = html if page.base else (html / name).parent
        for tag in page.select(
            "script[src], img[src], link[rel=stylesheet], link[rel=icon], main a[href]"
        ):
            url = (tag.get("src") or tag.get("href")).split("#")[0].split("?")[0]
            if url and "//" not in url:
                assert (base / url).exists(), f"{name}: {url}"


def test_pages_of_a_public_site_are_valid_and_their_headings_in_order(html, pages, validator):
    """With what only a site with an address and a repository has: cards, Colab, a 404 anywhere."""
    assert complaints(validator, [html / name for name in pages]) == []
    for name, page in pages.items():
        ranks = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
        assert all(below <= above + 1 for above, below in pairwise([0, *ranks])), name


def test_formulas_are_typeset_at_build_time_for_eyes_and_ears(chapter):
    formulas = chapter.select("article .math")
    assert formulas
    for formula in formulas:
        assert formula.select_one(".katex-html[aria-hidden=true]") is not None
        assert formula.math is not None
        assert formula.select_one("annotation") is None  # TeX that nobody sees weighs as much again


def test_a_subscript_has_one_part(chapter):
    script = chapter.select_one("msubsup")
    assert [part.name for part in script.find_all(recursive=False)] == ["mi", "mrow", "mn"]
    assert script.mrow.get_text() == "max\u2061"
    assert "mod" in [sign.string for sign in chapter.select("mo")]


def test_a_comma_stays_with_the_formula_before_it(chapter):
    tied = chapter.select(".tied:not(.math)")
    assert [part.contents[-1] for part in tied] == [*",,,,", "),", *"..."]
    assert [part.next_sibling for part in tied[1:4]] == [" and ", " and ", " and so on\nafter "]
    (long,) = (part for part in chapter.select("p > .math:not(.tied)") if "h" in part.get_text())
    assert long.select_one(".katex-html > .base:last-child").get_text().endswith("h,")
    assert long.next_sibling == " which is long, and on its own:"
    assert chapter.select(".math.tied")


def test_what_a_line_keeps_together(chapter):
    """Each of several formulas, brackets, a number and what it counts or numbers."""
    parts = [part.select(".base") for part in chapter.select(".part")]
    assert [[base.get_text() for base in part] for part in parts] == [
        ["qk\u200b≤", "pk\u200b,"],
        ["a=", "1,"],
        ["a(b+", "c)+"],
        ["d(e(f+", "g)+", "k)−"],
        ["d(e(f+", "g)+"],
    ]
    (line,) = (part for part in chapter.select("p") if part.get_text().startswith("With"))
    assert "With 5\N{NO-BREAK SPACE}% of" in line.get_text()
    assert "Theorem\N{NO-BREAK SPACE}1.1 is" in line.get_text()
    (tied,) = line.select(".tied:not(.math)")
    assert (tied.contents[0], tied.contents[-1]) == ("(", "),")


def test_a_shape_has_no_room_after_its_comma(chapter):
    (shape,) = (part for part in chapter.select(".math") if "(n,)" in part.get_text())
    assert shape.select(".mspace") == []
    (spaced,) = (part for part in chapter.select(".math") if "P(A" in part.get_text())
    assert spaced.select(".mspace")


@pytest.mark.parametrize(
    ("tex", "kept"),
    [
        (r"f = \begin{cases} 1 & x \\ 0 & y \end{cases}, \quad\allowbreak\quad g = 2", 2),
        (r"\text{(}a + b(c + d) + e", 1),
        (r"a) + b(c + d)", 1),
        (r"a(b + c(d + e", 0),
        (r"a(b + (c + d)", 1),
        (r"\lVert a - b \rVert^2 + c \lvert d - e \rvert", 2),
    ],
)
def test_a_bracket_without_its_partner_in_the_line_keeps_nothing_together(tex, kept):
    html = katex_math.in_parts(katex_math.typeset(tex, True, "{}")[0])
    assert html.count("<span") == html.count("</span>")
    assert len(BeautifulSoup(html, "html.parser").select(".part")) == kept


def test_a_long_name_in_a_table_may_go_on_in_the_next_line(chapter):
    (name,) = (code for code in chapter.select("td code") if code.get_text() == "a_long.name")
    assert len(name.select("wbr")) == 2
    (call,) = (code for code in chapter.select("td code") if code.get_text() == "up_to(0.1)")
    assert str(call.span) == '<span class="pre">up_<wbr/>to(0.1)</span>'


@pytest.mark.parametrize("kind", ["Any", "float64", "floating[_64Bit]"])
def test_a_signature_says_array_for_an_array_of_any_kind(kind):
    said = f"list[numpy.ndarray[tuple[Any, ...], dtype[{kind}]]] | None"
    names = ("function", "one", None, {})
    assert package_reference.say_in_words(None, *names, said) == ("list[array] | None",)


def test_a_signature_says_in_words_what_has_a_long_name():
    said = "(rate: float | ~collections.abc.Callable[[int], float], base: n = 2.718281828459045)"
    words = package_reference.say_in_words(None, "function", "one", None, {}, said, None)
    assert words == ("(rate: float | function, base: n = np.e)", None)


def test_equations_are_numbered_once_and_can_be_referred_to(chapter):
    numbered = chapter.select_one("#equation-eq-h")
    assert numbered.select_one(".eqno").get_text(strip=True).startswith("(1.1)")
    assert chapter.select_one("p a.reference[href='#equation-eq-h']").get_text() == "(1.1)"
    assert chapter.select(".katex .tag") == []  # KaTeX's own numbers would be a second set


def test_no_dollar_is_left_in_the_text(pages):
    for name, page in pages.items():
        texts = (text for text in page.find_all(string=True) if "$" in text)
        assert all(text.find_parent(["code", "pre", "script", "style"]) for text in texts), name


def test_a_proof_is_folded_without_a_script(chapter):
    proof, other = chapter.select("details.proof")
    assert not proof.has_attr("open")
    assert proof.summary.get_text() == "Proof of Theorem\N{NO-BREAK SPACE}1.2"
    assert proof.select_one("ol > li").get_text().startswith("Because")
    assert other.summary.get_text() == "Another proof of Theorem\N{NO-BREAK SPACE}1.2"
    assert other.p.get_text() == "Differently."


def test_the_four_kinds_of_box_are_there_by_name(chapter):
    for box in (
        "div.proof.admonition",
        "details.proof",
        ".admonition.isnt-so",
        ".admonition.self-check details",
    ):
        assert chapter.select(box), box


def test_the_page_of_known_errors_repeats_each_claim_with_its_cell(pages):
    page = pages["book/errors.html"]
    claim = page.select_one("p.known-error a")
    assert claim.get_text() == "“a claim”"
    listed = page.select(".claims a")
    assert [link.get_text() for link in listed] == ["Chapter", "“a claim”"]
    assert [page.find(id=link["href"][1:]).name for link in listed] == ["section", "p"]
    assert [link["href"] for link in page.select(".page-toc a")] == [listed[0]["href"]]
    assert page.select_one("article a[href='chapter.html#thm-one']")
    place, _, box = claim["href"].partition("#")
    assert pages[f"book/{place}"].select(f"#{box}.isnt-so")
    assert [cell.get_text(strip=True) for cell in page.select(".cell_output")] == [
        "the answer is 41 nats"
    ]


def test_a_claim_stands_with_all_cells_to_the_one_that_shows_something():
    quiet, telling, later = (nodes.container("", classes=["cell"]) for _ in range(3))
    telling += nodes.container("", classes=["cell_output"])
    box = nodes.admonition("", classes=["isnt-so"])
    nodes.section("", box, quiet, nodes.paragraph(), telling, later)
    assert known_errors.refuting_cells(box) == [quiet, telling]
    telling.clear()
    assert known_errors.refuting_cells(box) == []


def test_a_claim_that_no_cell_refutes_is_a_warning(faults):
    assert "no code cell refutes this box" in faults


def test_folded_code_is_named_by_what_is_seen(chapter):
    handle = chapter.select_one("details.hide > summary")
    assert handle.attrs == {}
    assert [(part.name, part.get_text()) for part in handle.contents] == [
        ("span", "Show the code"),
        ("span", "Hide the code"),
    ]


def test_a_margin_note_has_no_empty_title(chapter):
    note = chapter.select_one("aside.margin")
    assert note.get_text(strip=True) == "A note beside the text."
    assert note.select(".sidebar-title") == []


def test_a_table_without_head_has_none_and_its_rows_have_one(chapter):
    table = chapter.select_one("article table")
    assert table.select("thead") == []
    assert [cell.name for cell in table.tbody.tr.find_all(["th", "td"])] == ["th", "td"]


def test_chinese_is_marked_as_such(chapter):
    words = chapter.select("article [lang=zh-Hans]")
    assert [word.get_text() for word in words] == ["交叉熵", "熵"]


def test_a_formula_in_a_heading_or_a_link_has_a_name_in_plain_text(chapter):
    named = chapter.select("h2 math, .page-toc a math")
    assert [formula["aria-label"] for formula in named] == ["p_k / 2"] * 2
    assert not chapter.select("section > p math[aria-label]")


def test_a_formula_in_the_head_of_a_table_has_a_name_in_plain_text(chapter):
    assert [formula["aria-label"] for formula in chapter.select("th math")] == ["k"]
    assert not chapter.select("td math[aria-label]")


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("q - y", "q − y"),
        (r"D(P\,\|\,Q)", "D(P ∥ Q)"),
        (r"-\log n", "−log n"),
        ("(1/2)^{10^9}", "(1/2)^(10^9)"),
        (r"\sum_i y_i \ln (1 - q_i)", "∑_i y_i ln(1 − q_i)"),
        (r"\theta = (X^{\mathsf T} X)^{-1} X^{\mathsf T} y", "θ = (X^T X)^(−1) X^T y"),
        (r"\frac{p + 1}{2} \sqrt{x}", "(p + 1) / 2 √x"),
        (r"a_{k,j}^2 \le -301{,}029", "a_(k,j)^2 ≤ −301,029"),
        (r"(4.0,\; 1.5)", "(4.0, 1.5)"),
        (r"\|x\|_2", "∥x∥_2"),
        (r"-y \ln q - (1-y)\log_2(1-q)/\ln 2", "−y ln q − (1 − y) log_2 (1 − q)/ln 2"),
    ],
)
def test_a_formula_in_plain_text(tex, words):
    assert katex_math.plain(tex) == words


def test_the_reference_lists_every_public_name_and_takes_bars_for_bars(pages):
    page = pages["book/reference.html"]
    listed = [name.get_text() for name in page.select("dt .descname")]
    assert listed == ["answer", "information_content", "sigmoid"]
    assert "The answer for |x_i|, and a norm" in page.get_text()
    assert page.get_text().count("Sigmoid, with |s| in it.") == 2  # in the list, and on its own
    assert page.select_one("math").get_text(strip=True) == "∥x∥"


def test_code_is_marked_where_its_look_changes(chapter):
    """The marks that stay are those that book.css knows."""
    styles = (ROOT / "website" / "static" / "book.css").read_text(encoding="utf-8")
    looks = {
        name
        for group in re.findall(r"\.highlight :is\(([^)]+)\)", styles)
        for name in group.split(", ")
    }
    kinds = {f".{a}{b}" for a in ascii_lowercase for b in ["", *ascii_lowercase, *"0123456789"]}
    assert {k for k in kinds if not markup.UNSEEN.match(f'<span class="{k[1:]}">x</span>')} == looks
    assert {f".{mark['class'][0]}" for mark in chapter.select(".highlight span[class]")} <= looks


def test_an_error_shows_its_message_and_no_path(chapter):
    (error,) = chapter.select(".traceback")
    assert error.get_text(strip=True) == "ValueError: p must sum to 1, got 0.9"


def test_a_figure_has_its_number_caption_and_description(chapter):
    figure = chapter.select_one("figure#fig-line")
    assert figure.img["alt"] == "A line that rises from 0 to 1"
    assert figure.img["loading"] == "lazy"
    width, height = int(figure.img["width"]), int(figure.img["height"])
    assert 300 < height < width < 900  # pixels: its place is kept until it comes
    assert figure.select_one(".caption-number").get_text(strip=True) == "Fig. 1.1"
    assert chapter.select_one("a[href='#fig-line']").get_text() == "Fig.\N{NO-BREAK SPACE}1.1"


def test_every_page_has_the_frame(pages):
    for name, page in pages.items():
        if page.find("meta", attrs={"http-equiv": "Refresh"}):
            continue
        assert page.html["lang"] == "en"
        assert page.title.get_text()
        assert len(page.select("h1")) == 1, name
        assert len(page.select("main")) == 1
        assert page.select(".skip-link, #site-contents a, form[role=search]")
        assert len(page.select("meta[name=viewport]")) == 1, name


def test_the_front_picture_is_computed_by_the_package(pages):
    costs = [
        float(output.get_text())
        for output in pages["book/index.html"].select("loss-figure .reading b")
    ]
    assert costs[:2] == pytest.approx([1.5**2, 1.5])


def test_a_page_loads_the_script_of_its_figures_only(html, pages):
    address = pages["book/index.html"].select_one("script[src*='/figures/']")["src"]
    assert (html / "book" / address.partition("?")[0]).is_file()
    assert not pages["book/chapter.html"].select("script[src*='/figures/']")


def test_the_contents_hold_the_pages_own_headings(pages):
    page = pages["book/reference.html"]
    assert page.select("#site-contents li.current")
    here = pages["book/chapter.html"].select_one("#site-contents li.current")
    assert here.a.get_text() == "1. Chapter"
    assert [link["href"] for link in here.select(".page-toc a")] == [
        "#a-section-of-frac-p-k-2",
        "#summary",
        "#sources",
    ]


def test_a_chapter_says_where_it_stands_and_leads_to_its_notebook(chapter):
    head, onward = chapter.select(".chapter-head")
    assert [part.get_text() for part in head.find_all(recursive=False)] == [
        "Chapter 1 of 1",
        "about 12 min",
        "Notebook",
    ]
    assert head.a["download"] == "chapter.ipynb"
    assert onward.parent["id"] == "summary"
    assert onward.a == head.a


def test_an_exercise_page_leads_to_its_chapter_by_number():
    builder = SimpleNamespace(get_relative_uri=lambda page, other: f"{other}.html")
    context = {"companions": {"book/entropy": "the chapter"}}
    app, page = SimpleNamespace(builder=builder), "exercises/pages/entropy"
    (link,) = orientation.ways_on(app, page, context, {"book/entropy": 5})
    assert link == '<a href="book/entropy.html">Chapter 5</a>'
    assert orientation.ways_on(app, "book/glossary", {}, {"book/entropy": 5}) == []


def test_no_two_links_to_places_of_a_page_have_one_name(pages, chapter):
    for path, page in pages.items():
        names = Counter(link.get("aria-label") for link in page.select(".headerlink"))
        assert [name for name, times in names.items() if times > 1 or not name] == [], path
    names = [link["aria-label"] for link in chapter.select(".headerlink")]
    assert "Link to this heading: A section of p_k / 2" in names
    headings = chapter.select("article :is(h1, h2, h3)")
    assert "A section of p_k / 2" in [heading.get("aria-label") for heading in headings]
    assert "Link to equation 1.1" in names
    assert "Link to this image: A line, y = x." in names


def test_a_glossary_begins_with_its_letters(pages):
    page = pages["book/sources.html"]
    letters = {
        link.get_text(): page.find(id=link["href"][1:]) for link in page.select(".letters a")
    }
    assert {letter: term.get_text()[:3] for letter, term in letters.items()} == {
        "A": "ant",
        "Z": "zeb",
    }


def drawn(draw) -> str:
    """A drawing in the style of the course, as SVG."""
    with mpl.rc_context():
        use_style()
        fig, ax = plt.subplots()
        draw(ax)
        file = io.StringIO()
        fig.savefig(file, format="svg")
        plt.close(fig)
    return file.getvalue()


def test_contrast_is_that_of_the_guidelines():
    assert pictures.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert pictures.contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)


def test_pale_and_small_text_of_a_figure_is_found():
    style = (ROOT / "website" / "static" / "book.css").read_text(encoding="utf-8")
    assert f"--paper: light-dark({', '.join(pictures.PAPER.values())})" in style
    assert list(pictures.hard_to_read(drawn(lambda ax: ax.set(title="Good")))) == []
    pale = pictures.hard_to_read(drawn(lambda ax: ax.text(0, 0, "pale", color=PALETTE["accent"])))
    assert [fault.split(",")[0] for fault in pale] == [
        "'pale' has a contrast of 2.2 on light paper"
    ]
    faint = pictures.hard_to_read(drawn(lambda ax: ax.text(0, 0, "faint", alpha=0.3)))
    assert [fault.split(" has ")[0] for fault in faint] == ["'faint'", "'faint'"]
    small = pictures.hard_to_read(drawn(lambda ax: ax.text(0, 0, "small", fontsize=8)))
    assert [fault.split(" is ")[0] for fault in small] == ["'small'"]
    script = pictures.hard_to_read(drawn(lambda ax: ax.text(0, 0, r"$\sqrt{a_k}$", fontsize=11)))
    assert next(script).endswith("is 5.0 pixels high on a phone, below 9")
    assert list(pictures.hard_to_read(drawn(lambda ax: ax.semilogx([1e-4, 1e4], [0, 1])))) == []
    powers = set(pictures.hard_to_read(drawn(lambda ax: ax.semilogx([1e5, 1e6], [0, 1]))))
    assert {fault.split(" is ")[0] for fault in powers} == {
        rf"'$\\mathdefault{{10^{{{power}}}}}$'" for power in (5, 6)
    }


@pytest.mark.parametrize(
    ("ink", "ground", "faults"),
    [
        ("white", {"color": PALETTE["truth"]}, []),
        ("white", {"color": PALETTE["accent"]}, ["light"]),
        ("black", {"color": PALETTE["accent"]}, []),
        ("black", {"color": PALETTE["accent"], "alpha": 0.3}, ["dark"]),
        ("#222222", {"color": PALETTE["truth"], "alpha": 0.5}, ["dark"]),
        ("#222222", {"color": PALETTE["truth"], "alpha": 0.3}, []),
        ("black", {"color": PALETTE["accent"], "zorder": 9}, ["dark"]),
        ("black", None, ["dark"]),
        ("white", None, ["light", "dark"]),
        ("white", {"color": "black"}, ["dark"]),
        ("black", {"color": "black"}, ["light", "dark"]),
        (("#222222", 0.9), None, []),
        (("#222222", 0.3), None, ["light", "dark"]),
        (("white", 0.3), {"color": PALETTE["truth"]}, ["light", "dark"]),
    ],
)
@pytest.mark.parametrize("shape", ["bar", "dot"])
def test_a_text_is_judged_on_what_it_stands_on(shape, ink, ground, faults):
    def figure(ax):
        ax.text(0, 0.5, "a label", color=ink, ha="center", va="center")
        if ground and shape == "bar":
            ax.bar([0], [1], **ground)
        elif ground:
            ax.scatter([0], [0.5], s=9000, **ground)
        ax.set(xlim=(-1, 1), ylim=(0, 1))

    found = list(pictures.hard_to_read(drawn(figure)))
    assert [re.search(r"(\w+) paper", fault)[1] for fault in found] == faults


@pytest.mark.parametrize(
    ("draw", "faults"),
    [
        (lambda ax: ax.axhline(0.5), ["'a label' is crossed by a line"]),
        (lambda ax: ax.plot([0, 1], [0.2, 0.8]), ["'a label' is crossed by a line"]),
        (lambda ax: ax.text(0.55, 0.52, "more"), ["'more' stands on 'a label'"]),
        (lambda ax: ax.text(0.97, 0.2, "far away", in_layout=False), ["'far away' is cut off"]),
        (lambda ax: ax.axhline(0.6), []),
        (lambda ax: ax.plot([0.55, 0.55], [0.6, 1]), []),
        (lambda ax: ax.plot([0.55, 0.55], [0.5, 5]), ["'a label' is crossed by a line"]),
        (lambda ax: ax.plot([-3, 0.4], [0.51, 0.51]), []),
    ],
)
def test_text_in_the_way_is_found(draw, faults):
    def figure(ax):
        ax.text(0.5, 0.5, "a label")
        draw(ax)
        ax.set(xlim=(0, 1), ylim=(0, 1))

    assert list(pictures.in_the_way(drawn(figure))) == faults


@pytest.mark.parametrize("colour", [*PALETTE.values(), "#222222", "#444444", "#666666"])
def test_a_colour_of_figures_is_seen_on_dark_paper(colour):
    assert pictures.contrast(dark_colours.turned(colour), "#15171b") >= 4.5


def test_orange_stays_orange_and_white_becomes_the_paper():
    red, green, blue = (int(dark_colours.turned("#D55E00")[i : i + 2], 16) for i in (1, 3, 5))
    assert red > green + 60 > blue + 100
    assert pictures.contrast(dark_colours.turned("#ffffff"), "#15171b") < 1.05


def test_a_drawing_carries_dark_colours_for_all_that_it_draws():
    def draw(ax) -> None:
        ax.plot([0, 1], label="a line")
        ax.fill_between([0, 1], [1, 0], color=PALETTE["wrong"])

    plain = drawn(draw)
    svg = dark_colours.with_dark_colours(plain)
    used = set(re.findall(r"(?:fill|stroke): #[0-9a-f]{6}", plain))
    assert set(re.findall(r'\[style\*="([^"]*)"\]', svg)) == used
    assert dark_colours.with_dark_colours(svg) == svg  # a build that finds it done leaves it


def test_the_contents_have_no_headings_before_that_of_the_page(chapter):
    """A reader who goes from heading to heading meets the title first; the lists have names."""
    tree = """<p aria-level="2" class="caption" role="heading"><span>The course</span></p>
        <ul><li>One</li></ul><p aria-level="2" class="caption" role="heading">More</p><ul></ul>"""
    page = BeautifulSoup(orientation.contents(tree, ""), "html.parser")
    assert page.select("[role=heading], [aria-level]") == []
    titles = [page.find(id=part["aria-labelledby"]).get_text() for part in page.select("ul")]
    assert titles == ["The course", "More"]
    assert chapter.select_one("h1, h2, [role=heading]").name == "h1"


@pytest.mark.parametrize(
    ("address", "headings"), [("#", ["One"]), ("../exercises.html", ["Exercises: entropy", "One"])]
)
def test_a_page_that_is_not_listed_stands_under_the_one_that_is(address, headings):
    tree = f'<ul><li class="current"><a href="{address}">Exercises</a></li></ul>'
    title, section = (
        '<a href="#">Exercises: entropy</a>',
        '<ul><li><a href="#one">One</a></li></ul>',
    )
    page = BeautifulSoup(
        orientation.contents(tree, f"<ul><li>{title}{section}</li></ul>"), "html.parser"
    )
    assert [link.get_text() for link in page.select("li.current .page-toc a")] == headings


def test_a_page_says_what_it_is_about(pages):
    page = pages["book/index.html"]
    said = "A first sentence that says what the page is about."
    assert page.select_one("meta[name=description]")["content"] == said
    assert page.select_one("meta[property='og:description']")["content"] == said
    about = pages["book/chapter.html"].select_one("meta[name=description]")["content"]
    assert about.startswith("Inline p_k, displayed in a sentence q_k ≤ p_k, a = 1, from Theorem 1")


def test_the_public_address_gives_canonical_links_a_sitemap_and_a_card(html, pages):
    address = "https://example.org/course/book/chapter.html"
    assert pages["book/chapter.html"].select_one("link[rel=canonical]")["href"] == address
    assert f"<loc>{address}</loc>" in (html / "sitemap.xml").read_text()
    assert (html / "_static" / "social-card.png").read_bytes().startswith(b"\x89PNG")
    assert pages["404.html"].base["href"] == "/course/"


def test_a_notebook_can_be_downloaded_with_the_package_that_made_its_page(html, chapter):
    link, package = chapter.select(".run-it a[download]")
    stored = html / "book" / link["href"]
    assert json.loads(stored.read_text())["nbformat"] == 4
    wheel = (html / "book" / package["href"]).resolve()
    assert wheel.name == "coursecode-7.0-py3-none-any.whl"
    with ZipFile(wheel) as files:
        assert "return 41" in files.read("coursecode/core.py").decode()


def test_a_public_repository_gives_links_to_colab_and_binder(chapter, pages):
    links = [link["href"] for link in chapter.select(".run-it a:not([download])")]
    place = "someone/course"
    assert links == [
        f"https://mybinder.org/v2/gh/{place}/notebooks?urlpath=lab/tree/book/chapter.ipynb",
        f"https://colab.research.google.com/github/{place}/blob/notebooks/book/chapter.ipynb",
    ]
    assert not pages["book/index.html"].select("a[href*=colab]")


def test_the_notebooks_for_colab_and_binder_bring_the_package(html, tmp_path):
    launch.write(html, "https://example.org/course", tmp_path)
    wheel = "coursecode-7.0-py3-none-any.whl"
    assert (tmp_path / "requirements.txt").read_text() == f"./{wheel}\n"
    assert (tmp_path / wheel).exists()
    cells = json.loads((tmp_path / "book" / "chapter.ipynb").read_text())["cells"]
    install = next(cell for cell in cells if cell["cell_type"] == "code")
    lines = "".join(install["source"]).splitlines()
    assert (
        lines[-1]
        == f"    %pip install --quiet https://example.org/course/_downloads/package/{wheel}"
    )
    assert lines[-2] == 'if find_spec("coursecode") is None:'


def test_notebooks_without_an_address_are_refused(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    assert "SITE_URL must be" in launch.main(["folder"])


def test_the_theme_leaves_nothing_behind(html):
    static = html / "_static"
    assert not {"scripts", "styles", "vendor"} & {path.name for path in static.iterdir()}
    assert sum(path.stat().st_size for path in static.rglob("*") if path.is_file()) < 600_000


def test_the_root_leads_to_the_front_page(html, pages):
    door = pages["index.html"]
    assert door.title.get_text() == pages["book/index.html"].title.get_text()
    for link in (door.a, door.find("link", rel="icon")):
        assert (html / link["href"]).exists()


def test_the_whole_book_on_one_page_keeps_every_link_and_unfolds_everything(html):
    page = BeautifulSoup(print_book.whole(html), "html.parser")
    ids = Counter(tag["id"] for tag in page.select("[id]") if not tag.find_parent("svg"))
    assert max(ids.values()) == 1
    inner = [link["href"][1:] for link in page.select("a[href^='#']")]
    assert inner
    assert set(inner) <= set(ids)
    for tag in page.select("[src]"):
        assert (html / tag["src"]).exists()
    assert all(part.has_attr("open") for part in page.select("details"))
    assert [title.get_text() for title in page.select("h1")] == [
        "A small book",
        "1. Chapter",
        "Reference",
        "Errors",
        "Sources",
    ]


def test_a_page_is_printed_with_what_was_folded_and_never_left_out(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<article><details></details><details class='a' open></details></article>")
    printed = BeautifulSoup(print_book.article(tmp_path, page.name, set()), "html.parser")
    assert [str(part) for part in printed.select("details")] == [
        '<details open=""></details>',
        '<details class="a" open=""></details>',
    ]
    page.write_text("<p>Text.</p>")
    with pytest.raises(ValueError, match=r"page\.html must have an <article>"):
        print_book.article(tmp_path, page.name, set())


def test_wrong_tex_is_a_warning_at_its_place(faults):
    assert re.search(r"index\.md:3: WARNING: KaTeX parse error: .*\\frac\{1", faults)
    assert re.search(
        r"index\.md:3: WARNING: KaTeX parse error: Undefined control sequence: \\nosuchcommand",
        faults,
    )
    assert re.search(r"index\.md:20: WARNING: KaTeX parse error: .*\\inproof", faults)


def test_a_picture_needs_words_that_are_not_its_file_name(faults):
    complaints = re.findall(
        r"index\.md:(\d+): WARNING: picture dot.png has no alternative text", faults
    )
    assert complaints == ["5", "7"]


def test_a_build_keeps_what_a_learner_has_written_into_an_exercise(tmp_path):
    def build_of(version):
        exercise_pages.put(tmp_path, {"a.ipynb": f"a {version}", "b.ipynb": f"b {version}"})

    build_of(1)
    for answer in ("mine", "mine again"):
        (tmp_path / "a.ipynb").write_text(answer)
        build_of(1)
    build_of(2)
    exercise_pages.put(tmp_path, {"a.ipynb": "a 3"})
    assert {path.name: path.read_text() for path in tmp_path.glob("*.ipynb")} == {
        "a.ipynb": "a 3",
        "a_yours.ipynb": "mine",
        "a_yours2.ipynb": "mine again",
    }


def test_an_incremental_build_shows_the_numbers_of_the_present_package(tmp_path):
    folder = book(
        tmp_path,
        {"index.md": "# Front\n\nText.\n", "chapter.ipynb": notebook("# Chapter", CELLS[:1])},
    )
    assert build(folder).returncode == 0
    assert "the answer is 41 nats" in soup(folder, "book/chapter.html").get_text()
    (folder / "coursecode" / "core.py").write_text(CORE.replace("ANSWER", "42"))
    assert build(folder).returncode == 0
    assert "the answer is 42 nats" in soup(folder, "book/chapter.html").get_text()


@pytest.mark.parametrize("name", ["codemirror", "katex", "minisearch"])
def test_what_others_made_is_as_published(name):
    folder = katex_math.VENDOR.parent / name
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    digests = dict(reversed(line.split()) for line in lines)
    here = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert here == {*digests, "README.md", "SHA256SUMS"}
    for path, digest in digests.items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest, path


def test_fonts_hold_the_glyphs_of_the_formulas_and_no_others(html):
    styles = (html / "_static" / "katex.css").read_text()
    faces = re.findall(r'font-family:(\w+)(?=[^}]*font-style:(\w+))[^}]*base64,([^"]+)"', styles)
    glyphs = {
        (family, style): set(map(chr, TTFont(io.BytesIO(b64decode(data))).getBestCmap()))
        for family, style, data in faces
    }
    assert glyphs["KaTeX_Size2", "normal"] == {"∑"}
    assert set("qHxabc") <= glyphs["KaTeX_Math", "italic"]
    assert "z" not in glyphs["KaTeX_Math", "italic"]
    assert "url(fonts/" not in styles


def test_a_later_build_takes_the_stylesheet_of_another_katex(tmp_path, monkeypatch):
    styles = tmp_path / "site" / "_static" / "katex.css"
    styles.parent.mkdir(parents=True)
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=styles.parents[1])
    katex_math.write_styles(app, None)
    vendor = shutil.copytree(katex_math.VENDOR, tmp_path / "katex")
    (vendor / "katex.min.css").write_text(".another{}")
    (vendor / "SHA256SUMS").write_text("of another")
    monkeypatch.setattr(katex_math, "VENDOR", vendor)
    katex_math.write_styles(app, None)
    assert styles.read_text().endswith("\n.another{}")


def test_a_letter_is_in_the_face_that_shows_it():
    html = katex_math.typeset(
        r"\mathbb{E} + \mathbf{w}_{\max} \bigl(\text{is } x\bigr)", True, "{}"
    )[0]
    glyphs = {face: "".join(sorted(used)) for face, used in katex_math.glyphs_of([html]).items()}
    assert glyphs.pop("KaTeX_Size3-Regular") == "amx"  # a size of that name, without a glyph
    assert glyphs == {
        "KaTeX_AMS-Regular": "E",
        "KaTeX_Main-Bold": "w",
        "KaTeX_Main-Regular": "()+aimsx\xa0\u200b",
        "KaTeX_Math-Italic": "x",
        "KaTeX_Size1-Regular": "()",
    }
