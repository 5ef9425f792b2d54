"""Figures that answer back, as readers move them: by mouse, key and finger, on a phone."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy.optimize import brentq

import coursecode as cc
from tests.test_website_browser import browser
from tests.websites import served

__all__ = ["browser"]  # a fixture
PHONE_WIDTH = 390
pytestmark = pytest.mark.browser

# What the reading's first bold number must be, from the numbers that the handles say.
NUMBERS: dict[str, tuple[str, Callable[[list[float]], float]]] = {
    "beliefs-and-losses": ("index", lambda v: v[0] ** 2),
    "best-constant": (
        "what_is_a_loss",
        lambda v: cc.absolute_error([3.0, 3.0, 4.0, 8.0, v[1]], [v[0]] * 5).mean(),
    ),
    "outlier-lines": ("least_squares", lambda v: slope_of_nebulae(*v)),
    "fisher-curvature": (
        "maximum_likelihood",
        lambda v: -13 * cc.kl_divergence([9 / 13, 4 / 13], [v[0], 1 - v[0]]),
    ),
    "first-weighing": (
        "information_content",
        lambda v: cc.entropy(np.array([2 * v[0], 24 - 4 * v[0], 2 * v[0]]) / 24, base=2),
    ),
    "code-area": ("entropy", lambda v: np.dot([0.5, 0.25, 0.125, 0.125], v)),
    "kl-directions": ("kl_divergence", lambda v: forward_divergence(*v)),
    "softmax-steps": ("cross_entropy", lambda v: cc.softmax_cross_entropy(0, v)),
    "hinge-number-line": ("hinge", lambda v: cc.multiclass_hinge_loss(0, v)),
    "penalty-balls": ("regularization", lambda v: first_weight(*v)),
    "focal-report": ("losses_of_today", lambda v: report_under_focal_loss(v[0])),
    "staircase": ("choosing_a_loss", lambda v: loss_on_the_way(v[0])),
}


def slope_of_nebulae(distance: float, velocity: float) -> float:
    data = cc.load_hubble()
    x, y = data.distances.copy(), data.velocities.copy()
    x[-1], y[-1] = distance, velocity
    return cc.least_squares(x[:, None], y, intercept=True).coefficients[0]


def forward_divergence(mean: float, std: float) -> float:
    x = np.linspace(-12, 12, 4801)
    bell = lambda m, s: cc.normal_log_likelihood(x, np.full_like(x, m), np.full_like(x, s))
    p = np.logaddexp(np.log(0.6) + bell(-2.0, 0.7), np.log(0.4) + bell(2.0, 0.7))
    return (np.exp(p) * (p - bell(mean, std))).sum() * (x[1] - x[0])


def first_weight(one: float, other: float, budget: float) -> float:
    rows = np.linalg.cholesky([[1.0, 0.45], [0.45, 0.7]]).T * np.sqrt(2)
    weights = lambda s: cc.lasso(rows, rows @ [one, other], strength=s).coefficients
    strength = brentq(lambda s: cc.l1_penalty(weights(s)) - budget, 1e-9, 50)
    return weights(strength)[0]


def report_under_focal_loss(p: float) -> float:
    q = np.linspace(0.001, 0.999, 99801)
    costs = p * (1 - q) ** 2 * cc.information_content(q) + (1 - p) * q**2 * cc.information_content(
        1 - q
    )
    return q[costs.argmin()]


def loss_on_the_way(t: float) -> float:
    """Of the chapter's classifier."""
    digits = cc.load_digits()
    X = np.column_stack([digits.images.reshape(-1, 64) / 16, np.ones(len(digits.labels))])[:900]
    y, start = digits.labels[:900], np.random.default_rng(1).normal(scale=0.01, size=(10, 65))
    trained = cc.gradient_descent(
        lambda W: cc.softmax_cross_entropy(y, X @ W.T).mean(),
        lambda W: cc.softmax_cross_entropy_gradient(y, X @ W.T).T @ X / len(y),
        start,
        learning_rate=0.25,
        steps=200,
    ).points[-1]
    return cc.softmax_cross_entropy(y, X @ (start + t * (trained - start)).T).mean()


# Words that stick out of the screen, or are too small to be read.
HIDDEN_WORDS = """
(figure) => [...figure.querySelectorAll("text")].filter((word) => {
    const {left, right} = word.getBoundingClientRect();
    return left < 0 || right > innerWidth || parseFloat(getComputedStyle(word).fontSize) < 9;
}).map((word) => word.textContent)
"""


def come_near(page, figure) -> None:
    """Scroll to a figure, which then wakes; what comes into sight on the way grows and shrinks."""
    scroll = "(e) => { e.scrollIntoView({block: 'center'}); return 'awake' in e.dataset; }"
    page.wait_for_function(scroll, arg=figure.element_handle())
    figure.evaluate("(e) => e.querySelector('.stage').scrollIntoView({block: 'center'})")


