"""What vintages taught of delay, as one table per count."""

from __future__ import annotations

from rich.console import Console

from forecast.report.terminal.console import Column, put, put_table, put_text
from forecast.report.view.delay import DelayBlock, DelaysView


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
