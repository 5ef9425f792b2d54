"""Maximum-likelihood estimates of what is counted, in closed form: shares and mean counts.

They are the best constants of the cross-entropies. The last axis holds the observations of a
sample; any leading axes are samples apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._samples import sample, scaled
from coursecode._validation import FloatArray, counts, whole
from coursecode._validation import classes as class_labels
from coursecode.likelihood import binary


def bernoulli_mle(x: ArrayLike) -> FloatArray:
    r"""Maximum-likelihood estimate of a Bernoulli distribution: the share of ones.

    .. math:: \hat p = \frac1n \sum_i x_i

    Parameters
    ----------
    x : array_like, shape (..., n)
        Outcomes, 0 or 1 (False or True), of one sample.

    Returns
    -------
    ndarray, shape (...)
        The probability of 1.

    Raises
    ------
    TypeError
        If `x` are not whole numbers or bool.
    ValueError
        If `x` are neither 0 nor 1, empty or a single number.

    Notes
    -----
    Exactly 0 or 1 where all outcomes agree: then it rules out what it has not seen.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.7.

    Examples
    --------
    >>> print(bernoulli_mle([1] * 9 + [0] * 4).round(4))
    0.6923
    """
    outcomes = sample(binary("x", x))
    share: FloatArray = outcomes.mean(axis=-1, dtype=np.float64)
    return share


def categorical_mle(labels: ArrayLike, *, classes: int) -> FloatArray:
    r"""Maximum-likelihood estimate of a categorical distribution: the class frequencies.

    .. math:: \hat q_k = \frac1n \sum_i [y_i = k]

    Parameters
    ----------
    labels : array_like, shape (..., n)
        Observed classes y of one sample, whole numbers from 0 to K - 1.
    classes : int
        Their number K; it is not guessed from the labels, which may lack one.

    Returns
    -------
    ndarray, shape (..., K)
        Distributions; each row sums to 1.

    Raises
    ------
    TypeError
        If `labels` or `classes` are not whole numbers.
    ValueError
        If `labels` are out of range, fractional, empty or a single number, or `classes` is below 1.

    Notes
    -----
    Exactly 0 for a class that was not seen.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.33.

    Examples
    --------
    >>> print(categorical_mle([0, 2, 2, 2], classes=3))
    [0.25 0.   0.75]
    """
    y = sample(class_labels("labels", labels, whole("classes", classes)))
    frequencies = np.empty((*y.shape[:-1], classes))
    for row in np.ndindex(y.shape[:-1]):
        frequencies[row] = np.bincount(y[row], minlength=classes) / y.shape[-1]
    return frequencies


def poisson_mle(x: ArrayLike) -> FloatArray:
    r"""Maximum-likelihood estimate of a Poisson distribution: the mean count.

    .. math:: \hat\lambda = \frac1n \sum_i x_i

    Parameters
    ----------
    x : array_like, shape (..., n)
        Counts, whole numbers from 0 on, of one sample.

    Returns
    -------
    ndarray, shape (...)
        The rate λ, in counts.

    Raises
    ------
    TypeError
        If `x` is not real numbers.
    ValueError
        If `x` is fractional, negative, nan, infinite, empty or a single number.

    Notes
    -----
    0 where nothing was counted: then it rules out that anything ever happens.

    References
    ----------
    Casella and Berger, *Statistical Inference*, 2nd edition (2002), section 7.2.2.

    Examples
    --------
    >>> print(poisson_mle([0, 2, 1, 3]))
    1.5
    """
    observed, unit = scaled(sample(counts("x", x)))
    rate: FloatArray = observed.mean(axis=-1) * unit
    return rate
