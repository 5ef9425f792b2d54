"""A learner's kernel: in bubblewrap where that is installed, watched in any case.

Inside, there is Python, the package, an empty home, and nothing else: no gradebook, no other
submission, no network.  Sockets are files in a folder of the kernel's own.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

import coursecode

MEMORY = 4_000_000  # kB of address space
SCRATCH = 64_000_000  # bytes of the empty folders
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/ssl", "/etc/localtime")
PACKAGE = Path(coursecode.__file__).resolve().parent


def has_bubblewrap() -> bool:
    """Whether kernels can be shut in."""
    return shutil.which("bwrap") is not None


def shut_in(command: list[str], folder: str) -> list[str]:
    """Run a command where only Python, the package and one folder are to be seen."""
    bound = [sys.prefix, sys.base_prefix, str(PACKAGE)]
    words = ["bwrap", "--die-with-parent", "--unshare-all", "--unshare-user", "--uid", "1000"]
    words += ["--gid", "1000", "--cap-drop", "ALL", "--clearenv"]
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
    for path in dict.fromkeys(bound):
        words += ["--ro-bind", path, path]
    words += ["--bind", folder, folder, "--chdir", "/home/learner"]
    for name, value in surroundings().items():
        words += ["--setenv", name, value]
    return [*words, "--", *command]


def surroundings() -> dict[str, str]:
    """The environment of a learner's kernel."""
    return {
        "HOME": "/home/learner",
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(PACKAGE.parent),
    }


class LearnersKernel(AsyncKernelManager):
    """A kernel with a folder of its own, shut in where that is possible."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """Take a folder with a short name: a socket's path has at most 107 characters."""
        super().__init__(*args, **named)
        self.folder = tempfile.mkdtemp(prefix="k", dir="/tmp" if os.path.isdir("/tmp") else None)
        if os.name == "posix":
            self.transport = "ipc"
            self.ip = os.path.join(self.folder, "s")
        self.connection_file = os.path.join(self.folder, "kernel.json")

    @property
    def kernel_spec(self) -> Any:
        """The kernel of this very Python, interrupted by a message."""
        spec = super().kernel_spec
        assert spec is not None
        spec.interrupt_mode = "message"
        return spec

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Put limits and, where there is one, the sandbox before the kernel's command."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", self.connection_file]
        command += ["--HistoryManager.enabled=False", *(extra_arguments or [])]
        if has_bubblewrap():
            command = shut_in(command, self.folder)
        limits = f'ulimit -v {MEMORY}; ulimit -c 0; ulimit -f 200000; exec "$@" >/dev/null 2>&1'
        return ["sh", "-c", limits, "sh", *command]

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self.folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
