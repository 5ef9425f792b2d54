"""Settings of the tests: random cases are the same in every run."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("same")
