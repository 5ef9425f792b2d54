"""The functions of the course: each is derived in a chapter, and lives here tested.

Conventions: the truth comes first and the model second, the last axis holds outcomes or classes,
one value an example (the mean is the caller's), natural logarithms unless `base` says otherwise.
"""

from coursecode._linear import LinearFit
from coursecode.binary import binary_cross_entropy, binary_cross_entropy_gradient
from coursecode.brier import brier_score, brier_score_gradient
from coursecode.classification import softmax_cross_entropy, softmax_cross_entropy_gradient
from coursecode.classifier import LinearClassifier
from coursecode.coding import huffman_code_lengths
from coursecode.crammer_singer import crammer_singer_loss, crammer_singer_loss_gradient
from coursecode.data import Digits, Hubble, load_digits, load_hubble, load_text
from coursecode.densities import laplace_log_likelihood, normal_log_likelihood
from coursecode.divergences import (
    gaussian_kl_divergence,
    jensen_shannon_divergence,
    kl_divergence,
)
from coursecode.elastic_net_penalties import elastic_net_penalty, elastic_net_penalty_gradient
from coursecode.estimates import LaplaceEstimate, NormalEstimate, laplace_mle, normal_mle
from coursecode.exponentials import log_softmax, logsumexp, softmax
from coursecode.frequencies import bernoulli_mle, categorical_mle, poisson_mle
from coursecode.gradient_check import GradientCheck, check_gradient
from coursecode.gradients import numerical_gradient
from coursecode.information import cross_entropy, entropy, information_content
from coursecode.joint import conditional_entropy, joint_entropy, mutual_information
from coursecode.lasso import SparseFit, elastic_net, lasso
from coursecode.likelihood import (
    bernoulli_log_likelihood,
    categorical_log_likelihood,
    poisson_log_likelihood,
)
from coursecode.linear import least_squares
from coursecode.log_cosh import log_cosh_loss, log_cosh_loss_gradient
from coursecode.logistic import log_sigmoid, sigmoid
from coursecode.margins import hinge_loss, hinge_loss_gradient, zero_one_loss
from coursecode.multiclass import multiclass_hinge_loss, multiclass_hinge_loss_gradient
from coursecode.optimisation import Path, gradient_descent, sgd
from coursecode.penalties import (
    l1_penalty,
    l1_penalty_gradient,
    l2_penalty,
    l2_penalty_gradient,
)
from coursecode.perplexity import perplexity
from coursecode.proximal import elastic_net_proximal, l2_proximal, soft_threshold
from coursecode.quantile import quantile_loss, quantile_loss_gradient
from coursecode.regression import (
    absolute_error,
    absolute_error_gradient,
    squared_error,
    squared_error_gradient,
)
from coursecode.ridge_regression import ridge
from coursecode.robust import huber_loss, huber_loss_gradient
from coursecode.smooth_margins import (
    exponential_loss,
    exponential_loss_gradient,
    logistic_loss,
    logistic_loss_gradient,
)
from coursecode.squared_hinge import squared_hinge_loss, squared_hinge_loss_gradient
from coursecode.squared_multiclass import (
    squared_multiclass_hinge_loss,
    squared_multiclass_hinge_loss_gradient,
)

__all__ = [
    "Digits",
    "GradientCheck",
    "Hubble",
    "LaplaceEstimate",
    "LinearClassifier",
    "LinearFit",
    "NormalEstimate",
    "Path",
    "SparseFit",
    "absolute_error",
    "absolute_error_gradient",
    "bernoulli_log_likelihood",
    "bernoulli_mle",
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "brier_score",
    "brier_score_gradient",
    "categorical_log_likelihood",
    "categorical_mle",
    "check_gradient",
    "conditional_entropy",
    "crammer_singer_loss",
    "crammer_singer_loss_gradient",
    "cross_entropy",
    "elastic_net",
    "elastic_net_penalty",
    "elastic_net_penalty_gradient",
    "elastic_net_proximal",
    "entropy",
    "exponential_loss",
    "exponential_loss_gradient",
    "gaussian_kl_divergence",
    "gradient_descent",
    "hinge_loss",
    "hinge_loss_gradient",
    "huber_loss",
    "huber_loss_gradient",
    "huffman_code_lengths",
    "information_content",
    "jensen_shannon_divergence",
    "joint_entropy",
    "kl_divergence",
    "l1_penalty",
    "l1_penalty_gradient",
    "l2_penalty",
    "l2_penalty_gradient",
    "l2_proximal",
    "laplace_log_likelihood",
    "laplace_mle",
    "lasso",
    "least_squares",
    "load_digits",
    "load_hubble",
    "load_text",
    "log_cosh_loss",
    "log_cosh_loss_gradient",
    "log_sigmoid",
    "log_softmax",
    "logistic_loss",
    "logistic_loss_gradient",
    "logsumexp",
    "multiclass_hinge_loss",
    "multiclass_hinge_loss_gradient",
    "mutual_information",
    "normal_log_likelihood",
    "normal_mle",
    "numerical_gradient",
    "perplexity",
    "poisson_log_likelihood",
    "poisson_mle",
    "quantile_loss",
    "quantile_loss_gradient",
    "ridge",
    "sgd",
    "sigmoid",
    "soft_threshold",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
    "squared_error",
    "squared_error_gradient",
    "squared_hinge_loss",
    "squared_hinge_loss_gradient",
    "squared_multiclass_hinge_loss",
    "squared_multiclass_hinge_loss_gradient",
    "zero_one_loss",
]
