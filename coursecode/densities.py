"""Log-likelihoods of real numbers, an observation at a time: logarithms of densities.

The minus sign is the caller's: a loss is minus the log-likelihood.
"""

from __future__ import annotations

from math import log, pi

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks
from coursecode._rules import all_finite
from coursecode._validation import FloatArray, parameter, positive, real


def distance(x: FloatArray, centre: FloatArray, unit: FloatArray) -> FloatArray:
    """Return (x - centre) / unit, also where the difference overflows and the quotient does not."""
    z: FloatArray = (x - centre) / unit
    return z if all_finite(z) else np.where(np.isinf(z), x / unit - centre / unit, z)


def normal_log_likelihood(x: ArrayLike, mean: ArrayLike, std: ArrayLike) -> FloatArray:
    r"""Log-likelihood of the normal distribution, ln p(x | μ, σ).

    .. math:: \ln p = -\tfrac12 \ln (2\pi) - \ln \sigma - \frac{(x - \mu)^2}{2 \sigma^2}

    Parameters
    ----------
    x : array_like, shape (...)
        Observations.
    mean : array_like, shape (...) or a single number
        μ.
    std : array_like, shape (...) or a single number
        The standard deviation σ (not σ²), above 0.

    Returns
    -------
    ndarray, shape (...)
        One value an observation, in nats; of a density, so it may be above 0.

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If shapes differ, an argument is nan, infinite or empty, or `std` is not above 0.

    Notes
    -----
    For σ = 1 it is minus half the squared error, less ½ ln(2π). The unit of x shows: in other units
    every value moves by the same constant.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 1.46.

    Examples
    --------
    >>> print(normal_log_likelihood([0.0, 40.0], 0.0, 1.0).round(4))
    [  -0.9189 -800.9189]
    """

    def formula(x: FloatArray, mean: FloatArray, std: FloatArray) -> FloatArray:
        return -log(2 * pi) / 2 - np.log(std) - distance(x, mean, std) ** 2 / 2

    return in_blocks(
        formula,
        real("x", x),
        parameter(real, "mean", mean),
        parameter(positive, "std", std),
    )


def laplace_log_likelihood(x: ArrayLike, location: ArrayLike, scale: ArrayLike) -> FloatArray:
    r"""Log-likelihood of the Laplace distribution, ln p(x | m, b).

    .. math:: \ln p = -\ln (2 b) - \frac{|x - m|}{b}

    Parameters
    ----------
    x : array_like, shape (...)
        Observations.
    location : array_like, shape (...) or a single number
        m, the median.
    scale : array_like, shape (...) or a single number
        b, above 0: the mean distance from the median.

    Returns
    -------
    ndarray, shape (...)
        One value an observation, in nats; of a density, so it may be above 0.

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If shapes differ, an argument is nan, infinite or empty, or `scale` is not above 0.

    Notes
    -----
    For b = 1 it is minus the absolute error, less ln 2. The standard deviation is √2 b.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), exercise 2.43, with q = 1.

    Examples
    --------
    >>> print(laplace_log_likelihood([0.0, 40.0], 0.0, 1.0).round(4))
    [ -0.6931 -40.6931]
    """

    def formula(x: FloatArray, location: FloatArray, scale: FloatArray) -> FloatArray:
        return -log(2) - np.log(scale) - abs(distance(x, location, scale))

    return in_blocks(
        formula,
        real("x", x),
        parameter(real, "location", location),
        parameter(positive, "scale", scale),
    )
