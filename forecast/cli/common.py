"""What several verbs share: the case, its ledger, its clock, and how they speak.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast import clock
from forecast.case import Case, clear_away, find_case, load_case
from forecast.errors import (
    CaseError,
    LedgerError,
    Problem,
    UsageError,
    counted,
    did_you_mean,
    printable,
    show,
)
from forecast.kit.codec import plain
from forecast.ledger import LEDGER, Entry, for_period, lock, read
from forecast.periods import Period, parse_day
from forecast.readings import (
    RECORDING,
    VINTAGES,
    Reading,
    absurdity,
    finish_recording,
    load_readings,
    load_resolutions,
    with_outcomes,
)
from forecast.record import Forecast

if TYPE_CHECKING:
    from forecast.report.view.types import View

SCREEN = 20  # problems or notes that are said at once
PATIENCE = 600.0  # seconds to wait for another process: a fit takes a minute at worst


def flag(name: str, *, text: str, **settings: Any) -> Any:
    """An option without a value; typer's help would show one called ``<bool>``."""
    return typer.Option(name, metavar="", help=text, **settings)


AsJson = Annotated[bool, flag("--json", text="Print JSON.")]


def case_root(ctx: typer.Context) -> Path:
    """The folder of the case the command line is about, with nothing left half recorded."""
    root = find_case(ctx.obj)
    if (root / RECORDING).exists():
        with locked(root):
            pass
    return root


def load(root: Path) -> tuple[Case, tuple[Reading, ...]]:
    """A case with its outcomes, and its readings, coded by hand and counted from pulls."""
    case = with_outcomes(load_case(root), lambda: scenarios_of(entries_of(root)))
    return case, (*load_readings(case), *pulled_readings(case))


def pulled_readings(case: Case) -> tuple[Reading, ...]:
    """Readings counted from what was pulled.

    Raises
    ------
    CaseError
        If a vintage is damaged, or what it holds adds up to something absurd.
    """
    if not (case.root / VINTAGES).exists():  # then what counts pulled events need not be loaded
        return ()
    from forecast.readings.events import counted_readings

    found = counted_readings(case)
    indicators = {indicator.id: indicator for indicator in case.indicators}
    problems = [
        absurdity(case, indicators[r.indicator], r, f"{r.indicator} of {r.period}, by {r.source}")
        for r in found
    ]
    if absurd := [problem for problem in problems if problem is not None]:
        raise CaseError(*absurd)
    return found


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the case's lock, saying on stderr if it must be waited for.

    What a run that was killed left behind is finished or removed first.
    """
    with lock(root, timeout=PATIENCE, on_wait=say):
        if finish_recording(root):
            say("Readings that a run before had begun to record are recorded.")
        clear_away(root)
        yield


def default_as_of(case: Case) -> date:
    """The as-of of a pinned case, today for a live one."""
    return case.as_of or clock.today()


def as_of_asked(case: Case, asked: str | None, option: str = "--as-of") -> date:
    """The as-of that an option asks for, or the case's own.

    Raises
    ------
    UsageError
        If it is no date, or after today.
    """
    day = default_as_of(case) if asked is None else parse_date(asked, option)
    today = clock.today()
    if day > today:
        where = option if asked else "the case's as_of"
        rule = f"must not be after today, {today}"
        raise UsageError(Problem(where, rule, day.isoformat()))
    return day


def parse_date(text: str, option: str) -> date:
    """The date an option was given.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return parse_day(text)
    except ValueError:
        rule = "must be a date, for example 2024-12-02"
        raise UsageError(Problem(option, rule, show(text))) from None


def require_indicator(name: str | None, ids: Sequence[str]) -> None:
    """Refuse an indicator that is not one of these; None is none asked for.

    Raises
    ------
    UsageError
        With the id it looks like.
    """
    if name is not None and name not in ids:
        rule = "must be an indicator of the case"
        raise UsageError(Problem("INDICATOR", rule, show(name), did_you_mean(name, ids)))


def parse_period(text: str, option: str) -> Period:
    """The period an option was given.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return Period.parse(text)
    except ValueError as error:
        raise UsageError(Problem(option, "must be a period", show(text), str(error))) from None


def entries_of(root: Path) -> list[Entry]:
    """The entries of a case's ledger."""
    return read(root / LEDGER)


