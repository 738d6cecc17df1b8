"""From what was asked to priors that give it back.

Every parameter of the model is a standard normal, shifted, scaled and bent; this module finds the
shifts and scales, so that the *prior predictive* of each indicator under each scenario is what the
analyst said. Plain moment formulas are not enough: a Gamma rate is skewed on the log scale, and
the mean of a softmax is not the softmax of the mean. Both are solved numerically.

Counts. Asked: median M, 90th percentile Q, worth n. A location ``l ~ N(centre, v / (n + 1))`` and a
rate whose log varies by ``w = v n / (n + 1)`` around it; ``centre`` and ``v`` are such that the
stationary distribution, averaged over ``l``, has M and Q. Starting point: ``ln M`` and
``(ln(Q / M) / z90)^2``. Without inertia that distribution is the negative binomial; with it, the
log of the rate is a sum of many small shocks and less skewed, and so it is where part of them is a
normal shock that all counts share. To first order (Edgeworth) a distribution function is linear in
the skewness, so it is taken between the negative binomial and the Poisson-lognormal, in proportion
to the skewness that is left.

Levels and successors. Asked: probabilities p, worth n. ``q = softmax(centre + scale z)`` with
``E[q] = p`` and the total variance of a Dirichlet of n observations' worth,
``sum p (1 - p) / (n + 1)``. (A Dirichlet itself with concentrations below 1 is hostile to
gradient samplers, and raising them to 1 moves the means; ``docs/method.md``.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce

import numpy as np

from forecast.model.memory import stationary_variance, third_cumulant_of_shocks
from forecast.model.negbinomial import log_bias, polygammas, shape_of
from forecast.model.solved import solved
from forecast.model.spec import Array, CountSpec

Z90 = 1.2815515655446004  # standard normal 90 % point
LIVES = 3  # of a scenario whose episodes are elicited by shares that are over
INERTIA_SD = 0.75  # sd of the logit of inertia: 5-95 % from 0.23 to 0.77 around 0.5
DISPERSION_SD = 0.25  # log sd of the free multiplier on each count's dispersion
# Share of a period's variance that all counts share: 0.5 sigmoid(centre + sd z), which is close to
# Beta(2, 6) below 0.5 (mean 0.23, sd 0.12).
SHARED_MOST, SHARED_CENTRE, SHARED_SD = 0.5, -0.19, 1.29
SHARED_MEAN = 0.23
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
# the free multiplier's three-point quadrature: weight and value
_DISPERSIONS = [
    (weight, float(np.exp(DISPERSION_SD * node)))
    for weight, node in ((1 / 6, -np.sqrt(3.0)), (2 / 3, 0.0), (1 / 6, np.sqrt(3.0)))
]


@dataclass(frozen=True, slots=True)
class CountPrior:
    """Solved priors of counts, each (C, K + B): location ~ N(centre, sd^2), dispersion around it.

    Where a count is no sign of a scenario, those of the first scenario, and the sd is 0.
    ``reconciled`` is False where no negative binomial has what was asked (narrower than Poisson).
    """

    centre: Array
    sd: Array
    dispersion: Array
    reconciled: np.ndarray


def count_prior(counts: CountSpec) -> CountPrior:
    """Solve location and dispersion for every count and condition."""
    first = _solve_counts(counts, np.zeros(len(counts.ids)))
    least = first.dispersion.min(axis=1)
    shared = counts.shock**2 * SHARED_MEAN * (1 - counts.inertia**2) * least
    return _solve_counts(counts, shared) if shared.any() else first


def _solve_counts(counts: CountSpec, shared: Array) -> CountPrior:
    shape, given = counts.median.shape, np.isfinite(counts.median)
    worth = np.where(given, counts.worth, counts.worth[:, :1])
    centre, variance, good = np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool)
    for c, k in np.ndindex(shape):
        if not given[c, k]:
            centre[c, k], variance[c, k], good[c, k] = centre[c, 0], variance[c, 0], True
            continue
        a_sign = k >= shape[1] - counts.signs  # is of one period
        lag = counts.inertia[c], counts.recent[c], counts.decay[c]
        remembers = (0.0, 1.0, 0.0) if a_sign else lag
        elicited = counts.median[c, k], counts.p90[c, k], worth[c, k], *remembers, shared[c]
        numbers = tuple(map(float, elicited))
        found = solved("count", numbers, partial(_solve_count, *numbers))
        centre[c, k], variance[c, k], good[c, k] = found
    return CountPrior(
        centre=centre,
        sd=np.where(given, np.sqrt(variance / (worth + 1)), 0.0),
        dispersion=variance * worth / (worth + 1),
        reconciled=good,
    )


def _solve_count(
    median: float,
    p90: float,
    worth: float,
    inertia: float,
    recent: float,
    decay: float,
    shared: float,
) -> tuple[float, float, bool]:
    from scipy.optimize import root  # seldom needed, and slow to load

    asked = np.array([0.5, 0.9])
    points = np.array([median, p90])
    memory = stationary_variance(inertia, recent, decay)
    cubed = third_cumulant_of_shocks(inertia, recent, decay)

    def skewness_left(variance: float, multiplier: float) -> float:
        own = variance * (1 - inertia**2 * memory) - shared * multiplier
        return _skewness_left(variance, own, cubed)

    def miss(unknown: Array) -> Array:
        centre, log_variance = unknown
        variance = np.exp(log_variance)
        found: Array = _smooth_cdf(points, centre, variance, worth, skewness_left) - asked
        return found

    begin = np.array([np.log(median), 2 * np.log(np.log(p90 / median) / Z90)])
    with np.errstate(all="ignore"):  # what cannot be had sends the search to absurd places
        found = root(miss, begin, method="hybr")
    solved = bool(found.success and np.abs(found.fun).max() < 1e-6 and found.x[1] > np.log(1e-4))
    if solved:
        return float(found.x[0]), float(np.exp(found.x[1])), True
    return float(begin[0]), float(np.exp(begin[1])), False


def _smooth_cdf(
    points: Array,
    centre: float,
    variance: float,
    worth: float,
    skewness_left: Callable[[float, float], float],
) -> Array:
    """Return P(Y < y) + P(Y = y)/2, linear between whole numbers, averaged over the location."""
    from scipy.special import betainc, gammaincc  # slow to load, as below

    location = centre + np.sqrt(variance / (worth + 1)) * _NODES[:, None]
    steps = np.floor(points) + np.array([[-1.0], [0.0], [1.0]])
    total = np.zeros(len(points))
    for weight, multiplier in _DISPERSIONS:
        within = variance * worth / (worth + 1) * multiplier
        shape = float(shape_of(within))
        mean = np.exp(location + float(log_bias(shape)))
        skewed = np.array([_WEIGHTS @ betainc(shape, s + 1, shape / (shape + mean)) for s in steps])
        rate = np.exp(centre + np.sqrt(variance / (worth + 1) + within) * _NODES[:, None])
        symmetric = np.array([_WEIGHTS @ gammaincc(s + 1, rate) for s in steps])
        left = skewness_left(within, multiplier)
        below = np.where(steps >= 0, left * skewed + (1 - left) * symmetric, 0.0)
        middle = (below[:-1] + below[1:]) / 2
        part = points - np.floor(points)
        total += weight * ((1 - part) * middle[0] + part * middle[1])
    return total


def _skewness_left(variance: float, own: float, cubed: float) -> float:
    """Return the stationary log-rate's skewness as a share of a fresh one's of equal variance.

    Parameters
    ----------
    own
        Variance of what is new in a period and no other count's.
    cubed
        Third cumulant of what is new, as a share of the stationary one.
    """
    if own <= 0:
        return 0.0  # only on the way of a search
    _, _, fresh = polygammas(float(shape_of(variance)))
    _, _, step = polygammas(float(shape_of(own)))
    return float(step / cubed / fresh)


def softmax_prior(asked: Array, worth: float) -> tuple[Array, float]:
    """Return (centre, scale) with E[softmax(centre + scale z)] = asked and the worth's variance.

    Parameters
    ----------
    asked : (L,)
        Probabilities summing to 1; zeros stay zero (centre -inf).
    worth : float
        Observations the judgement is worth.
    """
    support = asked > 0
    probabilities = asked[support]
    centre = np.full(len(asked), -np.inf)
    if len(probabilities) == 1:
        centre[support] = 0.0
        return centre, 1.0
    *offset, scale = solved("levels", (*probabilities, worth), lambda: _solve(probabilities, worth))
    centre[support] = offset
    return centre, scale


def _solve(probabilities: Array, worth: float) -> tuple[float, ...]:
    """Return centres, of mean 0, and the scale."""
    normals = _normals(len(probabilities))
    wanted = float((probabilities * (1 - probabilities)).sum() / (worth + 1))
    low, high = 1e-3, 20.0
    offset = np.log(probabilities)
    for _ in range(40):
        scale = np.sqrt(low * high)
        offset = _match_mean(probabilities, normals, scale, offset)
        got = float(_softmax(offset + scale * normals).var(axis=0).sum())
        low, high = (scale, high) if got < wanted else (low, scale)
        if high / low < 1.0005:
            break
    return (*(offset - offset.mean()), float(np.sqrt(low * high)))


def _match_mean(probabilities: Array, normals: Array, scale: float, offset: Array) -> Array:
    for _ in range(500):
        mean = _softmax(offset + scale * normals).mean(axis=0)
        step = np.log(probabilities / mean)
        offset = offset + step
        if np.abs(step).max() < 1e-7:
            break
    return offset


def _softmax(x: Array) -> Array:
    e: Array = np.exp(x - reduce(np.maximum, x.T)[:, None])  # rows are short: numpy is slow on them
    return np.asarray(e / reduce(np.add, e.T)[:, None])


@cache
def _normals(dimension: int) -> Array:
    """Return a fixed, evenly spread set of standard normal points, (2048, dimension)."""
    from scipy.special import ndtri  # seldom needed, and slow to load
    from scipy.stats import qmc

    points = qmc.Sobol(dimension, scramble=True, rng=0).random(2048)
    return ndtri(points)


def lives_prior(over: Sequence[tuple[float, float]], spread: float) -> tuple[Array, Array]:
    """Mean durations of lives, the shortest first, and their shares, (`LIVES`,) each.

    Averaged over the uncertainty of durations, episodes are over after so many periods with the
    elicited shares, as nearly as lives that end at random can be: none ends on time.

    Parameters
    ----------
    over
        Periods, rising, and the share of episodes that have ended by then.
    spread
        Sd of the log of what durations exceed one period by.
    """
    points, elicited = np.array(over, dtype=float).T
    wanted = logit(elicited)

    def parts(unknown: Array) -> tuple[Array, Array]:
        steps = np.concatenate([unknown[:1], np.exp(unknown[1:LIVES])])
        shares = np.exp(np.append(0.0, unknown[LIVES:]) - max(0.0, unknown[LIVES:].max()))
        return 1.0 + np.exp(steps.cumsum()), shares / shares.sum()

    def solve() -> tuple[float, ...]:
        from scipy.optimize import least_squares  # seldom needed, and slow to load

        width = math.log(max(1.2 * points[-1] / max(0.7 * points[0], 0.3), 1.5)) / (LIVES - 1)
        begin = np.concatenate(
            [[math.log(max(0.7 * points[0], 0.3))], np.full(LIVES - 1, math.log(width)),
             np.zeros(LIVES - 1)]
        )  # fmt: skip

        def miss(unknown: Array) -> Array:
            ended = np.clip(ended_by(points, *parts(unknown), spread), 1e-9, 1 - 1e-9)
            return np.concatenate([30.0 * (logit(ended) - wanted), 0.1 * (unknown - begin)])

        found = least_squares(miss, begin).x
        lasts, shares = parts(found)
        return (*lasts, *shares)

    numbers = np.array(solved("lives", (*points, *elicited, spread), solve))
    return numbers[:LIVES], numbers[LIVES:]


def ended_by(periods: Array, lasts: Array, shares: Array, spread: float) -> Array:
    """The share of episodes that are over after so many periods, (n,), averaged over durations."""
    factor = np.exp(spread * _NODES - spread**2 / 2)
    hazard = 1.0 / (1.0 + (lasts[:, None] - 1.0) * factor)
    ended = 1.0 - (1.0 - hazard) ** periods[:, None, None]
    return np.asarray((shares[:, None] * _WEIGHTS * ended).sum(axis=(1, 2)))


def logit(share: Array) -> Array:
    """The logit of shares in [0, 1); of 0 minus infinity."""
    inside = np.where(share > 0, share, 0.5)
    return np.where(share > 0, np.log(inside / (1 - inside)), -np.inf)
