"""Why a forecast moved, what would move it, and what to collect.

``explain``: a waterfall of one scenario, points of all, and the readings. ``what-if``: suppositions
side by side, then a table of the scenarios under each. ``collect``: one line per indicator, most
informative first.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from forecast.report.terminal.console import Column, fits, put, put_table, put_text
from forecast.report.terminal.watch import put_heading
from forecast.report.view.collect import CollectionView
from forecast.report.view.explain import ExplainView
from forecast.report.view.what_if import MomentColumn, WhatIfView

_BAR = 16  # cells


def render_explain(view: ExplainView, console: Console) -> None:
    """Print what moved a forecast, every column adding up to its last line but one."""
    put_heading((view.case, view.period, view.as_known), view.alarm, console)
    put_text(console, f"{view.title}.", style="bold")
    put(console)
    put_table(console, _waterfall(view), padding=1)
    put(console)
    put_table(console, _scenarios(view))
    put(console)
    put_text(console, view.weights_title)
    if view.weights:
        put_table(console, _weights(view))
    if view.signs:
        put(console)
        put_text(console, view.signs_title)
        put_table(console, _signs(view))
    put(console)
    for note in (*view.notes, view.legend):
        put_text(console, note, style="dim")


def _waterfall(view: ExplainView) -> list[Column]:
    causes = view.causes
    styles = ["dim", *[""] * len(causes), "bold"]
    then, today = f"{view.then}: {view.before[0]}", f"{view.today}: {view.now[0]}"
    return [
        Column(
            view.headings[0], [then, *(c.name for c in causes), today], fold=True, styles=styles
        ),
        Column("points", ["", *(c.points[0] for c in causes), view.total[0]], "right"),
        Column("", _bars(view)),
        Column("", ["", *(c.fact for c in causes), ""], fold=True, styles=["dim"] * len(styles)),
    ]


def _bars(view: ExplainView) -> list[str]:
    """Return where each cause moved the probability from and to: ``+`` is up, ``-`` down."""
    ends = [view.causes[0].start, *(cause.stop for cause in view.causes)]
    low, high = min(ends), max(ends)

    def cell(value: float) -> int:
        return round((value - low) / (high - low) * (_BAR - 1)) if high > low else 0

    bars = [" " * cell(ends[0]) + "|"]
    for cause in view.causes:
        first, last = sorted((cell(cause.start), cell(cause.stop)))
        mark = "+" if cause.stop > cause.start else "-"
        shown = mark * max(last - first, 1) if cause.points[0] != "0" else ""
        bars.append(" " * first + shown)
    return [*bars, " " * cell(ends[-1]) + "|"]


def _scenarios(view: ExplainView) -> list[Column]:
    """Return points of every scenario there is room for, those that moved most first."""
    names = [view.then, *(cause.name for cause in view.causes), "In all", view.today]
    styles = ["dim", *[""] * len(view.causes), "bold", "dim"]
    columns = [Column("Points", names, fold=True, styles=styles)]
    for n, heading in enumerate(view.headings):
        points = [cause.points[n] for cause in view.causes]
        cells = [view.before[n], *points, view.total[n], view.now[n]]
        columns.append(Column(_stacked(heading), cells, "right", optional=n, styles=styles))
    return columns


def _stacked(heading: str) -> str:
    return "\n".join(heading.split())


def _weights(view: ExplainView) -> list[Column]:
    rows = view.weights
    columns = [
        Column("", [row.name for row in rows], fold=True),
        Column("Bayes factor", [row.factor for row in rows]),
    ]
    for n, heading in enumerate(view.weight_headings):
        columns.append(Column(_stacked(heading), [row.without[n] for row in rows], "right"))
    return columns


def _signs(view: ExplainView) -> list[Column]:
    rows = view.signs
    return [
        Column("", [row.name for row in rows], fold=True),
        Column("begins next", [row.scenario for row in rows], fold=True),
        Column("Bayes factor", [row.factor for row in rows]),
        Column("bears on", [row.bears_on for row in rows]),
    ]


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
            *(
                [Column("of what\nfollows", [row.coming for row in rows], "right")]
                if any(row.coming for row in rows)
                else []
            ),
            Column("changes\nthe lead", [row.changes for row in rows], "right"),
            Column("if it reads", ["\n".join(row.readings) for row in rows], fold=True),
        ],
    )
    put(console)
    for note in view.notes:
        put_text(console, note, style="dim")


def render_pairs(view: CollectionView, console: Console) -> None:
    """Print how long leading scenarios take to be told apart, by indicator and in all."""
    put_text(console, view.title, style="bold")
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    put_text(console, f"{view.pairs_title}.")
    put(console)
    columns = [Column("", [row.name for row in view.pairs], fold=True)]
    for n, heading in enumerate(view.pair_headings):
        columns.append(Column(_stacked(heading), [row.periods[n] for row in view.pairs], "right"))
    put_table(console, columns)
    put(console)
    for note in view.pairs_notes:
        put_text(console, note)


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
