"""What of the events of a source is in no count, so that nobody takes it for peace.

All of it is read from the table ``event``: the rows of one pull, or of all vintages.

`unmatched` are the names that a case lets through and no event of a pull has: they may be misspelt,
and what a misspelt name counts, nothing, looks like peace.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from forecast.case.types import Case, Counting
from forecast.readings.events.database import Database, exact, failing_as, opened
from forecast.readings.events.days import Span, length, merged, without
from forecast.readings.events.filters import condition, patterns
from forecast.readings.events.life import amount_of, has_totals, span_of
from forecast.readings.events.types import LeftOut, Reason, Unmatched, Vintage
from forecast.readings.events.vintages import find_damaged
from forecast.sources import EventSource, provider_of
from forecast.sources.provider import EVENT_WORDS

_FEWEST = 3  # days from which they can be seen to be regular


def left_out(
    database: Database, case: Case, source: EventSource, span: Span, of_days: Collection[str]
) -> tuple[LeftOut, ...]:
    """Return what is in no count of a pull that covers the days of ``span``.

    ``of_days`` are the indicators for which a row is a day.
    """
    bound: dict[str, object] = {"since": span[0], "until": span[1], "cadence": case.cadence}
    outside = f"NOT ({_inside(source)})"
    found = [
        _counted(database, "outside", "", "true", outside, bound),
        _regular(database, case, source),
    ]
    for indicator in case.indicators:
        for counting in indicator.counted:
            if counting.source == source.id:
                days = indicator.id in of_days
                found += _of_one(database, case, source, indicator.id, counting, span, days=days)
    return tuple(one for one in found if one is not None)


def let_through_nothing(
    database: Database,
    case: Case,
    source: EventSource,
    events: str = "event",
    files: Sequence[str] = (),
) -> tuple[LeftOut, ...]:
    """The countings that let no event through, if there are any events.

    ``events`` is the table, or what reads one from ``files``.
    """
    countings = [
        (i.id, how) for i in case.indicators for how in i.counted if how.source == source.id
    ]
    if not countings:
        return ()
    bound: dict[str, object] = {"files": list(files)} if files else {}
    flags = [f"bool_or({condition(how, bound)})" for _, how in countings]
    [(number, first, last, *some)] = database.execute(
        f"SELECT count(DISTINCT id), min(day), max(day), {', '.join(flags)} FROM {events}",  # noqa: S608
        bound,
    ).fetchall()
    return tuple(
        LeftOut("nothing", indicator, number, number, first, last)
        for (indicator, _), any_of_them in zip(countings, some, strict=True)
        if number and not any_of_them
    )


def absent_from(
    case: Case, source: EventSource, vintages: Sequence[Vintage]
) -> tuple[tuple[Unmatched, ...], tuple[LeftOut, ...]]:
    """The names that no event of any vintage has, and what lets none of them through.

    Raises
    ------
    CaseError
        If a vintage is damaged.
    """
    files = [exact(vintage.path) for vintage in vintages]
    folders = {vintage.path.parent for vintage in vintages}
    with (
        opened(*folders) as database,
        failing_as(lambda said: find_damaged(tuple(vintages), said)),
    ):
        database.execute(
            f"CREATE TEMP TABLE event AS SELECT DISTINCT {', '.join(EVENT_WORDS)} "  # noqa: S608
            "FROM read_parquet($files)",
            {"files": files},
        )
        absent = unmatched(database, case, source)
        reads = "read_parquet($files)"
        return absent, let_through_nothing(database, case, source, reads, files)


def _regular(database: Database, case: Case, source: EventSource) -> LeftOut | None:
    """All rows that may be totals of months, or of weeks unlike ours, without their ends."""
    if not provider_of(source).mapped or "last_day" in source.columns or case.cadence != "week":
        return None
    [(rows, days, firsts, weekdays, monday, first, last)] = database.execute(
        "SELECT count(*), count(DISTINCT day), bool_and(day(day) = 1), "
        "count(DISTINCT isodow(day)), min(isodow(day)) = 1, min(day), max(day) FROM event"
    ).fetchall()
    if days >= _FEWEST and (firsts or (weekdays == 1 and not monday)):
        return LeftOut("regular", "", rows, rows, first, last)
    return None


def _of_one(
    database: Database,
    case: Case,
    source: EventSource,
    indicator: str,
    counting: Counting,
    span: Span,
    *,
    days: bool,
) -> Iterator[LeftOut | None]:
    bound: dict[str, object] = {"since": span[0], "until": span[1], "cadence": case.cadence}
    among = f"{condition(counting, bound)} AND ({_inside(source)})"
    if not has_totals(source):
        apart = f"({span_of(source)}) = 0"
        yield _counted(database, "longer", indicator, among, apart, bound, end="last_day")
    if counting.measure != "sum":
        return
    amount = amount_of(counting, source, "numbers[$column]")
    if "$column" in amount:
        bound["column"] = counting.column
    if not days:
        yield _counted(database, "unknown", indicator, among, f"{amount} IS NULL", bound)
        return
    rows = database.execute(
        f"SELECT day FROM event WHERE {among} GROUP BY day "  # noqa: S608  # of this package
        f"HAVING count(*) = count({amount})",
        bound,
    ).fetchall()
    gaps = without((span,), merged((day, day) for (day,) in rows))
    if gaps:
        yield LeftOut("gaps", indicator, length(gaps), length((span,)), gaps[0][0], gaps[-1][1])


def _inside(source: EventSource) -> str:
    """What holds of an event that may lie on a covered day, in SQL; of a total, that all do."""
    return (
        f"CASE ({span_of(source)}) WHEN 0 THEN last_day >= $since AND day <= $until "
        "WHEN 1 THEN day BETWEEN $since AND $until ELSE day >= $since AND last_day <= $until END"
    )


def _counted(
    database: Database,
    reason: Reason,
    indicator: str,
    among: str,
    those: str,
    bound: dict[str, object],
    end: str = "day",
) -> LeftOut | None:
    """How many events of ``among`` are ``those``; None if none is."""
    [(number, of, first, last)] = database.execute(
        f"SELECT count(*) FILTER ({those}), count(*), "  # noqa: S608  # of this package alone
        f"min(day) FILTER ({those}), max({end}) FILTER ({those}) FROM event WHERE {among}",
        bound,
    ).fetchall()
    return LeftOut(reason, indicator, number, of, first, last) if number else None


_MOST = 20_000  # names among which one like another is looked for


def unmatched(database: Database, case: Case, source: EventSource) -> tuple[Unmatched, ...]:
    """The names that no row of the table ``event`` has; none if there is no row at all."""
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
