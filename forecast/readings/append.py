"""Recording new readings: rows at the end of ``indicators/<id>.csv``, or nothing at all.

::

    one row, given in full ──┐
                             ├──> Sheet of its indicator ──> all sheets replaced, or none
    a CSV of rows ───────────┘      (same rules as the file)

The caller holds the case's lock (`forecast.ledger.lock`), so that two processes do not each
replace a file with their own rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from forecast import clock
from forecast.case.folder import CSV_MOST, read_text
from forecast.case.types import Case, Indicator
from forecast.errors import PROBLEMS_MOST, CaseError, Problem, ReadingError, did_you_mean, show
from forecast.files import finish, replace_file, replace_files
from forecast.readings.coded import Rows, cells_of, columns_of, lines_of, parse_table, says_the_same
from forecast.readings.row import COLUMNS, parse_row
from forecast.readings.types import Reading

RECORDING = "indicators/.recording.tmp"  # of a case: the note of several files that are replaced


@dataclass(slots=True)
class Sheet:
    """The file as it is, and the rows to be added to it.

    ``length`` is in lines, ``there`` are the rows of the file and those to be added, and ``rows``
    are the new ones' cells in the order of ``columns``.
    """

    indicator: Indicator
    path: Path
    columns: tuple[str, ...]
    length: int
    there: Rows
    rows: list[list[str]] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case, indicator: Indicator) -> Self:
        """Open an indicator's file.

        Raises
        ------
        CaseError
            If the file breaks a rule.
        """
        path, where = case.readings_paths[indicator.id], _where(indicator)
        text = read_text(path, where, CSV_MOST)
        table = parse_table(case, indicator, text)
        if table.problems:
            raise CaseError(*table.problems)
        there = Rows(indicator)
        for reading in table.readings:
            there.add(reading, f"{where}, line {reading.line}")
        length = text.removesuffix("\n").count("\n") + 1
        return cls(indicator, path, table.columns, length, there)

    def parse(self, case: Case, cells: Mapping[str, str], where: str) -> Reading | list[Problem]:
        """The reading of a row that is offered, or all that is wrong with it by itself."""
        line = self.length + len(self.rows) + 1
        today = clock.today()
        return parse_row(case, self.indicator, cells, where=where, line=line, known_by=today)

    def add(self, reading: Reading, cells: Mapping[str, str], where: str) -> None:
        """Take a row, which is ``where``."""
        self.there.add(reading, where)
        self.rows.append([cells[column] for column in self.columns])

    def content(self) -> bytes:
        """Every byte the file has and the new rows, with its own line ends."""
        return with_rows(self.path.read_bytes(), self.rows)


def with_rows(data: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file's bytes and new rows after them, with the file's own line ends."""
    end = "\r\n" if b"\r\n" in data else "\n"
    lines = io.StringIO(newline="")
    csv.writer(lines, lineterminator=end).writerows(rows)
    return data + (b"" if data.endswith(b"\n") else end.encode()) + lines.getvalue().encode()


def write_sheets(root: Path, sheets: Sequence[Sheet]) -> None:
    """Write the new rows of all sheets of a case, or none.

    Raises
    ------
    ReadingError
        If a file cannot be written.
    """
    one = len(sheets) == 1
    try:
        if one:
            replace_file(sheets[0].path, sheets[0].content())
        else:
            replace_files(root / RECORDING, {sheet.path: sheet.content() for sheet in sheets})
    except OSError as error:
        where = _where(sheets[0].indicator) if one else "indicators"
        rule = "must be writable: nothing was recorded"
        if (root / RECORDING).exists():
            rule = "must be writable: the readings are recorded as soon as it is, by the next run"
        raise ReadingError(Problem(where, rule, hint=error.strerror or "")) from error


def finish_recording(root: Path) -> bool:
    """Finish what a run that was killed began to record, and tell whether there was anything.

    The caller holds the case's lock.

    Raises
    ------
    ReadingError
        If it cannot be finished.
    """
    try:
        return bool(finish(root / RECORDING))
    except OSError as error:
        rule = "must be writable: readings of a run before wait to be recorded"
        raise ReadingError(Problem("indicators", rule, hint=error.strerror or "")) from error
    except (ValueError, RecursionError):
        rule = "must be as a run that was killed left it"
        raise ReadingError(Problem(RECORDING, rule, hint="remove it")) from None


def _where(indicator: Indicator) -> str:
    return f"indicators/{indicator.id}.csv"


