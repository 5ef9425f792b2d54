"""Softmax cross-entropy: the loss of a classifier's scores, without losing digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import beside, in_blocks, pick, put, row_sum
from coursecode._exponentials import (
    exponentials_and_sum,
    in_range,
    shifted_exponentials,
    sum_but_largest,
)
from coursecode._labels import (
    class_weights_like,
    labels_like,
    others,
    own_and_rest,
    smoothed,
    weigh,
)
from coursecode._rules import all_finite
from coursecode._validation import Array, FloatArray, between, scores


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
    y = labels_like(labels, s)
    weights = class_weights_like(class_weights, s)
    smoothing = between("label_smoothing", label_smoothing, 0, 1)
    if y.rank or smoothing:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            shifted, e, top = shifted_exponentials(s)
            targets = smoothed(y, e, smoothing, weights)
            log_sum = beside(s, np.log1p(sum_but_largest(e)))
            loss = row_sum(weigh(targets, log_sum - shifted))  # -ln q, class by class
            if not all_finite(loss):  # s - max s may have overflowed where a share of it does not
                halves = log_sum / 2 - (s / 2 - beside(s, top) / 2)
                loss = 2 * row_sum(weigh(targets, halves))
            return loss

    else:

        def formula(y: Array, s: FloatArray) -> FloatArray:
            own, rest = own_and_rest(np.exp(s), y)
            odds = rest / own
            loss = np.log1p(odds)  # -ln (own / (own + rest))
            if not (in_range(own + rest) and all_finite(odds)):
                shifted, e, _ = shifted_exponentials(s)
                loss = np.log1p(sum_but_largest(e)) - pick(shifted, y)
            return loss if weights is None else weigh(weights[y], loss)

    return in_blocks(formula, y, s, faults_show=weights is None)  # a weight of 0 hides one


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
    y = labels_like(labels, s)
    weights = class_weights_like(class_weights, s)
    smoothing = between("label_smoothing", label_smoothing, 0, 1)
    if y.rank or smoothing:

        def formula(y: Array, s: FloatArray, out: FloatArray) -> FloatArray:
            e, total = exponentials_and_sum(s)
            totals = beside(e, total)
            q, not_q = e / totals, others(e) / totals
            targets = smoothed(y, e, smoothing, weights)
            # q_k Σ_j t_j - t_k without what q_k t_k adds to both
            return np.subtract(q * others(targets), targets * not_q, out=out)

    else:

        def formula(y: Array, s: FloatArray, out: FloatArray) -> FloatArray:
            e = np.exp(s, out=out)
            own, rest = own_and_rest(e, y)
            total = own + rest
            if not in_range(total):
                _, e, _ = shifted_exponentials(s)
                own, rest = own_and_rest(e, y)
                total = own + rest
            put(e, y, 0 - rest)  # q_y - 1 = -rest / (own + rest)
            gradient: FloatArray = np.divide(e, beside(e, total), out=out)
            return gradient if weights is None else gradient * beside(e, weights[y])

    # A weight of 0 hides a fault.
    return in_blocks(formula, y, s, faults_show=weights is None, fills=True)
