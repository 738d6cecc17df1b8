"""What each pull changes in what is counted: one pass over all vintages, in SQL.

A row of a pull lives from that pull until a later one covers its day or holds its id::

    pull 0   covers |-------------|         rows  a  b  c
    pull 1             covers |-----------| rows        c  d
                                                        ^ a new version of c
    alive after pull 0   a b c
    alive after pull 1   a b c' d     unless a's or b's day is covered by pull 1: then it is gone,
                                      because the provider no longer has it

A row after the last day of its pull does not exist, neither does one on a day that no pull has
covered yet: such a day is missing, not counted. An event is counted on its first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from forecast.case.types import EVENT_NUMBERS, Counting
from forecast.periods import Cadence, Period
from forecast.readings.events.database import Database, exact
from forecast.readings.events.days import length, merged
from forecast.readings.events.filters import patterns
from forecast.readings.events.types import Vintage


@dataclass(frozen=True, slots=True)
class Change:
    """What pull number ``pull`` adds to the count of a period (or takes from it)."""

    pull: int
    period: Period
    events: int
    total: Decimal
    days: int


_PULLS = """
CREATE TEMP TABLE pull AS SELECT unnest($file) AS file, unnest($n)::INTEGER AS n,
    unnest($since)::DATE AS since, unnest($until)::DATE AS until
"""

# Every row of every pull, without its text: does it match counting 0, 1, ...? It is a run of one
# pull, its first and last.
_ROWS = """
CREATE TEMP TABLE run AS
SELECT {told}, n AS first, n AS last
FROM read_parquet($files, filename = true) JOIN pull ON file = filename
WHERE day <= until
"""

# The same where pulls repeat each other: rows that are the same in neighbouring pulls are one run,
# and are looked at once. One that was away in between is a run in each pull that has it.
_RUNS = """
CREATE TEMP TABLE run AS
WITH same AS (
    SELECT {columns}, list(n) AS pulls, min(n) AS first, max(n) AS last
    FROM read_parquet($files, filename = true) JOIN pull ON file = filename
    WHERE day <= until GROUP BY ALL),
told AS MATERIALIZED (SELECT {told}, pulls, first, last FROM same)
SELECT * EXCLUDE pulls FROM told WHERE len(pulls) = last - first + 1
UNION ALL
SELECT * EXCLUDE (pulls, first, last), unnest(pulls) AS first, unnest(pulls) AS last
FROM told WHERE len(pulls) < last - first + 1
"""

# Between two neighbouring bounds (first or last days of any pull) all days are covered by the
# same pulls: a stretch. `known` is the first pull that covers it, `again` the next after pull n.
_LIVES = """
CREATE TEMP TABLE life AS
WITH bound AS (SELECT since AS stretch FROM pull UNION SELECT until + 1 FROM pull),
stretches AS (
    SELECT stretch, n,
        min(CASE WHEN stretch BETWEEN since AND until THEN n END) OVER everything AS known,
        min(CASE WHEN stretch BETWEEN since AND until THEN n END) OVER later AS again
    FROM bound CROSS JOIN pull
    WINDOW everything AS (PARTITION BY stretch),
        later AS (PARTITION BY stretch ORDER BY n
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)),
days AS (
    SELECT day, stretch
    FROM (SELECT DISTINCT day FROM run) ASOF JOIN bound ON day >= stretch),
existing AS (
    SELECT run.*, greatest(first, known) AS n, again
    FROM run JOIN days USING (day) JOIN stretches USING (stretch)
    WHERE stretches.n = last AND known <= last),
-- Only where the very next pull does not end a row anyway can a newer version of it matter.
staying AS MATERIALIZED (SELECT * FROM existing WHERE again IS DISTINCT FROM last + 1),
newer AS (
    SELECT staying.last, id, min(run.first) AS newer
    FROM staying JOIN run USING (id) WHERE run.first > staying.last
    GROUP BY staying.last, id)
