"""A provider's CSV file in, the table ``event`` of a database out; or every rule it breaks.

::

    file ──> opening (header, separator, lines before it) ──> raw (text) ──> event (typed)

The file may be as spreadsheets write it: any of a few separators, with a line ``sep=;``, with a
title above the header, with empty rows, with a row of HXL tags. The whole of it is read as text
first (table ``raw``): a cell that is not as it must be is named by its record, counted from 1
without the header, its column and what stands in it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from forecast.errors import ForecastError, Problem, ReadingError, show
from forecast.periods import FIRST_YEAR, LAST_YEAR
from forecast.readings.events.database import Database, exact, failing_as
from forecast.readings.events.layouts import (
    EVENT,
    Places,
    found_in,
    places_of,
)
from forecast.sources import EventSource, provider_of
from forecast.sources.provider import Layout

LONGEST_LINE = 2_000_000  # bytes, as DuckDB has it
MOST_COLUMNS = 2_000
MOST_LINES = 20_000_000
_LARGE = 10_000_000  # bytes of a file of which some records are looked at before all are read
_SOME = 100_000
_CHUNK = 1 << 20
_SEPARATORS = (",", ";", "\t", "|")
_DECLARED = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_ABOVE = 20  # records among which the header is looked for

# Dates are told by their form first: the database would take "25-2-3" and "infinity" for days. Of a
# moment with its distance from Greenwich the day is the one that is written.
_TIME = r"([ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?)?( ?(Z|[+-]\d\d:?\d\d))?"
_MACROS = rf"""
CREATE TEMP MACRO within_years(x) AS
    CASE WHEN year(x) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN x END;
CREATE TEMP MACRO last_of(unit, x) AS
    CASE unit WHEN 'month' THEN last_day(x) ELSE make_date(year(x), 12, 31) END;
CREATE TEMP MACRO line(x) AS trim(CASE
    WHEN contains(x, chr(9)) OR contains(x, chr(10)) OR contains(x, chr(13))
        THEN translate(x, chr(9) || chr(10) || chr(13), '   ')
    ELSE x END);
"""
_FORMS = (  # how a day may be written, and what the database calls that
    (r"(\d{1,2}[ -][A-Z][a-z][a-z][ -]\d{4})", "%d-%b-%Y"),
    (r"(\d{1,2} [A-Z][a-z]+ \d{4})", "%d-%B-%Y"),
    (rf"(\d{{4}}[./]\d{{1,2}}[./]\d{{1,2}}){_TIME}", "%Y-%m-%d"),
)
_ORDERED = rf"(\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}){_TIME}"
_ORDERS = {"dmy": ((_ORDERED, "%d-%m-%Y"),), "mdy": ((_ORDERED, "%m-%d-%Y"),), "ymd": ()}
_TOO_SHORT = """
CREATE TEMP MACRO too_short(prec, a, b) AS
    coalesce(day_of(b) - day_of(a) < CASE prec WHEN '4' THEN 7 WHEN '5' THEN 30 END, false);
"""
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}]"  # all but tab, line feed, carriage return
_CONTROL_HERE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DAY_RULE = "must be a day, for example 2024-12-02 or 2 December 2024"
_NUMBER_RULE = "must be a number, at least 0 and below 1e12"
_NONE = re.compile(r"n\.?/?[ad]\.?|nan|null|none|unknown|missing|[-–—.?*]{1,3}", re.IGNORECASE)
_IN_NUMBERS = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}\b")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file begins: its header, what separates its cells, and how many lines lie above."""

    header: list[str]
    separator: str
    above: int


def load(database: Database, source: EventSource, raw: Path, on: date = date.max) -> None:
    """Make the table ``event``, with the columns `EVENT`, from a file in the source's layout.

    Rows that are the same in all that is read are one event; empty rows and rows of HXL tags are
    passed over, and so is a row on a day that the source does not declare if it breaks a rule.
    ``on`` is the day of the pull, wherever that is latest: nothing was published after it.

    Raises
    ------
    ReadingError
        If the file is no CSV, lacks a column, has a cell that is not as it must be, or two events
        with one id. Then the table is not there.
    """
    layout = provider_of(source).layout(source)
    opening = _opening(source, raw)
    places = places_of(source, opening.header, opening.separator)
    database.execute(_MACROS + _day_of(source) + _number_of(source))
    with _plain(source, raw, places, opening) as (plain, separator):
        # What is garbage is so from the start, and need not be read to its end.
        for some in (_SOME, None) if raw.stat().st_size > _LARGE else (None,):
            with failing_as(lambda said: _no_csv(source, raw, places, opening, said)):
                _read(database, source, plain, layout, places, separator, some)
            _pass_over(database, layout)
            if problems := _cells(database, source, layout, on, some):
                raise ReadingError(*problems)
    if problems := _repeats(database, source, layout):
        raise ReadingError(*problems)
    # Table and columns are named here, never by a file.
    database.execute(
        f"CREATE TEMP TABLE event AS SELECT {', '.join(EVENT)} "  # noqa: S608
        f"FROM (SELECT {layout.event} FROM raw)"
    )
    database.execute("DROP TABLE raw")


