"""The kernel's filter and smoother, beside hmmlearn's forward and backward pass."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

import numpy as np

from benchmarks.speed.made import table
from forecast.model.filter import smooth

REPEATS = 7


def section() -> list[str]:
    """Time both on the same log-likelihoods (one table for stay and enter, as hmmlearn knows)."""
    lines = ["## Filter and smoother", ""]
    if importlib.util.find_spec("hmmlearn") is None:
        return [*lines, "hmmlearn is not installed here (`make bench` installs it).", ""]
    from hmmlearn import _hmmc

    rows = []
    for periods in (104, 520, 5200):
        for scenarios in (3, 6, 12):
            rng = np.random.default_rng([periods, scenarios])
            start = np.full(scenarios, 1 / scenarios)
            moves = rng.dirichlet(np.full(scenarios, 2.0), size=scenarios)
            logs = rng.normal(scale=2.0, size=(periods, scenarios))

            def theirs(
                start: np.ndarray = start, moves: np.ndarray = moves, logs: np.ndarray = logs
            ) -> np.ndarray:
                _, forward = _hmmc.forward_log(start, moves, logs)
                both = forward + _hmmc.backward_log(start, moves, logs)
                smoothed = np.exp(both - both.max(axis=1, keepdims=True))
                return np.asarray(smoothed / smoothed.sum(axis=1, keepdims=True))

            def ours(
                start: np.ndarray = start, moves: np.ndarray = moves, logs: np.ndarray = logs
            ) -> np.ndarray:
                return smooth(start, moves, logs, logs).smoothed

            apart = float(np.abs(theirs() - ours()).max())
            a, b = quickest(ours), quickest(theirs)
            rows.append(
                f"| {periods:,} × {scenarios} | {b / a:.1f} | {a * 1e6:,.0f} | {b * 1e6:,.0f} "
                f"| {apart:.0e} |"
            )
    head = "| periods × scenarios | times as fast | ours, µs | hmmlearn, µs | largest difference |"
    return [*lines, f"Smoothed probabilities, best of {REPEATS}.", "", *table(head, rows)]


def quickest(work: Callable[[], object]) -> float:
    """Return the least seconds that work took."""
    work()
    took = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)
