"""Update against refit, over the replay of the Syria case."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.speed.made import ROOT, table
from forecast.case import load_case
from forecast.model.data import data_of
from forecast.model.fit import silent
from forecast.model.posterior import Posterior
from forecast.model.store import fit
from forecast.periods import Period
from forecast.readings import known_as_of, load_readings
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import anchor_day, anchor_of

WEEKS = [Period.parse("2024-W40") + n for n in range(11)]


def section() -> list[str]:
    """Compare every week that is not itself an anchor."""
    case = load_case(ROOT)
    readings = load_readings(case)
    rows, worst, quick, slow = [], 0.0, [], []
    for week in WEEKS:
        day = week.refresh_day
        if anchor_day(case, day) == day:
            continue
        anchor = anchor_of(case, readings, day, silent)
        spec = spec_of(case, known_as_of(case, readings, day))
        begin = time.perf_counter()
        draws = anchor.stands_for(spec)
        took = time.perf_counter() - begin
        begin = time.perf_counter()
        own = fit(data_of(spec), silent, refit=True)
        refitted = time.perf_counter() - begin
        if draws is None:
            rows.append(f"| {week} | {took:.1f} | {refitted:.1f} | refused | | |")
            continue
        quick.append(took)
        slow.append(refitted)
        now = Posterior.of(draws.data, own.theta).now.mean(axis=0)
        apart = 100 * float(np.abs(now - draws.posterior.now.mean(axis=0)).max())
        worst = max(worst, apart)
        rows.append(
            f"| {week} | {took:.1f} | {refitted:.1f} | {draws.khat:.2f} | {draws.ess:,.0f} "
            f"| {apart:.1f} |"
        )
    head = "| week | update, s | refit, s | k-hat | ESS | largest difference, points |"
    return [
        "## Update against refit",
        "",
        "The Syria replay, in one process. **Where the update was accepted, no scenario differs "
        f"by more than {worst:.1f} points from a refit, in {sum(slow) / sum(quick):.0f} times less "
        "time.** (The two share no draws: their Monte Carlo errors are in the difference.)",
        "",
        *table(head, rows),
    ]
