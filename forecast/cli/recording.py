"""A reading recorded from the keyboard: under the case's lock, and confirmed."""

from __future__ import annotations

import typer

from forecast.case import Case
from forecast.cli.common import locked, today
from forecast.readings import append_reading


def default_published(case: Case) -> str:
    """Return today for a live case; empty for a pinned one, to which today is not known."""
    return "" if case.as_of else today().isoformat()


def record_reading(case: Case, indicator: str, **cells: str) -> None:
    """Append a row of cells, as they would stand in the file, and say what is there now.

    Raises
    ------
    ReadingError
        If the row breaks a rule; nothing is written then.
    """
    with locked(case.root):
        reading = append_reading(case, indicator, **cells)
    path = case.readings_paths[indicator].relative_to(case.root).as_posix()
    about = f"{reading.period}" + (f" to {reading.last_period}" if reading.span > 1 else "")
    typer.echo(
        f"{path}, line {reading.line}: {cells['value']} for {about}, {reading.source} "
        f"{reading.grade}, published {reading.published.isoformat()}"
    )
