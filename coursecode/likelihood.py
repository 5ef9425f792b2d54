"""Log-likelihoods of outcomes and counts: how probable a model makes each observation.

The minus sign is the caller's: a loss is minus the log-likelihood. `estimates` has the parameters
that maximise its sum.
"""

from __future__ import annotations

from dataclasses import replace
from math import log, pi

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, pick
from coursecode._series import divergence_terms
from coursecode._stirling import stirling_error
from coursecode._validation import (
    Argument,
    Array,
    FloatArray,
    check,
    classes,
    counts,
    nonnegative,
    parameter,
    plain_array,
    unit,
)
from coursecode._validation import probabilities as distributions


def bernoulli_log_likelihood(x: ArrayLike, probability: ArrayLike) -> FloatArray:
    r"""Log-likelihood of the Bernoulli distribution, ln P(x | p).

    .. math:: \ln P = x \ln p + (1 - x) \ln (1 - p)

    Parameters
    ----------
    x : array_like, shape (...)
        Outcomes, 0 or 1 (False or True).
    probability : array_like, shape (...) or a single number
        p, the probability of 1.

    Returns
    -------
    ndarray, shape (...)
        One value an observation, in nats; at most 0.

    Raises
    ------
    TypeError
        If `x` are not whole numbers or bool, or `probability` is not real numbers.
    ValueError
        If shapes differ, `x` are neither 0 nor 1, `probability` is nan or outside 0 to 1, or
        they are empty.

    Notes
    -----
    -inf for what was ruled out (p = 0 and x = 1, or p = 1 and x = 0), 0 for what was certain.
    Minus it is the binary cross-entropy; from scores use `binary_cross_entropy`, which keeps more
    digits than 1 - p can hold.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.2.

    Examples
    --------
    >>> print(bernoulli_log_likelihood([1, 0], 0.25).round(4))
    [-1.3863 -0.2877]
    """

    def formula(x: Array, p: FloatArray) -> FloatArray:
        return np.where(x == 1, np.log(p), np.log1p(-p))

    return in_blocks(formula, binary("x", x), parameter(unit, "probability", probability))


def categorical_log_likelihood(labels: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    r"""Log-likelihood of the categorical distribution, ln q_y.

    .. math:: \ln P(y \mid q) = \ln q_y

    Parameters
    ----------
    labels : array_like, shape (...)
        Observed classes y, whole numbers from 0 to K - 1.
    probabilities : array_like, shape (..., K) or (K,)
        The model's q, a distribution for each observation or one for all; each row sums to 1
        (to within the square root of the machine epsilon of its type).

    Returns
    -------
    ndarray, shape (...)
        One value an observation, in nats; at most 0.

    Raises
    ------
    TypeError
        If `labels` are not whole numbers, or `probabilities` are not real numbers.
    ValueError
        If shapes do not match, `labels` are out of range or fractional, `probabilities` are nan,
        negative, empty or a single number, or a row does not sum to 1.

    Notes
    -----
    -inf for a class that was ruled out. Minus it is the cross-entropy of one-hot labels; from
    scores use `softmax_cross_entropy`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.26.

    Examples
    --------
    >>> print(categorical_log_likelihood([0, 1], [0.25, 0.75]).round(4))
    [-1.3863 -0.2877]
    """

    def formula(y: Array, q: FloatArray) -> FloatArray:
        return np.log(pick(q, y))

    q = distributions("probabilities", probabilities)
    y = classes("labels", labels, q.values.shape[-1])
    if q.values.ndim == 1:  # one distribution for all: seen as many times, held once
        check(q)
        q = replace(q, values=np.broadcast_to(q.values, y.values.shape + q.values.shape))
    return in_blocks(formula, y, q)


def poisson_log_likelihood(x: ArrayLike, rate: ArrayLike) -> FloatArray:
    r"""Log-likelihood of the Poisson distribution, ln P(x | λ).

    .. math:: \ln P = x \ln \lambda - \lambda - \ln x!

    Parameters
    ----------
    x : array_like, shape (...)
        Counts, whole numbers from 0 on.
    rate : array_like, shape (...) or a single number
        λ, the expected count, at least 0.

    Returns
    -------
    ndarray, shape (...)
        One value an observation, in nats; at most 0.

    Raises
    ------
    TypeError
        If `x` or `rate` are not real numbers.
    ValueError
        If shapes differ, `x` are fractional, either is negative, nan or infinite, or they are
        empty.

    Notes
    -----
    With λ = 0 nothing can happen: 0 for x = 0, else -inf.

    The three terms grow like x ln x and nearly cancel for large counts near λ. So x! is written
    by Stirling's formula, and what remains, x ln(x/λ) - x + λ, is computed as a term of a
    divergence is.

    References
    ----------
    Loader, "Fast and accurate computation of binomial probabilities" (2000).

    Examples
    --------
    >>> print(poisson_log_likelihood([0, 3], 3.0).round(4))
    [-3.     -1.4959]
    """

    def formula(x: FloatArray, rate: FloatArray) -> FloatArray:
        normaliser = (log(2 * pi) + np.log(x)) / 2 + stirling_error(x)
        return -divergence_terms(x, rate) - np.where(x > 0, normaliser, 0)

    return in_blocks(formula, counts("x", x), parameter(nonnegative, "rate", rate))


def binary(name: str, values: ArrayLike) -> Argument:
    """Outcomes 0 and 1, or False and True, any shape."""
    array = plain_array(name, values)
    return classes(name, array.astype(np.int8) if array.dtype.kind == "b" else array, 2)
