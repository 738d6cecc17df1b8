"""Names, dimensions and coordinates of all that the model has: said once, here.

::

    free, e_...                          natural scale                     dims
    e_duration  [transient]              duration                          [transient]
    e_successor [move]                   successor                         [move]
    e_location  [count, scenario]        location, and variance            [count, scenario]
    e_dispersion[count]
    e_inertia   [count_with_inertia]     inertia                           [count_with_inertia]
    e_shock     ()                       loading                           [count_in_shock]
    e_source    [learned_source]         source_effect                     [learned_source]
    e_sign_location [count_sign]         sign_location, sign_variance      [count_sign]

and those of every other family, as it names them (`families`). The sampler's vector
(`packing.blocks`) has an entry for everything there could be, also where nothing hangs on it: the
duration of a scenario that never ends, the inertia of a count without any, the chance of what
cannot follow. Such entries keep their prior, and are nobody's business: `in_use` says which are
not, and only those have a name. What is ragged (moves, levels) is one dimension, whose labels say
both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from forecast.model.data import Data, blocks_of
from forecast.model.families import EMISSIONS
from forecast.model.families.base import Mask
from forecast.model.packing import blocks, shapes, size_of
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.spec import Array, Index, Spec

FREE = {  # by field of `packing.blocks`
    "duration": "e_duration",
    "successor": "e_successor",
    "location": "e_location",
    "dispersion": "e_dispersion",
    "inertia": "e_inertia",
    "shared": "e_shock",
    "house": "e_source",
} | {free: name for family in EMISSIONS.values() for free, name in family.names.items()}

SIGNS = {"location": "e_sign_location"} | {  # what of those is of signs
    free: name for family in EMISSIONS.values() for free, name in family.signs.items()
}

DIMS: dict[str, tuple[str, ...]] = {
    "e_duration": ("transient",),
    "e_successor": ("move",),
    "e_location": ("count", "scenario"),
    "e_sign_location": ("count_sign",),
    "e_dispersion": ("count",),
    "e_inertia": ("count_with_inertia",),
    "e_shock": (),
    "e_source": ("learned_source",),
    "duration": ("transient",),
    "successor": ("move",),
    "location": ("count", "scenario"),
    "variance": ("count", "scenario"),
    "sign_location": ("count_sign",),
    "sign_variance": ("count_sign",),
    "inertia": ("count_with_inertia",),
    "loading": ("count_in_shock",),
    "source_effect": ("learned_source",),
} | {
    name: variable.dims
    for family in EMISSIONS.values()
    for name, variable in family.variables.items()
}


def in_use(data: Data) -> dict[str, Mask]:
    """Which entries of the free parameters anything hangs on, by field of `packing.blocks`."""
    possible = np.isfinite(data.then_centre)
    leaves = (data.moving > 0)[:, None] & (possible.sum(axis=1, keepdims=True) > 1)
    used = {name: np.ones(shape, dtype=bool) for name, shape in shapes(data).items()}
    for block in blocks_of(data):
        used |= block.family.in_use(block.values)
    scenarios = np.arange(data.sd.shape[1]) < len(data.start)
    return used | {
        "location": scenarios | (data.sd > 0),
        "duration": (data.moving > 0) & (data.life_excess.max(axis=1) * data.duration_sd != 0),
        "successor": possible & leaves,
        "inertia": np.isfinite(data.count_inertia),
        "house": data.house_sd > 0,
    }


def coords_of(spec: Spec, data: Data) -> dict[str, list[str]]:
    """Labels of every dimension but draws and readings."""
    use, k = in_use(data), spec.scenarios
    counts = spec.counts.ids
    found = {
        "period": list(spec.periods),
        "scenario": list(k),
        "transient": _chosen(k, use["duration"]),
        "move": [f"{k[i]} → {k[j]}" for i, j in zip(*np.nonzero(use["successor"]), strict=True)],
        "count": list(counts),
        "count_sign": [
            f"{counts[c]} | {spec.conditions[len(k) + b]}"
            for c, b in zip(*np.nonzero(data.signals[: len(counts)]), strict=True)
        ],
        "count_with_inertia": _chosen(counts, use["inertia"]),
        "count_in_shock": _chosen(counts, data.least != 0),
        "learned_source": _chosen([f"{c}, {s}" for c, s in spec.counts.houses], use["house"]),
    }
    for family in EMISSIONS.values():
        found |= {dim: [] for v in family.variables.values() for dim in v.dims}
    found["scenario"] = list(k)
    for series, block in zip(spec.series, blocks_of(data), strict=True):
        found |= block.family.coords(series, block.values, spec.conditions)
    return found


def _chosen(labels: list[str] | tuple[str, ...], mask: Array | Mask) -> list[str]:
    return [label for label, chosen in zip(labels, mask, strict=True) if chosen]


def free_values(data: Data, theta: Array) -> dict[str, Array]:
    """Draws of the free parameters, (S, D), by name: (S, ...) with the dims of `DIMS`.

    Those nothing hangs on are left out.
    """
    use, result = in_use(data), {}
    for field, block in blocks(data).items():
        every = theta[:, block].reshape(len(theta), *use[field].shape)
        for name, columns in free_names(field, len(data.start)):
            values, mask = (
                (every, use[field])
                if columns is None
                else (every[:, :, columns], use[field][:, columns])
            )
            if mask.any():
                chosen = values if len(DIMS[name]) == mask.ndim > 1 else values[:, mask]
                result[name] = chosen[:, 0] if field == "shared" else chosen
    return result


def free_names(field: str, scenarios: int) -> list[tuple[str, slice | None]]:
    """Names of a free parameter, and which conditions each is of; None: there are none."""
    if field not in SIGNS:
        return [(FREE[field], None)]
    return [(FREE[field], slice(scenarios)), (SIGNS[field], slice(scenarios, None))]


def theta_of(data: Data, values: dict[str, Array]) -> Array:
    """The sampler's vectors, (S, D), of free parameters by name: undoes `free_values`.

    Entries that nothing hangs on are 0.
    """
    places = free_values(data, np.arange(size_of(data), dtype=float)[None])
    out = np.zeros((len(next(iter(values.values()))), size_of(data)))
    for name, value in values.items():
        out[:, places[name].ravel().astype(int)] = value.reshape(len(value), -1)
    return out


def natural_values(data: Data, posterior: Posterior, p: Parameters) -> dict[str, Array]:
    """Draws of the parameters on their natural scales, by name, as `free_values`."""
    use, k = in_use(data), len(data.start)
    signals, chain = data.signals[: len(data.centre)] > 0, posterior.chain
    with np.errstate(divide="ignore"):  # of scenarios that never end
        duration = (chain.life_share / chain.hazard).sum(axis=2)
    successor = chain.successor
    every = {
        "duration": duration[:, use["duration"]],
        "successor": successor[:, use["successor"]],
        "location": p.location[:, :, :k],
        "variance": p.variance[:, :, :k],
        "sign_location": p.location[:, :, k:][:, signals],
        "sign_variance": p.variance[:, :, k:][:, signals],
        "inertia": p.count_inertia[:, use["inertia"]],
        "loading": p.loading[:, data.least != 0],
        "source_effect": p.house[:, use["house"]],
    }
    for block, own in zip(blocks_of(data), p.series, strict=True):
        every |= block.family.named(block.values, own)
    return {name: values for name, values in every.items() if values.size}


class Layout(NamedTuple):
    """Where every reading stands in a table of periods by series.

    A series is all that comes one after another: an indicator's readings (of a count those of the
    source that is used), its totals over several periods (each stands in its last), and those of
    each source that is not used.

    series
        Labels.
    counts, silent
        Period and series of every row of counts and of silent counts, (2, N), (2, R).
    blocks
        Of every row of every block, (2, M).
    """

    series: list[str]
    counts: Index
    blocks: tuple[Index, ...]
    silent: Index

    @classmethod
    def of(cls, spec: Spec, data: Data) -> Layout:
        """Lay out the readings of a spec."""
        ids, houses, taken = spec.counts.ids, spec.counts.houses, set[tuple[int, str]]()
        order: list[str] = []

        def place(period: int, label: str) -> tuple[int, int]:
            names = (label if n == 1 else f"{label} ({n})" for n in range(1, len(taken) + 2))
            name = next(name for name in names if (period, name) not in taken)
            taken.add((period, name))
            if name not in order:
                order.append(name)
            return period, order.index(name)

        def named(count: int, span: int) -> str:
            return ids[count] + (", total" if span > 1 else "")

        def source(count: int, house: int) -> str:
            return f"{ids[count]}, {houses[house][1] if house >= 0 else 'reference'} beside"

        ends = data.begin + data.span - 1
        rows = zip(ends.tolist(), data.series.tolist(), data.span.tolist(), strict=True)
        counts = [place(t, named(c, span)) for t, c, span in rows]
        blocks = [
            [
                place(t, each.ids[j])
                for t, j in zip(each.at.tolist(), each.series.tolist(), strict=True)
            ]
            for each in spec.series
        ]
        o = spec.overlaps
        beside = zip(o.at.tolist(), o.series.tolist(), o.house.tolist(), strict=True)
        silent = [place(t, source(c, house)) for t, c, house in beside]
        return cls(order, _table(counts), tuple(map(_table, blocks)), _table(silent))

    def table(self, periods: int, counts: Array, blocks: Sequence[Array], silent: Array) -> Array:
        """Values of all rows in their places, (..., T, series), and nan where nothing was read.

        Parameters
        ----------
        counts, silent : (N, ...), (R, ...)
        blocks
            Of every block, (M, ...).
        """
        out = np.full((*counts.shape[1:], periods, len(self.series)), np.nan)
        places = self.counts, *self.blocks, self.silent
        for (at, column), values in zip(places, (counts, *blocks, silent), strict=True):
            out[..., at, column] = np.moveaxis(values, 0, -1)
        return out


def _table(places: list[tuple[int, int]]) -> Index:
    return np.array(places, dtype=np.int64).reshape(-1, 2).T
