"""Information in nats (or bits): of an outcome, of a distribution, of a model of it."""

from __future__ import annotations

from math import e

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._series import at_least_tiny
from coursecode._validation import FloatArray, logarithm, probabilities, unit


def information_content(p: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Information content (surprise) of an outcome of probability p, I(p).

    .. math:: I(p) = -\ln p

    Parameters
    ----------
    p : array_like, shape (...)
        Probabilities of single outcomes, from 0 to 1; they need not sum to 1.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        In nats, or in bits with ``base=2``; at least 0.

    Raises
    ------
    TypeError
        If `p` or `base` are not real numbers.
    ValueError
        If `p` is nan, empty or outside 0 to 1, or `base` is not finite and above 1.

    Notes
    -----
    A certain outcome tells nothing, I(1) = 0. An impossible one would tell infinitely much,
    I(0) = inf.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), section 2.1.

    Examples
    --------
    >>> print(information_content([1, 1/2, 1/8], base=2))
    [0. 1. 3.]
    """
    log_p = logarithm(base)

    def formula(p: FloatArray, out: FloatArray) -> FloatArray:
        surprise: FloatArray = np.subtract(0, log_p(p), out=out)  # 0 for p = 1: -ln 1 is -0
        return surprise

    return in_blocks(formula, unit("p", p), fills=True)


def entropy(p: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Entropy of a distribution, H(P): its expected information content.

    .. math:: H(P) = -\sum_k p_k \ln p_k

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over K outcomes: non-negative, each row summing to 1 (to within the
        square root of the machine epsilon of its type).
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a distribution, in nats, or in bits with ``base=2``; from 0 to ln K.

    Raises
    ------
    TypeError
        If `p` or `base` are not real numbers.
    ValueError
        If `p` is nan, negative, empty or a single number, or a row does not sum to 1, or `base`
        is not finite and above 1.

    Notes
    -----
    0 ln 0 = 0: what never happens adds nothing.

    References
    ----------
    Shannon, "A mathematical theory of communication" (1948), section 6, theorem 2.

    Examples
    --------
    >>> print(entropy([1/2, 1/4, 1/8, 1/8], base=2))
    1.75
    """
    log_p = logarithm(base)

    def formula(p: FloatArray) -> FloatArray:
        return -row_sum(p * log_p(p))  # nan where p < 0, or p = 0

    def beyond(p: FloatArray) -> FloatArray:
        return -row_sum(p * log_p(at_least_tiny(p)))  # 0 ln 0 = 0

    return in_blocks(
        formula, probabilities("p", p, signs_show=True), faults_show=True, beyond=beyond
    )


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Cross-entropy of a model Q under the truth P, H(P, Q).

    .. math:: H(P, Q) = -\sum_k p_k \ln q_k = H(P) + D(P \| Q)

    Parameters
    ----------
    p : array_like, shape (..., K)
        The truth: distributions over K outcomes, each row summing to 1 (to within the square
        root of the machine epsilon of its type).
    q : array_like, shape (..., K)
        The model: likewise.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a pair, in nats, or in bits with ``base=2``; at least H(P).

    Raises
    ------
    TypeError
        If `p`, `q` or `base` are not real numbers.
    ValueError
        If shapes differ; if `p` or `q` is nan, negative, empty or a single number, or a row
        does not sum to 1; if `base` is not finite and above 1.

    Notes
    -----
    inf where the model rules out what can happen (q = 0 where p > 0). 0 ln 0 = 0.
    From scores rather than probabilities use `softmax_cross_entropy`, which keeps more digits.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 3.51.

    Examples
    --------
    >>> print(cross_entropy([1/2, 1/2], [1/4, 3/4], base=2).round(4))
    1.2075
    """
    log_q = logarithm(base)

    def formula(p: FloatArray, q: FloatArray) -> FloatArray:
        return -row_sum(p * log_q(q))  # nan where q < 0, or p = q = 0

    def beyond(p: FloatArray, q: FloatArray) -> FloatArray:
        return -row_sum(np.where(p > 0, p * log_q(q), 0))  # 0 ln 0 = 0

    return in_blocks(
        formula,
        probabilities("p", p),
        probabilities("q", q, signs_show=True),
        faults_show=True,
        beyond=beyond,
    )
