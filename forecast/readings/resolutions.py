"""Resolutions: ``reports/resolutions.csv``, what is known of the scenario of a period, sourced.

What forecasts are scored against, and what the filter knows of the past (`possible_as_of`). A row
is never edited: a correction is a new row for the same period, one without a scenario withdraws
what was recorded, and the latest ``published`` is the outcome; of one day the last row, and those
before it never were. A row may also rule scenarios out, ``not war or truce``: such rows add up
until one of them is withdrawn with all that is known of the period, and none may contradict an
outcome.

Since when an outcome was *known* matters as well: a forecast issued after that did not foresee it.
That is the first day on which a row has what is now the outcome, since it was last withdrawn. So a
slip that is corrected makes no forecast one of hindsight::

    published    2 Dec     3 Dec        5 Dec      9 Dec
    rows         talks                  escalation           outcome: escalation, known since 5 Dec
                 talks                  withdrawn  talks     outcome: talks, known since 9 Dec
                           not talks    escalation           outcome: escalation, known since 5 Dec
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from forecast import clock
from forecast.case.dates import doubts
from forecast.case.folder import TEXT_MOST, read_text
from forecast.case.types import Case, OutcomeRow
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
    """A row that was recorded, or ``known``: was there already.

    ``replaced`` is the scenario of the row of the same day that it corrects, None without one.
    ``left`` are the scenarios that are not ruled out of the period by now.
    """

    row: OutcomeRow
    known: bool
    replaced: str | None
    left: tuple[str, ...]


type _InForce = dict[Period, tuple[OutcomeRow, ...]]  # in order of publication
_RULED_OUT, _OR = "not ", " or "  # not war or truce


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    length: int  # lines
    rows: tuple[OutcomeRow, ...]
    problems: tuple[Problem, ...]


def load_resolutions(case: Case, earlier: Collection[str] = ()) -> dict[Period, Resolution]:
    """Outcomes by period, in order; nothing if there is no file yet.

    Parameters
    ----------
    earlier
        Ids of scenarios that the case has no longer and its forecasts have.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    by_period = _in_force(_sound(_read(case, earlier)))
    latest = ((period, _latest(by_period[period])) for period in sorted(by_period))
    return {period: resolution for period, resolution in latest if resolution is not None}


