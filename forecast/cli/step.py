"""One forecast computed and logged: the step that `refresh` takes once and `replay` often."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from forecast.case import Case
from forecast.cli.common import flag, say
from forecast.errors import Stopped
from forecast.kit.cache import remove_temporary
from forecast.ledger import LEDGER, Appended, Entry, append, for_period, previous_of
from forecast.periods import Period
from forecast.readings import Known, Reading
from forecast.record import Forecast, Previous
from forecast.report.view import words

_WORTH_SAYING = 10.0  # seconds that an answer takes

type Progress = Callable[[float, str], None]

Quick = Annotated[bool, flag("--quick", text="Less exactly, in a fraction of the time.")]


def compute(
    case: Case,
    readings: tuple[Reading, ...],
    as_of: date,
    previous: Previous | None,
    progress: Progress | None,
    *,
    refit: bool = False,
) -> Forecast:
    """The forecast as-of a date."""
    from forecast import refresh as engine

    about = _labelled(progress, str(Period.ended_before(as_of, case.cadence)))
    with interrupt_ends_it():
        return engine.refresh(case, readings, as_of, previous, progress=about, refit=refit)


def previous_for(
    case: Case,
    readings: tuple[Reading, ...],
    entries: Sequence[Entry],
    as_of: date,
    progress: Progress | None,
) -> Previous | None:
    """Return what a forecast as-of a date is compared with.

    The ledger's last forecast of an earlier period, else the period before recomputed, else None.
    """
    if (known := previous_logged(case, entries, as_of)) is not None:
        return known
    if (day := day_before(case, as_of)) is None:
        return None
    return None, compute(case, readings, day, None, progress)


def previous_logged(case: Case, entries: Sequence[Entry], as_of: date) -> Previous | None:
    """The ledger's last forecast of an earlier period, as known by then."""
    entry = previous_of(entries, Period.ended_before(as_of, case.cadence), as_of)
    return (entry.number, entry.forecast) if entry else None


def logged_as_of(entries: Sequence[Entry], period: Period, day: date) -> Previous | None:
    """The forecast as it was logged for a period as-of a day, if it was."""
    entry = for_period([entry for entry in entries if entry.as_of == day], period)
    return (entry.number, entry.forecast) if entry else None


def logged_now(case: Case, known: Known, entries: Sequence[Entry]) -> tuple[int, Forecast] | None:
    """The entry number and the forecast logged of just what is known, if there is one."""
    from forecast.refresh import fingerprint

    entry = for_period([e for e in entries if e.as_of == known.as_of], known.period)
    if entry is None or entry.header.fingerprint != fingerprint(case, known):
        return None
    return entry.number, entry.forecast


def day_before(case: Case, as_of: date) -> date | None:
    """The refresh day of the period before; None before the case's first."""
    period = Period.ended_before(as_of, case.cadence)
    return (period - 1).refresh_day if period > case.first else None


def record(root: Path, forecast: Forecast) -> Appended:
    """Log a forecast, and say what is odd about that. The caller holds the case's lock."""
    done = append(root / LEDGER, forecast)
    if done.recovered:
        say(f"{LEDGER}: {done.recovered}.")
    if not done.appended:
        _compare(done.entry, forecast)
    return done


@contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """What to tell progress to: on a terminal a bar on stderr with the time left, else None."""
    from forecast.report.terminal.console import make_console

    console = make_console(stderr=True)
    if not console.is_interactive:
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda share, doing: bar.update(task, completed=share, description=doing)


@contextmanager
def stoppable(verb: str, seconds: tuple[float, float], *, quick: bool) -> Iterator[Progress]:
    """Progress of an answer that can be had in part, with what it will cost said before.

    A first interrupt from the keyboard raises `Stopped` where progress is told next, a second ends
    the process there and then.

    Parameters
    ----------
    verb
        What is asked.
    seconds, quick
        That it takes, and takes with ``--quick``; whether that was given.
    """
    if seconds[quick] > _WORTH_SAYING:
        worth = not quick and 2 * seconds[1] < seconds[0]
        faster = f", with --quick {words.about(seconds[1])}" if worth else ""
        say(f"{verb}: {words.about(seconds[quick])}{faster}; Ctrl-C shows what is done by then.")
    asked = told = False

    def ask(number: int, frame: object) -> None:
        nonlocal asked
        if asked:
            _leave(number, frame)
        asked = True
        say("Stopping: what is done so far will be shown. Ctrl-C again ends it at once.")

    with shown_progress() as progress, _interrupted_by(ask):

        def tell(share: float, doing: str) -> None:
            nonlocal told
            if asked and not told:  # once: what is done so far may have to be summed up
                told = True
                raise Stopped
            if progress:
                progress(share, doing)

        yield tell


def end_stopped(cut: str) -> None:
    """End with exit code 130 if an answer, which was shown, was stopped.

    Raises
    ------
    typer.Exit
        With that code.
    """
    if cut.startswith("stopped"):
        raise typer.Exit(130)


@contextmanager
def interrupt_ends_it() -> Iterator[None]:
    """Let an interrupt from the keyboard end the process there and then.

    As an exception it can get lost: compilers' callbacks drop it, and a sampler takes it for
    "enough draws", so that half a fit would be logged. Nothing is written while computing but
    caches, and those whole or not at all; the lock is gone with the process.
    """
    with _interrupted_by(_leave):
        yield


@contextmanager
def _interrupted_by(handler: Callable[[int, object], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(_signal: int, _frame: object) -> None:
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # the progress bar hides it
    print(f"{cursor}\nInterrupted.", file=sys.stderr, flush=True)
    remove_temporary()
    os._exit(130)


def _labelled(progress: Progress | None, label: str) -> Progress | None:
    if progress is None:
        return None
    return lambda share, doing: progress(share, f"{label}: {doing}")


def _compare(entry: Entry, forecast: Forecast) -> None:
    """Say so if the entry logged for the same inputs has other probabilities."""
    logged, here = (
        {scenario.name: scenario.probability for scenario in each.scenarios}
        for each in (entry.forecast, forecast)
    )
    say(words.drifted(entry.number, logged, here))
