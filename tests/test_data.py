"""The bundled data: what they are, where they agree with other copies, and that they are ours."""

from importlib.resources import files

import numpy as np
import pytest
import sklearn.datasets

import coursecode as cc


def test_digits_are_those_of_scikit_learn():
    ours, theirs = cc.load_digits(), sklearn.datasets.load_digits()
    assert np.array_equal(ours.images, theirs.images)
    assert np.array_equal(ours.labels, theirs.target)
    assert ours.images.dtype == np.float64
    assert ours.labels.dtype == np.intp


def test_hubble_has_the_slopes_that_are_known_of_his_table():
    """424 km/s/Mpc through the origin and 454 with an intercept of -41 are widely quoted."""
    hubble = cc.load_hubble()
    r, v = hubble.distances, hubble.velocities
    assert len(hubble.nebulae) == len(set(hubble.nebulae)) == len(r) == len(v) == 24
    assert r @ v / (r @ r) == pytest.approx(423.94, abs=0.005)
    assert np.polyfit(r, v, 1) == pytest.approx([454.16, -40.78], abs=0.005)
    assert (r.sum(), v.sum()) == (pytest.approx(21.873), 8955)  # as the table adds up


def test_the_text_is_whole_and_nothing_but_the_text():
    text = cc.load_text()
    assert len(text) > 100_000
    assert text.isascii()
    assert set(text) - set("\n") == {c for c in text if c.isprintable()}
    assert text.count("CHAPTER ") == 12
    assert text.strip().startswith("ALICE'S ADVENTURES IN WONDERLAND")
    assert text.strip().endswith("THE END")
    assert not any(word in text for word in ("Gutenberg", "gutenberg", "EDITION", "http"))


@pytest.mark.parametrize("load", [cc.load_digits, cc.load_hubble])
def test_each_call_gives_arrays_of_its_own(load):
    first, second = load(), load()
    for a, b in zip(first, second, strict=True):
        if isinstance(a, np.ndarray):
            a[0] = -1
            assert not np.array_equal(a, b)


def test_every_file_is_described_with_its_source_and_rights():
    folder = files("coursecode") / "datasets"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    names = {file.name for file in folder.iterdir()} - {"README.md"}
    assert names == {"digits.txt", "hubble.csv", "alice.txt"}
    for name in names:
        (row,) = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.count("|") == 6
    assert "10.24432/C50P49" in readme
    assert "CC BY 4.0" in readme
