"""The functions of the course: each is derived in a chapter, and lives here tested.

Conventions: the truth comes first and the model second, the last axis holds outcomes or classes,
one value an example (the mean is the caller's), natural logarithms unless `base` says otherwise.
"""

from coursecode.classification import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    brier_score,
    brier_score_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from coursecode.exponentials import log_sigmoid, log_softmax, logsumexp, sigmoid, softmax
from coursecode.gradients import GradientCheck, check_gradient, numerical_gradient
from coursecode.information import (
    cross_entropy,
    entropy,
    gaussian_kl_divergence,
    information_content,
    jensen_shannon_divergence,
    kl_divergence,
    perplexity,
)

__all__ = [
    "GradientCheck",
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "brier_score",
    "brier_score_gradient",
    "check_gradient",
    "cross_entropy",
    "entropy",
    "gaussian_kl_divergence",
    "information_content",
    "jensen_shannon_divergence",
    "kl_divergence",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "numerical_gradient",
    "perplexity",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
]
