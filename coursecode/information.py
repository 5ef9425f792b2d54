"""Information in nats (or bits): of an outcome, of a distribution, of one against another."""

from __future__ import annotations

from math import e, log

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._series import at_least_tiny, divergence_terms, log_ratio, midpoint_terms
from coursecode._validation import (
    FloatArray,
    logarithm,
    parameter,
    positive,
    probabilities,
    real,
    unit,
)


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

    def formula(p: FloatArray) -> FloatArray:
        return -log_p(p)

    return in_blocks(formula, unit("p", p))


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
        return -row_sum(p * log_p(at_least_tiny(p)))  # 0 ln 0 = 0

    return in_blocks(formula, probabilities("p", p))


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
        terms = p * log_q(q)
        if q.min() == 0:
            terms = np.where(p > 0, terms, 0)  # 0 ln 0 = 0, which came out as nan
        return -row_sum(terms)

    return in_blocks(formula, probabilities("p", p), probabilities("q", q))


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Kullback–Leibler divergence of a model Q from the truth P, D(P ‖ Q).

    .. math:: D(P \| Q) = \sum_k p_k \ln \frac{p_k}{q_k}

    Parameters
    ----------
    p : array_like, shape (..., K)
        The truth, the base line that the expectation runs over: distributions over K outcomes,
        each row summing to 1 (to within the square root of the machine epsilon of its type).
    q : array_like, shape (..., K)
        The model: likewise.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a pair, in nats, or in bits with ``base=2``; at least 0, and 0 where P = Q.

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

    Each term is computed as p ln(p/q) - p + q, which adds nothing in all, for both sum to 1.
    No such term is negative, so that the divergence of two distributions which differ in their
    last digits only is as exact as any other, and never below 0.

    References
    ----------
    Kullback and Leibler, "On information and sufficiency" (1951), equation 2.4.

    Examples
    --------
    >>> print(kl_divergence([0.5, 0.5], [0.9, 0.1], base=2).round(4))
    0.737
    >>> print(kl_divergence([0.9, 0.1], [0.5, 0.5], base=2).round(4))
    0.531
    """
    logarithm(base)

    def formula(p: FloatArray, q: FloatArray) -> FloatArray:
        divergence = row_sum(p * np.log(at_least_tiny(p) / q) + (q - p))
        # Near 0 the terms cancel; q very small gives inf, p = q = 0 nan.
        hard = ~((divergence > 0.1) & (divergence < np.inf))
        if hard.any():
            divergence[hard] = row_sum(divergence_terms(p[hard], q[hard]))
        return divergence / log(base)

    return in_blocks(formula, probabilities("p", p), probabilities("q", q))


def jensen_shannon_divergence(p: ArrayLike, q: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Jensen–Shannon divergence of P and Q, JS(P, Q): symmetric, and always finite.

    .. math::

        \operatorname{JS}(P, Q) = \tfrac12 D(P \| M) + \tfrac12 D(Q \| M),
        \quad M = \tfrac12 (P + Q)

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions over K outcomes, each row summing to 1 (to within the square root of the
        machine epsilon of its type).
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a pair, in nats, or in bits with ``base=2``; from 0 to ln 2 nats, 1 bit.

    Raises
    ------
    TypeError
        If `p`, `q` or `base` are not real numbers.
    ValueError
        If shapes differ; if `p` or `q` is nan, negative, empty or a single number, or a row
        does not sum to 1; if `base` is not finite and above 1.

    Notes
    -----
    The divergence itself, not its square root (which is a distance). 0 where P = Q, and ln 2
    where no outcome is possible under both.

    References
    ----------
    Lin, "Divergence measures based on the Shannon entropy" (1991), equation 4.1.

    Examples
    --------
    >>> print(jensen_shannon_divergence([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """
    logarithm(base)

    def formula(p: FloatArray, q: FloatArray) -> FloatArray:
        m = (p + q) / 2
        to_p, to_q = np.log(at_least_tiny(p) / m), np.log(at_least_tiny(q) / m)
        divergence = row_sum(p * to_p + q * to_q) / 2
        hard = ~((divergence > 0.05) & (divergence < 1))  # cancelled, or 0 · inf
        if hard.any():
            divergence[hard] = row_sum(midpoint_terms(p[hard], q[hard]))
        return divergence / log(base)

    return in_blocks(formula, probabilities("p", p), probabilities("q", q))


