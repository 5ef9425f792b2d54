"""Figures that answer back: their scripts compute what the package computes, and are small."""

import gzip
import json
import re
from itertools import permutations
from pathlib import Path

import mpmath
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

WAITS = [[RNG.integers(0, 30, 5).tolist(), guess] for guess in (0, 4, 7.5, 100) for _ in range(5)]
P = [*RNG.dirichlet(np.ones(4), 20).tolist(), [1.0, 0.0, 0.0, 0.0], [0.5, 0.25, 0.125, 0.125]]
LENGTHS = RNG.integers(1, 9, (len(P), 4)).tolist()
BELLS = [[mean, std] for mean in (-4.0, -0.4, 0.0, 1.234, 4.0) for std in (0.65, 1.0, 2.1, 3.0)]
THROWS = [[n, q] for n in (13, 130, 1300) for q in (1e-300, 1e-3, 0.5, 9 / 13, 0.98)]
POINTS = [
    [np.sort(RNG.normal(0, 3, 24)).tolist(), RNG.normal(0, scale, 24).tolist()]
    for scale in (1e-3, 1, 1e6)
    for _ in range(4)
]
FOCAL = [[q, gamma] for q in (1e-300, 0.01, 0.5, 0.999, 1.0) for gamma in (0, 1, 2, 5)]
REPORTS = [[p, gamma] for p in (1e-3, 0.02, 0.3, 0.5, 0.8, 0.98) for gamma in (0, 1, 2, 5)]
SERIES = [[RNG.normal(size=41).tolist(), t] for t in (0, 0.1, 0.5, 0.77, 1)]
JUMPS = [[[[0, 9], [3, 8], [7, 12]], k] for k in (0, 2, 3, 6, 7, 1000)]

SHAPE = np.array([[1.0, 0.45], [0.45, 0.7]])
ROWS = np.linalg.cholesky(SHAPE).T * np.sqrt(2)  # so that the mean square of two residuals is it
OPTIMA = [
    [RNG.normal(0, 2, 2).tolist(), strength, ratio]
    for strength in (0.0, 1e-3, 0.7, 3.0, 100.0)
    for ratio in (1.0, 0.5, 0.0)
    for _ in range(4)
]
BUDGETS = [
    [RNG.normal(0, 2, 2).tolist(), b, ratio] for b in (0.2, 1, 5) for ratio in (0.0, 0.5, 1.0)
]


def bell(x, mean, std):
    return cc.normal_log_likelihood(x, np.full_like(x, mean), np.full_like(x, std))


def two_humps(x):
    return np.logaddexp(np.log(0.6) + bell(x, -2.0, 0.7), np.log(0.4) + bell(x, 2.0, 0.7))


def divergences() -> list[list[float]]:
    x = np.linspace(-25, 25, 1001)
    p, both = two_humps(x), []
    for mean, std in BELLS:
        q = bell(x, mean, std)
        both.append([(np.exp(p) * (p - q)).sum() / 20, (np.exp(q) * (q - p)).sum() / 20])
    return both


def best_absolute(x, y) -> float:
    """The least mean absolute error of any line through two of the points."""
    x, y = np.array(x), np.array(y)
    i, j = np.triu_indices(len(x), 1)
    slopes = (y[j] - y[i]) / (x[j] - x[i])
    lines = slopes[:, None] * (x - x[i][:, None]) + y[i][:, None]
    return float(cc.absolute_error(np.broadcast_to(y, lines.shape), lines).mean(axis=1).min())


def best_report(p: float, gamma: int) -> float:
    """Where the average focal loss is level, with the slopes of mpmath."""
    focal = lambda q: (1 - q) ** gamma * -mpmath.log(q)
    average = lambda q: p * focal(q) + (1 - p) * focal(1 - q)
    slope = lambda q: mpmath.diff(average, q)
    with mpmath.workdps(40):
        return float(mpmath.findroot(slope, (1e-4, 1 - 1e-4), solver="anderson", tol=1e-30))


