"""Binary cross-entropy: the loss of a score of "yes" against "no"."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._labels import weigh
from coursecode._validation import FloatArray, binary_labels, extended_real


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

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        # s > 0 is the score's own answer; what the label has against it costs the distance to 0.
        e = np.exp(-abs(s), out=out)
        return np.add(s * ((s > 0) - y), np.log1p(e), out=out)

    def beyond(y: FloatArray, s: FloatArray) -> FloatArray:
        against = weigh(abs((s > 0) - y), abs(s))  # 0 · inf = 0
        return against + np.log1p(np.exp(-abs(s)))

    y = binary_labels("labels", labels, s)
    return in_blocks(formula, y, s, faults_show=True, fills=True, beyond=beyond)


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
    Computed as (1 - y) σ(s) - y σ(-s), over a common denominator, which keeps its digits where
    the score is right with confidence.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.91.

    Examples
    --------
    >>> print(binary_cross_entropy_gradient(1, -10.0).round(5))
    -0.99995
    """
    s = extended_real("logits", logits)

    def formula(y: FloatArray, s: FloatArray, out: FloatArray) -> FloatArray:
        e = np.exp(s, out=out)
        gradient = e * (1 - y)
        gradient -= y
        e += 1
        return np.divide(gradient, e, out=out)

    def beyond(y: FloatArray, s: FloatArray) -> FloatArray:
        e = np.exp(-abs(s))
        at_least_0: FloatArray = (1 - y - y * e) / (1 + e)
        below_0: FloatArray = (e * (1 - y) - y) / (1 + e)
        return np.where(s < 0, below_0, at_least_0)

    y = binary_labels("labels", labels, s)
    return in_blocks(formula, y, s, faults_show=True, fills=True, beyond=beyond)
