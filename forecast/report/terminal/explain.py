"""Why a forecast moved: a waterfall of one scenario, points of all, and what was read."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.terminal.header import put_heading
from forecast.report.view.explain import ExplainView

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
