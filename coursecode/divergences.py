"""How far one distribution is from another, in nats (or bits): never below 0, and 0 when equal."""

from __future__ import annotations

from math import e, log

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._rules import all_finite, lowest
from coursecode._series import at_least_lowest, divergence_terms, log_ratio, midpoint_terms
from coursecode._validation import (
    FloatArray,
    logarithm,
    parameter,
    positive,
    probabilities,
    real,
)
from coursecode.densities import distance


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Kullback–Leibler divergence D(P ‖ Q) of the truth P from a model Q.

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
        d = p - q
        log_p_over_q = at_least_lowest(np.log1p(d / q), p)
        divergence = row_sum(p * log_p_over_q - d)
        # Near 0 the terms cancel; q very small gives inf, p = q = 0 nan.
        if not (lowest(divergence) > 0.01 and all_finite(divergence)):
            hard = ~((divergence > 0.01) & (divergence < np.inf))
            divergence[hard] = row_sum(divergence_terms(p[hard], q[hard]))
        return divergence if base == e else divergence / log(base)

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
        s = (q - p) / (p + q)  # q = (1 + s) m and p = (1 - s) m
        to_p, to_q = at_least_lowest(np.log1p(-s), p), at_least_lowest(np.log1p(s), q)
        divergence = row_sum(p * to_p + q * to_q) / 2
        if not lowest(divergence) > 0.002:  # cancelled, or nan where p = q = 0
            hard = ~(divergence > 0.002)
            divergence[hard] = row_sum(midpoint_terms(p[hard], q[hard]))
        return divergence / log(base)

    return in_blocks(formula, probabilities("p", p), probabilities("q", q))


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
        shift = distance(mean_p, mean_q, std_q)
        ratio = std_p / std_q
        spread = (ratio**2 - 1) / 2 - log_ratio(std_p, std_q)
        if (spread < 0.1).any():  # it cancels: half of p ln(p/q) - p + q for p = 1, q = ratio²
            beyond_1 = (std_p - std_q) / std_q * (ratio + 1)
            near = divergence_terms(np.ones_like(ratio), ratio**2, beyond_1) / 2
            spread = np.where(spread < 0.1, near, spread)
        return (spread + shift**2 / 2) / log(base)

    return in_blocks(
        formula,
        parameter(real, "mean_p", mean_p),
        parameter(positive, "std_p", std_p),
        parameter(real, "mean_q", mean_q),
        parameter(positive, "std_q", std_q),
    )
