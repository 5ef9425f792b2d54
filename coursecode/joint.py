"""Information in a table of two variables: joint, conditional and shared.

The last two axes are the table: the row is the value of A, the column that of B.
"""

from __future__ import annotations

from math import e, log

import numpy as np
from numpy.typing import ArrayLike

from coursecode._blocks import in_blocks, row_sum
from coursecode._series import at_least_tiny, divergence_terms
from coursecode._tables import log_share, margins, table_sum, tables
from coursecode._validation import FloatArray, logarithm, plain_array


def joint_entropy(joint: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Joint entropy of two variables, H(AB).

    .. math:: H(AB) = -\sum_{a, b} p_{ab} \ln p_{ab}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Tables of probabilities p_ab: J values of A down the rows, K values of B along the
        columns; non-negative, each table summing to 1 (to within the square root of the machine
        epsilon of its type).
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a table, in nats, or in bits with ``base=2``; from 0 to ln AB.

    Raises
    ------
    TypeError
        If `joint` or `base` are not real numbers.
    ValueError
        If `joint` has fewer than two axes, is nan, infinite, negative or empty, or a table does
        not sum to 1, or `base` is not finite and above 1.

    Notes
    -----
    The entropy of the pair. The chain rule: H(AB) = H(A) + H(B | A).

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.8.

    Examples
    --------
    >>> print(joint_entropy([[1/2, 0], [1/4, 1/4]], base=2))
    1.5
    """
    log_p = logarithm(base)
    table = tables("joint", joint)

    def formula(p: FloatArray) -> FloatArray:
        return -row_sum(p * log_p(at_least_tiny(p)))  # 0 ln 0 = 0

    return in_blocks(formula, table)


def conditional_entropy(joint: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Conditional entropy of the column given the row, H(B \| A).

    .. math:: H(B \mid A) = -\sum_{a, b} p_{ab} \ln \frac{p_{ab}}{p_a},
              \qquad p_a = \sum_b p_{ab}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Tables of probabilities p_ab: J values of A down the rows, K values of B along the
        columns; non-negative, each table summing to 1 (to within the square root of the machine
        epsilon of its type).
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a table, in nats, or in bits with ``base=2``; from 0 to ln B.

    Raises
    ------
    TypeError
        If `joint` or `base` are not real numbers.
    ValueError
        If `joint` has fewer than two axes, is nan, infinite, negative or empty, or a table does
        not sum to 1, or `base` is not finite and above 1.

    Notes
    -----
    How uncertain the last axis stays on average once the one before it is known. For H(A | B)
    give the tables transposed, ``np.swapaxes(joint, -1, -2)``. 0 where the row decides the column.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.10.

    Examples
    --------
    >>> joint = np.array([[1/2, 0], [1/4, 1/4]])
    >>> print(conditional_entropy(joint, base=2), conditional_entropy(joint.T, base=2).round(4))
    0.5 0.6887
    """
    logarithm(base)
    table = tables("joint", joint)
    shape = plain_array("joint", joint).shape[-2:]

    def formula(p: FloatArray) -> FloatArray:
        p = p.reshape(-1, *shape)
        return table_sum(-p * log_share(p)) / log(base)

    return in_blocks(formula, table)


def mutual_information(joint: ArrayLike, *, base: float = e) -> FloatArray:
    r"""Mutual information of two variables, I(A; B).

    .. math:: I(A; B) = \sum_{a, b} p_{ab} \ln \frac{p_{ab}}{p_a\, p_b}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Tables of probabilities p_ab: J values of A down the rows, K values of B along the
        columns; non-negative, each table summing to 1 (to within the square root of the machine
        epsilon of its type).
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value a table, in nats, or in bits with ``base=2``; at least 0, and 0 for independent
        variables.

    Raises
    ------
    TypeError
        If `joint` or `base` are not real numbers.
    ValueError
        If `joint` has fewer than two axes, is nan, infinite, negative or empty, or a table does
        not sum to 1, or `base` is not finite and above 1.

    Notes
    -----
    The divergence of the table from the product of its margins, computed as `kl_divergence` is:
    never negative, and with digits to spare near independence, where H(A) + H(B) - H(AB)
    cancels. Symmetric: what A tells of B, B tells of A.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, 2nd edition (2006), equation 2.28.

    Examples
    --------
    >>> print(mutual_information([[1/2, 0], [1/4, 1/4]], base=2).round(4))
    0.3113
    """
    logarithm(base)
    table = tables("joint", joint)
    shape = plain_array("joint", joint).shape[-2:]

    def formula(p: FloatArray) -> FloatArray:
        p = p.reshape(-1, *shape).astype(np.float64)
        rows, columns, total, d = margins(p)
        # By p_a, for a product of two small margins may be too small for its type.
        terms = divergence_terms(p / rows, columns / total, d / rows)
        return table_sum(np.where(rows > 0, rows * terms, 0)) / log(base)

    return in_blocks(formula, table)
