"""``forecast memo``: a forecast as a text to send."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.case import TEXT_MOST, read_file
from forecast.cli.chart import Logged, drawn, missing_letters_said
from forecast.cli.common import (
    case_root,
    entries_of,
    forecast_in,
    load,
    parse_period,
    print_exactly,
    say,
    scenarios_of,
    view_of,
)
from forecast.cli.files import ending, write
from forecast.errors import CaseError, Problem, printable
from forecast.explain.movement_types import saved_movement
from forecast.ledger import LEDGER, Entry
from forecast.proof.questions import past_scores
from forecast.readings import known_as_of, load_resolutions
from forecast.record import Forecast
from forecast.report.charts.said import says
from forecast.report.view import words
from forecast.report.view.grounds import build_grounds
from forecast.report.view.scores import with_past

if TYPE_CHECKING:
    from forecast.explain.movement_types import Movement
    from forecast.report.memo import Memo
    from forecast.report.memo.document import Figure

NOTES = "notes.md"
CHARTS = "charts"


class Format(StrEnum):
    """How a memo is written."""

    MARKDOWN = "md"
    HTML = "html"
    WORD = "docx"
    PDF = "pdf"


def memo(
    ctx: typer.Context,
    period: Annotated[
        str | None, typer.Argument(metavar="PERIOD", help="Default: the last forecast.")
    ] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="How it is written; default: md.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast; - is stdout.")
    ] = None,
) -> None:
    """Write the memo and print where it is.

    Your own paragraphs in reports/<period>/notes.md are part of it.
    """
    asked = parse_period(period, "PERIOD") if period is not None else None
    suffix = ending(form, output, Format, Format.MARKDOWN)
    root = case_root(ctx)
    entries = entries_of(root)
    entry, forecast = forecast_in(entries, asked)
    folder = (root / LEDGER).parent / str(entry.period)
    to_stdout = output == Path("-")
    path = folder / f"memo.{suffix}" if output is None or to_stdout else output.resolve()
    found = saved_movement(forecast)
    if found is None and forecast.change_since is not None:
        say(f"Without what moved it: `forecast explain --as-of {entry.as_of}` makes it available.")
    written = _memo(root, folder, entries, entry, forecast, found)
    if suffix == Format.MARKDOWN:
        data = _markdown(written, folder, path, forecast).encode()
    else:
        with missing_letters_said():
            data = _drawn(written, root, entries, entry, suffix)
    if not to_stdout:
        write(path, data)
    elif suffix in (Format.MARKDOWN, Format.HTML):
        print_exactly(data.decode())
    else:
        sys.stdout.buffer.write(data)


def _memo(
    root: Path,
    folder: Path,
    entries: Sequence[Entry],
    entry: Entry,
    forecast: Forecast,
    found: Movement | None,
) -> Memo:
    """Return what the memo of a forecast says, with the analyst's notes on its period."""
    from forecast.report.memo import build_memo, parsed
    from forecast.report.view.explain import build_explain

    case, readings = load(root)
    known = known_as_of(case, readings, entry.as_of)
    issued = [(each.number, each.forecast) for each in entries]
    past = past_scores(case, issued, load_resolutions(case, scenarios_of(entries)), known.period)
    failed = sum(not each.fit.ok for _, each in issued)
    view = with_past(view_of(root, entries, entry, forecast), past, case.cadence, failed)
    grounds = build_grounds(forecast, case, known)
    notes = parsed(_notes(folder / NOTES))
    return build_memo(view, grounds, notes, build_explain(found) if found else None)


def _notes(path: Path) -> str:
    """The analyst's notes, empty without any.

    Raises
    ------
    CaseError
        If they cannot be read as text.
    """
    where = printable(str(path))
    try:
        return read_file(path, where, TEXT_MOST).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeError:
        raise CaseError(Problem(where, "must be readable as UTF-8 text")) from None


def _markdown(written: Memo, folder: Path, path: Path, forecast: Forecast) -> str:
    from forecast.report.memo import markdown

    issued = forecast.issued
    found = {each.name: _chart(folder / CHARTS, each, issued) for each in written.figures()}
    if without := [name for name, chart in found.items() if chart is None]:
        verbs = words.listed([f"`forecast chart {name}`" for name in without])
        say(f"Without {'a chart' if len(without) == 1 else 'charts'}: {verbs} drawn of this "
            "forecast would be shown.")  # fmt: skip
    return markdown(
        written,
        {
            name: Path(os.path.relpath(chart, path.parent)).as_posix()
            for name, chart in found.items()
            if chart is not None
        },
    )


def _chart(folder: Path, figure: Figure, issued: datetime) -> Path | None:
    """A chart that says it shows this, drawn since the forecast was issued."""
    for suffix in ("png", "svg"):
        path = folder / f"{figure.name}.{suffix}"
        if path.is_file() and path.stat().st_mtime >= issued.timestamp() and says(path, figure.alt):
            return path
    return None


def _drawn(written: Memo, root: Path, entries: Sequence[Entry], entry: Entry, suffix: str) -> bytes:
    """A memo that holds its charts, drawn for it."""
    kind = "png" if suffix == Format.WORD else "svg"
    names = [figure.name for figure in written.figures()]
    charts = {name: drawn(name, Logged(root, entries, entry), kind) for name in names}
    if suffix == Format.HTML:
        from forecast.report.charts.inline import inlined
        from forecast.report.memo.html import page

        return page(written, {name: inlined(name, svg) for name, svg in charts.items()}).encode()
    if suffix == Format.WORD:
        from forecast.report.memo.docx import document

        return document(written, charts)
    from forecast.report.charts.fonts import copy_fallbacks, letters_in, warn_of_missing
    from forecast.report.charts.style import fonts_folder
    from forecast.report.memo.pdf import pdf

    letters = letters_in(written)
    warn_of_missing(letters)
    with TemporaryDirectory() as others:
        copy_fallbacks(letters, Path(others))
        return pdf(written, charts, fonts_folder(), Path(others))
