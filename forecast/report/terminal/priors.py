"""Asked against believed as one table per indicator, then prior against posterior."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.learned import LearnedLine, LearnedView
from forecast.report.view.priors import ExpectationBlock, PriorsView

_FLAGGED = "bold yellow"


def render_priors(view: PriorsView, console: Console) -> None:
    """Print whether the model believes what it was told and, if asked, what it then learned."""
    put_text(console, view.case, style="bold")
    put_text(console, view.bottom_line)
    for block in view.blocks:
        put(console)
        _expectations(block, console)
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
