"""How what was expected of each indicator's next period fared.

Counts are scored on the scale of log(1 + y), on which half and double are equally wrong; on that
scale the quantiles of a count are the quantiles stored. Levels are scored by the ranked
probability score, which is the same score of a level's number. Readings of a part of a period are
counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from forecast.case import Case, Indicator
from forecast.case.types import Family
from forecast.proof.issued import Issue, first_issues, known_since
from forecast.proof.questions import MODES, Logged
from forecast.proof.scores import Array, binary_brier, quantile_crps, ranked_probability
from forecast.proof.skill import SEED, skill
from forecast.proof.types import FORECASTS, IndicatorRow, IndicatorTable
from forecast.readings import Known, Reading
from forecast.record import IndicatorForecast, Mode

CENTRAL = {"0.5": (0.25, 0.75), "0.9": (0.05, 0.95)}
LAST_VALUE, EMPIRICAL = "last value", "last 12 periods"


@dataclass(frozen=True, slots=True)
class _Expected:
    """What was expected of one period, and its reading: None while there is none."""

    mode: Mode
    forecast: IndicatorForecast
    reading: Reading | None
    value: float  # of the whole period; 0 without a reading

    @property
    def levels(self) -> Array:
        return np.array(sorted(map(float, self.forecast.next.quantiles)))

    @property
    def quantiles(self) -> Array:
        return np.array([q for _, q in sorted(self.forecast.next.quantiles.items(), key=_level)])

    @property
    def recent(self) -> Array:
        return np.array([value for value in self.forecast.recent if value is not None])


def indicator_tables(
    case: Case, logged: Sequence[Logged], readings: Iterable[Reading], known: Known
) -> tuple[IndicatorTable, ...]:
    """Return a table per indicator and mode, of those forecasts speak about.

    Parameters
    ----------
    case
        Its thresholds are those asked for.
    logged
        Forecasts in the order of the ledger: the first issue of a period counts.
    readings
        All of them: the first for a period says since when it was known.
    known
        What is known now.
    """
    since = known_since(readings)
    tables = []
    for indicator in case.indicators:
        expected = [
            _expected(indicator.family, each)
            for each in first_issues(indicator, logged, since, known)
        ]
        for mode in MODES:
            if here := [each for each in expected if each.mode == mode]:
                tables.append(_table(indicator, mode, here))
    return tuple(tables)


def _expected(family: Family, issue: Issue) -> _Expected:
    value = issue.reading.in_full(family) if issue.reading else 0.0
    return _Expected(issue.mode, issue.said, issue.reading, value)


def _level(item: tuple[str, float]) -> float:
    return float(item[0])


def _table(indicator: Indicator, mode: Mode, expected: list[_Expected]) -> IndicatorTable:
    settled = [each for each in expected if each.reading is not None]
    counts = [each for each in settled if indicator.family == "count"]
    rng = np.random.default_rng(SEED)
    return IndicatorTable(
        id=indicator.id,
        name=indicator.name,
        family=indicator.family,
        mode=mode,
        issued=len(expected),
        settled=len(settled),
        partial=sum(e.reading.days < e.reading.period.days for e in settled if e.reading),
        rows=_rows(settled) if settled else (),
        inside={share: sum(_inside(e, *ends) for e in counts) for share, ends in CENTRAL.items()}
        if counts
        else {},
        thresholds=_thresholds(indicator, settled),
        pit=tuple(float(rng.uniform(*_bounds(each))) for each in counts),
    )


def _rows(settled: list[_Expected]) -> tuple[IndicatorRow, ...]:
    loss = np.array([_loss(each, FORECASTS) for each in settled])
    rows = []
    for name in (FORECASTS, LAST_VALUE, EMPIRICAL):
        there = np.array([name == FORECASTS or each.recent.size > 0 for each in settled])
        if there.any():
            own = np.array([_loss(e, name) for e, has in zip(settled, there, strict=True) if has])
            better = None if name == FORECASTS else skill(loss[there], own, 1)
            mean, beside = float(own.mean()), float(loss[there].mean())
            rows.append(IndicatorRow(name, len(own), mean, beside, better))
    return tuple(rows)


def _loss(each: _Expected, name: str) -> float:
    """Return the score of the forecast, or of what a baseline would have said instead."""
    recent = each.recent[-1:] if name == LAST_VALUE else each.recent
    if each.forecast.family == "count":
        quantiles = each.quantiles if name == FORECASTS else np.quantile(recent, each.levels)
        return float(quantile_crps(np.log1p(quantiles), each.levels, np.log1p(each.value)))
    chance = np.array(each.forecast.next.levels)
    if name != FORECASTS:
        chance = np.bincount(recent.astype(int), minlength=len(chance)) / len(recent)
    return float(ranked_probability(chance, int(each.value)))


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
        told = [e for e in settled if name in e.forecast.next.thresholds and e.recent.size]
        if told:
            reached = [float(indicator.reaches(name, e.value)) for e in told]
            said = [min(e.forecast.next.thresholds[name], 1.0) for e in told]
            share = [float(np.mean([indicator.reaches(name, v) for v in e.recent])) for e in told]
            scores[name] = (
                float(binary_brier(said, reached).mean()),
                float(binary_brier(share, reached).mean()),
            )
    return scores
