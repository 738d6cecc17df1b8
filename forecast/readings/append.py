"""Recording a new reading: one row at the end of ``indicators/<id>.csv``, or nothing at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from forecast.case.folder import read_text
from forecast.case.types import Case, Indicator
from forecast.errors import CaseError, Problem, ReadingError, did_you_mean, show
from forecast.readings.coded import parse_table, repeats
from forecast.readings.files import replace_file
from forecast.readings.row import parse_row
from forecast.readings.types import Reading


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
    it had. The caller holds the case's lock (`forecast.ledger.lock`), so that two processes do
    not each replace the file with their own row.

    Raises
    ------
    ReadingError
        If the row breaks a rule, repeats another or cannot be written, or there is no such
        indicator. Nothing is written then.
    CaseError
        If the file as it is breaks a rule.
    """
    asked = _find(case, indicator)
    path = case.readings_paths[asked.id]
    where = f"indicators/{asked.id}.csv"
    text = read_text(path, where)
    table = parse_table(case, asked, text)
    if table.problems:
        raise CaseError(*table.problems)
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
    line = text.removesuffix("\n").count("\n") + 2
    row = parse_row(case, asked, cells, where=asked.id, line=line)
    problems = row if isinstance(row, list) else repeats(row, table.readings, asked.id)
    if isinstance(row, list) or problems:
        raise ReadingError(*problems)
    _append_line(path, where, [cells[column] for column in table.columns])
    return row


def _find(case: Case, name: str) -> Indicator:
    for indicator in case.indicators:
        if indicator.id == name:
            return indicator
    ids = [indicator.id for indicator in case.indicators]
    rule = "must be an indicator of the case"
    raise ReadingError(Problem("indicator", rule, show(name), did_you_mean(name, ids)))


def _append_line(path: Path, where: str, cells: list[str]) -> None:
    try:
        data = path.read_bytes()
        end = "\r\n" if b"\r\n" in data else "\n"
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator=end).writerow(cells)
        if not data.endswith(b"\n"):
            data += end.encode()
        replace_file(path, data + line.getvalue().encode())
    except OSError as error:
        rule = "must be writable: the reading was not recorded"
        raise ReadingError(Problem(where, rule, hint=error.strerror or "")) from error
