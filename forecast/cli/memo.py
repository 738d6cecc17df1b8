"""``forecast memo``: the last forecast as a text to send."""

from __future__ import annotations

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.chart import write
from forecast.cli.common import case_root, logged, print_exactly, say, view_of
from forecast.ledger import LEDGER

_CHARTS = ("charts/scenarios.png", "charts/scenarios.svg")


class Format(StrEnum):
    """How a memo is written."""

    MARKDOWN = "md"


def memo(
    ctx: typer.Context,
    _form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast; - is stdout.")
    ] = None,
) -> None:
    """Write the memo and print where it is."""
    from forecast.report.memo import memo_markdown

    root = case_root(ctx)
    entry, forecast = logged(root)
    folder = (root / LEDGER).parent / str(entry.period)
    to_stdout = output == Path("-")
    path = folder / "memo.md" if output is None or to_stdout else output.resolve()
    chart = _chart(folder, datetime.fromisoformat(forecast.issued))
    seen = Path(os.path.relpath(chart, path.parent)).as_posix() if chart else None
    text = memo_markdown(view_of(root, entry, forecast), chart=seen)
    if to_stdout:
        print_exactly(text)
    else:
        write(path, text.encode())
    if chart is None:
        say("Without a chart: `forecast chart scenarios` draws one of this forecast.")


def _chart(folder: Path, issued: datetime) -> Path | None:
    """Return the forecast's chart; one drawn before it was issued shows another."""
    for name in _CHARTS:
        path = folder / name
        if path.is_file() and path.stat().st_mtime >= issued.timestamp():
            return path
    return None
