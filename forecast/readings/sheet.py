"""One indicator's file of readings, open for new rows; several of them written together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from forecast import clock
from forecast.case.folder import CSV_MOST, read_text
from forecast.case.types import Case, Indicator
from forecast.errors import CaseError, Problem, ReadingError
from forecast.files import finish, replace_file, replace_files
from forecast.readings.coded import Rows, parse_table
from forecast.readings.row import parse_row
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
        """Return the reading of a row that is offered, or all that is wrong with it by itself."""
        line = self.length + len(self.rows) + 1
        today = clock.today()
        return parse_row(case, self.indicator, cells, where=where, line=line, known_by=today)

    def add(self, reading: Reading, cells: Mapping[str, str], where: str) -> None:
        """Take a row, which is ``where``."""
        self.there.add(reading, where)
        self.rows.append([cells[column] for column in self.columns])

    def content(self) -> bytes:
        """Return every byte the file has and the new rows, with its own line ends."""
        return with_rows(self.path.read_bytes(), self.rows)


def with_rows(data: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file's bytes and new rows after them, with the file's own line ends."""
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