SELECT * EXCLUDE (id, first, last, again), again AS until FROM existing WHERE again = last + 1
UNION ALL
SELECT * EXCLUDE (id, first, last, again, newer), least(again, newer) AS until
FROM staying LEFT JOIN newer USING (last, id)
"""

# Births and deaths of rows by day, summed up over pulls to see on which days anything is alive.
# Decimals: of sums and differences of floats residues are left.
_CHANGES = """
WITH delta AS (
    SELECT day, n, count(*) AS events, sum({amount}) AS total
    FROM life WHERE {matches} AND day >= $first GROUP BY ALL
    UNION ALL
    SELECT day, until, -count(*), -sum({amount})
    FROM life WHERE {matches} AND day >= $first AND until IS NOT NULL GROUP BY ALL),
daily AS (
    SELECT day, n, sum(events) AS events, coalesce(sum(total), 0) AS total
    FROM delta GROUP BY ALL HAVING sum(events) <> 0 OR sum(total) <> 0),
counted AS (
    SELECT *, sum(events) OVER (PARTITION BY day ORDER BY n) AS alive FROM daily)
SELECT n, date_trunc($cadence, day)::DATE AS first_day, sum(events)::BIGINT, sum(total),
    sum((alive > 0)::INTEGER - (alive - events > 0)::INTEGER)::INTEGER
FROM counted GROUP BY ALL ORDER BY n, first_day
"""


def changes(
    database: Database,
    vintages: Sequence[Vintage],
    countings: Sequence[Counting],
    *,
    first: date,
    cadence: Cadence,
) -> list[list[Change]]:
    """Return for each counting what each vintage changes, by pull, then period.

    ``first`` is the first day that is counted; pulls are numbered as `vintages`, oldest first. The
    database may read their folders.
    """
    files = {"file": [str(vintage.path) for vintage in vintages], "n": list(range(len(vintages)))}
    covered = {"since": [v.since for v in vintages], "until": [v.until for v in vintages]}
    database.execute(_PULLS, files | covered)
    bound: dict[str, object] = {"files": [exact(vintage.path) for vintage in vintages]}
    asked = [patterns(counting) for counting in countings]
    flags = [_flag(number, wanted, bound) for number, wanted in enumerate(asked)]
    summed = {c.column for c in countings if c.measure == "sum"}
    numbers = [column for column in EVENT_NUMBERS if column in summed]
    words = [column for column in _WORDS if any(column in wanted for wanted in asked)]
    columns = ", ".join(["id", "day", *numbers, *words])
    told = ", ".join(["id", "day", *numbers, *flags])
    rows = _RUNS if _repeated(vintages) else _ROWS
    database.execute(rows.format(columns=columns, told=told), bound)
    database.execute(_LIVES)
    return [
        [
            Change(pull, Period.containing(day, cadence), events, total, days)
            for pull, day, events, total, days in database.execute(
                _CHANGES.format(amount=_amount(counting), matches=f"match_{number}"),
                {"first": first, "cadence": cadence},
            ).fetchall()
        ]
        for number, counting in enumerate(countings)
    ]


def _repeated(vintages: Sequence[Vintage]) -> bool:
    """Tell whether days are covered often enough for finding equal rows to pay: three times."""
    spans = [(vintage.since, vintage.until) for vintage in vintages]
    return sum(length((span,)) for span in spans) >= 3 * length(merged(spans))


def _flag(number: int, wanted: dict[str, str], bound: dict[str, object]) -> str:
    """Return the column that says whether a row matches; its patterns are added to ``bound``."""
    terms = ["true"]
    for column, pattern in wanted.items():
        name = f"pattern_{len(bound)}"
        bound[name] = pattern
        terms.append(f"regexp_matches({_WORDS[column]}, ${name})")
    return f"{' AND '.join(terms)} AS match_{number}"


_WORDS = {name: name for name in ("country", "admin1", "admin2", "place", "actor", "type", "text")}
_NUMBERS = {name: f"{name}::DECIMAL(18, 6)" for name in EVENT_NUMBERS}


def _amount(counting: Counting) -> str:
    return _NUMBERS[counting.column] if counting.measure == "sum" else "NULL::DECIMAL(18, 6)"
