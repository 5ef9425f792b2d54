"""Random inputs for laws: scores, distributions, pairs of them, and labels."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

SIZES = st.integers(2, 6)


def scores(width=None, largest=1e3):
    """One example's scores, masks of -inf among them (but never for every class)."""
    number = st.floats(-largest, largest, allow_nan=False)
    size = st.just(width) if width else SIZES
    return size.flatmap(lambda n: hnp.arrays(np.float64, n, elements=number))


def distributions(width=None):
    """One distribution; some outcomes may be impossible."""
    number = st.one_of(st.just(0.0), st.floats(1e-12, 1.0))
    size = st.just(width) if width else SIZES
    weights = size.flatmap(lambda n: hnp.arrays(np.float64, n, elements=number))
    return weights.filter(lambda w: w.sum() > 1e-6).map(lambda w: w / w.sum())


def pairs(count=2):
    """Several distributions over the same outcomes."""
    return SIZES.flatmap(lambda n: st.tuples(*[distributions(n)] * count))
