"""How many equally likely outcomes a model faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._exact import exact_parts, exact_product
from coursecode._validation import FloatArray, probabilities

MANY_OUTCOMES = 100.0  # up to here, the rounding of ln PP costs PP few units in its last place


def perplexity(p: ArrayLike, q: ArrayLike) -> FloatArray:
    r"""Perplexity of a model Q under the truth P: how many equally likely outcomes it faces.

    .. math:: \operatorname{PP}(P, Q) = e^{H(P, Q)}

    Parameters
    ----------
    p : array_like, shape (..., K)
        The truth: distributions over K outcomes, each row summing to 1 (to within the square
        root of the machine epsilon of its type).
    q : array_like, shape (..., K)
        The model: likewise.

    Returns
    -------
    ndarray, shape (...)
        One value a pair, a number of outcomes, at least 1; the same whatever base the
        cross-entropy is measured in.

    Raises
    ------
    TypeError
        If `p` or `q` are not real numbers.
    ValueError
        If shapes differ; if `p` or `q` is nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    inf where the model rules out what can happen. That of a distribution itself, e^H(P), is
    ``perplexity(p, p)``; that of a model on data is the exponential of its *mean* loss.

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

    def formula(p: FloatArray, q: FloatArray) -> FloatArray:
        outcomes: FloatArray = np.exp(-row_sum(p * np.log(q)))
        hard = ~(outcomes < MANY_OUTCOMES)  # or nan, where p = q = 0
        if hard.any():
            outcomes[hard] = of_many(p[hard], q[hard])
        return outcomes

    def of_many(p: FloatArray, q: FloatArray) -> FloatArray:
        # A rounding of H is one of e^H too, and H times as large. So powers of 2 are kept apart:
        # q = m 2^n, PP = 2^-Σ p n · 2^-Σ p log2 m, and the first sum is carried out exactly.
        m, n = np.frexp(q)
        terms, lost = exact_product(p.astype(np.float64), -n.astype(np.float64))
        power, left = (part[:, 0] for part in exact_parts(terms, lost))
        whole = np.rint(power)
        fraction = power - whole + (left - row_sum(np.where(p > 0, p * np.log2(m), 0)))
        outcomes: FloatArray = np.ldexp(np.exp2(fraction), whole.astype(int))
        return outcomes

    return in_blocks(formula, probabilities("p", p), probabilities("q", q))
