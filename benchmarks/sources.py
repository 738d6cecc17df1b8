"""A change of source without a change in the world: how far scenario probabilities move.

    python -m benchmarks.sources [--datasets 10]

A year is simulated in which one source counts. Told again: for the last eight readings of one count
another source speaks, which counts double, after ten weeks in which both reported. The world
is the same, so should the scenarios be. Of the other source's ratio nothing is said beforehand: it
has the prior that a case gives it. Beside it the same with the offset known, which no learning can
better, and with all readings taken for the reference's, as a model without offsets would. Writes
docs/sources.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.simulate import simulate
from benchmarks.without import offsets
from forecast.case import DEFAULT_RATIO
from forecast.model.data import data_of
from forecast.model.fit import sample
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, OverlapSpec, Spec
from forecast.refresh.counts import offset_prior

PAGE = Path(__file__).parent.parent / "docs" / "sources.md"
PERIODS, CHANGED, TOGETHER, TIMES = 52, 8, 10, 2.0
DRAWS = 2000  # from each of four chains: Monte Carlo error of a probability about half a point
AIM = 3.0  # points
NAMES = ("offset known", "offset learned", "offset ignored")
PRIORS = offset_prior([(TIMES / 1.001, TIMES * 1.001), DEFAULT_RATIO])  # if known, if not


def another_source(spec: Spec, centre: float, sd: float) -> Spec:
    """Tell it again with the last readings of the first count by a source that counts double.

    Centre and sd are of its offset.
    """
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
        at=counts.weight[:, before].argmax(axis=0),
    )
    changed = replace(
        counts,
        houses=((counts.ids[0], "other"),),
        house_centre=np.array([centre]),
        house_sd=np.array([sd]),
        value=value,
        house=house,
        house_before=house_before,
        memory=memory,
    )
    return replace(spec, counts=changed, overlaps=overlaps)


def moved(seed: int) -> Array:
    """Return by how much each scenario's probability moves, in the order of `NAMES`, (3, K)."""
    world = offsets(simulate(np.random.default_rng([20241201, seed]), PERIODS).spec)
    known, learned = (another_source(world, *prior) for prior in zip(*PRIORS, strict=True))
    truth, *others = (_now(spec) for spec in (world, known, learned, offsets(learned)))
    return np.array([other - truth for other in others])


def _now(spec: Spec) -> Array:
    data = data_of(spec)
    theta = sample(data, lambda *_: None, draws=DRAWS).theta
    return Posterior.of(data, theta).now.mean(axis=0)


def page(moves: Array, minutes: float) -> str:
    """Return the page for moves of (datasets, 3, K)."""
    points = 100 * np.abs(moves).max(axis=2)
    lines = [
        "# A change of source\n",
        f"Written by `python -m benchmarks.sources --datasets {len(moves)}` in {minutes:.0f}",
        "minutes. One source counts for a year; told again, another that counts",
        f"{TIMES:g} times as much speaks for the last {CHANGED} readings of one count, after",
        f"{TOGETHER} weeks in which both reported. Largest move of any scenario's probability in",
        "the last week, in points:\n",
        f"| | median dataset | worst of all | more than {AIM:g} |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {np.median(column):.1f} | {column.max():.1f} "
            f"| {(column > AIM).sum()} of {len(column)} |"
            for name, column in zip(NAMES, points.T, strict=True)
        ),
        "",
        "What moves with the offset *known* is no fault of learning it. A count told as",
        f"{TIMES:g} times itself is a larger number of events, with less chance in it.",
        "Each probability has a Monte Carlo error of about half a point.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run all, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=10)
    count = parser.parse_args().datasets
    moves, begin = [], time.perf_counter()
    for seed in range(count):
        moves.append(moved(seed))
        print(seed + 1, np.round(100 * moves[-1], 1).tolist(), file=sys.stderr, flush=True)
    PAGE.write_text(page(np.array(moves), (time.perf_counter() - begin) / 60), "utf-8")


if __name__ == "__main__":
    main()
