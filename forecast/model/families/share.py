"""Proportions between 0 and 1, with inertia.

::

    enter    y ~ Beta(mean μ, precision φ)                  logit μ = centre + sd e
    stay     y ~ Beta(mean (1 - ρ) μ + ρ y', precision φ / (1 - ρ²)),      ρ = inertia^gap

y' the reading before. Of a lasting scenario mean and variance are then those of ``enter``: the mean
has the variance ρ² V, and what is around it (1 - ρ²) V, with V = μ (1 - μ) / (φ + 1).

``centre``, ``sd`` and φ give back what was elicited: the median M and the 90th percentile Q of a
reading, worth n. Of the variance v of its logit, 1 / (n + 1) is that of the scenario's own mean,
and the rest what readings vary around it, as of counts (`elicit`).

A report reflects reality with probability ``trust``, else it is drawn from the even mixture over
scenarios of what a reading is under each that has just begun. A density at 0 and at 1 is 0 or
infinite: within half a per cent of either, a reading counts as half a per cent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np

from forecast.model.arrays import Split, Table
from forecast.model.elementary import sigmoid
from forecast.model.elicit import INERTIA_SD, Z90, logit
from forecast.model.families.base import (
    Emission,
    Learnable,
    Mask,
    Predicted,
    Simulated,
    Variable,
)
from forecast.model.jit import compiled, inner
from forecast.model.mixture import LEAST_DOUBT
from forecast.model.negbinomial import digamma
from forecast.model.outlook import Memory, Outlook, pick
from forecast.model.solved import solved
from forecast.model.spec import Array, Index, SeriesSpec

_EDGE = 0.005  # of a reading
_LEAST = 1e-9  # of a mean: no beta has one of 0 or 1
_BINS = 100
_PERIODS = 12  # after which inertia has had its effect
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


class Block(NamedTuple):
    """Proportions."""

    centre: Annotated[Array, "series, condition", "Prior mean of the logit of the mean."]
    sd: Annotated[Array, "series, condition", "Prior sd of that; 0: it is no sign."]
    precision: Annotated[Array, "series, condition", "Precision of readings around the mean."]
    inertia: Annotated[Array, "series", "Logit; minus infinity switches it off."]
    value: Annotated[Array, "row", "Proportion read, away from 0 and 1."]
    previous: Annotated[Array, "row", "The one before it; where there is none, a half."]
    gap: Annotated[Array, "row", "Periods since then; infinite: none."]
    trust: Annotated[Array, "row", "Probability that the reading reflects reality."]
    trust_before: Annotated[Array, "row", "That of the reading before."]
    scenarios: Annotated[Index, "scenario", "Which conditions are scenarios."]
    series: Annotated[Index, "row", "Which indicator."]
    at: Annotated[Index, "row", "Which period."]


class Free(NamedTuple):
    """Free parameters."""

    share: Annotated[Array, "series, condition", "Of the logit of the mean."]
    share_hold: Annotated[Array, "series", "Of the inertia."]


class Parameters(NamedTuple):
    """On their natural scales: mean (..., J, K + B), inertia (..., J)."""

    mean: Array
    inertia: Array


TABLE, FREE = Table(Block), Split(Free, Table(Block))
_unpack, _split = TABLE.unpack, FREE.split


@inner
def _parameters(free: Free, block: Block) -> Parameters:
    mean = np.empty(block.centre.shape)
    inertia = np.empty(len(block.inertia))
    for j in range(len(inertia)):
        inertia[j] = sigmoid(block.inertia[j] + INERTIA_SD * free.share_hold[j])
        for k in range(mean.shape[1]):
            at = sigmoid(block.centre[j, k] + block.sd[j, k] * free.share[j, k])
            mean[j, k] = min(max(at, _LEAST), 1.0 - _LEAST)
    return Parameters(mean, inertia)


@compiled
def log_beta(y: float, mean: float, precision: float) -> float:
    """Log density of a beta distribution of a mean and a precision."""
    a, b = mean * precision, (1.0 - mean) * precision
    within = (a - 1.0) * math.log(y) + (b - 1.0) * math.log1p(-y)
    return within + math.lgamma(precision) - math.lgamma(a) - math.lgamma(b)


@compiled
def log_beta_slopes(y: float, mean: float, precision: float) -> tuple[float, float]:
    """Derivatives of `log_beta` in mean and precision."""
    a = digamma(mean * precision) - math.log(y)
    b = digamma((1.0 - mean) * precision) - math.log1p(-y)
    return precision * (b - a), digamma(precision) - mean * a - (1.0 - mean) * b


@inner
def _carried(p: Parameters, block: Block, m: int) -> float:
    """The share of a deviation from the mean that is left of the reading before a row."""
    if block.gap[m] == np.inf:
        return 0.0
    left: float = p.inertia[block.series[m]] ** block.gap[m]
    return left


@inner
def share_rows(
    theta: Array, floats: Array, whole: Index, first: int, stay: Array, enter: Array
) -> None:
    """Add every row's log-likelihood under every condition to the parts of its series."""
    block = _unpack(floats, whole)
    p = _parameters(_split(theta, block), block)
    for m in range(len(block.gap)):
        top, row = _mixed(p, block, m)
        for k in range(len(row)):
            enter[first + block.series[m], block.at[m], k] += top + row[k, 0]
            stay[first + block.series[m], block.at[m], k] += top + row[k, 1]


