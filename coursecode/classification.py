"""Scores turned into probabilities, and the losses of both (chapter: cross-entropy).

Classifiers take exponentials of scores, and the textbook formulas then fail: e^710 is too large for
float64, e^89 for float32, and a loss near 0 loses its digits.
"""

import numpy as np

from coursecode._core.arithmetic import (
    SMALL,
    Numbers,
    column,
    expectation,
    exponentials,
    log1p,
    log_total,
    mended,
    others,
    pick,
    place_in,
    put,
    row_sum,
    times,
)
from coursecode._core.evaluate import rowwise
from coursecode._core.kinds import (
    Array,
    BinaryLabels,
    ClassWeights,
    Distribution,
    Exponents,
    Extended,
    Labels,
    Scores,
    Share,
)


@rowwise
def logsumexp(logits: Exponents) -> Array:
    r"""Logarithm of a sum of exponentials, LSE(s).

    .. math:: \operatorname{LSE}(s) = \ln \sum_k e^{s_k}

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores s, one for each class, in any range; -inf adds nothing.

    Returns
    -------
    ndarray, shape (...)
        One value per example, in nats; between max s and max s + ln K.

    Notes
    -----
    It is a smooth maximum, with gradient `softmax`. A row of -inf gives -inf, one +inf gives +inf.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization* (2004), section 3.1.5.

    Examples
    --------
    >>> print(logsumexp([1000.0, 1000.0]))
    1000.6931471805599
    """
    top, log_sum = log_total(logits)
    return np.where(np.isinf(top), top, top + log_sum)


@rowwise
def log_softmax(logits: Scores) -> Array:
    r"""Logarithm of the softmax, ln q.

    .. math:: \ln q_k = s_k - \ln \sum_j e^{s_j}

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores s, one for each class; -inf rules a class out.

    Returns
    -------
    ndarray, shape (..., K)
        Log-probabilities, in nats; at most 0.

    Notes
    -----
    A class that is ruled out gets -inf. A log-probability near 0 keeps its digits, where
    ``np.log(softmax(s))`` would give 0.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.

    Examples
    --------
    >>> print(log_softmax([0.0, 50.0]))
    [-5.00000000e+01 -1.92874985e-22]
    """
    top, log_sum = log_total(logits)
    return (logits - column(top)) - column(log_sum)


@rowwise
def softmax(logits: Scores) -> Array:
    r"""Softmax, q = softmax(s): scores turned into probabilities.

    .. math:: q_k = \frac{e^{s_k}}{\sum_j e^{s_j}}

    Returns
    -------
    ndarray, shape (..., K)
        Probabilities; each row sums to 1.

    Notes
    -----
    A class that is ruled out gets 0. Adding a constant to a row of scores changes nothing.

    References
    ----------
    Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).

    Examples
    --------
    >>> print(softmax([3.2, 5.1, -1.7]).round(3))
    [0.13  0.869 0.001]
    """
    e, total = exponentials(logits)
    return e / column(total)


@rowwise
def sigmoid(logits: Extended) -> Array:
    r"""Logistic sigmoid, σ(s): one score turned into a probability.

    .. math:: \sigma(s) = \frac{1}{1 + e^{-s}}

    Parameters
    ----------
    logits : array_like, shape (...)
        Scores s of "yes" (1) against "no" (0); -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        The probability of "yes".

    Notes
    -----
    This is the softmax of the two scores s and 0. σ(0) = ½, σ(-inf) = 0, σ(inf) = 1.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(sigmoid([-np.inf, 0.0, np.inf]))
    [0.  0.5 1. ]
    """
    return 1 / (1 + np.exp(-logits))


@rowwise
def log_sigmoid(logits: Extended) -> Array:
    r"""Logarithm of the sigmoid, ln σ(s).

    .. math:: \ln \sigma(s) = -\ln (1 + e^{-s})

    Returns
    -------
    ndarray, shape (...)
        The log-probability of "yes", in nats; at most 0.

    Notes
    -----
    ln σ(-inf) = -inf and ln σ(inf) = 0. The log-probability of "no" is ``log_sigmoid(-s)``.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(log_sigmoid([-1000.0, 1000.0]))
    [-1000.     0.]
    """
    return np.minimum(logits, 0) - log1p(np.exp(-abs(logits)))


