"""Levels in order, two of them if the question is yes or no, with inertia.

::

    enter    x ~ q                                   q = softmax(centre + scale e), E[q] elicited
    stay     with probability inertia^gap the last level, else x ~ q

so that q stays the stationary distribution. A report reflects reality with probability ``trust``,
else it is drawn from the even mixture of q over scenarios; the trust in the reading before
multiplies the share that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np

from forecast.model.arrays import Split, Table
from forecast.model.elementary import sigmoid, softmax, softmax_back
from forecast.model.elicit import INERTIA_SD, logit, softmax_prior
from forecast.model.families.base import (
    Emission,
    Learnable,
    Levels,
    Mask,
    Predicted,
    Variable,
)
from forecast.model.jit import compiled, inner
from forecast.model.outlook import Memory, Outlook, pick
from forecast.model.spec import Array, Index, SeriesSpec

_IMPOSSIBLE = -1e3  # a logit that softmax turns into exactly 0


class Block(NamedTuple):
    """Ordinals and binaries."""

    centre: Annotated[Array, "series, condition, level", "Logits of levels."]
    scale: Annotated[
        Array, "series, condition", "What the free parameter is multiplied by; 0: it is no sign."
    ]
    inertia: Annotated[Array, "series", "Logit; minus infinity switches it off."]
    gap: Annotated[Array, "row", "Periods since the last usable reading; infinite: none."]
    trust: Annotated[Array, "row", "Probability that the reading reflects reality."]
    trust_before: Annotated[Array, "row", "That of the reading before."]
    scenarios: Annotated[Index, "scenario", "Which conditions are scenarios."]
    series: Annotated[Index, "row", "Which indicator."]
    value: Annotated[Index, "row", "The level read."]
    previous: Annotated[Index, "row", "The level before it; -1: none."]
    at: Annotated[Index, "row", "Which period."]


class Free(NamedTuple):
    """Free parameters."""

    level: Annotated[Array, "series, condition, level", "Of a level's probability."]
    hold: Annotated[Array, "series", "Of the inertia."]


class Parameters(NamedTuple):
    """On their natural scales: probability (..., J, K + B, L), inertia (..., J)."""

    probability: Array
    inertia: Array


TABLE, FREE = Table(Block), Split(Free, Table(Block))


@inner
def _parameters(free: Free, block: Block) -> Parameters:
    ordinals, conditions, levels = block.centre.shape
    probability = np.empty((ordinals, conditions, levels))
    inertia = np.empty(ordinals)
    for j in range(ordinals):
        inertia[j] = sigmoid(block.inertia[j] + INERTIA_SD * free.hold[j])
        for k in range(conditions):
            softmax(block.centre[j, k], block.scale[j, k], free.level[j, k], probability[j, k])
    return Parameters(probability, inertia)


@inner
def _share(p: Parameters, block: Block, m: int) -> float:
    """The probability that the level before a row carries over."""
    if block.gap[m] == np.inf:
        return 0.0
    carried: float = p.inertia[block.series[m]] ** block.gap[m]
    trust: float = block.trust_before[m]
    return trust * carried


_unpack, _split = TABLE.unpack, FREE.split


@inner
def _false(p: Parameters, block: Block, m: int) -> float:
    """The probability of a row if its report is false, and that it is."""
    total = 0.0
    for k in block.scenarios:
        total += p.probability[block.series[m], k, block.value[m]]
    false: float = (1.0 - block.trust[m]) * total / len(block.scenarios)
    return false


@inner
def ordinal_rows(
    theta: Array, floats: Array, whole: Index, first: int, stay: Array, enter: Array
) -> None:
    """Add every row's log-likelihood under every condition to the parts of its series."""
    block = _unpack(floats, whole)
    p = _parameters(_split(theta, block), block)
    for m in range(len(block.gap)):
        j, t = block.series[m], block.at[m]
        share = _share(p, block, m)
        same = 1.0 if block.value[m] == block.previous[m] else 0.0
        trust = block.trust[m]
        false = _false(p, block, m)
        for k in range(p.probability.shape[1]):
            drawn = p.probability[j, k, block.value[m]]
            enter[first + j, t, k] += np.log(trust * drawn + false)
            mixed = share * same + (1.0 - share) * drawn
            stay[first + j, t, k] += np.log(trust * mixed + false)


