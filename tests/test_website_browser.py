"""The built site as its readers meet it: every page in a real browser.

Needs Chromium and the packages playwright and axe-playwright-python; without them the tests skip
and say so. BOOK_SITE names a built site (``.ci/run`` sets it); without it the book is built into a
temporary folder.
"""

import functools
import gzip
import http.server
import os
import shutil
import subprocess
import threading
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.websites import JUPYTER_BOOK
from website import print_book

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
BUDGET = 250_000  # bytes, gzipped, of a page's first load
PHONE = {
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
    "offline": False,
}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Formulas and coloured code are thousands of like elements; a few of each kind show axe them all.
THIN_OUT = """
() => {
    const seen = new Map();
    for (const e of document.querySelectorAll(".katex, .highlight span")) {
        const kind = e.className + e.parentElement.className;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (seen.get(kind) > 5) e.replaceWith(e.classList.contains("katex") ? "x" : e.textContent);
    }
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The folder of the built site."""
    if given := os.environ.get("BOOK_SITE"):
        return (ROOT / given).resolve()
    out = tmp_path_factory.mktemp("site")
    command = [*JUPYTER_BOOK, "build", str(ROOT), "--path-output", str(out), "--quiet"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return out / "_build" / "html"


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def address(site) -> str:
    """The site served on this machine, compressed as every host of static pages does."""

    class Host(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            path = Path(self.translate_path(self.path))
            if not path.is_file():
                self.send_error(404)
                return
            body = gzip.compress(path.read_bytes())
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Host, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def pages(site) -> list[str]:
    """All pages of the site, but the redirect to the front page."""
    return sorted(
        path.relative_to(site).as_posix()
        for path in site.rglob("*.html")
        if path != site / "index.html"
    )


@pytest.fixture(scope="module")
def axe() -> str:
    try:
        return Path(
            str(
                distribution("axe-playwright-python").locate_file(
                    "axe_playwright_python/axe.min.js"
                )
            )
        ).read_text()
    except PackageNotFoundError:
        pytest.skip("needs the package axe-playwright-python")


def opened(page) -> None:
    """Unfold everything, so that what is folded is checked too."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_page_asks_for_anything_foreign_or_fails(browser, address, site, pages, scheme):
    base = address if scheme == "http" else site.as_uri() + "/"
    trouble = []
    page = browser.new_page()
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((base, "data:")) else trouble.append(f"foreign: {r.url}")
        ),
    )
    page.on("requestfailed", lambda r: trouble.append(f"failed: {r.url}"))
    page.on(
        "response", lambda r: trouble.append(f"{r.status}: {r.url}") if r.status >= 400 else None
    )
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on(
        "console",
        lambda m: trouble.append(f"console: {m.text}") if m.type in ("error", "warning") else None,
    )
    for name in pages:
        page.goto(base + name)
        page.wait_for_load_state("networkidle")
        assert trouble == [], name
        assert page.context.cookies() == [], name
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, address, pages, axe, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = []
    for name in pages:
        page.goto(address + name)
        opened(page)
        page.evaluate(THIN_OUT)
        page.evaluate(axe)
        answer = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", AXE_TAGS)
        found += [
            f"{name}: {v['id']}: {node['html'][:120]}"
            for v in answer["violations"]
            for node in v["nodes"]
        ]
    page.close()
    assert found == []


def test_nothing_is_wider_than_the_smallest_screen(browser, address, pages):
    page = browser.new_page(viewport={"width": 320, "height": 640})
    for name in pages:
        page.goto(address + name)
        opened(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    page.close()


def test_what_scrolls_is_reached_by_the_keyboard(browser, address, pages):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    unreachable = """
        () => [...document.querySelectorAll("main *")]
            .filter((e) => e.scrollWidth > e.clientWidth + 1)
            .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
            .filter((e) => e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))
    """
    for name in pages:
        page.goto(address + name)
        page.wait_for_load_state("load")
        assert page.evaluate(unreachable) == [], name
    page.close()


def test_text_and_formulas_can_be_read_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "book/cross_entropy.html")
    assert page.locator("main .katex-html").first.is_visible()
    assert page.locator("main details > summary").first.is_visible()
    assert not page.locator(".theme-button").is_visible()
    context.close()


def test_the_search_finds_a_chapter(browser, address):
    page = browser.new_page()
    page.goto(address + "book/index.html")
    page.fill("input[name=q]", "softmax")
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#search-results li a")
    assert any(
        "cross_entropy" in link.get_attribute("href")
        for link in page.locator("#search-results li a").all()
    )
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


def test_the_contents_open_on_a_small_screen(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + "book/index.html")
    assert not page.locator("#site-contents").is_visible()
    page.click(".menu-button")
    assert page.locator("#site-contents").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#site-contents").is_visible()
    page.close()


def test_the_front_picture_follows_the_hand(browser, address):
    page = browser.new_page()
    page.goto(address + "book/index.html")
    costs = page.locator(".loss output")
    slider = page.locator(".belief-slider input")
    slider.fill("50")
    assert costs.all_inner_texts()[:2] == ["0.00", "0.00"]  # no error, no cost
    slider.fill("0")
    assert [float(text) for text in costs.all_inner_texts()[:2]] == pytest.approx(
        [2.5**2, 2.5], abs=0.01
    )
    page.close()


def test_a_page_is_light(browser, address, site, pages):
    """Everything that a first load asks for, gzipped, HTML and figures apart."""
    for name in pages:
        page = browser.new_page()
        asked = set()
        page.on("request", lambda r, asked=asked: asked.add(r.url.split("?")[0]))
        page.goto(address + name)
        page.wait_for_load_state("networkidle")
        files = [site / url.removeprefix(address) for url in asked if url.startswith(address)]
        shared = [path for path in files if path.suffix not in (".html", ".svg")]
        assert sum(len(gzip.compress(path.read_bytes())) for path in shared) <= BUDGET, name
        figures = {
            path.name: len(gzip.compress(path.read_bytes())) for path in site.glob("_images/*.svg")
        }
        assert {figure: size for figure, size in figures.items() if size > 40_000} == {}
        page.close()


def test_a_phone_is_ready_within_two_seconds(browser, address):
    """The longest chapter on a slow phone: 1.6 Mbit/s, 150 ms, a quarter of this processor."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", PHONE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address + "book/cross_entropy.html", wait_until="domcontentloaded")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive") <= 2000
    page.close()


def test_the_book_prints_as_a_tagged_and_outlined_pdf(browser, site, tmp_path):
    print_book.main(site, tmp_path)
    pdf = (tmp_path / print_book.NAME).read_bytes()
    assert b"/MarkInfo" in pdf
    assert b"/Outlines" in pdf
