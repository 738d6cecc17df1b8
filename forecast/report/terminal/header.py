"""What every screen about a forecast opens with: a failed fit first, then what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console

from forecast.report.terminal.console import put_text
from forecast.report.view.types import View


def put_header(view: View, console: Console) -> None:
    """Print a failed fit, then what a forecast is about."""
    put_heading((view.case, view.period, view.as_known), view.alarm, console)


def put_heading(parts: Sequence[str], alarm: str, console: Console) -> None:
    """Print case, period and as-of on one line, or the case on a line of its own."""
    if alarm:
        put_text(console, alarm, style="bold red")
    spare = console.width - sum(cell_len(part) for part in parts)
    if spare >= 4:
        put_text(console, (" " * min(spare // 2, 4)).join(parts), style="bold")
    else:
        put_text(console, parts[0], style="bold")
        put_text(console, ", ".join(parts[1:]))
