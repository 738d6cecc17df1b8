"""Storing a pull: a provider's file becomes a vintage, or nothing at all happens."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from forecast.case.types import Case, EventSource
from forecast.errors import Problem, ReadingError
from forecast.readings.events import days, vintages
from forecast.readings.events.count import latest, readings_of, tallies
from forecast.readings.events.database import Database, exact, failing_as, opened
from forecast.readings.events.load import load
from forecast.readings.events.types import Changed, Stored, Vintage
from forecast.readings.events.unmatched import unmatched

_FEW = 20  # with fewer events before, that there are far fewer now says little


def store(
    case: Case,
    source: EventSource,
    raw: Path,
    *,
    known: datetime,
    limit: date | None = None,
    etag: str = "",
    last_modified: str = "",
    accept: bool = False,
    keep: bool = True,
) -> Stored:
    """Store a file in the provider's layout (CSV, UTF-8) as the vintage of a moment.

    Nothing is stored if it says nothing new: the same events, and of the same days (of a file,
    that its last day has moved on since the last pull is nothing new; of an API, asked again, that
    nothing happened on the days since then is).

    Parameters
    ----------
    known
        When it was pulled, with a time zone.
    limit
        The last day the provider gives, if it said so.
    accept
        Store it even if it has far fewer events than before.
    keep
        If false, only say what would change.

    Raises
    ------
    ReadingError
        If a record breaks a rule, it covers no day, it has less than half of at least 20 events
        known before in the days that both cover, ``known`` is not later than the newest vintage's,
        or it cannot be written. The case is then as it was.
    CaseError
        If an earlier vintage is damaged.
    """
    known = known.astimezone(UTC).replace(microsecond=0)
    place = vintages.path_of(case, source.id, known)
    with (
        tempfile.TemporaryDirectory() as scratch,
        opened(raw.parent, Path(scratch), place.parent) as database,
    ):
        earlier = vintages.found_in(database, case, source.id)
        if earlier and known <= earlier[-1].known:
            rule = f"must be pulled after {vintages.name_of(earlier[-1].known)}, the newest vintage"
            raise ReadingError(Problem(source.id, rule, vintages.name_of(known)))
        written = Path(scratch).resolve() / place.name
        with failing_as(lambda said: _failed(source, said)):
            load(database, source, raw)
            new = replace(
                _described(database, source, known, limit),
                etag=etag,
                last_modified=last_modified,
                path=written,
            )
            absent = unmatched(database, case, source)
            if earlier and _says_nothing_new(source, earlier[-1], new):
                return Stored(None, unchanged=True, changes=(), unmatched=absent)
            if not accept:
                _refuse_far_fewer(database, source, earlier, new)
            vintages.write(database, new, source.kind)
        changes = _changes(case, source, (*earlier, new))
        if keep:
            vintages.keep(case, written, place)
    new = replace(new, path=place)
    return Stored(new, unchanged=False, changes=changes, unmatched=absent)


def _failed(source: EventSource, said: str) -> ReadingError:
    return ReadingError(Problem(source.id, "must be readable and fit into memory", hint=said))


def _described(
    database: Database, source: EventSource, known: datetime, limit: date | None
) -> Vintage:
    [(rows, first, last)] = database.execute(
        "SELECT count(*), min(day), max(day) FROM event"
    ).fetchall()
    content = vintages.content_of(database, "event")
    since, until = days.covered_by(source, known.date(), limit, first, last)
    return Vintage(source.id, known, since, until, rows, content, "", "", Path())


def _says_nothing_new(source: EventSource, last: Vintage, new: Vintage) -> bool:
    until = min(new.until, last.known.date() - timedelta(days=1)) if source.at else new.until
    return (new.content, new.since, until) == (last.content, last.since, last.until)


def _refuse_far_fewer(
    database: Database, source: EventSource, earlier: tuple[Vintage, ...], new: Vintage
) -> None:
    """Compare each day with the newest vintage that covers it."""
    rest: days.Days = ((new.since, new.until),)
    compared: list[tuple[Vintage, days.Span]] = []
    for vintage in reversed(earlier):
        covered = (vintage.since, vintage.until)
        compared += [(vintage, span) for span in days.within(rest, covered)]
        rest = days.without(rest, [covered])
    if not compared:
        return
    [(before, now)] = database.execute(
        """
        WITH span AS (
            SELECT unnest($file) AS file, unnest($since) AS since, unnest($until) AS until)
        SELECT
            (SELECT count(*) FROM read_parquet($files, filename = true)
                JOIN span ON filename = file AND day BETWEEN since AND until),
            (SELECT count(*) FROM event JOIN span ON day BETWEEN since AND until)
        """,
        {
            "file": [str(vintage.path) for vintage, _ in compared],
            "since": [since for _, (since, _) in compared],
            "until": [until for _, (_, until) in compared],
            "files": sorted({exact(vintage.path) for vintage, _ in compared}),
        },
    ).fetchall()
    if before >= _FEW and 2 * now < before:
        since, until = compared[-1][1][0], compared[0][1][1]
        rule = f"must have at least half of the {before} events known before"
        found = f"{now} on the days both cover"
        hint = f"{since} to {until}; --accept stores it nevertheless"
        raise ReadingError(Problem(source.id, rule, found, hint))


def _changes(case: Case, source: EventSource, pulls: tuple[Vintage, ...]) -> tuple[Changed, ...]:
    """Return what the last of the pulls changes in counted readings."""
    changed = []
    for tally in tallies(case, source, pulls):
        before = latest(readings_of(case, source, tally, pulls[:-1]))
        after = latest(readings_of(case, source, tally, pulls))
        for period, new in sorted(after.items()):
            old = before.get(period)
            if old is None or (old.value, old.days) != (new.value, new.days):
                changed.append(Changed(tally.indicator.id, period, source.id, old, new))
    return tuple(changed)
