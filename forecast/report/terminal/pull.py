"""A pull of one source, with the readings it changes as a table."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.pull import PullView


def render_pull(view: PullView, console: Console) -> None:
    """Print what came of one source, then the readings that are other than before."""
    put_text(console, view.source, style="bold")
    put_text(console, view.outcome)
    if view.path:
        put(console, view.path)
    if view.summary:
        put_text(console, view.summary)
    if view.rows:
        put(console)
        _readings(view, console)
    if view.later:
        put(console)
        put_text(console, view.later)


def _readings(view: PullView, console: Console) -> None:
    rows = view.rows
    put_table(
        console,
        [
            Column("reading", [row.indicator for row in rows], fold=True),
            Column("period", [row.period for row in rows]),
            Column("old", [row.old for row in rows], "right"),
            Column("new", [row.new for row in rows], "right"),
            Column("difference", [row.difference for row in rows], "right"),
            Column("days", [row.days for row in rows], "right"),
            Column("coded", [row.coded for row in rows], "right"),
            Column("by", [row.coder for row in rows], optional=1),
        ],
    )
