"""The negative binomial in the two numbers an elicitation speaks of: location and log-variance.

A count is Poisson around a rate whose logarithm has mean ``location`` and variance ``variance``;
the rate is Gamma with shape ``f``, so that its log-variance is trigamma(f) and its log-mean
log(mean) + digamma(f) - log(f)::

    shape  f = trigamma^-1(variance)
    mean   m = exp(location + log f - digamma(f))
    y ~ NB2(mean m, shape f)

Derivatives are exact: d f / d variance = 1 / tetragamma(f). The special functions are the usual
recurrences and asymptotic series (Abramowitz & Stegun 6.3.18, 6.4.11-14), held to scipy in the
tests.
"""

from __future__ import annotations

import math

from numba import njit, vectorize

_SHIFT = 12.0  # the series are used from here on: relative error below 1e-13
MAX_SHAPE = 1e7  # beyond it the count is Poisson to double precision


@njit(cache=True)
def polygammas(x: float) -> tuple[float, float, float]:
    """Return digamma, trigamma and tetragamma of x > 0."""
    psi, tri, tetra = 0.0, 0.0, 0.0
    while x < _SHIFT:
        r = 1.0 / x
        psi -= r
        tri += r * r
        tetra -= 2.0 * r * r * r
        x += 1.0
    r = 1.0 / x
    s = r * r
    psi += math.log(x) - 0.5 * r
    psi -= s * (
        1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * 691 / 32760))))
    )
    tri += r + 0.5 * s
    tri += (
        r * s * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * 691 / 2730)))))
    )
    tetra -= s + s * r
    tetra -= (
        s * s * (1 / 2 - s * (1 / 6 - s * (1 / 6 - s * (3 / 10 - s * (5 / 6 - s * 691 / 210)))))
    )
    return psi, tri, tetra


@njit(cache=True)
def inverse_trigamma(variance: float) -> float:
    """Return f with trigamma(f) = variance, by Newton's method on its reciprocal.

    1/trigamma is nearly linear and concave, so the iteration converges monotonically (Smyth 2004,
    limma). Capped at `MAX_SHAPE`, where the count is Poisson.
    """
    if variance < 1.0 / MAX_SHAPE:
        return MAX_SHAPE
    if variance > 1e7:
        return 1.0 / math.sqrt(variance)
    shape = 0.5 + 1.0 / variance
    for _ in range(50):
        _, tri, tetra = polygammas(shape)
        step = tri * (1.0 - tri / variance) / tetra
        shape += step
        if abs(step) < 1e-14 * shape:
            break
    return shape


@njit(cache=True)
def logpmf_and_slopes(y: float, location: float, variance: float) -> tuple[float, float, float]:
    """Return log p(y | location, variance) and its derivatives in location and variance."""
    shape = inverse_trigamma(variance)
    psi, tri, tetra = polygammas(shape)
    eta = location + math.log(shape) - psi
    # log(1 + mean/shape) and mean/(shape + mean) without overflow
    ratio = eta - math.log(shape)
    excess = math.log1p(math.exp(ratio)) if ratio < 0.0 else ratio + math.log1p(math.exp(-ratio))
    share = 1.0 / (1.0 + math.exp(-ratio)) if ratio > -700.0 else 0.0
    log_share = ratio - excess
    value = (
        math.lgamma(y + shape)
        - math.lgamma(shape)
        - math.lgamma(y + 1.0)
        - shape * excess
        + y * log_share
    )
    if y == 0.0:
        value = -shape * excess
    d_eta = y * (1.0 - share) - shape * share
    if shape >= MAX_SHAPE:
        return value, d_eta, 0.0
    psi_y, _, _ = polygammas(y + shape)
    d_shape = psi_y - psi - excess + share - y * (1.0 - share) / shape
    return value, d_eta, (d_shape + d_eta * (1.0 / shape - tri)) / tetra


@vectorize(["float64(float64)"], cache=True)
def shape_of(variance):  # type: ignore[no-untyped-def]
    """Elementwise `inverse_trigamma`."""
    return inverse_trigamma(variance)


@vectorize(["float64(float64)"], cache=True)
def log_bias(shape):  # type: ignore[no-untyped-def]
    """Elementwise log f - digamma(f): by how much log(mean) exceeds the mean of the log."""
    psi, _, _ = polygammas(shape)
    return math.log(shape) - psi
