"""Print the built site as one PDF: tagged, with an outline, from the very pages that readers see.

    python website/print_book.py [_build/html [_build/pdf]]

The pages are put together in the order of the contents, with everything unfolded, and printed by
Chromium. The next build of the site finds the PDF beside it and links to it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from bs4 import BeautifulSoup

NAME = "loss-functions.pdf"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

NEXT = re.compile(r'<link rel="next" href="([^"#]+)')

ARTICLE = re.compile(r"<article\b.*</article>", re.S)
TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.S)
# Links that would stand in the contents or lead nowhere; what else isn't printed CSS hides.
LINKS = re.compile(r'<a class="headerlink".*?</a>|<p class="live-else">.*?</p>', re.S)
TAG = re.compile(r'<[a-z](?:"[^"]*"|[^<>"])*>')
FOLDED = re.compile(r"<details\b(?![^>]*\sopen\b)")
PLACE = re.compile(r'(?<=\s)(id|src|href)="([^"]*)"')

# What is too wide for the paper is set smaller; the page is laid out at the width of the print.
FIT = """
for (const box of document.querySelectorAll(".formula, .pst-scrollable-table-container")) {
  const share = box.clientWidth / box.scrollWidth;
  if (share < 1) box.style.fontSize = `${Math.floor(share * 100) / 100}em`;
}
"""


def spine(site: Path, page: str) -> Iterator[str]:
    """The pages in the order of reading, each by the link of the one before."""
    while page:
        yield page
        link = NEXT.search((site / page).read_text(encoding="utf-8"))
        page = normpath(PurePosixPath(page).parent / link[1]) if link else ""


def anchor(page: str, name: str = "") -> str:
    """The id, in the whole, of a page or of a place in it."""
    return re.sub(r"\W+", "-", page.removesuffix(".html")) + (f"--{name}" if name else "")


def article(site: Path, page: str, pages: set[str]) -> str:
    """The text of a page, its ids made unique in the whole and its links turned to the whole.

    The pages have been written by a program, so that their tags are found by their form, which is
    much quicker than by a tree of all of them.
    """
    folder = PurePosixPath(page).parent

    def turned(place: re.Match[str]) -> str:
        name, value = place.groups()
        address, _, inner = value.partition("#")
        target = normpath(folder / address) if address else page
        if name == "id":
            value = anchor(page, value)
        elif name == "src":
            value = target
        elif target in pages:
            value = f"#{anchor(target, inner)}"
        return f'{name}="{value}"'

    found = ARTICLE.search((site / page).read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{page} must have an <article>, which is what is printed; it has none")
    text = LINKS.sub("", found[0])
    text = TAG.sub(lambda tag: PLACE.sub(turned, tag[0]), text)
    text = text.replace("<article", f'<article id="{anchor(page)}"', 1)
    text = FOLDED.sub("<details open", text)
    return text.replace(' loading="lazy"', "")  # paper has no "when the reader comes near"


def whole(site: Path) -> str:
    """The book as one page, to stand in the root of the site."""
    root = re.search(r"url=([^\"]+)", (site / "index.html").read_text(encoding="utf-8"))
    front_page = root[1] if root else "index.html"
    front: Any = BeautifulSoup((site / front_page).read_text(encoding="utf-8"), "html.parser")
    folder = PurePosixPath(front_page).parent
    pages = list(spine(site, front_page))
    first, *others = (article(site, page, set(pages)) for page in pages)
    contents = "".join(
        f'<li><a href="#{anchor(page)}">{"".join(TITLE.findall(text)[:1])}</a></li>'
        for page, text in zip(pages[1:], others, strict=True)
    )
    first = first.replace("</article>", f"<h2>Contents</h2><ul>{contents}</ul></article>")
    styles = "".join(
        f'<link rel="stylesheet" href="{normpath(folder / link["href"].split("?")[0])}">'
        for link in front.select("link[rel=stylesheet]")
    )
    language, title = front.html["lang"], front.title.get_text()
    return (
        f'<!doctype html><html lang="{language}" data-theme="light"><meta charset="utf-8">'
        f'<title>{title}</title>{styles}<body class="whole front">'
        f"<main>{first}{''.join(others)}</main><script>{FIT}</script></body></html>"
    )


def main(site: Path, out: Path) -> None:
    """Print the site."""
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser is None:
        sys.exit("The PDF needs Chromium (Debian: apt-get install chromium)")
    if not (site / "index.html").exists():
        sys.exit(f"There is no site in {site}: build it first (make book)")
    out.mkdir(parents=True, exist_ok=True)
    pdf = out / NAME
    page = site / "whole-book.html"
    page.write_text(whole(site), encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as profile:
            command = [browser, "--headless", "--no-sandbox", "--disable-gpu"]
            command += [f"--user-data-dir={profile}", "--generate-pdf-document-outline"]
            command += ["--no-pdf-header-footer", f"--print-to-pdf={pdf.resolve()}"]
            subprocess.run([*command, page.resolve().as_uri()], check=True, capture_output=True)
    finally:
        page.unlink()
    print(f"The book is in {pdf} ({pdf.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main(Path(*sys.argv[1:2] or ["_build/html"]), Path(*sys.argv[2:3] or ["_build/pdf"]))
