"""How forecasts fared: live first, then replayed, a table per horizon, each with its baselines."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.indicator_scores import IndicatorBlock
from forecast.report.view.scores import (
    HorizonBlock,
    ReliabilityLine,
    ScoreLine,
    ScoresView,
)

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
