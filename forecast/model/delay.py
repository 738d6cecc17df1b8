"""Delay and revision: how far a count, as first known, lies from its final value.

::

    known = final · C        ln C ~ w₁·N(m₁, s₁²) + w₂·N(m₂, s₂²)        s₁ ≤ s₂

C is the *completeness*: 0.5 if half of what was to be counted is known. Two normals, because real
revisions have heavy tails: most values move by a fifth, a few are halved or doubled. In the
likelihood of a count each component shifts the location by its m and adds its s² to the
log-variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.model.spec import Array

FEWEST = 20  # pairs: a mixture has five parameters, and its tails show in few of the pairs
SPREAD_FLOOR = 0.02  # of a log ratio: below it a component would only mark ratios that are equal
_STEPS = 5000
_CLOSE = 1e-9  # of log-likelihood per step: converged


@dataclass(frozen=True, slots=True)
class Delay:
    """The distribution of ln(known / final): weight, mean and standard deviation by component."""

    weight: tuple[float, float]
    shift: tuple[float, float]
    spread: tuple[float, float]


COMPLETE = Delay((1.0, 0.0), (0.0, 0.0), (0.0, 0.0))


def learn_delay(log_completeness: Array) -> Delay:
    """Return the likeliest mixture of two normals, the narrow one first; `COMPLETE` if too few.

    Expectation-maximisation (Dempster, Laird & Rubin 1977) from two fixed starts, a spike
    with the rest around it and two sides, of which the likelier end is kept. Spreads are held at
    `SPREAD_FLOOR` or above, else the likelihood is unbounded wherever two ratios are equal; ratios
    of exactly 1 are common, and where they are the better part, the narrow component is theirs.
    Where all ratios are equal, so are both components.

    Parameters
    ----------
    log_completeness
        ln(known / final) of pairs, (n,). Fewer than `FEWEST` teach nothing.
    """
    if len(log_completeness) < FEWEST:
        return COMPLETE
    # quartiles that are among the ratios: a component that starts on none of them may stay empty
    low, middle, high = np.quantile(log_completeness, [0.25, 0.5, 0.75], method="inverted_cdf")
    whole = log_completeness.std()
    starts = ((middle, middle, 0.0, whole), (low, high, whole / 2, whole / 2))
    ends = [_maximise(log_completeness, np.array(start).reshape(2, 2)) for start in starts]
    _, weight, shift, spread = max(ends, key=lambda end: end[0])
    order = np.argsort(spread, kind="stable")
    return Delay(*((float(v[order[0]]), float(v[order[1]])) for v in (weight, shift, spread)))


def _maximise(x: Array, start: Array) -> tuple[float, Array, Array, Array]:
    """Return log-likelihood, weights, shifts and spreads where EM ends."""
    weight, shift, spread = np.full(2, 0.5), start[0], np.maximum(start[1], SPREAD_FLOOR)
    before = -np.inf
    for _ in range(_STEPS):
        z = (x[:, None] - shift) / spread
        joint = np.log(weight) - np.log(spread) - 0.5 * z * z
        each = np.logaddexp(joint[:, 0], joint[:, 1])
        likelihood = float(each.sum() - len(x) * 0.5 * np.log(2 * np.pi))
        if likelihood - before < _CLOSE:
            break
        before = likelihood
        share = np.exp(joint - each[:, None])
        size = share.sum(axis=0)
        weight = size / len(x)
        shift = share.T @ x / size
        variance = (share * (x[:, None] - shift) ** 2).sum(axis=0) / size
        spread = np.maximum(np.sqrt(variance), SPREAD_FLOOR)
    return likelihood, weight, shift, spread


def quantiles(delay: Delay, probabilities: Array) -> Array:
    """Return quantiles of final / known, (n,), for probabilities in (0, 1): by bisection."""
    from scipy.special import ndtr  # slow to load, and only a report asks

    weight, shift = np.array(delay.weight), -np.array(delay.shift)
    spread = np.maximum(delay.spread, np.finfo(float).tiny)  # a spread of 0 is a single value
    low = np.full(len(probabilities), (shift - 40 * spread).min())
    high = np.full(len(probabilities), (shift + 40 * spread).max())
    for _ in range(100):
        middle = (low + high) / 2
        below = ndtr((middle[:, None] - shift) / spread) @ weight < probabilities
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(np.exp(high))
