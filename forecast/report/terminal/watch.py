"""A forecast on the terminal: the first screen, and the watch list as one block per indicator.

The first screen is the answer, its ground, the scenarios, why, and the watch list as a table. Every
screen about a forecast opens with a failed fit, if it failed, then what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.types import View
from forecast.report.view.watching import RecordRow, WatchBlock, WatchView


def render_first_screen(view: View, console: Console, *, fit: bool = False) -> None:
    """Print a forecast as an analyst reads it on Monday; ``fit``: and how it was computed."""
    put_header(view, console)
    put_text(console, view.bottom_line, style="bold")
    put_text(console, view.confidence)
    if view.hangs:
        put_text(console, view.hangs)
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
    for line in (view.entry, view.compared, view.skill):
        if line:
            put_text(console, line, style="dim")
    if fit:
        put(console)
        put_table(console, _fit_columns(view))
        for line in (view.range_note, view.fit, view.surprises):
            if line:
                put_text(console, line)


def _fit_columns(view: View) -> list[Column]:
    rows = view.scenarios
    return [
        Column("Scenario", [row.name for row in rows], fold=True),
        Column(view.past_heading, [row.now for row in rows], "right"),
        Column("90 % range", [row.range for row in rows], "right"),
    ]


def _scenario_columns(view: View) -> list[Column]:
    rows, main = view.scenarios, view.main_horizon
    styles = ["bold", *[""] * (len(rows) - 1)]
    columns = [
        Column("Scenario", [row.name for row in rows], fold=True, styles=styles),
        Column(view.past_heading, [row.now for row in rows], "right"),
    ]
    if view.since:
        columns.append(Column(f"since\n{view.since}", [row.change for row in rows], "right"))
    for number, heading in enumerate(view.horizon_headings):
        cells = [row.horizons[number] for row in rows]
        nearest = number == 0
        wanted = 0 if nearest else _wanted(number, main, last=3)
        bold = styles if nearest else []
        columns.append(Column(heading, cells, "right", wanted, styles=bold))
        if nearest:
            columns.append(Column("", [row.word for row in rows], optional=1))
            if view.swing_heading:
                columns.append(Column(view.swing_heading, [row.swing for row in rows], "right"))
    for number, heading in enumerate(view.ever_headings):
        cells = [row.ever[number] for row in rows]
        columns.append(Column(heading, cells, "right", _wanted(number, view.main_ever, last=2)))
    return columns


def _wanted(number: int, main: int, *, last: int) -> int:
    """Return how optional a horizon is: the main one always shown, later before earlier ones."""
    return 0 if number == main else last + (2 if number < main else 0)


def put_header(view: View, console: Console) -> None:
    """Print a failed fit, then what a forecast is about."""
    put_heading((view.case, view.period, view.as_known), view.alarm, console)


def put_heading(parts: Sequence[str], alarm: str, console: Console) -> None:
    """Print case, period and as-of on one line, or the case on a line of its own."""
    if alarm:
        put_text(console, alarm, style="bold red")
    spare = console.width - sum(cell_len(part) for part in parts)
    if spare >= 4:
        put_text(console, (" " * min(spare // 2, 4)).join(parts), style="bold")
    else:
        put_text(console, parts[0], style="bold")
        put_text(console, ", ".join(parts[1:]))


_LEAD = 10  # width of a heading and the space after it
# by severity; the marks in the state say the same without colour
_STYLES = ("", "yellow", "bold yellow", "bold red")


def watch_columns(view: View) -> list[Column]:
    """The watch list as columns for `put_table`."""
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
    if view.derived:
        put(console)
        put_table(console, _derived(view))
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


def _derived(view: WatchView) -> list[Column]:
    rows = view.derived
    return [
        Column("Derived", [row.name for row in rows], fold=True),
        Column("now", [row.now for row in rows], "right"),
        Column(view.about.recent_heading, [row.sparkline for row in rows], "right"),
        Column("what", [row.what for row in rows], fold=True),
    ]


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
