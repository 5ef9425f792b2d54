"""Start a learner's process: in bubblewrap, or with the rights of whoever grades.

Inside, there is Python, the package, an empty home, and nothing else: no gradebook, no other
submission, no test, no network.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import coursecode
from coursecode.checks import LENDERS

SCRATCH = 64_000_000  # bytes of the empty folders
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/ssl", "/etc/localtime")
PACKAGE = Path(coursecode.__file__).resolve().parent
ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = [str(ROOT / "tools" / "grading" / name) for name in ("learner.py", "line.py")]


def start(
    bare: bool, shut_in: bool, errors: int = subprocess.DEVNULL
) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """Start a process, without the packages that lend answers if `bare`; and the line to it."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tools.grading.learner", str(theirs.fileno())]
    command += ["bare" if bare else "full", *LENDERS]
    if shut_in:
        command = around(command, bare)
    with theirs:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=surroundings(bare),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return process, ours


def end(process: "subprocess.Popen[bytes]") -> str:
    """End a process, and all that it started; what it has said against its start."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    _, said = process.communicate()
    return (said or b"").decode(errors="replace").strip()


def around(command: list[str], bare: bool) -> list[str]:
    """Run a command where only Python, the package and an empty folder are to be seen."""
    words = [
        bubblewrap() or "",
        "--die-with-parent",
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "1000",
    ]
    words += ["--gid", "1000", "--cap-drop", "ALL", "--hostname", "learner"]
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    for path in SETTINGS:
        words += ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for path in ("/tmp", "/home/learner"):
        words += ["--size", str(SCRATCH), "--tmpfs", path]
    for fonts in (Path.home() / ".cache" / "matplotlib").glob("fontlist-*.json"):  # made in seconds
        words += ["--ro-bind", str(fonts), f"/tmp/matplotlib/{fonts.name}"]
    bound = dict.fromkeys([sys.prefix, sys.base_prefix, *NEEDED])
    for path in bound if bare else [*bound, str(PACKAGE)]:
        words += ["--ro-bind", path, path]
    for path in places() if bare else []:
        words += ["--tmpfs", path]
    return [*words, "--remount-ro", "/", "--chdir", "/home/learner", "--", *command]


def places() -> list[str]:
    """Where the packages lie that lend answers, as far as the sandbox holds them."""
    found = [importlib.util.find_spec(name) for name in LENDERS]
    folders = [place for spec in found if spec for place in spec.submodule_search_locations or ()]
    return [path for path in folders if path.startswith((sys.prefix, sys.base_prefix, *SYSTEM))]


def surroundings(bare: bool) -> dict[str, str]:
    """The environment of a learner's process."""
    return {
        "HOME": "/home/learner",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(ROOT) if bare else f"{ROOT}{os.pathsep}{PACKAGE.parent}",
    }


def bubblewrap() -> str | None:
    """Where the program is that shuts learners in."""
    return shutil.which("bwrap")
