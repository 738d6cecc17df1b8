"""A provider's CSV file in, the table ``event`` of a database out; or every rule it breaks.

The whole file is read as text first (table ``raw``): a cell that is not as it must be is named by
its record, counted from 1 without the header, its column and what stands in it.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from forecast.case.types import EventSource
from forecast.errors import ForecastError, Problem, ReadingError, show
from forecast.periods import FIRST_YEAR, LAST_YEAR
from forecast.readings.events.database import Database, exact, failing_as
from forecast.readings.events.layouts import EVENT, LAYOUTS, Layout, Places, places_of

# Dates are told by their form first: the database would take "25-2-3" and "infinity" for days.
_MACROS = rf"""
CREATE TEMP MACRO within_years(x) AS
    CASE WHEN year(x) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN x END;
CREATE TEMP MACRO day_of(x) AS CASE
    WHEN regexp_full_match(x, '\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?')
        THEN within_years(try_cast(left(x, 10) AS DATE))
    WHEN regexp_full_match(x, '\d{{1,2}} [A-Z][a-z]+ \d{{4}}')
        THEN within_years(try_strptime(x, '%d %B %Y')::DATE)
END;
CREATE TEMP MACRO number_of(x) AS
    CASE WHEN regexp_full_match(x, '\d{{1,12}}(\.\d+)?') THEN x::DOUBLE END;
CREATE TEMP MACRO line(x) AS trim(CASE
    WHEN contains(x, chr(9)) OR contains(x, chr(10)) OR contains(x, chr(13))
        THEN translate(x, chr(9) || chr(10) || chr(13), '   ')
    ELSE x END);
