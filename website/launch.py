"""Write the notebooks that Colab and Binder open, for a branch of their own: a copy of the site's.

    python -m website.launch FOLDER

Pages have buttons that lead to this branch where ``_config.yml`` names the public repository. A
copy's first cell of code installs the package where it is missing, from the site itself; Binder
has it from the start. Without an address of the site (SITE_URL) nothing could be installed.
"""

import os
import sys
from pathlib import Path
from shutil import copy2

import nbformat

from website.extensions import site_files

SITE = Path(__file__).parents[1] / "_build" / "html"
PYTHON = "python-3.12\n"  # for Binder
CELL = """# Where the course's package is missing, as on Colab, this installs it.
from importlib.util import find_spec

if find_spec("coursecode") is None:
    %pip install --quiet {wheel}"""


def with_package(notebook, wheel: str):
    """The notebook, with a first cell of code that installs the package where it is missing."""
    first = next(at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    cell = nbformat.v4.new_code_cell(CELL.format(wheel=wheel), id="install-coursecode")
    notebook.cells.insert(first, cell)
    return notebook


def write(site: Path, address: str, folder: Path) -> None:
    """Write all of the branch's files."""
    (wheel,) = (site / site_files.WHEELS).glob("*.whl")
    for path in sorted((site / "_sources").rglob("*.ipynb")):
        place = folder / path.relative_to(site / "_sources")
        place.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(path, as_version=4)
        if any(cell.cell_type == "code" for cell in notebook.cells):
            notebook = with_package(notebook, f"{address}/{site_files.WHEELS}/{wheel.name}")
        nbformat.write(notebook, place)
    copy2(wheel, folder)
    (folder / "requirements.txt").write_text(f"./{wheel.name}\n", encoding="utf-8")
    (folder / "runtime.txt").write_text(PYTHON, encoding="utf-8")


def main(arguments: list[str]) -> str | None:
    address = os.environ.get("SITE_URL", "").rstrip("/")
    if len(arguments) != 1:
        return "name the one folder that the notebooks go to"
    if not address:
        return "SITE_URL must be the site's public address, got nothing"
    write(SITE, address, Path(arguments[0]))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
