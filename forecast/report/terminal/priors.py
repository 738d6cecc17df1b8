"""The screens of ``forecast priors``.

Elicited against prior predictive as one table per indicator, then prior against posterior; how
readings lay in their forecasts; what a forecast hangs on; how values of each source grew with age.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.check import CheckView
from forecast.report.view.delay import DelayBlock, DelaysView
from forecast.report.view.priors import ExpectationBlock, LearnedLine, LearnedView, PriorsView
from forecast.report.view.sensitivity import SensitivityView

_FLAGGED = "bold yellow"


def render_priors(view: PriorsView, console: Console) -> None:
    """Print whether the model believes what it was told and, if asked, what it then learned."""
    put_text(console, view.case, style="bold")
    put_text(console, view.bottom_line)
    for block in view.blocks:
        put(console)
        _expectations(block, console)
    if view.episodes:
        put(console)
        put_text(console, "How long episodes last", style="bold")
    for line in view.episodes:
        put_text(console, line.name)
        put_text(console, line.over, style=_FLAGGED if line.flagged else "", lead="  ")
        put_text(console, line.ends, lead="  ")
    put(console)
    put_text(console, view.legend, style="dim")
    if view.learned:
        put(console)
        _learned(view.learned, console)


def _expectations(block: ExpectationBlock, console: Console) -> None:
    put_text(console, block.name, style="bold")
    put_text(console, block.about, lead="  ")
    rows = block.rows
    styles = [_FLAGGED if row.flagged else "" for row in rows]
    columns = [Column("", [row.name for row in rows], fold=True)]
    for part in ("asked", "believed"):
        for n, heading in enumerate(block.headings):
            cells = [(row.asked if part == "asked" else row.believed)[n] for row in rows]
            gap = " " * (part == "believed")  # where the marks of flagged cells stand
            top = part + gap if n == 0 else ""
            marked = styles if part == "believed" else ()
            columns.append(Column(f"{top}\n{heading}{gap}", cells, "right", styles=marked))
    columns += [
        Column(f"\n{block.shape_heading}", [row.shape for row in rows]),
        Column("\nworth", [row.worth for row in rows], "right"),
        Column("\nbasis", [row.basis for row in rows]),
    ]
    put_table(console, columns, padding=1)
    for flag in block.flags:
        put_text(console, flag, style=_FLAGGED, lead="! ")
    for name, because in block.reasons:
        put(console)
        put_text(console, name)
        put_text(console, because, lead="  ")


def _learned(view: LearnedView, console: Console) -> None:
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    put_text(console, view.summary, style="bold")
    for block in view.blocks:
        put(console)
        put_text(console, block.title, style="bold")
        _before_and_after(block.lines, console)
    put(console)
    put_text(console, view.legend, style="dim")


def _before_and_after(lines: Sequence[LearnedLine], console: Console) -> None:
    put_table(
        console,
        [
            Column("", [line.name for line in lines], fold=True),
            Column("before", [line.prior for line in lines], "right"),
            Column("after", [line.posterior for line in lines], "right"),
            Column(
                "",
                [line.verdict for line in lines],
                styles=["bold" if line.strong else "" for line in lines],
            ),
        ],
    )


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


def render_sensitivity(view: SensitivityView, console: Console) -> None:
    """Print how far a forecast hangs on its readings and judgements."""
    put_text(console, view.case, style="bold")
    if view.alarm:
        put_text(console, view.alarm, style="bold red")
    if view.cut:
        put_text(console, view.cut, style="bold")
    put_text(console, view.bottom_line, style="bold")
    for block in view.switching:
        put(console)
        put_text(console, block.title, style="bold")
        for line in block.lines:
            put_text(console, line, lead="- ")
    if view.unreliable:
        put(console)
        put_text(console, view.unreliable)
    put(console)
    put_text(console, view.switching_legend, style="dim")
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


def render_delays(view: DelaysView, console: Console) -> None:
    """Print how far values of each source were from final, by age."""
    put_text(console, view.case, style="bold")
    put_text(console, view.bottom_line)
    for block in view.blocks:
        put(console)
        put_text(console, block.name, style="bold")
        _revisions(block, view.headings, console)
        if block.too_few:
            put_text(console, block.too_few)
    for text, style in ((view.too_few, ""), (view.legend, "dim")):
        if text:
            put(console)
            put_text(console, text, style=style)


def _revisions(block: DelayBlock, headings: tuple[str, ...], console: Console) -> None:
    lines = block.lines
    columns = [
        Column("\nsource", [line.source for line in lines], fold=True),
        Column("\nage", [line.age for line in lines], "right"),
        Column("\npairs", [line.pairs for line in lines], "right"),
    ]
    for part in ("seen", "fitted"):
        for n, heading in enumerate(headings):
            cells = [(line.seen if part == "seen" else line.fitted)[n] for line in lines]
            columns.append(Column(f"{part if n == 0 else ''}\n{heading}", cells, "right"))
    put_table(console, columns, padding=1)
