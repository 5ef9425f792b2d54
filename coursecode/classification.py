"""Losses of a classifier that gives probabilities: from its scores, without losing digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import column, in_blocks, row_sum
from coursecode._validation import (
    Argument,
    Array,
    FloatArray,
    between,
    binary_labels,
    check,
    classes,
    extended_real,
    nonnegative,
    plain_array,
    scores,
)
from coursecode._validation import probabilities as distributions
from coursecode.exponentials import (
    fits,
    logistic,
    scaled_exponentials,
    shifted_exponentials,
    sum_but_largest,
)


def softmax_cross_entropy(
    labels: ArrayLike,
    logits: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    class_weights: ArrayLike | None = None,
) -> FloatArray:
    r"""Softmax cross-entropy, ℓ = -ln q_y: the negative log-likelihood of the labels.

    .. math:: \ell = -\ln q_y = \ln \sum_k e^{s_k} - s_y, \qquad q = \operatorname{softmax}(s)

    and for labels that are probabilities :math:`\ell = -\sum_k y_k \ln q_k`.

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth: either classes y, whole numbers from 0 to K - 1, or probabilities y_k, each
        row summing to 1 (to within the square root of the machine epsilon of its type).
    logits : array_like, shape (..., K)
        Scores s, one for each class; -inf rules a class out.
    label_smoothing : float
        ε from 0 to 1: the loss is that of the labels (1 - ε) y_k + ε/K.
    class_weights : array_like, shape (K,), optional
        Weights w_k, finite and not negative; each term of the sum counts w_k times.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in nats; at least 0.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or anything else is not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `logits` are nan, +inf, -inf for every class of a row, empty or a
        single number; if `label_smoothing` is outside 0 to 1, or a weight is negative or not
        finite.

    Notes
    -----
    inf where the true class is ruled out. A loss near 0 keeps its digits, so that examples which
    are right with confidence can still be told apart.

    PyTorch's ``cross_entropy`` takes its arguments the other way round, and with class weights
    its mean divides by the sum of w_y, not by n.

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
    s = scores("logits", logits)
    y = _labels(labels, s)
    weights = _weights(class_weights, s)
    smoothing = between("label_smoothing", label_smoothing, 0, 1)
    if y.rank or smoothing:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            shifted, e, _ = shifted_exponentials(s)
            losses = column(np.log1p(sum_but_largest(e))) - shifted  # -ln q, class by class
            targets = _targets(y, losses, smoothing, weights)
            return row_sum(_weighted(targets, losses))

    else:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            if fits(s):
                own, rest = _own_and_rest(np.exp(s), y)
                loss = np.log1p(rest / own)  # -ln (own / (own + rest))
            else:
                shifted, e, _ = shifted_exponentials(s)
                loss = np.log1p(sum_but_largest(e)) - shifted[np.arange(y.size), y]
            return loss if weights is None else _weighted(weights[y], loss)

    return in_blocks(formula, y, s)