@inner
def ordinal_back(
    theta: Array, floats: Array, whole: Index, first: int, d_stay: Array, d_enter: Array,
    slope: Array,
) -> None:  # fmt: skip
    """Add the gradient in the free parameters, given that in the parts of its series."""
    block = _unpack(floats, whole)
    p = _parameters(_split(theta, block), block)
    out = _split(slope, block)
    by_level = np.zeros(p.probability.shape)
    for m in range(len(block.gap)):
        j, x, t = block.series[m], block.value[m], block.at[m]
        share = _share(p, block, m)
        same = 1.0 if x == block.previous[m] else 0.0
        trust = block.trust[m]
        false = _false(p, block, m)
        d_share, d_false = 0.0, 0.0
        for k in range(p.probability.shape[1]):
            drawn = p.probability[j, k, x]
            mixed = trust * (share * same + (1.0 - share) * drawn) + false
            by_stay = d_stay[first + j, t, k] / mixed
            by_enter = d_enter[first + j, t, k] / (trust * drawn + false)
            by_level[j, k, x] += trust * (by_enter + by_stay * (1.0 - share))
            d_share += trust * by_stay * (same - drawn)
            d_false += by_stay + by_enter
        for k in block.scenarios:
            by_level[j, k, x] += d_false * (1.0 - trust) / len(block.scenarios)
        if share > 0.0:
            out.hold[j] += d_share * block.gap[m] * share * (1.0 - p.inertia[j]) * INERTIA_SD
    for j in range(p.probability.shape[0]):
        for k in range(p.probability.shape[1]):
            softmax_back(p.probability[j, k], block.scale[j, k], by_level[j, k], out.level[j, k])


@compiled
def _over_draws(theta: Array, floats: Array, whole: Index) -> tuple[Array, Array]:
    block = _unpack(floats, whole)
    draws, (ordinals, conditions, levels) = len(theta), block.centre.shape
    probability = np.empty((draws, ordinals, conditions, levels))
    inertia = np.empty((draws, ordinals))
    for s in range(draws):
        p = _parameters(_split(theta[s], block), block)
        for j in range(ordinals):
            inertia[s, j] = p.inertia[j]
            for k in range(conditions):
                for x in range(levels):
                    probability[s, j, k, x] = p.probability[j, k, x]
    return probability, inertia


