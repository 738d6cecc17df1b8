"""How what was expected of each indicator's next period fared.

Each is scored on the scale of its family. Counts on that of log(1 + y), on which half and double
are equally wrong; on that scale the quantiles of a count are the quantiles stored. Proportions as
they are. Levels by the ranked probability score, which is the same score of a level's number.
Readings of a part of a period are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from forecast.case import Case, Indicator
from forecast.families import FAMILIES
from forecast.families.base import Scale
from forecast.proof.past import BASELINES, Past, pasts
from forecast.proof.questions import MODES, Issue, Logged, first_issues, known_since
from forecast.proof.scores import (
    SEED,
    Array,
    binary_brier,
    needed,
    quantile_crps,
    ranked_probability,
    skill,
)
from forecast.proof.types import FORECASTS, IndicatorRow, IndicatorTable
from forecast.readings import Known, Reading, known_as_of
from forecast.record import IndicatorForecast, Mode

CENTRAL = {"0.5": (0.25, 0.75), "0.9": (0.05, 0.95)}
_AHEAD = 1  # horizon: the next period is what is expected


@dataclass(frozen=True, slots=True)
class _Expected:
    """What was expected of one period, and its reading: None while there is none."""

    mode: Mode
    forecast: IndicatorForecast
    past: Past
    reading: Reading | None
    value: float  # of the whole period; 0 without a reading

    @property
    def levels(self) -> Array:
        return np.array(sorted(map(float, self.forecast.next.quantiles)))

    @property
    def quantiles(self) -> Array:
        return np.array([q for _, q in sorted(self.forecast.next.quantiles.items(), key=_level)])

    @property
    def said(self) -> Array:
        """Chances of levels, quantiles of what has none."""
        return np.array(self.forecast.next.levels) if self.scale == "level" else self.quantiles

    @property
    def scale(self) -> Scale:
        return FAMILIES[self.forecast.family].scale


def indicator_tables(
    case: Case,
    logged: Sequence[Logged],
    readings: Iterable[Reading],
    known: Known,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[IndicatorTable, ...]:
    """A table per indicator and mode, of those forecasts speak about.

    Parameters
    ----------
    case
        Its thresholds are those asked for.
    logged
        Forecasts in the order of the ledger: the first issue of a period counts.
    readings
        All of them: the first for a period says since when it was known, and baselines take those
        known as-of a forecast's day.
    known
        What is known now.
    progress
        Told the share done and of what: time series are fitted, where that was not done before.
    """
    rows = tuple(readings)
    past_on = cache(lambda as_of: pasts(case, known_as_of(case, rows, as_of)))
    since = known_since(rows)
    tables = []
    for number, indicator in enumerate(case.indicators):
        if progress:
            progress(number / len(case.indicators), f"scoring {indicator.name}")
        expected = [
            _expected(indicator, each, past_on(each.as_of)[indicator.id])
            for each in first_issues(indicator, logged, since, known)
        ]
        for mode in MODES:
            if here := [each for each in expected if each.mode == mode]:
                tables.append(_table(indicator, mode, here))
    return tuple(tables)


def _expected(indicator: Indicator, issue: Issue, past: Past) -> _Expected:
    value = issue.reading.in_full(indicator.family) if issue.reading else 0.0
    return _Expected(issue.mode, issue.said, past, issue.reading, value)


def _level(item: tuple[str, float]) -> float:
    return float(item[0])


def _table(indicator: Indicator, mode: Mode, expected: list[_Expected]) -> IndicatorTable:
    settled = [each for each in expected if each.reading is not None]
    placed = [each for each in settled if each.scale != "level"]
    rng = np.random.default_rng(SEED)
    return IndicatorTable(
        id=indicator.id,
        name=indicator.name,
        family=indicator.family,
        mode=mode,
        issued=len(expected),
        settled=len(settled),
        partial=sum(e.reading.days < e.reading.period.days for e in settled if e.reading),
        needed=needed(_AHEAD),
        rows=_rows(settled) if settled else (),
        inside={share: sum(_inside(e, *ends) for e in placed) for share, ends in CENTRAL.items()}
        if placed
        else {},
        thresholds=_thresholds(indicator, settled),
        pit=tuple(float(rng.uniform(*_bounds(each))) for each in placed),
    )


def _rows(settled: list[_Expected]) -> tuple[IndicatorRow, ...]:
    own = np.array([_loss(each, each.said) for each in settled])
    rows = [IndicatorRow(FORECASTS, len(own), float(own.mean()), float(own.mean()), None)]
    for name, baseline in BASELINES.items():
        said = [baseline(each.past, each.levels) for each in settled]
        there = np.array([instead is not None for instead in said])
        if there.any():
            told = zip(settled, said, strict=True)
            theirs = np.array([_loss(e, instead) for e, instead in told if instead is not None])
            beside, better = own[there], skill(own[there], theirs, _AHEAD)
            means = float(theirs.mean()), float(beside.mean())
            rows.append(IndicatorRow(name, len(theirs), *means, better))
    return tuple(rows)


def _loss(each: _Expected, said: Array) -> float:
    """The score of what was expected, or of what a baseline would have expected instead."""
    match each.scale:
        case "log":
            return float(quantile_crps(np.log1p(said), each.levels, np.log1p(each.value)))
        case "proportion":
            return float(quantile_crps(said, each.levels, each.value))
        case "level":
            return float(ranked_probability(said, int(each.value)))


def _inside(each: _Expected, low: float, high: float) -> bool:
    least, most = np.interp([low, high], each.levels, each.quantiles)  # as stored, if they are
    return bool(least <= each.value <= most)


def _bounds(each: _Expected) -> tuple[float, float]:
    """Return between which of its forecast's levels a reading lay.

    P(Y < y) is at least the last level whose quantile is below y, P(Y <= y) at most the first
    whose quantile is above: as closely as 23 quantiles tell (Czado, Gneiting & Held 2009).
    """
    below, above = each.quantiles < each.value, each.quantiles > each.value
    return (
        float(each.levels[below][-1]) if below.any() else 0.0,
        float(each.levels[above][0]) if above.any() else 1.0,
    )


def _thresholds(indicator: Indicator, settled: list[_Expected]) -> dict[str, tuple[float, float]]:
    """Return Brier scores per threshold: of the forecasts, and of its share of recent periods."""
    scores = {}
    for name in indicator.bounds:
        told = [e for e in settled if name in e.forecast.next.thresholds and e.past.recent.size]
        if told:
            reached = [float(indicator.reaches(name, e.value)) for e in told]
            said = [min(e.forecast.next.thresholds[name], 1.0) for e in told]
            share = [
                float(np.mean([indicator.reaches(name, v) for v in e.past.recent])) for e in told
            ]
            scores[name] = (
                float(binary_brier(said, reached).mean()),
                float(binary_brier(share, reached).mean()),
            )
    return scores
