"""A whole fit, beside the same model written plainly and sampled by PyMC, nutpie and NumPyro."""

from __future__ import annotations

import importlib.util
import math
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.speed.engines import CHAINS, DRAWS, TUNE
from benchmarks.speed.made import Ran, run, table

PLAIN = {"pymc": "plain PyMC, its own sampler", "nutpie": "plain PyMC, nutpie"}
NAMES = {"ours": "ours", **PLAIN, "numpyro": "plain PyMC, NumPyro"}


def section(limit: float) -> list[str]:
    """Fit the Syria case as-of 25 November 2024 by every engine that is installed.

    Parameters
    ----------
    limit
        Seconds after which a fit is given up.
    """
    engines = [name for name in NAMES if name != "numpyro" or importlib.util.find_spec(name)]
    rows = []
    cold, warm = {}, {}
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            cold[engine] = _fit(engine, Path(folder), limit)
            done = math.isfinite(cold[engine].seconds)
            warm[engine] = _fit(engine, Path(folder), limit) if done else cold[engine]
        rows.append(_row(engine, cold[engine], warm[engine], warm["ours"], limit))
    lines = [
        "## A whole fit",
        "",
        f"Syria as-of 25 November 2024, {CHAINS} chains of {TUNE} + {DRAWS} draws, whole process. "
        f"**Ours is {_times(cold, warm, list(PLAIN), limit)} as fast as the better plain PyMC run**"
        + (
            f" and {_times(cold, warm, ['numpyro'], limit)} as fast as NumPyro."
            if "numpyro" in warm
            else "; NumPyro is not installed here (`make bench` installs it)."
        ),
        "The last column is the largest difference of a scenario probability from ours, in Monte",
        f"Carlo standard errors of the difference. After {limit:.0f} s a fit is given up.",
        "",
    ]
    head = "| engine | s, cold caches | s, warm | s per 400 bulk ESS | peak MB | difference |"
    return lines + table(head, rows)


def _fit(engine: str, caches: Path, limit: float) -> Ran:
    return run("-m", "benchmarks.speed.engines", engine, caches=caches, limit=limit)


def _row(engine: str, cold: Ran, warm: Ran, ours: Ran, limit: float) -> str:
    if not math.isfinite(warm.seconds):
        before = f"{cold.seconds:.0f} | " if math.isfinite(cold.seconds) else ""
        return f"| {NAMES[engine]} | {before}over {limit:.0f} |" + " |" * (3 if before else 4)
    found = warm.told()
    return (
        f"| {NAMES[engine]} | {cold.seconds:.0f} | {warm.seconds:.0f} "
        f"| {found['seconds'] * 400 / found['ess']:.1f} | {warm.megabytes:,.0f} "
        f"| {_worst(ours, warm):.1f} |"
    )


def _times(cold: dict[str, Ran], warm: dict[str, Ran], others: list[str], limit: float) -> str:
    """Say how much faster ours is, caches warm; given up, what is known of the same caches."""
    best = min(warm[engine].seconds for engine in others)
    if math.isfinite(best):
        return f"{best / warm['ours'].seconds:.1f} times"
    if any(math.isfinite(cold[engine].seconds) for engine in others):
        return f"more than {limit / warm['ours'].seconds:.1f} times"
    return f"more than {limit / cold['ours'].seconds:.1f} times (cold caches)"


def _worst(ours: Ran, theirs: Ran) -> float:
    a, b = ours.told(), theirs.told()
    apart = np.abs(np.subtract(a["mean"], b["mean"]))
    return float((apart / np.maximum(np.hypot(a["error"], b["error"]), 1e-12)).max())
