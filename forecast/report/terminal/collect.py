"""A collection list: one line per indicator, what tells most first."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.collect import CollectionView


def render_collection(view: CollectionView, console: Console) -> None:
    """Print what each reading would tell, and which would change the leader."""
    put_text(console, view.title, style="bold")
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    put_text(console, view.bottom_line)
    put(console)
    rows = view.rows
    put_table(
        console,
        [
            Column("Collect", [row.name for row in rows], fold=True),
            Column("bits", [row.bits for row in rows], "right"),
            Column("share", [row.share for row in rows], "right"),
            Column("changes\nthe lead", [row.changes for row in rows], "right"),
            Column("if it reads", ["\n".join(row.readings) for row in rows], fold=True),
        ],
    )
    put(console)
    for note in view.notes:
        put_text(console, note, style="dim")
