"""Write requirements.lock anew from pyproject.toml (`make lock`; needs uv, which it runs)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# What the site is built and the tests are run with, on every system, Python 3.11 to 3.14.
# Made from pyproject.toml by `make lock`; not edited by hand.
"""


def main() -> None:
    """Resolve for every supported Python and system at once, keeping versions that still fit."""
    lock = ROOT / "requirements.lock"
    extras = [word for extra in ("book", "test", "lint") for word in ("--extra", extra)]
    keep = [] if "--upgrade" in sys.argv[1:] or not lock.exists() else ["-o", "requirements.lock"]
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *extras]
    options = ["--universal", "--python-version=3.11", "--no-header", "--no-annotate", "-q"]
    pins = subprocess.run(
        [*command, *options, *keep], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    if not pins:  # with -o, uv wrote the file itself
        pins = lock.read_text(encoding="utf-8")
    lock.write_text(HEADER + pins, encoding="utf-8")
    print(f"requirements.lock: {len(pins.splitlines())} packages")


if __name__ == "__main__":
    main()
