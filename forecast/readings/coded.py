"""Coded readings: the files ``indicators/<id>.csv``, read whole and checked whole.

One row is one line, so a quote that is not closed on its line is reported on that line and the
next line is read afresh. Columns may stand in any order; all must be there and no others. Empty
lines are skipped.

Of rows with one claim and one ``published`` the last in the file is in force: a slip noticed on the
same day is corrected, or withdrawn, by another row, and never was. The others are in no `Known`.

`check_readings` collects every problem of every file; `load_readings` raises them all together.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from forecast import clock
from forecast.case.dates import doubts
from forecast.case.folder import CSV_MOST, read_text
from forecast.case.types import Case, Indicator
from forecast.errors import PROBLEMS_MOST, CaseError, Problem, counted, did_you_mean, show
from forecast.periods import Period
from forecast.readings.row import COLUMNS, parse_row, value_rule
from forecast.readings.types import Reading

type Claim = tuple[str, Period, str, int, str]


COLUMNS_MOST = 100
LINES_MOST = 100_000
_FEW = 5  # other scopes that are named
_NEARLY = 0.9  # how like a slip is to what was meant
_SEPARATORS = {";": ";", "\t": "tabs", "|": "|"}


@dataclass(frozen=True, slots=True)
class Table:
    """One indicator's file: its columns in their order, its readings, and all that is wrong."""

    columns: tuple[str, ...]
    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...]


def load_readings(case: Case) -> tuple[Reading, ...]:
    """All readings of a case, in the order of its indicators and of their rows.

    Raises
    ------
    CaseError
        With every problem of every file.
    """
    tables = _tables(case)
    problems = [problem for table in tables for problem in table.problems]
    if problems:
        raise CaseError(*problems)
    return tuple(reading for table in tables for reading in _in_force(table.readings))


def check_readings(case: Case) -> list[Problem]:
    """Every problem of every file of readings."""
    return [problem for table in _tables(case) for problem in table.problems]


def reading_doubts(readings: Sequence[Reading]) -> list[Problem]:
    """The rows of which a date is doubtful."""
    return [problem for reading in readings for problem in doubts_of(reading)]


def scope_doubts(case: Case, readings: Sequence[Reading]) -> list[Problem]:
    """The scopes of rows that are not their indicator's: slips of the pen, and others."""
    notes = []
    for indicator in case.indicators:
        where, own = f"indicators/{indicator.id}.csv", indicator.scope
        others: dict[str, list[int]] = {}
        for reading in readings:
            if reading.indicator == indicator.id and reading.scope != own:
                others.setdefault(reading.scope, []).append(reading.line)
        slips = [scope for scope in others if _nearly(scope, own)]
        for scope in slips:
            lines, rule = others.pop(scope), f"is nearly that of {indicator.id}, and not used"
            more = f"and {len(lines) - 1} more lines; " if len(lines) > 1 else ""
            hint = f"{more}did you mean {show(own)}?"
            notes.append(Problem(f"{where}, line {lines[0]}, scope", rule, show(scope), hint))
        if others:
            rows = counted(sum(map(len, others.values())), "reading")
            found = ", ".join(map(show, list(others)[:_FEW]))
            found += f" and {len(others) - _FEW:,} more" if len(others) > _FEW else ""
            rule = f"has {rows} of another scope than {show(own)}, not used"
            notes.append(Problem(where, rule, found))
    return notes


def _nearly(one: str, other: str) -> bool:
    a, b = (re.sub(r"[\W_]", "", text.casefold()) for text in (one, other))
    return SequenceMatcher(None, a, b).quick_ratio() > _NEARLY


def doubts_of(reading: Reading) -> list[Problem]:
    """Return what is doubtful in the date of a coded reading."""
    where = f"indicators/{reading.indicator}.csv, line {reading.line}"
    return doubts(where, reading.last_period, reading.published)


def lines_of(text: str, where: str) -> list[str]:
    """Split the text of a table into its lines.

    Raises
    ------
    CaseError
        If it has more than any table.
    """
    if (found := text.count("\n")) > LINES_MOST:
        raise CaseError(Problem(where, f"must have at most {LINES_MOST:,} lines", f"{found:,}"))
    return text.split("\n")


def parse_table(case: Case, indicator: Indicator, text: str) -> Table:
    """Read the whole text of one indicator's file, as `read_text` returns it.

    Raises
    ------
    CaseError
        If it has more lines than any table.
    """
    where = f"indicators/{indicator.id}.csv"
    header, *lines = lines_of(text, where)
    columns, problems = columns_of(where, header, COLUMNS)
    if problems:
        return Table(columns, (), tuple(problems))
    rows = Rows(indicator)
    known_by = clock.latest_today()  # a colleague's row may be of a day that has not begun here
    for number, line in enumerate(lines, start=2):
        if len(problems) >= PROBLEMS_MOST:
            break
        if not line.strip(","):  # as spreadsheets leave them behind
            continue
        place = f"{where}, line {number}"
        cells = cells_of(line, place, columns)
        if isinstance(cells, Problem):
            problems.append(cells)
            continue
        row = parse_row(case, indicator, cells, where=place, line=number, known_by=known_by)
        if isinstance(row, list):
            problems += row
            continue
        if found := rows.breaks(row, place):
            problems.append(found)
        rows.add(row, f"line {number}")
    return Table(columns, tuple(rows.readings), tuple(problems))


