"""``forecast``: the last forecast, and what is due."""

from __future__ import annotations

import typer

from forecast.cli.common import (
    case_root,
    default_as_of,
    entries_of,
    last_entry,
    load,
    print_screen,
    view_of,
)
from forecast.cli.waiting import due_line, news_line, outcome_line


def home(ctx: typer.Context) -> None:
    """Show the last forecast and what is due."""
    from forecast.report.terminal.console import make_console, put, put_text

    root = case_root(ctx)
    entries = entries_of(root)
    entry = last_entry(entries)
    console = make_console()
    forecast = entry.forecast if entry else None
    if forecast:
        print_screen(view_of(root, entries, entry, forecast))
        put(console)
    else:
        put_text(console, "No forecast yet: run `forecast refresh`.")
    case, readings = load(root)
    as_of = default_as_of(case)
    put_text(console, due_line(case, readings, as_of))
    if waiting := outcome_line(case, (entry.period for entry in entries), as_of):
        put_text(console, waiting)
    if forecast and (news := news_line(case, readings, forecast, as_of)):
        put_text(console, news)
