"""``forecast watch``: the watch list of the last forecast, and what is missing from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date

import typer

from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    load,
    logged,
    print_json,
    say,
    view_of,
)
from forecast.cli.waiting import due_line, news_line
from forecast.periods import Period
from forecast.readings import Coverage, Due, coverage, due
from forecast.report.view import with_coverage


def watch(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the watch list: what moved, crossed, is missing."""
    root = case_root(ctx)
    entry, forecast = logged(root)
    case, readings = load(root)
    as_of = default_as_of(case)
    period = Period.parse(forecast.period)
    covered = coverage(case, date.fromisoformat(forecast.as_of))
    if not as_json:
        from forecast.report.terminal import make_console, render_watch

        view = with_coverage(view_of(root, entry, forecast), forecast, covered)
        render_watch(view, make_console())
    else:
        print_json(
            {
                "period": forecast.period,
                "as_of": forecast.as_of,
                "entry": entry.number,
                "indicators": [
                    dataclasses.asdict(indicator) | _counted(indicator.id, covered, period)
                    for indicator in forecast.indicators
                ],
                "due": [_due(waiting) for waiting in due(case, readings, as_of)],
            }
        )
    say(news_line(case, readings, forecast, as_of))
    say(due_line(case, readings, as_of))


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
