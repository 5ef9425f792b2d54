"""How far one distribution is from another, in nats or bits (chapter: KL divergence)."""

import math

import numpy as np

from coursecode._core.arithmetic import Numbers, divergence_terms, excess, mended, row_sum, times
from coursecode._core.evaluate import rowwise
from coursecode._core.kinds import Array, Base, Distribution, PositiveParameter, RealParameter


@rowwise
def kl_divergence(p: Distribution, q: Distribution, *, base: Base = math.e) -> Array:
    r"""Kullback–Leibler divergence D(P ‖ Q) of the truth P from a model Q.

    .. math:: D(P \| Q) = \sum_k p_k \ln \frac{p_k}{q_k}

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions P and Q over K outcomes, each row summing to 1.
    base : float
        Base of the logarithm, above 1.

    Returns
    -------
    ndarray, shape (...)
        One value per pair, in nats, or in bits with ``base=2``; at least 0, and 0 where P = Q.

    Notes
    -----
    The result is inf where the model rules out what can happen (q = 0 where p > 0). 0 ln 0 = 0.
    Each term is computed as p ln(p/q) - p + q, which is never negative; what is added sums to 0,
    because both rows sum to 1. So D keeps its digits where P and Q differ in the last digits only.

    References
    ----------
    Kullback and Leibler, "On information and sufficiency" (1951), section 2.

    Examples
    --------
    >>> p, q = [0.5, 0.5], [0.9, 0.1]
    >>> print(kl_divergence([p, q], [q, p], base=2).round(4))
    [0.737 0.531]
    """
    total = row_sum(times(p, np.log(p / q)) - (p - q))
    # Where it is small the terms cancel, and elsewhere a ratio may leave its range.
    careful = lambda p, q: row_sum(divergence_terms(p, q))
    return mended(total, total, 0.03, careful, p, q) / math.log(base)


@rowwise
def jensen_shannon_divergence(p: Distribution, q: Distribution, *, base: Base = math.e) -> Array:
    r"""Jensen–Shannon divergence of P and Q, JS(P, Q): symmetric, and always finite.

    .. math:: \operatorname{JS}(P, Q) = \tfrac12 (D(P \| M) + D(Q \| M)), \quad M = \tfrac12 (P + Q)

    Returns
    -------
    ndarray, shape (...)
        One value per pair, in nats, or in bits with ``base=2``; from 0 to ln 2 nats, 1 bit.

    Notes
    -----
    This is the divergence, not its square root (a distance). It is ln 2 where no outcome is shared.

    References
    ----------
    Lin, "Divergence measures based on the Shannon entropy" (1991), equation 4.1.

    Examples
    --------
    >>> print(jensen_shannon_divergence([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """
    total = p + q
    terms = times(p, np.log(2 * p / total)) + times(q, np.log(2 * q / total))
    twice = row_sum(terms)
    return mended(twice, twice, 0.1, _near, p, q, terms) / 2 / math.log(base)


def _near(p: Numbers, q: Numbers, terms: Numbers) -> Numbers:
    """Return the sum of terms in each row, with all their digits where p is near q too."""
    total, s = p + q, (q - p) / (p + q)
    near = total * (np.log1p(-s * s) / 2 + s * np.arctanh(s))  # the same terms
    return row_sum(np.where(abs(s) < 0.5, near, terms))


@rowwise
def gaussian_kl_divergence(
    mean_p: RealParameter,
    std_p: PositiveParameter,
    mean_q: RealParameter,
    std_q: PositiveParameter,
    *,
    base: Base = math.e,
) -> Array:
    r"""Kullback–Leibler divergence of two normal distributions, D(P ‖ Q).

    .. math:: D = \ln \frac{\sigma_q}{\sigma_p}
              + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} - \frac12

    Parameters
    ----------
    mean_p, std_p : array_like, shape (...)
        Mean and standard deviation (above 0) of the truth P.
    mean_q, std_q : array_like, shape (...)
        The same for the model Q. All have one unit and shape; single numbers fit any shape.

    Returns
    -------
    ndarray, shape (...)
        One value per pair, in nats, or in bits with ``base=2``; at least 0, and 0 where P = Q.

    Notes
    -----
    It doesn't depend on the unit: metres and feet give the same divergence.

    References
    ----------
    Kullback, *Information Theory and Statistics* (1959), chapter 9, section 1.

    Examples
    --------
    >>> print(gaussian_kl_divergence(0, 1, 1, 1))
    0.5
    """
    # ½ (σp²/σq² - 1) is x + ½ x² for x = σp/σq - 1, so that no two terms cancel
    stretch, shift = (std_p - std_q) / std_q, (mean_p - mean_q) / std_q
    spread = excess(std_q, std_p) + stretch * (stretch / 2)
    return (spread + shift * (shift / 2)) / math.log(base)
