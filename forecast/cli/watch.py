"""``forecast watch``: the watch list of the last forecast, and what is missing from it."""

from __future__ import annotations

import dataclasses

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
from forecast.readings import Due, due


def watch(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the watch list: what moved, crossed, is missing."""
    root = case_root(ctx)
    entry, forecast = logged(root)
    if not as_json:
        from forecast.report.terminal import make_console, render_watch

        render_watch(view_of(root, entry, forecast), make_console())
    case, readings = load(root)
    as_of = default_as_of(case)
    if as_json:
        print_json(
            {
                "period": forecast.period,
                "as_of": forecast.as_of,
                "entry": entry.number,
                "indicators": [dataclasses.asdict(i) for i in forecast.indicators],
                "due": [_due(waiting) for waiting in due(case, readings, as_of)],
            }
        )
    say(news_line(case, readings, forecast, as_of))
    say(due_line(case, readings, as_of))


def _due(waiting: Due) -> dict[str, object]:
    return {
        "id": waiting.indicator.id,
        "period": str(waiting.period),
        "since": str(waiting.since),
        "overdue": waiting.overdue,
    }
