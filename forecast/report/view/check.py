"""How readings lay in their forecasts, and in replicates, in words."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.explain.types import (
    CENTRAL,
    ENOUGH,
    RARE,
    Check,
    CheckedIndicator,
    CheckedReading,
    Statistic,
)
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_TENTHS = 10
_NAMES = {
    "median": "median",
    "largest": "largest",
    "zeros": "zeros",
    "repeats": "same as the one before",
}


@dataclass(frozen=True, slots=True)
class PitRow:
    """One indicator's readings in their forecasts; ``inside`` is in step with the headings."""

    name: str
    readings: str
    mean: str
    inside: tuple[str, ...]
    tenths: str
    verdict: str
    surprise: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class StatisticRow:
    """One statistic as read and as replicated; the indicator is named in its first row."""

    name: str
    statistic: str
    read: str
    replicated: str
    at_most: str
    at_least: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class CheckView:
    """Everything `forecast priors --check` shows; without readings there are no rows."""

    case: str
    alarm: str
    cut: str
    bottom_line: str
    headings: tuple[str, ...]
    rows: tuple[PitRow, ...]
    statistics: tuple[StatisticRow, ...]
    legend: str


def build_check(check: Check) -> CheckView:
    """The answer in words."""
    read = [indicator for indicator in check.indicators if indicator.readings]
    return CheckView(
        case=clean(check.case),
        alarm=_alarm(check),
        cut=words.cut_short(check.cut),
        bottom_line=_bottom_line(check),
        headings=tuple(f"in {words.percent(share)}" for share in CENTRAL),
        rows=tuple(map(_pit_row, read)),
        statistics=tuple(
            _statistic_row(statistic, clean(indicator.name) if n == 0 else "")
            for indicator in read
            for n, statistic in enumerate(indicator.statistics)
        ),
        legend=_legend(check) if read else "",
    )


def _alarm(check: Check) -> str:
    if not check.failures:
        return ""
    return f"FIT NOT OK, of {check.forecasts} forecasts: {'; '.join(check.failures)}."


def _bottom_line(check: Check) -> str:
    readings = sum(len(indicator.readings) for indicator in check.indicators)
    if not readings:
        return "No reading to hold against a forecast yet."
    day = words.day_month_year(check.as_of)
    these = words.counted(readings, "reading")
    told = [f"{these}, as known {day}, held against the forecasts of the {check.cadence} before."]
    told.append(_tested(check))
    statistics = [s for indicator in check.indicators for s in indicator.statistics]
    flagged = sum(statistic.flagged for statistic in statistics)
    total = words.counted(len(statistics), "statistic")
    all_of = f"all {total}" if len(statistics) > 1 else f"the {total}"
    told.append(
        f"The fitted model does not reproduce {flagged} of {total} of them."
        if flagged
        else f"The fitted model reproduces {all_of} of them."
    )
    return " ".join(told)


def _tested(check: Check) -> str:
    tested = [indicator for indicator in check.indicators if indicator.uniform is not None]
    if not tested:
        return "They are too few to test the forecasts of any indicator."
    off = words.listed([clean(i.name) for i in tested if _ruled_out(i)])
    verdict = f"those of {off} are contradicted" if off else "none is contradicted"
    these = f"{len(tested)} of {words.counted(len(check.indicators), 'indicator')}"
    return f"Forecasts of {these} can be tested; {verdict}."


def _ruled_out(indicator: CheckedIndicator) -> bool:
    return indicator.uniform is not None and indicator.uniform < RARE


def _pit_row(indicator: CheckedIndicator) -> PitRow:
    readings = len(indicator.readings)
    tenths = [0] * _TENTHS
    for reading in indicator.readings:
        tenths[min(int(_TENTHS * reading.pit), _TENTHS - 1)] += 1
    return PitRow(
        name=clean(indicator.name),
        readings=str(readings),
        mean=words.percent(indicator.mean or 0.0),
        inside=tuple(f"{inside} of {readings}" for inside in indicator.inside),
        tenths=words.sparkline(tenths),
        verdict=_verdict(indicator),
        surprise=_surprise(min(indicator.readings, key=_tail)),
        flagged=_ruled_out(indicator),
    )


def _verdict(indicator: CheckedIndicator) -> str:
    if indicator.uniform is None:
        return "too few to say"
    p = f"p {words.multiple(indicator.uniform)}" if indicator.uniform >= 0.01 else "p <0.01"
    return f"ruled out, {p}" if _ruled_out(indicator) else f"not ruled out, {p}"


def _tail(reading: CheckedReading) -> float:
    """Return how probable it was to read as little, or as much, whichever is less."""
    return min(reading.up_to, 1 - reading.below)


def _surprise(reading: CheckedReading) -> str:
    low = reading.up_to < 1 - reading.below
    share, side = (1 - reading.up_to, "above") if low else (reading.below, "below")
    return (
        f"{words.number(reading.value)} in {reading.period}: {words.percent(share)} of its "
        f"forecast lay {side} (PIT {words.percent(reading.pit)})"
    )


def _statistic_row(statistic: Statistic, name: str) -> StatisticRow:
    shown = _share if statistic.name in ("zeros", "repeats") else words.rough_number
    return StatisticRow(
        name=name,
        statistic=_NAMES[statistic.name],
        read=shown(statistic.read),
        replicated=f"{shown(statistic.low)} to {shown(statistic.high)}",
        at_most=words.percent(statistic.at_most),
        at_least=words.percent(statistic.at_least),
        flagged=statistic.flagged,
    )


def _share(value: float) -> str:
    """A share of readings: none is 0 %, unlike a probability."""
    return f"{words.whole(value)} %"


def _legend(check: Check) -> str:
    unit, central, rare = check.cadence, words.percent(CENTRAL[0]), words.percent(RARE)
    return (
        "PIT: the share of its forecast that lay below a reading, by chance within what lay level "
        "with it. Right forecasts spread PITs evenly from 0 to 100 % (bars: readings per tenth), "
        "with a mean of 50 %; above it, more was read than forecast. "
        f"In {central}: within the central {central} of its forecast. Even: by a "
        f"Kolmogorov-Smirnov test, ruled out below p {RARE}, not tested below {ENOUGH} readings. "
        f"Values are those known now; the first {unit} is held against the priors; totals over "
        f"several {unit}s are left out. Replicated: what the model, fitted to all readings, "
        f"produces in their place, 5 to 95 %; !: less than {rare} of replicates are as low, or as "
        "high."
    )
