"""DuckDB's only door: a database in memory that reads and writes a few folders and nothing else.

DuckDB is loaded when a database is opened, not before: most verbs never need one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.errors import ForecastError, printable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Database
else:
    Database = object  # the name, for annotations only

__all__ = ["Database", "exact", "failing_as", "opened"]

_GLOB = re.compile(r"([*?\[])")


@contextmanager
def opened(*folders: Path) -> Iterator[Database]:
    """Open an empty database that may use files in these folders, with its settings locked.

    No other file, no address, no extension, and nothing spilled to disk.
    """
    import duckdb

    closed = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    allowed = [str(folder.resolve()) for folder in folders]
    with duckdb.connect(":memory:", config={"temp_directory": "", **closed}) as database:
        database.execute("SET enable_progress_bar = false")
        # In this order: the list of folders can only be set while access is open.
        database.execute(
            "SET allowed_directories = ?",
            [sorted({*allowed, *(_escaped(path) for path in allowed)})],
        )
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        yield database


@contextmanager
def failing_as(error: Callable[[str], ForecastError]) -> Iterator[None]:
    """Raise ``error(what DuckDB says)`` where DuckDB fails in the block."""
    import duckdb

    try:
        yield
    except duckdb.Error as failure:
        said = next(iter(str(failure).splitlines()), "")
        raise error(printable(said)) from None


def exact(path: Path) -> str:
    """Return how a file is named to DuckDB, which takes ``*``, ``?`` and ``[`` for patterns."""
    return _escaped(str(path.resolve()))


def _escaped(path: str) -> str:
    return _GLOB.sub(r"[\1]", path)
