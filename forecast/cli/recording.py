"""Readings recorded from the command line: under the case's lock, and confirmed."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from forecast import clock
from forecast.case import CSV_MOST, Case, clean_text, read_text, too_large
from forecast.cli.common import default_as_of, entries_of, load, locked, say_notes
from forecast.cli.step import logged_now
from forecast.errors import CaseError, ReadingError, counted, printable
from forecast.explain.what_if_types import carried_over
from forecast.ledger import LEDGER
from forecast.periods import Period
from forecast.readings import (
    Reading,
    append_reading,
    append_readings,
    doubts_of,
    known_as_of,
    unexpected,
)
from forecast.report.view.what_if import effect


def default_published(case: Case) -> str:
    """Return today for a live case; empty for a pinned one, to which today is not known."""
    return "" if case.as_of else clock.today().isoformat()


def record_reading(case: Case, indicator: str, **cells: str) -> None:
    """Append a row of cells, as they would stand in the file, and say what is there now.

    Raises
    ------
    ReadingError
        If the row breaks a rule; nothing is written then.
    """
    with locked(case.root):
        case, before = load(case.root)  # as a refresh has them: counted ones too
        done = append_reading(case, indicator, **cells)
    if done.known:
        typer.echo(f"{done.known}: says so already, nothing was recorded.")
        return
    _confirm(case, before, done.reading)
    if old := done.replaced:
        what = "the withdrawal" if old.withdrawn else f"the {old.value:.15g}"
        typer.echo(f"  It corrects {what} of line {old.line}, published the same day.")


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
            data = sys.stdin.buffer.read(CSV_MOST + 1)
            if len(data) > CSV_MOST:
                raise CaseError(too_large(where, CSV_MOST))
            text = clean_text(data, where)
        else:
            text = read_text(Path(name), where, CSV_MOST)
    except CaseError as error:
        raise ReadingError(*error.problems) from error
    with locked(case.root):
        case, before = load(case.root)  # as a refresh has them: counted ones too
        done = append_readings(case, text, where)
    _confirm(case, before, *done.readings)
    if done.known:
        what = "it was" if done.known == 1 else "they were"
        typer.echo(f"{counted(done.known, 'row')} passed over: {what} recorded before.")


def _confirm(case: Case, before: tuple[Reading, ...], *recorded: Reading) -> None:
    """Say what is there now and, where there is a forecast, what each would do to the scenarios."""
    effects = _effects(case, before, recorded)
    several = len(recorded) > 1
    unknown = several and set(effects) == {effect({}, None)}
    for number, reading in enumerate(recorded):
        _say_recorded(case, reading)
        if effects and not unknown:
            typer.echo(f"  It {effects[number]}")
    if effects and several:
        typer.echo(f"Together they {effects[-1]}")
    doubtful = [doubt for reading in recorded for doubt in doubts_of(reading)]
    say_notes(doubtful + unexpected(case, recorded))


def _effects(case: Case, before: tuple[Reading, ...], recorded: tuple[Reading, ...]) -> list[str]:
    """Return what each of the readings would do, and last all of them; empty without a forecast."""
    as_of = default_as_of(case)
    period = Period.ended_before(as_of, case.cadence)
    told = any(r.published <= as_of and r.last_period <= period for r in recorded)
    if not told or not (case.root / LEDGER).exists():
        return []  # nothing was ever fitted here: do not load what would find that out
    from forecast.refresh.suppose import suppose

    suppositions = [*((reading,) for reading in recorded), recorded]
    names = [scenario.name for scenario in case.scenarios]
    without, *others = (
        None if p is None else dict(zip(names, map(float, p), strict=True))
        for p in suppose(case, before, suppositions, as_of) or [None]
    )
    if without is None:
        return [effect({}, None)] * len(suppositions)
    logged = logged_now(case, known_as_of(case, before, as_of), entries_of(case.root))
    now = {s.name: s.probability for s in logged[1].scenarios} if logged else without
    return [effect(now, after and carried_over(now, without, after)) for after in others]


def _say_recorded(case: Case, reading: Reading) -> None:
    path = case.readings_paths[reading.indicator].relative_to(case.root).as_posix()
    about = f"{reading.period}" + (f" to {reading.last_period}" if reading.span > 1 else "")
    by = f"{reading.source} {reading.grade}"
    text = f"{reading.value:.15g} for {about}, {by}"
    if reading.withdrawn:
        text = f"withdrawn for {about} by {reading.source}"
    typer.echo(f"{path}, line {reading.line}: {text}, published {reading.published.isoformat()}")
