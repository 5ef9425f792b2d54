"""The built site as its readers meet it: every page in a real browser.

Needs Chromium and the packages playwright and axe-playwright-python; without them the tests skip
and say so. BOOK_SITE names a built site (``.ci/run`` sets it); without it the book's own is
brought up to date. A page is loaded once and looked at in every way, by what `VISITS` lists.
"""

import gzip
import io
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.websites import chapters_of, pages_of, served
from website import print_book

pytestmark = pytest.mark.browser
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
BUDGET = 170_000  # bytes, gzipped, of a page and all that its first load asks for
SHIFT = 0.02  # of the screen, by which a page may jump while it loads
FIGURE_BUDGET = 40_000
SMALLEST = 320  # pixels
PAPER = 628  # pixels: the text of an A4 sheet, 166 mm
READY = 1500  # milliseconds
SLOW_LINE = {
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
    "offline": False,
}
FAST_LINE = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, "offline": False}
WHOLE = "whole-book.html"  # what the PDF is printed from

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that look at colours

RUN_AXE = """
async (options) => {
    const how = {resultTypes: ["violations"], preload: false, ...options};
    const {violations} = await axe.run(document, how);
    const said = (rule) => (node) => `${rule}: ${node.html.slice(0, 120)}`;
    return violations.flatMap(({id, nodes}) => nodes.map(said(id)));
}
"""
STRUCTURE = {"runOnly": AXE_TAGS, "rules": {rule: {"enabled": False} for rule in COLOURS}}
SIZES = {"runOnly": {"type": "rule", "values": ["target-size"]}}
UNSIZED = STRUCTURE | {"rules": STRUCTURE["rules"] | {"target-size": {"enabled": False}}}
COLOURS_ONLY = {"runOnly": {"type": "rule", "values": COLOURS}}

# Formulas and coloured code are thousands of like elements, which axe lays out for each width;
# two of each kind show it them all. What has a name is judged before: a formula may be all of it.
THIN_OUT = """
() => {
    const seen = new Map();
    for (const e of document.querySelectorAll(".katex, .highlight span")) {
        const kind = e.className + e.parentElement.className;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (seen.get(kind) > 2) e.replaceWith(e.classList.contains("katex") ? "x" : e.textContent);
    }
}
"""
# What has the same tags and classes all the way up has the same colours: two of each kind stay, and
# none of a kind that an earlier page had. Gives all kinds that were seen.
ONE_OF_A_KIND = """
(before) => {
    const kinds = new Map([[document.body, document.body.className]]);
    const seen = new Map(before.map((name) => [name, 2]));
    const kind = (e) => {
        if (!kinds.has(e)) {
            const formula = e.closest(".katex");
            const name = formula ? "formula" : `${e.tagName}.${e.getAttribute("class")}`;
            const above = kind((formula ?? e).parentElement);
            kinds.set(e, `${above}>${name}${e.style?.color ?? ""}`);
        }
        return kinds.get(e);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.data.trim()) continue;
        const name = kind(text.parentElement);
        seen.set(name, (seen.get(name) ?? 0) + 1);
        if (seen.get(name) > 2) text.data = "";
    }
    for (const e of [...document.querySelectorAll("main *")].reverse()) {
        const empty = !e.children.length && !e.textContent.trim();
        if (empty && !e.closest("svg, img, input, button, label")) e.remove();
    }
    return [...seen.keys()];
}
"""
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
UNREACHABLE = """
() => [...document.querySelectorAll("main *")]
    .filter((e) => e.scrollWidth > e.clientWidth)
    .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .filter((e) => e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))
"""
LOAD_FIGURES = """
async () => {
    const figures = [...document.images];
    for (const figure of figures) figure.loading = "eager";
    await Promise.allSettled(figures.map((figure) => figure.decode()));
    return figures.filter((figure) => !figure.naturalWidth).map((figure) => figure.src);
}
"""
# What is far from the screen is not laid out yet: for a look at all of it, it has to be.
LAY_OUT = """
async () => {
    const style = document.createElement("style");
    style.textContent = "* { content-visibility: visible !important; }";
    document.head.append(style);
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
}
"""
TWO_FRAMES = "new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))"
# How far a page has jumped. Text that comes where a reader hasn't scrolled to counts too.
WATCH_SHIFTS = """
window.jumped = 0;
new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.jumped += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""
# Where a place stands on the screen, and whether the page could scroll it to the top.
WHERE = """
(place) => {
    const target = document.getElementById(decodeURIComponent(place.slice(1)));
    const {top} = target.getBoundingClientRect();
    const rest = document.documentElement.scrollHeight - innerHeight - scrollY;
    return {top, atEnd: rest < 2};
}
"""
# Number what the keyboard should reach, in the order of the page.
NUMBER_STOPS = """
() => {
    const stops = [...document.querySelectorAll("a[href], button, input, summary, [tabindex]")]
        .filter((e) => e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}));
    stops.forEach((e, i) => { e.dataset.stop = i; });
    return stops.length;
}
"""
# Where the focus is, and what a reader who sees would miss of it.
FOCUS = """
() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const style = getComputedStyle(e), box = e.getClientRects()[0];
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const faults = outlined ? [] : ["no outline"];
    // Chromium also stops at a box that scrolls by a fraction of a pixel.
    const extra = !e.dataset.stop && e.matches("pre, .formula");
    if (!e.dataset.stop && !extra) faults.push("not expected");
    if (!top) faults.push("out of sight");
    else if (!e.contains(top) && !top.contains(e)) faults.push("covered");
    return {extra, stop: Number(e.dataset.stop ?? -1), what: e.outerHTML.slice(0, 100), faults};
}
"""
# Visible code that only scrolling would show whole.
SCROLLING_CODE = """
() => [...document.querySelectorAll(".cell_input pre")]
    .filter((e) => !e.closest("details") && e.scrollWidth > e.clientWidth)
    .map((e) => e.textContent.split("\\n").sort((a, b) => b.length - a.length)[0])
