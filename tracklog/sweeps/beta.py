"""The beta distribution, without SciPy."""

from __future__ import annotations

import math

_ROUNDS = 200
_SMALL = 1e-300


def quantile(share: float, a: float, b: float) -> float:
    """Return the value below which a `share` (0 to 1) of the beta distribution of `a` and `b` lies, by bisection."""
    low, high = 0.0, 1.0
    while high - low > math.ulp(high):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(x: float, a: float, b: float) -> float:
    """Return the share of the distribution below `x`: the regularized incomplete beta function.

    By its continued fraction (DLMF 8.17.22), evaluated as Lentz did (Applied Optics 15, 1976).
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly
        return 1 - below(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    fraction, c, d = 1.0, 1.0, 0.0
    for n in range(_ROUNDS):
        m = n // 2
        if n == 0:
            term = 1.0
        elif n % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away(1 + term * d)
        c = _away(1 + term / c)
        fraction *= c * d
        if abs(1 - c * d) < 1e-14:  # noqa: PLR2004 - as near as doubles come
            break
    return front * (fraction - 1) / a


def _away(value: float) -> float:
    """Return a value that can be divided by."""
    return value if abs(value) > _SMALL else _SMALL
