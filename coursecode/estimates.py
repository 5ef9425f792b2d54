"""Maximum-likelihood estimates that have a closed form: the best constants of the losses.

The last axis holds the observations of a sample; any leading axes are samples apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import column, in_blocks
from coursecode._validation import Argument, Array, FloatArray, check, counts, rows, whole
from coursecode._validation import classes as class_labels
from coursecode.likelihood import binary


class NormalEstimate(NamedTuple):
    """The mean and the standard deviation of a normal distribution."""

    mean: FloatArray
    std: FloatArray


class LaplaceEstimate(NamedTuple):
    """The median and the scale of a Laplace distribution."""

    location: FloatArray
    scale: FloatArray


def normal_mle(x: ArrayLike) -> NormalEstimate:
    r"""Maximum-likelihood estimate of a normal distribution: mean and standard deviation.

    .. math:: \hat\mu = \frac1n \sum_i x_i, \qquad
              \hat\sigma^2 = \frac1n \sum_i (x_i - \hat\mu)^2

    Parameters
    ----------
    x : array_like, shape (..., n)
        Observations of one sample.

    Returns
    -------
    NormalEstimate
        Fields `mean` and `std`, each of shape (...), in units of x.

    Raises
    ------
    TypeError
        If `x` is not real numbers.
    ValueError
        If `x` is nan, infinite, empty or a single number.

    Notes
    -----
    With 1/n, not 1/(n - 1): the estimate of σ² is too small by the factor (n - 1)/n on average.
    Where all observations are equal `std` is 0, and the likelihood has no maximum: it grows
    without bound as σ goes to 0.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equations 1.55 and 1.56.

    Examples
    --------
    >>> print(normal_mle([20, 21, 22, 29, 33]).mean)
    25.0
    """

    def formula(x: FloatArray) -> FloatArray:
        x, unit = _scaled(x)
        rounded = column(x.mean(axis=-1))
        x = x - rounded
        left = column(x.mean(axis=-1))  # what rounding left out
        std = np.sqrt(((x - left) ** 2).mean(axis=-1))
        return np.stack([(rounded + left)[:, 0] * unit, std * unit], axis=-1)

    estimates = in_blocks(formula, rows("x", x))
    return NormalEstimate(estimates[..., 0][()], estimates[..., 1][()])


def laplace_mle(x: ArrayLike) -> LaplaceEstimate:
    r"""Maximum-likelihood estimate of a Laplace distribution: median and scale.

    .. math:: \hat m = \operatorname{median}(x), \qquad
              \hat b = \frac1n \sum_i |x_i - \hat m|

    Parameters
    ----------
    x : array_like, shape (..., n)
        Observations of one sample.

    Returns
    -------
    LaplaceEstimate
        Fields `location` and `scale`, each of shape (...), in units of x.

    Raises
    ------
    TypeError
        If `x` is not real numbers.
    ValueError
        If `x` is nan, infinite, empty or a single number.

    Notes
    -----
    For even n every point between the two middle observations is as good; their midpoint is
    returned. Where all observations are equal `scale` is 0, and the likelihood has no maximum.

    References
    ----------
    Norton, "The double exponential distribution: using calculus to find a maximum likelihood
    estimator" (1984).

    Examples
    --------
    >>> print(laplace_mle([20, 21, 22, 29, 33]).location)
    22.0
    """

    def formula(x: FloatArray) -> FloatArray:
        x, unit = _scaled(x)
        location = np.median(x, axis=-1)
        scale = abs(x - column(location)).mean(axis=-1)
        return np.stack([location * unit, scale * unit], axis=-1)

    estimates = in_blocks(formula, rows("x", x))
    return LaplaceEstimate(estimates[..., 0][()], estimates[..., 1][()])


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
    observed, unit = _scaled(sample(counts("x", x)))
    rate: FloatArray = observed.mean(axis=-1) * unit
    return rate


def sample(observations: Argument) -> Array:
    """Return the checked values of an argument, which must have a last axis of observations."""
    if not observations.values.ndim:
        raise ValueError(
            f"{observations.name} must have a last axis of observations, got a single number"
        )
    return check(observations)


def _scaled(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return x in a unit, a power of two for each sample, in which no sum overflows; and the unit.

    Such a change of unit is exact.
    """
    unit = np.ldexp(np.ones_like(x[..., 0]), np.frexp(abs(x).max(axis=-1))[1] - 1)
    return x / unit[..., np.newaxis], unit
