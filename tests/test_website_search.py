"""The search, asked as students ask: the section that answers comes first."""

import json
from collections.abc import Iterator

import pytest
from py_mini_racer import MiniRacer

QUESTIONS = {
    "softmax gradient": ("cross_entropy", "The gradient is q − y"),
    "softmax derivative": ("cross_entropy", "The gradient is q − y"),
    "log loss": ("cross_entropy", "Cross-entropy"),
    "BCEWithLogitsLoss": ("maximum_likelihood", "Cat or not: binary cross-entropy"),
    "gaussian noise": ("maximum_likelihood", "Normal noise: squared error"),
    "surprisal": ("information_content", "Information content"),
    "overfitting": ("regularization", "Regularisation"),
    "regularization": ("regularization", "Regularisation"),
    "numerical stability": ("cross_entropy", "In code: what can go wrong"),
    "kullback leibler": ("kl_divergence", "KL divergence"),
    "why squared error": ("cross_entropy", "Why not squared error?"),
    "huber": ("least_squares", "Huber"),
    "lasso": ("regularization", "L1: the lasso"),
    "ridge regression": ("regularization", "L2: ridge regression"),
    "weight decay": ("regularization", "Weight decay"),
    "jensen shannon": ("kl_divergence", "Jensen–Shannon"),
    "Kraft inequality": ("entropy", "Short words"),
    "calibration": ("cross_entropy", "Calibration"),
    "learning rate": ("choosing_a_loss", "The learning rate"),
    "focal loss": ("losses_of_today", "Focal loss"),
    "label smoothing": ("losses_of_today", "Label smoothing"),
    "bits and nats": ("information_content", "Bits, nats"),
    "perplexity": ("glossary", "perplexity"),
}


@pytest.fixture(scope="module")
def engine(site) -> Iterator[MiniRacer]:
    """The scripts of the search page, without the page."""
    racer = MiniRacer()
    for name in ("minisearch", "records", "search"):
        racer.eval((site / "_static" / f"{name}.js").read_text(encoding="utf-8"))
    racer.eval("const INDEX = indexOf(BOOK)")
    yield racer
    racer.close()


def answers(engine: MiniRacer, question: str) -> list[dict[str, str]]:
    asked = f"answers(BOOK, INDEX, {json.dumps(question)})"
    return json.loads(engine.eval(f"JSON.stringify({asked}.slice(0, 30))"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_section_that_answers_comes_first(engine, question):
    chapter, title = QUESTIONS[question]
    first = answers(engine, question)[0]
    assert first["address"].partition("#")[0] == f"book/{chapter}.html"
    assert first["title"].startswith(title)


def test_every_record_has_its_place(engine, site):
    pages = {}
    places = "BOOK.records.map(([page, , place]) => `${BOOK.pages[page][0]}#${place}`)"
    for address in json.loads(engine.eval(f"JSON.stringify({places})")):
        page, _, place = address.partition("#")
        text = pages.setdefault(page, (site / page).read_text(encoding="utf-8"))
        assert not place or f'id="{place}"' in text, address


def test_nothing_is_found_of_what_the_book_has_not(engine):
    assert answers(engine, "zxqvw") == []
