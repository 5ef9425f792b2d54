"""Log-likelihoods, and the parameters that maximise them (chapter: maximum likelihood).

A log-likelihood has one value per observation, and its negative is a loss. The estimates take
samples, with the observations along the last axis; they are the best constants of those losses.
"""

from math import lgamma, log, pi
from typing import NamedTuple

import numpy as np

from coursecode._core.arithmetic import Numbers, divergence_terms, pick
from coursecode._core.evaluate import checked, rowwise
from coursecode._core.kinds import (
    Array,
    Bits,
    BitSample,
    Classes,
    ClassSample,
    Counts,
    CountSample,
    DistributionParameter,
    NonNegativeParameter,
    PositiveParameter,
    ProbabilityParameter,
    Real,
    RealParameter,
    Vector,
    Whole,
)

# What Stirling's formula leaves out: ln x! = ½ ln(2πx) + x ln x - x + ε(x). Without ε, the large
# terms of a Poisson log-likelihood cancel before they are rounded. ε is a series in 1/x, 1/x³, ...
# (Abramowitz and Stegun, equation 6.1.41), and for a few first numbers a table.
STIRLING = np.array([-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12])
FEW = np.arange(1.0, 16)
ERRORS = np.vectorize(lgamma)(FEW + 1) - np.log(2 * pi * FEW) / 2 - FEW * np.log(FEW) + FEW


class NormalEstimate(NamedTuple):
    """The mean and the standard deviation of a normal distribution."""

    mean: Numbers
    std: Numbers


class LaplaceEstimate(NamedTuple):
    """The median and the scale of a Laplace distribution."""

    location: Numbers
    scale: Numbers


@rowwise
def bernoulli_log_likelihood(x: Bits, probability: ProbabilityParameter) -> Array:
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
        One value per observation, in nats; at most 0.

    Notes
    -----
    The result is -inf for what was ruled out, and 0 for what was certain. Its negative is the
    binary cross-entropy: of scores, `binary_cross_entropy` keeps more digits than 1 - p can hold.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.2.

    Examples
    --------
    >>> print(bernoulli_log_likelihood([1, 0], 0.25).round(4))
    [-1.3863 -0.2877]
    """
    return np.where(x == 1, np.log(probability), np.log1p(-probability))


@rowwise
def categorical_log_likelihood(labels: Classes, probabilities: DistributionParameter) -> Array:
    r"""Log-likelihood of the categorical distribution, ln q_y.

    .. math:: \ln P(y \mid q) = \ln q_y

    Parameters
    ----------
    labels : array_like, shape (...)
        Observed classes y, whole numbers from 0 to K - 1.
    probabilities : array_like, shape (..., K) or (K,)
        The model's q, one distribution per observation or one for all; each row sums to 1.

    Returns
    -------
    ndarray, shape (...)
        One value per observation, in nats; at most 0.

    Notes
    -----
    It is -inf for a class that was ruled out. If you have scores, use `softmax_cross_entropy`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.26.

    Examples
    --------
    >>> print(categorical_log_likelihood([0, 1], [0.25, 0.75]).round(4))
    [-1.3863 -0.2877]
    """
    return np.log(pick(probabilities, labels))


@rowwise
def poisson_log_likelihood(x: Counts, rate: NonNegativeParameter) -> Array:
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
        One value per observation, in nats; at most 0.

    Notes
    -----
    With λ = 0 nothing can happen, so the result is 0 for x = 0 and -inf for every other count.
    The three terms nearly cancel for large counts near λ. So we write x! with Stirling's formula,
    and compute what remains, x ln(x/λ) - x + λ, like a term of a divergence.

    References
    ----------
    Loader, "Fast and accurate computation of binomial probabilities" (2000).

    Examples
    --------
    >>> print(poisson_log_likelihood([0, 3], 3.0).round(4))
    [-3.     -1.4959]
    """
    normaliser = (log(2 * pi) + np.log(x)) / 2 + _stirling_error(x)
    return -divergence_terms(x, rate) - np.where(x > 0, normaliser, 0)