"""


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """The site served on this machine, with the page that the PDF is printed from."""
    with served(site, {WHOLE: print_book.whole(site).encode()}) as address:
        yield address


@pytest.fixture(scope="module")
def axe() -> str:
    name = "axe_playwright_python/axe.min.js"
    try:
        return Path(str(distribution("axe-playwright-python").locate_file(name))).read_text()
    except PackageNotFoundError:
        pytest.skip("needs the package axe-playwright-python")


@cache
def gzipped(path: Path) -> int:
    """A file's size as it is sent."""
    return len(gzip.compress(path.read_bytes()))


def watched(page, base: str) -> tuple[set[str], list[str]]:
    """What a page asks for from now on, and what goes wrong with it."""
    asked, trouble = set(), []

    def on_request(request) -> None:
        asked.add(request.url.split("?")[0])
        if not request.url.startswith((base, "data:")):
            trouble.append(f"foreign: {request.url}")

    page.on("request", on_request)
    page.on(
        "requestfailed",
        lambda r: None if "ERR_ABORTED" in r.failure else trouble.append(f"failed: {r.url}"),
    )
    page.on(
        "response", lambda r: trouble.append(f"{r.status}: {r.url}") if r.status >= 400 else None
    )
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
    return asked, trouble


def weighed(asked: set[str], address: str, site: Path) -> int:
    """The size of what was asked for, as it is sent."""
    files = [site / url.removeprefix(address) for url in asked if url.startswith(address)]
    return sum(map(gzipped, files))


class Visit:
    """A page that is being opened, on a phone with a slow line, and what is wrong with it."""

    def __init__(self, browser, address: str, site: Path, name: str) -> None:
        self.address, self.site, self.name = address, site, name
        self.context, self.page, self.line = on_a_phone(browser)
        self.asked, self.trouble = watched(self.page, address)
        self.page.goto(address + name, wait_until="commit")

    def first_load(self) -> Iterator[tuple[str, object]]:
        """Wait for the page, and go with it to a desk; what it asked for, and how it jumped."""
        if (distance := jumped(self.page)) > SHIFT:
            yield "jump", distance
        self.line.send("Network.emulateNetworkConditions", FAST_LINE)
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.evaluate(TWO_FRAMES)
        if (weight := weighed(self.asked, self.address, self.site)) > BUDGET:
            yield "weight", weight
        lost = self.page.evaluate(LOAD_FIGURES)
        yield from (("foreign", f"no picture: {url}") for url in lost)
        yield from (("foreign", what) for what in self.trouble)
        yield from (("foreign", f"cookie: {cookie}") for cookie in self.context.cookies())


def on_a_phone(browser, *, part: int = 1):
    """A new context with a page, on a line of 1.6 Mbit/s with 150 ms; and what can change that.

    It has a part of this processor, 4 for a quarter.
    """
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", SLOW_LINE)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": part})
    return context, page, phone


