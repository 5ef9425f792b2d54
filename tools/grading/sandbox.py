"""Start a learner's process: in bubblewrap, or with the rights of whoever grades.

Inside, there is Python, the package, an empty home, and nothing else: no gradebook, no other
submission, no test, no network.
"""

import contextlib
import ctypes
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import coursecode
from coursecode.checks import LENDERS

SCRATCH = "64000000"  # bytes of each empty folder
PROCESSES = 64
LIMITS = ["prlimit", "--as=4000000000", "--core=0", "--fsize=100000000", "--nofile=256"]
# The system call that joins a new keyring: what is left in the session's, the next run would find.
KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219}.get(platform.machine(), -1)
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"]
SYSTEM += ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/ssl", "/etc/localtime"]
PACKAGE = Path(coursecode.__file__).resolve().parent
ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = [ROOT / "tools" / "grading" / name for name in ("learner.py", "line.py")]
ENVIRONMENT = {
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PIP_RETRIES": "0",  # there is no network: to install something fails at once
    "PYTHONDONTWRITEBYTECODE": "1",
}


def start(bare: bool, shut_in: bool) -> tuple["subprocess.Popen[bytes]", Connection]:
    """Start a process, without the packages that lend answers if `bare`; and the line to it."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tools.grading.learner", str(theirs.fileno())]
    command += LENDERS if bare else []
    command = [*LIMITS, *command] if shutil.which(LIMITS[0]) else command  # not on a Mac
    places = [ROOT] if bare else [ROOT, PACKAGE.parent]
    with theirs:
        process = subprocess.Popen(
            around(command, bare) if shut_in else command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,  # until the program is there, and leaves it
            env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(map(str, places))},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            preexec_fn=(lambda: ctypes.CDLL(None).syscall(KEYCTL, 1, None)) if shut_in else None,
        )
    return process, Connection(ours.detach())


def end(process: "subprocess.Popen[bytes]") -> str:
    """End a process, and all that it started; what it has said against its start."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    _, said = process.communicate()
    return (said or b"").decode(errors="replace").strip()


def around(command: list[str], bare: bool) -> list[str]:
    """Run a command where only Python, the package and an empty folder are to be seen."""
    words = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--hostname", "learner"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += [f"--unshare-{what}" for what in ("ipc", "pid", "net", "uts")]
    command = ["prlimit", f"--nproc={PROCESSES}", *command]
    if os.geteuid():
        words += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    else:  # no limit of processes holds for root: another user, as a rule not the one before
        number = 20_000 + time.monotonic_ns() // 1000 % 40_000  # a container may have 65,536
        command = [*f"setpriv --reuid={number} --regid={number} --clear-groups".split(), *command]
    for path in SYSTEM:
        words += ["--ro-bind-try", path, path]
    for path in ("/tmp", "/tmp/matplotlib", "/home/learner", "/dev/shm"):
        words += ["--perms", "1777", "--size", SCRATCH, "--tmpfs", path]
    for fonts in (Path.home() / ".cache" / "matplotlib").glob("fontlist-*.json"):  # made in seconds
        words += ["--ro-bind", str(fonts), f"/tmp/matplotlib/{fonts.name}"]
    for bound in [Path(sys.prefix), Path(sys.base_prefix), *NEEDED, *([] if bare else [PACKAGE])]:
        for folder in reversed(bound.parents):  # which a user of its own may enter
            words += ["--perms", "0755", "--dir", str(folder)]
        words += ["--ro-bind", str(bound), str(bound)]
    for spec in map(importlib.util.find_spec, LENDERS if bare else ()):
        for place in (spec and spec.submodule_search_locations) or ():
            words += ["--tmpfs", place]
    return [*words, "--remount-ro", "/", "--chdir", "/home/learner", "--", *command]
