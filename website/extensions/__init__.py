"""All that turns the book into these pages and is not Sphinx's own, a job a module."""

from importlib import import_module

PARTS = (
    "exercise_pages", "katex_math", "known_errors", "live_figures", "live_pages", "markup",
    "orientation", "package_cache", "package_reference", "page_metadata", "pictures", "search",
    "site_files",
)  # fmt: skip


def setup(app):
    for part in PARTS:
        import_module(f"{__name__}.{part}").setup(app)
    return {
        "version": "1",
        "env_version": 3,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
