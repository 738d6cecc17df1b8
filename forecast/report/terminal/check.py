"""How readings lay in their forecasts, and in replicates, as two tables."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.check import CheckView

_FLAGGED = "bold yellow"


def render_check(view: CheckView, console: Console) -> None:
    """Print what the readings say of the forecasts made of them."""
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    if view.cut:
        put_text(console, view.cut, style="bold")
    put_text(console, view.case, style="bold")
    put_text(console, view.bottom_line)
    if not view.rows:
        return
    put(console)
    _pits(view, console)
    put(console)
    put_table(
        console,
        [
            Column("most surprising", [row.name for row in view.rows], fold=True),
            Column("", [row.surprise for row in view.rows], fold=True),
        ],
    )
    if view.statistics:
        put(console)
        _statistics(view, console)
    put(console)
    put_text(console, view.legend, style="dim")


def _pits(view: CheckView, console: Console) -> None:
    rows = view.rows
    styles = [_FLAGGED if row.flagged else "" for row in rows]
    columns = [
        Column("", [row.name for row in rows], fold=True),
        Column("\nreadings", [row.readings for row in rows], "right"),
        Column("PIT\nmean", [row.mean for row in rows], "right"),
    ]
    for n, heading in enumerate(view.headings):
        columns.append(Column(f"\n{heading}", [row.inside[n] for row in rows], "right"))
    columns += [
        Column("\n0 to 100 %", [row.tenths for row in rows]),
        Column("\neven", [row.verdict for row in rows], fold=True, styles=styles),
    ]
    put_table(console, columns, padding=1)


def _statistics(view: CheckView, console: Console) -> None:
    rows = view.statistics
    styles = [_FLAGGED if row.flagged else "" for row in rows]
    put_table(
        console,
        [
            Column("", [row.name for row in rows], fold=True),
            Column("", [row.statistic for row in rows], fold=True),
            Column("\nread", [row.read for row in rows], "right"),
            Column("\nreplicated", [row.replicated for row in rows], "right"),
            Column("replicates\nas low", [row.at_most for row in rows], "right"),
            Column("\nas high", [row.at_least for row in rows], "right"),
            Column("", ["!" if row.flagged else "" for row in rows], styles=styles),
        ],
        padding=1,
    )
