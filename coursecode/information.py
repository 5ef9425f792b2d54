"""Information in nats (or bits), and codes (chapters: information content, entropy).

A table of two variables fills the last two axes: a row for each value of A, a column for each of B.
"""

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from coursecode._core.arithmetic import (
    Numbers,
    divergence_terms,
    expectation,
    others,
    row_sum,
    times,
)
from coursecode._core.evaluate import checked, rowwise
from coursecode._core.kinds import Array, Base, Distribution, Probability, Table

ROUNDING = 1e-12  # of sums of probabilities: 0.1 + 0.2 and 0.3 tie


@rowwise
def information_content(p: Probability, *, base: Base = math.e) -> Array:
    r"""Information content (surprise) of an outcome of probability p, I(p).

    .. math:: I(p) = -\ln p

    Parameters
    ----------
    p : array_like, shape (...)
        Probabilities of single outcomes, from 0 to 1; they need not sum to 1.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        In nats, or in bits with ``base=2``; at least 0.

    Notes
    -----
    A certain outcome tells us nothing, I(1) = 0; an impossible one infinitely much, I(0) = inf.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), section 2.1.

    Examples
    --------
    >>> print(information_content([1, 1/2, 1/8], base=2))
    [0. 1. 3.]
    """
    return -_log(p, base)


def _log(x: Numbers, base: float) -> Numbers:
    """Return the logarithm to a base; log2 rounds once, where a quotient rounds three times."""
    return np.log2(x) if base == 2 else np.log(x) / math.log(base)


@rowwise
def entropy(p: Distribution, *, base: Base = math.e) -> Array:
    r"""Entropy of a distribution, H(P): its expected information content.

    .. math:: H(P) = -\sum_k p_k \ln p_k

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over K outcomes: non-negative, each row summing to 1.

    Returns
    -------
    ndarray, shape (...)
        One value per distribution, in nats, or in bits with ``base=2``; from 0 to ln K.

    Notes
    -----
    What never happens adds nothing: 0 ln 0 = 0.

    References
    ----------
    Shannon, "A mathematical theory of communication" (1948), section 6, theorem 2.

    Examples
    --------
    >>> print(entropy([1/2, 1/4, 1/8, 1/8], base=2))
    1.75
    """
    return -expectation(p, _log(p, base))


@rowwise
def cross_entropy(p: Distribution, q: Distribution, *, base: Base = math.e) -> Array:
    r"""Cross-entropy of a model Q under the truth P, H(P, Q).

    .. math:: H(P, Q) = -\sum_k p_k \ln q_k = H(P) + D(P \| Q)

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The truth and the model: distributions over K outcomes, each row summing to 1.

    Returns
    -------
    ndarray, shape (...)
        One value per pair, in nats, or in bits with ``base=2``; at least H(P).

    Notes
    -----
    The result is inf where the model rules out what can happen (q = 0 where p > 0). 0 ln 0 = 0.
    If you have scores, use `softmax_cross_entropy`, which keeps more digits.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 3.51.

    Examples
    --------
    >>> print(cross_entropy([1/2, 1/2], [1/4, 3/4], base=2).round(4))
    1.2075
    """
    return -expectation(p, _log(q, base))


@rowwise
def perplexity(p: Distribution, q: Distribution) -> Array:
    r"""Perplexity of a model Q under the truth P: how many equally likely outcomes it faces.

    .. math:: \operatorname{PP}(P, Q) = e^{H(P, Q)}

    Returns
    -------
    ndarray, shape (...)
        One value per pair: a number of outcomes, at least 1, whatever the base of the logarithm.

    Notes
    -----
    The result is inf where the model rules out what can happen. A distribution by itself has the
    perplexity e^H(P), ``perplexity(p, p)``; a model on data, e^(mean loss in nats).

    References
    ----------
    Jelinek, Mercer, Bahl and Baker, "Perplexity — a measure of the difficulty of speech
    recognition tasks" (1977).

    Examples
    --------
    >>> uniform = [1/4, 1/4, 1/4, 1/4]
    >>> print(perplexity(uniform, uniform).round(12))
    4.0
    """
    return np.exp(-expectation(p, np.log(q)))


