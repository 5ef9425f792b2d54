"""What is measured: an operation, its input, and everyone's way to do it.

A peer that is not installed, or has no such function, is left out of a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.special as special
import scipy.stats as stats
from scipy.spatial import distance

import coursecode as cc

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    torch = None  # type: ignore[assignment]
try:
    from sklearn._loss.loss import HalfBinomialLoss, HalfMultinomialLoss, PinballLoss
    from sklearn.utils.extmath import softmax as sklearn_softmax
except ImportError:
    HalfMultinomialLoss = None

Run = Callable[[], Any]


class Inputs(NamedTuple):
    """Random data of one shape and type, for NumPy and for PyTorch."""

    s: np.ndarray  # scores
    y: np.ndarray  # a class for each row
    p: np.ndarray
    q: np.ndarray
    bits: np.ndarray  # 0 or 1 for each score
    signs: np.ndarray  # -1 or +1


def make(shape: tuple[int, int], dtype: type) -> Inputs:
    rng = np.random.default_rng(0)
    s: np.ndarray = rng.normal(size=shape).astype(dtype)
    t: np.ndarray = rng.normal(size=shape).astype(dtype)
    y = rng.integers(shape[1], size=shape[0])
    bits: np.ndarray = rng.integers(2, size=shape).astype(dtype)
    return Inputs(s, y, cc.softmax(s), cc.softmax(t), bits, 2 * bits - 1)


def naive_softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def naive_logsumexp(s):
    top = s.max(axis=-1)
    return top + np.log(np.exp(s - top[:, None]).sum(axis=-1))


def naive_gradient(y, s):
    q = naive_softmax(s)
    q[np.arange(len(y)), y] -= 1
    return q


def naive_jensen_shannon(p, q):
    m = (p + q) / 2
    return ((p * np.log(p / m)).sum(axis=-1) + (q * np.log(q / m)).sum(axis=-1)) / 2


def with_gradient(loss, scores):
    """Run a PyTorch loss forward and backward."""

    def run():
        scores.grad = None
        loss(scores).sum().backward()
        return scores.grad

    return run


def candidates(x: Inputs) -> dict[str, dict[str, Run]]:
    """Return for each operation who does it how; "coursecode" and "NumPy" are always there."""
    s, y, p, q, bits, signs = x
    rows = np.arange(len(y))
    runs: dict[str, dict[str, Run]] = {
        "softmax": {
            "coursecode": lambda: cc.softmax(s),
            "NumPy": lambda: naive_softmax(s),
            "SciPy": lambda: special.softmax(s, axis=-1),
        },
        "log_softmax": {
            "coursecode": lambda: cc.log_softmax(s),
            "NumPy": lambda: s - naive_logsumexp(s)[:, None],
            "SciPy": lambda: special.log_softmax(s, axis=-1),
        },
        "logsumexp": {
            "coursecode": lambda: cc.logsumexp(s),
            "NumPy": lambda: naive_logsumexp(s),
            "SciPy": lambda: special.logsumexp(s, axis=-1),
        },
        "sigmoid": {
            "coursecode": lambda: cc.sigmoid(s),
            "NumPy": lambda: 1 / (1 + np.exp(-s)),
            "SciPy": lambda: special.expit(s),
        },
        "log_sigmoid": {
            "coursecode": lambda: cc.log_sigmoid(s),
            "NumPy": lambda: -np.log1p(np.exp(-s)),
            "SciPy": lambda: special.log_expit(s),
        },
        "softmax cross-entropy": {
            "coursecode": lambda: cc.softmax_cross_entropy(y, s),
            "NumPy": lambda: naive_logsumexp(s) - s[rows, y],
        },
        "… and its gradient": {
            "coursecode": lambda: (
                cc.softmax_cross_entropy(y, s),
                cc.softmax_cross_entropy_gradient(y, s),
            ),
            "NumPy": lambda: (naive_logsumexp(s) - s[rows, y], naive_gradient(y, s)),
        },
        "binary cross-entropy": {
            "coursecode": lambda: cc.binary_cross_entropy(bits, s),
            "NumPy": lambda: np.maximum(s, 0) - s * bits + np.log1p(np.exp(-abs(s))),
        },
        "binary gradient": {
            "coursecode": lambda: cc.binary_cross_entropy_gradient(bits, s),
            "NumPy": lambda: 1 / (1 + np.exp(-s)) - bits,
        },
        "entropy": {
            "coursecode": lambda: cc.entropy(p),
            "NumPy": lambda: -(p * np.log(p)).sum(axis=-1),
            "SciPy": lambda: stats.entropy(p, axis=-1),
        },
        "KL divergence": {
            "coursecode": lambda: cc.kl_divergence(p, q),
            "NumPy": lambda: (p * np.log(p / q)).sum(axis=-1),
            "SciPy": lambda: special.rel_entr(p, q).sum(axis=-1),
        },
        "Jensen–Shannon": {
            "coursecode": lambda: cc.jensen_shannon_divergence(p, q),
            "NumPy": lambda: naive_jensen_shannon(p, q),
            "SciPy": lambda: distance.jensenshannon(p, q, axis=-1) ** 2,
        },
        "logistic": {
            "coursecode": lambda: cc.logistic_loss(signs, s),
            "NumPy": lambda: np.log1p(np.exp(-signs * s)),
        },
        "hinge (multiclass)": {
            "coursecode": lambda: cc.multiclass_hinge_loss(y, s),
            "NumPy": lambda: np.maximum(s - s[rows, y][:, None] + 1, 0).sum(axis=-1) - 1,
        },
        "squared error": {
            "coursecode": lambda: cc.squared_error(bits, s),
            "NumPy": lambda: (bits - s) ** 2,
        },
        "Huber": {
            "coursecode": lambda: cc.huber_loss(bits, s),
            "NumPy": lambda: np.where(abs(bits - s) <= 1, (bits - s) ** 2 / 2, abs(bits - s) - 0.5),
        },
        "quantile": {
            "coursecode": lambda: cc.quantile_loss(bits, s, quantile=0.3),
            "NumPy": lambda: np.maximum(0.3 * (bits - s), -0.7 * (bits - s)),
        },
    }
    if HalfMultinomialLoss is not None:
        add_scikit_learn(runs, x)
    if torch is not None:
        add_pytorch(runs, x)
    return runs


def add_scikit_learn(runs: dict[str, dict[str, Run]], x: Inputs) -> None:
    name = "scikit-learn"
    runs["softmax"][name] = lambda: sklearn_softmax(x.s)
    y, bits = x.y.astype(x.s.dtype), x.bits.ravel()
    if x.s.shape[1] <= 1000:  # it wants a column for each class, in Fortran's order
        multinomial = HalfMultinomialLoss(n_classes=x.s.shape[1])
        raw = np.asfortranarray(x.s)
        runs["softmax cross-entropy"][name] = lambda: multinomial.loss(y, raw)
        runs["… and its gradient"][name] = lambda: multinomial.loss_gradient(y, raw)
    binomial = HalfBinomialLoss()
    flat = x.s.ravel()
    runs["binary cross-entropy"][name] = lambda: binomial.loss(bits, flat)
    runs["binary gradient"][name] = lambda: binomial.gradient(bits, flat)
    pinball = PinballLoss(quantile=0.3)
    runs["quantile"][name] = lambda: pinball.loss(bits, flat)


def add_pytorch(runs: dict[str, dict[str, Run]], x: Inputs) -> None:
    name = "PyTorch"
    s, y, p, q, bits, signs = map(torch.from_numpy, x)
    leaf = s.clone().requires_grad_(True)
    runs["softmax"][name] = lambda: torch.softmax(s, -1)
    runs["log_softmax"][name] = lambda: torch.log_softmax(s, -1)
    runs["logsumexp"][name] = lambda: torch.logsumexp(s, -1)
    runs["sigmoid"][name] = lambda: torch.sigmoid(s)
    runs["log_sigmoid"][name] = lambda: F.logsigmoid(s)
    runs["softmax cross-entropy"][name] = lambda: F.cross_entropy(s, y, reduction="none")
    runs["… and its gradient"][name] = with_gradient(
        lambda s: F.cross_entropy(s, y, reduction="none"), leaf
    )
    runs["binary cross-entropy"][name] = lambda: F.binary_cross_entropy_with_logits(
        s, bits, reduction="none"
    )
    runs["entropy"][name] = lambda: torch.special.entr(p).sum(-1)
    runs["KL divergence"][name] = lambda: F.kl_div(q.log(), p, reduction="none").sum(-1)
    runs["logistic"][name] = lambda: F.soft_margin_loss(s, signs, reduction="none")
    runs["hinge (multiclass)"][name] = lambda: F.multi_margin_loss(s, y, reduction="none")
    runs["squared error"][name] = lambda: F.mse_loss(s, bits, reduction="none")
    runs["Huber"][name] = lambda: F.huber_loss(s, bits, reduction="none")
