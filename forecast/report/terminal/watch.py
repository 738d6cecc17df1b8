"""The watch list: as a table on the first screen, as one block per indicator on its own."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.terminal.header import put_header
from forecast.report.view.types import View
from forecast.report.view.watching import RecordRow, WatchBlock, WatchView

_LEAD = 10  # width of a heading and the space after it
# by severity; the marks in the state say the same without colour
_STYLES = ("", "yellow", "bold yellow", "bold red")


def watch_columns(view: View) -> list[Column]:
    """Return the watch list as columns for `put_table`."""
    rows = view.watch
    first, dash, last = view.recent_heading.partition("-")
    recent = f"{first}{dash}\n{last}" if " " in first else view.recent_heading  # two years
    return [
        Column("Watch list", [row.name for row in rows], fold=True),
        Column("latest", [row.latest for row in rows]),
        Column(recent, [row.sparkline for row in rows], "right"),
        Column("age", [row.age for row in rows], "right"),
        Column("grade", [row.grade for row in rows]),
        Column("source", [row.source for row in rows], optional=1),
        Column(
            "state",
            [row.state for row in rows],
            fold=True,
            styles=[_STYLES[row.severity] for row in rows],
        ),
        Column(view.warning_heading, [row.chance for row in rows], "right"),
        Column(view.expected_heading, [row.expected for row in rows], "right", optional=2),
    ]


def render_watch(view: WatchView, console: Console) -> None:
    """Print what to look at first, one block per indicator, the worst first, and the record."""
    put_header(view.about, console)
    if view.first:
        put(console)
    for heading, text in view.first:
        put_text(console, text, lead=f"{heading:{_LEAD}}")
    for block in view.blocks:
        put(console)
        _block(block, view.about, console)
    if view.about.events:
        put(console)
    for event in view.about.events:
        put_text(console, f"{event.name}: {event.known}")
    if view.about.held:
        put(console)
        put_text(console, view.about.held)
    if view.record:
        put(console)
        put_table(console, _record(view.record))
    put(console)
    if view.failed:
        put_text(console, view.failed)
    for line in (view.rule, view.legend):
        put_text(console, line, style="dim")


def _block(block: WatchBlock, about: View, console: Console) -> None:
    row = block.row
    head = Text(row.name, style="bold")
    head.append("  " + row.state, style=_STYLES[row.severity])
    if block.alarming:
        head.append("  alert", style=_STYLES[-1])
    put(console, head)
    _lines(console, "alert", block.alert)
    _lines(console, "latest", row.reading, row.published, row.doubt)
    _lines(console, "moved", block.moved, block.against)
    for number, line in enumerate(block.chart):
        put(console, _lead("" if number else "recent") + line)
    _lines(console, "coverage", block.coverage, block.pulled)
    _lines(console, "expected", f"{row.expected} {about.next_period}")
    _lines(console, "question", row.question, row.answer, block.thresholds)
    _lines(console, "speaks", block.speaks)
    _lines(console, "trend", block.trend)
    _lines(console, "due", row.due)


def _lines(console: Console, heading: str, *texts: str) -> None:
    """Print texts under one another, the heading before the first; nothing for none."""
    for number, text in enumerate(filter(None, texts)):
        put_text(console, text, lead=_lead("" if number else heading))


def _lead(heading: str) -> str:
    return f"  {heading:{_LEAD}}"


def _record(rows: Sequence[RecordRow]) -> list[Column]:
    return [
        Column("Alerts so far", [row.mode for row in rows]),
        Column("for", [row.threshold for row in rows]),
        Column("raised", [row.raised for row in rows], "right"),
        Column("followed", [row.followed for row in rows], "right"),
        Column("open", [row.open for row in rows], "right"),
        Column("crossings", [row.crossings for row in rows], "right"),
        Column("announced", [row.announced for row in rows], "right"),
    ]