def softmax_cross_entropy_gradient(
    labels: ArrayLike,
    logits: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    class_weights: ArrayLike | None = None,
) -> FloatArray:
    r"""Gradient of the softmax cross-entropy by the scores, q - y.

    .. math:: \frac{\partial \ell}{\partial s_k} = q_k - y_k

    and with class weights :math:`q_k \sum_j w_j y_j - w_k y_k`.

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth, as for `softmax_cross_entropy`: classes y or probabilities y_k.
    logits : array_like, shape (..., K)
        Scores s, one for each class; -inf rules a class out.
    label_smoothing : float
        ε from 0 to 1: the gradient is that of the labels (1 - ε) y_k + ε/K.
    class_weights : array_like, shape (K,), optional
        Weights w_k, finite and not negative.

    Returns
    -------
    ndarray, shape (..., K)
        One row an example, in nats per unit of score. Each row sums to 0.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or anything else is not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `logits` are nan, +inf, -inf for every class of a row, empty or a
        single number; if `label_smoothing` is outside 0 to 1, or a weight is negative or not
        finite.

    Notes
    -----
    The mean over n examples has this divided by n. At the label of an example that is right with
    confidence, q_y - 1 is computed as minus the sum of the other probabilities, which keeps its
    digits.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.109.

    Examples
    --------
    >>> print(softmax_cross_entropy_gradient(0, [3.2, 5.1, -1.7]).round(3))
    [-0.87   0.869  0.001]
    """
    s = scores("logits", logits)
    y = _labels(labels, s)
    weights = _weights(class_weights, s)
    smoothing = between("label_smoothing", label_smoothing, 0, 1)
    if y.rank or smoothing:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            e = scaled_exponentials(s)
            targets = _targets(y, e, smoothing, weights)
            return e * column(row_sum(targets) / row_sum(e)) - targets

    else:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            e = scaled_exponentials(s)
            own, rest = _own_and_rest(e, y)
            e[np.arange(y.size), y] = -rest  # q_y - 1 = -rest / (own + rest)
            scale = 1 if weights is None else weights[y]
            return e * column(scale / (own + rest))

    return in_blocks(formula, y, s)


def binary_cross_entropy(labels: ArrayLike, logits: ArrayLike) -> FloatArray:
    r"""Binary cross-entropy, ℓ = -y ln σ(s) - (1 - y) ln σ(-s).

    .. math:: \ell = -y \ln \sigma(s) - (1 - y) \ln (1 - \sigma(s))

    Parameters
    ----------
    labels : array_like, shape (...)
        The truth y: 0 or 1 (False or True), or the probability of 1.
    logits : array_like, shape (...)
        Scores s of 1 against 0; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        One value a label, in nats; at least 0.

    Raises
    ------
    TypeError
        If `labels` or `logits` are not real numbers (labels may be bool).
    ValueError
        If shapes differ, `labels` are nan or outside 0 to 1, `logits` are nan, or they are empty.

    Notes
    -----
    The softmax cross-entropy of the two scores 0 and s. An infinite score costs 0 where it is
    right and inf where it is not.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.90.

    Examples
    --------
    >>> print(binary_cross_entropy([1, 0], [0.0, 0.0]) / np.log(2))
    [1. 1.]
    """
    s = extended_real("logits", logits)

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        against_0, against_1 = np.clip(s, 0, None), np.clip(-s, 0, None)
        if against_0.max() == np.inf or against_1.max() == np.inf:
            wrong = _weighted(1 - y, against_0) + _weighted(y, against_1)
        else:
            wrong = (1 - y) * against_0 + y * against_1
        return wrong + np.log1p(np.exp(-abs(s)))

    return in_blocks(formula, binary_labels("labels", labels, s), s)


def binary_cross_entropy_gradient(labels: ArrayLike, logits: ArrayLike) -> FloatArray:
    r"""Gradient of the binary cross-entropy by the score, σ(s) - y.

    .. math:: \frac{\partial \ell}{\partial s} = \sigma(s) - y

    Parameters
    ----------
    labels : array_like, shape (...)
        The truth y: 0 or 1 (False or True), or the probability of 1.
    logits : array_like, shape (...)
        Scores s of 1 against 0; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        One value a label, in nats per unit of score; from -1 to 1.

    Raises
    ------
    TypeError
        If `labels` or `logits` are not real numbers (labels may be bool).
    ValueError
        If shapes differ, `labels` are nan or outside 0 to 1, `logits` are nan, or they are empty.

    Notes
    -----
    Computed as (1 - y) σ(s) - y σ(-s), which keeps its digits where the score is right with
    confidence.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.91.

    Examples
    --------
    >>> print(binary_cross_entropy_gradient(1, -10.0).round(5))
    -0.99995
    """
    s = extended_real("logits", logits)

    def formula(y: FloatArray, s: FloatArray) -> FloatArray:
        return (1 - y) * logistic(s) - y * logistic(-s)

    return in_blocks(formula, binary_labels("labels", labels, s), s)


