"""JSON of flat objects, and the CSV it becomes: of a file, or page by page of an API.

Numbers are kept as they are spelt: parsing them would only lose digits.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Self

from forecast.errors import PullError
from forecast.sources.problems import Problems

Row = dict[str, Any]
MOST_EVENTS = 5_000_000  # of one pull: their ids are in memory


def parsed(body: bytes, problems: Problems) -> Any:
    """Return JSON as plain types, every number as text.

    Raises
    ------
    PullError
        If it is no JSON.
    """
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:  # says where, and quotes nothing: it may be a token
        raise problems.error("must be JSON", str(error)) from None
    except (ValueError, RecursionError):
        raise problems.error("must be JSON", "NaN, no text, or nesting without end") from None


def rows_of(data: Any, problems: Problems) -> list[Row]:
    """The rows of a list of flat objects.

    Raises
    ------
    PullError
        If it is none, or an object holds another.
    """
    if not isinstance(data, list):
        raise problems.error("must be a list of objects", type(data).__name__)
    for number, row in enumerate(data, start=1):
        if not isinstance(row, dict):
            raise problems.error(
                "must be a list of objects", f"{type(row).__name__}, object {number}"
            )
        nested = next((name for name in row if isinstance(row[name], dict | list)), None)
        if nested is not None:
            raise problems.error(
                "must be flat objects", f"more than one value in {nested}, object {number}"
            )
    return data


def columns_of(rows: Iterable[Row]) -> list[str]:
    """Every name the rows use, in the order they come up."""
    return list(dict.fromkeys(name for row in rows for name in row))


class Sheet:
    """A CSV file that grows row by row; absent and null values are empty cells."""

    def __init__(self, path: Path, columns: Sequence[str], problems: Problems) -> None:
        self._file = path.open("x", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._columns = columns
        self._problems = problems
        try:
            self._write(columns)
        except PullError:
            self.close()
            raise

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows.

        Raises
        ------
        PullError
            If a text holds half a character, which UTF-8 cannot.
        """
        for row in rows:
            self._write([_cell(row.get(column)) for column in self._columns])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _write(self, cells: Sequence[str]) -> None:
        try:
            self._writer.writerow(cells)
        except UnicodeEncodeError:
            raise self._problems.error(
                "must be text that can be written as UTF-8", repr(",".join(cells))
            ) from None


class Pages:
    """Writes rows under those of the documented ``columns`` that the first row has.

    A column the provider no longer sends is thus missing in the file, not empty in it, and the
    reader can say so. An event that comes a second time shows that paging does not hold still, and
    that others may have been passed over.
    """

    def __init__(self, to: Path, columns: Sequence[str], key: str, problems: Problems) -> None:
        self._to = to
        self._columns = list(columns)
        self._key = key
        self._problems = problems
        self._seen: set[str] = set()
        self._sheet: Sheet | None = None

    @property
    def received(self) -> int:
        """How many events came so far, those not kept included."""
        return len(self._seen)

    def add(self, rows: Sequence[Row], kept: Sequence[Row]) -> None:
        """Take in a page: ``rows`` that came, of which some are ``kept``.

        Raises
        ------
        PullError
            If a row lacks its id or another column that the first row had, or came before, or if
            there are too many.
        """
        if self.received + len(rows) > MOST_EVENTS:
            hint = "ask for fewer days or countries: since, until, country"
            raise self._problems.error(f"must send at most {MOST_EVENTS:,} events", "more", hint)
        if self._sheet is None and rows:
            self._columns = [column for column in self._columns if column in rows[0]]
            self._sheet = Sheet(self._to, self._columns, self._problems)
        for row in rows:
            missing = {self._key, *self._columns} - {name for name in row if name in self._columns}
            if missing:
                raise self._problems.error(f"must send {min(missing)} of every event", "none")
            if row[self._key] in self._seen:
                raise self._problems.error(
                    "must send each event once",
                    f"{row[self._key]} twice",
                    "it may have changed while it was read: pull again",
                )
            self._seen.add(str(row[self._key]))
        if self._sheet is not None:
            self._sheet.add(kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._sheet is None and kind is None:
            self._sheet = Sheet(self._to, self._columns, self._problems)
        if self._sheet is not None:
            self._sheet.close()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
