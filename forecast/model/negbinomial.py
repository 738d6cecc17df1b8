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
from typing import NamedTuple

import numpy as np

from forecast.model.elementary import softplus
from forecast.model.jit import compiled
from forecast.model.spec import Array

_SHIFT = 12.0  # the series are used from here on: relative error below 1e-13
_MOST = math.log(1e15)  # log of a Poisson rate that can be drawn from
MAX_SHAPE = 1e7  # beyond it the count is Poisson to double precision


@compiled
def digamma(x: float) -> float:
    """Return digamma of x > 0 alone."""
    psi = 0.0
    while x < _SHIFT:
        psi -= 1.0 / x
        x += 1.0
    series: float = _digamma_from(x, 1.0 / x)
    return psi + series


@compiled
def _digamma_from(x: float, r: float) -> float:
    """Return the series for x >= 12, of which r is the reciprocal."""
    s = r * r
    series = s * (1 / 240 - s * (1 / 132 - s * 691 / 32760))
    return math.log(x) - 0.5 * r - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - series)))


@compiled
def polygammas(x: float) -> tuple[float, float, float]:
    """Return digamma, trigamma and tetragamma of x > 0."""
    psi, tri, tetra = 0.0, 0.0, 0.0
    while x < _SHIFT:
        r = 1.0 / x
        s = r * r
        psi -= r
        tri += s
        tetra -= 2.0 * r * s
        x += 1.0
    r = 1.0 / x
    s = r * r
    more = 1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * 691 / 2730))))
    less = 1 / 2 - s * (1 / 6 - s * (1 / 6 - s * (3 / 10 - s * (5 / 6 - s * 691 / 210))))
    psi += _digamma_from(x, r)
    return psi, tri + r + 0.5 * s + r * s * more, tetra - s - s * r - s * s * less


@compiled
def inverse_trigamma(variance: float) -> float:
    """Return f with trigamma(f) = variance, by Newton's method on its reciprocal.

    1/trigamma is nearly linear and concave, so the iteration converges monotonically (Smyth 2004,
    limma), and after a step of 1e-8 the next would be lost in rounding. Capped at `MAX_SHAPE`,
    where the count is Poisson.
    """
    if variance < 1.0 / MAX_SHAPE:
        return MAX_SHAPE
    if variance > 1e7:
        return 1.0 / math.sqrt(variance)
    shape = 0.5 + 1.0 / variance
    for _ in range(50):
        _, tri, tetra = polygammas(shape)  # what is not asked for, the compiler leaves out
        step = tri * (1.0 - tri / variance) / tetra
        shape += step
        if abs(step) < 1e-8 * shape:
            break
    return shape


class Gammas(NamedTuple):
    """A shape, and its digamma, trigamma, tetragamma and log-gamma."""

    shape: float
    psi: float
    tri: float
    tetra: float
    log_gamma: float


@compiled
def at_shape(shape: float) -> Gammas:
    """Evaluate all at a shape."""
    psi, tri, tetra = polygammas(shape)
    return Gammas(shape, psi, tri, tetra, math.lgamma(shape))


@compiled
def gammas_of(variance: float) -> Gammas:
    """Solve the shape of a log-variance, and evaluate all there."""
    found: Gammas = at_shape(inverse_trigamma(variance))
    return found


@compiled
def along(
    y: float,
    location: float,
    gammas: Gammas,
    steps: Array,
    boost: Array,
    value: Array,
    share: Array,
    excess: Array,
) -> None:
    """Write log p(y) at ``location + steps`` into ``value``; ``boost`` is e^steps. All (Q,).

    And what `slopes` needs: mean/(shape + mean) into ``share``, log(1 + mean/shape) into
    ``excess``.
    """
    ratio = location - gammas.psi  # log(mean / shape)
    softplus(ratio, steps, boost, share, excess)
    shape = gammas.shape
    constant = 0.0
    if y > 0.0:
        constant = math.lgamma(y + shape) - gammas.log_gamma - math.lgamma(y + 1.0)
    for i in range(len(steps)):
        value[i] = constant + y * (ratio + steps[i]) - (y + shape) * excess[i]


