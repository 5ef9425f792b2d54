"""Codes: how many bits to give each outcome, so that the average is least."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursecode._validation import FloatArray, check, probabilities

ROUNDING = 1e-12  # of sums of probabilities: 0.1 + 0.2 and 0.3 tie


def huffman_code_lengths(p: ArrayLike) -> NDArray[np.intp]:
    r"""Lengths of the words of an optimal binary prefix code, l.

    .. math:: H(P) \le \sum_k p_k l_k < H(P) + 1, \qquad \sum_k 2^{-l_k} = 1

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over K outcomes: non-negative, each row summing to 1 (to within the
        square root of the machine epsilon of its type).

    Returns
    -------
    ndarray of integers, shape (..., K)
        The length of each outcome's code word, in bits.

    Raises
    ------
    TypeError
        If `p` is not real numbers.
    ValueError
        If `p` is nan, negative, empty or a single number, or a row does not sum to 1.

    Notes
    -----
    What never happens gets no word, and length 0; the sum that says that the code is full
    (Kraft's) runs over the other outcomes. What always happens gets the empty word, of length 0.

    Of several optimal codes the one with the shortest longest word is taken: at a tie an outcome
    is merged before a group, and the outcome that comes first in `p` before a later one. What
    differs by rounding alone (a part in 10¹²) counts as a tie.

    References
    ----------
    Huffman, "A method for the construction of minimum-redundancy codes" (1952).

    Examples
    --------
    >>> print(huffman_code_lengths([1/2, 1/4, 1/8, 1/8]))
    [1 2 3 3]
    """
    values = check(probabilities("p", p))
    lengths = np.zeros(values.shape, dtype=np.intp)
    for row in np.ndindex(values.shape[:-1]):
        lengths[row] = _depths(values[row])
    return lengths


def _depths(p: FloatArray) -> NDArray[np.intp]:
    """Merge the two rarest groups until one is left; return how deep each outcome then lies."""
    rarest_first = np.argsort(p, kind="stable")
    outcomes = deque((float(p[k]), int(k)) for k in rarest_first if p[k] > 0)
    groups: deque[tuple[float, int]] = deque()  # the rarest first too, as they are made
    parent: dict[int, int] = {}

    def rarest() -> tuple[float, int]:
        outcome_first = not groups or (outcomes and outcomes[0][0] <= (1 + ROUNDING) * groups[0][0])
        return (outcomes if outcome_first else groups).popleft()

    while len(outcomes) + len(groups) > 1:
        first, second = rarest(), rarest()
        merged = p.size + len(parent)  # numbered after all outcomes and earlier groups
        parent[first[1]] = parent[second[1]] = merged
        groups.append((first[0] + second[0], merged))
    depth = {rarest()[1]: 0}
    for group in sorted(parent, reverse=True):  # from the root, the last group, down
        depth[group] = depth[parent[group]] + 1
    return np.array([depth.get(k, 0) for k in range(p.size)], dtype=np.intp)