@rowwise
def softmax_cross_entropy(
    labels: Labels,
    logits: Scores,
    *,
    label_smoothing: Share = 0.0,
    class_weights: ClassWeights = None,
) -> Array:
    r"""Softmax cross-entropy, ℓ = -ln q_y: the negative log-likelihood of the labels.

    .. math:: \ell = -\ln q_y = \ln \sum_k e^{s_k} - s_y, \qquad q = \operatorname{softmax}(s)

    and for labels that are probabilities :math:`\ell = -\sum_k y_k \ln q_k`.

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth: classes y, from 0 to K - 1, or probabilities y_k, each row summing to 1.
    label_smoothing : float
        ε from 0 to 1: the loss is that of the labels (1 - ε) y_k + ε/K.
    class_weights : array_like, shape (K,), optional
        Weights w_k, finite and not negative; each term of the sum counts w_k times.

    Returns
    -------
    ndarray, shape (...)
        One value per example, in nats; at least 0.

    Notes
    -----
    The loss is inf where the true class is ruled out, and near 0 it keeps its digits. PyTorch's
    ``cross_entropy`` takes the scores first, and divides weighted means by the sum of w_y, not n.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.
    Szegedy et al., "Rethinking the Inception architecture" (2016), section 7 (smoothing).

    Examples
    --------
    >>> cat, car, frog = [3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]
    >>> print(softmax_cross_entropy([0, 1, 2], [cat, car, frog]).round(3))
    [2.04  0.079 6.156]
    """
    if labels.ndim == 1 and not label_smoothing:
        loss = _surprise(labels, logits)
        return loss if class_weights is None else times(class_weights[labels], loss)
    top, log_sum = log_total(logits)
    targets = _targets(labels, logits, label_smoothing, class_weights)
    return expectation(targets, column(log_sum) - (logits - column(top)))


def _split(e: Numbers, k: Numbers) -> tuple[Numbers, Numbers]:
    """Set the k-th number of each row of e to 0; return what it was, and the sum of the others."""
    flat, place = e.reshape(-1), place_in(e, k)
    own = flat[place]
    flat[place] = 0
    return own, row_sum(e)


def _surprise(y: Numbers, s: Numbers) -> Numbers:
    """Return -ln q_y for the softmax q of scores: ln(1 + e^others / e^own)."""
    own, rest = _split(np.exp(s), y)
    loss = mended(np.log1p(rest / own), own + rest, SMALL, _shifted_surprise, y, s)
    return mended(loss, loss, 0, _shifted_surprise, y, s)


def _shifted_surprise(y: Numbers, s: Numbers) -> Numbers:
    top, log_sum = log_total(s)
    return log_sum - (pick(s, y) - top)


@rowwise
def softmax_cross_entropy_gradient(
    labels: Labels,
    logits: Scores,
    *,
    label_smoothing: Share = 0.0,
    class_weights: ClassWeights = None,
) -> Array:
    r"""Gradient of the softmax cross-entropy with respect to the scores, q - y.

    .. math:: \frac{\partial \ell}{\partial s_k} = q_k - y_k

    and with class weights :math:`q_k \sum_j w_j y_j - w_k y_k`.

    Returns
    -------
    ndarray, shape (..., K)
        One row per example, in nats per unit of score. Each row sums to 0.

    Notes
    -----
    The gradient of the mean over n examples is this divided by n. At the label, q_y - 1 is computed
    as minus the sum of the other probabilities, which keeps its digits where q_y is near 1.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.109.

    Examples
    --------
    >>> print(softmax_cross_entropy_gradient(0, [3.2, 5.1, -1.7]).round(3))
    [-0.87   0.869  0.001]
    """
    e, total = exponentials(logits)
    q = e / column(total)
    if labels.ndim == 1 and not label_smoothing:
        _, rest = _split(q, labels)
        gradient = put(q, labels, -rest)
        return gradient if class_weights is None else gradient * column(class_weights[labels])
    targets = _targets(labels, logits, label_smoothing, class_weights)
    return q * others(targets) - targets * others(q)  # q_k Σ t - t_k, less what both share