@compiled
def alone(y: float, location: float, gammas: Gammas) -> tuple[float, float, float]:
    """Return what `along` writes, for one node and no step: value, share and excess."""
    ratio = location - gammas.psi
    small = math.exp(-abs(ratio))
    share = (1.0 if ratio > 0.0 else small) / (1.0 + small)
    excess = max(ratio, 0.0) + math.log1p(small)
    value = y * ratio - (y + gammas.shape) * excess
    if y > 0.0:
        value += math.lgamma(y + gammas.shape) - gammas.log_gamma - math.lgamma(y + 1.0)
    return value, share, excess


@compiled
def slopes(
    y: float, gammas: Gammas, weight: Array, nodes: Array, share: Array, excess: Array
) -> tuple[float, float, float]:
    """Return derivatives of ``sum(weight * log p(y))`` along nodes.

    In location, in variance, and in what the nodes are multiplied by to make steps.
    """
    shape, psi, tri, tetra, _ = gammas
    total, shares, excesses, along_nodes = 0.0, 0.0, 0.0, 0.0
    for i in range(len(weight)):
        total += weight[i]
        shares += weight[i] * share[i]
        excesses += weight[i] * excess[i]
        along_nodes += weight[i] * nodes[i] * (y - (y + shape) * share[i])
    d_eta = y * total - (y + shape) * shares
    if shape >= MAX_SHAPE:
        return d_eta, 0.0, along_nodes
    d_shape = total * (digamma(y + shape) - psi) - excesses + shares - y * (total - shares) / shape
    return d_eta, (d_shape + d_eta * (1.0 / shape - tri)) / tetra, along_nodes


@compiled
def logpmf(y: float, location: float, variance: float) -> float:
    """Return log p(y | location, variance)."""
    log_probability: float = alone(y, location, gammas_of(variance))[0]
    return log_probability


def shape_of(variance: Array | float) -> Array:
    """Elementwise `inverse_trigamma`."""
    given = np.asarray(variance, dtype=float)
    return np.asarray(_shapes(given.ravel())).reshape(given.shape)


@compiled
def _shapes(variance: Array) -> Array:
    out = np.empty(len(variance))
    for i in range(len(out)):
        out[i] = inverse_trigamma(variance[i])
    return out


def log_bias(shape: Array | float) -> Array:
    """Elementwise log f - digamma(f): by how much log(mean) exceeds the mean of the log."""
    given = np.asarray(shape, dtype=float)
    return np.asarray(_log_biases(given.ravel())).reshape(given.shape)


@compiled
def _log_biases(shape: Array) -> Array:
    out = np.empty(len(shape))
    for i in range(len(out)):
        out[i] = math.log(shape[i]) - digamma(shape[i])
    return out


def log_gamma_of(x: Array) -> Array:
    """Elementwise log of the gamma function (scipy.special's takes a second to load)."""
    return np.vectorize(math.lgamma, otypes=[float])(x) if x.size else np.zeros(x.shape)


def draw(location: Array, variance: Array, rng: np.random.Generator) -> Array:
    """Draw counts; arrays of one shape, or that make one together."""
    shape = np.broadcast_to(shape_of(variance), np.broadcast_shapes(location.shape, variance.shape))
    log_rate = location + log_bias(shape) + log_gamma(shape, rng) - np.log(shape)
    return np.asarray(rng.poisson(np.exp(np.minimum(log_rate, _MOST))), dtype=float)


def log_gamma(shape: Array, rng: np.random.Generator) -> Array:
    """Draw the log of Gamma variables, also of shapes so small that most are 0 to a double."""
    small = shape < 0.05
    result = np.log(rng.standard_gamma(shape), where=~small, out=np.empty(shape.shape))
    f = shape[small]
    result[small] = np.log(rng.standard_gamma(f + 1.0)) + np.log1p(-rng.random(len(f))) / f
    return result