@inner
def _mixed(p: Parameters, block: Block, m: int) -> tuple[float, Array]:
    """A row as a mixture, under every condition.

    Returns
    -------
    top
        Largest log density of a true reading that remembers nothing.
    row : (K + B, 6)
        Logs of enter and stay over e^top; shares in enter and in stay of a reading that remembers
        nothing, and in stay of one that does; a scenario's share in the contamination component.
    """
    j, y, left = block.series[m], block.value[m], _carried(p, block, m)
    trust, before = block.trust[m], block.trust_before[m] if left > 0.0 else 0.0
    row, top = np.empty((p.mean.shape[1], 6)), -np.inf
    for k in range(len(row)):
        row[k, 5] = log_beta(y, p.mean[j, k], block.precision[j, k])
        top = max(top, row[k, 5])
    total = 0.0
    for k in range(len(row)):
        row[k, 5] = math.exp(row[k, 5] - top)
    for k in block.scenarios:
        total += row[k, 5]
    false = max(1.0 - trust, LEAST_DOUBT) * total / len(block.scenarios)
    for k in range(len(row)):
        fresh, again, above = row[k, 5], 0.0, 0.0
        if left > 0.0:
            moved = p.mean[j, k] + left * (block.previous[m] - p.mean[j, k])
            log_again = log_beta(y, moved, block.precision[j, k] / (1.0 - left * left)) - top
            above = max(log_again, 0.0)
            again = math.exp(log_again - above)
        by_enter = trust * fresh + false
        by_again, fading = trust * before * again, math.exp(-above)
        by_stay = by_again + (trust * (1.0 - before) * fresh + false) * fading
        row[k, 0], row[k, 1] = math.log(by_enter), above + math.log(by_stay)
        row[k, 2] = trust * fresh / by_enter
        row[k, 3] = trust * (1.0 - before) * fresh * fading / by_stay
        row[k, 4] = by_again / by_stay
        row[k, 5] = fresh / total if k < len(block.scenarios) else 0.0
    return top, row


@inner
def share_back(
    theta: Array, floats: Array, whole: Index, first: int, d_stay: Array, d_enter: Array,
    slope: Array,
) -> None:  # fmt: skip
    """Add the gradient in the free parameters, given that in the parts of its series."""
    block = _unpack(floats, whole)
    p = _parameters(_split(theta, block), block)
    out = _split(slope, block)
    for m in range(len(block.gap)):
        j, t, y, left = block.series[m], block.at[m], block.value[m], _carried(p, block, m)
        _, row = _mixed(p, block, m)
        by_stay, by_enter = d_stay[first + j, t], d_enter[first + j, t]
        d_left, d_false = 0.0, 0.0
        for k in range(len(row)):
            d_false += by_enter[k] * (1.0 - row[k, 2])
            d_false += by_stay[k] * (1.0 - row[k, 3] - row[k, 4])
        for k in range(len(row)):
            mean, precision = p.mean[j, k], block.precision[j, k]
            by_mean, _ = log_beta_slopes(y, mean, precision)
            d_mean = by_mean * (by_enter[k] * row[k, 2] + by_stay[k] * row[k, 3])
            d_mean += by_mean * d_false * row[k, 5]
            if left > 0.0:
                moved = mean + left * (block.previous[m] - mean)
                steady = precision / (1.0 - left * left)
                by_moved, by_steady = log_beta_slopes(y, moved, steady)
                by_again = by_stay[k] * row[k, 4]
                d_mean += by_again * by_moved * (1.0 - left)
                d_left += by_again * by_moved * (block.previous[m] - mean)
                d_left += by_again * by_steady * steady * 2.0 * left / (1.0 - left * left)
            if _LEAST < mean < 1.0 - _LEAST:
                out.share[j, k] += d_mean * mean * (1.0 - mean) * block.sd[j, k]
        if left > 0.0:
            inertia = p.inertia[j]
            out.share_hold[j] += d_left * block.gap[m] * left * (1.0 - inertia) * INERTIA_SD


