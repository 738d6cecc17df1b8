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
    from forecast.model.posterior import Posterior


@dataclass(frozen=True, slots=True)
class Outlook:
    """Scenarios of a period before anything is read of it, over draws.

    scenario, held : (S, K)
        p(z[t] = k), and p(z[t] = z[t-1] = k): what was read before is remembered only then.
    """

    scenario: Array
    held: Array

    @classmethod
    def after(cls, posterior: Posterior) -> Outlook:
        """Look one period ahead of the forecast period."""
        return cls(
            scenario=posterior.coming,
            held=posterior.chain.scenarios(posterior.following[:, 0]),
        )

    @classmethod
    def first(cls, data: Data, draws: int) -> Outlook:
        """Look at the first period, before which there was nothing."""
        start = np.tile(data.start, (draws, 1))
        return cls(scenario=start, held=np.zeros_like(start))


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
    """

    draw: Index
    scenario: Index
    held: NDArray[np.bool_]
    shock: Array

    @classmethod
    def of(cls, outlook: Outlook, repeats: int, rng: np.random.Generator) -> Drawn:
        """Draw from every draw of the parameters that many times."""
        draw = np.repeat(np.arange(len(outlook.scenario)), repeats)
        scenario = pick(outlook.scenario[draw], rng)
        at = (draw, scenario)
        held = rng.random(len(draw)) * outlook.scenario[at] < outlook.held[at]
        return cls(draw, scenario, held, rng.standard_normal(len(draw)))


def pick(probabilities: Array, rng: np.random.Generator) -> Index:
    """Draw one of K from every row of (n, K)."""
    edges = probabilities.cumsum(axis=1)
    return np.asarray((rng.random(len(edges))[:, None] * edges[:, -1:] > edges).sum(axis=1))
