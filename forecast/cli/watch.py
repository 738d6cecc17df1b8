"""``forecast watch``: the watch list of the last forecast, and what is missing from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from forecast import clock
from forecast.alerts import STANDING, severity
from forecast.case import Case, Derived
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    flag,
    forecast_in,
    load,
    print_json,
    require_indicator,
    say,
)
from forecast.cli.waiting import due_line, news_line
from forecast.families import FAMILIES
from forecast.kit.codec import plain
from forecast.ledger import standing
from forecast.periods import Period
from forecast.proof.alerts import alert_records
from forecast.readings import Due, Known, derived_values, due, known_as_of, rates
from forecast.readings.events import Coverage, coverage
from forecast.record import Forecast
from forecast.report.view.derived import build_derived
from forecast.report.view.watching import build_watch

if TYPE_CHECKING:
    from forecast.explain.types import Trend


class Level(StrEnum):
    """What may fail a job."""

    WATCH = "watch"
    WARNING = "warning"
    CRITICAL = "critical"
    OVERDUE = "overdue"


def watch(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="INDICATOR", help="Only this one; default: all.")
    ] = None,
    trend: Annotated[
        bool, flag("--trend", text="Also whether counts rise or fall; takes some seconds.")
    ] = False,
    fail_on: Annotated[
        list[Level] | None,
        typer.Option(
            metavar="watch|warning|critical|overdue",
            help="End with exit code 1 if an indicator is at that or worse, or an alert for it "
            "stands; or if one is overdue. May be given twice.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the watch list: what moved, crossed, is missing."""
    root = case_root(ctx)
    entries = entries_of(root)
    entry, forecast = forecast_in(entries)
    case, readings = load(root)
    measures = [measure.id for measure in case.derived]
    require_indicator(indicator, [*(each.id for each in forecast.indicators), *measures])
    as_of, day = default_as_of(case), forecast.as_of
    waits = due(case, readings, as_of)
    forecast = _as_due_now(forecast, waits)
    logged = {each.number: each.forecast for each in entries}
    past = {
        period: logged[each.number] for period, each in standing(entries, entry.period, day).items()
    }
    covered = coverage(case, day)
    known = known_as_of(case, readings, clock.today())
    record = alert_records(case, list(logged.items()), readings, known)
    then = known_as_of(case, readings, day)
    trends = _trends(case, then) if trend else None
    derived = {measure.id: derived_values(case, then, measure) for measure in case.derived}
    if as_json:
        print_json(
            {
                "period": forecast.period,
                "as_of": forecast.as_of,
                "entry": entry.number,
                "fit_ok": forecast.fit.ok,
                "indicators": [
                    plain(each)
                    | _counted(each.id, covered, entry.period)
                    | _expected(each.id, past.get(entry.period - 1))
                    | _trend(each.id, trends)
                    for each in forecast.indicators
                    if indicator in (None, each.id)
                ],
                "derived": [
                    _derived(measure, derived[measure.id], case.first)
                    for measure in case.derived
                    if indicator in (None, measure.id, measure.source)
                ],
                "alerts": forecast.alerts,
                "alert_record": record,
                "due": [_due(waiting) for waiting in waits],
            }
        )
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.watch import render_watch

        view = build_watch(
            forecast,
            case.alerts,
            past=past,
            covered_by=covered,
            record=record,
            trends=trends,
            derived=build_derived(case, derived, only=indicator),
            only=indicator,
            failed=sorted({f.period for f in logged.values() if not f.fit.ok}),
        )
        render_watch(view, make_console())
    say(news_line(case, readings, forecast, as_of))
    say(due_line(case, readings, as_of))
    late = [waiting.indicator.name for waiting in waits if waiting.overdue]
    failed = [level for level in fail_on or () if _fails(forecast, late, level)]  # each says so
    if failed:
        raise typer.Exit(1)


def _as_due_now(forecast: Forecast, waits: Iterable[Due]) -> Forecast:
    """A forecast that calls overdue what is by now, whatever it was when it was made."""
    overdue = {waiting.indicator.id for waiting in waits if waiting.overdue}
    return replace(
        forecast,
        indicators=[
            replace(each, due="overdue") if each.id in overdue else each
            for each in forecast.indicators
        ],
    )


def _fails(forecast: Forecast, late: Sequence[str], level: Level) -> bool:
    """Say which indicators are at a level, or ``late``, and tell whether any is."""
    if level is Level.OVERDUE:
        heading, found = "Overdue", late
    else:
        heading = f"At {level} or worse, or an alert of it stands"
        found = _alarming(forecast, level)
        if late:
            names = ", ".join(late)
            say(f"Not looked at for {level}, since overdue: {names}. --fail-on overdue fails then.")
    if found:
        say(f"{heading}: {', '.join(found)}.")
    return bool(found)


def _alarming(forecast: Forecast, level: str) -> list[str]:
    """The indicators at a threshold or worse, on pace for it, or with an alert of it.

    What an overdue one was when it was last read is not what it is.
    """
    least = severity(level)
    alerted = {
        alert.indicator
        for alert in forecast.alerts
        if alert.state in STANDING and severity(alert.threshold) >= least
    }
    return [
        each.name
        for each in forecast.indicators
        if (each.due != "overdue" and severity(each.state) >= least) or each.id in alerted
    ]


def _trends(case: Case, known: Known) -> dict[str, Trend]:
    """The trend of each count's readings, from the first to the forecast period."""
    from forecast.explain.trend import trend

    periods = [case.first + step for step in range(known.period - case.first + 1)]
    return {
        indicator.id: trend(rates(indicator, known, periods))
        for indicator in case.indicators
        if FAMILIES[indicator.family].scale == "log"
    }


def _trend(indicator: str, trends: Mapping[str, Trend] | None) -> dict[str, object]:
    told = trends.get(indicator) if trends else None
    return {"trend": plain(told)} if told else {}


def _expected(indicator: str, before: Forecast | None) -> dict[str, object]:
    """Return what the forecast of the period before expected; nothing if there was none."""
    told = [each.next for each in before.indicators if each.id == indicator] if before else []
    return {"expected": plain(told[0])} if told else {}


def _counted(
    indicator: str, covered: Mapping[tuple[str, str], Coverage], period: Period
) -> dict[str, object]:
    """Return what an indicator's pulled sources cover of a period; nothing if it has none."""
    sources = [
        {
            "source": source,
            "pulled": known.pulled.isoformat() if known.pulled else None,
            "days": known.of(period),
        }
        for (name, source), known in covered.items()
        if name == indicator
    ]
    return {"counted": sources} if sources else {}


def _derived(measure: Derived, values: Sequence[float], first: Period) -> dict[str, object]:
    """A measure as declared, and its value of each period, null where missing."""
    declared = {name: value for name, value in plain(measure).items() if value is not None}
    return declared | {"first": str(first), "values": list(values)}


def _due(waiting: Due) -> dict[str, object]:
    return {
        "id": waiting.indicator.id,
        "period": str(waiting.period),
        "since": str(waiting.since),
        "overdue": waiting.overdue,
    }
