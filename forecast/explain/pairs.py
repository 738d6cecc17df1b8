"""How long the watch list takes to tell two scenarios apart.

Readings of one scenario after the other are drawn from the joint tables of the next period, one a
period from each indicator as often as it was read lately, until the odds are 9 to 1 either way
(a sequential probability ratio test, Wald 1945). Readings count as independent given the
scenario, and parameters as no better known than today: an order of magnitude, not a date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from forecast.explain.types import Pair
from forecast.model import names
from forecast.model.spec import Array

ODDS = 9.0
LONGEST = 52  # periods: beyond it nothing tells them apart
LIKELY, MOST = 0.05, 4  # of the scenarios that are looked at, and how many there are
RUNS = 500  # of each of the two scenarios
_LEAST = 1e-12  # a probability below it is none


def pairs(
    probabilities: Mapping[str, float], tables: Mapping[str, tuple[Array, float]]
) -> Iterator[Pair]:
    """Every two leading scenarios, with the expected periods by indicator and in all.

    Parameters
    ----------
    probabilities
        Of the next period, by scenario id, in the order of rows.
    tables
        By indicator id: joint table of scenario and reading, (K, bins), and how often it is read.
    """
    ids = list(probabilities)
    ranked = sorted(range(len(ids)), key=lambda k: -probabilities[ids[k]])
    leading = [k for k in ranked if probabilities[ids[k]] >= LIKELY][:MOST]
    for a, b in combinations(leading if len(leading) > 1 else ranked[:2], 2):
        rng = np.random.default_rng(names.SEED)
        steps = {name: _steps(table, a, b, read, rng) for name, (table, read) in tables.items()}
        every = sum(steps.values(), np.zeros((2 * RUNS, 2 * LONGEST)))
        by_indicator = {name: _periods(step) for name, step in steps.items()}
        yield Pair(ids[a], ids[b], _periods(every), by_indicator)


def _steps(table: Array, a: int, b: int, read: float, rng: np.random.Generator) -> Array:
    """Log Bayes factors for the scenario that holds, half of the runs each, (2 RUNS, periods)."""
    rows = np.maximum(table[[a, b]], _LEAST)
    rows /= rows.sum(axis=1, keepdims=True)
    factor = np.log(rows[0]) - np.log(rows[1])
    found = []
    for row, sign in zip(rows, (1.0, -1.0), strict=True):
        bins = rng.choice(len(row), size=(RUNS, 2 * LONGEST), p=row)
        there = rng.random((RUNS, 2 * LONGEST)) < read
        found.append(sign * factor[bins] * there)
    return np.concatenate(found)


def _periods(steps: Array) -> float | None:
    """Mean periods until the odds are 9 to 1 either way; None if that is more than `LONGEST`."""
    reached = np.abs(steps.cumsum(axis=1)) >= np.log(ODDS)
    first = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, steps.shape[1])
    mean = float(first.mean())
    return mean if mean <= LONGEST else None
