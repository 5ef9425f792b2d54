"""Run the tests as they would run on other processors and with other releases of NumPy.

    python -m tools.kernels [PYTEST_ARGS...]

The last digits of a matrix product depend on the BLAS kernel, those of an exponential on the vector
instructions that NumPy finds, and both choose by the processor. Here each is chosen by hand, so
that a result that holds only on the author's machine is seen on it. Each release of NumPy gets an
environment of its own in `_build/kernels`. The tests of the website are left out: they look at
pages, not at digits. What this processor can't run, or has run already under another name, is said.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "kernels"
TESTS = ("coursecode", "book", "exercises", "tests", "--ignore-glob=tests/test_website*")
OWN = Path(sys.executable)


class Setting(NamedTuple):
    """One way to run the tests."""

    name: str
    variables: Mapping[str, str] = {}
    packages: Sequence[str] = ()  # if any, they go into an environment of the setting's own
    pythons: Sequence[str] = ()  # the first of them that runs makes that environment


SETTINGS = (
    Setting("this processor"),
    *(
        Setting(f"OpenBLAS {kernel}", {"OPENBLAS_CORETYPE": kernel})
        for kernel in ("Haswell", "Zen", "SkylakeX", "Nehalem")
    ),
    Setting("NumPy without AVX", {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL"}),
    Setting(
        "oldest NumPy",
        packages=("-e", ".[book,test,lint]", "numpy==2.0.*", "matplotlib==3.10.*"),
        pythons=("python3.11", "python3.12"),
    ),
    Setting(
        "newest NumPy",
        packages=("-e", ".[book,test,lint]", "--upgrade"),
        pythons=("python3.14", "python3.13", "python3.12"),
    ),
)

# What the digits depend on, said by NumPy and by the BLAS libraries that it and SciPy bring.
# A kernel that the processor hasn't the instructions for ends the process here.
DESCRIBE = """
import numpy, scipy.linalg, threadpoolctl
from numpy._core import _multiarray_umath as core
a = numpy.random.default_rng(0).normal(size=(99, 99))
numpy.linalg.svd(a @ a), scipy.linalg.eigh(a @ a.T)
blas = {library["architecture"] for library in threadpoolctl.threadpool_info()
        if library["user_api"] == "blas"}
found = [name for name in core.__cpu_dispatch__ if core.__cpu_features__[name]]
print("NumPy", numpy.__version__ + ",", "BLAS", *sorted(blas), "+", *found or ["no more"])
"""


def first_that_runs(pythons: Sequence[str]) -> str:
    """The first of these Pythons that is there and starts; else the one that runs this."""
    for name in pythons:
        if (path := shutil.which(name)) and not subprocess.run(
            [path, "-c", ""], capture_output=True
        ).returncode:
            return path
    return sys.executable


def python_of(setting: Setting) -> Path:
    """The interpreter that a setting's tests run in, its environment made first."""
    if not setting.packages:
        return OWN
    folder = FOLDER / setting.name.replace(" ", "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([first_that_runs(setting.pythons), "-m", "venv", folder], check=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, *setting.packages], cwd=ROOT, check=True)
    return python


def described(python: Path, setting: Setting) -> str:
    """What a setting's digits depend on, or nothing where the processor can't run it."""
    done = subprocess.run(
        [python, "-c", DESCRIBE],
        env=os.environ | setting.variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode == 1:  # an exception; a missing instruction ends it by a signal
        sys.exit(f"{setting.name}: NumPy can't be asked what it runs on")
    return done.stdout.strip()


def run_tests(python: Path, setting: Setting, arguments: Sequence[str]) -> str:
    """Run the tests, let the reader see them, and return their last line if any failed."""
    log = FOLDER / f"{setting.name.replace(' ', '-')}.log"
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run(
            command, cwd=ROOT, env=os.environ | setting.variables, stdout=out, stderr=out
        ).returncode
    lines = log.read_text(encoding="utf-8").splitlines()
    print(*(line for line in lines if line.startswith(("FAILED", "ERROR"))), sep="\n")
    last = lines[-1].strip("= ") if lines else "no output"
    return f"passed: {last}" if code == 0 else f"FAILED: {last} ({log.relative_to(ROOT)})"


def main(arguments: Sequence[str]) -> int:
    """Run every setting, then show the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, str, str]] = []
    seen: dict[str, str] = {}
    for setting in SETTINGS:
        print(f"\n=== {setting.name}", flush=True)
        start = time.monotonic()
        python = python_of(setting)
        what = described(python, setting)
        if not what:
            result = "not run: this processor lacks the instructions"
        elif what in seen:
            result = f"the same as {seen[what]}"
        else:
            seen[what] = setting.name
            result = run_tests(python, setting, arguments)
        minutes = f"{(time.monotonic() - start) / 60:.1f} min"
        rows.append((setting.name, what or "-", f"{result}, {minutes}"))
        print(rows[-1][2], flush=True)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    return int(any("FAILED" in row[2] for row in rows))


if __name__ == "__main__":
    given = sys.argv[1:]
    paths = [word for word in given if not word.startswith("-") and (ROOT / word).exists()]
    sys.exit(main([*given, *(() if paths else TESTS)]))
