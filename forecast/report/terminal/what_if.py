"""Suppositions side by side: what each is, then a table of what each would do."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from forecast.report.terminal.console import Column, fits, put, put_table, put_text
from forecast.report.view.what_if import MomentColumn, WhatIfView


def render_what_if(view: WhatIfView, console: Console) -> None:
    """Print suppositions, then scenarios now, with nothing new, and under each of them."""
    put_text(console, view.title, style="bold")
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    for block in view.blocks:
        put(console)
        put_text(console, block.name, style="bold")
        for line in block.lines:
            put_text(console, line, lead="  ")
    for columns in _tables(view, console):
        put(console)
        put_table(console, columns)
    put(console)
    for note in view.notes:
        put_text(console, note, style="dim")


def _tables(view: WhatIfView, console: Console) -> Iterator[list[Column]]:
    """Yield columns of as many suppositions as fit side by side, always beside what is known."""
    names = Column("", view.scenarios, fold=True)
    known = [_column(column) for column in view.columns[: view.beside]]
    table = [names, *known]
    for column in map(_column, view.columns[view.beside :]):
        if len(table) > 1 + view.beside and not fits(console, [*table, column]):
            yield table
            table = [names, *known]
        table.append(column)
    yield table


def _column(column: MomentColumn) -> Column:
    cells = ["\n".join(cell) for cell in column.cells]
    return Column(f"{column.heading}\n{column.period}", cells, "right")
