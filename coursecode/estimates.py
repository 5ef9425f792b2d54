"""Maximum-likelihood estimates of the normal and the Laplace distribution, in closed form.

They are the best constants of the squared and the absolute error. The last axis holds the
observations of a sample; any leading axes are samples apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import column, in_blocks
from coursecode._samples import scaled
from coursecode._validation import FloatArray, rows


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
        x, unit = scaled(x)
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
        x, unit = scaled(x)
        location = np.median(x, axis=-1)
        scale = abs(x - column(location)).mean(axis=-1)
        return np.stack([location * unit, scale * unit], axis=-1)

    estimates = in_blocks(formula, rows("x", x))
    return LaplaceEstimate(estimates[..., 0][()], estimates[..., 1][()])
