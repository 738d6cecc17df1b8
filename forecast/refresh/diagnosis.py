"""What a fit is examined by: its chains, its draws, the readings, what the forecast hangs on.

All is of what the forecast says, the probability of each scenario now, or of the readings;
computed by ArviZ from the tree of the fit (`tree`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from forecast.model.coords import FREE
from forecast.model.fit import ESS_MIN
from forecast.model.spec import Array
from forecast.refresh.tree import by_reading

KOLMOGOROV = 1.36  # over the root of a sample size: what 95 of 100 uniform samples stay within
SENSITIVE = 0.05  # from which on ArviZ calls a sensitivity one
_STEPS = 12  # of the growth of the effective sample size
_DRAWS = 1000  # of each chain that readings and sensitivities are computed from
_GRID = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class Curve:
    """How far the distribution of shares is from uniform, on a grid from 0 to 1.

    Parameters
    ----------
    difference
        Empirical distribution function less the uniform one.
    band
        What 95 of 100 uniform samples of this (effective) size stay within.
    """

    difference: Array
    band: float

    @classmethod
    def of(cls, shares: Array, size: float) -> Curve:
        """The curve of shares in [0, 1], (n,), that are worth so many independent ones."""
        below = np.searchsorted(np.sort(shares), _GRID, side="right") / len(shares)
        return cls(below - _GRID, KOLMOGOROV / np.sqrt(size))

    @property
    def relative(self) -> Array:
        """The difference as a share of the band: beyond 1 it is more than chance allows."""
        return np.asarray(self.difference / self.band)

    @property
    def far(self) -> float:
        """The largest difference as a share of the band."""
        return float(np.abs(self.relative).max())

    @property
    def outside(self) -> bool:
        """Whether it leaves the band."""
        return self.far > 1.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the sheet of diagnostics shows.

    Parameters
    ----------
    method, as_of, fitted
        How the draws were had, as-of when, and as-of when what was sampled.
    failures
        Of the fit's gate.
    ranks
        By scenario, one curve for each chain: ranks of its draws among those of all chains.
    draws, bulk, tail
        Draws in all, and the smallest bulk and tail effective sample size over scenarios, as they
        grew.
    pit
        By kind of reading: where each lay in what was expected of it with its period left out.
    sensitivity
        Power-scaling sensitivity of the leading scenario's probability now, by what is scaled:
        ``likelihood``, or the prior of a free parameter.
    """

    method: str
    as_of: str
    fitted: str
    failures: str
    ranks: Mapping[str, list[Curve]]
    draws: Array
    bulk: Array
    tail: Array
    pit: Mapping[str, Curve]
    readings: Mapping[str, int]
    sensitivity: Mapping[str, float]

    @property
    def enough(self) -> float:
        """The effective sample size that the gate asks for."""
        return ESS_MIN


def diagnosis_of(tree: xr.DataTree, fit: xr.DataTree) -> Diagnosis:
    """Examine a forecast's draws and the fit they come from.

    Parameters
    ----------
    tree
        Of the forecast.
    fit
        Of the fit that was sampled: the same one, unless the forecast is an update.
    """
    now = _array(fit["posterior"].dataset, "now")
    names = [str(n) for n in fit["posterior"].coords.get("open_scenario", xr.DataArray([])).values]
    draws, bulk, tail = _growth(now)
    few = _thinned(tree)
    pit, readings = _pit(few)
    return Diagnosis(
        method=str(tree.attrs["method"]),
        as_of=str(tree.attrs["as_of"]),
        fitted=str(tree.attrs["anchor"]),
        failures=str(tree.attrs.get("failures", "")),
        ranks={name: _ranks(now[..., n]) for n, name in enumerate(names)},
        draws=draws,
        bulk=bulk,
        tail=tail,
        pit=pit,
        readings=readings,
        sensitivity=_sensitivity(few),
    )


def _array(dataset: xr.Dataset, name: str) -> Array:
    if name not in dataset:  # nothing varies: the scenario is known
        return np.zeros((dataset.sizes["chain"], dataset.sizes["draw"], 0))
    return dataset[name].to_numpy().astype(float)


def _ranks(values: Array) -> list[Curve]:
    """Ranks of every chain's draws among all, (chains, draws), as shares."""
    from arviz_stats.base import array_stats

    flat = values.ravel()
    order = np.empty(len(flat))
    order[np.argsort(flat, kind="stable")] = (np.arange(len(flat)) + 0.5) / len(flat)
    each = order.reshape(values.shape)
    sizes = [float(array_stats.ess(chain[None], chain_axis=0, draw_axis=1)) for chain in values]
    return [Curve.of(c, max(size, 1.0)) for c, size in zip(each, sizes, strict=True)]


def _growth(now: Array) -> tuple[Array, Array, Array]:
    """Draws, and the smallest effective sample sizes over scenarios, from the first draws on."""
    from arviz_stats.base import array_stats

    chains, draws, scenarios = now.shape
    ends = np.unique(np.linspace(draws / _STEPS, draws, _STEPS).astype(int))
    ends = ends[ends >= 4]  # fewer have no effective sample size
    found = np.zeros((2, len(ends)))
    for n, end in enumerate(ends if scenarios else ()):
        some = now[:, :end].transpose(2, 0, 1)
        axes: dict[str, Any] = {"chain_axis": 1, "draw_axis": 2}
        found[0, n] = array_stats.ess(some, method="bulk", **axes).min()
        found[1, n] = array_stats.ess(some, method="tail", prob=(0.05, 0.95), **axes).min()
    return chains * ends.astype(float), found[0], found[1]


def _thinned(tree: xr.DataTree) -> xr.DataTree:
    """The tree with as many draws of each chain as these answers need, evenly thinned."""
    draws = tree["posterior"].sizes["draw"]
    thin = slice(None, None, max(1, draws * tree["posterior"].sizes["chain"] // (4 * _DRAWS)))
    groups = {
        f"/{name}": tree[name].dataset.isel(draw=thin, missing_dims="ignore")
        for name in ("posterior", "log_likelihood", "log_prior", "posterior_predictive")
    }
    observed = tree["observed_data"].dataset
    return xr.DataTree.from_dict(groups | {"/observed_data": observed})


def _pit(tree: xr.DataTree) -> tuple[dict[str, Curve], dict[str, int]]:
    """LOO-PIT of counts and of levels."""
    if not tree["observed_data"].dataset.data_vars:
        return {}, {}
    from arviz_stats import loo_pit

    found = loo_pit(by_reading(tree), random_state=0)
    values = {str(name): found[name].to_numpy() for name in found.data_vars}
    curves = {name: Curve.of(each, len(each)) for name, each in values.items()}
    return curves, {name: len(each) for name, each in values.items()}


def _sensitivity(tree: xr.DataTree) -> dict[str, float]:
    """Of the leading scenario's probability now, by what is power-scaled."""
    if "now" not in tree["posterior"].dataset:
        return {}
    from arviz_stats import psense

    leader = int(tree["posterior"].dataset["now"].to_numpy().mean(axis=(0, 1)).argmax())
    result = {}
    if tree["log_likelihood"].dataset["readings"].size:
        found = psense(tree, var_names=["now"], group="likelihood")
        result["likelihood"] = float(found["now"][leader])
    for name in FREE.values():
        if name in tree["log_prior"].dataset:
            found = psense(tree, var_names=["now"], group="prior", group_var_names=[name])
            result[name] = float(found["now"][leader])
    return result