class Hand:
    """What a reader does with a figure, and sees of it."""

    def __init__(self, page, name: str) -> None:
        self.page, self.figure = page, page.locator(f"loss-figure[name='{name}']")
        handles = self.figure.get_by_role("slider")
        self.handle = handles.nth(
            1 if name == "penalty-balls" else 0
        )  # a corner holds on to weights
        come_near(page, self.figure)

    @property
    def number(self) -> str:
        return self.figure.locator(".reading b").first.inner_text()

    @property
    def said(self) -> list[float]:
        texts = self.figure.get_by_role("slider").evaluate_all(
            "(all) => all.map((e) => e.ariaValueText)"
        )
        return [
            float(number)
            for number in re.findall(r"-?\d+\.?\d*", " ".join(texts).replace("−", "-"))
        ]

    def middle(self) -> tuple[float, float]:
        box = self.handle.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def by_mouse(self, way: int) -> None:
        x, y = self.middle()
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 25 * way, y - 25 * way, steps=3)
        self.page.mouse.up()

    def by_finger(self, way: int) -> None:
        x, y = self.middle()
        session = self.page.context.new_cdp_session(self.page)
        for kind, far in (
            ("touchStart", 0),
            ("touchMove", 18),
            ("touchMove", 36),
            ("touchEnd", None),
        ):
            points = [] if far is None else [{"x": x + far * way, "y": y - far * way}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def by_key(self, way: int) -> None:
        self.handle.press("ArrowRight" if way > 0 else "ArrowLeft")
        self.handle.press("PageUp" if way > 0 else "PageDown")


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """The site, and with each chapter's figure a page of its own, which is quickly there."""
    alone = {}
    for name, (chapter, _) in NUMBERS.items():
        text = (site / "book" / f"{chapter}.html").read_text(encoding="utf-8")
        head, figure = (
            text.partition("<body")[0],
            re.search(f'<loss-figure name="{name}".*?</loss-figure>', text, re.S),
        )
        alone[f"book/{name}.html"] = f"{head}<body><main>{figure[0]}</main></body></html>".encode()
    with served(site, alone) as address:
        yield address


@pytest.fixture(scope="module")
def phone(browser):
    context = browser.new_context(
        viewport={"width": PHONE_WIDTH, "height": 844}, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_handle_moves_the_number_and_the_number_is_right(phone, address, name):
    right = NUMBERS[name][1]
    phone.goto(f"{address}book/{name}.html")
    hand = Hand(phone, name)
    start = hand.number
    for way, act in ((1, hand.by_key), (-1, hand.by_mouse), (1, hand.by_finger)):
        before, told = hand.number, hand.said
        act(way)
        assert hand.said != told, act.__name__
        assert hand.number != before, act.__name__
        digits = len(hand.number.partition(".")[2])
        expected = float(np.round(right(hand.said), digits))
        assert float(hand.number.replace("−", "-")) == pytest.approx(
            expected, abs=1.01 * 10**-digits
        )
        assert phone.evaluate(HIDDEN_WORDS, hand.figure.element_handle()) == []
    heights = [hand.figure.bounding_box()["height"]]
    for end in ("Home", "End"):
        hand.handle.press(end)
        heights.append(hand.figure.bounding_box()["height"])
        assert phone.evaluate(HIDDEN_WORDS, hand.figure.element_handle()) == []
    assert len(set(heights)) == 1  # nothing below it jumps
    hand.figure.get_by_role("button", name="Reset").click()
    assert hand.number == start


@pytest.mark.parametrize("width", [PHONE_WIDTH, 1280])
def test_a_figure_wakes_in_the_box_that_it_slept_in(browser, address, width):
    heights = {}
    for asleep in (True, False):
        page = browser.new_page(viewport={"width": width, "height": 844})
        if asleep:
            page.route("**/figures/*.js*", lambda route: route.abort())
        for chapter in ("index", "information_content"):
            page.goto(f"{address}book/{chapter}.html", wait_until="domcontentloaded")
            figure = page.locator("loss-figure")
            if asleep:
                figure.scroll_into_view_if_needed()
            else:
                come_near(page, figure)
            heights[chapter, asleep] = figure.bounding_box()["height"]
        page.close()
    for chapter in ("index", "information_content"):
        assert heights[chapter, True] == heights[chapter, False] > 300


def test_on_paper_and_without_scripts_stands_the_chapters_own_figure(browser, address):
    for scripts in (True, False):
        page = browser.new_context(java_script_enabled=scripts).new_page()
        page.goto(f"{address}book/information_content.html", wait_until="load")
        if scripts:
            come_near(page, page.locator("loss-figure"))
            page.emulate_media(media="print")
        figure = page.locator("loss-figure")
        assert figure.locator("img").is_visible()
        for live in (".question", ".reading", ".notice", "[role=slider]", "svg"):
            assert not any(one.is_visible() for one in figure.locator(live).all()), live
        page.context.close()


def test_a_figure_follows_light_and_dark(browser, address):
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(f"{address}book/information_content.html", wait_until="load")
    colours = "getComputedStyle(document.querySelector('.stage .bar')).fill"
    come_near(page, page.locator("loss-figure"))
    light = page.evaluate(colours)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(colours) != light
    page.context.close()