def brier_score(labels: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    r"""Brier score, ‖q - y‖²: the squared error of probabilities.

    .. math:: \ell = \sum_k (q_k - y_k)^2

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth: either classes y, whole numbers from 0 to K - 1, or probabilities y_k, each
        row summing to 1 (to within the square root of the machine epsilon of its type).
    probabilities : array_like, shape (..., K)
        The model's q_k: likewise distributions.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; from 0 to 2.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or `probabilities` are not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `probabilities` are nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    A sum over classes, without a ½. For two classes it is twice the (q - y)² of one of them,
    which some call the Brier score too (scikit-learn's ``brier_score_loss``).

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950), equation 2.

    Examples
    --------
    >>> print(brier_score([0, 1], [[1.0, 0.0], [1.0, 0.0]]))
    [0. 2.]
    """

    def formula(y: Array, q: FloatArray) -> FloatArray:
        return row_sum((q - one_hot(y, q)) ** 2)

    model = distributions("probabilities", probabilities)
    return in_blocks(formula, _labels(labels, model), model)


def brier_score_gradient(labels: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    r"""Gradient of the Brier score by the probabilities, 2 (q - y).

    .. math:: \frac{\partial \ell}{\partial q_k} = 2 (q_k - y_k)

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth, as for `brier_score`: classes y or probabilities y_k.
    probabilities : array_like, shape (..., K)
        The model's q_k: distributions.

    Returns
    -------
    ndarray, shape (..., K)
        One row an example, without unit.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or `probabilities` are not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `probabilities` are nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    Each probability counts as a variable of its own, although a change of one must be made up
    for by the others.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950), equation 2.

    Examples
    --------
    >>> print(brier_score_gradient(1, [1.0, 0.0]))
    [ 2. -2.]
    """

    def formula(y: Array, q: FloatArray) -> FloatArray:
        return 2 * (q - one_hot(y, q))

    model = distributions("probabilities", probabilities)
    return in_blocks(formula, _labels(labels, model), model)


def one_hot(y: Array, like: FloatArray) -> FloatArray:
    """Return classes (rows,) as rows of probabilities 0 and 1; leave probabilities as they are."""
    if y.ndim == 2:
        return y
    rows = np.zeros_like(like)
    rows[np.arange(y.size), y] = 1
    return rows


def _labels(labels: ArrayLike, model: Argument) -> Argument:
    """Tell probabilities from classes by the number of axes."""
    array = plain_array("labels", labels)
    if array.ndim < model.values.ndim:
        return classes("labels", array, model.values.shape[-1])
    if array.dtype.kind in "biu":  # one-hot
        array = array.astype(model.values.dtype)
    return distributions("labels", array)


def _weights(weights: ArrayLike | None, model: Argument) -> FloatArray | None:
    if weights is None:
        return None
    w = check(nonnegative("class_weights", weights))
    shape = model.values.shape[-1:]
    if w.shape != shape:
        raise ValueError(f"class_weights must have shape {shape}, got {w.shape}")
    return w.astype(model.values.dtype)


def _targets(
    y: Array, like: FloatArray, smoothing: float, weights: FloatArray | None
) -> FloatArray:
    targets = one_hot(y, like)
    if smoothing:
        targets = (1 - smoothing) * targets + smoothing / like.shape[-1]
    return targets if weights is None else targets * weights


def _weighted(weights: FloatArray, losses: FloatArray) -> FloatArray:
    return np.where(weights > 0, weights * losses, 0)  # what has no weight costs 0, not 0 · inf


def _own_and_rest(e: FloatArray, y: Array) -> tuple[FloatArray, FloatArray]:
    """Return the label's exponential and the sum of the others; e is left without the label's."""
    row = np.arange(y.size)
    own = e[row, y]
    e[row, y] = 0
    return own, row_sum(e)