def _day_of(source: EventSource) -> str:
    """The macro that reads days."""
    forms = [
        rf"WHEN regexp_full_match(x, '\d{{4}}-\d\d-\d\d{_TIME}') "
        "THEN within_years(try_cast(left(x, 10) AS DATE))"
    ]
    forms += [
        f"WHEN regexp_full_match(x, '{form}') THEN within_years(try_strptime(translate("
        f"regexp_extract(x, '^{form}', 1), './ ', '---'), '{name}')::DATE)"
        for form, name in (*_FORMS, *_ORDERS[source.dates])
    ]
    return f"CREATE TEMP MACRO day_of(x) AS CASE {' '.join(forms)} END; {_TOO_SHORT}"


def _number_of(source: EventSource) -> str:
    """The macro that reads numbers."""
    decimal, plain = (r"\.", "x") if source.decimal == "." else (",", "replace(x, ',', '.')")
    held = rf"regexp_full_match(x, '\d{{1,12}}({decimal}\d+)?')"
    return f"CREATE TEMP MACRO number_of(x) AS CASE WHEN {held} THEN {plain}::DOUBLE END;"


def _opening(source: EventSource, raw: Path) -> Opening:
    """The header of a file: the record near its top that names most of the columns that are read.

    A file without header (UCDP has some) begins with its first record.
    """
    with raw.open("rb") as file:
        beginning = file.read(LONGEST_LINE)
    # What is no UTF-8 is refused with its record when the whole file is read.
    text = beginning.decode("utf-8-sig", errors="replace")
    where = f"{source.id}, first line"
    if not text.strip():
        raise ReadingError(Problem(source.id, "must not be empty"))
    if len(beginning) == LONGEST_LINE and not {"\n", "\r"} & {*text}:
        rule, hint = f"must be at most {LONGEST_LINE:,} bytes long", "is it a table at all?"
        raise ReadingError(Problem(where, rule, "more", hint))
    separators: tuple[str, ...] = _SEPARATORS
    above = 0
    if declared := _DECLARED.match(text):
        separators, above, text = (declared[1],), 1, text[declared.end() :]
    found: list[tuple[int, int, int, Opening]] = []
    failed = ""
    for separator in separators:
        try:
            for before, cells in _first_records(text, separator):
                named = found_in(source, cells)
                if before == 0 or named:
                    opening = Opening(cells, separator, above + before)
                    found.append((named, -before, len(cells), opening))
        except csv.Error as error:
            failed = failed or str(error)
    if not found:
        raise ReadingError(Problem(where, "must be CSV", hint=failed))
    *_, best = max(found, key=lambda one: one[:3])
    if len(best.header) > MOST_COLUMNS:
        rule = f"must have at most {MOST_COLUMNS:,} columns"
        raise ReadingError(Problem(where, rule, f"{len(best.header):,}"))
    return best


@contextmanager
def _plain(
    source: EventSource, raw: Path, places: Places, opening: Opening
) -> Iterator[tuple[Path, str]]:
    """Yield a file whose lines all end alike, with nothing above its header, and its separator.

    That is the file itself, or a copy: of any other the database may read nothing, without a word.
    """
    if _ends_alike(source, raw) and not opening.above:
        yield raw, opening.separator
        return
    with TemporaryDirectory(dir=raw.parent) as folder:
        copy = Path(folder) / "plain.csv"
        try:
            with (
                raw.open(encoding="utf-8-sig", newline="") as file,
                copy.open("w", encoding="utf-8", newline="") as new,
            ):
                for _ in range(opening.above):
                    file.readline()
                lines = csv.reader(_lines(file), delimiter=opening.separator, strict=True)
                csv.writer(new, lineterminator="\n").writerows(lines)
        except (csv.Error, UnicodeDecodeError) as error:
            raise _no_csv(source, raw, places, opening, str(error)) from None
        yield copy, ","