def perplexity(p: ArrayLike, q: ArrayLike) -> FloatArray:
    r"""Perplexity of a model Q under the truth P: how many equally likely outcomes it faces.

    .. math:: \operatorname{PP}(P, Q) = e^{H(P, Q)}

    Parameters
    ----------
    p : array_like, shape (..., K)
        The truth: distributions over K outcomes, each row summing to 1 (to within the square
        root of the machine epsilon of its type).
    q : array_like, shape (..., K)
        The model: likewise.

    Returns
    -------
    ndarray, shape (...)
        One value a pair, a number of outcomes, at least 1; the same whatever base the
        cross-entropy is measured in.

    Raises
    ------
    TypeError
        If `p` or `q` are not real numbers.
    ValueError
        If shapes differ; if `p` or `q` is nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    inf where the model rules out what can happen. That of a distribution itself, e^H(P), is
    ``perplexity(p, p)``; that of a model on data is the exponential of its *mean* loss.

    References
    ----------
    Jelinek, Mercer, Bahl and Baker, "Perplexity — a measure of the difficulty of speech
    recognition tasks" (1977).

    Examples
    --------
    >>> uniform = [1/4, 1/4, 1/4, 1/4]
    >>> print(perplexity(uniform, uniform).round(12))
    4.0
    """
    return np.exp(cross_entropy(p, q))


def gaussian_kl_divergence(
    mean_p: ArrayLike,
    std_p: ArrayLike,
    mean_q: ArrayLike,
    std_q: ArrayLike,
    *,
    base: float = e,
) -> FloatArray:
    r"""Kullback–Leibler divergence of two normal distributions, D(P ‖ Q).

    .. math::

        D = \ln \frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2}
            - \frac12

    Parameters
    ----------
    mean_p, std_p : array_like, shape (...)
        Mean and standard deviation (above 0) of the truth P.
    mean_q, std_q : array_like, shape (...)
        Those of the model Q. All four in the same unit and shape; single numbers fit any shape.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        In nats, or in bits with ``base=2``; at least 0, and 0 where P = Q.

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If shapes differ, a mean is not finite, a standard deviation is not finite and above 0,
        an array is empty, or `base` is not finite and above 1.

    Notes
    -----
    The ½ belongs to the formula. Dimensionless: both distributions in another unit have the
    same divergence.

    References
    ----------
    Kullback, *Information Theory and Statistics* (1959), chapter 9, section 1.

    Examples
    --------
    >>> print(gaussian_kl_divergence(0, 1, 1, 1))
    0.5
    """
    logarithm(base)

    def formula(
        mean_p: FloatArray, std_p: FloatArray, mean_q: FloatArray, std_q: FloatArray
    ) -> FloatArray:
        shift = (mean_p - mean_q) / std_q
        ratio = std_p / std_q
        spread = (ratio**2 - 1) / 2 - log_ratio(std_p, std_q)
        if (spread < 0.1).any():  # it cancels: half of p ln(p/q) - p + q for p = 1, q = ratio²
            beyond_1 = (std_p - std_q) / std_q * (ratio + 1)
            near = divergence_terms(np.ones_like(ratio), ratio**2, beyond_1) / 2
            spread = np.where(spread < 0.1, near, spread)
        return (spread + shift**2 / 2) / log(base)

    return in_blocks(
        formula,
        parameter(real("mean_p", mean_p)),
        parameter(positive("std_p", std_p)),
        parameter(real("mean_q", mean_q)),
        parameter(positive("std_q", std_q)),
    )