@rowwise
def joint_entropy(joint: Table, *, base: Base = math.e) -> Array:
    r"""Joint entropy of two variables, H(AB).

    .. math:: H(AB) = -\sum_{a, b} p_{ab} \ln p_{ab}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Tables of p_ab, J values of A down and K values of B across, each summing to 1.

    Returns
    -------
    ndarray, shape (...)
        One value per table, in nats, or in bits with ``base=2``; from 0 to ln JK.

    Notes
    -----
    This is the entropy of the pair, and by the chain rule H(AB) = H(A) + H(B | A).

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.8.

    Examples
    --------
    >>> print(joint_entropy([[1/2, 0], [1/4, 1/4]], base=2))
    1.5
    """
    outcomes = joint.reshape(len(joint), -1)
    return -expectation(outcomes, _log(outcomes, base))


@rowwise
def conditional_entropy(joint: Table, *, base: Base = math.e) -> Array:
    r"""Conditional entropy of the column given the row, H(B | A).

    .. math:: H(B \mid A) = -\sum_{a, b} p_{ab} \ln \frac{p_{ab}}{p_a}, \qquad p_a = \sum_b p_{ab}

    Returns
    -------
    ndarray, shape (...)
        One value per table, in nats, or in bits with ``base=2``; from 0 to ln K.

    Notes
    -----
    It is 0 where the row decides the column. H(A | B) is that of ``np.swapaxes(joint, -1, -2)``.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.10.

    Examples
    --------
    >>> joint = np.array([[1/2, 0], [1/4, 1/4]])
    >>> print(conditional_entropy(joint, base=2), conditional_entropy(joint.T, base=2).round(4))
    0.5 0.6887
    """
    rows = joint.reshape(-1, joint.shape[-1])
    odds = np.fmin(others(rows) / abs(rows), np.finfo(rows.dtype).max)  # 0 · ∞ = 0
    surprise = np.log1p(odds)  # -ln p(b|a), where the row is p + others
    return row_sum((rows * surprise).reshape(len(joint), -1)) / math.log(base)


@rowwise
def mutual_information(joint: Table, *, base: Base = math.e) -> Array:
    r"""Mutual information of two variables, I(A; B).

    .. math:: I(A; B) = \sum_{a, b} p_{ab} \ln \frac{p_{ab}}{p_a\, p_b}

    Returns
    -------
    ndarray, shape (...)
        One value per table, in nats, or in bits with ``base=2``; at least 0, and 0 if independent.

    Notes
    -----
    This is the divergence of the table from the product of its margins. It keeps digits near
    independence, where H(A) + H(B) - H(AB) cancels. A tells us as much about B as B about A.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.28.

    Examples
    --------
    >>> print(mutual_information([[1/2, 0], [1/4, 1/4]], base=2).round(4))
    0.3113
    """
    row, column = joint.sum(axis=-1, keepdims=True), joint.sum(axis=-2, keepdims=True)
    terms = divergence_terms(joint / row, column / column.sum(axis=-1, keepdims=True))
    return times(row, terms).sum(axis=(-2, -1)) / math.log(base)  # Σ_a p_a D(P(B|a) ‖ P(B))


@checked
def huffman_code_lengths(p: Distribution) -> NDArray[np.intp]:
    r"""Lengths of the words of an optimal binary prefix code, l.

    .. math:: H(P) \le \sum_k p_k l_k < H(P) + 1, \qquad \sum_k 2^{-l_k} = 1

    Returns
    -------
    ndarray of integers, shape (..., K)
        The length of each outcome's code word, in bits.

    Notes
    -----
    An outcome that never happens gets no word and the length 0, and is left out of Kraft's sum. An
    outcome that always happens gets the empty word, of length 0.
    Of several optimal codes, the result is the one whose longest word is shortest: at a tie (up to
    one part in 10¹²) an outcome is merged before a group, and an earlier outcome of `p` first.

    References
    ----------
    Huffman, "A method for the construction of minimum-redundancy codes" (1952).

    Examples
    --------
    >>> print(huffman_code_lengths([1/2, 1/4, 1/8, 1/8]))
    [1 2 3 3]
    """
    lengths = np.zeros(p.shape, dtype=np.intp)
    for row in np.ndindex(p.shape[:-1]):
        lengths[row] = _depths(p[row])
    return lengths


def _depths(p: Numbers) -> NDArray[np.intp]:
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
