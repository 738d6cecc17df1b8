"""What a reading depends on besides the parameters: its period, how it comes, what it remembers.

::

    Outlook ── Drawn      scenarios of the period: as probabilities, and drawn
    Report                how the reading comes to us
    Memory                the reading before it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.model.spec import Array, Index

if TYPE_CHECKING:
    from forecast.model.data import Data
    from forecast.model.episodes import Chain
    from forecast.model.posterior import Posterior


@dataclass(frozen=True, slots=True)
class Outlook:
    """Scenarios of a period before anything is read of it, over draws.

    scenario, held : (S, K)
        p(z[t] = k), and p(z[t] = z[t-1] = k): what was read before is remembered only then.
    moves, held_moves : (S, K, K)
        p(z[t] = j, z[t+1] = k), and that with z[t-1] = j besides; None: nothing is a sign of what
        comes next.
    """

    scenario: Array
    held: Array
    moves: Array | None = None
    held_moves: Array | None = None

    @classmethod
    def after(cls, posterior: Posterior) -> Outlook:
        """Look one period ahead of the forecast period."""
        chain, (goes, begins) = posterior.chain, np.moveaxis(posterior.following, 1, 0)
        return cls(
            scenario=posterior.coming,
            held=chain.scenarios(goes),
            moves=chain.pairs(goes + begins) if chain.weighed else None,
            held_moves=chain.pairs(goes) if chain.weighed else None,
        )

    @classmethod
    def first(cls, data: Data, chain: Chain) -> Outlook:
        """Look at the first period, before which there was nothing."""
        start = np.tile(data.start, (len(chain.hazard), 1))
        moves = chain.pairs(chain.start(data)) if chain.weighed else None
        return cls(start, np.zeros_like(start), moves, None if moves is None else 0.0 * moves)

    def take(self, some: slice) -> Outlook:
        """Some of the draws."""
        return Outlook(
            self.scenario[some],
            self.held[some],
            None if self.moves is None else self.moves[some],
            None if self.held_moves is None else self.held_moves[some],
        )

    def under(self, data: Data, indicator: int) -> Outlook:
        """The same over the conditions that an indicator tells apart, (S, K + B)."""
        if self.moves is None or self.held_moves is None:
            return self
        another = np.arange(self.scenario.shape[1])[:, None] != data.sign
        coming, held = (
            part[:, :, data.sign] * (data.signals[indicator] * another)
            for part in (self.moves, self.held_moves)
        )
        none = np.zeros((len(held), len(data.sign)))
        return Outlook(
            np.concatenate([self.scenario - coming.sum(axis=2), coming.sum(axis=1)], axis=1),
            np.concatenate([self.held - held.sum(axis=2), none], axis=1),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """How a reading comes to us, whatever it says; of a level only ``trust`` matters.

    By default of a full period, by the reference, surely true and complete.

    Parameters
    ----------
    exposure
        Log of the share of a period it covers.
    house
        Whose it is; -1: the reference's.
    trust
        Probability that it reflects reality.
    weight, shift, spread : (P,)
        Mixture of normals of the log of the share that was counted by then.
    """

    exposure: float = 0.0
    house: int = -1
    trust: float = 1.0
    weight: tuple[float, ...] = (1.0,)
    shift: tuple[float, ...] = (0.0,)
    spread: tuple[float, ...] = (0.0,)

    @classmethod
    def of(cls, data: Data, n: int) -> Report:
        """Return how a row of a count came."""
        parts = slice(data.first[n], data.first[n + 1])
        weight = data.weight_any[parts]  # 0 where a part has memory
        return cls(
            exposure=float(data.exposure[n]),
            house=int(data.house[n]),
            trust=float(data.weight_enter[parts].sum()),
            weight=tuple((weight / weight.sum()).tolist()),
            shift=tuple(data.shift[parts].tolist()),
            spread=tuple(data.spread[parts].tolist()),
        )

    def remembered(self, value: Array, house: Array) -> Array:
        """Return log(1 + a count per full period), completed and as the reference counts, (S,).

        ``house`` (S, H) are the offsets of all sources.
        """
        counted = self.exposure + np.dot(self.weight, self.shift)
        offset = house[:, self.house] if self.house >= 0 else np.zeros(len(house))
        return np.asarray(np.log1p(value / np.exp(counted)) - offset)


@dataclass(frozen=True, slots=True)
class Memory:
    """A reading that the next one of the same indicator remembers.

    Parameters
    ----------
    gap
        How many periods before it was.
    value : (S,)
        The level, or a count as `Report.remembered` has it, and those before (`memory`).
    trust
        Probability that it reflected reality.
    weight
        How many times what is usual is to be taken off a count's ``value``.
    variance
        Of a count's ``value``, as a share of the count's own (`memory`).
    """

    gap: float
    value: Array
    trust: float
    weight: float = 1.0
    variance: Array | float = 1.0


class Drawn(NamedTuple):
    """One period drawn n times: from which draw of the parameters, its scenario, its shock.

    draw, scenario : (n,) int; held : (n,) bool, whether the scenario held before; shock : (n,)
    coming : (n,) int
        Scenario of the period after; -1 where nothing is a sign of it.
    """

    draw: Index
    scenario: Index
    held: NDArray[np.bool_]
    shock: Array
    coming: Index

    @classmethod
    def of(cls, outlook: Outlook, repeats: int, rng: np.random.Generator) -> Drawn:
        """Draw from every draw of the parameters that many times."""
        draw = np.repeat(np.arange(len(outlook.scenario)), repeats)
        scenario = pick(outlook.scenario[draw], rng)
        at = (draw, scenario)
        held = rng.random(len(draw)) * outlook.scenario[at] < outlook.held[at]
        shock, coming = rng.standard_normal(len(draw)), np.full(len(draw), -1)
        if outlook.moves is not None and outlook.held_moves is not None:
            each = np.where(
                held[:, None], outlook.held_moves[at], (outlook.moves[at] - outlook.held_moves[at])
            )
            coming = pick(each, rng)
        return cls(draw, scenario, held, shock, coming)

    def condition(self, data: Data, indicator: int) -> Index:
        """Which condition an indicator's reading is of, (n,): a scenario, or a sign."""
        found = self.scenario.copy()
        for b in np.flatnonzero(data.signals[indicator]).tolist():
            begins = (self.coming == data.sign[b]) & (self.coming != self.scenario)
            found[begins] = len(data.start) + b
        return found


def pick(probabilities: Array, rng: np.random.Generator) -> Index:
    """Draw one of K from every row of (n, K)."""
    edges = probabilities.cumsum(axis=1)
    return np.asarray((rng.random(len(edges))[:, None] * edges[:, -1:] > edges).sum(axis=1))
