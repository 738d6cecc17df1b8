"""Simulation-based calibration of the generative model (Talts et al. 2018, Modrak et al. 2023).

    python -m benchmarks.calibration [--datasets 200] [--results FOLDER]

Draws parameters from their priors, scenarios and readings from the model, fits, and looks at where
the truth ranks among the posterior draws: uniformly, if density, sampler and code agree. Also
whether filtered probabilities mean what they say: once with scenarios of one life and no signs,
once with lives, flare-ups and signs. Writes docs/calibration.md. Finished datasets are stored in
``--results`` (one JSON line each), so an interrupted run goes on where it stopped.

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


def one(seed: int, *, lives_and_signs: bool) -> Result:
    """Simulate, fit, and rank the truth of one dataset."""
    rng = np.random.default_rng([20241202, seed])
    simulated = simulate(rng, PERIODS, lives=lives_and_signs, signs=lives_and_signs)
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
        if lives_and_signs:
            quantities[f"next[{k}]"] = (truth.coming[0, k], posterior.coming[:, k].tolist())
    jitter = np.random.default_rng([7, seed])
    found = Posterior.of(data, fitted.theta)
    return {
        "seed": seed,
        "ok": not fitted.failures,
        "ranks": {name: _rank(value, draws, jitter) for name, (value, draws) in quantities.items()},
        "probability": found.now.mean(axis=0).tolist(),
        "scenario": simulated.scenarios[-1],
        "ahead": found.coming.mean(axis=0).tolist(),
        "next": simulated.next_scenario,
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


def section(results: list[Result]) -> list[str]:
    """A Kolmogorov test per quantity, and the calibration of scenarios, as lines of the page."""
    ranks = {name: np.array([r["ranks"][name] for r in results]) for name in results[0]["ranks"]}
    level = 0.05 / len(ranks)
    tests = {name: stats.kstest(values, "uniform") for name, values in ranks.items()}
    outside = [name for name, test in tests.items() if test.pvalue < level]
    worst = sorted(tests.items(), key=lambda item: item[1].pvalue)[:8]
    lines = [
        f"{len(results)} datasets, none left out: {sum(not r['ok'] for r in results)} did not pass",
        f"the gate of a forecast's fit, which is meant for {DRAWS_OF_A_FORECAST // DRAWS} times as",
        "many draws.",
        f"{len(ranks)} quantities: every parameter, the log-likelihood, and the probabilities of",
        "the last week.\n",
        f"**{len(outside)} of {len(ranks)} rank distributions lie outside their band** (Kolmogorov",
        f"test at 0.05/{len(ranks)}): {', '.join(outside) or 'none'}.\n",
        "The eight least uniform:\n",
        "| quantity | largest gap of the ECDF | p |",
        "|---|--:|--:|",
        *(f"| {name} | {test.statistic:.3f} | {test.pvalue:.4f} |" for name, test in worst),
        "",
    ]
    for what, probability, scenario in (
        ("Filtered probabilities of the last week", "probability", "scenario"),
        ("Probabilities of the week after", "ahead", "next"),
    ):
        chance = np.array([r[probability] for r in results])
        held = np.arange(SCENARIOS) == np.array([r[scenario] for r in results])[:, None]
        found, low, high = slope(chance.ravel(), held.ravel())
        lines += [
            f"{what} against the scenarios that held: slope of a logistic regression",
            f"on the logit {found:.2f} (95 % interval {low:.2f} to {high:.2f}; 1 is calibrated).\n",
        ]
    return lines


def page(plain: list[Result], whole: list[Result]) -> str:
    """The page."""
    lines = [
        "# Calibration\n",
        f"Written by `python -m benchmarks.calibration --datasets {len(plain)}`:",
        "simulation-based calibration of everything in the model that is generative (three",
        "scenarios, two counts from two sources each, one ordinal, 30 weeks, a third of the",
        "readings missing, part weeks, grades, a shared shock, offsets). Left out, as not",
        "generative: totals over several weeks, delays, evidence items, derived measures.\n",
        "## One life each, no signs\n",
        *section(plain),
        "## Lives, flare-ups and signs\n",
        "Three lives each, flare-ups of two scenarios; strikes and posture are signs of war,",
        "posture of calm.\n",
        *section(whole),
    ]
    return "\n".join(lines).rstrip() + "\n"


def results_of(path: Path, datasets: int, *, lives_and_signs: bool) -> list[Result]:
    """Those stored, and those that are missing."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    done = {result["seed"]: result for result in map(json.loads, lines)}
    with path.open("a", encoding="utf-8") as file:
        for seed in range(datasets):
            if seed not in done:
                done[seed] = one(seed, lives_and_signs=lives_and_signs)
                print(json.dumps(done[seed]), file=file, flush=True)
                print(f"{path.name}: {seed + 1} of {datasets}", file=sys.stderr, flush=True)
    return [done[seed] for seed in range(datasets)]


def main() -> None:
    """Run what is missing, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--results", type=Path, default=Path("calibration"))
    arguments = parser.parse_args()
    arguments.results.mkdir(exist_ok=True)
    whole, plain = (
        results_of(
            arguments.results / f"{name}.jsonl", arguments.datasets, lives_and_signs=lives_and_signs
        )
        for name, lives_and_signs in (("lives-and-signs", True), ("plain", False))
    )
    PAGE.write_text(page(plain, whole), "utf-8")


if __name__ == "__main__":
    main()
