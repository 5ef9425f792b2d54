"""The runtime of live pages is fetched, checked and put together; no network is asked here."""

import hashlib
import http.server
import json
import sys
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from website.extensions import site_files
from website.live import runtime

FILES = {
    **{name: f"the content of {name}".encode() for name in runtime.CORE},
    "numpy-2.whl": b"arrays",
    "plots-1.whl": b"figures",
    runtime.LOCK: json.dumps(
        {
            "info": {"python": "3.14.0"},
            "packages": {
                "numpy": {"file_name": "numpy-2.whl", "depends": []},
                "plots": {"file_name": "plots-1.whl", "depends": ["numpy", "not-here"]},
                "not-here": {"file_name": "not_here-1.whl", "depends": []},
            },
        }
    ).encode(),
}
HEAD = """
packages = ["numpy", "plots"]
release = "https://release.example/"
[[sources]]
name = "core"
npm = "core@1"
inside = "package/"
[[sources]]
name = "wheels"
pypi = "wheels==1"
inside = "inside/"
"""


COMPILE_MODULES = runtime.compile_modules


def entry(name: str, content: bytes) -> str:
    source = "wheels" if name.endswith(".whl") else "core"
    digest = hashlib.sha256(content).hexdigest()
    return (
        f'[[files]]\nname = "{name}"\nsource = "{source}"\n'
        f'size = {len(content)}\nsha256 = "{digest}"\n'
    )


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A list of small files, and an empty cache; whoever asks a registry or the release fails."""
    listing = tmp_path / "runtime.toml"
    listing.write_text(HEAD + "".join(entry(*file) for file in FILES.items()))
    (tmp_path / "NOTICE.txt").write_text("licences")

    def no_network(*arguments):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(runtime, "LIST", listing)
    monkeypatch.setattr(runtime, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(runtime, "from_registry", no_network)
    monkeypatch.setattr(runtime, "from_release", no_network)
    monkeypatch.setattr(runtime, "compile_modules", lambda: "not wanted here")
    return tmp_path


@pytest.fixture
def asked(small, monkeypatch) -> list[str]:
    """The registries answer; the names of the files that they were asked for."""
    names: list[str] = []

    def answer(source, wanted, folder) -> Iterator[tuple[str, bytes]]:
        for name in wanted:
            names.append(name)
            yield name, FILES[name]

    monkeypatch.setattr(runtime, "from_registry", answer)
    return names


def test_all_files_are_fetched_once(asked, capsys):
    assert runtime.main([]) is None
    slowly, complete = capsys.readouterr().out.splitlines()[-2:]
    assert slowly.endswith("Python starts more slowly: not wanted here.")
    assert complete.startswith("The runtime is complete: 7 files")
    assert runtime.main([]) is None
    assert sorted(asked) == sorted(FILES)


def test_a_corrupted_file_is_fetched_anew(asked):
    runtime.main([])
    asked.clear()
    (runtime.fetched() / "numpy-2.whl").write_bytes(b"arrayz")
    assert runtime.installed() is None
    assert runtime.main([]) is None
    assert asked == ["numpy-2.whl"]


def test_what_was_fetched_before_a_failure_is_kept(asked, monkeypatch):
    answer = runtime.from_registry

    def break_off(source, wanted, folder):
        yield from answer(source, wanted[:2], folder)
        raise OSError("the line is dead")

    monkeypatch.setattr(runtime, "from_registry", break_off)
    assert "core@1: the line is dead" in str(runtime.main([]))
    assert len(asked) == 4
    monkeypatch.setattr(runtime, "from_registry", answer)
    assert runtime.main([]) is None
    assert sorted(asked) == sorted(FILES)


def test_another_file_than_the_listed_one_is_refused(asked, monkeypatch):
    monkeypatch.setitem(FILES, "plots-1.whl", b"another")
    assert "plots-1.whl is not the file that runtime.toml lists" in str(runtime.main([]))
    assert not (runtime.fetched() / "plots-1.whl").exists()


def test_the_release_gives_what_a_registry_lacks(asked, monkeypatch):
    answer = runtime.from_registry

    def lacking(source, wanted, folder):
        if "pypi" in source:
            raise OSError("ERROR: No matching distribution found")
        return answer(source, wanted, folder)

    monkeypatch.setattr(runtime, "from_registry", lacking)
    monkeypatch.setattr(runtime, "from_release", answer)
    assert runtime.main([]) is None


def test_without_a_network_one_line_says_so(small):
    said = runtime.main([])
    assert said.startswith("The runtime could not be fetched, so the pages will not be live (")
    assert "no network" in said
    assert "\n" not in said
    assert runtime.installed() is None


def test_a_failing_client_is_quoted_in_one_line(tmp_path):
    code = "import sys; sys.exit('WARNING: slow\\nERROR: not here\\nERROR: nor there')"
    with pytest.raises(OSError, match=r"^ERROR: not here$"):
        runtime.run([sys.executable, "-c", code], tmp_path)


def test_modules_are_compiled_once_and_a_build_takes_them(asked, package, monkeypatch):
    monkeypatch.setattr(runtime, "compile_modules", COMPILE_MODULES)
    runtime.main([])
    runs: list[list[str]] = []

    def compiler(command, folder) -> None:
        runs.append(command)
        Path(command[-1], "numpy-2.whl").write_bytes(b"compiled arrays")

    monkeypatch.setattr(runtime.shutil, "which", lambda name: None)
    assert runtime.compile_modules() == "Node.js isn't installed"
    monkeypatch.setattr(runtime.shutil, "which", lambda name: name)
    monkeypatch.setattr(runtime, "run", compiler)
    for _ in range(2):
        assert runtime.compile_modules() == ""
    assert [command[0] for command in runs] == ["node"]
    folder = runtime.installed().folder
    assert (folder / "numpy-2.whl").read_bytes() == b"compiled arrays"
    assert (folder / "plots-1.whl").read_bytes() == FILES["plots-1.whl"]
    packages = json.loads((folder / runtime.LOCK).read_text())["packages"]
    assert packages["numpy"]["sha256"] == hashlib.sha256(b"compiled arrays").hexdigest()


def test_what_stops_the_compiler_is_told_and_nothing_half_done_is_kept(asked, monkeypatch):
    monkeypatch.setattr(runtime, "compile_modules", COMPILE_MODULES)
    monkeypatch.setattr(runtime.shutil, "which", lambda name: sys.executable)
    runtime.main([])
    assert "SyntaxError" in runtime.compile_modules()  # Python reads no JavaScript
    assert [path.name for path in runtime.CACHE.iterdir()] == [runtime.fetched().name]


def test_unknown_option_is_refused():
    assert runtime.main(["--all"]) == "only --pin can be asked for, not '--all'"


@pytest.fixture
def host() -> Iterator[tuple[str, list[str]]]:
    """A server that knows ranges: its address, and what was asked for."""
    content, asked = b"0123456789" * 100, []

    class Host(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            asked.append(self.headers.get("Range", "all"))
            begin = int(asked[-1][6:-1]) if asked[-1] != "all" else 0
            if begin >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if begin else 200)
            self.end_headers()
            self.wfile.write(content[begin:])

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/file", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("have", "range_"), [(0, "all"), (400, "bytes=400-"), (1000, "bytes=1000-")]
)
def test_a_broken_download_goes_on_where_it_stopped(host, tmp_path, have, range_):
    address, asked = host
    if have:
        (tmp_path / "file.part").write_bytes((b"0123456789" * 100)[:have])
    path = runtime.download(address, tmp_path / "file")
    assert path.read_bytes() == b"0123456789" * 100
    assert asked == [range_]
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def package(monkeypatch) -> dict[str, bytes]:
    """The package, whose content a test can change."""
    content = {"wheel": b"first"}

    def make_wheel(root, folder):
        path = folder / "coursecode-0.1.0-py3-none-any.whl"
        path.write_bytes(content["wheel"])
        return path

    monkeypatch.setattr(site_files, "make_wheel", make_wheel)
    return content


def test_the_installed_runtime_is_one_folder_with_the_present_package(asked, package):
    runtime.main([])
    found = runtime.installed()
    wheel = "coursecode-0.1.0-py3-none-any.whl"
    assert {path.name for path in found.folder.iterdir()} == {*FILES, wheel, "NOTICE.txt"}
    assert found.sizes == {path.name: path.stat().st_size for path in found.folder.iterdir()}
    assert found.core == (*runtime.CORE, "numpy-2.whl", wheel)
    assert found.packages == ("plots-1.whl",)
    packages = json.loads((found.folder / runtime.LOCK).read_text())["packages"]
    assert packages["plots"]["depends"] == ["numpy"]
    assert packages["coursecode"]["sha256"] == hashlib.sha256(b"first").hexdigest()
    assert sorted(packages) == ["coursecode", "numpy", "plots"]


def test_another_package_has_another_digest(asked, package):
    runtime.main([])
    first = runtime.installed()
    assert runtime.installed() == first
    package["wheel"] = b"second"
    second = runtime.installed()
    assert second.digest != first.digest
    assert [path.name for path in runtime.CACHE.glob("runtime-*")] == [second.folder.name]
    assert [path.name for path in runtime.CACHE.glob("new-*")] == []


def test_the_same_sources_give_the_same_wheel(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (site_files.make_wheel(runtime.ROOT, folder) for folder in folders)
    assert one.read_bytes() == two.read_bytes()
    assert "coursecode/__init__.py" in ZipFile(one).namelist()


def test_the_list_is_small_and_every_package_has_its_licence():
    known = runtime.listed()
    assert max(file["size"] for file in known["files"]) < 25_000_000
    notice = runtime.LIST.with_name("NOTICE.txt").read_text().lower()
    assert [name for name in known["packages"] if f"\n{name} " not in notice] == []
