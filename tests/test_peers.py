"""SciPy, scikit-learn and PyTorch as independent oracles, where they are right."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics

import coursecode as cc

RNG = np.random.default_rng(0)
S = RNG.normal(size=(50, 7)) * 3
Y = RNG.integers(7, size=50)
P, Q = RNG.dirichlet(np.ones(7), size=50), RNG.dirichlet(np.ones(7), size=50)
WEIGHTS = RNG.random(7)


def test_scipy_has_the_same_exponentials():
    assert np.allclose(cc.logsumexp(S), scipy.special.logsumexp(S, axis=-1), rtol=1e-14)
    assert np.allclose(cc.softmax(S), scipy.special.softmax(S, axis=-1), rtol=1e-13)
    assert np.allclose(cc.log_softmax(S), scipy.special.log_softmax(S, axis=-1), rtol=1e-12)
    assert np.allclose(cc.sigmoid(S), scipy.special.expit(S), rtol=1e-14)
    assert np.allclose(cc.log_sigmoid(S), scipy.special.log_expit(S), rtol=1e-14)


def test_scipy_has_the_same_information():
    assert np.allclose(cc.entropy(P, base=2), scipy.stats.entropy(P, axis=-1, base=2), rtol=1e-13)
    assert np.allclose(cc.kl_divergence(P, Q), scipy.stats.entropy(P, Q, axis=-1), rtol=1e-12)
    distance = scipy.spatial.distance.jensenshannon(P, Q, axis=-1)
    assert np.allclose(cc.jensen_shannon_divergence(P, Q), distance**2, rtol=1e-12)


def test_scipy_has_the_same_distributions():
    x, count, bit = S[:, 0], Y, Y % 2
    pairs = [
        (cc.normal_log_likelihood(x, 0.3, 2.0), scipy.stats.norm.logpdf(x, 0.3, 2.0)),
        (cc.laplace_log_likelihood(x, 0.3, 2.0), scipy.stats.laplace.logpdf(x, 0.3, 2.0)),
        (cc.bernoulli_log_likelihood(bit, 0.3), scipy.stats.bernoulli.logpmf(bit, 0.3)),
        (cc.poisson_log_likelihood(count, 7.7), scipy.stats.poisson.logpmf(count, 7.7)),
    ]
    for ours, theirs in pairs:
        assert np.allclose(ours, theirs, rtol=1e-12)


def test_scikit_learn_has_the_same_losses():
    metrics, y, f, sign = sklearn.metrics, S[:, 0], S[:, 1], np.where(Y < 4, 1, -1)
    bit, q = Y % 2, cc.sigmoid(f)
    brier = cc.brier_score(bit, np.column_stack([1 - q, q]))
    pairs = [
        (cc.squared_error(y, f), metrics.mean_squared_error(y, f)),
        (cc.absolute_error(y, f), metrics.mean_absolute_error(y, f)),
        (cc.quantile_loss(y, f, quantile=0.3), metrics.mean_pinball_loss(y, f, alpha=0.3)),
        (cc.hinge_loss(sign, f), metrics.hinge_loss(sign, f)),
        (cc.zero_one_loss(sign, f), metrics.zero_one_loss(sign, np.sign(f))),
        (cc.crammer_singer_loss(Y, S), metrics.hinge_loss(Y, S)),
        (cc.softmax_cross_entropy(Y, S), metrics.log_loss(Y, cc.softmax(S), labels=range(7))),
        (cc.binary_cross_entropy(bit, f), metrics.log_loss(bit, q)),
        (brier / 2, metrics.brier_score_loss(bit, q)),
    ]
    for ours, theirs in pairs:
        assert np.isclose(ours.mean(), theirs, rtol=1e-13)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="needs PyTorch: pip install torch==2.13.0")


def value_and_gradient(loss, scores):
    scores.requires_grad_(True)
    values = loss(scores)
    values.sum().backward()
    return values.detach().numpy(), scores.grad.numpy()


@pytest.mark.oracle
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("labels", [Y, P], ids=["classes", "probabilities"])
def test_pytorch_has_the_same_cross_entropy(torch, labels, weights, smoothing):
    values, gradient = value_and_gradient(
        lambda s: torch.nn.functional.cross_entropy(
            s,
            torch.tensor(labels),
            weight=None if weights is None else torch.tensor(weights),
            label_smoothing=smoothing,
            reduction="none",
        ),
        torch.tensor(S),
    )
    options = {"label_smoothing": smoothing, "class_weights": weights}
    assert np.allclose(cc.softmax_cross_entropy(labels, S, **options), values, rtol=1e-13)
    ours = cc.softmax_cross_entropy_gradient(labels, S, **options)
    assert np.allclose(ours, gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.oracle
def test_each_row_of_the_chapter_s_table_for_pytorch_is_true(torch):
    """Cross-entropy, section "What PyTorch computes": the calls as they stand there."""
    functional, s, y, w = torch.nn.functional, torch.tensor(S), torch.tensor(Y), WEIGHTS
    column, binary = torch.tensor(S[:, 0]), Y % 2
    ours = cc.softmax_cross_entropy
    rows = [
        (functional.cross_entropy(s, y), ours(Y, S).mean()),
        (functional.cross_entropy(s, y, reduction="none"), ours(Y, S)),
        (functional.cross_entropy(s, torch.tensor(P)), ours(P, S).mean()),
        (
            functional.cross_entropy(s, y, label_smoothing=0.1),
            ours(Y, S, label_smoothing=0.1).mean(),
        ),
        (
            functional.cross_entropy(s, y, weight=torch.tensor(w)),
            ours(Y, S, class_weights=w).sum() / w[Y].sum(),
        ),
        (
            functional.binary_cross_entropy_with_logits(column, torch.tensor(binary).double()),
            cc.binary_cross_entropy(binary, S[:, 0]).mean(),
        ),
    ]
    for theirs, value in rows:
        assert np.allclose(value, theirs.numpy(), rtol=1e-13, atol=0)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("power", "name"), [(1, "multiclass_hinge_loss"), (2, "squared_multiclass_hinge_loss")]
)
def test_pytorch_has_the_same_multiclass_hinge_but_for_a_mean_over_classes(torch, power, name):
    values, gradient = value_and_gradient(
        lambda s: torch.nn.functional.multi_margin_loss(
            s, torch.tensor(Y), p=power, margin=0.7, reduction="none"
        ),
        torch.tensor(S),
    )
    assert np.allclose(getattr(cc, name)(Y, S, margin=0.7), 7 * values, rtol=1e-13)
    ours = getattr(cc, f"{name}_gradient")(Y, S, margin=0.7)
    assert np.allclose(ours, 7 * gradient, rtol=1e-12, atol=1e-15)
