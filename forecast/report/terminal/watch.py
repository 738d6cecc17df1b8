"""The watch list: as a table on the first screen, as one block per indicator on its own."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from forecast.report.terminal.console import Column, put, put_text
from forecast.report.terminal.header import put_header
from forecast.report.view.types import View, WatchRow

# by severity; the marks in the state say the same without colour
_STYLES = ("", "yellow", "bold yellow", "bold red")


def watch_columns(view: View) -> list[Column]:
    """Return the watch list as columns for `put_table`."""
    rows = view.watch
    return [
        Column("Watch list", [row.name for row in rows], fold=True),
        Column("latest", [row.latest for row in rows]),
        Column(view.recent_heading, [row.sparkline for row in rows], "right"),
        Column("age", [row.age for row in rows], "right"),
        Column("grade", [row.grade for row in rows]),
        Column("source", [row.source for row in rows], optional=1),
        Column(
            "state",
            [row.state for row in rows],
            fold=True,
            styles=[_STYLES[row.severity] for row in rows],
        ),
        Column(view.warning_heading, [row.warning for row in rows], "right"),
        Column(view.expected_heading, [row.expected for row in rows], "right", optional=2),
    ]


def render_watch(view: View, console: Console) -> None:
    """Print one block per indicator, most severe state first, then what is missing and held."""
    put_header(view, console)
    for row in sorted(view.watch, key=lambda row: -row.severity):
        put(console)
        _block(row, view, console)
    if view.events:
        put(console)
    for event in view.events:
        put_text(console, f"{event.name}: {event.known}")
    if view.missing or view.held:
        put(console)
    for line in (view.missing, view.held):
        if line:
            put_text(console, line)


def _block(row: WatchRow, view: View, console: Console) -> None:
    head = Text(row.name, style="bold")
    head.append("  " + row.state, style=_STYLES[row.severity])
    put(console, head)
    chart = f"{view.recent_heading} {row.sparkline}"
    for lead, line in (
        ("  latest    ", row.reading),
        ("            ", row.published),
        ("  recent    ", chart),
        ("  expected  ", f"{row.expected} {view.next_period}"),
        ("  question  ", row.question),
        ("            ", row.answer),
        ("            ", row.thresholds),
        ("  due       ", row.due),
        ("  counted   ", row.pulled),
    ):
        if line.strip():
            put_text(console, line, lead=lead)
