"""A whole fit, beside the same model written plainly and sampled by PyMC, nutpie and NumPyro."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.speed.engines import CHAINS, DRAWS, TUNE
from benchmarks.speed.made import Ran, run, table

REFERENCES = {
    "pymc": "plain PyMC, its own sampler",
    "nutpie": "plain PyMC, nutpie",
    "numpyro": "plain PyMC, NumPyro",
}


def section() -> list[str]:
    """Fit the Syria case as-of 25 November 2024 by every engine that is installed."""
    engines = ["ours", "pymc", "nutpie"]
    if importlib.util.find_spec("numpyro"):
        engines.append("numpyro")
    rows, warm = [], {}
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            cold = _fit(engine, Path(folder))
            warm[engine] = _fit(engine, Path(folder))
        found = warm[engine].told()
        rows.append(
            f"| {REFERENCES.get(engine, 'ours')} | {cold.seconds:.0f} | {warm[engine].seconds:.0f} "
            f"| {found['seconds'] * 400 / found['ess']:.1f} | {warm[engine].megabytes:,.0f} "
            f"| {_worst(warm['ours'], warm[engine]):.1f} |"
        )
    best = min(warm[engine].seconds for engine in engines if engine in ("pymc", "nutpie"))
    lines = [
        "## A whole fit",
        "",
        f"Syria as-of 25 November 2024, {CHAINS} chains of {TUNE} + {DRAWS} draws, whole process. "
        f"**Ours is {best / warm['ours'].seconds:.1f} times as fast as the better plain PyMC run**"
        + (
            f" and {warm['numpyro'].seconds / warm['ours'].seconds:.1f} times as fast as NumPyro."
            if "numpyro" in warm
            else "; NumPyro is not installed here (`make bench` installs it)."
        ),
        "The last column is the largest difference of a scenario probability from ours, in Monte",
        "Carlo standard errors of the difference.",
        "",
    ]
    head = "| engine | s, cold caches | s, warm | s per 400 bulk ESS | peak MB | difference |"
    return lines + table(head, rows)


def _fit(engine: str, caches: Path) -> Ran:
    return run("-m", "benchmarks.speed.engines", engine, caches=caches)


def _worst(ours: Ran, theirs: Ran) -> float:
    a, b = ours.told(), theirs.told()
    apart = np.abs(np.subtract(a["mean"], b["mean"]))
    return float((apart / np.maximum(np.hypot(a["error"], b["error"]), 1e-12)).max())
