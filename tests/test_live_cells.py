"""Under the live pages' own Python, in Node, every cell prints what is stored."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nbformat
import pytest

from website.extensions.site_files import make_wheel
from website.live import runtime

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = {
    path.relative_to(ROOT).with_suffix("").as_posix(): path
    for path in sorted([*ROOT.glob("book/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")])
    if "pages" not in path.parts
}
SLOWEST = "book/choosing_a_loss"
PIPES: dict[str, Any] = {name: subprocess.PIPE for name in ("stdin", "stdout")}

Outputs = list[tuple[str, str]]


def code_cells(name: str) -> list[Any]:
    notebook = nbformat.read(NOTEBOOKS[name], as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def merged(outputs: Sequence[tuple[str, str]]) -> Outputs:
    """Neighbouring pieces of one stream as one."""
    result: Outputs = []
    for kind, text in outputs:
        if result and kind == result[-1][0] == "stdout":
            kind, text = kind, result.pop()[1] + text
        result.append((kind, text))
    return result


def stored(cell: Any) -> Outputs:
    """What the notebook says that the cell puts out."""
    result = []
    for output in cell.outputs:
        if output.output_type == "stream":
            result.append((output.name, output.text))
        elif output.output_type == "error":
            result.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            text = output.data["text/plain"]
            result.append(("figure" if text.startswith("<Figure") else "result", text))
    return merged(result)


def shown(outputs: Sequence[dict[str, Any]]) -> Outputs:
    """What a live page shows below the cell."""
    return merged([(output.get("name", output["type"]), output["text"]) for output in outputs])


def differences(cells: Sequence[Any], came: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """The cells whose outputs are not those that are stored."""
    return [
        f"{cell.id}: stored {stored(cell)}, came {shown(outputs)}"
        for cell, outputs in zip(cells, came, strict=True)
        if stored(cell) != shown(outputs)
    ]


@pytest.fixture(scope="module")
def came(tmp_path_factory) -> dict[str, Any]:
    """The outputs of every cell of every notebook."""
    if not (node := shutil.which("node")):
        pytest.skip("needs Node.js")
    if not (found := runtime.installed()):
        pytest.skip("needs the live pages' runtime: make site fetches it")
    wheel = make_wheel(ROOT, tmp_path_factory.mktemp("wheel"))
    program = [node, Path(__file__).with_name("live_cells.mjs")]
    program += [found, wheel, ROOT / "website" / "live" / "runner.py"]
    waiting = sorted(NOTEBOOKS, key=lambda name: name != SLOWEST, reverse=True)
    results = {}

    def run() -> None:
        with subprocess.Popen(program, **PIPES, text=True, encoding="utf-8") as process:
            while waiting:
                name = waiting.pop()
                print(json.dumps([cell.source for cell in code_cells(name)]), file=process.stdin)
                process.stdin.flush()
                results[name] = json.loads(process.stdout.readline())

    with ThreadPoolExecutor() as threads:  # a process for each of two cores
        for done in [threads.submit(run), threads.submit(run)]:
            done.result()
    return results


def test_no_module_is_left_for_the_browser_to_compile(came):
    folder = runtime.installed()
    for archive in [*folder.glob("numpy*.whl"), folder / "python_stdlib.zip"]:
        names = ZipFile(archive).namelist()
        assert sum(name.endswith(".pyc") for name in names) > 100
        assert not any(name.endswith(".py") for name in names)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cells_print_what_is_stored(came, name):
    assert differences(code_cells(name), came[name]) == []
