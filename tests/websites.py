"""The built site, for the tests that look at it: built once, served as hosts of static pages do."""

import functools
import gzip
import http.server
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

ROOT = Path(__file__).parents[1]
# The command that a reader would type.
JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
SECONDS = 600  # for a build from nothing


def built_site(shared: Path) -> Path:
    """The site that BOOK_SITE names; else the book's own, brought up to date by the first caller.

    `shared` is a folder that all processes of this run see.
    """
    if given := os.environ.get("BOOK_SITE"):
        return (ROOT / given).resolve()
    result = shared / "site.txt"
    try:
        (shared / "site").mkdir()
    except FileExistsError:
        wait_for(result)
    else:
        command = [*JUPYTER_BOOK, "build", str(ROOT), "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        fresh = result.with_suffix(".new")
        fresh.write_text(done.stderr if done.returncode else "", encoding="utf-8")
        fresh.rename(result)
    trouble = result.read_text(encoding="utf-8")
    assert not trouble, trouble[-3000:]
    return ROOT / "_build" / "html"


def wait_for(path: Path) -> None:
    """Wait until another process has written a file."""
    end = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < end, f"no {path.name} after {SECONDS} s"
        time.sleep(0.2)


def pages_of(site: Path) -> list[str]:
    """All pages of a site, but the redirect at its root."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in names if name != "index.html")


def chapters_of(site: Path) -> list[str]:
    """The pages that were made of notebooks."""
    return [
        name
        for name in pages_of(site)
        if (site / "_sources" / re.sub(r"\.html$", ".ipynb", name)).exists()
    ]


@contextmanager
def served(site: Path, more: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """Serve a site on this machine, compressed, and pages that aren't in it; gives the address.

    It lies in a folder, as on many hosts: what asks for the server's root has a wrong address.
    """
    folder = f"/{quote(site.name)}/"

    @functools.cache
    def compressed(name: str) -> bytes | None:
        if more and name in more:
            return gzip.compress(more[name])
        path = site / name
        return gzip.compress(path.read_bytes()) if path.is_file() else None

    class Host(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            inside = path.startswith(folder)
            body = compressed(unquote(path.removeprefix(folder))) if inside else None
            if body is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", KINDS.get(Path(path).suffix, "text/plain"))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{folder}"
    finally:
        server.shutdown()
        server.server_close()


KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
