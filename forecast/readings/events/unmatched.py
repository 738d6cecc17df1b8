"""Names that a case lets through and no event of a pull has.

They may be misspelt, and what a misspelt name counts, nothing, looks like peace.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from forecast.case.types import Case, Counting
from forecast.readings.events.database import Database
from forecast.readings.events.filters import patterns
from forecast.readings.events.types import Unmatched
from forecast.sources import EventSource
from forecast.sources.types import EVENT_WORDS

_MOST = 20_000  # names among which one like another is looked for


def unmatched(database: Database, case: Case, source: EventSource) -> tuple[Unmatched, ...]:
    """Return the names that no row of the table ``event`` has; none if there is no row at all."""
    asked = [
        (indicator.id, counting, column, value)
        for indicator in case.indicators
        for counting in indicator.counted
        if counting.source == source.id
        for column, values in counting.where.items()
        for value in values
    ]
    names = {column: _names(database, column) for column in {column for _, _, column, _ in asked}}
    return tuple(
        Unmatched(indicator, column, value, _close(counting, column, value, names[column]))
        for indicator, counting, column, value in asked
        if names[column] and not _has(database, names[column], counting, column, value)
    )


def _names(database: Database, column: str) -> list[str]:
    [quoted] = [name for name in EVENT_WORDS if name == column]  # of the closed list, no other
    rows = database.execute(f"SELECT DISTINCT {quoted} FROM event").fetchall()  # noqa: S608
    return [name for (name,) in rows]


def _has(database: Database, names: list[str], counting: Counting, column: str, value: str) -> bool:
    # By the very pattern that counts, so that both agree on what a name is.
    pattern = patterns(replace(counting, where={column: (value,)}, words=()))[column]
    found = database.execute(
        "SELECT coalesce(bool_or(regexp_matches(name, $pattern)), false) "
        "FROM (SELECT unnest($names) AS name)",
        {"pattern": pattern, "names": names},
    )
    return bool(found.fetchall()[0][0])


def _close(counting: Counting, column: str, value: str, names: list[str]) -> str:
    if column == "actor":  # named by a part: nothing like it says that it is wrong
        return ""
    others = {line for name in names for line in name.split("\n")} - {*counting.where[column]}
    if len(others) > _MOST:  # names of places all over the world: it would take minutes
        return ""
    return next(iter(difflib.get_close_matches(value, sorted(others), n=1)), "")
