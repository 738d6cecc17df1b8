"""JSON of flat objects, and the CSV it becomes.

Numbers are kept as they are spelt: parsing them would only lose digits.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from forecast.errors import PullError
from forecast.sources.problems import Problems

Row = dict[str, Any]


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
    """Return the rows of a list of flat objects.

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
    """Return every name the rows use, in the order they come up."""
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
