"""``forecast add`` without arguments: every indicator that is due, one question at a time."""

from __future__ import annotations

import sys
from datetime import date

from rich.console import Console

from forecast.case import Case, Indicator
from forecast.cli.common import default_as_of, load, say
from forecast.cli.recording import default_published, record_reading
from forecast.cli.waiting import due_line
from forecast.errors import Problem, ReadingError, UsageError
from forecast.readings import Due, Reading, due, known_as_of
from forecast.report.terminal.console import make_console, put, put_text


def walk(case: Case) -> None:
    """Ask for a reading of each indicator that is due; each is recorded as soon as confirmed.

    Raises
    ------
    UsageError
        If nobody sits at the other end.
    """
    if not sys.stdin.isatty():
        rule = "must be given where stdin is no terminal"
        raise UsageError(Problem("INDICATOR and VALUE", rule))
    console = make_console()
    _, readings = load(case.root)
    as_of = default_as_of(case)
    put_text(console, due_line(case, readings, as_of))
    try:
        for waiting in due(case, readings, as_of):
            _introduce(waiting, _last(case, waiting.indicator, readings, as_of), console)
            while not _asked(case, waiting):
                put_text(console, "Not recorded; once more:")
    except EOFError:
        put(console)


def _introduce(waiting: Due, last: str, console: Console) -> None:
    indicator = waiting.indicator
    put(console)
    put_text(console, f"{indicator.name}, {waiting.period.label()}", style="bold")
    put_text(console, indicator.question)
    put_text(console, indicator.coding, lead="  coding  ")
    put_text(console, indicator.unit, lead="  unit    ")
    if indicator.levels:
        levels = ", ".join(f"{number} {name}" for number, name in enumerate(indicator.levels))
        put_text(console, levels, lead="  levels  ")
    put_text(console, last, lead="  last    ")


def _last(case: Case, indicator: Indicator, readings: tuple[Reading, ...], as_of: date) -> str:
    known = known_as_of(case, readings, as_of)
    last = max(
        (r for r in (*known.speaking.values(), *known.spans) if r.indicator == indicator.id),
        key=lambda r: (r.last_period, r.published),
        default=None,
    )
    if last is None:
        return "none"
    return f"{last.value:g} for {last.period}, {last.source} {last.grade}, {last.note}"


def _asked(case: Case, waiting: Due) -> bool:
    """Ask for one reading; False if what was answered could not be recorded."""
    indicator = waiting.indicator
    value = _answer("value (empty: skip, q: quit)")
    if value == "q":
        raise EOFError
    if not value:
        return True
    cells = {
        "period": str(waiting.period),
        "value": value,
        "published": _answer("published", default_published(case)),
        "source": _answer(f"source ({', '.join(indicator.sources)})", indicator.sources[0]),
        "grade": _answer("grade"),
        "days": _answer(f"days covered of {waiting.period.days} (empty: all)"),
        "url": _answer("url"),
        "note": _answer("note"),
    }
    if _answer("record it? y or n", "y").lower() not in ("y", "yes"):
        return True
    try:
        record_reading(case, indicator.id, **cells)
    except ReadingError as error:
        for problem in error.problems:
            say(str(problem))
        return False
    return True


def _answer(label: str, default: str = "") -> str:
    shown = f"  {label} [{default}]: " if default else f"  {label}: "
    return input(shown).strip() or default
