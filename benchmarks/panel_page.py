"""Tables of the panel: mean losses, and what our forecasts save of each baseline's loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.panel_play import LAST, OURS, PLAIN, SMOOTHED, STACK, STACKED, WINDOW
from benchmarks.panel_scores import HORIZONS
from forecast.model.spec import Array

SEED, RESAMPLES = 20241202, 2000
NAMES = ("log", "CRPS", "RPS")


def saved(
    loss: Array, baseline: Array, axis: int, groups: np.ndarray
) -> tuple[float, float, float]:
    """Return the share of a baseline's loss that is saved, and its 95 % interval.

    Parameters
    ----------
    loss, baseline : (O, C)
        nan where there is no outcome.
    axis
        What is resampled: 1 countries, 0 origins; all of one stays together.
    groups : (O, C) bool
        What counts.
    """
    counts = groups & ~np.isnan(loss)
    mine, theirs = (np.where(counts, x, 0.0).sum(axis=1 - axis) for x in (loss, baseline))
    drawn = np.random.default_rng(SEED).integers(len(mine), size=(RESAMPLES, len(mine)))
    theirs_drawn = theirs[drawn].sum(axis=1)
    spread = 1 - mine[drawn].sum(axis=1) / np.where(theirs_drawn > 0, theirs_drawn, np.nan)
    low, high = np.nanquantile(spread, [0.025, 0.975])
    return float(1 - mine.sum() / theirs.sum()), float(low), float(high)


def means_table(losses: Mapping[str, Array], groups: np.ndarray) -> list[str]:
    """Return mean losses, forecasters by horizons and scores; the least of each in bold."""
    cells = {
        name: [
            float(np.nanmean(np.where(groups, loss[:, :, h, s], np.nan)))
            for h in range(len(HORIZONS))
            for s in range(len(NAMES))
        ]
        for name, loss in losses.items()
    }
    best = np.min(list(cells.values()), axis=0)
    head = [f"{name}, {ahead} mo" for ahead in HORIZONS for name in NAMES]
    lines = ["| loss | " + " | ".join(head) + " |", "|---|" + "--:|" * len(head)]
    for name, row in cells.items():
        said = [f"**{x:.3f}**" if x == b else f"{x:.3f}" for x, b in zip(row, best, strict=True)]
        lines.append(f"| {name} | " + " | ".join(said) + " |")
    return lines


def saved_table(
    losses: Mapping[str, Array], groups: np.ndarray, baselines: Sequence[str], axis: int = 1
) -> list[str]:
    """Return what the model and the stack save of baselines' log score and CRPS, in %."""
    head = [f"{name}, {ahead} mo" for ahead in HORIZONS for name in NAMES[:2]]
    lines = ["| saved, % | " + " | ".join(head) + " |", "|---|" + "--:|" * len(head)]
    for name in (OURS, STACK):
        for baseline in baselines:
            cells = [
                _cell(*saved(losses[name][:, :, h, s], losses[baseline][:, :, h, s], axis, groups))
                for h in range(len(HORIZONS))
                for s in range(2)
            ]
            lines.append(f"| {name} v {baseline} | " + " | ".join(cells) + " |")
    return lines


def _cell(value: float, low: float, high: float) -> str:
    verdict = " lost" if value < 0 else ""  # told by more than a sign
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}){verdict}"


def count_line(losses: Mapping[str, Array], groups: np.ndarray) -> str:
    """Say how many forecasts were scored at each horizon, of how many countries."""
    there = groups[:, :, None] & ~np.isnan(next(iter(losses.values()))[:, :, :, 0])
    told = [
        f"{there[:, :, h].sum():,} at {ahead} ({there[:, :, h].any(axis=1).sum()} origins)"
        for h, ahead in enumerate(HORIZONS)
    ]
    return f"{there.any(axis=(0, 2)).sum()} countries; forecasts: {', '.join(told)} months ahead."


def weights_table(weights: Array) -> list[str]:
    """Return the stack's weights, by horizon."""
    lines = ["| months ahead | " + " | ".join(STACKED) + " |", "|---|" + "--:|" * len(STACKED)]
    for ahead, row in zip(HORIZONS, weights, strict=True):
        lines.append(f"| {ahead} | " + " | ".join(f"{x:.1f}" for x in row) + " |")
    return lines


def section(title: str, losses: Mapping[str, Array], active: np.ndarray) -> list[str]:
    """Return all tables of a set of origins."""
    lines = [f"## {title}", ""]
    everyone = np.ones_like(active)
    for name, groups in (
        ("All countries", everyone),
        ("25 deaths or more in the year before", active),
    ):
        lines += [f"### {name}", "", count_line(losses, groups), ""]
        lines += [*means_table(losses, groups), ""]
        lines += [*saved_table(losses, groups, (LAST, WINDOW, SMOOTHED, PLAIN)), ""]
        lines += ["Resampling origins instead:", ""]
        lines += [*saved_table(losses, groups, (SMOOTHED,), axis=0), ""]
    return lines