def _ends_alike(source: EventSource, raw: Path) -> bool:
    """Tell whether all lines end in the same way; refuse one too long for the database to see."""
    length = 0
    feeds = returns = both = 0
    last = b""
    with raw.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
            both += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
            ends = [chunk.find(b"\n"), chunk.find(b"\r")]
            length += min((end for end in ends if end >= 0), default=len(chunk))
            if length > LONGEST_LINE:
                rule = f"must have no line of more than {LONGEST_LINE:,} bytes"
                raise ReadingError(Problem(source.id, rule, "one", "is it a table at all?"))
            if max(ends) >= 0:
                length = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    if max(feeds, returns) > MOST_LINES:
        raise ReadingError(Problem(source.id, f"must have at most {MOST_LINES:,} lines", "more"))
    return both == feeds == returns or 0 in (feeds, returns)


def _first_records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield some records, each with the number of lines above it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    for cells in islice(reader, _ABOVE):
        if cells:
            yield before, cells
        if reader.line_num - before > 1:  # the database counts lines above in another way
            return
        before = reader.line_num


def _read(
    database: Database,
    source: EventSource,
    raw: Path,
    layout: Layout,
    places: Places,
    separator: str,
    some: int | None,
) -> None:
    """Make the table ``raw``: the columns that are read, as text, in the order of the records.

    Only of ``some`` of them, unless it is None. One more column, ``blank``, says whether nothing
    stands in any cell of the record.
    """

    def cell(column: str) -> str:
        place = places.at[column]
        text = "''" if place is None else f"coalesce(c{place}, '')"
        if column not in layout.texts:
            text = f"line({text})"
            if source.missing and place is not None:
                text = f"CASE WHEN NOT list_contains($missing, {text}) THEN {text} ELSE '' END"
        return f"{text} AS {column}"

    filled = ", ".join(f"nullif(trim(c{n}), '')" for n in range(places.width))
    bound = {"file": exact(raw), "header": places.header, "separator": separator}
    if source.missing:
        bound |= {"missing": list(source.missing)}
    columns = ", ".join(f"c{n}: 'VARCHAR'" for n in range(places.width))
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE raw AS SELECT {', '.join(map(cell, layout.columns))}, "  # noqa: S608
        f"coalesce({filled}) IS NULL AS blank "
        "FROM read_csv($file, header = $header, auto_detect = false, strict_mode = true, "
        """null_padding = false, delim = $separator, quote = '"', escape = '"', """
        f"columns = {{{columns}}}){'' if some is None else f' LIMIT {some:d}'}",
        bound,
    )


def _no_csv(
    source: EventSource, raw: Path, places: Places, opening: Opening, said: str
) -> ForecastError:
    """Find the record that broke the reading: the database counts lines, which text may hold."""
    with raw.open(encoding="utf-8-sig", newline="") as file:
        number = begin = 0 if places.header else 1
        try:
            for _ in range(opening.above):
                file.readline()
            lines = csv.reader(_lines(file), delimiter=opening.separator, strict=True)
            records = (record for record in lines if record)
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


