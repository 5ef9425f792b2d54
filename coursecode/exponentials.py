"""Exponentials of scores, kept from overflowing: log-sum-exp, softmax, sigmoid.

Every classifier turns scores into probabilities with these five functions, and every one of them
is wrong in its textbook form: exp(710) is already too large for float64, exp(89) for float32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import column, in_blocks, row_sum
from coursecode._validation import FloatArray, exponents, extended_real, scores


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
        if fits(s):
            total = row_sum(np.exp(s))
            result = np.log(total)
            near_one = abs(total - 1) < 0.5  # where the logarithm of a rounded sum loses digits
            if near_one.any():
                result[near_one] = _log_of_shifted_sum(s[near_one])
            return result
        return _log_of_shifted_sum(s)

    return in_blocks(formula, exponents("logits", logits))


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

    def formula(s: FloatArray) -> FloatArray:
        shifted, e, _ = shifted_exponentials(s)
        return shifted - column(np.log1p(sum_but_largest(e)))

    return in_blocks(formula, scores("logits", logits))


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

    def formula(s: FloatArray) -> FloatArray:
        e = scaled_exponentials(s)
        return e / column(row_sum(e))

    return in_blocks(formula, scores("logits", logits))


def sigmoid(logits: ArrayLike) -> FloatArray:
    r"""Logistic sigmoid, σ(s): one score made into a probability.

    .. math:: \sigma(s) = \frac{1}{1 + e^{-s}}

    Parameters
    ----------
    logits : array_like, shape (...)
        Scores s of "yes" against "no"; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        The probability of "yes".

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan or empty.

    Notes
    -----
    The softmax of the two scores s and 0. σ(0) = ½, σ(-inf) = 0, σ(inf) = 1.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(sigmoid([-np.inf, 0.0, np.inf]))
    [0.  0.5 1. ]
    """
    return in_blocks(logistic, extended_real("logits", logits))


def log_sigmoid(logits: ArrayLike) -> FloatArray:
    r"""Logarithm of the sigmoid, ln σ(s).

    .. math:: \ln \sigma(s) = -\ln (1 + e^{-s})

    Parameters
    ----------
    logits : array_like, shape (...)
        Scores s of "yes" against "no"; -inf and +inf are allowed.

    Returns
    -------
    ndarray, shape (...)
        The log-probability of "yes", in nats; at most 0.

    Raises
    ------
    TypeError
        If `logits` are not real numbers.
    ValueError
        If `logits` are nan or empty.

    Notes
    -----
    ln σ(-inf) = -inf, ln σ(inf) = 0. That of "no" is ``log_sigmoid(-s)``.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.59.

    Examples
    --------
    >>> print(log_sigmoid([-1000.0, 1000.0]))
    [-1000.     0.]
    """

    def formula(s: FloatArray) -> FloatArray:
        return np.minimum(s, 0) - np.log1p(np.exp(-abs(s)))

    return in_blocks(formula, extended_real("logits", logits))


# --- the exponentials of a block of rows, to the last digits -----------------------------------

# Up to here a ratio of two exponentials, and a sum of many, is far from overflow and underflow.
LARGEST = {"d": 300.0, "f": 40.0}


def logistic(s: FloatArray) -> FloatArray:
    """Return 1 / (1 + e^-s) for a block of numbers."""
    if s.min() > -LARGEST[s.dtype.char]:
        return np.reciprocal(1 + np.exp(-s))
    e = np.exp(-abs(s))  # e^-s would overflow where s is far below 0
    return np.where(s < 0, e, 1) / (1 + e)


def fits(s: FloatArray) -> bool:
    """Return whether e^s neither overflows nor underflows anywhere in a block."""
    largest = LARGEST[s.dtype.char]
    return bool(s.min() >= -largest and s.max() <= largest)


def scaled_exponentials(s: FloatArray) -> FloatArray:
    """Return e^s times one factor a row: 1 where nothing overflows, else e^-max."""
    return np.exp(s) if fits(s) else shifted_exponentials(s)[1]


def shifted_exponentials(s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return s - max s, its exponential, and max s as a column.

    Subtracting the maximum leaves 1 as the largest exponential, so that none overflows.
    """
    top = s.max(axis=-1, keepdims=True)
    shifted = s - top
    e = np.exp(shifted)
    if shifted.min() < -8:
        # A difference d is rounded by up to half its last place, d * eps / 2, and e^d by as
        # many relative eps as d is large. What was rounded off is known exactly (Knuth, The Art
        # of Computer Programming, volume 2, 4.2.2, theorem B): give it back.
        back = s - shifted
        rounded_off = (s - (shifted + back)) + (back - top)
        e += np.where(e > 0, e * rounded_off, 0)  # nan where a score is -inf
    return shifted, e, top


def sum_but_largest(e: FloatArray) -> FloatArray:
    """Return each row's sum without one of its largest terms, which must be 1.

    Subtracting 1 from the sum would lose the digits of what is left beside it.
    """
    ones = np.floor(e)
    return row_sum(e - ones) + (row_sum(ones) - 1)


def _log_of_shifted_sum(s: FloatArray) -> FloatArray:
    _, e, top = shifted_exponentials(s)
    top = top[:, 0]
    return np.where(np.isinf(top), top, top + np.log1p(sum_but_largest(e)))
