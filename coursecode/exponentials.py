"""Exponentials of scores, kept from overflowing: log-sum-exp and softmax.

Every classifier of many classes turns scores into probabilities with these functions, and each of
them is wrong in its textbook form: exp(710) is already too large for float64, exp(89) for float32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import beside, in_blocks, row_sum
from coursecode._exponentials import (
    SMALL,
    exponentials_and_sum,
    shifted_exponentials,
    sum_but_largest,
)
from coursecode._rules import all_finite, lowest
from coursecode._validation import FloatArray, exponents, scores


def logsumexp(logits: ArrayLike) -> FloatArray:
    r"""Logarithm of a sum of exponentials, LSE(s).

    .. math:: \operatorname{LSE}(s) = \ln \sum_k e^{s_k}

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores s, one for each class, in any range; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        One value an example, in nats; between max s and max s + ln K.

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan, empty or a single number.

    Notes
    -----
    A score of -inf adds nothing; a row of nothing else gives -inf, and a score of +inf gives +inf.
    A smooth maximum: its gradient is `softmax`.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization* (2004), section 3.1.5.

    Examples
    --------
    >>> import numpy as np
    >>> logsumexp([0.0, 0.0]) == np.log(2)
    np.True_
    >>> print(logsumexp([1000.0, 1000.0]))
    1000.6931471805599
    """

    def formula(s: FloatArray) -> FloatArray:
        total = row_sum(np.exp(s))
        # NumPy's float32 logarithm is off by up to 4 units in the last place; one a row is cheap.
        result = np.log(total, dtype=np.float64)
        # Out of range, or near 1, where the logarithm of a rounded sum loses digits:
        if not (lowest(total) > 1.5 and all_finite(total)):
            hard = ~(abs(total - 1) > 0.5) | (total == np.inf) | (total < SMALL)
            if hard.any():
                _, e, top = shifted_exponentials(s[hard])
                log_sum = top + np.log1p(sum_but_largest(e))
                result[hard] = np.where(np.isinf(top), top, log_sum)
        return result

    return in_blocks(formula, exponents("logits", logits), faults_show=True)


def log_softmax(logits: ArrayLike) -> FloatArray:
    r"""Logarithm of the softmax, ln q.

    .. math:: \ln q_k = s_k - \ln \sum_j e^{s_j}

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores s, one for each class; -inf rules a class out.

    Returns
    -------
    ndarray, shape (..., K)
        Log-probabilities, in nats; at most 0.

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan, +inf, -inf for every class of a row, empty or a single number.

    Notes
    -----
    A class that is ruled out gets -inf. The digits of a log-probability near 0 are kept, so that
    an example which is classified right with confidence still has a loss that can be compared:
    ``np.log(softmax(s))`` would return 0 for it.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3.

    Examples
    --------
    >>> print(log_softmax([0.0, 50.0]))
    [-5.00000000e+01 -1.92874985e-22]
    """

    def formula(s: FloatArray, out: FloatArray) -> FloatArray:
        shifted, e, _ = shifted_exponentials(s, for_sum=True)
        return np.subtract(shifted, beside(s, np.log1p(sum_but_largest(e))), out=out)

    return in_blocks(formula, scores("logits", logits), faults_show=True, fills=True)


def softmax(logits: ArrayLike) -> FloatArray:
    r"""Softmax, q = softmax(s): scores made into probabilities.

    .. math:: q_k = \frac{e^{s_k}}{\sum_j e^{s_j}}

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores s, one for each class; -inf rules a class out.

    Returns
    -------
    ndarray, shape (..., K)
        Probabilities; each row sums to 1.

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan, +inf, -inf for every class of a row, empty or a single number.

    Notes
    -----
    A class that is ruled out gets 0. Adding a constant to a row of scores changes nothing.

    References
    ----------
    Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).

    Examples
    --------
    >>> print(softmax([3.2, 5.1, -1.7]).round(3))
    [0.13  0.869 0.001]
    """

    def formula(s: FloatArray, out: FloatArray) -> FloatArray:
        e, total = exponentials_and_sum(s)
        return np.divide(e, beside(e, total), out=out)

    return in_blocks(formula, scores("logits", logits), faults_show=True, fills=True)
