"""The benchmark's arithmetic, and that its page is made from its stored results."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import measure, report

FOLDER = Path(measure.__file__).parent


def test_the_page_is_made_from_the_stored_results():
    results = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    assert (FOLDER / "results.md").read_text(encoding="utf-8") == report.markdown(results)


def test_candidates_are_timed_once_a_round():
    ticks = itertools.count()
    seconds = measure.interleaved(
        {"a": lambda: None, "b": lambda: None}, rounds=3, clock=lambda: float(next(ticks))
    )
    assert seconds == {"a": [1.0] * 3, "b": [1.0] * 3}


def test_ratios_are_paired_round_by_round():
    found = measure.ratios([1.0, 2.0, 9.0], [2.0, 2.0, 3.0])
    assert found == {"median": 1, "lowest": 0.5, "highest": 3, "of minima": 0.5}


def test_extra_memory_leaves_out_the_result():
    assert measure.extra_memory(lambda: np.ones(10**6), 8 * 10**6) < 0.01
    beyond = measure.extra_memory(lambda: np.sin(np.ones(10**6)), 8 * 10**6)
    assert beyond == pytest.approx(1, abs=0.1)
