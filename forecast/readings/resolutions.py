"""Resolutions: ``reports/resolutions.csv``, which scenario held in a period, with its source.

What forecasts are scored against; the model never sees it. A row is never edited: a correction is
a new row for the same period with a later ``published``, and the latest is what held. When the
outcome was *first* published still matters: a forecast issued after that did not foresee it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecast.case.folder import read_text
from forecast.case.types import Case
from forecast.errors import CaseError, Problem, ReadingError, did_you_mean, show
from forecast.files import replace_file
from forecast.periods import Period
from forecast.readings.cells import Broken, parse_cell, period_of, published_of, url_of
from forecast.readings.coded import cells_of, columns_of
from forecast.readings.sheet import with_rows

RESOLUTIONS = "reports/resolutions.csv"
COLUMNS = ("period", "scenario", "published", "url", "note")
_HEADER = f"{','.join(COLUMNS)}\n"
_MANY = 520  # periods resolved at once: a longer run is a slip of the pen


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which scenario held in a period: the row that was published last.

    ``first_published`` is the day of the first row for the period: since then its outcome, right
    or to be corrected, was known.
    """

    period: Period
    scenario: str
    published: date
    first_published: date
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class _Row:
    period: Period
    scenario: str
    published: date
    url: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    length: int  # lines
    rows: tuple[_Row, ...]
    problems: tuple[Problem, ...]


def load_resolutions(case: Case) -> dict[Period, Resolution]:
    """Return what held, by period, in order; nothing if there is no file yet.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    table = _read(case)
    if table.problems:
        raise CaseError(*table.problems)
    known: dict[Period, Resolution] = {}
    for row in sorted(table.rows, key=lambda row: (row.period, row.published)):
        first = known[row.period].first_published if row.period in known else row.published
        known[row.period] = Resolution(
            row.period, row.scenario, row.published, first, row.url, row.note
        )
    return known


def check_resolutions(case: Case) -> list[Problem]:
    """Return every problem of the file; of a case in part, without scenarios, any will do."""
    try:
        return list(_read(case).problems)
    except CaseError as error:
        return list(error.problems)


def append_resolutions(
    case: Case, periods: Sequence[str], scenario: str, *, published: str, url: str, note: str
) -> tuple[tuple[Resolution, int], ...]:
    """Record which scenario held, in one period or each of several; return them with their lines.

    The fields are text, as they would stand in the file, and meet the same rules. The caller holds
    the case's lock.

    Raises
    ------
    ReadingError
        If a row breaks a rule, repeats another or cannot be written. Nothing is written then.
    CaseError
        If the file as it is breaks a rule.
    """
    table = _read(case)
    if table.problems:
        raise CaseError(*table.problems)
    seen = {(row.period, row.published): f"{RESOLUTIONS}, line {row.line}" for row in table.rows}
    problems: list[Problem] = []
    rows: list[_Row] = []
    for period in periods:
        cells = {"period": period, "scenario": scenario, "published": published}
        cells |= {"url": url, "note": note}
        row = _parse(case, cells, "resolution", table.length + len(rows) + 1)
        found = row if isinstance(row, list) else _repeats(row, seen, "resolution")
        problems += [problem for problem in found if problem not in problems]
        if isinstance(row, _Row):
            rows.append(row)
    if problems:
        raise ReadingError(*problems)
    _write(case.root / RESOLUTIONS, [_cells(row, table.columns) for row in rows])
    resolved = load_resolutions(case)
    return tuple((resolved[row.period], row.line) for row in rows)


def run_of(case: Case, text: str) -> list[str]:
    """Return the periods of ``2024-W48`` or of a run, ``2024-W48..2024-W50``, as text.

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


def _read(case: Case) -> _Table:
    path = case.root / RESOLUTIONS
    text = read_text(path, RESOLUTIONS) if path.exists() else _HEADER
    header, *lines = text.split("\n")
    columns, problems = columns_of(RESOLUTIONS, header, COLUMNS, "a resolution")
    length = text.removesuffix("\n").count("\n") + 1
    if problems:
        return _Table(columns, length, (), tuple(problems))
    rows: list[_Row] = []
    seen: dict[tuple[Period, date], str] = {}
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        place = f"{RESOLUTIONS}, line {number}"
        cells = cells_of(line, place, columns)
        if isinstance(cells, Problem):
            problems.append(cells)
            continue
        row = _parse(case, cells, place, number)
        if isinstance(row, list):
            problems += row
            continue
        problems += _repeats(row, seen, place)
        seen.setdefault((row.period, row.published), f"line {number}")
        rows.append(row)
    return _Table(columns, length, tuple(rows), tuple(problems))


def _parse(case: Case, cells: Mapping[str, str], where: str, line: int) -> _Row | list[Problem]:
    problems: list[Problem] = []

    def scenario_of(text: str) -> str:
        known = [scenario.id for scenario in case.scenarios]
        if known and text not in known:
            raise Broken("must be one of the case's scenarios", did_you_mean(text, known))
        return text

    def take[T](column: str, parse: Callable[[str], T]) -> T | None:
        return parse_cell(cells, column, parse, where=where, problems=problems)

    period = take("period", lambda text: period_of(case, text))
    scenario = take("scenario", scenario_of)
    published = take("published", lambda text: published_of(period, text))
    note = take("note", lambda text: text)
    url = take("url", lambda text: url_of(cells["note"], text))
    if period is None or scenario is None or published is None or note is None or url is None:
        return problems
    return _Row(period, scenario, published, url, note, line)


def _repeats(row: _Row, seen: dict[tuple[Period, date], str], where: str) -> list[Problem]:
    if (row.period, row.published) not in seen:
        return []
    return [
        Problem(
            where,
            "must differ from every other row in period or published",
            f"the same as {seen[row.period, row.published]}",
            "a correction is a new row with a later published",
        )
    ]


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
