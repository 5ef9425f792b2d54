"""Samples: arrays whose last axis holds observations."""

from __future__ import annotations

import numpy as np

from coursecode._validation import Argument, Array, FloatArray, check


def sample(observations: Argument) -> Array:
    """Return the checked values of an argument, which must have a last axis of observations."""
    if not observations.values.ndim:
        raise ValueError(
            f"{observations.name} must have a last axis of observations, got a single number"
        )
    return check(observations)


def scaled(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return x in a unit, a power of two for each sample, in which no sum overflows; and the unit.

    Such a change of unit is exact.
    """
    unit = np.ldexp(np.ones_like(x[..., 0]), np.frexp(abs(x).max(axis=-1))[1] - 1)
    return x / unit[..., np.newaxis], unit