def _lines(file: TextIO) -> Iterator[str]:
    """Yield lines, none of them longer than can be read."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(f"a line of more than {LONGEST_LINE:,} characters")
        yield line


def _pass_over(database: Database, layout: Layout) -> None:
    """Take out of ``raw`` what is no record: empty rows, and rows of HXL tags."""
    tags = " AND ".join(f"({column} = '' OR {column} LIKE '#%')" for column in layout.columns)
    database.execute(
        f"DELETE FROM raw WHERE blank OR ({layout.days[0]} LIKE '#%' AND {tags})"  # noqa: S608
    )


type _Rule = tuple[str, str, str]  # a column, how the rule reads, what holds where it is kept


def _rules(source: EventSource, layout: Layout, on: date) -> list[_Rule]:
    first, *others = layout.days
    rules = [(layout.key[0], "must not be empty", f"concat({', '.join(layout.key)}) <> ''")]
    rules += [
        (column, "must not be empty", f"{column} <> ''")
        for column in layout.needed
        if column not in layout.key
    ]
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
    for column in others:
        held = f"coalesce(day_of({column}) >= day_of({first}), true)"
        rules.append((column, f"must not be before {_shown(source, first)}", held))
    if "published" in layout.days:
        held = f"coalesce(day_of(published) <= DATE '{on}', true)"
        rules.append(("published", f"must not be after the day of the pull, {on}", held))
    return rules


def _cells(
    database: Database, source: EventSource, layout: Layout, on: date, some: int | None
) -> list[Problem]:
    """Return one problem for each column and rule that a record breaks, with the first of them.

    The others are counted, of the first ``some`` records unless it is None.
    """
    rules = _rules(source, layout, on)
    clean = f"NOT regexp_matches(concat({', '.join(layout.columns)}), '{_CONTROL}')"
    checks = [*(held for *_, held in rules), clean]
    if outside := _outside(source, layout):
        database.execute(
            f"DELETE FROM raw WHERE {outside} AND NOT (({') AND ('.join(checks)}))"  # noqa: S608
        )
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
            hints = [f"and {count - 1} more records"] if count > 1 else []
            hints = [f"{hint} of the first {some}" if some else hint for hint in hints]
            hints += _remedy(source, rule, value)
            problems.append(_problem(source, record, column, rule, show(value), "; ".join(hints)))
    if control is not None:
        for column, value in _row(database, layout, control).items():
            if match := _CONTROL_HERE.search(value):
                rule = "must have no control characters"
                problems.append(_problem(source, control, column, rule, show(match.group())))
    return problems


def _outside(source: EventSource, layout: Layout) -> str:
    """What holds of a record on a day that is not declared; empty if no days are."""
    day = f"day_of({layout.days[0]})"
    terms = [f"{day} < DATE '{source.since}'"] if source.since else []
    terms += [f"{day} > DATE '{source.until}'"] if source.until else []
    return f"coalesce({' OR '.join(terms)}, false)" if terms else ""


def _remedy(source: EventSource, rule: str, value: str) -> list[str]:
    """What can be declared of a table whose cells are written like this one."""
    if not provider_of(source).mapped:
        return []
    if rule == _DAY_RULE and _IN_NUMBERS.fullmatch(value):
        return ['say in which order: dates = "dmy" or "mdy"']
    if rule == _NUMBER_RULE and re.fullmatch(r"\d+,\d+", value) and source.decimal == ".":
        return ['decimal = "," if that is a decimal comma']
    if _NONE.fullmatch(value):
        return [f"missing = [{json.dumps(value)}] if that stands for an empty cell"]
    return []


def _repeats(database: Database, source: EventSource, layout: Layout) -> list[Problem]:
    """A problem if two records that differ have one id; take out those that do not."""
    key = ", ".join(layout.key)
    database.execute(
        "CREATE TEMP TABLE repeated AS SELECT raw.rowid AS record, "  # noqa: S608
        f"min(raw.rowid) OVER (PARTITION BY {key}) AS first "
        f"FROM raw SEMI JOIN (SELECT {key} FROM raw GROUP BY ALL HAVING count(*) > 1) "
        f"USING ({key})"
    )
    found = database.execute(
        f"SELECT id, min(rowid), max(rowid) FROM (SELECT rowid, {layout.event} FROM raw "  # noqa: S608
        "WHERE rowid IN (SELECT record FROM repeated)) "
        f"GROUP BY id HAVING count(DISTINCT ({', '.join(EVENT)})) > 1 ORDER BY 2 LIMIT 1"
    ).fetchall()
    database.execute(
        "DELETE FROM raw WHERE rowid IN (SELECT record FROM repeated WHERE record <> first)"
    )
    hint = "two events with one id"
    if provider_of(source).mapped:
        hint += "; an id may be of several columns, as in id = ["
        hint += (
            ", ".join(
                map(json.dumps, (*(source.key or (source.columns["id"],)), source.columns["date"]))
            )
            + "]"
        )
    return [
        _problem(source, second, layout.key[0], f"must not be that of record {first + 1}",
                 show(value), hint)
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
    """What a column is called in the file."""
    if not provider_of(source).mapped:
        return column
    kind, _, number = column.partition("_")
    match kind:
        case "key":
            return source.key[int(number)]
        case "number":
            return list(source.numbers.values())[int(number)]
        case _:
            return source.columns.get(column, column)
