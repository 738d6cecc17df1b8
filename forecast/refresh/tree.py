"""The posterior as a tree of named arrays: what ArviZ, xarray and R read from a NetCDF file.

::

    /              attributes: case, period, as_of, fingerprint, how the draws were had
    posterior      (chain, draw, ...) on natural scales, see `VARIABLES`
    sample_stats   loglik (chain, draw): log p(all that was read | draw)

Draws of an update were picked by weight out of all chains of its anchor: they are one chain, and
chain diagnostics mean nothing of them.
"""

from __future__ import annotations

import tempfile
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from forecast.case import Case
from forecast.errors import Problem, UsageError, extra
from forecast.model.fit import CHAINS, Progress, silent
from forecast.model.predict import Parameters
from forecast.model.spec import Spec
from forecast.readings import Reading, known_as_of
from forecast.refresh import fingerprint
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import Draws, draws_as_of

VARIABLES = {
    "filtered": (("period", "scenario"), "p(scenario holds | readings up to that period)"),
    "smoothed": (("period", "scenario"), "p(scenario holds | all readings)"),
    "transition": (("scenario", "next_scenario"), "p(next period's scenario | this period's)"),
    "location": (("count", "scenario"), "log of the middle of a count per full period"),
    "variance": (("count", "scenario"), "variance of the log of a count within the scenario"),
    "count_inertia": (("count",), "share of a count's deviation that carries over"),
    "loading": (("count",), "weight of the shock that counts share within a period"),
    "house": (("count_source",), "log of what a source counts for each 1 of the reference"),
    "probability": (("ordinal", "scenario", "level"), "probability of a level"),
    "level_inertia": (("ordinal",), "probability that a level carries over"),
}
_OF_SCENARIOS = ("filtered", "smoothed", "transition")


def posterior_tree(
    case: Case, readings: tuple[Reading, ...], as_of: date, progress: Progress | None = None
) -> xr.DataTree:
    """Return the posterior of a case as-of a date; what is not at hand is sampled.

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
    """Return draws with names; attributes of the root say how they were had."""
    chains = CHAINS if draws.khat is None else 1
    parameters = Parameters.of(draws.data, draws.theta)
    values = {name: getattr(draws.posterior, name) for name in _OF_SCENARIOS}
    values |= {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    arrays = {
        name: (("chain", "draw", *dims), _chains(values[name], chains), {"long_name": meaning})
        for name, (dims, meaning) in VARIABLES.items()
        if values[name].size
    }
    used = {dim for dims, _, _ in arrays.values() for dim in dims}
    coords = {name: ids for name, ids in _coords(draws, spec).items() if name in used}
    loglik = {"loglik": (("chain", "draw"), _chains(draws.posterior.loglik, chains))}
    made = xr.DataTree.from_dict(
        {
            "/posterior": xr.Dataset(arrays, coords),
            "/sample_stats": xr.Dataset(loglik),
        }
    )
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


def as_netcdf(tree: xr.DataTree) -> bytes:
    """Return a tree as a NetCDF-4 file holds it, compressed.

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


def _coords(draws: Draws, spec: Spec) -> dict[str, Any]:
    levels = draws.data.level_centre.shape[2]
    return {
        "period": list(spec.periods),
        "scenario": list(spec.scenarios),
        "next_scenario": list(spec.scenarios),
        "count": list(spec.counts.ids),
        "count_source": [f"{count}, {source}" for count, source in spec.counts.houses],
        "ordinal": list(spec.levels.ids),
        "level": np.arange(levels),
    }


def _chains(values: np.ndarray, chains: int) -> np.ndarray:
    """Return draws by chain in single precision, which is all that draws are worth."""
    return values.reshape(chains, -1, *values.shape[1:]).astype(np.float32)
