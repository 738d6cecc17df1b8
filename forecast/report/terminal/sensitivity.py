"""What one change would do to the leader, then what counts for how much."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.sensitivity import SensitivityView


def render_sensitivity(view: SensitivityView, console: Console) -> None:
    """Print how far a forecast hangs on its readings and judgements."""
    put_text(console, view.case, style="bold")
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    if view.cut:
        put_text(console, view.cut, style="bold")
    put_text(console, view.bottom_line, style="bold")
    for block in view.turns:
        put(console)
        put_text(console, block.title, style="bold")
        for line in block.lines:
            put_text(console, line, lead="- ")
    if view.untold:
        put(console)
        put_text(console, view.untold)
    put(console)
    put_text(console, view.turn_legend, style="dim")
    put(console)
    columns = [Column("If this counted twice", [line.name for line in view.powers], fold=True)]
    for n, heading in enumerate(view.power_headings):
        points = [line.points[n] for line in view.powers]
        columns.append(Column(heading, points, "right", fold=True))
    put_table(console, columns)
    for note in view.power_notes:
        put_text(console, note)
    put(console)
    put_text(console, view.power_legend, style="dim")
