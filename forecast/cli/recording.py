"""Readings recorded from the command line: under the case's lock, and confirmed."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from forecast.case import Case, clean_text, read_text
from forecast.cli.common import default_as_of, load, locked, say, today
from forecast.errors import CaseError, ReadingError, printable
from forecast.ledger import LEDGER
from forecast.periods import Period
from forecast.readings import Reading, append_reading, append_readings, unexpected
from forecast.report.view.effect import effect


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
        _, before = load(case.root)  # as a refresh has them: counted ones too
        reading = append_reading(case, indicator, **cells)
    _confirm(case, before, reading)


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
        _, before = load(case.root)  # as a refresh has them: counted ones too
        readings = append_readings(case, text, where)
    _confirm(case, before, *readings)


def _confirm(case: Case, before: tuple[Reading, ...], *recorded: Reading) -> None:
    """Say what is there now and, if a fit is at hand, what each would do to the scenarios."""
    effects = _effects(case, before, recorded)
    for warning in unexpected(case, recorded):
        say(warning)
    for number, reading in enumerate(recorded):
        _say_recorded(case, reading)
        if effects:
            typer.echo(f"  It {effects[number]}")
    if effects and len(recorded) > 1:
        typer.echo(f"Together they {effects[-1]}")


def _effects(case: Case, before: tuple[Reading, ...], recorded: tuple[Reading, ...]) -> list[str]:
    """Return what each of the readings would do, and last all of them; empty without a fit."""
    as_of = default_as_of(case)
    period = Period.ended_before(as_of, case.cadence)
    told = any(r.published <= as_of and r.last_period <= period for r in recorded)
    if not told or not (case.root / LEDGER).exists():
        return []  # nothing was ever fitted here: do not load what would find that out
    from forecast.refresh.suppose import suppose

    suppositions = [*((reading,) for reading in recorded), recorded]
    found = suppose(case, before, suppositions, as_of)
    if found is None or found[0] is None:
        return []
    names = [scenario.name for scenario in case.scenarios]
    said = [None if p is None else dict(zip(names, map(float, p), strict=True)) for p in found]
    return [effect(said[0] or {}, after) for after in said[1:]]


def _say_recorded(case: Case, reading: Reading) -> None:
    path = case.readings_paths[reading.indicator].relative_to(case.root).as_posix()
    about = f"{reading.period}" + (f" to {reading.last_period}" if reading.span > 1 else "")
    typer.echo(
        f"{path}, line {reading.line}: {reading.value:.15g} for {about}, {reading.source} "
        f"{reading.grade}, published {reading.published.isoformat()}"
    )
