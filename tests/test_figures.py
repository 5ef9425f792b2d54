"""The style of the figures."""

import io
import re
import sys
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from coursecode import figures
from website.extensions.pictures import CONTRAST, contrast


@pytest.fixture(autouse=True)
def own_settings():
    mpl.use("agg")
    with mpl.rc_context():
        yield
    plt.close("all")


def draw():
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], label="line")
    ax.set_xlabel("score")
    with io.BytesIO() as file:
        fig.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()


def test_every_meaning_has_a_colour_of_its_own():
    colours = list(figures.PALETTE.values())
    assert len(set(colours)) == len(colours)
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)
    with pytest.raises(TypeError):
        figures.PALETTE["truth"] = "red"


@pytest.mark.parametrize("meaning", ["truth", "model", "right", "wrong", "data"])
def test_labels_in_a_colour_of_the_palette_can_be_read_on_white(meaning):
    assert contrast(figures.PALETTE[meaning], "#ffffff") >= CONTRAST


def test_lines_take_the_palette_in_its_order():
    figures.use_style()
    colours = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert colours[:2] == [figures.PALETTE["truth"], figures.PALETTE["model"]]
    assert sorted(colours) == sorted(figures.PALETTE.values())


def test_the_same_figure_gives_the_same_bytes():
    figures.use_style()
    assert draw() == draw()


def test_the_ground_is_transparent():
    figures.use_style()
    assert plt.figure().get_facecolor()[3] == 0


def test_notebooks_draw_svg_without_a_date(monkeypatch):
    calls = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr(
        "matplotlib_inline.backend_inline.set_matplotlib_formats",
        lambda *args, **options: calls.append((args, options)),
    )
    figures.use_style()
    assert calls == [(("svg",), {"metadata": {"Date": None}})]


@pytest.mark.parametrize("shell", [None, SimpleNamespace(get_ipython=lambda: None)])
def test_the_style_needs_no_notebook(monkeypatch, shell):
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", None)
    figures.use_style()
    assert mpl.rcParams["axes.spines.top"] is False
