"""Sampling the posterior, and saying whether it can be trusted.

Always NUTS through nutpie on the PyMC model, 4 chains from dispersed points, a fixed seed. The
gate: R-hat at most 1.01, bulk and tail effective sample size at least 400 (of every parameter and
of the scenario logits), no divergences. A failed gate is reported, never hidden.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.errors import FitError, Problem
from forecast.model import names
from forecast.model.ahead import awaited
from forecast.model.caches import code_folder
from forecast.model.data import Data
from forecast.model.packing import blocks, pack, size_of, split
from forecast.model.powered import powered
from forecast.model.spec import Array
from forecast.model.threads import over_parts

CHAINS = 4
DRAWS = 5000  # Monte Carlo error of a probability: mostly below one point
TUNE = 800
RHAT_MAX = 1.01
ESS_MIN = 400.0
SURPRISE_SD = 2.0

Progress = Callable[[float, str], None]


def silent(share: float, text: str) -> None:
    """Be told of progress, and say nothing."""
    del share, text


_compiled: dict[int, Any] = {}  # one per number of parameters


@dataclass(frozen=True, slots=True)
class Fit:
    """Draws of the free parameters and the sampler's diagnostics.

    ``theta`` is (S, D), chains one after the other, in the order of `packing.Raw`, ``loglik`` (S,)
    log p(all that was read | theta). ``surprises`` maps
    (count, scenario) to how many prior standard deviations that location moved.
    """

    theta: Array
    loglik: Array
    rhat_max: float
    ess_min: float
    divergences: int
    surprises: dict[tuple[int, int], float]
    failures: list[str]


def sample(data: Data, progress: Progress, *, draws: int = DRAWS, tune: int = TUNE) -> Fit:
    """Sample the posterior, with that many draws from each chain after tuning.

    Raises
    ------
    FitError
        If the sampler cannot start.
    """
    progress(0.0, "loading the sampler")
    # fastmath lets sums round differently in fresh and in cached code: other draws from one seed
    flags = f"base_compiledir={code_folder()},numba__fastmath=False"
    os.environ.setdefault("PYTENSOR_FLAGS", flags)
    import nutpie

    awaited()
    from forecast.model.build import build

    numbers, whole = pack(data)
    size = size_of(data)
    if size not in _compiled:
        progress(0.2, "compiling the model")
        _compiled[size] = nutpie.compile_pymc_model(build(data))
    model = _compiled[size].with_data(numbers=numbers, whole=whole)
    progress(0.7, "sampling")
    sampler = nutpie.sample(
        model,
        draws=draws,
        tune=tune,
        chains=CHAINS,
        seed=names.SEED,
        progress_bar=False,
        blocking=False,  # a blocking call would turn Ctrl-C into fewer draws
    )
    try:
        tree = sampler.wait()
    except KeyboardInterrupt:
        sampler.cancel()
        raise
    except RuntimeError as error:
        said = str(error).splitlines()[0]
        raise FitError(Problem("the fit", "must be able to start from the priors", said)) from error
    chains = tree["posterior"].dataset["theta"].to_numpy()
    divergences = int(tree["sample_stats"]["diverging"].to_numpy().sum())
    return examine(data, chains, divergences)


def examine(data: Data, chains: Array, divergences: int) -> Fit:
    """Pool the chains and put them through the gate.

    Parameters
    ----------
    chains : (chains, draws, D)
    """
    # single precision halves what is kept, and is all that draws are worth
    theta = chains.reshape(-1, chains.shape[2]).astype(np.float32).astype(np.float64)
    loglik, filtered = powered(theta, data, 1.0)
    now = filtered.clip(1e-300, 1 - 1e-16)
    logits = (np.log(now) - np.log1p(-now)).reshape(*chains.shape[:2], -1)
    parameters = {name: chains[:, :, block] for name, block in blocks(data).items()}
    rhat, ess, worst_rhat, worst_ess = _diagnose(parameters | {"the scenario logits": logits})
    failures = []
    if not rhat <= RHAT_MAX:
        failures.append(f"R-hat {rhat:.3f} of {worst_rhat} is above {RHAT_MAX}")
    if not ess >= ESS_MIN:
        failures.append(f"effective sample size {ess:.0f} of {worst_ess} is below {ESS_MIN:.0f}")
    if divergences:
        failures.append(f"{divergences} divergent transitions")
    return Fit(theta, loglik, rhat, ess, divergences, surprises(data, theta), failures)


def surprises(data: Data, theta: Array) -> dict[tuple[int, int], float]:
    """Return the locations (count, scenario) that moved far, and by how many prior sd."""
    moved = split(theta.mean(axis=0), data).location
    far = zip(*np.nonzero(np.abs(moved) > SURPRISE_SD), strict=True)
    return {(int(c), int(k)): float(moved[c, k]) for c, k in far}


def _diagnose(chains: dict[str, Array]) -> tuple[float, float, str, str]:
    """Return the worst R-hat and the worst of bulk and tail ESS, and whose they are.

    Parameters
    ----------
    chains
        (chains, draws, any number) by name.
    """
    from arviz_stats.base import array_stats

    flat = np.concatenate(list(chains.values()), axis=2).transpose(2, 0, 1)
    whose = np.repeat(list(chains), [values.shape[2] for values in chains.values()])
    moving = flat.std(axis=(1, 2)) > 0
    if not moving.any():
        return 0.0, np.inf, "", ""
    axes = {"chain_axis": 1, "draw_axis": 2}

    def diagnosed(some: Array) -> tuple[Array, Array, Array]:
        bulk = array_stats.ess(some, method="bulk", **axes)
        tail = array_stats.ess(some, method="tail", prob=(0.05, 0.95), **axes)
        return array_stats.rhat(some, **axes), bulk, tail

    rhat, bulk, tail = over_parts(diagnosed, flat[moving], fewest=2)
    ess = np.minimum(bulk, tail)
    worst, least = rhat.argmax(), ess.argmin()  # the first that is no number, if there is one
    names_of = whose[moving]
    return float(rhat[worst]), float(ess[least]), str(names_of[worst]), str(names_of[least])
