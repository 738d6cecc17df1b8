"""Readings recorded from the command line: under the case's lock, and confirmed."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from forecast.case import Case, clean_text, read_text
from forecast.cli.common import locked, today
from forecast.errors import CaseError, ReadingError, printable
from forecast.readings import Reading, append_reading, append_readings


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
    _confirm(case, reading)


def record_file(case: Case, name: str) -> None:
    """Append every row of a CSV file (``-``: standard input) and say what is there now.

    Raises
    ------
    ReadingError
        If the file cannot be read or any row breaks a rule; nothing is written then.
    """
    where = "standard input" if name == "-" else printable(name)
    try:
        if name == "-":
            text = clean_text(sys.stdin.buffer.read(), where)
        else:
            text = read_text(Path(name), where)
    except CaseError as error:
        raise ReadingError(*error.problems) from error
    with locked(case.root):
        readings = append_readings(case, text, where)
    for reading in readings:
        _confirm(case, reading)


def _confirm(case: Case, reading: Reading) -> None:
    path = case.readings_paths[reading.indicator].relative_to(case.root).as_posix()
    about = f"{reading.period}" + (f" to {reading.last_period}" if reading.span > 1 else "")
    typer.echo(
        f"{path}, line {reading.line}: {reading.value:.15g} for {about}, {reading.source} "
        f"{reading.grade}, published {reading.published.isoformat()}"
    )