def _stirling_error(x: Numbers) -> Numbers:
    """Return ε(x) for whole numbers x from 1 on."""
    table = ERRORS[np.clip(x, 1, FEW.size).astype(np.intp) - 1].astype(x.dtype)
    large = np.maximum(x, FEW.size + 1)
    series = np.polyval(STIRLING.astype(x.dtype), large**-2.0) / large
    return np.where(x > FEW.size, series, table)


@rowwise
def normal_log_likelihood(x: Real, mean: RealParameter, std: PositiveParameter) -> Array:
    r"""Log-likelihood of the normal distribution, ln p(x | μ, σ).

    .. math:: \ln p = -\tfrac12 \ln (2\pi) - \ln \sigma - \frac{(x - \mu)^2}{2 \sigma^2}

    Parameters
    ----------
    x : array_like, shape (...)
        Observations.
    mean, std : array_like, shape (...) or single numbers
        μ, and the standard deviation σ (not σ²), above 0.

    Returns
    -------
    ndarray, shape (...)
        One value per observation, in nats; a density can exceed 1, so it may be above 0.

    Notes
    -----
    For σ = 1 it is -½ of the squared error, minus ½ ln(2π). A new unit of x moves all values alike.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 1.46.

    Examples
    --------
    >>> print(normal_log_likelihood([0.0, 40.0], 0.0, 1.0).round(4))
    [  -0.9189 -800.9189]
    """
    z = (x - mean) / std
    return -log(2 * pi) / 2 - np.log(std) - z * (z / 2)


@rowwise
def laplace_log_likelihood(x: Real, location: RealParameter, scale: PositiveParameter) -> Array:
    r"""Log-likelihood of the Laplace distribution, ln p(x | m, b).

    .. math:: \ln p = -\ln (2 b) - \frac{|x - m|}{b}

    Parameters
    ----------
    location, scale : array_like, shape (...) or single numbers
        The median m, and the mean distance from it, b, above 0.

    Returns
    -------
    ndarray, shape (...)
        One value per observation, in nats; a density can exceed 1, so it may be above 0.

    Notes
    -----
    For b = 1 it is the negative absolute error, minus ln 2. The standard deviation is √2 b.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), exercise 2.43, with q = 1.

    Examples
    --------
    >>> print(laplace_log_likelihood([0.0, 40.0], 0.0, 1.0).round(4))
    [ -0.6931 -40.6931]
    """
    return -log(2) - np.log(scale) - abs(x - location) / scale


@checked
def bernoulli_mle(x: BitSample) -> Array:
    r"""Maximum-likelihood estimate of a Bernoulli distribution: the share of ones.

    .. math:: \hat p = \frac1n \sum_i x_i

    Parameters
    ----------
    x : array_like, shape (..., n)
        The outcomes of a sample, 0 or 1 (False or True).

    Returns
    -------
    ndarray, shape (...)
        The probability of 1.

    Notes
    -----
    It is exactly 0 or 1 where all outcomes agree, so it rules out what it hasn't seen.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.7.

    Examples
    --------
    >>> print(bernoulli_mle([1] * 9 + [0] * 4).round(4))
    0.6923
    """
    return x.mean(axis=-1)


@checked
def categorical_mle(labels: ClassSample, *, classes: Whole) -> Array:
    r"""Maximum-likelihood estimate of a categorical distribution: the class frequencies.

    .. math:: \hat q_k = \frac1n \sum_i [y_i = k]

    Parameters
    ----------
    labels : array_like, shape (..., n)
        The classes y of a sample, whole numbers from 0 to K - 1.
    classes : int
        The number of classes K. It isn't guessed from the labels, where a class may be missing.

    Returns
    -------
    ndarray, shape (..., K)
        Distributions; each row sums to 1.

    Notes
    -----
    It is exactly 0 for a class that wasn't seen.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 2.33.

    Examples
    --------
    >>> print(categorical_mle([0, 2, 2, 2], classes=3))
    [0.25 0.   0.75]
    """
    samples = labels.reshape(-1, labels.shape[-1])
    cells = samples + classes * np.arange(len(samples))[:, np.newaxis]  # of a table, row by row
    counts = np.bincount(cells.ravel(), minlength=classes * len(samples))
    return counts.reshape(*labels.shape[:-1], classes) / labels.shape[-1]


