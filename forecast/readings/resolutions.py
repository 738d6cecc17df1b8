"""Resolutions: ``reports/resolutions.csv``, which scenario held in a period, with its source.

What forecasts are scored against; the model never sees it. A row is never edited: a correction is
a new row for the same period, one without a scenario withdraws what was recorded, and the latest
``published`` is what held; of one day the last row, and those before it never were.

Since when an outcome was *known* matters as well: a forecast issued after that did not foresee it.
That is the first day on which a row says what is now taken to have held, since it was last
withdrawn. So a slip that is corrected makes no forecast one of hindsight::

    published    2 Dec     5 Dec      9 Dec
    rows         talks     escalation            held: escalation, known since 5 Dec
                 talks     withdrawn  talks      held: talks, known since 9 Dec
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from forecast import clock
from forecast.case.dates import doubts
from forecast.case.folder import TEXT_MOST, read_text
from forecast.case.types import Case
from forecast.errors import (
    PROBLEMS_MOST,
    CaseError,
    Problem,
    ReadingError,
    did_you_mean,
    show,
)
from forecast.files import replace_file
from forecast.periods import Period
from forecast.readings.append import with_rows
from forecast.readings.cells import Broken, parse_cell, period_of, published_of, url_of
from forecast.readings.coded import cells_of, columns_of, lines_of

RESOLUTIONS = "reports/resolutions.csv"
COLUMNS = ("period", "scenario", "published", "url", "note")
_HEADER = f"{','.join(COLUMNS)}\n"
_MANY = 520  # periods resolved at once: a longer run is a slip of the pen


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which scenario held in a period: the row that was published last.

    ``first_published`` is the day since which that outcome was known, right away or corrected.
    """

    period: Period
    scenario: str
    published: date
    first_published: date
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A row that was recorded at a line, or ``known``: was there already.

    ``scenario`` is empty if it withdraws; ``replaced`` is the scenario of the row of the same day
    that it corrects, None without one.
    """

    period: Period
    scenario: str
    published: date
    line: int
    known: bool
    replaced: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    period: Period
    scenario: str
    published: date
    url: str
    note: str
    line: int


type _InForce = dict[Period, dict[date, _Row]]  # by the day of publication


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    length: int  # lines
    rows: tuple[_Row, ...]
    problems: tuple[Problem, ...]


def load_resolutions(case: Case, earlier: Collection[str] = ()) -> dict[Period, Resolution]:
    """Return what held, by period, in order; nothing if there is no file yet.

    Parameters
    ----------
    earlier
        Ids of scenarios that the case has no longer and its forecasts have.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    table = _read(case, earlier)
    if table.problems:
        raise CaseError(*table.problems)
    by_period = _in_force(sorted(table.rows, key=lambda row: (row.period, row.published, row.line)))
    latest = ((period, _latest(list(rows.values()))) for period, rows in by_period.items())
    return {period: resolution for period, resolution in latest if resolution is not None}


def check_resolutions(case: Case, earlier: Collection[str] | None = ()) -> list[Problem]:
    """Every problem of the file; of a case in part, without scenarios, any will do.

    ``earlier`` is as in `load_resolutions`; None if they are not known.
    """
    try:
        return list(_read(case, earlier).problems)
    except CaseError as error:
        return list(error.problems)


def resolution_doubts(case: Case) -> list[Problem]:
    """The rows of which the date is doubtful, of a file without problems."""
    return [
        problem
        for row in _read(case, None).rows
        for problem in doubts(f"{RESOLUTIONS}, line {row.line}", row.period, row.published)
    ]


def append_resolutions(
    case: Case, periods: Sequence[str], scenario: str, *, published: str, url: str, note: str
) -> tuple[Resolved, ...]:
    """Record which scenario held, in one period or each of several; return what became of them.

    The fields are text, as they would stand in the file, and meet the same rules; no scenario
    withdraws what was recorded. Rows that are there already are not written again. The caller holds
    the case's lock.

    Raises
    ------
    ReadingError
        If a row breaks a rule or cannot be written. Nothing is written then.
    CaseError
        If the file as it is breaks a rule.
    """
    table = _read(case, None)
    if table.problems:
        raise CaseError(*table.problems)
    problems: list[Problem] = []
    there, new = _in_force(table.rows), list[_Row]()
    recorded: list[Resolved] = []
    for period in periods:
        cells = {"period": period, "scenario": scenario, "published": published}
        cells |= {"url": url, "note": note}
        row = _parse(case, cells, "resolution", table.length + len(new) + 1, clock.today(), ())
        if isinstance(row, list):
            problems += [problem for problem in row if problem not in problems]
            continue
        days = there.setdefault(row.period, {})
        before = days.get(row.published)
        if before is not None and _content(before) == _content(row):
            recorded.append(_resolved(before, known=True, replaced=None))
            continue
        problems += _breaks(days, row, "resolution")
        recorded.append(_resolved(row, known=False, replaced=before.scenario if before else None))
        days[row.published] = row
        new.append(row)
    if problems:
        raise ReadingError(*problems)
    if new:
        _write(case.root / RESOLUTIONS, [_cells(row, table.columns) for row in new])
    return tuple(recorded)


def _resolved(row: _Row, *, known: bool, replaced: str | None) -> Resolved:
    return Resolved(row.period, row.scenario, row.published, row.line, known, replaced)


