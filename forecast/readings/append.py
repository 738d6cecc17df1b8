"""Recording new readings: rows at the end of ``indicators/<id>.csv``, or nothing at all.

::

    one row, given in full ──┐
                             ├──> Sheet of its indicator ──> all sheets replaced, or none
    a CSV of rows ───────────┘      (same rules as the file)

The caller holds the case's lock (`forecast.ledger.lock`), so that two processes do not each
replace a file with their own rows.
"""

from __future__ import annotations

from forecast.case.types import Case, Indicator
from forecast.errors import Problem, ReadingError, did_you_mean, show
from forecast.readings.coded import cells_of, columns_of
from forecast.readings.row import COLUMNS
from forecast.readings.sheet import Sheet, write_sheets
from forecast.readings.types import Reading

_BATCH = ("indicator", *COLUMNS)


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
) -> Reading:
    """Append one reading to its indicator's file and return it.

    The fields are text, as they would stand in the file, and meet the same rules; ``scope`` is
    the indicator's if left out. The file keeps its line ends, its order of columns and every byte
    it had.

    Raises
    ------
    ReadingError
        If the row breaks a rule, repeats another or cannot be written, or there is no such
        indicator. Nothing is written then.
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
    row = sheet.add(case, cells, asked.id)
    if isinstance(row, list):
        raise ReadingError(*row)
    write_sheets(case.root, [sheet])
    return row


def append_readings(case: Case, text: str, where: str) -> tuple[Reading, ...]:
    """Append all readings of a CSV to their indicators' files and return them, in its order.

    ``text`` is as `read_text` returns it, its columns those of a file of readings and
    ``indicator``; ``where`` is how problems name it. Files keep what `append_reading` keeps.

    Raises
    ------
    ReadingError
        With every problem of every row, one that repeats another row of the CSV included, or if a
        file cannot be written. Nothing is written then.
    CaseError
        If a file as it is breaks a rule.
    """
    header, *lines = text.split("\n")
    columns, problems = columns_of(where, header, _BATCH)
    if problems:
        raise ReadingError(*problems)
    sheets: dict[str, Sheet] = {}
    readings: list[Reading] = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        place = f"{where}, line {number}"
        cells = cells_of(line, place, columns)
        if isinstance(cells, Problem):
            problems.append(cells)
            continue
        asked = _find(case, cells["indicator"], f"{place}, indicator")
        if isinstance(asked, Problem):
            problems.append(asked)
            continue
        if asked.id not in sheets:
            sheets[asked.id] = Sheet.of(case, asked)
        row = sheets[asked.id].add(case, cells, place)
        if isinstance(row, list):
            problems += row
        else:
            readings.append(row)
    if not problems and not readings:
        problems.append(Problem(where, "must hold at least one reading"))
    if problems:
        raise ReadingError(*problems)
    write_sheets(case.root, list(sheets.values()))
    return tuple(readings)


def _find(case: Case, name: str, where: str) -> Indicator | Problem:
    for indicator in case.indicators:
        if indicator.id == name:
            return indicator
    ids = [indicator.id for indicator in case.indicators]
    rule = "must be an indicator of the case"
    return Problem(where, rule, show(name), did_you_mean(name, ids))