@checked
def poisson_mle(x: CountSample) -> Array:
    r"""Maximum-likelihood estimate of a Poisson distribution: the mean count.

    .. math:: \hat\lambda = \frac1n \sum_i x_i

    Parameters
    ----------
    x : array_like, shape (..., n)
        The counts of a sample, whole numbers from 0 on.

    Returns
    -------
    ndarray, shape (...)
        The rate λ, in counts.

    Notes
    -----
    It is 0 where nothing was counted, so it rules out that anything ever happens.

    References
    ----------
    Casella and Berger, *Statistical Inference*, 2nd edition (2002), section 7.2.2.

    Examples
    --------
    >>> print(poisson_mle([0, 2, 1, 3]))
    1.5
    """
    x, unit = _scaled(x)
    return x.mean(axis=-1) * unit


@checked
def normal_mle(x: Vector) -> NormalEstimate:
    r"""Maximum-likelihood estimate of a normal distribution: mean and standard deviation.

    .. math:: \hat\mu = \frac1n \sum_i x_i, \qquad
              \hat\sigma^2 = \frac1n \sum_i (x_i - \hat\mu)^2

    Parameters
    ----------
    x : array_like, shape (..., n)
        The observations of a sample.

    Returns
    -------
    NormalEstimate
        Fields `mean` and `std`, each of shape (...), in units of x.

    Notes
    -----
    The variance has 1/n, not 1/(n - 1), so on average it is too small by the factor (n - 1)/n.
    Where all observations are equal, `std` is 0 and the likelihood has no maximum.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equations 1.55 and 1.56.

    Examples
    --------
    >>> print(normal_mle([20, 21, 22, 29, 33]).mean)
    25.0
    """
    x, unit = _scaled(x)
    rounded = x.mean(axis=-1, keepdims=True)
    left_out = (x - rounded).mean(axis=-1, keepdims=True)  # by rounding
    std = np.sqrt(((x - rounded - left_out) ** 2).mean(axis=-1))
    return NormalEstimate((rounded + left_out)[..., 0] * unit, std * unit)


@checked
def laplace_mle(x: Vector) -> LaplaceEstimate:
    r"""Maximum-likelihood estimate of a Laplace distribution: median and scale.

    .. math:: \hat m = \operatorname{median}(x), \qquad
              \hat b = \frac1n \sum_i |x_i - \hat m|

    Returns
    -------
    LaplaceEstimate
        Fields `location` and `scale`, each of shape (...), in units of x.

    Notes
    -----
    For even n, every point between the two middle observations is as good as their midpoint, the
    result. Where all observations are equal, `scale` is 0 and the likelihood has no maximum.

    References
    ----------
    Norton, "The double exponential distribution: using calculus to find a maximum likelihood
    estimator" (1984).

    Examples
    --------
    >>> print(laplace_mle([20, 21, 22, 29, 33]).location)
    22.0
    """
    x, unit = _scaled(x)
    location = np.median(x, axis=-1)
    scale = abs(x - location[..., np.newaxis]).mean(axis=-1)
    return LaplaceEstimate(location * unit, scale * unit)


def _scaled(x: Numbers) -> tuple[Numbers, Numbers]:
    """Return samples, along the last axis, in a unit in which no sum overflows, and the unit.

    The unit is a power of two, so nothing is rounded.
    """
    unit = np.ldexp(np.ones_like(x[..., 0]), np.frexp(abs(x).max(axis=-1))[1] - 1)
    return x / unit[..., np.newaxis], unit
