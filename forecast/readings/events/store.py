"""Storing a pull: a provider's file becomes a vintage, or nothing at all happens."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from forecast.case.types import Case
from forecast.errors import Problem, ReadingError
from forecast.readings.events import days, vintages
from forecast.readings.events.count import Tally, latest, readings_of, tallies
from forecast.readings.events.database import Database, exact, failing_as, opened
from forecast.readings.events.leftout import left_out, let_through_nothing, unmatched
from forecast.readings.events.life import has_totals, span_of
from forecast.readings.events.load import load
from forecast.readings.events.types import Changed, Stored, Vintage
from forecast.readings.types import Reading
from forecast.sources import EventSource

_FIRST_MIDNIGHT = timedelta(hours=14)  # east of Greenwich, where a day begins
_FEW = 20  # with fewer events before, that there are far fewer now says little


def store(
    case: Case,
    source: EventSource,
    raw: Path,
    *,
    known: datetime,
    day: date | None = None,
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
    day
        The day that was where the analyst is (None: in Greenwich).
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
        If an earlier vintage is damaged, or a row can be counted in no period.
    """
    known = known.astimezone(UTC).replace(microsecond=0)
    day = day or known.date()
    place = vintages.path_of(case, source.id, known)
    folders = vintages.folders_of(case, source.id)
    with (
        tempfile.TemporaryDirectory() as scratch,
        opened(raw.parent, Path(scratch), place.parent, *folders) as database,
    ):
        earlier = vintages.found_in(database, case, source.id)
        if earlier and known <= earlier[-1].known:
            rule = f"must be pulled after {vintages.name_of(earlier[-1].known)}, the newest vintage"
            raise ReadingError(Problem(source.id, rule, vintages.name_of(known)))
        if earlier:  # whoever travels west does not learn of a pull before it was made
            day = max(day, earlier[-1].day)
        written = Path(scratch).resolve() / place.name
        with failing_as(lambda said: _failed(source, said)):
            # Whoever publishes may be where the next day has begun.
            load(database, source, raw, (known + _FIRST_MIDNIGHT).date())
            new = replace(
                _described(database, case, source, known, day, limit),
                etag=etag,
                last_modified=last_modified,
                path=written,
            )
            absent = unmatched(database, case, source)
            same = bool(earlier) and _says_nothing_new(source, earlier[-1], new)
            if not same:
                if not accept:
                    _refuse_far_fewer(database, source, earlier, new)
                vintages.write(database, new, source.kind)
            pulls = earlier if same else (*earlier, new)
            counted = tallies(case, source, pulls)
            of_days = {tally.indicator.id for tally in counted if tally.counted.day_rows}
            apart = left_out(database, case, source, (new.since, new.until), of_days)
            apart += let_through_nothing(database, case, source)
        if same:
            return Stored(None, unchanged=True, changes=(), unmatched=absent, left_out=apart)
        changes = _changes(case, source, counted, pulls)
        if keep:
            vintages.keep(case, written, place)
    new = replace(new, path=place)
    return Stored(new, unchanged=False, changes=changes, unmatched=absent, left_out=apart)


def _failed(source: EventSource, said: str) -> ReadingError:
    return ReadingError(Problem(source.id, "must be readable and fit into memory", hint=said))


def _described(
    database: Database,
    case: Case,
    source: EventSource,
    known: datetime,
    day: date,
    limit: date | None,
) -> Vintage:
    # What is left out, as it may lie in several periods, does not say where events begin and end.
    ends = ("last_day", "true") if has_totals(source) else ("day", f"{span_of(source)} > 0")
    [(rows, first, last)] = database.execute(
        f"SELECT count(*), min(day) FILTER ({ends[1]}), max({ends[0]}) FILTER ({ends[1]}) "  # noqa: S608  # of this package
        "FROM event",
        {} if has_totals(source) else {"cadence": case.cadence},
    ).fetchall()
    if rows and first is None and source.since is None and not source.version:
        rule = f"must hold an event within a {case.cadence}, or declare since"
        raise ReadingError(Problem(source.id, rule, f"only longer ones, {rows} of them"))
    content = vintages.content_of(database, "event")
    since, until = days.covered_by(source, day, limit, first, last)
    return Vintage(
        source=source.id,
        known=known,
        since=since,
        until=until,
        rows=rows,
        content=content,
        etag="",
        last_modified="",
        path=Path(),
        day=day,
        reader=vintages.READER,
    )


def _says_nothing_new(source: EventSource, last: Vintage, new: Vintage) -> bool:
    until = min(new.until, last.day - timedelta(days=1)) if source.at else new.until
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


def _equal(old: Reading, new: Reading) -> bool:
    return (old.value, old.days) == (new.value, new.days)


def _changes(
    case: Case, source: EventSource, counted: Sequence[Tally], pulls: tuple[Vintage, ...]
) -> tuple[Changed, ...]:
    """Return what the last of the pulls changes in counted readings."""
    changed = []
    for tally in counted:
        before = latest(readings_of(case, source, tally, pulls[:-1]))
        after = latest(readings_of(case, source, tally, pulls))
        for key, new in sorted(after.items()):
            old = before.get(key)
            if old is None or not ((old.withdrawn and new.withdrawn) or _equal(old, new)):
                changed.append(Changed(tally.indicator.id, new.period, source.id, old, new))
    return tuple(changed)
