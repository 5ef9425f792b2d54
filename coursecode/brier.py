"""The Brier score: the squared error of probabilities."""

from __future__ import annotations

from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._labels import labels_like, one_hot
from coursecode._validation import Array, FloatArray
from coursecode._validation import probabilities as distributions


def brier_score(labels: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    r"""Brier score, ‖q - y‖²: the squared error of probabilities.

    .. math:: \ell = \sum_k (q_k - y_k)^2

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth: either classes y, whole numbers from 0 to K - 1, or probabilities y_k, each
        row summing to 1 (to within the square root of the machine epsilon of its type).
    probabilities : array_like, shape (..., K)
        The model's q_k: likewise distributions.

    Returns
    -------
    ndarray, shape (...)
        One value an example, without unit; from 0 to 2.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or `probabilities` are not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `probabilities` are nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    A sum over classes, without a ½. For two classes it is twice the (q - y)² of one of them,
    which some call the Brier score too (scikit-learn's ``brier_score_loss``).

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950), equation 2.

    Examples
    --------
    >>> print(brier_score([0, 1], [[1.0, 0.0], [1.0, 0.0]]))
    [0. 2.]
    """

    def formula(y: Array, q: FloatArray) -> FloatArray:
        return row_sum((q - one_hot(y, q)) ** 2)

    model = distributions("probabilities", probabilities)
    return in_blocks(formula, labels_like(labels, model), model)


def brier_score_gradient(labels: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    r"""Gradient of the Brier score by the probabilities, 2 (q - y).

    .. math:: \frac{\partial \ell}{\partial q_k} = 2 (q_k - y_k)

    Parameters
    ----------
    labels : array_like, shape (...) or (..., K)
        The truth, as for `brier_score`: classes y or probabilities y_k.
    probabilities : array_like, shape (..., K)
        The model's q_k: distributions.

    Returns
    -------
    ndarray, shape (..., K)
        One row an example, without unit.

    Raises
    ------
    TypeError
        If `labels` are neither whole numbers nor probabilities, or `probabilities` are not real
        numbers.
    ValueError
        If shapes do not match; if `labels` are out of range, fractional classes or no
        distribution; if `probabilities` are nan, negative, empty or a single number, or a row
        does not sum to 1.

    Notes
    -----
    Each probability counts as a variable of its own, although a change of one must be made up
    for by the others.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950), equation 2.

    Examples
    --------
    >>> print(brier_score_gradient(1, [1.0, 0.0]))
    [ 2. -2.]
    """

    def formula(y: Array, q: FloatArray) -> FloatArray:
        return 2 * (q - one_hot(y, q))

    model = distributions("probabilities", probabilities)
    return in_blocks(formula, labels_like(labels, model), model)
