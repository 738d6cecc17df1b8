"""One forecast computed and logged: the step that `refresh` takes once and `replay` often."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from forecast.case import Case
from forecast.cli.common import forecast_of, say
from forecast.ledger import LEDGER, Appended, Entry, append, file_states, previous_of
from forecast.periods import Period
from forecast.readings import Reading
from forecast.record import Forecast, Previous
from forecast.report.view import words

DRIFT = 0.01  # of a probability, from which it is worth a word

type Progress = Callable[[float, str], None]


def compute(
    case: Case,
    readings: tuple[Reading, ...],
    as_of: date,
    previous: Previous | None,
    progress: Progress | None,
    *,
    refit: bool = False,
) -> Forecast:
    """Return the forecast as-of a date."""
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
    """Return the ledger's last forecast of an earlier period, as known by then."""
    entry = previous_of(entries, Period.ended_before(as_of, case.cadence), as_of)
    return (entry.number, forecast_of(entry)) if entry else None


def day_before(case: Case, as_of: date) -> date | None:
    """Return the refresh day of the period before; None before the case's first."""
    period = Period.ended_before(as_of, case.cadence)
    return (period - 1).refresh_day if period > case.first else None


def record(root: Path, forecast: Forecast) -> Appended:
    """Log a forecast, and say what is odd about that. The caller holds the case's lock."""
    done = append(root / LEDGER, dataclasses.replace(forecast, files=file_states(root)))
    if done.recovered:
        say(f"{LEDGER}: {done.recovered}.")
    if not done.appended:
        _compare(done.entry, forecast)
    return done


@contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """Yield what to tell progress to: a bar on stderr if that is a terminal, else None."""
    from forecast.report.terminal.console import make_console

    console = make_console(stderr=True)
    if not console.is_interactive:
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    text = TextColumn("{task.description}", markup=False)
    with Bar(text, BarColumn(), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda share, doing: bar.update(task, completed=share, description=doing)


@contextmanager
def interrupt_ends_it() -> Iterator[None]:
    """Let an interrupt from the keyboard end the process there and then.

    As an exception it can get lost: compilers' callbacks drop it, and a sampler takes it for
    "enough draws", so that half a fit would be logged. Nothing is written while computing but
    caches, and those whole or not at all; the lock is gone with the process.
    """

    def leave(_signal: int, _frame: object) -> None:
        cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # the progress bar hides it
        print(f"{cursor}\nInterrupted.", file=sys.stderr, flush=True)
        os._exit(130)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _labelled(progress: Progress | None, label: str) -> Progress | None:
    if progress is None:
        return None
    return lambda share, doing: progress(share, f"{label}: {doing}")


def _compare(entry: Entry, forecast: Forecast) -> None:
    """Say so if the entry logged for the same inputs has other probabilities."""
    before = {s.id: s.probability for s in forecast_of(entry).scenarios}
    worst = max(forecast.scenarios, key=lambda s: abs(s.probability - before[s.id]))
    if abs(worst.probability - before[worst.id]) > DRIFT:
        say(
            f"Entry {entry.number} has {worst.name} at {words.percent(before[worst.id])}; computed "
            f"here from the same inputs it is {words.percent(worst.probability)}. Machines draw "
            "differently."
        )
