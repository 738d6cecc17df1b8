"""Simulation-based calibration of the generative model (Talts et al. 2018, Modrak et al. 2023).

    python -m benchmarks.calibration [--datasets 200] [--results FILE]

Draws parameters from their priors, scenarios and readings from the model, fits, and looks at where
the truth ranks among the posterior draws: uniformly, if density, sampler and code agree. Also
whether filtered probabilities mean what they say. Writes docs/calibration.md. Finished datasets are
kept in ``--results`` (one JSON line each), so an interrupted run goes on where it stopped.

Everything generative is on: durations, successors, counts and levels with inertia, the shared
shock, missing weeks, part weeks, grades of reports and of the remembered reading, a second source
with an offset, which sometimes speaks and sometimes reports beside the reference. Not generative,
and left out: totals over several weeks (they enter each week in part), delays (learned before the
fit and plugged in) and evidence items (data).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from benchmarks.simulate import SCENARIOS, simulate
from forecast.model.data import data_of
from forecast.model.fit import DRAWS as DRAWS_OF_A_FORECAST
from forecast.model.fit import sample
from forecast.model.kernel import density
from forecast.model.packing import blocks, pack, shapes
from forecast.model.posterior import Posterior
from forecast.model.spec import Array

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
Result = dict[str, Any]

PERIODS = 30
DRAWS = 400  # from each of four chains
RANKED = 99  # thinned draws the truth is ranked among


def one(seed: int) -> Result:
    """Simulate, fit, and rank the truth of one dataset."""
    simulated = simulate(np.random.default_rng([20241202, seed]), PERIODS)
    data = data_of(simulated.spec)
    fitted = sample(data, lambda *_: None, draws=DRAWS)
    thinned = fitted.theta[:: len(fitted.theta) // RANKED][:RANKED].copy()
    packed = pack(data)
    truth, posterior = Posterior.of(data, simulated.theta[None]), Posterior.of(data, thinned)
    quantities = {"log-likelihood": (density(simulated.theta, *packed)[0], [
        density(theta, *packed)[0] for theta in thinned
    ])}  # fmt: skip
    for name, shape in shapes(data).items():
        block = blocks(data)[name]
        for at, index in zip(range(block.start, block.stop), np.ndindex(shape), strict=True):
            quantities[f"{name}{list(index)}"] = (simulated.theta[at], thinned[:, at].tolist())
    for k in range(SCENARIOS):
        quantities[f"filtered[{k}]"] = (truth.now[0, k], posterior.now[:, k].tolist())
    jitter = np.random.default_rng([7, seed])
    return {
        "seed": seed,
        "ok": not fitted.failures,
        "ranks": {name: _rank(value, draws, jitter) for name, (value, draws) in quantities.items()},
        "probability": Posterior.of(data, fitted.theta).now.mean(axis=0).tolist(),
        "scenario": simulated.scenarios[-1],
    }


def _rank(truth: float, draws: list[float], jitter: np.random.Generator) -> float:
    """Return where the truth stands among the draws, in (0, 1); ties are broken at random."""
    below = sum(draw < truth for draw in draws)
    ties = sum(draw == truth for draw in draws)
    return float((below + jitter.uniform(0, ties + 1)) / (len(draws) + 1))


def slope(probability: Array, held: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return slope and 95 % interval of a logistic regression of what held on the logit."""
    p = probability.clip(1e-9, 1 - 1e-9)
    x = np.log(p / (1 - p))

    def loss(b: Array) -> float:
        return float(np.logaddexp(0, -np.where(held, 1, -1) * (b[0] + b[1] * x)).sum())

    found = optimize.minimize(loss, np.array([0.0, 1.0]))
    fitted = 1 / (1 + np.exp(-(found.x[0] + found.x[1] * x)))
    design = np.stack([np.ones_like(x), x])
    information = (design * fitted * (1 - fitted)) @ design.T
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    return float(found.x[1]), float(found.x[1]) - 1.96 * error, float(found.x[1]) + 1.96 * error


def page(results: list[Result]) -> str:
    """Return the page: a Kolmogorov test per quantity, and the calibration of scenarios."""
    ranks = {name: np.array([r["ranks"][name] for r in results]) for name in results[0]["ranks"]}
    level = 0.05 / len(ranks)
    tests = {name: stats.kstest(values, "uniform") for name, values in ranks.items()}
    outside = [name for name, test in tests.items() if test.pvalue < level]
    worst = sorted(tests.items(), key=lambda item: item[1].pvalue)[:8]
    probability = np.array([r["probability"] for r in results])
    held = np.arange(SCENARIOS) == np.array([r["scenario"] for r in results])[:, None]
    found, low, high = slope(probability.ravel(), held.ravel())
    lines = [
        "# Calibration\n",
        f"Written by `python -m benchmarks.calibration --datasets {len(results)}`:",
        "simulation-based calibration of everything in the model that is generative (three",
        "scenarios, two counts from two sources each, one ordinal, 30 weeks, a third of the",
        "readings missing, part weeks, grades, a shared shock, offsets). Left out, as not",
        "generative: totals over several weeks, delays, evidence items.\n",
        f"{len(results)} datasets, none left out: {sum(not r['ok'] for r in results)} did not pass",
        f"the gate of a forecast's fit, which is meant for {DRAWS_OF_A_FORECAST // DRAWS} times as",
        "many draws.",
        f"{len(ranks)} quantities: every parameter, the log-likelihood, and the filtered",
        "probabilities of the last week.\n",
        f"**{len(outside)} of {len(ranks)} rank distributions lie outside their band** (Kolmogorov",
        f"test at 0.05/{len(ranks)}): {', '.join(outside) or 'none'}.\n",
        "The eight least uniform:\n",
        "| quantity | largest gap of the ECDF | p |",
        "|---|--:|--:|",
        *(f"| {name} | {test.statistic:.3f} | {test.pvalue:.4f} |" for name, test in worst),
        "",
        "Filtered probabilities against the scenarios that held: slope of a logistic regression",
        f"on the logit {found:.2f} (95 % interval {low:.2f} to {high:.2f}; 1 is calibrated).",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run what is missing, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--results", type=Path, default=Path("calibration.jsonl"))
    arguments = parser.parse_args()
    lines = arguments.results.read_text("utf-8").splitlines() if arguments.results.exists() else []
    done = {result["seed"]: result for result in map(json.loads, lines)}
    with arguments.results.open("a", encoding="utf-8") as file:
        for seed in range(arguments.datasets):
            if seed not in done:
                done[seed] = one(seed)
                print(json.dumps(done[seed]), file=file, flush=True)
                print(f"{seed + 1} of {arguments.datasets}", file=sys.stderr, flush=True)
    results = [done[seed] for seed in range(arguments.datasets)]
    PAGE.write_text(page(results), "utf-8")


if __name__ == "__main__":
    main()
