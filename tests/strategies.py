"""Random inputs for laws, and distributions that are hard to get right."""

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


def hard_distributions(dtype):
    """Flat, peaked and nearly certain distributions, with impossible outcomes; one misses 1."""
    rng = np.random.default_rng(2)
    made = [rng.dirichlet(np.full(n, a)) for n in (2, 3, 10) for a in (0.01, 0.1, 1, 10) * 2]
    eps, tiny = float(np.finfo(dtype).eps), float(np.finfo(dtype).smallest_subnormal)
    ends = [[1, 0], [0, 1], [0.5, 0.5], [1 - eps, eps], [1, tiny], [tiny, 1], [0.99, 0.01]]
    return [np.array(p, dtype) for p in [*made, *ends, [0.5, 0.4999]]]


def hard_pairs(dtype):
    """Distributions against each other, against neighbours at every distance, and themselves."""
    rng = np.random.default_rng(3)
    made = hard_distributions(dtype)
    found = [(p, q) for p in made for q in made if p.shape == q.shape]
    for p in made:
        for h in (0.3, 1e-1, 1e-2, 1e-3, 1e-5, 1e-8, 1e-12, 1e-15):
            q = p * abs(1 + h * rng.normal(size=p.shape))
            found.append((p, (q / q.sum()).astype(dtype)))
    return found
