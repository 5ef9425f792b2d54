"""Figures that answer back, as readers move them: by mouse, key and finger, on a phone."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import coursecode as cc
from tests.test_website_browser import browser
from tests.websites import served

__all__ = ["browser"]  # a fixture
PHONE_WIDTH = 390
pytestmark = pytest.mark.browser

# What the reading's first bold number must be, from the numbers that the handles say.
NUMBERS: dict[str, tuple[str, Callable[[list[float]], float]]] = {
    "beliefs-and-losses": ("index", lambda v: v[0] ** 2),
    "softmax-steps": ("cross_entropy", lambda v: cc.softmax_cross_entropy(0, v)),
    "hinge-number-line": ("hinge", lambda v: cc.multiclass_hinge_loss(0, v)),
}
# Words that stick out of the screen, or are too small to be read.
HIDDEN_WORDS = """
(figure) => [...figure.querySelectorAll("text")].filter((word) => {
    const {left, right} = word.getBoundingClientRect();
    return left < 0 || right > innerWidth || parseFloat(getComputedStyle(word).fontSize) < 9;
}).map((word) => word.textContent)
"""


class Hand:
    """What a reader does with a figure, and sees of it."""

    def __init__(self, page, name: str) -> None:
        self.page, self.figure = page, page.locator(f"loss-figure[name='{name}']")
        self.handle = self.figure.get_by_role("slider").first
        self.figure.scroll_into_view_if_needed()
        self.handle.wait_for()

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
    with served(site) as address:
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
    chapter, right = NUMBERS[name]
    phone.goto(f"{address}book/{chapter}.html", wait_until="load")
    hand = Hand(phone, name)
    start = hand.number
    for way, act in ((1, hand.by_key), (1, hand.by_mouse), (-1, hand.by_finger)):
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
    hand.handle.press("End")
    hand.figure.get_by_role("button", name="Reset").click()
    assert hand.number == start


@pytest.mark.parametrize("width", [PHONE_WIDTH, 1280])
def test_a_figure_wakes_in_the_box_that_it_slept_in(browser, address, width):
    heights = {}
    for asleep in (True, False):
        page = browser.new_page(viewport={"width": width, "height": 844})
        if asleep:
            page.route("**/figures/*.js*", lambda route: route.abort())
        for chapter in ("index", "hinge"):
            page.goto(f"{address}book/{chapter}.html", wait_until="load")
            figure = page.locator("loss-figure")
            figure.scroll_into_view_if_needed()
            figure.locator("[role=slider]").first.wait_for() if not asleep else None
            heights[chapter, asleep] = figure.bounding_box()["height"]
        page.close()
    for chapter in ("index", "hinge"):
        assert heights[chapter, True] == heights[chapter, False] > 300


def test_on_paper_and_without_scripts_stands_the_chapters_own_figure(browser, address):
    for scripts in (True, False):
        page = browser.new_context(java_script_enabled=scripts).new_page()
        page.goto(f"{address}book/hinge.html", wait_until="load")
        if scripts:
            page.locator("loss-figure").scroll_into_view_if_needed()
            page.locator("loss-figure[data-awake]").wait_for()
            page.emulate_media(media="print")
        figure = page.locator("loss-figure")
        assert figure.locator("img").is_visible()
        for live in (".question", ".reading", ".notice", "[role=slider]", "svg"):
            assert not any(one.is_visible() for one in figure.locator(live).all()), live
        page.context.close()


def test_a_figure_follows_light_and_dark(browser, address):
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(f"{address}book/hinge.html", wait_until="load")
    colours = "getComputedStyle(document.querySelector('.stage .bar')).fill"
    page.locator("loss-figure").scroll_into_view_if_needed()
    page.locator("loss-figure[data-awake]").wait_for()
    light = page.evaluate(colours)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(colours) != light
    page.context.close()
