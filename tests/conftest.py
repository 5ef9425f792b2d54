"""For all tests: random cases are the same in every run, both types of floats, the built site."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tests.websites import built_site

settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("same")


def pytest_collection_modifyitems(items):
    """Begin with what looks at the built site: it takes longest, and is not to be waited for."""
    items.sort(key=lambda item: "site" not in getattr(item, "fixturenames", ()))


@pytest.fixture(params=[np.float64, np.float32], ids=["float64", "float32"])
def dtype(request):
    """Each type of floating-point numbers that the package computes in."""
    return request.param


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The folder of the built site."""
    own = tmp_path_factory.getbasetemp()
    return built_site(own if worker_id == "master" else own.parent)
