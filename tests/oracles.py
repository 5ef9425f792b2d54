"""Independent answers: the definitions, one number at a time, in 50-digit arithmetic (mpmath).

Floating-point inputs are taken for exactly what they are. `ulp_error` then says how far a result
is from the exact one, in units of its last place.
"""

import mpmath as mp
import numpy as np

mp.mp.dps = 60  # 50 and some, for what cancels
INF = mp.inf


def exact(x):
    return mp.mpf(float(x))


def logsumexp(s):
    if np.isinf(np.max(s)):
        return exact(np.max(s))
    with mp.workdps(700):  # 1e308 beside 1e-308
        return exact(np.max(s)) + mp.log1p(others(s, int(np.argmax(s))))


def others(s, k):
    """Sum of the exponentials but the k-th, over the k-th."""
    own = exact(s[k])
    return mp.fsum(mp.exp(exact(v) - own) for j, v in enumerate(s) if j != k and np.isfinite(v))


def neg_log_softmax(s, k):
    if s[k] == -np.inf:
        return INF
    rest = others(s, k)
    with mp.workdps(60):
        return mp.log1p(rest)


def softmax(s):
    return [mp.mpf(0) if v == -np.inf else 1 / (1 + others(s, k)) for k, v in enumerate(s)]


def log_softmax(s):
    return [-neg_log_softmax(s, k) for k in range(len(s))]


def cross_entropy_gradient(y, s):
    q = softmax(s)
    rest = mp.fsum(v for k, v in enumerate(q) if k != y)
    return [-rest if k == y else v for k, v in enumerate(q)]


def softplus(s):
    s = exact(s)
    if mp.isinf(s):
        return max(s, mp.mpf(0))
    return mp.log1p(mp.exp(s)) if s < 0 else s + mp.log1p(mp.exp(-s))


def times(weight, cost):
    return mp.mpf(0) if weight == 0 else weight * cost


def binary_cross_entropy(y, s):
    y = exact(y)
    return times(1 - y, softplus(s)) + times(y, softplus(-s))


def sigmoid(s):
    s = exact(s)
    return mp.mpf(s > 0) if mp.isinf(s) else 1 / (1 + mp.exp(-s))


def binary_cross_entropy_gradient(y, s):
    y = exact(y)
    return (1 - y) * sigmoid(s) - y * sigmoid(-s)


def information(p):
    return INF if p == 0 else -mp.log(exact(p))


def cross_entropy(p, q):
    return mp.fsum(times(exact(a), information(b)) for a, b in zip(p, q, strict=True))


def kl_divergence(p, q):
    """Sum of p ln(p/q) - p + q, of the numbers as they are.

    Rounded probabilities don't quite sum to 1. The plain sum of p ln(p/q) then is off by the
    difference of the two sums (and can be negative); this one by its square only.
    """
    total = mp.mpf(0)
    for a, b in zip(map(exact, p), map(exact, q), strict=True):
        total += b - a if a == 0 else INF if b == 0 else a * mp.log(a / b) - a + b
    return total


def jensen_shannon_divergence(p, q):
    total = mp.mpf(0)
    for a, b in zip(map(exact, p), map(exact, q), strict=True):
        m = (a + b) / 2
        total += sum((v * mp.log(v / m) for v in (a, b) if v), mp.mpf(0)) / 2
    return total


def gaussian_kl_divergence(mean_p, std_p, mean_q, std_q):
    mean_p, std_p, mean_q, std_q = map(exact, (mean_p, std_p, mean_q, std_q))
    with mp.workdps(400):
        squares = (std_p / std_q) ** 2 + ((mean_p - mean_q) / std_q) ** 2
        return mp.log(std_q / std_p) + (squares - 1) / 2


def brier_score(y, q):
    return mp.fsum((exact(v) - (k == y)) ** 2 for k, v in enumerate(q))


# Losses of numbers, by the residual r = y - f


def huber(r, delta):
    r, delta = abs(r), exact(delta)
    return r**2 / 2 if r <= delta else delta * (r - delta / 2)


def pinball(r, tau):
    tau = exact(tau)
    return max(tau * r, (tau - 1) * r)


def log_cosh(r):
    r = abs(r)
    with mp.workdps(700):  # it may be as small as 1e-310, and then it is squared
        return r - mp.log(2) if r > 1e4 else mp.log(mp.cosh(r))


# Log-likelihoods


def normal(x, mean, std):
    x, mean, std = map(exact, (x, mean, std))
    return -mp.log(2 * mp.pi) / 2 - mp.log(std) - ((x - mean) / std) ** 2 / 2


def laplace(x, location, scale):
    x, location, scale = map(exact, (x, location, scale))
    return -mp.log(2 * scale) - abs(x - location) / scale


def bernoulli(x, p):
    return -information(p) if x else mp.log1p(-exact(p)) if p < 1 else -INF


def poisson(x, rate):
    x, rate = exact(x), exact(rate)
    if rate == 0:
        return mp.mpf(0) if x == 0 else -mp.inf
    with mp.workdps(400):
        stirling = x * mp.log(x) - x + mp.log(2 * mp.pi * x) / 2 if x > 1e30 else mp.loggamma(x + 1)
        return x * mp.log(rate) - rate - stirling


def ulp_error(got, expected):
    """Largest error in units in the last place of the exact result, in the type of `got`.

    It is infinite unless zeros, infinities and what is beyond the type agree.
    """
    got = np.asarray(got)
    info = np.finfo(got.dtype)
    worst = 0.0
    for value, want in zip(got.ravel(), np.asarray(expected, dtype=object).ravel(), strict=True):
        if abs(want) > info.max:
            want = mp.sign(want) * INF
        if want == 0 or mp.isinf(want) or not np.isfinite(value):
            off = 0.0 if value == want else np.inf
        else:
            exponent = max(int(mp.floor(mp.log(abs(want), 2))), info.minexp)
            off = float(abs(exact(value) - want) / mp.mpf(2) ** (exponent - info.nmant))
        worst = max(worst, off)
    return worst