def with_outcomes(case: Case, earlier: Callable[[], Collection[str]] = tuple) -> Case:
    """A case with all that its file says of outcomes; a forecast uses what was published by then.

    Parameters
    ----------
    earlier
        Ids of scenarios that the case has no longer and its forecasts have; called if there are
        such.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    rows = _sound(_read(case, None))
    ids = {scenario.id for scenario in case.scenarios}
    if not {name for row in rows for name in (row.scenario, *row.excluded) if name} <= ids:
        rows = _sound(_read(case, earlier()))
    in_force = _in_force(rows)
    return replace(case, outcomes=tuple(row for p in sorted(in_force) for row in in_force[p]))


def possible_as_of(case: Case, as_of: date, until: Period) -> dict[Period, frozenset[str]]:
    """Scenarios that outcomes known on a date leave possible, by period up to one, in order.

    Only of periods in which they rule some of the case's scenarios out. An outcome that is none of
    those says nothing: nobody can tell which of them it is now.
    """
    ids = frozenset(scenario.id for scenario in case.scenarios)
    by_period: dict[Period, list[OutcomeRow]] = {}
    for row in case.outcomes:
        if row.published <= as_of and case.first <= row.period <= until:
            by_period.setdefault(row.period, []).append(row)
    found = {}
    for period in sorted(by_period):
        scenario, excluded = _state(by_period[period])
        left = ids & {scenario} if scenario else ids - excluded
        if left and left != ids:
            found[period] = left
    return found


def impossible_outcome(case: Case, possible: Mapping[Period, frozenset[str]]) -> Problem | None:
    """The first period whose outcome the case's own judgements exclude; None if all may be.

    Parameters
    ----------
    possible
        As `possible_as_of` has it.
    """
    after = {
        s.id: {*(k for k, share in s.then.items() if share > 0), *([s.id] if s.lasts > 1 else [])}
        for s in case.scenarios
    }
    reached = {s.id for s in case.scenarios if s.start > 0}
    for step in range(max(possible, default=case.first) - case.first + 1):
        period = case.first + step
        coming = {k for s in reached for k in after[s]} if step else reached
        reached = coming & possible.get(period, coming)
        if not reached:
            rule = "must be possible by priors/scenarios.toml: only " + " or ".join(sorted(coming))
            found = " or ".join(sorted(possible[period]))
            hint = "let a scenario that may have come before lead to it (then, lasts, start)"
            return Problem(f"{RESOLUTIONS}, {period}", rule + " can be", found, hint)
    return None


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
    problems: list[Problem] = []
    there, new = _in_force(_sound(table)), list[OutcomeRow]()
    recorded: list[Resolved] = []
    for period in periods:
        cells = {"period": period, "scenario": scenario, "published": published}
        cells |= {"url": url, "note": note}
        row = _parse(case, cells, "resolution", table.length + len(new) + 1, clock.today(), ())
        if isinstance(row, list):
            problems += [problem for problem in row if problem not in problems]
            continue
        rows = there.get(row.period, ())
        if same := _same(rows, row):
            recorded.append(_resolved(case, same, rows, known=True, replaced=None))
            continue
        problems += _breaks(case, rows, row, "resolution")
        before = _corrected(rows, row)
        there[row.period] = rows = _added(rows, row)
        replaced = before.scenario if before else None
        recorded.append(_resolved(case, row, rows, known=False, replaced=replaced))
        new.append(row)
    if problems:
        raise ReadingError(*problems)
    if new:
        _write(case.root / RESOLUTIONS, [_cells(row, table.columns) for row in new])
    return tuple(recorded)


def _sound(table: _Table) -> tuple[OutcomeRow, ...]:
    if table.problems:
        raise CaseError(*table.problems)
    return table.rows


def _resolved(
    case: Case,
    row: OutcomeRow,
    rows: Sequence[OutcomeRow],
    *,
    known: bool,
    replaced: str | None,
) -> Resolved:
    _, excluded = _state(rows)
    left = tuple(each.id for each in case.scenarios if each.id not in excluded)
    return Resolved(row, known, replaced, left)


def _latest(rows: Sequence[OutcomeRow]) -> Resolution | None:
    """The outcome by rows of a period, in order of publication; None if there is none."""
    rows = [row for row in rows if not row.excluded]
    if not rows or rows[-1].withdraws:
        return None
    last = rows[-1]
    withdrawn = max((n for n, row in enumerate(rows) if row.withdraws), default=-1)
    first = next(row for row in rows[withdrawn + 1 :] if row.scenario == last.scenario)
    return Resolution(
        last.period, last.scenario, last.published, first.published, last.url, last.note
    )


def _state(rows: Iterable[OutcomeRow]) -> tuple[str, frozenset[str]]:
    """The outcome (empty: not known) and what is ruled out, by rows in order of publication."""
    scenario, excluded = "", frozenset[str]()
    for row in rows:
        if row.withdraws:
            scenario, excluded = "", frozenset()
        elif row.excluded:
            excluded |= {*row.excluded}
        else:
            scenario = row.scenario
    return scenario, excluded


def excluding(scenarios: Iterable[str]) -> str:
    """The cell of a row that rules scenarios out: ``not war or truce``."""
    return _RULED_OUT + _OR.join(scenarios)


def run_of(case: Case, text: str) -> list[str]:
    """The periods of ``2024-W48`` or of a run, ``2024-W48..2024-W50``, as text.

    Raises
    ------
    ReadingError
        If a run's ends are no periods of the case, or not in order.
    """
    return [str(period) for period in periods_of(case, text)] if ".." in text else [text]


def periods_of(case: Case, text: str, before: date | None = None) -> list[Period]:
    """The period that a text names, or those of a run.

    Parameters
    ----------
    before
        A day before which they must have ended.

    Raises
    ------
    ReadingError
        If they are no periods of the case, not in order, or have not ended.
    """
    first, dots, last = text.partition("..")
    try:
        start = period_of(case, first)
        end = period_of(case, last) if dots else start
    except Broken as broken:
        raise ReadingError(Problem("PERIOD", broken.rule, show(text), broken.hint)) from None
    if not 0 <= end - start < _MANY:
        rule = f"must run from the first period to the last, {_MANY} at most"
        raise ReadingError(Problem("PERIOD", rule, show(text)))
    if before is not None and end.last_day >= before:
        rule = f"must have ended by {before}: {end} lasts until {end.last_day}"
        raise ReadingError(Problem("PERIOD", rule, show(text)))
    return [start + step for step in range(end - start + 1)]


def _read(case: Case, earlier: Collection[str] | None) -> _Table:
    path = case.root / RESOLUTIONS
    text = read_text(path, RESOLUTIONS, TEXT_MOST) if os.path.lexists(path) else _HEADER
    header, *lines = lines_of(text, RESOLUTIONS)
    columns, problems = columns_of(RESOLUTIONS, header, COLUMNS, "a resolution")
    length = text.removesuffix("\n").count("\n") + 1
    if problems:
        return _Table(columns, length, (), tuple(problems))
    rows: list[OutcomeRow] = []
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
        before = there.get(row.period, ())
        problems += _breaks(case, before, row, place)
        there[row.period] = _added(before, row)
        rows.append(row)
    return _Table(columns, length, tuple(rows), tuple(problems))


def _parse(
    case: Case,
    cells: Mapping[str, str],
    where: str,
    line: int,
    known_by: date,
    earlier: Collection[str] | None,
) -> OutcomeRow | list[Problem]:
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

    def said_of(text: str) -> tuple[str, tuple[str, ...]]:
        if not text.startswith(_RULED_OUT):
            return scenario_of(text), ()
        excluded = tuple(map(scenario_of, text.removeprefix(_RULED_OUT).split(_OR)))
        if len({*excluded}) < len(excluded):
            raise Broken("must rule each scenario out once")
        return "", excluded

    def take[T](column: str, parse: Callable[[str], T]) -> T | None:
        return parse_cell(cells, column, parse, where=where, problems=problems)

    period = take("period", ended)
    said = ("", ()) if withdrawn else take("scenario", said_of)
    published = take("published", lambda text: published_of(period, text, known_by))
    note = take("note", lambda text: text)
    url = "" if withdrawn and cells["url"] == "" else take("url", partial(url_of, cells["note"]))
    if period is None or said is None or published is None or note is None or url is None:
        return problems
    return OutcomeRow(period, *said, published, url, note, line)


def _in_force(rows: Iterable[OutcomeRow]) -> _InForce:
    """The rows of each period that stand, of rows in order of the file."""
    found: _InForce = {}
    for row in rows:
        found[row.period] = _added(found.get(row.period, ()), row)
    return found


def _added(rows: Sequence[OutcomeRow], row: OutcomeRow) -> tuple[OutcomeRow, ...]:
    """The rows of a period that stand once another is recorded.

    An outcome or a withdrawal replaces what was recorded as published the same day; what rules
    scenarios out stands beside it. A withdrawal stays where it withdrew what was ruled out.
    """
    if row.excluded:
        return in_order((*rows, row))
    ruled_out = row.scenario and any(r.excluded and r.published < row.published for r in rows)
    return in_order(
        (*(r for r in rows if r.published != row.published or (r.withdraws and ruled_out)), row)
    )


def in_order(rows: Iterable[OutcomeRow]) -> tuple[OutcomeRow, ...]:
    """Rows of a period in order of publication, of a day as they stand in the file."""
    return tuple(sorted(rows, key=lambda row: (row.published, row.line)))


def _same(rows: Sequence[OutcomeRow], row: OutcomeRow) -> OutcomeRow | None:
    """A row that stands and says the same of the same day."""
    before = _corrected(rows, row)
    others = [each for each in rows if each.excluded] if row.excluded else [before]
    return next((each for each in others if each and _content(each) == _content(row)), None)


def _corrected(rows: Sequence[OutcomeRow], row: OutcomeRow) -> OutcomeRow | None:
    """The row of the same day that an outcome or a withdrawal replaces."""
    if row.excluded:
        return None
    there = (r for r in reversed(rows) if r.published == row.published and not r.excluded)
    return next(there, None)


def _breaks(case: Case, rows: Sequence[OutcomeRow], row: OutcomeRow, where: str) -> list[Problem]:
    """What is wrong with another row of a period, beside what is wrong in itself."""
    if same := _same(rows, row):
        rule, place = "must differ from the row it would correct", f"the same as line {same.line}"
        return [Problem(where, rule, place)]
    place = f"{where}, scenario"
    if row.withdraws:
        if _state(each for each in rows if each.published <= row.published) == ("", frozenset()):
            rule = "must be given: of that period there is nothing to withdraw"
            return [Problem(place, rule)]
        return []
    together = in_order((*rows, row))
    first = together.index(row)
    ids = {scenario.id for scenario in case.scenarios}
    for end in range(first, len(together)):
        scenario, excluded = _state(together[: end + 1])
        hint = f"withdraw what is wrong first: forecast resolve {row.period} - --note ..."
        if scenario in excluded:
            other = next(
                r
                for r in reversed(together[: end + 1])
                if (scenario in r.excluded if row.scenario else r.scenario == scenario)
            )
            rule = f"must not contradict line {other.line}, {show(_cell(other))}"
            return [Problem(place, rule, show(_cell(row)), hint)]
        if ids and ids <= excluded:
            rule = f"must leave a scenario of {row.period} possible: no other is left"
            return [Problem(place, rule, show(_cell(row)), hint)]
    return []


def _content(row: OutcomeRow) -> OutcomeRow:
    return replace(row, line=0)


def _cell(row: OutcomeRow) -> str:
    return excluding(row.excluded) if row.excluded else row.scenario


def _cells(row: OutcomeRow, columns: Sequence[str]) -> list[str]:
    cells = {
        "period": str(row.period),
        "scenario": _cell(row),
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
