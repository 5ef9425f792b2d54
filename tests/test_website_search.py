"""The search, asked as students ask: the section that answers comes first."""

import json
import re
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
    "why is my loss nan": ("cross_entropy", "In code: what can go wrong"),
    "class imbalance": ("choosing_a_loss", "Rare classes"),
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
    "hessian": ("cross_entropy", "The loss is convex"),
    "logsumexp trick": ("cross_entropy", "Log-sum-exp"),
    "huber vs mse": ("least_squares", ""),
    "L1 vs L2": ("regularization", ""),
    "multilabel": ("glossary", "multi-label"),
    "multiclass classification": ("cross_entropy", "Cross-entropy"),
    "multi-class hinge": ("hinge", ""),
    "kernel": ("instructor", ""),
    "vanishing gradient": ("glossary", "saturation"),
    "logistic regression": ("maximum_likelihood", "Cat or not"),
    "linear regression": ("least_squares", "Least squares"),
    "relative entropy": ("kl_divergence", "KL divergence"),
    "quantile regression": ("least_squares", "Quantile"),
    "why the log": ("information_content", "Only a logarithm"),
    "sum or mean": ("what_is_a_loss", "From one example to many"),
    "hinge loss gradient": ("hinge", "Slopes and kinks"),
    "loss not decreasing": ("choosing_a_loss", "Is the run right?"),
    "loss doesn't converge": ("choosing_a_loss", "Is the run right?"),
    "loss goes up": ("choosing_a_loss", "The learning rate"),
    "expected calibration error": ("cross_entropy", ""),
    "data compression": ("entropy", "Codes"),
    "AdamW": ("regularization", "Weight decay isn’t L2 under Adam"),
    "LLM loss": ("losses_of_today", "Next-token loss"),
    "VAE": ("losses_of_today", "The ELBO"),
    "RLHF": ("losses_of_today", "Reward on a leash"),
    "ranking loss": ("losses_of_today", "Preferences"),
    "lambda": ("regularization", "Choosing λ"),
    "softmax_cross_entropy": ("api", "softmax_cross_entropy"),
}
# What the book doesn't treat, and the section that is nearest to it.
NOT_TREATED = {
    "AUC": ("choosing_a_loss", "The metric is not the loss"),
    "precision and recall": ("choosing_a_loss", "The metric is not the loss"),
    "dice loss": ("choosing_a_loss", "The metric is not the loss"),
    "mixup": ("regularization", "Augmentation as ridge"),
    "momentum": ("choosing_a_loss", "How to get down"),
    "backpropagation": ("cross_entropy", "From the scores to the weights"),
    "keras": ("cross_entropy", "What PyTorch computes"),
    "wasserstein distance": ("kl_divergence", "Jensen–Shannon"),
    "gradient clipping": ("choosing_a_loss", "The learning rate"),
    "R squared": ("least_squares", "The best constant"),
    "kernel trick": ("what_is_a_loss", "A margin"),
    "channel capacity": ("glossary", "mutual information"),
}
ASKED = QUESTIONS | NOT_TREATED


@pytest.fixture(scope="module")
def engine(site) -> Iterator[MiniRacer]:
    """The scripts of the search page, without the page."""
    racer = MiniRacer()
    for name in ("minisearch", "records", "search"):
        racer.eval((site / "_static" / f"{name}.js").read_text(encoding="utf-8"))
    for path in (site / "_static" / "said").rglob("*.js"):
        racer.eval(path.read_text(encoding="utf-8"))
    racer.eval("const INDEX = indexOf(BOOK)")
    yield racer
    racer.close()


def answers(engine: MiniRacer, question: str) -> list[dict[str, str]]:
    asked = f"answers(INDEX, {json.dumps(question)})"
    return json.loads(engine.eval(f"JSON.stringify({asked}.slice(0, 30))"))


def missing(engine: MiniRacer, question: str) -> list[str]:
    return json.loads(engine.eval(f"JSON.stringify(missing(INDEX, {json.dumps(question)}))"))


@pytest.mark.parametrize("question", ASKED)
def test_the_section_that_answers_comes_first(engine, question):
    chapter, title = ASKED[question]
    first = answers(engine, question)[0]
    assert first["address"].partition("#")[0] == f"book/{chapter}.html"
    assert first["title"].startswith(title)


def is_in(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE) is not None


def excerpt(engine: MiniRacer, text: str, words: list[str]) -> str:
    return str(engine.eval(f"excerpt({json.dumps(text)}, new Set({json.dumps(words)}))"))


@pytest.mark.parametrize("question", ASKED)
def test_an_answer_shows_words_that_were_asked_for(engine, question):
    first = answers(engine, question)[0]
    text = engine.eval(f"SAID[{json.dumps(first['address'])}][{first['number']}][2]")
    words = [word for word in first["terms"] if len(word) > 1]
    shown = excerpt(engine, text, words)
    assert len(shown) <= 164
    held, told = ({word for word in words if is_in(word, part)} for part in (text, shown))
    assert bool(told) == bool(held)


def test_an_excerpt_is_the_beginning_or_the_place_of_most_words(engine):
    text = f"One apple. {'And so on. ' * 30}Then an apple, a pear and a plum. {'The end. ' * 30}"
    assert excerpt(engine, text, ["apple"]).startswith("One apple. And so on.")
    assert excerpt(engine, text, ["apple", "pear"]).startswith("… ")
    assert "Then an apple, a pear and a plum. The end." in excerpt(engine, text, ["apple", "pear"])
    assert excerpt(engine, text, ["fig"]).startswith("One apple.")
    assert excerpt(engine, "Apples.", ["apple"]) == "Apples."


def test_every_record_has_its_place_and_its_text(engine, site):
    pages = {}
    every = "JSON.stringify(records(BOOK).map((one) => [one, SAID[one.address][one.number]]))"
    for record, (title, place, text) in json.loads(engine.eval(every)):
        page = record["address"]
        html = pages.setdefault(page, (site / page).read_text(encoding="utf-8"))
        assert not place or f'id="{place}"' in html, record
        assert (record["title"], record["place"]) == (title, place)
        assert all(word in text.lower() for word in record["words"])


def test_the_search_says_what_the_book_does_not_have(engine):
    assert {
        question: missing(engine, question) for question in QUESTIONS if missing(engine, question)
    } == {}
    assert all(missing(engine, question) for question in NOT_TREATED)
    assert missing(engine, "AUC of a survival model, AUC and survival") == ["auc", "survival"]


@pytest.mark.parametrize("question", ["loss converges", "my loss falls", "loss has improved"])
def test_who_reports_a_success_is_not_sent_to_look_for_a_fault(engine, question):
    first = answers(engine, question)[0]
    assert first["title"] != "Is the run right?"


def test_nothing_is_found_of_what_the_book_has_not(engine):
    assert answers(engine, "zxqvw") == []
