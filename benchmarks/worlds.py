"""Worlds that are the model's, and worlds that are not: what its parts save there, or cost.

    python -m benchmarks.worlds [--datasets 50] [--results FILE] [--workers 2]

Datasets of 40 weeks as of `benchmarks.simulate`. Worlds of the model: with one life per scenario
and no signs, with lives, with signs. Others: readings that ramp up over four weeks before a change,
parameters about judgements with six times the variance that was claimed, half of the weekly news
shared and undeclared, false reports that are all of war. Each is fitted without lives and signs and
with either or both. Beside them: the naive update, sample frequencies of the world, and the
parameters the world really had. Writes docs/worlds.md. Every fit is stored in ``--results``, so an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.simulate import SCENARIOS, Simulated, World, simulate, with_lives, with_signs
from benchmarks.without import naive
from forecast.model.data import data_of
from forecast.model.fit import sample
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, Spec

PAGE = Path(__file__).parent.parent / "docs" / "worlds.md"
PERIODS, DRAWS, TUNE = 40, 200, 400  # draws and tuning steps of each of four chains
HORIZONS = (1, 4)
FREQUENCIES = 300  # datasets that sample frequencies are of
NAIVE, TRUE, SAMPLE = "naive update", "true parameters", "sample frequencies"

INTRO = """\
# Worlds that are the model's, and others