class Rows:
    """The rows of one file, in order, and what another would be beside them."""

    def __init__(self, indicator: Indicator) -> None:
        self._indicator = indicator
        self._by_claim: dict[Claim, dict[date, list[tuple[Reading, str]]]] = {}
        self.readings: list[Reading] = []

    def add(self, reading: Reading, place: str) -> None:
        """Take a row; ``place`` is where it is, to those who ask."""
        days = self._by_claim.setdefault(reading.claim, {})
        days.setdefault(reading.published, []).append((reading, place))
        self.readings.append(reading)

    def same_day(self, reading: Reading) -> list[tuple[Reading, str]]:
        """The rows of the same claim and date, the one in force last."""
        return self._by_claim.get(reading.claim, {}).get(reading.published, [])

    def breaks(self, reading: Reading, where: str) -> Problem | None:
        """Return what is wrong with another row after these, beside what is wrong in itself."""
        there = self.same_day(reading)
        if there and says_the_same(there[-1][0], reading):
            rule = "must differ from the row it would correct"
            return Problem(where, rule, f"the same as {there[-1][1]}")
        if reading.withdrawn and not self._stands(reading):
            hint = "of that source and period there is no earlier reading to withdraw"
            return Problem(f"{where}, value", value_rule(self._indicator), show(""), hint)
        return None

    def _stands(self, reading: Reading) -> bool:
        """Whether something of a claim is in force on the day of a row."""
        days = self._by_claim.get(reading.claim, {})
        known = max((day for day in days if day <= reading.published), default=None)
        return known is not None and not days[known][-1][0].withdrawn


def says_the_same(one: Reading, other: Reading) -> bool:
    """Whether two rows have the same in every cell."""
    return _content(one) == _content(other)


def _content(reading: Reading) -> Reading:
    return replace(reading, value=-1.0 if reading.withdrawn else reading.value, line=0)


def _in_force(readings: Iterable[Reading]) -> Iterable[Reading]:
    return {(reading.claim, reading.published): reading for reading in readings}.values()


def _tables(case: Case) -> list[Table]:
    tables = []
    for indicator in case.indicators:
        try:
            path, where = case.readings_paths[indicator.id], f"indicators/{indicator.id}.csv"
            tables.append(parse_table(case, indicator, read_text(path, where, CSV_MOST)))
        except CaseError as error:
            tables.append(Table((), (), error.problems))
    return tables


def columns_of(
    where: str,
    header: str,
    known: Sequence[str],
    row: str = "a reading",
    *,
    optional: Sequence[str] = (),
    line: int = 1,
) -> tuple[tuple[str, ...], list[Problem]]:
    """The columns a header names, and all that is wrong unless it names each known once.

    ``row`` is what the file has on a line, ``line`` the number of the header's; ``optional``
    columns may be left out.
    """
    place = f"{where}, line {line}"
    if other := _separated_otherwise(header, known):
        hint = "save it as CSV with commas, numbers with a point and dates as 2024-12-02"
        return (), [Problem(place, "must be separated by commas", other, hint)]
    cells = _cells(header, place)
    if isinstance(cells, Problem):
        return (), [cells]
    if len(cells) > COLUMNS_MOST:
        rule = f"must name at most {COLUMNS_MOST} columns"
        return (), [Problem(place, rule, f"{len(cells):,}")]
    problems = [
        Problem(place, f"must name the column {column}")
        for column in known
        if column not in cells and column not in optional
    ]
    for column, times in Counter(cells).items():
        if column not in known:
            rule = f"must name no other columns than those of {row}"
            hint = did_you_mean(column, known)
            problems.append(Problem(place, rule, show(column), hint))
        elif times > 1:
            problems.append(Problem(place, f"must name the column {column} once", f"{times} times"))
    return tuple(cells), problems


def _separated_otherwise(header: str, known: Sequence[str]) -> str:
    """Return how a header's columns are separated if not by commas; empty if that is not clear."""
    if stated := re.match(r"sep=.", header):
        return f"{stated[0]} before the names of the columns"
    for separator, name in _SEPARATORS.items():
        names = {cell.strip().strip('"') for cell in header.split(separator)}
        if "," not in header and len(names & {*known}) > 1:
            return f"{name} between the names of the columns"
    return ""


def cells_of(line: str, place: str, columns: Sequence[str]) -> dict[str, str] | Problem:
    """The cells of a line by column, or what is wrong with it."""
    cells = _cells(line, place)
    if isinstance(cells, Problem):
        return cells
    if len(cells) != len(columns):
        hint = "text with a comma in it needs quotes around it"
        return Problem(place, f"must have {len(columns)} fields", str(len(cells)), hint)
    return dict(zip(columns, cells, strict=True))


def _cells(line: str, place: str) -> list[str] | Problem:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error as error:
        hint = f"{error}: a field in quotes ends on its line, and quotes in it are doubled"
        return Problem(place, "must be one line of comma-separated values", show(line), hint)
