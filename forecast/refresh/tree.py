"""A fit as a tree of named arrays: what ArviZ, xarray and R read from a NetCDF file.

::

    /                      attributes: case, period, as_of, fingerprint, how the draws were had
    posterior              parameters on their natural scales, and the scenarios as they now are
    unconstrained_posterior   the free parameters, e_..., all standard normal a priori
    sample_stats           lp; of a fit by NUTS also what it says of each draw itself
    log_likelihood         readings: log p(what was read of a period | all before), by period
    log_prior              of every free parameter
    observed_data          counts, levels, silent_counts: every reading, with its period
    posterior_predictive   the same, each given what was read before its period (one step ahead)
    prior                  as posterior, drawn from the prior
    prior_predictive       as observed_data: scenarios drawn from the chain, readings given them
    scenarios              filtered, smoothed and transition, draw by draw

Names, dimensions and what they mean are those of the model (`coords`, `pymc_model`). What is
switched off has no variable, what cannot vary no entry: all of ArviZ's tools then work. One
likelihood term is a period and a period has many readings: for LOO-PIT, `by_reading` gives each
reading the term of its period (`az.loo_pit(by_reading(tree))`).

Draws of an update were picked by weight out of all chains of its anchor: they are one chain, and
chain diagnostics mean nothing of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from forecast.case import Case
from forecast.errors import Problem, UsageError, extra
from forecast.model import names
from forecast.model.coords import DIMS, Layout, coords_of, free_values, natural_values
from forecast.model.data import Data
from forecast.model.families import EMISSIONS
from forecast.model.fit import CHAINS, Progress, silent
from forecast.model.packing import size_of
from forecast.model.pointwise import period_loglik
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.replicate import Simulated, from_the_start, one_step_ahead
from forecast.model.spec import Array, Index, Spec
from forecast.readings import Reading, known_as_of
from forecast.refresh import fingerprint
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import Draws, draws_as_of

PRIOR_DRAWS = 1000
_ROUNDING = 1e-9  # of a log-likelihood of nothing, which is 0
MEANING = {
    "duration": "periods that a scenario lasts on average",
    "successor": "probability of where a scenario goes on ending",
    "location": "log of the middle of a count per full period",
    "variance": "variance of the log of a count within the scenario",
    "inertia": "share of a count's deviation that carries over",
    "loading": "weight of the shock that counts share within a period",
    "source_effect": "log of what a source counts for each 1 of the reference",
    "now": "p(scenario holds in the forecast period | all readings)",
    "filtered": "p(scenario holds | readings up to that period)",
    "smoothed": "p(scenario holds | all readings)",
    "transition": "p(next period's scenario | this period's)",
    "readings": "log p(what was read of a period | all that was read before)",
    "counts": "counts as they were read, by what speaks",
    "silent_counts": "counts of sources that do not speak",
    "lp": "log density of the free parameters",
} | {
    name: about
    for family in EMISSIONS.values()
    for name, about in [
        (f"{family.reading}s", f"{family.reading}s as they were read"),
        *((name, each.meaning) for name, each in family.variables.items()),
    ]
}
_READINGS = {"counts": "count", "silent_counts": "silent"} | {
    f"{family.reading}s": family.reading for family in EMISSIONS.values()
}
_SCENARIOS = {
    "filtered": ("period", "scenario"),
    "smoothed": ("period", "scenario"),
    "transition": ("scenario", "next_scenario"),
}


def posterior_tree(
    case: Case, readings: tuple[Reading, ...], as_of: date, progress: Progress | None = None
) -> xr.DataTree:
    """The posterior of a case as-of a date; what is not at hand is sampled.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    """
    known = known_as_of(case, readings, as_of)
    draws = draws_as_of(case, readings, known, progress or silent)
    about = {
        "case": case.name,
        "period": str(known.period),
        "as_of": as_of.isoformat(),
        "fingerprint": fingerprint(case, known),
    }
    return tree_of(draws, spec_of(case, known), about)


def tree_of(draws: Draws, spec: Spec, about: dict[str, str]) -> xr.DataTree:
    """Draws with names; attributes of the root say how they were had."""
    data, posterior, rng = draws.data, draws.posterior, np.random.default_rng(names.SEED)
    chains = CHAINS if draws.khat is None else 1
    coords: dict[str, Any] = coords_of(spec, data)
    coords["next_scenario"] = coords["scenario"]
    parameters = Parameters.of(data, draws.theta)
    free = free_values(data, draws.theta)
    prior_theta = rng.standard_normal((PRIOR_DRAWS, size_of(data)))
    prior, prior_parameters = Posterior.of(data, prior_theta), Parameters.of(data, prior_theta)
    at = spec.overlaps.at
    before = from_the_start(data, at, prior.transition, prior_parameters, rng)
    readings = _readings_of(spec, data)

    def dataset(values: Mapping[str, Array], dims: Mapping[str, tuple[str, ...]]) -> xr.Dataset:
        return _dataset(values, dims, coords, chains)

    moves = np.ptp(posterior.now, axis=0) > 0
    coords["open_scenario"] = [name for name, so in zip(spec.scenarios, moves, strict=True) if so]
    loglik = period_loglik(data, draws.theta, at)
    said = (np.abs(loglik) > _ROUNDING).any(axis=0)  # nothing was read of the others: no term
    log_prior = {
        name: (-0.5 * (e**2 + np.log(2 * np.pi))).reshape(len(e), -1).sum(axis=1)
        for name, e in free.items()
    }
    stats = {"lp": posterior.loglik + sum(log_prior.values())}
    if draws.khat is None:
        stats |= draws.fit.stats
    scenarios = {name: getattr(posterior, name) for name in _SCENARIOS}
    ahead = one_step_ahead(data, posterior, parameters, rng)
    natural = natural_values(data, posterior, parameters)
    now = {"now": posterior.now[:, moves]} if moves.any() else {}
    made = xr.DataTree.from_dict(
        {
            "/posterior": dataset(now | natural, DIMS | {"now": ("open_scenario",)}),
            "/unconstrained_posterior": dataset(free, DIMS),
            "/sample_stats": dataset(stats, {}),
            "/log_likelihood": _dataset(
                {"readings": loglik[:, said]}, {"readings": ("period",)},
                {"period": np.array(spec.periods)[said]}, chains,
            ),
            "/log_prior": dataset(log_prior, {}),
            "/observed_data": readings,
            "/posterior_predictive": _predictive(spec, readings, ahead, chains),
            "/prior": _dataset(natural_values(data, prior, prior_parameters), DIMS, coords, 1),
            "/prior_predictive": _predictive(spec, readings, before, 1),
            "/scenarios": dataset(scenarios, _SCENARIOS),
        }
    )  # fmt: skip
    made["sample_stats"] = _whole_numbers(made["sample_stats"].dataset)
    made.attrs = about | {
        "method": draws.method,
        "anchor": draws.anchor.isoformat(),
        "fit": "; ".join(draws.fit.failures) or "ok",  # what it failed of its gate
    }
    if draws.fit.failures:
        made.attrs["failures"] = "; ".join(draws.fit.failures)
    if draws.khat is not None:
        made.attrs["khat"] = draws.khat
    return made


def by_reading(tree: xr.DataTree) -> xr.DataTree:
    """The tree with a likelihood term for every reading: that of the period, or periods, it is of.

    Leaving a reading out then leaves its whole period out, which is what ArviZ's LOO-PIT needs
    (`az.loo_pit`, `az.plot_loo_pit`). Its terms overlap: it is no tree for LOO itself.
    """
    terms = tree["log_likelihood"].dataset["readings"]
    observed = tree["observed_data"].dataset
    period = terms.period.to_numpy()
    found = {}
    for name in observed.data_vars:
        kind = _READINGS[str(name)]
        first, last = (observed[f"{kind}_{end}_period"].to_numpy() for end in ("first", "last"))
        within = (period >= first[:, None]) & (period <= last[:, None])
        share = xr.DataArray(within.astype(terms.dtype), dims=(f"{kind}_reading", "period"))
        found[str(name)] = xr.dot(terms, share, dim="period")
    groups = {f"/{name}": group.dataset for name, group in tree.children.items()}
    return xr.DataTree.from_dict(groups | {"/log_likelihood": xr.Dataset(found)})


def as_netcdf(tree: xr.DataTree) -> bytes:
    """A tree as a NetCDF-4 file holds it, compressed.

    Raises
    ------
    UsageError
        If what writes NetCDF is not installed.
    """
    encoding = {
        f"/{node.name}": {str(name): {"zlib": True, "complevel": 4} for name in node.data_vars}
        for node in tree.children.values()
    }
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "posterior.nc"
        try:
            import h5netcdf  # noqa: F401 (xarray finds it by name)

            tree.to_netcdf(path, engine="h5netcdf", encoding=encoding)
        except ImportError:
            rule = "must have h5netcdf and h5py installed"
            hint = extra("netcdf")
            raise UsageError(Problem("--format netcdf", rule, hint=hint)) from None
        return path.read_bytes()


def _dataset(
    values: Mapping[str, Array],
    dims: Mapping[str, tuple[str, ...]],
    coords: Mapping[str, Any],
    chains: int,
) -> xr.Dataset:
    """Values over draws, (S, ...) each, by chain."""
    arrays = {
        name: (
            ("chain", "draw", *dims.get(name, ())),
            _chains(some, chains),
            {"long_name": MEANING[name]} if name in MEANING else {},
        )
        for name, some in values.items()
    }
    used = {dim for of_array, _, _ in arrays.values() for dim in of_array} - {"chain", "draw"}
    sizes = [some.shape[:2] for _, some, _ in arrays.values()] or [(chains, 0)]
    counted = {"chain": np.arange(sizes[0][0]), "draw": np.arange(sizes[0][1])}
    return xr.Dataset(arrays, counted | {dim: list(coords[dim]) for dim in sorted(used)})


def _readings_of(spec: Spec, data: Data) -> xr.Dataset:
    """What was read, each with its series and its first and last period."""
    layout, periods = Layout.of(spec, data), np.array(spec.periods)

    def rows(place: Index, first: Index, kind: str, values: Array) -> xr.Dataset:
        series = [layout.series[column] for column in place[1]]
        dim, last = f"{kind}_reading", periods[place[0]]
        labels = [f"{name} {period}" for name, period in zip(series, last, strict=True)]
        coords = {
            dim: labels,
            f"{kind}_series": (dim, series),
            f"{kind}_first_period": (dim, periods[first]),
            f"{kind}_last_period": (dim, last),
        }
        name = next(name for name, each in _READINGS.items() if each == kind)
        return xr.Dataset({name: (dim, values, {"long_name": MEANING[name]})}, coords)

    silent, o = layout.silent, spec.overlaps
    blocks = zip(spec.series, layout.blocks, strict=True)
    every = [
        rows(layout.counts, data.begin, "count", data.value),
        *(rows(at, s.at, EMISSIONS[s.family].reading, s.value) for s, at in blocks),
        rows(silent, o.at, "silent", o.value),
    ]
    return xr.merge([each for each in every if each.sizes[next(iter(each.dims))]])


def _predictive(spec: Spec, readings: xr.Dataset, drawn: Simulated, chains: int) -> xr.Dataset:
    """Readings drawn, (rows, S) each, where those that were read stand."""
    every = {"counts": drawn.counts, "silent_counts": drawn.silent}
    for series, own in zip(spec.series, drawn.series, strict=True):
        every[f"{EMISSIONS[series.family].reading}s"] = own
    arrays = {
        str(name): (
            ("chain", "draw", *readings[name].dims),
            every[str(name)].T.reshape(chains, -1, len(readings[name])),
            readings[name].attrs,
        )
        for name in readings.data_vars
    }
    draws = drawn.counts.shape[1] // chains
    coords = {"chain": np.arange(chains), "draw": np.arange(draws)}
    return xr.Dataset(arrays, coords | dict(readings.coords))


def _whole_numbers(stats: xr.Dataset) -> xr.Dataset:
    """The sampler's statistics in the types that ArviZ expects."""
    kinds = {"diverging": bool, "tree_depth": np.int64, "n_steps": np.int64}
    return stats.assign({name: stats[name].astype(kinds[name]) for name in kinds if name in stats})


def _chains(values: np.ndarray, chains: int) -> np.ndarray:
    """Draws by chain in single precision, which is all that draws are worth."""
    return values.reshape(chains, len(values) // chains, *values.shape[1:]).astype(np.float32)