Written by `python -m benchmarks.worlds --datasets {datasets}`: simulated cases of {periods} weeks
(three scenarios, two counts from two sources, one ordinal, a third of readings missing, grades),
fitted without lives and signs, and with either or both, whether the world has them or not. Beside
them the naive update (readings multiplied, nothing learned), how often scenarios hold in that
world, and the parameters it really had. Log loss, with its standard error; *changes*: where another
scenario held the week after than in the last; *leader*: what the leading scenario of the last week
was given on average, and how often it held. [Method](method.md#signs).

| world | fit | last week | week after | changes | 4 weeks after | leader given, held |
|---|---|--:|--:|--:|--:|--:|"""

Job = tuple[str, int, str]  # world, dataset, fit
Result = dict[str, Any]


def plain(spec: Spec) -> Spec:
    """One life per scenario, and no signs."""
    k = len(spec.scenarios)
    return replace(
        spec,
        chain=replace(spec.chain, lives=None),
        counts=replace(
            spec.counts,
            median=spec.counts.median[:, :k],
            p90=spec.counts.p90[:, :k],
            worth=spec.counts.worth[:, :k],
            signs=0,
        ),
        series=tuple(
            replace(s, elicited=s.elicited[:, :k], worth=s.worth[:, :k], signs=0)
            for s in spec.series
        ),
        signs=None,
    )


FITS: dict[str, Callable[[Spec], Spec]] = {
    "without either": plain,
    "with lives": lambda spec: with_lives(plain(spec)),
    "with signs": lambda spec: with_signs(plain(spec)),
    "with both": lambda spec: with_lives(with_signs(plain(spec))),
}
WORLDS: dict[str, dict[str, Any]] = {
    "of the model": {},
    "with lives": {"lives": True},
    "with signs": {"signs": True},
    "ramps before a change": {"world": World(ramp=4)},
    "judgements worth a sixth": {"world": World(spread=6**0.5)},
    "news shared, undeclared": {"world": World(shared=True)},
    "false reports all of war": {"world": World(false=2)},
}
EVERY_FIT = ("of the model", "with lives", "with signs", "ramps before a change")


def dataset(world: str, seed: int) -> Simulated:
    """One dataset of a world."""
    rng = np.random.default_rng([20241216, seed])
    return simulate(rng, PERIODS, later=max(HORIZONS), **WORLDS[world])


def run(job: Job) -> Result:
    """Fit one dataset in one way, or not at all, and what is then said of it."""
    world, seed, name = job
    made = dataset(world, seed)
    if name == TRUE:
        data, theta = data_of(made.spec), made.theta[None]
    elif name == NAIVE:
        data = data_of(naive(plain(made.spec)))
        theta = np.zeros((1, size_of(data)))
    else:
        data = data_of(FITS[name](made.spec))
        theta = sample(data, lambda *_: None, draws=DRAWS, tune=TUNE).theta
    posterior = Posterior.of(data, theta)
    ahead = posterior.horizons(HORIZONS)
    return {
        "job": list(job),
        "now": posterior.now.mean(axis=0).tolist(),
        "ahead": [ahead[h].tolist() for h in HORIZONS],
        "held": made.scenarios[-1],
        "came": [made.later[h - 1] for h in HORIZONS],
    }


def fits_of(world: str) -> list[str]:
    """What a world is fitted with, and what stands beside it."""
    fits = list(FITS) if world in EVERY_FIT else ["without either"]
    there = [] if WORLDS[world].get("world", World()).shared else [TRUE]  # a shock is undeclared
    return [*fits, NAIVE, *there]


def frequencies(world: str) -> Array:
    """How often scenarios hold in a world, (K,)."""
    paths = [dataset(world, 10_000 + n) for n in range(FREQUENCIES)]
    counts = np.bincount([k for each in paths for k in each.scenarios], minlength=SCENARIOS)
    return np.asarray(counts / counts.sum())


def page(results: list[Result], datasets: int) -> str:
    """The page."""
    lines = [INTRO.format(datasets=datasets, periods=PERIODS)]
    for world in WORLDS:
        for name in (*fits_of(world), SAMPLE):
            lines.append(_row(world, name, results))
    return "\n".join(lines) + "\n"


def _row(world: str, name: str, results: list[Result]) -> str:
    found = [r for r in results if r["job"][0] == world]
    if name == SAMPLE:
        shares = frequencies(world).tolist()
        found = [
            r | {"now": shares, "ahead": [shares] * len(HORIZONS)}
            for r in found
            if r["job"][2] == "without either"
        ]
    else:
        found = [r for r in found if r["job"][2] == name]
    now = [-np.log(max(r["now"][r["held"]], 1e-12)) for r in found]
    ahead = [
        [-np.log(max(r["ahead"][n][r["came"][n]], 1e-12)) for r in found]
        for n in range(len(HORIZONS))
    ]
    changes = [loss for loss, r in zip(ahead[0], found, strict=True) if r["came"][0] != r["held"]]
    leads = [max(r["now"]) for r in found]
    right = [r["now"][r["held"]] == max(r["now"]) for r in found]
    cells = [_mean(now), _mean(ahead[0]), _mean(changes), _mean(ahead[1])]
    return (
        f"| {world} | {name} | {' | '.join(cells)} | {np.mean(leads):.0%}, {np.mean(right):.0%} |"
    )


def _mean(losses: list[float]) -> str:
    error = np.std(losses, ddof=1) / len(losses) ** 0.5 if len(losses) > 1 else np.nan
    return f"{np.mean(losses):.3f} ± {error:.3f}" if losses else "-"


def collected(wanted: list[Job], path: Path, workers: int) -> Iterator[Result]:
    """The result of every job; what a file does not hold is done and added."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    done = {tuple(result["job"]): result for result in map(json.loads, lines)}
    missing = [job for job in wanted if job not in done]
    with path.open("a", encoding="utf-8") as file, get_context("spawn").Pool(workers) as pool:
        for n, result in enumerate(pool.imap_unordered(run, missing), 1):
            done[tuple(result["job"])] = result
            print(json.dumps(result), file=file, flush=True)
            print(f"{n} of {len(missing)}", file=sys.stderr, flush=True)
    yield from (done[job] for job in wanted)


def main() -> None:
    """Run what is missing, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=50)
    parser.add_argument("--results", type=Path, default=Path("worlds.jsonl"))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    wanted = [
        (world, seed, name)
        for seed in range(given.datasets)
        for world in WORLDS
        for name in fits_of(world)
    ]
    results = list(collected(wanted, given.results, given.workers))
    PAGE.write_text(page(results, given.datasets), "utf-8")


if __name__ == "__main__":
    main()
