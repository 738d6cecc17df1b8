"""Coded readings: the files ``indicators/<id>.csv``, read whole and checked whole.

One row is one line, so a quote that is not closed on its line is reported on that line and the
next line is read afresh. Columns may stand in any order; all must be there and no others. Empty
lines are skipped.

`check_readings` collects every problem of every file; `load_readings` raises them all together.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.case.folder import read_text
from forecast.case.types import Case, Indicator
from forecast.errors import CaseError, Problem, did_you_mean, show
from forecast.periods import Period
from forecast.readings.row import COLUMNS, parse_row
from forecast.readings.types import Reading

type Key = tuple[tuple[str, Period, str, int, str], date]  # a claim and when it was published


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
    columns, problems = columns_of(where, header, COLUMNS)
    if problems:
        return Table(columns, (), tuple(problems))
    readings: list[Reading] = []
    seen: dict[Key, str] = {}
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        place = f"{where}, line {number}"
        cells = cells_of(line, place, columns)
        if isinstance(cells, Problem):
            problems.append(cells)
            continue
        row = parse_row(case, indicator, cells, where=place, line=number)
        if isinstance(row, list):
            problems += row
            continue
        problems += repeats(row, seen, place)
        seen.setdefault(key_of(row), f"line {number}")
        readings.append(row)
    return Table(columns, tuple(readings), tuple(problems))


def key_of(reading: Reading) -> Key:
    """Return what no two readings may share: the claim and its ``published``."""
    return (reading.claim, reading.published)


def repeats(reading: Reading, seen: Mapping[Key, str], where: str) -> list[Problem]:
    """Return a problem if a row already ``seen`` (where it is, by key) is the same."""
    if key_of(reading) not in seen:
        return []
    return [
        Problem(
            where,
            "must differ from every other row in period, source, published, span or scope",
            f"the same as {seen[key_of(reading)]}",
            "a correction is a new row with a later published",
        )
    ]


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


def columns_of(
    where: str, header: str, known: Sequence[str], row: str = "a reading"
) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the columns a header names, and all that is wrong unless it names each known once.

    ``row`` is what the file has on a line.
    """
    place = f"{where}, line 1"
    cells = _cells(header, place)
    if isinstance(cells, Problem):
        return (), [cells]
    problems = [
        Problem(place, f"must name the column {column}") for column in known if column not in cells
    ]
    for column, times in Counter(cells).items():
        if column not in known:
            rule = f"must name no other columns than those of {row}"
            hint = did_you_mean(column, known)
            problems.append(Problem(place, rule, show(column), hint))
        elif times > 1:
            problems.append(Problem(place, f"must name the column {column} once", f"{times} times"))
    return tuple(cells), problems


def cells_of(line: str, place: str, columns: Sequence[str]) -> dict[str, str] | Problem:
    """Return the cells of a line by column, or what is wrong with it."""
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
