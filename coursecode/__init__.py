"""The functions of the course: each is derived in a chapter, and lives here tested.

Conventions: the truth comes first and the model second, the last axis holds outcomes or classes,
one value per example (the mean is the caller's), natural logarithms unless `base` says otherwise.
"""

from coursecode.classification import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_gradient as binary_cross_entropy_gradient,
    brier_score as brier_score,
    brier_score_gradient as brier_score_gradient,
    log_sigmoid as log_sigmoid,
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    sigmoid as sigmoid,
    softmax as softmax,
    softmax_cross_entropy as softmax_cross_entropy,
    softmax_cross_entropy_gradient as softmax_cross_entropy_gradient,
)
from coursecode.classifier import LinearClassifier as LinearClassifier
from coursecode.data import (
    Digits as Digits,
    Hubble as Hubble,
    load_digits as load_digits,
    load_hubble as load_hubble,
    load_text as load_text,
)
from coursecode.divergence import (
    gaussian_kl_divergence as gaussian_kl_divergence,
    jensen_shannon_divergence as jensen_shannon_divergence,
    kl_divergence as kl_divergence,
)
from coursecode.information import (
    conditional_entropy as conditional_entropy,
    cross_entropy as cross_entropy,
    entropy as entropy,
    huffman_code_lengths as huffman_code_lengths,
    information_content as information_content,
    joint_entropy as joint_entropy,
    mutual_information as mutual_information,
    perplexity as perplexity,
)
from coursecode.likelihood import (
    LaplaceEstimate as LaplaceEstimate,
    NormalEstimate as NormalEstimate,
    bernoulli_log_likelihood as bernoulli_log_likelihood,
    bernoulli_mle as bernoulli_mle,
    categorical_log_likelihood as categorical_log_likelihood,
    categorical_mle as categorical_mle,
    laplace_log_likelihood as laplace_log_likelihood,
    laplace_mle as laplace_mle,
    normal_log_likelihood as normal_log_likelihood,
    normal_mle as normal_mle,
    poisson_log_likelihood as poisson_log_likelihood,
    poisson_mle as poisson_mle,
)
from coursecode.linear_models import (
    LinearFit as LinearFit,
    SparseFit as SparseFit,
    elastic_net as elastic_net,
    lasso as lasso,
    least_squares as least_squares,
    ridge as ridge,
)
from coursecode.margins import (
    crammer_singer_loss as crammer_singer_loss,
    crammer_singer_loss_gradient as crammer_singer_loss_gradient,
    exponential_loss as exponential_loss,
    exponential_loss_gradient as exponential_loss_gradient,
    hinge_loss as hinge_loss,
    hinge_loss_gradient as hinge_loss_gradient,
    logistic_loss as logistic_loss,
    logistic_loss_gradient as logistic_loss_gradient,
    multiclass_hinge_loss as multiclass_hinge_loss,
    multiclass_hinge_loss_gradient as multiclass_hinge_loss_gradient,
    squared_hinge_loss as squared_hinge_loss,
    squared_hinge_loss_gradient as squared_hinge_loss_gradient,
    squared_multiclass_hinge_loss as squared_multiclass_hinge_loss,
    squared_multiclass_hinge_loss_gradient as squared_multiclass_hinge_loss_gradient,
    zero_one_loss as zero_one_loss,
)
from coursecode.optimisation import (
    GradientCheck as GradientCheck,
    Path as Path,
    check_gradient as check_gradient,
    gradient_descent as gradient_descent,
    numerical_gradient as numerical_gradient,
    sgd as sgd,
)
from coursecode.penalties import (
    elastic_net_penalty as elastic_net_penalty,
    elastic_net_penalty_gradient as elastic_net_penalty_gradient,
    elastic_net_proximal as elastic_net_proximal,
    l1_penalty as l1_penalty,
    l1_penalty_gradient as l1_penalty_gradient,
    l2_penalty as l2_penalty,
    l2_penalty_gradient as l2_penalty_gradient,
    l2_proximal as l2_proximal,
    soft_threshold as soft_threshold,
)
from coursecode.regression import (
    absolute_error as absolute_error,
    absolute_error_gradient as absolute_error_gradient,
    huber_loss as huber_loss,
    huber_loss_gradient as huber_loss_gradient,
    log_cosh_loss as log_cosh_loss,
    log_cosh_loss_gradient as log_cosh_loss_gradient,
    quantile_loss as quantile_loss,
    quantile_loss_gradient as quantile_loss_gradient,
    squared_error as squared_error,
    squared_error_gradient as squared_error_gradient,
)

__all__ = sorted(
    name for name, thing in vars().items() if getattr(thing, "__module__", "").startswith(__name__)
)
