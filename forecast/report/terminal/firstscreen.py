"""The first screen: the answer, its ground, the scenarios, why, and the watch list."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.terminal.header import put_header
from forecast.report.terminal.watch import watch_columns
from forecast.report.view.types import View


def render_first_screen(view: View, console: Console) -> None:
    """Print a forecast as an analyst reads it on Monday."""
    put_header(view, console)
    put_text(console, view.bottom_line, style="bold")
    put_text(console, view.confidence)
    put(console)
    put_table(console, _scenario_columns(view))
    put(console)
    for number, line in enumerate(view.why):
        put_text(console, line, lead="Why  " if number == 0 else "     ")
    put(console)
    put_table(console, watch_columns(view))
    for line in (view.alerts, view.doubted, view.missing, view.held):
        if line:
            put_text(console, line)
    put(console)
    for line in (f"{view.fit} {view.entry}", view.surprises, view.compared, view.skill):
        if line:
            put_text(console, line, style="dim")


def _scenario_columns(view: View) -> list[Column]:
    rows, main = view.scenarios, view.main_horizon
    styles = ["bold", *[""] * (len(rows) - 1)]
    columns = [
        Column("Scenario", [row.name for row in rows], fold=True, styles=styles),
        Column("now", [row.now for row in rows], "right", styles=styles),
        Column("", [row.word for row in rows], optional=1),
        Column("90 % range", [row.range for row in rows], "right"),
    ]
    if view.since:
        columns.append(Column(f"since {view.since}", [row.change for row in rows], "right"))
    for number, heading in enumerate(view.horizon_headings):
        cells = [row.horizons[number] for row in rows]
        columns.append(Column(heading, cells, "right", _wanted(number, main, last=3)))
    for number, heading in enumerate(view.ever_headings):
        cells = [row.ever[number] for row in rows]
        columns.append(Column(heading, cells, "right", _wanted(number, view.main_ever, last=2)))
    return columns


def _wanted(number: int, main: int, *, last: int) -> int:
    """Return how optional a horizon is: the main one always shown, later before earlier ones."""
    return 0 if number == main else last + (2 if number < main else 0)
