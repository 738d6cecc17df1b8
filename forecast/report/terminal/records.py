"""The record: ledger and replay, one line per entry or period, and the scores.

Scores of live forecasts come first, then of replayed ones, a table per horizon, with baselines.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.scores import (
    HorizonBlock,
    IndicatorBlock,
    ReliabilityLine,
    ScoreLine,
    ScoresView,
)
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


_FLAGGED = "bold yellow"


def render_scores(view: ScoresView, console: Console) -> None:
    """Print scores of scenarios and indicators, and whether probabilities meant what they said."""
    put_text(console, view.case, style="bold")
    put_text(console, view.bottom_line)
    for mode in view.modes:
        put(console)
        put_text(console, mode.title, style="bold")
        for block in mode.horizons:
            put(console)
            _horizon(block, console, ordered=view.ordered)
        if mode.swing:
            put(console)
            put_text(console, mode.swing)
        for indicator in mode.indicators:
            put(console)
            _indicator(indicator, console)
    if view.legend:
        put(console)
        put_text(console, view.legend, style="dim")


def _horizon(block: HorizonBlock, console: Console, *, ordered: bool) -> None:
    put_text(console, block.title)
    if block.lines:
        put_table(console, _scores(block.lines, ordered=ordered))
    if block.reliability:
        put_table(console, _reliability(block.reliability))
    for line in block.split:
        put_text(console, line)


def _scores(lines: Sequence[ScoreLine], *, ordered: bool) -> list[Column]:
    styles = [_FLAGGED if line.beaten else "" for line in lines]
    columns = [
        Column("", [line.name for line in lines], fold=True),
        Column("scored", [line.scored for line in lines], "right"),
        Column("log ", [line.log for line in lines], "right", styles=styles),
        Column("Brier ", [line.brier for line in lines], "right", styles=styles),
    ]
    if ordered:
        columns.append(Column("RPS ", [line.ranked for line in lines], "right", styles=styles))
    return [
        *columns,
        Column("on these", [line.beside for line in lines], "right"),
        Column("log saved", [line.skill for line in lines], fold=True),
    ]


def _reliability(lines: Sequence[ReliabilityLine]) -> list[Column]:
    return [
        Column("called", [line.called for line in lines], "right"),
        Column("times", [line.number for line in lines], "right"),
        Column("came true", [f"{line.held}{'!' if line.off else ' '}" for line in lines], "right",
               styles=[_FLAGGED if line.off else "" for line in lines]),
        Column("if right", [line.expected for line in lines], "right"),
    ]  # fmt: skip


def _indicator(block: IndicatorBlock, console: Console) -> None:
    put_text(console, block.title)
    lines = block.lines
    styles = [_FLAGGED if line.beaten else "" for line in lines]
    columns = [
        Column("", [line.name for line in lines], fold=True),
        Column("scored", [line.scored for line in lines], "right"),
        Column(f"{block.score} ", [line.loss for line in lines], "right", styles=styles),
        Column("on these", [line.beside for line in lines], "right"),
        Column("saved", [line.skill for line in lines], fold=True),
    ]
    put_table(console, columns)
    if block.told:
        put_text(console, block.told)