class Ordinal(Emission[Block, Parameters]):
    """Ordinals and binaries."""

    family, reading = "ordinal", "level"
    table, free = TABLE, FREE
    rows, back = staticmethod(ordinal_rows), staticmethod(ordinal_back)
    variables: ClassVar[dict[str, Variable]] = {
        "e_level": Variable(("level_option",), "of the probability of a level", "Normal(0, 1)"),
        "e_level_inertia": Variable(
            ("ordinal_with_inertia",), "of the inertia of levels", "Normal(0, 1)"
        ),
        "level_probability": Variable(
            ("level_option",), "probability of a level", "softmax(c + s e_level)"
        ),
        "level_inertia": Variable(
            ("ordinal_with_inertia",),
            "probability that a level carries over",
            "sigmoid(logit ρ + 0.75 e_level_inertia)",
        ),
    }
    names: ClassVar[dict[str, str]] = {"level": "e_level", "hold": "e_level_inertia"}

    def solve(self, spec: SeriesSpec) -> Block:
        """The block of a spec."""
        centre, scale = np.empty(spec.elicited.shape), np.empty(spec.worth.shape)
        for at in np.ndindex(scale.shape):
            if np.isnan(spec.worth[at]):  # no sign
                centre[at], scale[at] = centre[at[0], 0], 0.0
            else:
                centre[at], scale[at] = softmax_prior(spec.elicited[at], float(spec.worth[at]))
        before = np.isfinite(spec.previous)
        block = Block(
            centre=centre,
            scale=scale,
            inertia=logit(spec.inertia),
            gap=np.where(before, spec.gap, np.inf),
            trust=spec.trust,
            trust_before=spec.trust_before,
            scenarios=np.arange(scale.shape[1] - spec.signs),
            series=spec.series,
            value=spec.value.astype(np.int64),
            previous=np.where(before, spec.previous, -1.0).astype(np.int64),
            at=spec.at,
        )
        return TABLE.contiguous(block)

    def in_use(self, block: Block) -> dict[str, Mask]:
        """Which entries of the free parameters anything hangs on."""
        level = np.isfinite(block.centre) & (block.scale > 0)[:, :, None]
        return {
            "level": level & (level.sum(axis=2, keepdims=True) > 1),
            "hold": np.isfinite(block.inertia),
        }

    def coords(
        self, spec: SeriesSpec, block: Block, conditions: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """Labels of levels and of indicators with inertia."""
        use = self.in_use(block)
        levels = zip(*np.nonzero(use["level"]), strict=True)
        return {
            "level_option": [f"{spec.ids[j]} = {x} | {conditions[i]}" for j, i, x in levels],
            "ordinal_with_inertia": [
                name for name, chosen in zip(spec.ids, use["hold"], strict=True) if chosen
            ],
        }

    def natural(self, block: Block, theta: Array) -> Parameters:
        """Parameters under draws of the free ones."""
        return Parameters(*_over_draws(np.ascontiguousarray(theta), *TABLE.pack(block)))

    def named(self, block: Block, parameters: Parameters) -> dict[str, Array]:
        """Probabilities and inertias that vary."""
        use = self.in_use(block)
        return {
            "level_probability": parameters.probability[:, use["level"]],
            "level_inertia": parameters.inertia[:, use["hold"]],
        }

    def learnable(
        self, spec: SeriesSpec, block: Block, parameters: Parameters
    ) -> Iterator[Learnable]:
        """Probabilities of levels, then inertia, series by series."""
        del block
        for j in range(len(spec.ids)):
            for k in range(spec.elicited.shape[1]):
                for level in np.flatnonzero(np.nan_to_num(spec.elicited[j, k])).tolist():
                    probability = parameters.probability[:, j, k, level]
                    yield Learnable("level", j, k, level, probability, "identity")
            if (share := parameters.inertia[:, j]).all():
                yield Learnable("inertia", j, None, None, np.log(share / (1 - share)), "logit")

    def prior_predictive(
        self, block: Block, parameters: Parameters, series: int, rng: np.random.Generator
    ) -> list[Predicted]:
        """Mean probabilities of levels, which inertia does not change."""
        del rng
        used = np.isfinite(block.centre[series]).any(axis=0)
        mean = parameters.probability[:, series].mean(axis=0)
        return [Levels(chance[used]) for chance in mean]

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
        """The probability of every level, exactly."""
        del rng
        chance = self._joint(block, parameters, outlook, series, trust, memory).sum(axis=1)
        return Levels(chance.mean(axis=0)[np.isfinite(block.centre[series, 0])])

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
        """One level for every draw, (S,)."""
        chance = self._joint(block, parameters, outlook, series, trust, memory).sum(axis=1)
        return pick(np.asarray(chance), rng).astype(float)

    def joint(
        self,
        block: Block,
        parameters: Parameters,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
    ) -> tuple[Array, Array]:
        """p(scenario, level), (K, L), and the levels."""
        chance = self._joint(block, parameters, outlook, series, trust, memory).mean(axis=0)
        table = np.asarray(chance[:, np.isfinite(block.centre[series, 0])])
        return table, np.arange(table.shape[1], dtype=float)

    def _joint(
        self,
        block: Block,
        parameters: Parameters,
        outlook: Outlook,
        series: int,
        trust: float,
        memory: Memory | None,
    ) -> Array:
        """p(condition, level) under every draw, (S, K + B, L)."""
        q = parameters.probability[:, series]
        chance = outlook.scenario[:, :, None] * q
        if memory is not None:
            share = memory.trust * parameters.inertia[:, series] ** memory.gap
            carried = outlook.held * share[:, None]
            chance -= carried[:, :, None] * q
            chance[np.arange(len(chance)), :, memory.value.astype(np.int64)] += carried
        false = outlook.scenario[:, :, None] * q[:, block.scenarios].mean(axis=1, keepdims=True)
        return np.asarray(trust * chance + (1 - trust) * false)

    def standard(self, spec: SeriesSpec) -> Array:
        """Log of the elicited probability of every level read, (M, K)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(spec.elicited[spec.series, :, spec.value.astype(int)]))

    def readable(self, model: Any, spec: SeriesSpec, block: Block) -> Any:
        """Probability (J, K, L) and inertia (J,)."""
        del spec
        import pytensor.tensor as pt

        centre = np.where(np.isfinite(block.centre), block.centre, _IMPOSSIBLE)
        logits = centre + block.scale[:, :, None] * model.free("level")
        probability = pt.special.softmax(logits, axis=2)
        inertia, use = model.inertia("hold", block.inertia), self.in_use(block)
        model.named("level_probability", probability[use["level"]])
        model.named("level_inertia", inertia[use["hold"]])
        return Parameters(probability, inertia)

    def readable_rows(self, spec: SeriesSpec, parameters: Any, value: Any) -> tuple[Any, Any]:
        """Stay and enter of every level read, (M, K + B) each."""
        import pytensor.tensor as pt

        row, p = spec.series, parameters
        before = np.isfinite(spec.previous)
        gap = np.where(before, spec.gap, 1.0)
        share = (p.inertia[row] ** gap * before)[:, None]
        level = pt.cast(value, "int64")
        drawn = p.probability[row, :, level]
        same = pt.eq(level, np.where(before, spec.previous, -1.0))[:, None]
        trust, believed = spec.trust[:, None], spec.trust_before[:, None]
        scenarios = drawn.shape[1] - spec.signs
        false = (1 - trust) * drawn[:, :scenarios].mean(axis=1, keepdims=True)
        carried = share * same + (1 - share) * drawn
        stay = pt.log(trust * (believed * carried + (1 - believed) * drawn) + false)
        enter = pt.log(trust * drawn + false)
        return stay, enter


EMISSION = Ordinal()