def fits(cases):
    for optimum, strength, ratio in cases:
        target = ROWS @ np.array(optimum)
        yield cc.elastic_net(
            ROWS, target, strength=strength, l1_ratio=ratio, tolerance=1e-15
        ).coefficients


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
    ("what_is_a_loss", "mean"): ([[v] for v, _ in WAITS], lambda: [np.mean(v) for v, _ in WAITS]),
    ("what_is_a_loss", "median"): (
        [[v] for v, _ in WAITS],
        lambda: [np.median(v) for v, _ in WAITS],
    ),
    ("what_is_a_loss", "mode"): (
        [[v] for v, _ in WAITS],
        lambda: [np.bincount(v).argmax() for v, _ in WAITS],
    ),
    ("what_is_a_loss", "meanLosses"): (
        WAITS,
        lambda: [
            [
                np.mean([one != guess for one in v]),
                cc.absolute_error(v, [guess] * 5).mean(),
                cc.squared_error(v, [guess] * 5).mean(),
            ]
            for v, guess in WAITS
        ],
    ),
    ("information", "bits"): (
        [[p[0]] for p in P],
        lambda: cc.information_content([p[0] for p in P], base=2),
    ),
    ("information", "entropy"): ([[p] for p in P], lambda: cc.entropy(P, base=2)),
    ("information", "kraft"): ([[n] for n in LENGTHS], lambda: (0.5 ** np.array(LENGTHS)).sum(1)),
    ("information", "meanLength"): (
        [[p, n] for p, n in zip(P, LENGTHS, strict=True)],
        lambda: [np.dot(p, n) for p, n in zip(P, LENGTHS, strict=True)],
    ),
    ("kl_divergence", "logNormal"): (
        [[x, *one] for one in BELLS for x in (-30.0, 0.0, 2.5)],
        lambda: [bell(np.array(x), *one) for one in BELLS for x in (-30.0, 0.0, 2.5)],
    ),
    ("kl_divergence", "logTruth"): (
        [[x] for x in (-25, -2, 0, 0.3, 2, 25)],
        lambda: two_humps(np.array([-25, -2, 0, 0.3, 2, 25])),
    ),
    ("kl_divergence", "divergences"): (BELLS, divergences),
    ("least_squares", "leastSquares"): (
        POINTS,
        lambda: [
            [
                *(fit := cc.least_squares(np.array(x)[:, None], y, intercept=True)).coefficients,
                fit.intercept,
            ]
            for x, y in POINTS
        ],
    ),
    ("maximum_likelihood", "belowTop"): (
        THROWS,
        lambda: [-n * cc.kl_divergence([9 / 13, 4 / 13], [q, 1 - q]) for n, q in THROWS],
    ),
    ("regularization", "elasticNet"): (OPTIMA, lambda: list(fits(OPTIMA))),
    ("regularization", "penalty"): (
        [[w, ratio] for w, _, ratio in OPTIMA],
        lambda: [cc.elastic_net_penalty(w, l1_ratio=ratio) for w, _, ratio in OPTIMA],
    ),
    ("regularization", "dataLoss"): (
        [[w, [1.7, 0.8]] for w, *_ in OPTIMA],
        lambda: [cc.squared_error(ROWS @ [1.7, 0.8], ROWS @ w).mean() for w, *_ in OPTIMA],
    ),
    ("losses_of_today", "focal"): (
        FOCAL,
        lambda: [(1 - q) ** gamma * cc.information_content(q) for q, gamma in FOCAL],
    ),
    ("losses_of_today", "averageFocal"): (
        [[0.3, q, gamma] for q, gamma in REPORTS],
        lambda: [
            0.3 * (1 - q) ** gamma * cc.information_content(q)
            + 0.7 * q**gamma * cc.information_content(1 - q)
            for q, gamma in REPORTS
        ],
    ),
    ("losses_of_today", "bestReport"): (REPORTS, lambda: [best_report(*one) for one in REPORTS]),
    ("choosing_a_loss", "chebyshev"): (
        SERIES,
        lambda: [np.polynomial.chebyshev.chebval(2 * t - 1, series) for series, t in SERIES],
    ),
    ("choosing_a_loss", "reached"): (JUMPS, lambda: [9, 9, 8, 8, 12, 12]),
}
#: Checked below by what must hold for their results.
OTHERS = {
    ("hinge", "shortfalls"),  # the hinge is their sum
    ("information", "prefixCode"),
    ("least_squares", "leastAbsolute"),
    ("maximum_likelihood", "interval"),
    ("regularization", "strengthFor"),
    ("regularization", "wedge"),
}