def _latest(rows: Sequence[_Row]) -> Resolution | None:
    """Return what rows of a period, in order of their days, say of it; None if it is withdrawn."""
    last = rows[-1]
    if not last.scenario:
        return None
    withdrawn = max((n for n, row in enumerate(rows) if not row.scenario), default=-1)
    first = next(row for row in rows[withdrawn + 1 :] if row.scenario == last.scenario)
    return Resolution(
        last.period, last.scenario, last.published, first.published, last.url, last.note
    )


def run_of(case: Case, text: str) -> list[str]:
    """The periods of ``2024-W48`` or of a run, ``2024-W48..2024-W50``, as text.

    Raises
    ------
    ReadingError
        If a run's ends are no periods of the case, or not in order.
    """
    first, dots, last = text.partition("..")
    if not dots:
        return [text]
    try:
        start, end = period_of(case, first), period_of(case, last)
    except Broken as broken:
        raise ReadingError(Problem("PERIOD", broken.rule, show(text), broken.hint)) from None
    if not 0 <= end - start < _MANY:
        rule = f"must run from the first period to the last, {_MANY} at most"
        raise ReadingError(Problem("PERIOD", rule, show(text)))
    return [str(start + step) for step in range(end - start + 1)]


def _read(case: Case, earlier: Collection[str] | None) -> _Table:
    path = case.root / RESOLUTIONS
    text = read_text(path, RESOLUTIONS, TEXT_MOST) if os.path.lexists(path) else _HEADER
    header, *lines = lines_of(text, RESOLUTIONS)
    columns, problems = columns_of(RESOLUTIONS, header, COLUMNS, "a resolution")
    length = text.removesuffix("\n").count("\n") + 1
    if problems:
        return _Table(columns, length, (), tuple(problems))
    rows: list[_Row] = []
    there: _InForce = {}
    known_by = clock.latest_today()  # a colleague's row may be of a day that has not begun here
    for number, line in enumerate(lines, start=2):
        if len(problems) >= PROBLEMS_MOST:
            break
        if not line.strip(","):
            continue
        place = f"{RESOLUTIONS}, line {number}"
        cells = cells_of(line, place, columns)
        if isinstance(cells, Problem):
            problems.append(cells)
            continue
        row = _parse(case, cells, place, number, known_by, earlier)
        if isinstance(row, list):
            problems += row
            continue
        days = there.setdefault(row.period, {})
        problems += _breaks(days, row, place)
        days[row.published] = row
        rows.append(row)
    return _Table(columns, length, tuple(rows), tuple(problems))


def _parse(
    case: Case,
    cells: Mapping[str, str],
    where: str,
    line: int,
    known_by: date,
    earlier: Collection[str] | None,
) -> _Row | list[Problem]:
    """A row, or all that is wrong with it; ``earlier`` None: of any scenario."""
    problems: list[Problem] = []
    withdrawn = cells["scenario"] == "" and cells["note"].strip() != ""

    def ended(text: str) -> Period:
        period = period_of(case, text)
        if period.last_day >= known_by:
            raise Broken(f"must have ended: it lasts until {period.last_day}")
        return period

    def scenario_of(text: str) -> str:
        known = [scenario.id for scenario in case.scenarios]
        if text == "" or (known and earlier is not None and text not in (*known, *earlier)):
            hint = did_you_mean(text, known) if text else "or empty with a note, to withdraw it"
            raise Broken("must be one of the case's scenarios", hint)
        return text

    def take[T](column: str, parse: Callable[[str], T]) -> T | None:
        return parse_cell(cells, column, parse, where=where, problems=problems)

    period = take("period", ended)
    scenario = "" if withdrawn else take("scenario", scenario_of)
    published = take("published", lambda text: published_of(period, text, known_by))
    note = take("note", lambda text: text)
    url = "" if withdrawn and cells["url"] == "" else take("url", partial(url_of, cells["note"]))
    if period is None or scenario is None or published is None or note is None or url is None:
        return problems
    return _Row(period, scenario, published, url, note, line)


def _in_force(rows: Iterable[_Row]) -> _InForce:
    """Return of each period, by the day of publication, the row that is last."""
    found: _InForce = {}
    for row in rows:
        found.setdefault(row.period, {})[row.published] = row
    return found


def _breaks(days: Mapping[date, _Row], row: _Row, where: str) -> list[Problem]:
    """Return what is wrong with another row of a period, beside what is wrong in itself."""
    before = days.get(row.published)
    if before is not None and _content(before) == _content(row):
        rule, place = "must differ from the row it would correct", f"the same as line {before.line}"
        return [Problem(where, rule, place)]
    if row.scenario:
        return []
    latest = max((day for day in days if day <= row.published), default=None)
    if latest is None or not days[latest].scenario:
        rule = "must be given: of that period there is nothing to withdraw"
        return [Problem(f"{where}, scenario", rule)]
    return []


def _content(row: _Row) -> tuple[object, ...]:
    return (row.period, row.scenario, row.published, row.url, row.note)


def _cells(row: _Row, columns: Sequence[str]) -> list[str]:
    cells = {
        "period": str(row.period),
        "scenario": row.scenario,
        "published": row.published.isoformat(),
        "url": row.url,
        "note": row.note,
    }
    return [cells[column] for column in columns]


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        replace_file(
            path, with_rows(path.read_bytes() if path.exists() else _HEADER.encode(), rows)
        )
    except OSError as error:
        rule = "must be writable: nothing was recorded"
        raise ReadingError(Problem(RESOLUTIONS, rule, hint=error.strerror or "")) from error
