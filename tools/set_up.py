"""Create `.venv` from requirements.lock, or leave it alone when it is up to date.

Standard library only: this runs before anything is installed.  `.venv/set-up` is written last and
says what was installed and where: an interrupted set-up, a changed lock, a moved folder are seen.
"""

import hashlib
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up"
INPUTS = ("requirements.lock", "pyproject.toml", "tools/set_up.py")


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted() -> str:
    """What the stamp of an up-to-date `.venv` says."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return f"{digest.hexdigest()}\n{VENV}\n"


def stamped() -> str:
    """What the stamp says, or nothing when the last set-up did not finish."""
    try:
        return STAMP.read_text(encoding="utf-8")
    except OSError:
        return ""


def is_whole() -> bool:
    """Whether `.venv` holds what the lock asks for."""
    return stamped() == wanted()


def names(lines: Iterator[str]) -> Iterator[str]:
    """Pick the packages' names out of pip's chatter, each once."""
    seen = set()
    for line in lines:
        match = re.match(r"\s*(?:Collecting|Obtaining) ([A-Za-z0-9._-]+)", line)
        if match and match[1] not in seen:
            seen.add(match[1])
            yield match[1]


def pip_install(*arguments: str) -> None:
    """Run pip, show a counter instead of its chatter, and the chatter when it fails."""
    command = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check"]
    total = (ROOT / "requirements.lock").read_text(encoding="utf-8").count("==")
    log: list[str] = []

    def lines(stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            log.append(line)
            if line.startswith("Installing collected packages"):
                print("\n  installing them ...", end="", flush=True)
            yield line

    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        assert pip.stdout is not None
        end = "\r" if sys.stdout.isatty() else "\n"
        for count, name in enumerate(names(lines(iter(pip.stdout))), 1):
            if sys.stdout.isatty() or count % 20 == 0:
                print(f"  {count:3d} of about {total}: {name:40.40}", end=end, flush=True)
    print()
    if pip.returncode:
        sys.exit("".join(log[-25:]) + "\nThe set-up failed: pip's last lines are above.")


def main() -> None:
    """Bring `.venv` up to date."""
    if is_whole() and venv_python().exists():
        return
    print(f"Setting up .venv with Python {sys.version.split()[0]} (once; needs the network)")
    old = stamped().splitlines()
    STAMP.unlink(missing_ok=True)
    if not (len(old) == 2 and old[1] == str(VENV) and venv_python().exists()):
        venv.create(VENV, clear=True, with_pip=True)
    pip_install("-r", "requirements.lock", "-e", ".")
    # Matplotlib's list of fonts, made once here and not, with a warning, inside a chapter.
    subprocess.run([venv_python(), "-c", "import matplotlib.font_manager"], check=True)
    STAMP.write_text(wanted(), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--is-whole"]:
        sys.exit(not is_whole())
    main()
