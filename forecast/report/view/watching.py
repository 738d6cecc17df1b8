"""The whole watch list in words: what to look at first, then every indicator in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from forecast.alerts import STANDING, severity
from forecast.case.types import THRESHOLDS, Alerting
from forecast.explain.types import Trend
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.proof.types import AlertRecord
from forecast.readings.events import Coverage
from forecast.record import Alert, Forecast, IndicatorForecast
from forecast.report.view import words
from forecast.report.view.build import build_view
from forecast.report.view.coverage import covered, days_of, is_read
from forecast.report.view.derived import DerivedRow
from forecast.report.view.movement import against, moved, speaks_for, thresholds
from forecast.report.view.recent import LEGEND, chart
from forecast.report.view.sanitise import cleaned
from forecast.report.view.types import View, WatchRow
from forecast.report.view.watchlist import in_force, state_text, threshold_name


@dataclass(frozen=True, slots=True)
class WatchBlock:
    """One indicator in full: beside its row, how it moved, what it says, and what is missing."""

    row: WatchRow
    alert: str
    alarming: bool
    moved: str
    against: str
    chart: tuple[str, ...]
    coverage: str
    thresholds: str
    speaks: str
    trend: str
    pulled: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """How alerts for one threshold fared."""

    mode: str
    threshold: str
    raised: str
    followed: str
    open: str
    crossings: str
    announced: str


@dataclass(frozen=True, slots=True)
class WatchView:
    """Everything `forecast watch` shows; ``first`` pairs a heading with what stands under it."""

    about: View
    first: tuple[tuple[str, str], ...]
    blocks: tuple[WatchBlock, ...]
    derived: tuple[DerivedRow, ...]
    record: tuple[RecordRow, ...]
    rule: str
    legend: str
    failed: str


def build_watch(
    forecast: Forecast,
    rule: Alerting,
    *,
    past: Mapping[Period, Forecast] | None = None,
    covered_by: Mapping[tuple[str, str], Coverage] | None = None,
    record: Sequence[AlertRecord] = (),
    trends: Mapping[str, Trend] | None = None,
    derived: Sequence[DerivedRow] = (),
    only: str | None = None,
    failed: Sequence[Period] = (),
) -> WatchView:
    """Put the watch list of a forecast into words.

    Parameters
    ----------
    forecast
        What to show.
    rule
        When a probability is an alert now.
    past
        Forecasts of earlier periods, whose expectations readings are held against.
    covered_by
        What pulls cover, by indicator and source.
    record
        How such alerts fared so far.
    trends
        By indicator; None if they were not asked for.
    derived
        What is computed from readings (`build_derived`).
    only
        The one indicator to show in full; None for all.
    failed
        Periods whose forecast in the ledger is of a fit that failed its gate.
    """
    forecast = cleaned(forecast)
    view = build_view(forecast, entry=None, live_scored=None)
    blocks = [
        _block(row, indicator, forecast, past or {}, covered_by or {}, trends)
        for row, indicator in zip(view.watch, forecast.indicators, strict=True)
        if only in (None, indicator.id)
    ]
    return WatchView(
        about=view,
        first=_first(view, forecast),
        blocks=tuple(sorted(blocks, key=lambda block: (-block.row.severity, not block.alarming))),
        derived=tuple(derived),
        record=tuple(_recorded(each) for each in record),
        rule=_rule(rule, forecast.cadence),
        legend=LEGEND,
        failed=_failed(failed, forecast.period),
    )


def _block(
    row: WatchRow,
    indicator: IndicatorForecast,
    forecast: Forecast,
    past: Mapping[Period, Forecast],
    covered_by: Mapping[tuple[str, str], Coverage],
    trends: Mapping[str, Trend] | None,
) -> WatchBlock:
    about, period = covered(indicator), forecast.period
    alerts = [alert for alert in forecast.alerts if alert.indicator == indicator.id]
    return WatchBlock(
        row=replace(row, state=state_text(indicator)),
        alert=_alert(alerts, forecast),
        alarming=any(alert.state in STANDING for alert in alerts),
        moved=moved(indicator, period),
        against=against(indicator, past.get(about[1] - 1) if about else None, period),
        chart=_chart(indicator, past),
        coverage=_coverage(indicator, period),
        thresholds=thresholds(indicator),
        speaks=speaks_for(indicator, forecast),
        trend="" if trends is None else _trend(trends.get(indicator.id), forecast.cadence),
        pulled=_pulled(indicator.id, covered_by, period),
    )


def _chart(indicator: IndicatorForecast, past: Mapping[Period, Forecast]) -> tuple[str, ...]:
    """The recent readings in what was expected of each the period before, and named."""
    first, number = indicator.recent_first, len(indicator.recent)
    told = [_of(indicator, past.get(first + step - 1)) for step in range(number)]
    expected = [*(each.next if each else None for each in told), indicator.next]
    family = FAMILIES[indicator.family]
    *lines, base = chart(
        indicator.recent, expected, family, len(family.levels(indicator.level_names))
    )
    return (*lines, f"{base}   {words.period_range(first, first + (number - 1))}")


def _of(indicator: IndicatorForecast, forecast: Forecast | None) -> IndicatorForecast | None:
    there = forecast.indicators if forecast else []
    return next(
        (each for each in there if (each.id, each.family) == (indicator.id, indicator.family)), None
    )


def _first(view: View, forecast: Forecast) -> tuple[tuple[str, str], ...]:
    """Return what to look at first: what has reached a threshold, what may, what is missing."""
    lines, period = [], forecast.period
    for severe in (3, 2, 1):
        rows = [row for row in view.watch if row.severity == severe]
        notes = [row.state.split(" ", 1)[1].removeprefix(THRESHOLDS[severe - 1]) for row in rows]
        names = [
            f"{row.name} ({note.strip(', ')})" if note else row.name
            for row, note in zip(rows, notes, strict=True)
        ]
        if names:
            lines.append((THRESHOLDS[severe - 1], ", ".join(names)))
    if told := in_force(forecast):
        lines.append(("alert", told))
    absent = [_missing(i, period) for i in forecast.indicators if not is_read(i, period)]
    if absent:
        lines.append(("missing", ", ".join(absent)))
    return tuple(lines)


def _missing(indicator: IndicatorForecast, period: Period) -> str:
    """Return ``Iran footprint (overdue, none since week 46, last known !! warning)``."""
    about = covered(indicator)
    last = f"none since {words.period_name(about[1], period)}" if about else "none yet"
    notes = [indicator.due, last]
    if indicator.due == "overdue" and severity(indicator.state):
        notes.append(state_text(indicator))
    return f"{indicator.name} ({', '.join(notes)})"


def _alert(alerts: Sequence[Alert], forecast: Forecast) -> str:
    """An indicator's alerts, those that stand first, and what became of others."""
    period = forecast.period
    following = words.period_name(period + 1, period)
    parts = []
    for alert in sorted(alerts, key=lambda a: (a.state not in STANDING, -severity(a.threshold))):
        since = words.period_name(alert.raised, period)
        name, chance = threshold_name(alert), words.percent(alert.probability)
        match alert.state:
            case "raised":
                parts.append(f"{name} {chance} in {following}, raised now")
            case "standing":
                parts.append(f"{name} {chance} in {following}, since {since}")
            case "crossed" | "cleared":
                parts.append(f"{name} of {since} {alert.state}")
            case "quiet":
                parts.append(f"{name} of {since} over, quiet")
    return "; ".join(parts)


