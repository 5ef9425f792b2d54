"""The runtime of live pages is fetched, checked and made ready; no network is asked here."""

import hashlib
import http.server
import io
import json
import os
import random
import re
import sys
import threading
from pathlib import Path
from zipfile import ZipFile

import pytest

from website.extensions import site_files
from website.live import runtime

LOCK = {
    "info": {"python": "3.14.0"},
    "packages": {
        "numpy": {"file_name": "numpy-2.whl", "depends": [], "sha256": "of what it was"},
        "plots": {"file_name": "plots-1.whl", "depends": ["numpy", "not-here"]},
        "not-here": {"file_name": "not_here-1.whl", "depends": []},
    },
}
FILES = {
    **{name: f"the content of {name}".encode() for name in runtime.CORE},
    "numpy-2.whl": b"arrays",
    "plots-1.whl": b"figures",
    runtime.LOCK: json.dumps(LOCK).encode(),
}
HEAD = """
from = "carrier==1"
inside = "inside/"
packages = ["numpy", "plots"]
"""

RUN = runtime.run


def sums() -> str:
    lines = [
        f'"{name}" = "{hashlib.sha256(content).hexdigest()}"' for name, content in FILES.items()
    ]
    return "\n[files]\n" + "".join(f"{line}\n" for line in lines)


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A list of small files, an empty cache, and a compiler that does nothing."""
    listing = tmp_path / "runtime.toml"
    listing.write_text(HEAD + runtime.BELOW + sums())
    monkeypatch.setattr(runtime, "LIST", listing)
    monkeypatch.setattr(runtime, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(runtime, "run", lambda *command: None)
    return tmp_path


@pytest.fixture
def asked(small, monkeypatch) -> list[str]:
    """The registry answers; the names of the packages that it was asked for."""
    names: list[str] = []

    def carrier(package: str, folder: Path) -> Path:
        names.append(package)
        with ZipFile(folder / "carrier-1.whl", "w") as box:
            for name, content in FILES.items():
                box.writestr(f"inside/{name}", content)
            box.writestr("inside/something-else.whl", b"not asked for")
        return folder / "carrier-1.whl"

    monkeypatch.setattr(runtime, "carrier", carrier)
    return names


def test_the_files_are_fetched_once_and_a_build_finds_them(asked, capsys):
    assert runtime.installed() is None
    assert runtime.main([]) is None
    assert "\nThe runtime is complete: 7 files" in capsys.readouterr().out
    assert runtime.main([]) is None
    assert asked == ["carrier==1"]
    folder = runtime.installed()
    assert {path.name for path in folder.iterdir()} == set(FILES)
    assert [path.name for path in runtime.CACHE.iterdir()] == [folder.name]


def wheel_of(size: int) -> bytes:
    """A package that is little but its size."""
    about = "carrier-1.dist-info"
    content = io.BytesIO()
    with ZipFile(content, "w") as box:
        box.writestr("inside/large", random.Random(0).randbytes(size))
        box.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1\n")
        box.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        box.writestr(f"{about}/RECORD", "")
    return content.getvalue()


def test_a_download_that_breaks_off_goes_on_where_it_was(tmp_path, monkeypatch):
    pytest.importorskip("pip", minversion="25.2", reason="needs the pip of requirements.lock")
    wheel = wheel_of(3_000_000)
    name, half = "carrier-1-py3-none-any.whl", len(wheel) // 2
    starts = []

    class Registry(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            page = f'<!doctype html><a href="/{name}">{name}</a>'.encode()
            body = wheel if self.path.endswith(name) else page
            wanted = re.match(r"bytes=(\d+)-", self.headers["Range"] or "")
            first = int(wanted[1]) if wanted else 0
            self.send_response(206 if first else 200)
            self.send_header("Content-Type", "text/html" if body is page else "application/zip")
            self.send_header("Content-Length", str(len(body) - first))
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
            self.send_header("ETag", '"one"')
            self.end_headers()
            if body is wheel:
                starts.append(first)
                body = body[:half] if not first else body  # then the line is cut
            self.wfile.write(body[first:])

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = {"INDEX_URL": f"http://127.0.0.1:{server.server_port}/", "CONFIG_FILE": os.devnull}
        for option, value in {**own, "NO_CACHE_DIR": "1", "EXTRA_INDEX_URL": ""}.items():
            monkeypatch.setenv(f"PIP_{option}", value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        path = runtime.carrier("carrier==1", tmp_path)
        server.shutdown()
    assert path.read_bytes() == wheel
    assert starts == [0, half]


def test_another_list_has_another_folder(asked, small):
    runtime.main([])
    runtime.LIST.write_text(runtime.LIST.read_text() + "# of another day\n")
    assert runtime.installed() is None


def test_another_file_than_the_listed_one_is_refused_and_nothing_is_kept(asked, monkeypatch):
    monkeypatch.setitem(FILES, "plots-1.whl", b"another")
    assert "plots-1.whl is not the file that runtime.toml lists" in str(runtime.main([]))
    assert runtime.installed() is None
    assert list(runtime.CACHE.iterdir()) == []


def test_pyodides_list_has_what_is_there_and_as_it_is_there(asked, monkeypatch):
    def compiler(node: str, script: Path, folder: Path) -> None:
        (folder / "numpy-2.whl").write_bytes(b"compiled arrays")

    monkeypatch.setattr(runtime, "run", compiler)
    runtime.main([])
    packages = json.loads((runtime.installed() / runtime.LOCK).read_text())["packages"]
    assert list(packages) == ["numpy", "plots"]
    assert packages["plots"]["depends"] == ["numpy"]
    assert packages["numpy"]["sha256"] == hashlib.sha256(b"compiled arrays").hexdigest()


def test_the_list_is_written_anew_from_its_head(asked):
    before = runtime.LIST.read_text()
    runtime.LIST.write_text(HEAD)
    runtime.main(["--pin"])
    assert runtime.LIST.read_text() == before


def test_without_a_network_one_line_says_so(small, monkeypatch):
    code = "import sys; sys.exit('WARNING: slow\\nERROR: no network\\nERROR: no other either')"
    monkeypatch.setattr(runtime, "run", lambda *rest: RUN(sys.executable, "-c", code))
    said = runtime.main([])
    assert said == (
        "The runtime could not be fetched, so the pages will not be live (ERROR: no network)."
    )
    assert runtime.installed() is None


def test_what_stops_the_compiler_is_told(asked, monkeypatch, capsys):
    monkeypatch.setattr(runtime, "run", RUN)
    monkeypatch.setenv("PATH", "")
    runtime.main([])
    assert "Python starts more slowly: Node.js isn't installed." in capsys.readouterr().out
    monkeypatch.setattr(runtime.shutil, "which", lambda name: sys.executable)
    runtime.main([])
    assert "Python starts more slowly: [Errno" in capsys.readouterr().out


def test_a_compiler_that_comes_later_or_fails_half_way_leaves_nothing_mixed(asked, monkeypatch):
    def compiler(node: str, script: Path, folder: Path) -> None:
        (folder / "numpy-2.whl").write_bytes(b"compiled arrays")
        if fails:
            raise OSError("half way")

    monkeypatch.setattr(runtime, "run", compiler)
    fails = True
    runtime.main([])
    sources = runtime.installed()
    assert (sources / "numpy-2.whl").read_bytes() == b"arrays"
    fails = False
    runtime.main([])
    compiled = runtime.installed()
    assert (compiled / "numpy-2.whl").read_bytes() == b"compiled arrays"
    assert compiled.name != sources.name
    assert list(runtime.CACHE.iterdir()) == [compiled]
    assert asked == ["carrier==1"]


def test_unknown_option_is_refused():
    assert runtime.main(["--all"]) == "only --pin can be asked for, not '--all'"


def test_the_same_sources_give_the_same_wheel(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (site_files.make_wheel(runtime.ROOT, folder) for folder in folders)
    assert one.read_bytes() == two.read_bytes()
    assert "coursecode/__init__.py" in ZipFile(one).namelist()


def test_every_package_has_its_licence():
    notice = runtime.LIST.with_name("NOTICE.txt").read_text().lower()
    assert [name for name in runtime.listed()["packages"] if f"\n{name} " not in notice] == []
