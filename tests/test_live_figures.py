"""Figures that answer back: their scripts compute what the package computes, and are small."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from py_mini_racer import MiniRacer

import coursecode as cc
from coursecode.figures import PALETTE
from website.extensions import live_figures
from website.extensions.pictures import turned

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(15)
LIGHT = 5_000  # bytes, gzipped, of a figure with what it shares
FIGURES = sorted(
    path.stem for path in live_figures.FOLDER.glob("*.js") if live_figures.exists(path.stem)
)


def computed(module: str, function: str, cases: list[list[object]]) -> list[object]:
    """What a function of a module gives for each of these lists of arguments."""
    racer = MiniRacer()
    code = live_figures.script(f"numbers/{module}")
    told = f"{json.dumps(cases)}.map((one) => {function}(...one))"
    answer = racer.eval(f"(() => {{{code}\nreturn JSON.stringify({told})}})()")
    racer.close()
    return json.loads(str(answer))


SCORES = [
    *(RNG.normal(0, scale, 3).tolist() for scale in (1, 3, 30, 300) for _ in range(10)),
    [3.2, 5.1, -1.7],
    [0.0, 0.0, 0.0],
    [700.0, -700.0, 0.0],
    [0.0, -40.0, -50.0],
]
LABELLED = [[label, scores] for scores in SCORES for label in range(3)]
BOTH = ([label for label, _ in LABELLED], [scores for _, scores in LABELLED])

SAME = {
    ("cross_entropy", "logsumexp"): ([[s] for s in SCORES], lambda: cc.logsumexp(SCORES)),
    ("cross_entropy", "softmax"): ([[s] for s in SCORES], lambda: cc.softmax(SCORES)),
    ("cross_entropy", "crossEntropy"): (LABELLED, lambda: cc.softmax_cross_entropy(*BOTH)),
    ("cross_entropy", "crossEntropyGradient"): (
        LABELLED,
        lambda: cc.softmax_cross_entropy_gradient(*BOTH),
    ),
    ("hinge", "hinge"): (LABELLED, lambda: cc.multiclass_hinge_loss(*BOTH)),
    ("hinge", "hingeGradient"): (LABELLED, lambda: cc.multiclass_hinge_loss_gradient(*BOTH)),
}


@pytest.mark.parametrize(("module", "function"), SAME)
def test_a_script_computes_what_the_package_computes(module, function):
    cases, expected = SAME[module, function]
    found = np.array(computed(module, function, cases))
    np.testing.assert_allclose(found, expected(), rtol=1e-12, atol=1e-12)


def test_every_function_of_numbers_is_compared():
    for path in live_figures.FOLDER.glob("numbers/*.js"):
        names = re.findall(r"^export (?:function|const) (\w+)", path.read_text(), re.M)
        assert {(path.stem, name) for name in names} <= set(SAME) | PARTS, path.stem


PARTS = {("hinge", "shortfalls")}  # of which a function that is compared is made


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_light_and_belongs_to_a_figure_of_the_book(name):
    assert len(gzip.compress(live_figures.script(name).encode())) <= LIGHT
    book = [path.read_text() for path in ROOT.glob("book/*.*") if path.suffix in (".md", ".ipynb")]
    named = [f'"fig-{name}"' in text or f"{{live-figure}} {name}\n" in text for text in book]
    assert sum(named) == 1


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_asks_reads_and_says_what_to_notice(name):
    before, picture, after = live_figures.around(name)
    assert re.search(r'<p class="question">[^<]+\?</p>', before)
    assert re.search(r'role="status">.*<b>[−\d.,]+</b>', after)
    assert re.search(r'<p class="notice">.{40,}\.</p>', after)
    assert not re.search(r"NaN|undefined|null", picture + after)


def test_the_colours_are_the_palettes():
    css = (ROOT / "website/static/book.css").read_text()
    stage = css[css.index(".stage {") :].partition("}")[0]
    for name, colour in PALETTE.items():
        variable = "orange" if name == "accent" else name  # the page's accent is another
        assert f"--{variable}: light-dark({colour.lower()}, {turned(colour)})" in stage