def scenarios_of(entries: Sequence[Entry]) -> frozenset[str]:
    """The ids of the scenarios that any forecast had."""
    return frozenset(each.id for entry in entries for each in entry.header.scenarios)


def last_entry(entries: Sequence[Entry]) -> Entry | None:
    """The last forecast: of the latest period, the one logged last; None without any.

    Not the entry logged last: that may be a replay of an earlier period.
    """
    return max(entries, key=lambda entry: (entry.period, entry.number), default=None)


def forecast_in(entries: Sequence[Entry], period: Period | None = None) -> tuple[Entry, Forecast]:
    """The last forecast among entries, or the last for one period.

    Raises
    ------
    LedgerError
        If there is none.
    """
    entry = for_period(entries, period) if period else last_entry(entries)
    if entry is None:
        rule = f"must hold a forecast{f' for {period}' if period else ''}"
        known = ", ".join(map(str, sorted({entry.period for entry in entries})))
        hint = f"it holds {known}" if known else "run `forecast refresh`"
        raise LedgerError(Problem(LEDGER, rule, hint=hint))
    return entry, entry.forecast


def view_of(root: Path, entries: Sequence[Entry], entry: Entry | None, forecast: Forecast) -> View:
    """A forecast in words, with where it stands in the ledger (None: nowhere)."""
    from forecast.report.view.build import build_view
    from forecast.report.view.types import LedgerNote

    note = LedgerNote(entry.number, entry.hash) if entry else None
    since = forecast.change_since
    earlier = [each for each in entries if since and each.number == since.entry]
    return build_view(
        forecast,
        entry=note,
        live_scored=_live_scored(root, entries),
        earlier_failed=any(not each.forecast.fit.ok for each in earlier),
    )


def _live_scored(root: Path, entries: Sequence[Entry]) -> int | None:
    """How many live forecasts can be scored; None if the case is broken, so cannot say."""
    live = [entry for entry in entries if entry.header.mode == "live"]
    if not live:
        return 0
    try:
        case = load_case(root)
        resolutions = load_resolutions(case, scenarios_of(entries))
    except CaseError:
        return None
    from forecast.proof.questions import live_scored

    return live_scored(case, [(entry.number, entry.forecast) for entry in live], resolutions)


def print_screen(view: View, *, fit: bool = False) -> None:
    """Print the first screen; ``fit``: and how it was computed."""
    from forecast.report.terminal.console import make_console
    from forecast.report.terminal.watch import render_first_screen

    render_first_screen(view, make_console(), fit=fit)


def print_json(data: Any) -> None:
    """Print data as JSON, which has no word for a number that is not finite: null.

    Periods and dates are texts there, structs and dataclasses tables.
    """
    text = json.dumps(_finite(plain(data)), indent=2, ensure_ascii=False, allow_nan=False)
    print_exactly(text + "\n")


def _finite(data: Any) -> Any:
    match data:
        case dict():
            return {key: _finite(value) for key, value in data.items()}
        case list() | tuple():
            return [_finite(item) for item in data]
        case float() if not math.isfinite(data):
            return None
        case _:
            return data


def print_exactly(text: str) -> None:
    """Print a result as it is, in UTF-8 whatever the locale."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)


def say_problems(problems: Sequence[Problem]) -> None:
    """Say what is wrong on stderr, as much of it as a screen holds, and how much more there is."""
    for problem in problems[:SCREEN]:
        say(str(problem))
    if len(problems) > SCREEN:
        say(f"... and {len(problems) - SCREEN:,} more.")


def say_notes(notes: Sequence[Problem]) -> None:
    """Say what is doubtful without being wrong, a screen of it at most."""
    for note in notes[:SCREEN]:
        say(f"Note: {note}.")
    if len(notes) > SCREEN:
        say(f"{counted(len(notes) - SCREEN, 'note')} more of the kind.")


def say(text: str) -> None:
    """Say something on stderr that is not the result; nothing in it steers a terminal."""
    for line in text.splitlines():
        print(printable(line), file=sys.stderr)
