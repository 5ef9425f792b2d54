"""One score made into a probability: the logistic sigmoid, and its logarithm."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._exponentials import logistic
from coursecode._validation import FloatArray, extended_real


def sigmoid(logits: ArrayLike) -> FloatArray:
    r"""Logistic sigmoid, σ(s): one score made into a probability.

    .. math:: \sigma(s) = \frac{1}{1 + e^{-s}}

    Parameters
    ----------
    logits : array_like, shape (...)
        Scores s of "yes" against "no"; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        The probability of "yes".

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan or empty.

    Notes
    -----
    The softmax of the two scores s and 0. σ(0) = ½, σ(-inf) = 0, σ(inf) = 1.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(sigmoid([-np.inf, 0.0, np.inf]))
    [0.  0.5 1. ]
    """

    def formula(s: FloatArray, out: FloatArray) -> FloatArray:
        e = np.exp(s, out=out)
        q: FloatArray = np.divide(e, 1 + e, out=out)
        return q

    return in_blocks(
        formula, extended_real("logits", logits), faults_show=True, fills=True, beyond=logistic
    )


def log_sigmoid(logits: ArrayLike) -> FloatArray:
    r"""Logarithm of the sigmoid, ln σ(s).

    .. math:: \ln \sigma(s) = -\ln (1 + e^{-s})

    Parameters
    ----------
    logits : array_like, shape (...)
        Scores s of "yes" against "no"; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        The log-probability of "yes", in nats; at most 0.

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan or empty.

    Notes
    -----
    ln σ(-inf) = -inf, ln σ(inf) = 0. That of "no" is ``log_sigmoid(-s)``.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(log_sigmoid([-1000.0, 1000.0]))
    [-1000.     0.]
    """

    def formula(s: FloatArray, out: FloatArray) -> FloatArray:
        return np.subtract(0, np.log1p(np.exp(-s)), out=out)

    def beyond(s: FloatArray) -> FloatArray:
        return np.minimum(s, 0) - np.log1p(np.exp(-abs(s)))

    return in_blocks(
        formula, extended_real("logits", logits), faults_show=True, fills=True, beyond=beyond
    )
