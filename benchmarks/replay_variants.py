"""Replay the Syria case week by week, with and without its known outcomes and evidence items.

    python -m benchmarks.replay_variants [--from 2024-W40] [--to 2024-W50]

Writes docs/replay.md: scenario probabilities as they would have been issued each Monday, every
change of leader with its Bayes factors by indicator, and what was said of the week after; the same
replay without outcomes that were known by then, and without evidence besides. Other
corrections left out: ``benchmarks.ablation``; other judgements: ``forecast priors --sensitivity``.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import math
import sys
from pathlib import Path

from forecast.case import Case, load_case
from forecast.periods import Period
from forecast.readings import load_readings, with_outcomes
from forecast.record import Forecast, ScenarioForecast
from forecast.refresh import refresh

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "replay.md"
SPEAKS = 1.5  # a Bayes factor nearer to 1 than this tells the two scenarios apart by nothing

INTRO = """\
# The Syria replay

Written by `python -m benchmarks.replay_variants`. Every line is an ordinary refresh as-of the
Monday after the week, using only rows published by then. **Coded with hindsight: an illustration,
not proof of skill** ([syria.md](syria.md)). Whole per cent; the leader is bold. The second table of
each is of the week after the one in front.
"""


def replay(case: Case, periods: list[Period]) -> list[Forecast]:
    """Refresh as-of the first day on which each period is the forecast period."""
    readings = load_readings(case)
    done: list[Forecast] = []
    for period in periods:
        previous = (None, done[-1]) if done else None
        done.append(refresh(case, readings, period.refresh_day, previous))
        print(f"  {period} fit ok: {done[-1].fit.ok}", file=sys.stderr, flush=True)
    return done


def leader(forecast: Forecast) -> ScenarioForecast:
    """Return the most probable scenario."""
    return max(forecast.scenarios, key=lambda s: s.probability)


def table(forecasts: list[Forecast], *, ahead: bool = False) -> str:
    """Return a markdown table, a line per week, of that week or of the one after."""
    names = [s.name for s in forecasts[0].scenarios]
    week = "as known after" if ahead else "week"
    lines = [f"| {week} | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for forecast in forecasts:
        said = [s.horizons["1"] if ahead else s.probability for s in forecast.scenarios]
        cells = [f"**{100 * p:.0f}**" if p == max(said) else f"{100 * p:.0f}" for p in said]
        gate = "" if forecast.fit.ok else " (gate failed)"
        lines.append(f"| {forecast.period}{gate} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def changes_of_leader(forecasts: list[Forecast]) -> str:
    """Return a paragraph per change of leader: whose reading spoke for it, and by how much."""
    found = []
    for before, now in itertools.pairwise(forecasts):
        old, new = leader(before), leader(now)
        if old.id == new.id:
            continue
        factors = {name: math.exp(s[new.id] - s[old.id]) for name, s in said(now).items()}
        silent = [i.name for i in now.indicators if not i.support]
        speaking = {n: f for n, f in factors.items() if not 1 / SPEAKS < f < SPEAKS}
        apart = [n for n in factors if n not in speaking]
        text = f"**{now.period}: from {old.name} to {new.name}.** Bayes factors of the week: "
        text += ", ".join(f"{n} {ratio(f)}" for n, f in speaking.items()) or "none that speaks"
        text += f"; all together {ratio(math.prod(factors.values()))}."
        if apart:
            text += f" Cannot tell the two apart: {', '.join(apart)}."
        if silent:
            text += f" No reading: {', '.join(silent)}."
        second = sorted(now.scenarios, key=lambda s: -s.probability)[1]
        against = [s[new.id] - s[second.id] for s in said(now).values()]
        text += (
            f" Against the runner-up, {second.name}, the readings of the week stand at "
            f"{ratio(math.exp(sum(against)))}; the rest of the distance is where they came from."
        )
        found.append(text)
    return "\n\n".join(found) or "The leader never changes."


def said(forecast: Forecast) -> dict[str, dict[str, float]]:
    """Return the support of every reading and event of the forecast period, by name."""
    spoken = {i.name: i.support for i in forecast.indicators}
    spoken |= {e.name: e.support for e in forecast.evidence if e.period == forecast.period}
    return {name: support for name, support in spoken.items() if support}


def ratio(factor: float) -> str:
    """Return a Bayes factor as odds: ``3.1 to 1`` or ``1 to 3.1``."""
    if factor >= 1:
        return f"{factor:.3g} to 1"
    return f"1 to {1 / factor:.3g}"


def main() -> None:
    """Run all variants and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", type=Period.parse, default="2024-W40")
    parser.add_argument("--to", dest="last", type=Period.parse, default="2024-W50")
    arguments = parser.parse_args()
    case = with_outcomes(load_case(ROOT))
    periods = [arguments.first + n for n in range(arguments.last - arguments.first + 1)]
    variants = {
        "As the case stands": case,
        "Without known outcomes": dataclasses.replace(case, outcomes=()),
        "Without known outcomes and evidence items": dataclasses.replace(
            case, outcomes=(), evidence=()
        ),
    }
    parts = [INTRO]
    for title, variant in variants.items():
        print(title, file=sys.stderr, flush=True)
        forecasts = replay(variant, periods)
        parts += [
            f"## {title}\n",
            table(forecasts) + "\n",
            changes_of_leader(forecasts) + "\n",
            table(forecasts, ahead=True) + "\n",
        ]
    PAGE.write_text("\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
