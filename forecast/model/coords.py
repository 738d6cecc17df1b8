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
    e_level     [level_option]           level_probability                 [level_option]
    e_level_inertia [ordinal_with_inertia]   level_inertia                 [ordinal_with_inertia]

The sampler's vector (`packing.Raw`) has an entry for everything there could be, also where nothing
hangs on it: the duration of a scenario that never ends, the inertia of a count without any, the
chance of what cannot follow. Such entries keep their prior, and are nobody's business: `in_use`
says which are not, and only those have a name. What is ragged (moves, levels) is one dimension,
whose labels say both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.model.data import Data
from forecast.model.packing import blocks, shapes, size_of
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.spec import Array, Index, Spec

Mask = NDArray[np.bool_]

FREE = {  # by field of `packing.Raw`
    "duration": "e_duration",
    "successor": "e_successor",
    "location": "e_location",
    "dispersion": "e_dispersion",
    "inertia": "e_inertia",
    "shared": "e_shock",
    "house": "e_source",
    "level": "e_level",
    "hold": "e_level_inertia",
}

DIMS: dict[str, tuple[str, ...]] = {
    "e_duration": ("transient",),
    "e_successor": ("move",),
    "e_location": ("count", "scenario"),
    "e_dispersion": ("count",),
    "e_inertia": ("count_with_inertia",),
    "e_shock": (),
    "e_source": ("learned_source",),
    "e_level": ("level_option",),
    "e_level_inertia": ("ordinal_with_inertia",),
    "duration": ("transient",),
    "successor": ("move",),
    "location": ("count", "scenario"),
    "variance": ("count", "scenario"),
    "inertia": ("count_with_inertia",),
    "loading": ("count_in_shock",),
    "source_effect": ("learned_source",),
    "level_probability": ("level_option",),
    "level_inertia": ("ordinal_with_inertia",),
}


def in_use(data: Data) -> dict[str, Mask]:
    """Which entries of the free parameters anything hangs on, by field of `packing.Raw`."""
    possible, level = np.isfinite(data.then_centre), np.isfinite(data.level_centre)
    leaves = (data.moving > 0)[:, None] & (possible.sum(axis=1, keepdims=True) > 1)
    used = {name: np.ones(shape, dtype=bool) for name, shape in shapes(data).items()}
    return used | {
        "duration": (data.moving > 0) & (data.excess * data.duration_sd != 0),
        "successor": possible & leaves,
        "inertia": np.isfinite(data.count_inertia),
        "house": data.house_sd > 0,
        "level": level & (level.sum(axis=2, keepdims=True) > 1),
        "hold": np.isfinite(data.level_inertia),
    }


def coords_of(spec: Spec, data: Data) -> dict[str, list[str]]:
    """Labels of every dimension but draws and readings."""
    use, k = in_use(data), spec.scenarios
    counts, ordinals = spec.counts.ids, spec.levels.ids
    levels = zip(*np.nonzero(use["level"]), strict=True)
    return {
        "period": list(spec.periods),
        "scenario": list(k),
        "transient": _chosen(k, use["duration"]),
        "move": [f"{k[i]} → {k[j]}" for i, j in zip(*np.nonzero(use["successor"]), strict=True)],
        "count": list(counts),
        "count_with_inertia": _chosen(counts, use["inertia"]),
        "count_in_shock": _chosen(counts, data.least != 0),
        "learned_source": _chosen([f"{c}, {s}" for c, s in spec.counts.houses], use["house"]),
        "level_option": [f"{ordinals[j]} = {level} | {k[i]}" for j, i, level in levels],
        "ordinal_with_inertia": _chosen(ordinals, use["hold"]),
    }


def _chosen(labels: list[str] | tuple[str, ...], mask: Array | Mask) -> list[str]:
    return [label for label, chosen in zip(labels, mask, strict=True) if chosen]


def free_values(data: Data, theta: Array) -> dict[str, Array]:
    """Draws of the free parameters, (S, D), by name: (S, ...) with the dims of `DIMS`.

    Those nothing hangs on are left out.
    """
    use, result = in_use(data), {}
    for field, block in blocks(data).items():
        name, mask = FREE[field], use[field]
        if mask.any():
            chosen = theta[:, block].reshape(-1, *mask.shape)
            chosen = chosen if len(DIMS[name]) == mask.ndim > 1 else chosen[:, mask]
            result[name] = chosen[:, 0] if field == "shared" else chosen
    return result


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
    use = in_use(data)
    leaving = 1.0 - np.einsum("skk->sk", posterior.transition)
    with np.errstate(divide="ignore", invalid="ignore"):  # of scenarios that never end
        duration, successor = 1.0 / leaving, posterior.transition / leaving[:, :, None]
    every = {
        "duration": duration[:, use["duration"]],
        "successor": successor[:, use["successor"]],
        "location": p.location,
        "variance": p.variance,
        "inertia": p.count_inertia[:, use["inertia"]],
        "loading": p.loading[:, data.least != 0],
        "source_effect": p.house[:, use["house"]],
        "level_probability": p.probability[:, use["level"]],
        "level_inertia": p.level_inertia[:, use["hold"]],
    }
    return {name: values for name, values in every.items() if values.size}


class Layout(NamedTuple):
    """Where every reading stands in a table of periods by series.

    A series is all that comes one after another: an ordinal, what speaks for a count, its totals
    over several periods (each stands in its last), and each source that does not speak.

    series
        Labels.
    counts, levels, silent
        Period and series of every row of counts, levels and silent counts, (2, N), (2, M), (2, R).
    """

    series: list[str]
    counts: Index
    levels: Index
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
        at = zip(data.at.tolist(), data.level_series.tolist(), strict=True)
        levels = [place(t, spec.levels.ids[j]) for t, j in at]
        o = spec.overlaps
        beside = zip(o.at.tolist(), o.series.tolist(), o.house.tolist(), strict=True)
        silent = [place(t, source(c, house)) for t, c, house in beside]
        return cls(order, *(_table(places) for places in (counts, levels, silent)))

    def table(self, periods: int, counts: Array, levels: Array, silent: Array) -> Array:
        """Values of all rows in their places, (..., T, series), and nan where nothing was read.

        Parameters
        ----------
        counts, levels, silent : (N, ...), (M, ...), (R, ...)
        """
        out = np.full((*counts.shape[1:], periods, len(self.series)), np.nan)
        of_rows = (self.counts, counts), (self.levels, levels), (self.silent, silent)
        for (at, column), values in of_rows:
            out[..., at, column] = np.moveaxis(values, 0, -1)
        return out


def _table(places: list[tuple[int, int]]) -> Index:
    return np.array(places, dtype=np.int64).reshape(-1, 2).T