"""
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}]"  # all but tab, line feed, carriage return
_CONTROL_HERE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DAY_RULE = "must be a day, for example 2024-12-02 or 2 December 2024"
_NUMBER_RULE = "must be a number, at least 0 and below 1e12"


def load(database: Database, source: EventSource, raw: Path) -> None:
    """Make the table ``event``, with the columns `EVENT`, from a file in the source's layout.

    Rows that are the same in all that is read are one event.

    Raises
    ------
    ReadingError
        If the file is no CSV, lacks a column, has a cell that is not as it must be, or two events
        with one id. Then the table is not there.
    """
    layout = LAYOUTS[source.kind]
    places = places_of(source, _first_record(source, raw))
    database.execute(_MACROS)
    _read(database, source, raw, layout, places)
    problems = _cells(database, source, layout) or _repeats(database, source, layout)
    if problems:
        raise ReadingError(*problems)
    # Table and columns are named here, never by a file.
    database.execute(
        f"CREATE TEMP TABLE event AS SELECT {', '.join(EVENT)} "  # noqa: S608
        f"FROM (SELECT {layout.event} FROM raw)"
    )
    database.execute("DROP TABLE raw")


def _first_record(source: EventSource, raw: Path) -> list[str]:
    # What is no UTF-8 is refused with its record when the whole file is read.
    with raw.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            return next(csv.reader(file, strict=True))
        except StopIteration:
            raise ReadingError(Problem(source.id, "must not be empty")) from None
        except csv.Error as error:
            where = f"{source.id}, first line"
            raise ReadingError(Problem(where, "must be CSV", hint=str(error))) from None


def _read(
    database: Database, source: EventSource, raw: Path, layout: Layout, places: Places
) -> None:
    """Make the table ``raw``: the columns that are read, as text, in the order of the records."""

    def cell(column: str) -> str:
        place = places.at[column]
        text = "''" if place is None else f"coalesce(c{place}, '')"
        if column not in layout.texts:
            text = f"line({text})"
        return f"{text} AS {column}"

    with failing_as(lambda said: _no_csv(source, raw, places, said)):
        database.execute(
            f"CREATE TEMP TABLE raw AS SELECT {', '.join(map(cell, layout.columns))} "  # noqa: S608
            "FROM read_csv($file, header = $header, auto_detect = false, strict_mode = true, "
            """null_padding = false, delim = ',', quote = '"', escape = '"', """
            f"columns = {{{', '.join(f"c{n}: 'VARCHAR'" for n in range(places.width))}}})",
            {"file": exact(raw), "header": places.header},
        )


def _no_csv(source: EventSource, raw: Path, places: Places, said: str) -> ForecastError:
    """Find the record that broke the reading: the database counts lines, which text may hold."""
    with raw.open(encoding="utf-8-sig", newline="") as file:
        records = (record for record in csv.reader(file, strict=True) if record)
        number = begin = 0 if places.header else 1
        try:
            for number, record in enumerate(records, start=begin):
                if len(record) != places.width:
                    where = f"{source.id}, record {number}"
                    rule = f"must have {places.width} cells"
                    return ReadingError(Problem(where, rule, str(len(record)), "is it cut off?"))
        except UnicodeDecodeError as error:
            where = f"{source.id}, about record {number + 1}"
            byte = f"byte 0x{error.object[error.start]:02x}"
            return ReadingError(Problem(where, "must be UTF-8 text", byte))
        except csv.Error as error:
            where = f"{source.id}, record {number + 1}"
            return ReadingError(Problem(where, "must be CSV", hint=str(error)))
    return ReadingError(Problem(source.id, "must be CSV that can be read", hint=said))


def _rules(layout: Layout) -> list[tuple[str, str, str]]:
    """Return for each rule its column, how it reads, and what holds of a record that keeps it."""
    rules = [(column, "must not be empty", f"{column} <> ''") for column in layout.needed]
    rules += [
        (column, _DAY_RULE, f"{column} = '' OR day_of({column}) IS NOT NULL")
        for column in layout.days
    ]
    rules += [
        (column, _NUMBER_RULE, f"{column} = '' OR number_of({column}) IS NOT NULL")
        for column in layout.numbers
    ]
    if layout.one_of:
        column, allowed = layout.one_of
        held = f"{column} IN ('', {', '.join(f"'{value}'" for value in allowed)})"
        rules.append((column, f"must be one of {', '.join(allowed)}", held))
    if len(layout.days) == 2:
        first, last = layout.days
        held = f"coalesce(day_of({last}) >= day_of({first}), true)"
        rules.append((last, f"must not be before {first}", held))
    return rules


def _cells(database: Database, source: EventSource, layout: Layout) -> list[Problem]:
    """Return one problem for each column and rule that a record breaks, with the first of them."""
    rules = _rules(layout)
    clean = f"NOT regexp_matches(concat({', '.join(layout.columns)}), '{_CONTROL}')"
    checks = [*(held for *_, held in rules), clean]
    [found] = database.execute(
        "SELECT "  # noqa: S608  # made of this package's tables alone
        + ", ".join(f"min(rowid) FILTER (NOT held_{n})" for n in range(len(checks)))
        + ", "
        + ", ".join(f"count(*) FILTER (NOT held_{n})" for n in range(len(checks)))
        + " FROM (SELECT rowid, "
        + ", ".join(f"{held} AS held_{n}" for n, held in enumerate(checks))
        + " FROM raw)"
    ).fetchall()
    *firsts, control = found[: len(checks)]
    problems = []
    for (column, rule, _), record, count in zip(rules, firsts, found[len(checks) :], strict=False):
        if record is not None:
            value = _row(database, layout, record)[column]
            more = f"and {count - 1} more records" if count > 1 else ""
            problems.append(_problem(source, record, column, rule, show(value), more))
    if control is not None:
        for column, value in _row(database, layout, control).items():
            if match := _CONTROL_HERE.search(value):
                rule = "must have no control characters"
                problems.append(_problem(source, control, column, rule, show(match.group())))
    return problems


def _repeats(database: Database, source: EventSource, layout: Layout) -> list[Problem]:
    """Return a problem if two records that differ have one id; take out those that do not."""
    column = layout.needed[0]
    database.execute(
        "CREATE TEMP TABLE repeated AS SELECT raw.rowid AS record, "  # noqa: S608
        f"min(raw.rowid) OVER (PARTITION BY {column}) AS first "
        f"FROM raw SEMI JOIN (SELECT {column} FROM raw GROUP BY ALL HAVING count(*) > 1) "
        f"USING ({column})"
    )
    found = database.execute(
        f"SELECT id, min(rowid), max(rowid) FROM (SELECT rowid, {layout.event} FROM raw "  # noqa: S608
        "WHERE rowid IN (SELECT record FROM repeated)) "
        f"GROUP BY id HAVING count(DISTINCT ({', '.join(EVENT)})) > 1 ORDER BY 2 LIMIT 1"
    ).fetchall()
    database.execute(
        "DELETE FROM raw WHERE rowid IN (SELECT record FROM repeated WHERE record <> first)"
    )
    return [
        _problem(source, second, column, f"must not be that of record {first + 1}", show(value),
                 "two events with one id")
        for value, first, second in found
    ]  # fmt: skip


def _row(database: Database, layout: Layout, record: int) -> dict[str, str]:
    names = ", ".join(layout.columns)
    [row] = database.execute(f"SELECT {names} FROM raw WHERE rowid = ?", [record]).fetchall()  # noqa: S608
    return dict(zip(layout.columns, row, strict=True))


def _problem(
    source: EventSource, record: int, column: str, rule: str, found: str, hint: str = ""
) -> Problem:
    where = f"{source.id}, record {record + 1}, {_shown(source, column)}"
    return Problem(where, rule, found, hint)


def _shown(source: EventSource, column: str) -> str:
    return source.columns.get(column, column) if source.kind == "table" else column
