"""For all tests: random cases are the same in every run, both types of floats, the built site."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tests.websites import built_site

settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("same")


# Tests that the package's coverage does without: while it is traced, Python is much slower.
NOT_OF_THE_PACKAGE = re.compile(
    "test_(benchmarks|chapters|exercise_pages|grading|live|repo|spell|web)"
)


def pytest_collection_modifyitems(items):
    """Begin with what looks at the built site, which takes longest; trace what coverage needs."""

    def asks(item, fixture):
        return fixture in getattr(item, "fixturenames", ())

    items.sort(key=lambda item: not asks(item, "site"))
    for item in items:
        digits = asks(item, "dtype")  # in arithmetic of 50 digits
        if digits or NOT_OF_THE_PACKAGE.match(item.path.name):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(params=[np.float64, np.float32], ids=["float64", "float32"])
def dtype(request):
    """Each type of floating-point numbers that the package computes in."""
    return request.param


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The folder of the built site."""
    own = tmp_path_factory.getbasetemp()
    return built_site(own if worker_id == "master" else own.parent)
