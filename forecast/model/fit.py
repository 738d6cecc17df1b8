"""Sampling the posterior, and saying whether it can be trusted.

Always NUTS through nutpie on the PyMC model, 4 chains from dispersed points, a fixed seed. The
gate: R-hat at most 1.01, bulk and tail effective sample size at least 400 (of every parameter and
of the scenario logits), no divergences. A failed gate is reported, never hidden.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from forecast.errors import FitError, Problem
from forecast.model import names
from forecast.model.filter import smooth_draws
from forecast.model.spec import Array, Spec

CHAINS = 4
DRAWS = 1000
TUNE = 800
RHAT_MAX = 1.01
ESS_MIN = 400.0
SURPRISE_SD = 2.0

Progress = Callable[[float, str], None]

KEPT = (
    names.TRANSITION, names.STAY, names.ENTER, names.LAST_STAY, names.LAST_ENTER,
    names.LOCATION, names.DISPERSION, names.COUNT_INERTIA, names.LEVELS, names.LEVEL_INERTIA,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fit:
    """Draws of what a forecast needs, (S, ...) each, and the sampler's diagnostics.

    ``draws`` is keyed by `names`; an array that the case has no use for (no counts, say) is absent.
    ``surprises`` maps (series number, scenario number) to how many prior standard deviations that
    count's location moved.
    """

    draws: dict[str, Array]
    rhat_max: float
    ess_min: float
    divergences: int
    surprises: dict[tuple[int, int], float]
    failures: list[str]


def sample(spec: Spec, compiled_folder: Path, progress: Progress | None = None) -> Fit:
    """Sample the posterior of a spec; code compiled for it is kept in ``compiled_folder``.

    Raises
    ------
    FitError
        If the sampler cannot start.
    """
    if progress:
        progress(0.0, "loading the sampler")
    os.environ.setdefault("PYTENSOR_FLAGS", f"base_compiledir={compiled_folder}")
    import nutpie

    from forecast.model.build import build

    model = build(spec)
    if progress:
        progress(0.2, "compiling the model")
    compiled = nutpie.compile_pymc_model(model)
    if progress:
        progress(0.6, "sampling")
    try:
        tree = nutpie.sample(
            compiled, draws=DRAWS, tune=TUNE, chains=CHAINS, seed=names.SEED, progress_bar=False
        )
    except RuntimeError as error:
        raise FitError(
            Problem("the fit", "must be able to start from the priors", str(error).splitlines()[0])
        ) from error
    return _examine(spec, tree)


def _examine(spec: Spec, tree: object) -> Fit:
    posterior = tree["posterior"].dataset  # type: ignore[index]
    chains = {str(name): posterior[name].to_numpy() for name in posterior.data_vars}
    divergences = int(tree["sample_stats"]["diverging"].to_numpy().sum())  # type: ignore[index]
    draws = {name: _pool(chains[name]) for name in KEPT if name in chains}
    filtered, _, _ = smooth_draws(
        spec.chain.start, draws[names.TRANSITION], draws[names.STAY], draws[names.ENTER]
    )
    now = filtered[:, -1].clip(1e-300, 1)
    logits = (np.log(now) - np.log1p(-now.clip(0, 1 - 1e-16))).reshape(CHAINS, -1, now.shape[1])
    checked = {n: v for n, v in chains.items() if n.endswith("_raw")} | {"scenario logits": logits}
    rhat, ess, worst_rhat, worst_ess = _diagnose(checked)
    failures = []
    if rhat > RHAT_MAX:
        failures.append(f"R-hat {rhat:.3f} of {worst_rhat} is above {RHAT_MAX}")
    if ess < ESS_MIN:
        failures.append(f"effective sample size {ess:.0f} of {worst_ess} is below {ESS_MIN:.0f}")
    if divergences:
        failures.append(f"{divergences} divergent transitions")
    surprises = {}
    if names.LOCATION_RAW in chains:
        moved = chains[names.LOCATION_RAW].mean(axis=(0, 1))
        for c, k in zip(*np.nonzero(np.abs(moved) > SURPRISE_SD), strict=True):
            surprises[int(c), int(k)] = float(moved[c, k])
    return Fit(draws, rhat, ess, divergences, surprises, failures)


def _diagnose(chains: dict[str, Array]) -> tuple[float, float, str, str]:
    """Return the worst R-hat and the worst of bulk and tail ESS, and whose they are."""
    from arviz_stats.base import array_stats

    rhat, ess, worst_rhat, worst_ess = 0.0, np.inf, "", ""
    for name, values in chains.items():
        flat = values.reshape(*values.shape[:2], -1)
        flat = flat[:, :, flat.std(axis=(0, 1)) > 0]
        if flat.shape[2] == 0:
            continue
        largest = float(array_stats.rhat(flat, chain_axis=0, draw_axis=1).max())
        if largest > rhat:
            rhat, worst_rhat = largest, name
        for method, extra in (("bulk", {}), ("tail", {"prob": (0.05, 0.95)})):
            least = float(
                array_stats.ess(flat, chain_axis=0, draw_axis=1, method=method, **extra).min()
            )
            if least < ess:
                ess, worst_ess = least, name
    return rhat, ess, worst_rhat, worst_ess


def _pool(values: Array) -> Array:
    """Return chains one after the other: (chains, draws, ...) to (S, ...)."""
    return np.ascontiguousarray(values.reshape(-1, *values.shape[2:]))