@pytest.mark.parametrize(("module", "function"), SAME)
def test_a_script_computes_what_the_package_computes(module, function):
    cases, expected = SAME[module, function]
    found = np.array(computed(module, function, cases))
    np.testing.assert_allclose(found, expected(), rtol=1e-12, atol=1e-12)


def test_every_function_of_numbers_is_compared():
    for path in live_figures.FOLDER.glob("numbers/*.js"):
        names = re.findall(r"^export (?:function|const) (\w+)", path.read_text(), re.M)
        assert {(path.stem, name) for name in names} <= set(SAME) | OTHERS, path.stem


def test_the_line_of_least_absolute_error_is_the_best_through_two_points():
    for (x, y), (slope, intercept) in zip(
        POINTS, computed("least_squares", "leastAbsolute", POINTS), strict=True
    ):
        reached = cc.absolute_error(y, slope * np.array(x) + intercept).mean()
        assert reached == pytest.approx(best_absolute(x, y), rel=1e-12)


def test_at_the_ends_of_an_interval_the_likelihood_has_dropped_by_it():
    cases = [[n, drop] for n in (13, 130, 1300) for drop in (0.5, 1.92)]
    for (n, drop), ends in zip(
        cases, computed("maximum_likelihood", "interval", cases), strict=True
    ):
        for q in ends:
            fallen = n * cc.kl_divergence([9 / 13, 4 / 13], [q, 1 - q])
            assert fallen == pytest.approx(drop, rel=1e-12)


def test_the_words_of_a_prefix_code_are_as_long_as_asked_and_begin_no_other():
    possible = [n for n in LENGTHS if sum(0.5**one for one in n) <= 1]
    assert possible
    for lengths, words in zip(
        possible, computed("information", "prefixCode", [[n] for n in possible]), strict=True
    ):
        assert [len(word) for word in words] == lengths
        assert not any(b.startswith(a) for a, b in permutations(words, 2))


def test_the_strength_found_for_a_budget_spends_it():
    strengths = computed("regularization", "strengthFor", BUDGETS)
    found = fits([[w, s, ratio] for (w, _, ratio), s in zip(BUDGETS, strengths, strict=True)])
    for (optimum, budget, ratio), strength, w in zip(BUDGETS, strengths, found, strict=True):
        if strength:
            assert cc.elastic_net_penalty(w, l1_ratio=ratio) == pytest.approx(budget, rel=1e-9)
        else:
            assert cc.elastic_net_penalty(optimum, l1_ratio=ratio) <= budget


@pytest.mark.parametrize("ratio", [1.0, 0.5])
def test_an_optimum_inside_a_wedge_ends_at_its_tip_and_one_outside_does_not(ratio):
    for tip in ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]):
        ((one, other),) = computed("regularization", "wedge", [[tip, ratio]])
        for a, inside in ((0.02, True), (0.5, True), (0.98, True), (-0.1, False), (1.1, False)):
            ways = a * np.array(one) + (1 - a) * np.array(other)
            case = [(tip + 0.8 * ways).tolist(), 1.0, ratio]
            (strength,) = computed("regularization", "strengthFor", [case])
            (w,) = fits([[case[0], strength, ratio]])
            assert (w == 0).any() == inside


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
