"""Key stored notebook outputs on the package that made them.

jupyter-cache knows a notebook by its cells alone, so after a change of ``coursecode`` the page
would show the old numbers. Here the cache's folder carries a hash of the package and of the lock
file, and the same hash is a configuration value, so that an incremental build reads every page
again when it changes.
"""

import hashlib
import sys
from pathlib import Path

SOURCES = ("coursecode/**/*", "requirements.lock")


def fingerprint(root: Path) -> str:
    """A hash of Python's version, the package's files and the lock file below ``root``."""
    digest = hashlib.sha256(sys.version.encode())
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(
                    path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
                )
    return digest.hexdigest()[:16]


def set_cache(app, config) -> None:
    config.package_fingerprint = fingerprint(Path(app.srcdir))
    config.nb_execution_cache_path = str(
        Path(app.outdir).parent / ".jupyter_cache" / config.package_fingerprint
    )


def setup(app):
    app.add_config_value("package_fingerprint", "", "env", [str])
    app.connect("config-inited", set_cache)
