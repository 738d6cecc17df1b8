"""Coded readings: the files ``indicators/<id>.csv``, read whole and checked whole.

One row is one line, so a quote that is not closed on its line is reported on that line and the
next line is read afresh. Columns may stand in any order; all must be there and no others. Empty
lines are skipped.

`check_readings` collects every problem of every file; `load_readings` raises them all together.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from forecast.case.folder import read_text
from forecast.case.types import Case, Indicator
from forecast.errors import CaseError, Problem, did_you_mean, show
from forecast.readings.row import COLUMNS, parse_row
from forecast.readings.types import Reading


@dataclass(frozen=True, slots=True)
class Table:
    """One indicator's file: its columns in their order, its readings, and all that is wrong."""

    columns: tuple[str, ...]
    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...]


def load_readings(case: Case) -> tuple[Reading, ...]:
    """Return all readings of a case, in the order of its indicators and of their rows.

    Raises
    ------
    CaseError
        With every problem of every file.
    """
    tables = _tables(case)
    problems = [problem for table in tables for problem in table.problems]
    if problems:
        raise CaseError(*problems)
    return tuple(reading for table in tables for reading in table.readings)


def check_readings(case: Case) -> list[Problem]:
    """Return every problem of every file of readings."""
    return [problem for table in _tables(case) for problem in table.problems]


def parse_table(case: Case, indicator: Indicator, text: str) -> Table:
    """Read the whole text of one indicator's file, as `read_text` returns it."""
    where = f"indicators/{indicator.id}.csv"
    header, *lines = text.split("\n")
    columns, problems = _columns(where, header)
    if problems:
        return Table(columns, (), tuple(problems))
    readings: list[Reading] = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        place = f"{where}, line {number}"
        row = _row(case, indicator, columns, line, place, number)
        if isinstance(row, list):
            problems += row
            continue
        problems += repeats(row, readings, place)
        readings.append(row)
    return Table(columns, tuple(readings), tuple(problems))


def repeats(reading: Reading, earlier: Sequence[Reading], where: str) -> list[Problem]:
    """Return a problem if an earlier reading makes the same claim with the same ``published``."""
    return [
        Problem(
            where,
            "must differ from every other row in period, source, published, span or scope",
            f"the same as line {other.line}",
            "a correction is a new row with a later published",
        )
        for other in earlier
        if (other.claim, other.published) == (reading.claim, reading.published)
    ][:1]


def _tables(case: Case) -> list[Table]:
    tables = []
    for indicator in case.indicators:
        try:
            text = read_text(case.readings_paths[indicator.id], f"indicators/{indicator.id}.csv")
        except CaseError as error:
            tables.append(Table((), (), error.problems))
        else:
            tables.append(parse_table(case, indicator, text))
    return tables


def _columns(where: str, header: str) -> tuple[tuple[str, ...], list[Problem]]:
    place = f"{where}, line 1"
    cells = _cells(header, place)
    if isinstance(cells, Problem):
        return (), [cells]
    problems = [
        Problem(place, f"must name the column {column}")
        for column in COLUMNS
        if column not in cells
    ]
    for column, times in Counter(cells).items():
        if column not in COLUMNS:
            rule = "must name no other columns than those of a reading"
            hint = did_you_mean(column, COLUMNS)
            problems.append(Problem(place, rule, show(column), hint))
        elif times > 1:
            problems.append(Problem(place, f"must name the column {column} once", f"{times} times"))
    return tuple(cells), problems


def _row(
    case: Case, indicator: Indicator, columns: tuple[str, ...], line: str, place: str, number: int
) -> Reading | list[Problem]:
    cells = _cells(line, place)
    if isinstance(cells, Problem):
        return [cells]
    if len(cells) != len(columns):
        hint = "text with a comma in it needs quotes around it"
        return [Problem(place, f"must have {len(columns)} fields", str(len(cells)), hint)]
    named = dict(zip(columns, cells, strict=True))
    return parse_row(case, indicator, named, where=place, line=number)


def _cells(line: str, place: str) -> list[str] | Problem:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error as error:
        hint = f"{error}: a field in quotes ends on its line, and quotes in it are doubled"
        return Problem(place, "must be one line of comma-separated values", show(line), hint)
