"""``forecast watch``: the watch list of the last forecast, and what is missing from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from forecast import clock
from forecast.alerts import STANDING, severity
from forecast.case import Case
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    flag,
    forecast_in,
    forecast_of,
    load,
    print_json,
    require_indicator,
    say,
)
from forecast.cli.waiting import due_line, news_line
from forecast.ledger import standing
from forecast.periods import Period
from forecast.proof.alerts import alert_records
from forecast.readings import Due, Known, due, known_as_of, rates
from forecast.readings.events import Coverage, coverage
from forecast.record import Forecast
from forecast.report.view.watching import build_watch

if TYPE_CHECKING:
    from forecast.explain.types import Trend

Level = Literal["watch", "warning", "critical"]


def watch(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="INDICATOR", help="Only this one; default: all.")
    ] = None,
    trend: Annotated[
        bool, flag("--trend", text="Also whether counts rise or fall; takes some seconds.")
    ] = False,
    fail_on: Annotated[
        Level | None,
        typer.Option(
            metavar="watch|warning|critical",
            help="End with exit code 1 if an indicator is at that or worse, or an alert for it "
            "stands.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the watch list: what moved, crossed, is missing."""
    root = case_root(ctx)
    entries = entries_of(root)
    entry, forecast = forecast_in(entries)
    require_indicator(indicator, [each.id for each in forecast.indicators])
    case, readings = load(root)
    as_of, day = default_as_of(case), date.fromisoformat(forecast.as_of)
    logged = {each.number: forecast_of(each) for each in entries}
    past = {
        period: logged[each.number] for period, each in standing(entries, entry.period, day).items()
    }
    covered = coverage(case, day)
    known = known_as_of(case, readings, clock.today())
    record = alert_records(case, list(logged.items()), readings, known)
    trends = _trends(case, known_as_of(case, readings, day)) if trend else None
    if as_json:
        print_json(
            {
                "period": forecast.period,
                "as_of": forecast.as_of,
                "entry": entry.number,
                "indicators": [
                    dataclasses.asdict(each)
                    | _counted(each.id, covered, entry.period)
                    | _expected(each.id, past.get(entry.period - 1))
                    | _trend(each.id, trends)
                    for each in forecast.indicators
                    if indicator in (None, each.id)
                ],
                "alerts": [dataclasses.asdict(alert) for alert in forecast.alerts],
                "alert_record": [dataclasses.asdict(each) for each in record],
                "due": [_due(waiting) for waiting in due(case, readings, as_of)],
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
            only=indicator,
        )
        render_watch(view, make_console())
    say(news_line(case, readings, forecast, as_of))
    say(due_line(case, readings, as_of))
    if fail_on and (alarming := _alarming(forecast, fail_on)):
        say(f"At {fail_on} or worse, or an alert of it stands: {', '.join(alarming)}.")
        raise typer.Exit(1)


def _alarming(forecast: Forecast, level: Level) -> list[str]:
    """Return the indicators at a threshold or worse, on pace for it, or with an alert of it."""
    least = severity(level)
    alerted = {
        alert.indicator
        for alert in forecast.alerts
        if alert.state in STANDING and severity(alert.threshold) >= least
    }
    return [i.name for i in forecast.indicators if severity(i.state) >= least or i.id in alerted]


def _trends(case: Case, known: Known) -> dict[str, Trend]:
    """Return the trend of each count's readings, from the first to the forecast period."""
    from forecast.explain.trend import trend

    periods = [case.first + step for step in range(known.period - case.first + 1)]
    return {
        indicator.id: trend(rates(indicator, known, periods))
        for indicator in case.indicators
        if indicator.family == "count"
    }


def _trend(indicator: str, trends: Mapping[str, Trend] | None) -> dict[str, object]:
    told = trends.get(indicator) if trends else None
    return {"trend": dataclasses.asdict(told)} if told else {}


def _expected(indicator: str, before: Forecast | None) -> dict[str, object]:
    """Return what the forecast of the period before expected; nothing if there was none."""
    told = [each.next for each in before.indicators if each.id == indicator] if before else []
    return {"expected": dataclasses.asdict(told[0])} if told else {}


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


def _due(waiting: Due) -> dict[str, object]:
    return {
        "id": waiting.indicator.id,
        "period": str(waiting.period),
        "since": str(waiting.since),
        "overdue": waiting.overdue,
    }
