"""The ledger and a replay as tables, one line per entry or period."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from forecast.report.terminal.console import Column, put_table, put_text
from forecast.report.view.types import LogRow, ReplayView

_LEADER = "*"


def render_log(rows: Sequence[LogRow], console: Console) -> None:
    """Print the ledger, one line per entry."""
    if not rows:
        put_text(console, "No forecast logged yet.")
        return
    put_table(
        console,
        [
            Column("entry", [row.entry for row in rows], "right"),
            Column("issued", [row.issued for row in rows]),
            Column("period", [row.period for row in rows]),
            Column("as-of", [row.as_of for row in rows], optional=1),
            Column("mode", [row.mode for row in rows]),
            Column("leader", [row.leader for row in rows], fold=True),
            Column("", [row.probability for row in rows], "right"),
            Column("fit", [row.fit for row in rows]),
            Column("hash", [row.hash for row in rows]),
        ],
        padding=1,
    )


def render_replay(view: ReplayView, console: Console) -> None:
    """Print one line per period with every scenario's probability, the leader marked.

    First of all what fits failed, and beside every one that did that it did.
    """
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    columns = [Column("Period", [row.period for row in view.rows])]
    for number, name in enumerate(view.scenarios):
        leads = [row.leader == number for row in view.rows]
        cells = [row.probabilities[number] for row in view.rows]
        columns.append(
            Column(
                name,
                [
                    f"{cell}{_LEADER if lead else ' '}"
                    for cell, lead in zip(cells, leads, strict=True)
                ],
                "right",
                fold=True,
                styles=["bold" if lead else "" for lead in leads],
            )
        )
    if view.alarm:
        marks = ["NOT OK" if row.failed else "ok" for row in view.rows]
        columns.append(
            Column("fit", marks, styles=["bold" if row.failed else "" for row in view.rows])
        )
    put_table(console, columns, padding=1)
    put_text(console, f"{_LEADER} leads", style="dim")