_SEPARATOR = re.compile(r"sep=,\r?")
_OPTIONAL = ("source", "days", "span", "scope", "url", "note")
_BATCH = ("indicator", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a row that was to be recorded.

    ``known`` is where the same row is already, and then nothing was written; ``replaced`` is the
    reading of the same day that it corrects.
    """

    reading: Reading
    known: str
    replaced: Reading | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that were recorded together, and how many were passed over: the same are there."""

    readings: tuple[Reading, ...]
    known: int


def append_reading(
    case: Case,
    indicator: str,
    *,
    period: str,
    value: str,
    published: str,
    source: str,
    grade: str,
    days: str = "",
    span: str = "",
    scope: str | None = None,
    url: str = "",
    note: str = "",
) -> Recorded:
    """Append one reading to its indicator's file and return it.

    The fields are text, as they would stand in the file, and meet the same rules; ``scope`` is
    the indicator's if left out. The file keeps its line ends, its order of columns and every byte
    it had. A row that is there already is not written again.

    Raises
    ------
    ReadingError
        If the row breaks a rule or cannot be written, or there is no such indicator. Nothing is
        written then.
    CaseError
        If the file as it is breaks a rule.
    """
    asked = _find(case, indicator, "indicator")
    if isinstance(asked, Problem):
        raise ReadingError(asked)
    sheet = Sheet.of(case, asked)
    cells = {
        "period": period,
        "value": value,
        "published": published,
        "source": source,
        "grade": grade,
        "days": days,
        "span": span,
        "scope": asked.scope if scope is None else scope,
        "url": url,
        "note": note,
    }
    row = sheet.parse(case, cells, asked.id)
    if isinstance(row, list):
        raise ReadingError(*row)
    before = next(reversed(sheet.there.same_day(row)), None)
    if before and says_the_same(before[0], row):
        return Recorded(*before, None)
    if found := sheet.there.breaks(row, asked.id):
        raise ReadingError(found)
    sheet.add(row, cells, asked.id)
    write_sheets(case.root, [sheet])
    return Recorded(row, "", before[0] if before else None)


def append_readings(case: Case, text: str, where: str) -> Batch:
    """Append all readings of a CSV to their indicators' files and return them, in its order.

    ``text`` is as `read_text` returns it, its columns those of a file of readings and
    ``indicator``; ``where`` is how problems name it. Left out or empty may be what only one answer
    fits: the source of an indicator that has one, its scope, and what may be empty in its file.
    Files keep what `append_reading` keeps. Rows that are there already are passed over.

    Raises
    ------
    ReadingError
        With every problem of every row, one that differs from a row of the same claim and date
        included, or if a file cannot be written. Nothing is written then.
    CaseError
        If a file as it is breaks a rule, or there are more lines than any table has.
    """
    header, *lines = lines_of(text, where)
    first = 2
    if _SEPARATOR.fullmatch(header):  # as spreadsheets begin a file, for one another
        header, *lines = lines or [""]
        first = 3
    columns, problems = columns_of(where, header, _BATCH, optional=_OPTIONAL, line=first - 1)
    if problems:
        raise ReadingError(*problems)
    sheets: dict[str, Sheet] = {}
    readings: list[Reading] = []
    known = 0
    for number, line in enumerate(lines, start=first):
        if len(problems) >= PROBLEMS_MOST:
            break
        if not line.strip(","):
            continue
        place = f"{where}, line {number}"
        given = cells_of(line, place, columns)
        if isinstance(given, Problem):
            problems.append(given)
            continue
        asked = _find(case, given["indicator"], f"{place}, indicator")
        if isinstance(asked, Problem):
            problems.append(asked)
            continue
        if asked.id not in sheets:
            sheets[asked.id] = Sheet.of(case, asked)
        sheet, cells = sheets[asked.id], _filled_in(asked, given)
        row = sheet.parse(case, cells, place)
        if isinstance(row, list):
            problems += row
            continue
        there = sheet.there.same_day(row)
        if any(says_the_same(row, other) for other, _ in there):
            known += 1
        elif there:
            problems.append(_differs(place, there[-1][1]))
        elif found := sheet.there.breaks(row, place):
            problems.append(found)
        else:
            sheet.add(row, cells, place)
            readings.append(row)
    if not problems and not readings and not known:
        problems.append(Problem(where, "must hold at least one reading"))
    if problems:
        raise ReadingError(*problems)
    if readings:
        write_sheets(case.root, [sheet for sheet in sheets.values() if sheet.rows])
    return Batch(tuple(readings), known)


def _filled_in(indicator: Indicator, given: Mapping[str, str]) -> dict[str, str]:
    """A row's cells, with those that only one answer fits."""
    cells = dict.fromkeys(COLUMNS, "") | dict(given)
    if len(indicator.sources) == 1:
        cells["source"] = cells["source"] or indicator.sources[0]
    cells["scope"] = cells["scope"] or indicator.scope
    return cells


def _differs(where: str, place: str) -> Problem:
    rule = "must be the same in every cell as the row of that source, period and date, or later"
    hint = "a slip of the same day is corrected with `forecast add INDICATOR VALUE`"
    return Problem(where, rule, f"another row than {place}", hint)


def _find(case: Case, name: str, where: str) -> Indicator | Problem:
    for indicator in case.indicators:
        if indicator.id == name:
            return indicator
    ids = [indicator.id for indicator in case.indicators]
    rule = "must be an indicator of the case"
    return Problem(where, rule, show(name), did_you_mean(name, ids))