def jumped(page) -> float:
    """How far a page on a phone has jumped, once it has come with its letters."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.wait_for_timeout(150)
    return page.evaluate("window.jumped")


def look(page, axe: str, kinds: set[str], *, paper: bool = False) -> Iterator[tuple[str, object]]:
    """Look at an open page at all widths, in both colour schemes, and as it is printed; at the
    colours of the kinds of text that were not in `kinds`, where they then are."""
    if not paper:
        yield from (("scrolling code", line) for line in page.evaluate(SCROLLING_CODE))
    page.evaluate(UNFOLD)
    page.evaluate(LAY_OUT)
    for width in () if paper else (SMALLEST, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(LAY_OUT)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            yield "width", f"{wide} on {width}"
        yield from (("unreachable", what) for what in page.evaluate(UNREACHABLE))
    page.evaluate(axe)
    if not paper:  # on paper are the very same pages, all at once
        page.set_viewport_size({"width": 1280, "height": 900})
        yield from (("axe", f"whole: {what}") for what in page.evaluate(RUN_AXE, UNSIZED))
    page.evaluate(THIN_OUT)
    page.emulate_media(media="print" if paper else "screen")
    widths = {PAPER: UNSIZED} if paper else {390: STRUCTURE, 1280: SIZES}
    for width, rules in widths.items():
        page.set_viewport_size({"width": width, "height": 900})
        yield from (("axe", f"{width}: {what}") for what in page.evaluate(RUN_AXE, rules))
    met = len(kinds)
    kinds.update(page.evaluate(ONE_OF_A_KIND, [*kinds]))
    if len(kinds) == met:
        return
    screens = [("screen", width, scheme) for width in widths for scheme in ("light", "dark")]
    for medium, width, scheme in [("print", PAPER, "dark"), *([] if paper else screens)]:
        page.emulate_media(media=medium, color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(RUN_AXE, COLOURS_ONLY)
        yield from (("axe", f"{medium} {width} {scheme}: {what}") for what in found)


@pytest.fixture(scope="module")
def found(browser, address, site, axe) -> dict[str, list[tuple[str, object]]]:
    """What is wrong with the site's pages, by the kind of fault.

    While a page is looked at, the next one comes in.
    """
    faults, kinds = defaultdict(list), set()
    visits = (Visit(browser, address, site, name) for name in pages_of(site))
    for visit, _ in pairwise(chain(visits, [None])):
        for kind, fault in chain(visit.first_load(), look(visit.page, axe, kinds)):
            faults[kind].append((visit.name, fault))
        visit.context.close()
    return faults


def test_no_page_asks_for_anything_foreign_or_fails(found):
    assert found["foreign"] == []


def test_a_page_is_light(found):
    """Everything that a first load asks for, gzipped: the page itself, the figures on the first
    screens, and the words of all sections on the search page."""
    assert found["weight"] == []


def test_axe_finds_no_violation(found):
    """On a desk and a phone, light and dark, and in print."""
    assert found["axe"] == []


def test_nothing_is_wider_than_the_smallest_screen(found):
    assert found["width"] == []


def test_nothing_is_wider_than_the_screen_with_text_of_twice_its_size(browser, address):
    page = browser.new_page(viewport={"width": 640, "height": 844})
    for name in WALKED.values():
        page.goto(address + name)
        page.evaluate("() => { document.documentElement.style.fontSize = '212.5%'; }")
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") == 640, name
    page.close()


@pytest.mark.parametrize("width", [1280, SMALLEST])
def test_what_is_pressed_is_large_enough_to_be_hit(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(address + "book/index.html")
    for button in page.locator(".icon-button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 32
    page.goto(address + "book/cross_entropy.html")
    heights = "(parts) => parts.filter((e) => e.checkVisibility()).map((e) => e.offsetHeight)"
    page.evaluate(LAY_OUT)
    assert min(page.locator("main summary, .chapter-head a").evaluate_all(heights)) >= 24
    page.close()


@pytest.mark.parametrize(
    ("name", "framed"),
    [
        ("book/index.html", ".begin strong a"),
        ("search.html", ".big-search button"),
        ("book/cross_entropy.html", ".admonition.self-check"),
        ("book/cross_entropy.html", ".cell_input .highlight"),
    ],
)
def test_a_ground_is_framed_where_the_reader_chooses_the_colours(browser, address, name, framed):
    page = browser.new_context(forced_colors="active").new_page()
    page.goto(address + name)
    width = "(e) => parseFloat(getComputedStyle(e).borderTopWidth)"
    assert page.locator(framed).first.evaluate(width) >= 1
    page.context.close()


def test_what_scrolls_is_reached_by_the_keyboard(found):
    assert found["unreachable"] == []


def test_code_is_seen_whole_on_a_desk(found):
    assert found["scrolling code"] == []


def test_figures_are_light(site):
    sizes = {path.name: gzipped(path) for path in site.glob("_images/*.svg")}
    assert {name: size for name, size in sizes.items() if size > FIGURE_BUDGET} == {}


def test_pages_read_from_a_folder_ask_for_nothing_foreign(browser, site):
    """The front page, a chapter, exercises, solutions, the search, a wrong address, the package,
    the glossary and the list of errors: what is written in pages themselves is found on the server
    as well."""
    base = site.as_uri() + "/"
    page = browser.new_page()
    _, trouble = watched(page, base)
    solutions = WALKED["exercises"].replace(".html", "_solutions.html")
    more = [f"book/{name}.html" for name in ("api", "glossary", "known_errors")]
    for name in (*WALKED.values(), solutions, *more):
        page.goto(base + name, wait_until="load")
        assert trouble == [], name
    page.close()


def test_axe_finds_no_violation_in_the_printed_book(browser, address, axe):
    page = browser.new_page(viewport={"width": PAPER, "height": 900})
    page.goto(f"{address}{WHOLE}", wait_until="load")
    faults = list(look(page, axe, set(), paper=True))
    assert faults == []
    page.close()


WALKED = {
    "front page": "book/index.html",
    "chapter": "book/cross_entropy.html",
    "exercises": "exercises/pages/cross_entropy.html",
    "search": "search.html?q=softmax",
    "wrong address": "404.html",
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", WALKED)
def test_the_tab_key_goes_through_the_page_in_order_and_is_seen(browser, address, name, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + WALKED[name], wait_until="load")
    page.evaluate("document.fonts.ready.then(() => 0)")
    if name == "search":
        page.locator("#search-results li").first.wait_for()
    if page.locator(".live-bar[data-notebook]").count():
        page.locator(".live-run:enabled").wait_for()  # by then each cell has its button
    page.evaluate(LAY_OUT)
    stops, met, faults = page.evaluate(NUMBER_STOPS), [], []
    while len(met) < stops:
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:  # past the end, and on to the beginning
            assert met, "nothing takes the focus"
            continue
        met += [] if focus["extra"] else [focus["stop"]]
        faults += [(fault, focus["what"]) for fault in focus["faults"]]
    assert faults == []
    start = met[0]  # the first, but where a field has taken the focus
    assert met == [*range(start, stops), *range(start)]
    context.close()


def test_the_first_tab_offers_to_skip_to_the_text(browser, address):
    page = browser.new_page()
    page.goto(address + "book/cross_entropy.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.close()


@pytest.mark.parametrize("key", ["Enter", " "])
def test_folded_parts_open_and_close_by_the_keyboard(browser, address, key):
    page = browser.new_page()
    page.goto(address + "book/cross_entropy.html")
    page.locator("main details > summary").first.focus()
    part = page.locator("main details").first
    for _ in range(2):
        before = part.get_attribute("open")
        page.keyboard.press(key)
        assert part.get_attribute("open") != before
    page.close()


def test_text_and_formulas_can_be_read_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "book/cross_entropy.html")
    assert page.locator("main .katex-html").first.is_visible()
    assert page.locator("main details > summary").first.is_visible()
    assert not page.locator(".theme-button").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_search_finds_a_chapter_and_shows_the_words(browser, address, site, scheme):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    base = address if scheme == "http" else f"{site.as_uri()}/"
    page.goto(base + "book/index.html")
    page.fill("input[name=q]", "softmax gradient")
    asked, trouble = watched(page, base)
    page.press("input[name=q]", "Enter")
    page.wait_for_url("**/search.html?q=softmax+gradient")
    results = page.locator("#search-results li")
    results.locator("p mark").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert results.first.locator("p mark").count()
    assert re.fullmatch(r"(The best )?\d+ results", page.get_by_role("status").inner_text())
    assert trouble == []
    assert weighed(asked, base, site) <= BUDGET
    assert results.last.locator("p").text_content() == ""  # nobody has looked at it yet
    results.last.scroll_into_view_if_needed()
    results.last.locator("p mark").first.wait_for()
    page.locator("#search-results li a[href*='book/cross_entropy.html#']").first.click()
    page.wait_for_url("**/book/cross_entropy.html#*")
    page.locator(f"[id='{page.url.partition('#')[2]}']").wait_for(state="attached")
    page.close()


def test_the_reader_chooses_light_or_dark_and_it_lasts(browser, address):
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(address + "book/index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click(".theme-button")
    page.click(".theme-button")
    dark = page.evaluate(paper)
    assert dark != light
    page.goto(address + "book/notation.html")
    assert page.evaluate(paper) == dark
    page.context.close()


def test_a_parameter_is_told_from_its_type(browser, address):
    page = browser.new_page()
    page.goto(address + "book/api.html")
    between = "(e) => getComputedStyle(e, '::before').content"
    assert page.locator(".classifier").first.evaluate(between) == '": "'
    page.close()


def test_the_contents_open_on_a_small_screen(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + "book/index.html")
    assert not page.locator("#site-contents").is_visible()
    page.focus(".menu-button")
    page.keyboard.press("Enter")
    assert page.locator("#site-contents").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#site-contents') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("#site-contents").is_visible()
    assert page.evaluate("document.activeElement.className").endswith("menu-button")
    page.close()


def test_a_phone_is_ready_within_a_second_and_a_half(browser, address, site):
    """The longest page on a slow phone, with a quarter of this processor."""
    longest = max((site / "book").glob("*.html"), key=lambda path: path.stat().st_size)
    times = []
    while len(times) < 5 and min(times, default=READY + 1) > READY:  # this machine may be busy
        context, page, _ = on_a_phone(browser, part=4)
        page.goto(f"{address}book/{longest.name}", wait_until="domcontentloaded")
        navigation = "performance.getEntriesByType('navigation')[0].domInteractive"
        times.append(page.evaluate(navigation))
        context.close()
    assert min(times) <= READY


def test_no_page_jumps_while_it_loads(found):
    """On a phone with a slow line, where what is above the text comes late."""
    assert found["jump"] == []


def test_no_page_jumps_on_a_slow_phone(browser, address):
    """A page of each kind with a quarter of this processor too, where a script comes late."""
    jumps = {}
    for kind, name in WALKED.items():
        context, page, _ = on_a_phone(browser, part=4)
        page.goto(address + name, wait_until="commit")
        jumps[kind] = jumped(page)
        context.close()
    assert max(jumps.values()) <= SHIFT, jumps


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_name_in_a_table_goes_on_in_the_next_line_only_on_a_phone(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address + "book/api.html")
    page.evaluate(LAY_OUT)
    breaks = "(parts) => parts.filter((e) => getComputedStyle(e).display !== 'none').length"
    lines = "(names) => Math.max(...names.map((e) => e.getClientRects().length))"
    assert (page.locator("th wbr").evaluate_all(breaks) > 0) == (width == 390)
    assert page.locator("th code").evaluate_all(lines) == 1 or width == 390
    page.close()


WIDTHS = """
async () => {
    const text = document.querySelector(".prose").innerText.split("\\n").join(" ");
    const line = document.body.appendChild(document.createElement("span"));
    Object.assign(line.style, {whiteSpace: "nowrap", position: "absolute"});
    line.textContent = text;
    const width = {};
    for (const [name, style] of [["regular", ""], ["italic", "italic "], ["semibold", "600 "]]) {
        for (const face of ["Source Serif 4", ...%s]) {
            const font = `${style}16px "${face}"`;
            const found = await document.fonts.load(font).catch(() => []);
            if (!found.some((one) => one.status === "loaded")) continue;
            line.style.font = font;
            (width[face] ??= {})[name] = line.getBoundingClientRect().width;
        }
    }
    return width;
}
"""


def test_what_stands_in_for_a_face_is_as_wide(browser, address, site):
    """Of the stand-ins those are measured that this machine has; every Linux desktop has one."""
    styles = (site / "_static" / "book.css").read_text()
    named = sorted(set(re.findall(r'font-family: "([\w ]+ stand-in)"', styles)))
    page = browser.new_page()
    late = styles.replace("font-display: optional", "font-display: block")  # it may come late
    page.route("**/book.css*", lambda route: route.fulfill(body=late, content_type="text/css"))
    page.goto(address + "book/glossary.html")
    widths = page.evaluate(WIDTHS % named)
    face = widths.pop("Source Serif 4")
    if not widths:
        pytest.skip(f"needs a serif that {named} stand for (Debian: fonts-dejavu-core)")
    for stand_in in widths.values():
        assert stand_in == pytest.approx(face, rel=0.03)
    page.close()


def places_in(page: Path) -> list[str]:
    """Two of the places that one links to, far down: a heading, and a figure."""
    text = page.read_text(encoding="utf-8")
    contents = text[text.index('class="page-toc"') : text.index("<main")]
    headings = re.findall(r'href="(#[^"]+)"', contents)
    figures = re.findall(r'<figure[^>]* id="([^"]+)"', text)
    return [headings[int(0.8 * len(headings))], f"#{figures[-1]}"]


LEADS = {  # kinds of links, and how what they lead to begins
    "[href='glossary.html#term-score']": "score",
    "[href='kl_divergence.html#def-kl']": "Definition 6.1 (KL divergence)",
    "[href='#thm-decomposition']": "Theorem 7.1",
    "[href='#equation-eq-loss']": "",
    "[href^='#fig']": "",
    "[href^='bibliography.html#']": "",
}


LINK_TO_A_FIGURE = """
() => {
    const to = "../../book/cross_entropy.html#fig-softmax-steps";
    const link = `<a id="added" class="reference internal" href="${to}">a figure</a>`;
    document.querySelector(".prose p").innerHTML = link;
}
"""


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_link_shows_where_it_leads(browser, address, axe, by):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    _, trouble = watched(page, address)
    page.goto(address + "book/cross_entropy.html")
    page.evaluate(axe)
    card = page.locator("aside.preview")
    page.keyboard.press("Shift")  # the focus is the keyboard's
    for leads, begins in LEADS.items():
        link = page.locator(f".prose a.internal{leads}:visible").first
        link.hover() if by == "mouse" else link.focus()
        card.locator("> *").first.wait_for()
        assert card.inner_text().startswith(begins)
        assert card.evaluate("(card) => [...card.querySelectorAll('img')].every((i) => i.complete)")
        assert page.evaluate("axe.run('.preview').then(({violations}) => violations)") == []
        page.keyboard.press("Escape")
        assert not card.is_visible()
        page.mouse.move(0, 0)
    link = page.locator(".prose a[href='#thm-decomposition']:visible").first
    link.hover()
    card.wait_for()
    card.hover()
    page.wait_for_timeout(500)
    assert card.is_visible()
    page.mouse.move(0, 0)
    card.wait_for(state="hidden")
    page.goto(address + "exercises/pages/cross_entropy.html")  # in a folder of its own
    page.evaluate(LINK_TO_A_FIGURE)
    page.hover("#added")
    page.wait_for_function("document.querySelector('.preview img')?.naturalWidth")
    assert trouble == []
    page.close()


def test_a_finger_follows_a_link_and_a_page_from_a_folder_shows_what_it_has(browser, address, site):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + "book/cross_entropy.html")
    page.locator("h1").tap()
    page.locator("aside.preview").wait_for(state="attached")
    page.locator(".prose a[href='#thm-decomposition']:visible").first.tap()
    page.wait_for_timeout(600)
    assert not page.locator("aside.preview").is_visible()
    context.close()
    page = browser.new_page()
    _, trouble = watched(page, "file:")
    page.goto((site / "book" / "cross_entropy.html").as_uri())
    page.locator(".prose a[href='#thm-decomposition']:visible").first.hover()
    page.locator("aside.preview", has_text="Theorem 7.1").wait_for()
    assert trouble == []
    page.close()


@pytest.mark.parametrize(("width", "some"), [(390, slice(None)), (1280, slice(2))])
def test_a_link_to_a_place_lands_there(browser, address, site, width, some):
    missed = []
    for name in [name for name in chapters_of(site) if name.startswith("book/")][some]:
        for place in places_in(site / name):
            page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
            page.goto(f"{address}{name}{place}", wait_until="load")
            page.evaluate("document.fonts.ready.then(() => 0)")
            page.wait_for_timeout(200)
            where = page.evaluate(WHERE, place)
            if not (-2 <= where["top"] <= 40 or (where["atEnd"] and where["top"] > 0)):
                missed.append((name, place, where["top"]))
            page.context.close()
    assert missed == []


def test_the_section_that_is_read_is_marked_in_the_contents(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address + "book/cross_entropy.html")
    links = page.locator(".page-toc > ul > li > a")
    for number in (1, links.count() - 1):
        link = links.nth(number)
        link.click()
        page.wait_for_function(
            "(link) => link.parentElement.querySelector('[aria-current]')",
            arg=link.element_handle(),
        )
        assert page.locator(".page-toc [aria-current]").count() == 1
        box = page.locator(".page-toc [aria-current]").bounding_box()
        assert 0 <= box["y"] <= 800  # in sight, however long the contents are
    page.close()


def test_the_contents_close_when_a_place_is_chosen(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address + "book/cross_entropy.html")
    page.tap(".menu-button")
    page.locator(".page-toc > ul > li > a").nth(3).tap()
    assert not page.locator("#site-contents").is_visible()
    assert page.evaluate("scrollY") > 800
    context.close()


@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
def test_head_page_and_foot_stand_in_line(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address + "404.html")
    sides = page.evaluate(
        """() => [".site-head", ".page", ".site-foot"].map((part) => {
            const {left, width} = document.querySelector(part).getBoundingClientRect();
            const {paddingLeft, paddingRight} = getComputedStyle(document.querySelector(part));
            return [left + parseFloat(paddingLeft), left + width - parseFloat(paddingRight)];
        })"""
    )
    if width < 500:
        del sides[0]  # the room inside a button belongs to the head's edge there
    assert np.ptp(sides, axis=0).max() < 1
    assert np.mean(sides) == pytest.approx(width / 2, abs=10)  # less half of a scroll bar
    page.close()


def test_a_page_that_is_too_short_to_scroll_shows_no_progress(browser, address):
    page = browser.new_page()
    bar = "getComputedStyle(document.querySelector('.site-head'), '::after').transform"
    page.goto(address + "404.html")
    assert page.evaluate(bar).startswith("matrix(0,")
    page.goto(address + "book/glossary.html")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function(f"{bar} === 'none' || parseFloat({bar}.slice(7)) > 0.9")
    page.close()


def test_what_a_cell_offers_is_told_apart(browser, address):
    page = browser.new_page()
    page.goto(address + "book/cross_entropy.html")
    names = page.locator(".copy-button").all_text_contents()
    assert len(names) > 20
    assert len(set(names)) == len(names)
    page.close()


def test_a_table_that_goes_on_beyond_a_phone_shows_that_it_does(browser, address):
    """On a tablet nothing does: what is long goes on in the next line."""
    page = browser.new_page(viewport={"width": SMALLEST, "height": 844})
    page.goto(address + "book/choosing_a_loss.html")
    page.evaluate(LAY_OUT)
    shadows = """() => [...document.querySelectorAll(".pst-scrollable-table-container")]
        .filter((e) => e.scrollWidth > e.clientWidth)
        .map((e) => getComputedStyle(e).boxShadow)"""
    assert page.evaluate(shadows)
    assert "none" not in page.evaluate(shadows)
    page.set_viewport_size({"width": 768, "height": 844})
    assert page.evaluate(shadows) == []
    page.close()


def test_a_figure_follows_the_reader_into_the_dark(browser, address):
    """The ground of a figure is the page's; what is drawn on it turns from dark to light."""
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(address + "book/least_squares.html")
    lightness = []
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        page.evaluate(LOAD_FIGURES)
        shot = page.locator("figure img").first.screenshot()
        greys = np.asarray(Image.open(io.BytesIO(shot)).convert("L")).astype(int)
        ground = greys[2, 2]
        lightness.append((ground, greys.flat[np.abs(greys - ground).argmax()]))
    (paper, ink), (dark_paper, dark_ink) = lightness
    assert paper > 240
    assert ink < 100
    assert dark_paper < 40
    assert dark_ink > 180
    page.context.close()


def test_the_book_prints_as_a_tagged_and_outlined_pdf(browser, site, tmp_path, monkeypatch):
    """The PDF that the site carries; where it has none, one of the book's first pages."""
    pdf = site / "_downloads" / print_book.NAME
    if not pdf.exists():
        spine = print_book.spine
        monkeypatch.setattr(print_book, "spine", lambda *of: list(spine(*of))[:3])
        print_book.main(site, tmp_path)
        pdf = tmp_path / print_book.NAME
    text = pdf.read_bytes()
    assert b"/MarkInfo" in text
    assert b"/Outlines" in text
