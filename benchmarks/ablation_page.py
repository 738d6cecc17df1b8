"""The page of the ablation: tables and sentences from its results, nothing typed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scores import log_score, mean_and_error, sure, verdict
from benchmarks.without import WITHOUT
from forecast.case import Case
from forecast.model.spec import Array, Index
from forecast.proof.scores import brier

PAGE = Path(__file__).parent.parent / "docs" / "ablation.md"
NAMES = {
    "inertia": "Inertia",
    "shock": "The shared shock",
    "grades": "Grades",
    "offsets": "Offsets between sources",
    "delay": "Delay",
    "evidence": "Evidence",
    "naive": "All corrections together",
}

Result = dict[str, Any]
Said = tuple[Array, Index]  # probabilities (n, ..., K), and what held (n, ...)
Score = Callable[[Array, Index], Array]


def page(results: list[Result], case: Case, resolved: dict[str, str]) -> str:
    """Return the page; ``resolved`` maps weeks to ids of scenarios."""
    drawn = [r for r in results if isinstance(r["about"], int)]
    simulated = {name: [r for r in drawn if r["variant"] == name] for name in WITHOUT}
    weekly = [r for r in results if isinstance(r["about"], str)]
    syria = {name: [r for r in weekly if r["variant"] == name] for name in WITHOUT}
    said = {name: _windows(found) for name, found in simulated.items()}
    failed, failed_syria = (sum(not r["ok"] for r in some) for some in (drawn, weekly))
    hours = sum(r["seconds"] for r in results) / 3600
    size = len(simulated["full"])
    lines = [
        "# What each correction is worth\n",
        f"Written by `python -m benchmarks.ablation --datasets {size}`: the full model, the",
        "model without each of its corrections, and the naive one without any (independent",
        "readings, each new, whole and true; the same evidence). In every variant priors are",
        "solved anew, so that what was elicited comes back. Log scores are in nat, Brier scores",
        "summed over scenarios.\n",
        f"{len(results)} fits, {hours:.1f} hours of fitting, summed, on {os.cpu_count()} cores.",
        f"{failed} of {len(drawn)} to simulated datasets and {failed_syria} of {len(weekly)} to",
        "Syria did not pass the gate of a forecast's fit and are kept; the former have fewer",
        "draws than it is meant for.\n",
        f"## {size} simulated datasets of {len(simulated['full'][0]['held'])} weeks\n",
        "Drawn from the full model: they show what a correction is worth where it is true, not",
        "that it is true. *All weeks*: filtered probabilities of every week, under parameters",
        "fitted to all of them, also to later ones (a fit per week would cost fifty times as",
        "much; every variant has the same advantage). *Last week* and *next week* know nothing",
        "of what comes after. Late are only the counts of the last two weeks.\n",
        *_sentences(said),
        "",
        *_scores(said),
        "Difference to the full model, with its standard error over datasets. Of log scores the",
        "negative, of Brier scores the positive are worse than the full model.\n",
        *_differences(said, log_score, "log score"),
        *_differences(said, brier, "Brier score"),
        "How often a scenario of a week was above 95 %, how often such a one did not hold, and how",
        "often the central 90 % interval of the next week's counts held the count (in whole",
        "numbers an interval covers a little more than it says).\n",
        *_extremes(simulated, said),
        *_syria(syria, case, resolved),
    ]
    return "\n".join(lines) + "\n"


def _windows(results: list[Result]) -> dict[str, Said]:
    """Return what was said of every dataset, by which weeks it was said of."""
    probability = np.array([r["probability"] for r in results])
    held = np.array([r["held"] for r in results])
    return {
        "all weeks": (probability, held),
        "last week": (probability[:, -1], held[:, -1]),
        "next week": (
            np.array([r["next_probability"] for r in results]),
            np.array([r["next_held"] for r in results]),
        ),
    }


def _each(score: Score, said: Said) -> Array:
    """Return the score of every dataset, averaged over its weeks, (n,)."""
    values = score(*said)
    return np.asarray(values.reshape(len(values), -1).mean(axis=1))


def _sentences(said: dict[str, dict[str, Said]]) -> list[str]:
    lines, idle = [], []
    for name, title in NAMES.items():
        verdicts = {}
        for window, (mean, error) in _compared(said, name, log_score).items():
            verdicts[window] = f"{verdict(mean, error)} (without: {mean:+.3f} ± {error:.3f})"
        said_of = "; ".join(f"{window}, {found}" for window, found in verdicts.items())
        lines.append(f"- **{title}**: {said_of}.")
        if not any(v.startswith("helps") for v in verdicts.values()):
            idle.append(title)
    return [*lines, "", f"**Not shown to help by any of the three**: {', '.join(idle) or 'none'}."]


def _compared(
    said: dict[str, dict[str, Said]], name: str, score: Score
) -> dict[str, tuple[float, float]]:
    """Return by how much a variant's score differs from the full model's, and its error."""
    return {
        window: mean_and_error(_each(score, said[name][window]) - _each(score, full))
        for window, full in said["full"].items()
    }


def _scores(said: dict[str, dict[str, Said]]) -> list[str]:
    windows = list(said["full"])
    heads = [f"{score}, {w}" for score in ("log score", "Brier") for w in windows]
    rows = {
        name: [
            f"{_each(score, said[name][w]).mean():.3f}"
            for score in (log_score, brier)
            for w in windows
        ]
        for name in said
    }
    return _table(heads, rows)


def _differences(said: dict[str, dict[str, Said]], score: Score, title: str) -> list[str]:
    rows = {
        name: [
            f"{mean:+.3f} ± {error:.3f}" for mean, error in _compared(said, name, score).values()
        ]
        for name in NAMES
    }
    return _table(said["full"], rows, title)


def _extremes(simulated: dict[str, list[Result]], said: dict[str, dict[str, Said]]) -> list[str]:
    rows = {}
    for name, results in simulated.items():
        counts = np.array([r["inside"] for r in results])
        rows[name] = [*_sure(said[name]["all weeks"]), f"{counts.mean():.0%} of {counts.size}"]
    return _table(["above 95 %", "and wrong", "next counts inside"], rows)


def _sure(said: Said) -> list[str]:
    """Return how often a scenario was above 95 %, and how many of those did not hold."""
    above, wrong = sure(*said)
    share = f" ({wrong.sum() / above.sum():.1%})" if above.any() else ""
    return [f"{above.sum()} of {above.size} ({above.mean():.0%})", f"{wrong.sum()}{share}"]


def _syria(syria: dict[str, list[Result]], case: Case, resolved: dict[str, str]) -> list[str]:
    syria = {name: found for name, found in syria.items() if found}
    ids = [scenario.id for scenario in case.scenarios]
    weeks = [r["about"] for r in syria["full"]]
    said = {name: np.array([r["probability"] for r in found]) for name, found in syria.items()}
    leading = sorted({int(k) for each in said.values() for k in each.argmax(axis=1)})
    settled = [t for t, week in enumerate(weeks) if week in resolved]
    held = np.array([ids.index(resolved[weeks[t]]) for t in settled])
    lines = [
        f"## Syria, {weeks[0]} to {weeks[-1]}\n",
        "As the replay has it: as known on the Monday after each week. **Coded with hindsight: an",
        "illustration, not proof of skill** ([syria.md](syria.md)). Delay is not left out: there",
        "are too few vintages to learn it from, so it corrects nothing here. Per cent, of the",
        "scenarios that ever lead.\n",
    ]
    for k in leading:
        rows = {
            week: [f"{100 * said[name][t, k]:.0f}" for name in said] for t, week in enumerate(weeks)
        }
        lines += [
            f"**{case.scenarios[k].name}**\n",
            *_table([_title(n) for n in said], rows, "week"),
        ]
    rows = {}
    for name, each in said.items():
        some = each[settled]
        log, full = log_score(some, held).mean(), log_score(said["full"][settled], held).mean()
        score = f"{brier(some, held).mean():.3f}"
        rows[name] = [f"{log:.3f}", f"{log - full:+.3f}", score, *_sure((some, held))]
    lines += [
        f"Of these weeks {len(settled)} are settled ({', '.join(weeks[t] for t in settled)}): too",
        "few, and of one war, to say which correction helps.\n",
        *_table(["log score", "less the full model's", "Brier", "above 95 %", "and wrong"], rows),
    ]
    return lines


def _title(name: str) -> str:
    return {"full": "full model", "naive": "naive"}.get(name, f"without {name}")


def _table(heads: Iterable[str], rows: dict[str, list[str]], corner: str = "") -> list[str]:
    heads = list(heads)
    return [
        f"| {corner} | " + " | ".join(heads) + " |",
        "|---|" + "--:|" * len(heads),
        *(
            f"| {_title(name) if name in WITHOUT else name} | " + " | ".join(cells) + " |"
            for name, cells in rows.items()
        ),
        "",
    ]