@compiled
def _over_draws(theta: Array, floats: Array, whole: Index) -> tuple[Array, Array]:
    block = _unpack(floats, whole)
    draws, (series, conditions) = len(theta), block.centre.shape
    mean, inertia = np.empty((draws, series, conditions)), np.empty((draws, series))
    for s in range(draws):
        p = _parameters(_split(theta[s], block), block)
        for j in range(series):
            inertia[s, j] = p.inertia[j]
            for k in range(conditions):
                mean[s, j, k] = p.mean[j, k]
    return mean, inertia


class Share(Emission[Block, Parameters]):
    """Proportions."""

    family, reading = "share", "share"
    table, free = TABLE, FREE
    rows, back = staticmethod(share_rows), staticmethod(share_back)
    variables: ClassVar[dict[str, Variable]] = {
        "e_share": Variable(("share", "scenario"), "of the mean of a share", "Normal(0, 1)"),
        "e_share_sign": Variable(("share_sign",), "of the mean of a sign", "Normal(0, 1)"),
        "e_share_inertia": Variable(
            ("share_with_inertia",), "of the inertia of shares", "Normal(0, 1)"
        ),
        "share_mean": Variable(
            ("share", "scenario"), "mean of a share", "sigmoid(centre + sd e_share)"
        ),
        "share_sign_mean": Variable(
            ("share_sign",), "mean of a share that is a sign", "sigmoid(centre + sd e_share_sign)"
        ),
        "share_inertia": Variable(
            ("share_with_inertia",),
            "share of a share's deviation that carries over",
            "sigmoid(logit ρ + 0.75 e_share_inertia)",
        ),
    }
    names: ClassVar[dict[str, str]] = {"share": "e_share", "share_hold": "e_share_inertia"}
    signs: ClassVar[dict[str, str]] = {"share": "e_share_sign"}

    def solve(self, spec: SeriesSpec) -> Block:
        """The block of a spec."""
        centre, sd, precision = np.empty((3, *spec.worth.shape))
        for at in np.ndindex(spec.worth.shape):
            if np.isnan(spec.worth[at]):  # no sign
                first = at[0], 0
                centre[at], sd[at], precision[at] = centre[first], 0.0, precision[first]
                continue
            median, p90 = map(float, spec.elicited[at])
            elicited = median, p90, float(spec.worth[at])
            found = solved(self.family, elicited, partial(prior, *elicited))
            centre[at], sd[at], precision[at] = found
        before = np.isfinite(spec.previous)
        block = Block(
            centre=centre,
            sd=sd,
            precision=precision,
            inertia=logit(spec.inertia),
            value=np.clip(spec.value, _EDGE, 1 - _EDGE),
            previous=np.clip(np.where(before, spec.previous, 0.5), _EDGE, 1 - _EDGE),
            gap=np.where(before & (spec.inertia[spec.series] > 0), spec.gap, np.inf),
            trust=spec.trust,
            trust_before=spec.trust_before,
            scenarios=np.arange(sd.shape[1] - spec.signs),
            series=spec.series,
            at=spec.at,
        )
        return TABLE.contiguous(block)

    def in_use(self, block: Block) -> dict[str, Mask]:
        """All means but of what is no sign, and the inertias that are on."""
        return {
            "share": (np.arange(block.sd.shape[1]) < len(block.scenarios)) | (block.sd > 0),
            "share_hold": np.isfinite(block.inertia),
        }

    def coords(
        self, spec: SeriesSpec, block: Block, conditions: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """Labels of shares, of those that are signs, and of those with inertia."""
        use, k = self.in_use(block), len(block.scenarios)
        signs = zip(*np.nonzero(use["share"][:, k:]), strict=True)
        return {
            "share": list(spec.ids),
            "share_sign": [f"{spec.ids[j]} | {conditions[k + b]}" for j, b in signs],
            "share_with_inertia": [
                name for name, on in zip(spec.ids, use["share_hold"], strict=True) if on
            ],
        }

    def natural(self, block: Block, theta: Array) -> Parameters:
        """Parameters under draws of the free ones."""
        return Parameters(*_over_draws(np.ascontiguousarray(theta), *TABLE.pack(block)))

    def named(self, block: Block, parameters: Parameters) -> dict[str, Array]:
        """Means, and inertias that vary."""
        use, k = self.in_use(block), len(block.scenarios)
        return {
            "share_mean": parameters.mean[:, :, :k],
            "share_sign_mean": parameters.mean[:, :, k:][:, use["share"][:, k:]],
            "share_inertia": parameters.inertia[:, use["share_hold"]],
        }

    def learnable(
        self, spec: SeriesSpec, block: Block, parameters: Parameters
    ) -> Iterator[Learnable]:
        """Medians (the elicited one, as far off as the mean is), then inertia."""
        for j in range(len(spec.ids)):
            for k in np.flatnonzero(np.isfinite(spec.worth[j])).tolist():
                mean, median = parameters.mean[:, j, k], spec.elicited[j, k, 0]
                off = np.log(mean / (1 - mean)) - block.centre[j, k]
                draws = off + math.log(median / (1 - median))
                yield Learnable("median", j, k, None, draws, "logit")
            if (share := parameters.inertia[:, j]).all():
                yield Learnable("inertia", j, None, None, np.log(share / (1 - share)), "logit")

    def prior_predictive(
        self, block: Block, parameters: Parameters, series: int, rng: np.random.Generator
    ) -> list[Predicted]:
        """Readings of the twelfth period after starting fresh."""
        found: list[Predicted] = []
        inertia = parameters.inertia[:, series]
        for k in range(block.centre.shape[1]):
            mean, precision = parameters.mean[:, series, k], block.precision[series, k]
            y = _beta(mean, precision, rng)
            for _ in range(_PERIODS - 1 if k < len(block.scenarios) else 0):
                y = _beta(mean + inertia * (y - mean), precision / (1 - inertia**2), rng)
            found.append(Simulated(y))
        return found

    def predict(
        self,
        block: Block,
        parameters: Parameters,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
        rng: np.random.Generator,
    ) -> Predicted:
        """One reading for every draw."""
        return Simulated(self.draw(block, parameters, outlook, series, trust, memory, rng))

    def draw(
        self,
        block: Block,
        parameters: Parameters,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
        rng: np.random.Generator,
    ) -> Array:
        """One reading for every draw, (S,)."""
        s = np.arange(len(outlook.scenario))
        false = rng.random(len(s)) >= trust
        any_scenario = rng.integers(len(block.scenarios), size=len(s))
        k = np.where(false, any_scenario, pick(outlook.scenario, rng))
        mean, precision = parameters.mean[s, series, k], block.precision[series, k]
        if memory is not None:
            holds = rng.random(len(s)) * outlook.scenario[s, k] < outlook.held[s, k]
            known = holds & ~false & (rng.random(len(s)) < memory.trust)
            left = np.where(known, parameters.inertia[:, series] ** memory.gap, 0.0)
            mean = mean + left * (np.clip(memory.value, _EDGE, 1 - _EDGE) - mean)
            precision = precision / (1 - left**2)
        return _beta(mean, precision, rng)

    def joint(
        self,
        block: Block,
        parameters: Parameters,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
    ) -> tuple[Array, Array]:
        """p(condition, bin), (K + B, bins), and where its bins of a hundredth begin."""
        few = slice(None, None, max(1, len(outlook.scenario) // 400))
        scenario, held = outlook.scenario[few], outlook.held[few]
        mean, precision = parameters.mean[few, series], block.precision[series]
        edges = np.linspace(0.0, 1.0, _BINS + 1)
        fresh = _binned(mean, precision, edges)
        chance = scenario[:, :, None] * fresh
        if memory is not None:
            left = (parameters.inertia[few, series] ** memory.gap)[:, None]
            value = np.clip(memory.value[few], _EDGE, 1 - _EDGE)[:, None]
            again = _binned(mean + left * (value - mean), precision / (1 - left**2), edges)
            chance += (memory.trust * held)[:, :, None] * (again - fresh)
        of_any = fresh[:, block.scenarios].mean(axis=1, keepdims=True)
        false = scenario[:, :, None] * of_any
        table = (trust * chance + (1 - trust) * false).mean(axis=0)
        return np.asarray(table), edges[:-1]

    def standard(self, spec: SeriesSpec) -> Array:
        """Log density of the elicited distribution at every reading, (M, K)."""
        certain = spec.worth * 0 + 1e6  # worth: all variation is that of readings
        block = self.solve(
            SeriesSpec(
                **{name: getattr(spec, name) for name in spec.__slots__} | {"worth": certain}
            )
        )
        mean = 1 / (1 + np.exp(-block.centre))
        return np.array(
            [
                [log_beta(y, m, f) for m, f in zip(mean[j], block.precision[j], strict=True)]
                for j, y in zip(block.series, block.value, strict=True)
            ]
        ).reshape(len(block.value), -1)

    def readable(self, model: Any, spec: SeriesSpec, block: Block) -> Any:
        """Mean (J, K) and inertia (J,)."""
        import pytensor.tensor as pt

        del spec
        mean = pt.sigmoid(block.centre + block.sd * model.free("share"))
        inertia, use = model.inertia("share_hold", block.inertia), self.in_use(block)
        k = len(block.scenarios)
        model.named("share_mean", mean[:, :k])
        model.named("share_sign_mean", mean[:, k:][use["share"][:, k:]])
        model.named("share_inertia", inertia[use["share_hold"]])
        return Parameters(mean, inertia)

    def read(self, values: Array) -> Array:
        """See `Emission.read`: away from 0 and 1."""
        return np.clip(values, _EDGE, 1 - _EDGE)

    def readable_rows(self, spec: SeriesSpec, parameters: Any, value: Any) -> tuple[Any, Any]:
        """Stay and enter of every reading, (M, K + B) each."""
        import pytensor.tensor as pt

        block, row = self.solve(spec), spec.series
        y = pt.clip(value, _EDGE, 1 - _EDGE)[:, None]
        mean, precision = parameters.mean[row], block.precision[row]
        before = np.isfinite(block.gap)
        left = parameters.inertia[row] ** np.where(before, block.gap, 1.0) * before
        left = left[:, None]
        moved = mean + left * (block.previous[:, None] - mean)
        fresh = pt.exp(_readable_beta(y, mean, precision))
        again = pt.exp(_readable_beta(y, moved, precision / (1 - left**2)))
        trust, believed = block.trust[:, None], block.trust_before[:, None]
        scenarios = fresh.shape[1] - spec.signs
        false = (1 - trust) * fresh[:, :scenarios].mean(axis=1, keepdims=True)
        stay = pt.log(trust * (believed * again + (1 - believed) * fresh) + false)
        return stay, pt.log(trust * fresh + false)


def prior(median: float, p90: float, worth: float) -> tuple[float, float, float]:
    """Prior mean and sd of the logit of the mean, and the precision around it.

    Of a reading of a scenario drawn from them, median and 90th percentile are those elicited.
    """
    from scipy.optimize import root  # seldom needed, and slow to load
    from scipy.special import betainc, expit

    wanted = np.array([0.5, 0.9])

    def made(unknown: Array) -> tuple[float, float, float]:
        variance = math.exp(unknown[1])
        return (
            float(unknown[0]),
            math.sqrt(variance / (worth + 1)),
            _precision(float(unknown[0]), variance * worth / (worth + 1)),
        )

    def miss(unknown: Array) -> Array:
        centre, sd, precision = made(unknown)
        mean = expit(centre + sd * _NODES)[:, None]
        below = betainc(mean * precision, (1 - mean) * precision, np.array([median, p90]))
        return np.asarray(_WEIGHTS @ below / _WEIGHTS.sum() - wanted)

    low, high = (math.log(q / (1 - q)) for q in (median, p90))
    found = root(miss, np.array([low, 2 * math.log((high - low) / Z90)]), method="hybr")
    return made(found.x)


def _precision(centre: float, variance: float) -> float:
    """The precision at which the logit of a beta of this mean varies so much, by bisection."""
    from scipy.special import polygamma

    mean = min(max(1 / (1 + math.exp(-centre)), 1e-6), 1 - 1e-6)
    low, high = -12.0, 25.0
    for _ in range(80):
        middle = (low + high) / 2
        f = math.exp(middle)
        varies = float(polygamma(1, mean * f) + polygamma(1, (1 - mean) * f))
        low, high = (middle, high) if varies > variance else (low, middle)
    return math.exp((low + high) / 2)


def _beta(mean: Array, precision: Array | float, rng: np.random.Generator) -> Array:
    y = rng.beta(np.maximum(mean * precision, 1e-6), np.maximum((1 - mean) * precision, 1e-6))
    return np.asarray(np.clip(y, _EDGE, 1 - _EDGE))


def _binned(mean: Array, precision: Array, edges: Array) -> Array:
    """The probability of every bin, on a last axis more."""
    from scipy.special import betainc

    a, b = (mean * precision)[..., None], ((1 - mean) * precision)[..., None]
    return np.asarray(np.diff(betainc(a, b, edges), axis=-1))


def _readable_beta(y: Any, mean: Any, precision: Any) -> Any:
    import pytensor.tensor as pt

    a, b = mean * precision, (1 - mean) * precision
    within = (a - 1) * pt.log(y) + (b - 1) * pt.log1p(-y)
    return within + pt.gammaln(precision) - pt.gammaln(a) - pt.gammaln(b)


EMISSION = Share()