def _coverage(indicator: IndicatorForecast, period: Period) -> str:
    """Return ``1 of 7 days; 8 of the last 12 weeks read``."""
    number, there = len(indicator.recent), sum(v is not None for v in indicator.recent)
    days, full = days_of(indicator)
    now = f"{days} of {full} days" if is_read(indicator, period) else "not read"
    return f"{now}; {there} of the last {number} {period.cadence}s read"


def _trend(trend: Trend | None, cadence: str) -> str:
    """Return ``times 1.21 a week (90 %: 0.95-1.60), no clear direction, from 8 readings``."""
    if trend is None:
        return "told of counts only"
    read = words.counted(trend.readings, "reading")
    if trend.factor is None or trend.low is None or trend.high is None:
        return f"too few to say: {read}"
    middle, low, high = (words.multiple(x) for x in (trend.factor, trend.low, trend.high))
    way = "rising" if trend.low > 1 else "falling" if trend.high < 1 else "no clear direction"
    return f"times {middle} a {cadence} (90 %: {low}-{high}), {way}, from {read}"


def _recorded(record: AlertRecord) -> RecordRow:
    return RecordRow(
        mode=record.mode,
        threshold=record.threshold,
        raised=str(record.raised),
        followed=str(record.followed),
        open=str(record.open),
        crossings=str(record.crossings),
        announced=str(record.announced),
    )


def _rule(rule: Alerting, cadence: str) -> str:
    quiet = f", not again within {rule.quiet} {cadence}s" if rule.quiet else ""
    return (
        f"Alert: a threshold not reached yet that is {words.percent(rule.on)} or more likely to be "
        f"next {cadence}; over below {words.percent(rule.off)}{quiet}. Crossing: a reading that "
        f"reaches it where the one before did not; announced, if an alert stood the {cadence} "
        "before. All forecasts of the ledger are judged by this rule, first issues only."
    )


def _failed(periods: Sequence[Period], about: Period) -> str:
    """Return which forecasts that readings and alerts are held against are not to be relied on."""
    if not periods:
        return ""
    return (
        f"Fits that failed their gate: {words.period_ranges(periods, about)}. What was expected "
        "then, and alerts of then, may be wrong."
    )


def _pulled(indicator: str, covered_by: Mapping[tuple[str, str], Coverage], period: Period) -> str:
    """Return ``acled-events 5 of 7 days, pulled 1 Dec; ucdp not pulled``."""
    return "; ".join(
        f"{source} not pulled"
        if known.pulled is None
        else f"{source} {known.of(period)} of {period.days} days, "
        f"pulled {words.day_month(known.pulled)}"
        for (name, source), known in covered_by.items()
        if name == indicator
    )
