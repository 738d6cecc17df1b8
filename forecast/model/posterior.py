"""What a forecast says, from posterior draws: probabilities now, before, ahead, and of readings.

All averages are over draws; a 90 % interval runs over draws and is widened to include the mean. It
says how far the number moves across judgements compatible with the data, not how far the world
may.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.model import names
from forecast.model.elicit import count_prior
from forecast.model.filter import smooth_draws
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.spec import Array, CountSpec, Index, Spec

QUANTILES = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip
REPEATS = 10  # simulated next periods per draw


@dataclass(frozen=True, slots=True)
class Posterior:
    """Scenario probabilities over draws.

    Parameters
    ----------
    start : (K,)
    transition : (S, K, K)
    filtered, predicted, smoothed : (S, T, K)
    """

    start: Array
    transition: Array
    filtered: Array
    predicted: Array
    smoothed: Array

    @classmethod
    def of(cls, spec: Spec, draws: dict[str, Array]) -> Posterior:
        """Filter and smooth every draw."""
        transition = draws[names.TRANSITION]
        filtered, predicted, smoothed = smooth_draws(
            spec.chain.start, transition, draws[names.STAY], draws[names.ENTER]
        )
        return cls(spec.chain.start, transition, filtered, predicted, smoothed)

    @property
    def now(self) -> Array:
        """Filtered probabilities of the forecast period, (S, K)."""
        return self.filtered[:, -1]

    def horizon(self, periods: int) -> Array:
        """Return the probability of each scenario that many periods ahead, (K,): p P^h."""
        ahead = self.now
        for _ in range(periods):
            ahead = np.einsum("si,sij->sj", ahead, self.transition)
        return ahead.mean(axis=0)

    def ever_within(self, periods: int) -> Array:
        """Return the probability that each scenario holds in any of the next periods, (K,).

        ``1 - p (P with column k zeroed)^h 1``.
        """
        result = np.empty(self.now.shape[1])
        for k in range(len(result)):
            without = self.transition.copy()
            without[:, :, k] = 0.0
            never = self.now
            for _ in range(periods):
                never = np.einsum("si,sij->sj", never, without)
            result[k] = 1.0 - never.sum(axis=1).mean()
        return result


def interval(values: Array) -> tuple[Array, Array]:
    """Return the 5 and 95 % points over draws (axis 0), widened to include the mean."""
    low, high = np.quantile(values, [0.05, 0.95], axis=0)
    mean = values.mean(axis=0)
    return np.minimum(low, mean), np.maximum(high, mean)


def support(posterior: Posterior, draws: dict[str, Array]) -> Array:
    """Return log p(the forecast period's reading | scenario, all before it), (I, K).

    Averaged over draws and over whether the scenario had begun or held already, each in
    proportion to its predicted probability.
    """
    if posterior.filtered.shape[1] > 1:
        before = posterior.filtered[:, -2]
        held = before * np.einsum("skk->sk", posterior.transition)
    else:
        held = np.zeros_like(posterior.now)
    begun = np.maximum(posterior.predicted[:, -1] - held, 0.0)
    last_stay, last_enter = draws[names.LAST_STAY], draws[names.LAST_ENTER]
    joint = held[:, None] * np.exp(last_stay) + begun[:, None] * np.exp(last_enter)
    said: Array = np.log(joint.mean(axis=0) / (held + begun).mean(axis=0)[None])
    return said


def next_counts(spec: Spec, posterior: Posterior, draws: dict[str, Array]) -> Array:
    """Simulate every count's next full period, (C, S * REPEATS).

    A scenario is drawn for this period and the next; memory acts only if it stays the same.
    """
    counts, rng = spec.counts, np.random.default_rng(names.SEED)
    was, will = _next_scenarios(posterior, rng)
    s = np.repeat(np.arange(len(posterior.now)), REPEATS)
    dispersion = count_prior(counts.median, counts.p90, counts.worth, counts.inertia).dispersion
    result = np.empty((len(counts.ids), len(s)))
    last = len(spec.periods) - 1
    for c in range(len(counts.ids)):
        location = draws[names.LOCATION][s, c, will]
        variance = dispersion[c, will] * draws[names.DISPERSION][s, c]
        remembered = _last_count(counts, c, last)
        if remembered is not None:
            gap, memory = remembered
            share = np.where(was == will, draws[names.COUNT_INERTIA][s, c] ** gap, 0.0)
            location = location + share * (memory - np.log1p(np.exp(location)))
            variance = variance * (1 - share**2)
        shape = shape_of(variance)
        mean = np.exp(location + log_bias(shape))
        result[c] = rng.poisson(np.minimum(mean * rng.gamma(shape) / shape, 1e15))
    return result


def _last_count(counts: CountSpec, series: int, last: int) -> tuple[float, float] | None:
    """Return gap and memory that a count's last usable reading leaves to the next period."""
    rows = np.flatnonzero(counts.series == series)
    if not len(rows):
        return None
    ends = [int(np.flatnonzero(counts.weight[:, n]).max()) for n in rows]
    n = rows[int(np.argmax(ends))]
    if (counts.weight[:, n] > 0).sum() > 1:
        return None
    rate = counts.value[n] / np.exp(counts.log_exposure[n])
    return last + 1 - max(ends), float(np.log1p(rate))


def next_levels(spec: Spec, posterior: Posterior, draws: dict[str, Array]) -> list[Array]:
    """Return the probability of every level of every ordinal in the next period, (L,) each."""
    levels = spec.levels
    stays = posterior.now * np.einsum("skk->sk", posterior.transition)
    ahead = np.einsum("si,sij->sj", posterior.now, posterior.transition)
    result = []
    for j in range(len(levels.ids)):
        q = draws[names.LEVELS][:, j]
        chance = np.einsum("sk,skl->sl", ahead, q)
        rows = np.flatnonzero(levels.series == j)
        if len(rows):
            n = rows[int(np.argmax(levels.at[rows]))]
            share = draws[names.LEVEL_INERTIA][:, j] ** (len(spec.periods) - levels.at[n])
            carried = np.einsum("sk,skl->sl", stays * share[:, None], q)
            chance = chance - carried
            chance[:, levels.value[n]] += (stays * share[:, None]).sum(axis=1)
        used = levels.asked[j].sum(axis=0) > 0
        result.append(chance.mean(axis=0)[used])
    return result


def _next_scenarios(posterior: Posterior, rng: np.random.Generator) -> tuple[Index, Index]:
    """Draw this period's scenario and the next one's, REPEATS times per draw."""
    now = np.repeat(posterior.now, REPEATS, axis=0)
    was = _pick(now, rng)
    rows = np.repeat(posterior.transition, REPEATS, axis=0)[np.arange(len(was)), was]
    return was, _pick(rows, rng)


def _pick(probabilities: Array, rng: np.random.Generator) -> Index:
    edges = probabilities.cumsum(axis=1)
    return (rng.random(len(edges))[:, None] * edges[:, -1:] > edges).sum(axis=1)
