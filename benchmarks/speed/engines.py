"""One fit of the Syria case by one engine, in a process of its own.

    python -m benchmarks.speed.engines ours|pymc|nutpie|numpyro

Prints seconds, the least bulk ESS, and the scenario probabilities with their Monte Carlo errors.
The references sample the same model written plainly in PyTensor (tests/model/plain.py), from the
same priors, with as many chains and draws.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from typing import Any

import numpy as np

from benchmarks.speed.made import ROOT
from forecast.case import load_case
from forecast.model.coords import free_values, theta_of
from forecast.model.data import data_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array
from forecast.readings import known_as_of, load_readings
from forecast.refresh.arrays import spec_of

AS_OF = date(2024, 11, 25)
CHAINS, DRAWS, TUNE, SEED = 4, 1000, 800, 20241202


def plainly(engine: str, spec: Any) -> Array:
    """Return draws (chains, draws, D) of the readable model, 0 where it has no parameter."""
    import pymc as pm

    from forecast.model import pymc_model

    pymc_model.polygammas = _polygammas
    with pymc_model.pymc_model(spec) as model:
        free = [variable.name for variable in model.free_RVs]
        tree = pm.sample(
            draws=DRAWS,
            tune=TUNE,
            chains=CHAINS,
            cores=2,
            random_seed=SEED,
            nuts_sampler=engine,
            var_names=free,
            progressbar=False,
            compute_convergence_checks=False,
        )
    found = tree["posterior"]
    values = {n: found[n].to_numpy().reshape(CHAINS * DRAWS, *found[n].shape[2:]) for n in free}
    return theta_of(data_of(spec), values).reshape(CHAINS, DRAWS, -1)


def _polygammas(x: Any) -> tuple[Any, Any]:
    """Return trigamma and its derivative, by recurrence and series (Abramowitz & Stegun 6.4).

    PyTensor's own have no compiled form: every step of a sampler would go through Python.
    """
    first: Any = 0.0
    second: Any = 0.0
    for i in range(10):
        first, second = first + 1 / (x + i) ** 2, second - 2 / (x + i) ** 3
    z = 1 / (x + 10)
    first += z + z**2 / 2 + z**3 / 6 - z**5 / 30 + z**7 / 42 - z**9 / 30
    second -= z**2 + z**3 + z**4 / 2 - z**6 / 6 + z**8 / 6 - 0.3 * z**10
    return first, second


def main() -> None:
    """Fit, and print what was found."""
    from arviz_stats.base import array_stats

    engine = sys.argv[1]
    case = load_case(ROOT)
    spec = spec_of(case, known_as_of(case, load_readings(case), AS_OF))
    data = data_of(spec)
    begin = time.perf_counter()
    if engine == "ours":
        from forecast.model.fit import sample

        fitted = sample(data, lambda *_: None, draws=DRAWS, tune=TUNE)
        draws = fitted.theta.reshape(CHAINS, DRAWS, -1)
    else:
        draws = plainly(engine, spec)
    seconds = time.perf_counter() - begin
    assert draws.shape[2] == size_of(data)
    used = theta_of(data, free_values(data, np.ones((1, size_of(data)))))[0] > 0
    draws_used = draws[:, :, used]
    now = Posterior.of(data, draws.reshape(CHAINS * DRAWS, -1)).now
    chains = now.reshape(CHAINS, DRAWS, -1)
    each = {"chain_axis": 0, "draw_axis": 1}
    print(
        json.dumps({
            "seconds": seconds,
            "ess": float(array_stats.ess(draws_used, method="bulk", **each).min()),
            "mean": now.mean(axis=0).tolist(),
            "error": [float(x) for x in array_stats.mcse(chains, method="mean", **each)],
            "scenarios": list(spec.scenarios),
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
