"""How what was expected of each indicator's next period fared.

Counts are scored on the scale of log(1 + y), on which half and double are equally wrong; on that
scale the quantiles of a count are the quantiles stored. Levels are scored by the ranked
probability score, which is the same score of a level's number. A reading is the one known now, the
latest vintage; a part of a period is scaled to all of it, and such readings are counted.

A forecast is live only if it was issued before any reading of the period was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from forecast.case import Case, Indicator
from forecast.periods import Period
from forecast.proof.past import BASELINES, Past, pasts
from forecast.proof.questions import MODES, Logged
from forecast.proof.scores import Array, binary_brier, quantile_crps, ranked_probability
from forecast.proof.skill import SEED, needed, skill
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
        """Quantiles of a count, chances of levels."""
        count = self.forecast.family == "count"
        return self.quantiles if count else np.array(self.forecast.next.levels)


def indicator_tables(
    case: Case,
    logged: Sequence[Logged],
    readings: Iterable[Reading],
    known: Known,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[IndicatorTable, ...]:
    """Return a table per indicator and mode, of those forecasts speak about.

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
    since: dict[tuple[str, Period], date] = {}
    for reading in rows:
        for period in reading.periods:
            key = (reading.indicator, period)
            since[key] = min(since.get(key, reading.published), reading.published)
    tables = []
    for number, indicator in enumerate(case.indicators):
        if progress:
            progress(number / len(case.indicators), f"scoring {indicator.name}")
        expected = list(_expected(indicator, logged, since, known, past_on))
        for mode in MODES:
            if here := [each for each in expected if each.mode == mode]:
                tables.append(_table(indicator, mode, here))
    return tuple(tables)


def _expected(
    indicator: Indicator,
    logged: Sequence[Logged],
    since: dict[tuple[str, Period], date],
    known: Known,
    past_on: Callable[[date], dict[str, Past]],
) -> Iterator[_Expected]:
    seen = set()
    for _, forecast in sorted(logged, key=lambda entry: (Period.parse(entry[1].period), entry[0])):
        said = next((each for each in forecast.indicators if each.id == indicator.id), None)
        if said is None or said.family != indicator.family:
            continue
        target = Period.parse(forecast.period) + 1
        first = since.get((indicator.id, target))
        late = first is not None and first <= date.fromisoformat(forecast.issued[:10])
        mode: Mode = "replayed" if late else forecast.mode
        if (mode, target) in seen:
            continue
        seen.add((mode, target))
        reading = known.speaking.get((indicator.id, target))
        scale = target.days / reading.days if reading and indicator.family == "count" else 1.0
        past = past_on(date.fromisoformat(forecast.as_of))[indicator.id]
        yield _Expected(mode, said, past, reading, reading.value * scale if reading else 0.0)


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
        needed=needed(_AHEAD),
        rows=_rows(settled) if settled else (),
        inside={share: sum(_inside(e, *ends) for e in counts) for share, ends in CENTRAL.items()}
        if counts
        else {},
        thresholds=_thresholds(indicator, settled),
        pit=tuple(float(rng.uniform(*_bounds(each))) for each in counts),
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
    """Return the score of what was expected, or of what a baseline would have expected instead."""
    if each.forecast.family == "count":
        return float(quantile_crps(np.log1p(said), each.levels, np.log1p(each.value)))
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
    bounds = {name: (value, 1) for name, value in (indicator.at_or_above or {}).items()}
    bounds |= {f"{n}_below": (value, -1) for n, value in (indicator.at_or_below or {}).items()}
    scores = {}
    for name, (bound, sign) in bounds.items():
        told = [e for e in settled if name in e.forecast.next.thresholds and e.past.recent.size]
        if told:
            reached = [float(sign * e.value >= sign * bound) for e in told]
            said = [min(e.forecast.next.thresholds[name], 1.0) for e in told]
            share = [float((sign * e.past.recent >= sign * bound).mean()) for e in told]
            scores[name] = (
                float(binary_brier(said, reached).mean()),
                float(binary_brier(share, reached).mean()),
            )
    return scores
