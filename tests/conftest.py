"""Settings of the tests: random cases are the same in every run; and the built site."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.websites import built_site

settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("same")


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The folder of the built site."""
    own = tmp_path_factory.getbasetemp()
    return built_site(own if worker_id == "master" else own.parent)
