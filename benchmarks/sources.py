"""A change of source without a change in the world: how far scenario probabilities move.

    python -m benchmarks.sources [--datasets 10]

A year is simulated in which one source counts. Told again: for the last eight readings of one count
another source speaks, which counts double, after ten weeks in which both reported. The world
is the same, so should the scenarios be. Beside it the same with all readings taken for the
reference's, as a model without offsets would. Writes docs/sources.md.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.simulate import simulate
from benchmarks.without import offsets
from forecast.model.data import data_of
from forecast.model.fit import sample
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, OverlapSpec, Spec

PAGE = Path(__file__).parent.parent / "docs" / "sources.md"
PERIODS, CHANGED, TOGETHER, TIMES = 52, 8, 10, 2.0
DRAWS = 2000  # from each of four chains: Monte Carlo error of a probability about half a point
AIM = 3.0  # points
NAMES = ("offsets learned", "offsets ignored")


def another_source(spec: Spec) -> Spec:
    """Tell it again with the last readings of the first count by a source that counts double."""
    counts = spec.counts
    mine = np.flatnonzero(counts.series == 0)
    later, before = mine[-CHANGED:], mine[-CHANGED - TOGETHER : -CHANGED]
    value, house, house_before = (
        counts.value.copy(),
        counts.house.copy(),
        counts.house_before.copy(),
    )
    memory = counts.memory.copy()
    value[later] *= TIMES
    house[later], house_before[later[1:]] = 0, 0
    memory[later[1:]] = np.log1p(TIMES * np.expm1(memory[later[1:]]))
    overlaps = OverlapSpec(
        value=TIMES * counts.value[before],
        log_exposure=counts.log_exposure[before],
        spoken=counts.value[before],
        spoken_exposure=counts.log_exposure[before],
        trust=counts.trust[before] ** 2,
        series=np.zeros(TOGETHER, dtype=np.int64),
        house=np.zeros(TOGETHER, dtype=np.int64),
        spoken_house=np.full(TOGETHER, -1),
    )
    changed = replace(counts, value=value, house=house, house_before=house_before, memory=memory)
    return replace(spec, counts=changed, overlaps=overlaps)


def moved(seed: int) -> Array:
    """Return by how much each scenario's probability moves, with offsets and without, (2, K)."""
    world = offsets(simulate(np.random.default_rng([20241201, seed]), PERIODS).spec)
    told = another_source(world)
    truth, *others = (_now(spec) for spec in (world, told, offsets(told)))
    return np.array([other - truth for other in others])


def _now(spec: Spec) -> Array:
    data = data_of(spec)
    theta = sample(data, lambda *_: None, draws=DRAWS).theta
    return Posterior.of(data, theta).now.mean(axis=0)


def page(moves: Array) -> str:
    """Return the page for moves of (datasets, 2, K)."""
    points = 100 * np.abs(moves).max(axis=2)
    lines = [
        "# A change of source\n",
        f"Written by `python -m benchmarks.sources --datasets {len(moves)}`. One source counts for",
        f"a year; told again, another that counts {TIMES:g} times as much speaks for the last",
        f"{CHANGED} readings of one count, after {TOGETHER} weeks in which both reported. Largest",
        "move of any scenario's probability in the last week, in points:\n",
        "| | median dataset | worst of all |",
        "|---|--:|--:|",
        *(
            f"| {name} | {np.median(column):.1f} | {column.max():.1f} |"
            for name, column in zip(NAMES, points.T, strict=True)
        ),
        "",
        f"With offsets learned, {(points[:, 0] > AIM).sum()} of {len(points)} datasets moved by",
        f"more than the {AIM:g} points aimed at. Each probability has a Monte Carlo error of about",
        "half a point.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run all, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=10)
    count = parser.parse_args().datasets
    moves = []
    for seed in range(count):
        moves.append(moved(seed))
        print(seed + 1, np.round(100 * moves[-1], 1).tolist(), file=sys.stderr, flush=True)
    PAGE.write_text(page(np.array(moves)), "utf-8")


if __name__ == "__main__":
    main()