def _targets(
    labels: Numbers, logits: Numbers, smoothing: float, weights: Numbers | None
) -> Numbers:
    """Return w_k ((1 - ε) y_k + ε/K): the labels with smoothing and class weights."""
    targets: Numbers = (1 - smoothing) * _one_hot(labels, logits) + smoothing / logits.shape[-1]
    return targets if weights is None else targets * weights


def _one_hot(labels: Numbers, like: Numbers) -> Numbers:
    """Return classes as rows of 0 and 1; rows of probabilities are returned as they are."""
    return labels if labels.ndim == 2 else put(np.zeros_like(like), labels, 1)


@rowwise
def binary_cross_entropy(labels: BinaryLabels, logits: Extended) -> Array:
    r"""Binary cross-entropy, ℓ = -y ln σ(s) - (1 - y) ln σ(-s).

    .. math:: \ell = -y \ln \sigma(s) - (1 - y) \ln (1 - \sigma(s))

    Parameters
    ----------
    labels : array_like, shape (...)
        The truth y: 0 or 1 (False or True), or the probability of 1.

    Returns
    -------
    ndarray, shape (...)
        One value per label, in nats; at least 0.

    Notes
    -----
    This is the softmax cross-entropy of scores 0 and s. An infinite s costs 0 if right, else inf.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.90.

    Examples
    --------
    >>> print(binary_cross_entropy([1, 0], [0.0, 0.0]) / np.log(2))
    [1. 1.]
    """
    size = abs(logits)
    against = abs((logits > 0) - labels)  # what the label has against the score's own answer
    return times(against, size) + log1p(np.exp(-size))


@rowwise
def binary_cross_entropy_gradient(labels: BinaryLabels, logits: Extended) -> Array:
    r"""Gradient of the binary cross-entropy with respect to the score, σ(s) - y.

    .. math:: \frac{\partial \ell}{\partial s} = \sigma(s) - y

    Returns
    -------
    ndarray, shape (...)
        One value per label, in nats per unit of score; from -1 to 1.

    Notes
    -----
    It is computed as (1 - y) σ(s) - y σ(-s), which keeps its digits where σ(s) is near y.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.91.

    Examples
    --------
    >>> print(binary_cross_entropy_gradient(1, -10.0).round(5))
    -0.99995
    """
    e = np.exp(logits)
    return (1 - labels) / (1 + 1 / e) - labels / (1 + e)


@rowwise
def brier_score(labels: Labels, probabilities: Distribution) -> Array:
    r"""Brier score, ‖q - y‖²: the squared error of probabilities.

    .. math:: \ell = \sum_k (q_k - y_k)^2

    Parameters
    ----------
    probabilities : array_like, shape (..., K)
        The model's q_k: distributions too.

    Returns
    -------
    ndarray, shape (...)
        One value per example, without unit; from 0 to 2.

    Notes
    -----
    It is a sum over all classes, without a ½: of two, twice scikit-learn's ``brier_score_loss``.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950), equation 2.

    Examples
    --------
    >>> print(brier_score([0, 1], [[1.0, 0.0], [1.0, 0.0]]))
    [0. 2.]
    """
    return row_sum((probabilities - _one_hot(labels, probabilities)) ** 2)


@rowwise
def brier_score_gradient(labels: Labels, probabilities: Distribution) -> Array:
    r"""Gradient of the Brier score with respect to the probabilities, 2 (q - y).

    .. math:: \frac{\partial \ell}{\partial q_k} = 2 (q_k - y_k)

    Returns
    -------
    ndarray, shape (..., K)
        One row per example, without unit.

    Notes
    -----
    Each probability is treated as a variable of its own, although they sum to 1.

    Examples
    --------
    >>> print(brier_score_gradient(1, [1.0, 0.0]))
    [ 2. -2.]
    """
    return 2 * (probabilities - _one_hot(labels, probabilities))
