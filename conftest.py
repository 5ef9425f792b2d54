"""What holds for every test: how chapters are compared, and what a kernel needs beforehand."""

import matplotlib.font_manager  # noqa: F401  (makes the list of fonts here, not inside a kernel)
import pytest

# Images are not stored, so there is nothing to compare; papermill's types are progress bars.
NOT_COMPARED = (
    "image/svg+xml",
    "application/papermill.record/text/plain",
    "application/papermill.record/image/png",
)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let nbval pass over what chapters don't store."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += NOT_COMPARED
