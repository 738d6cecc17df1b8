"""What each pull changes in what is counted: one pass over all vintages, in SQL.

A row of a pull lives from that pull until a later one covers its day or holds its id::

    pull 0   covers |-------------|         rows  a  b  c
    pull 1             covers |-----------| rows        c  d
                                                        ^ a new version of c
    alive after pull 0   a b c
    alive after pull 1   a b c' d     unless a's or b's day is covered by pull 1: then it is gone,
                                      because the provider no longer has it

A row after the last day of its pull does not exist, neither does one on a day that no pull has
covered yet: such a day is missing, not counted.

Where a row counts, by the days it may lie on::

    period     |-------------|-------------|-------------|
    a              <->                                      in its period
    b                     <----->                           in that of its first day
    c          <-------------------------->                 a total of whole periods (``span``)
    d                 <--------------->                     as long as a period, and in none: apart

History. What a table says of its own publication is what a pull of that day would have brought.
Before the first pull of it there is one such pull on the first day after each period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile

from forecast.case.folder import SOURCES
from forecast.case.types import Counting
from forecast.errors import CaseError, Problem, ReadingError
from forecast.periods import Cadence, Period
from forecast.readings.events.database import Database, exact
from forecast.readings.events.days import Span, covered_by, length, merged
from forecast.readings.events.filters import condition, patterns
from forecast.readings.events.types import Vintage
from forecast.sources import EventSource, provider_of
from forecast.sources.provider import EVENT_NUMBERS, EVENT_WORDS

_FEWEST = 14  # days from which a table can be seen to have a row for each


@dataclass(frozen=True, slots=True)
class Change:
    """What step ``step`` adds to a count of ``span`` periods from ``period`` on, or takes from it.

    ``unknown`` events have no number, on ``days`` there is an event, ``apart`` are events that may
    lie in the period and are not counted.
    """

    step: int
    period: Period
    span: int
    events: int
    total: Decimal
    unknown: int
    days: int
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """A day before the first pull, and what a pull on it would have covered (None: nothing)."""

    day: date
    span: Span | None


@dataclass(frozen=True, slots=True)
class Counted:
    """All changes of one counting, by step: of ``pulls``, and of ``history`` before them.

    ``day_rows``: its rows are days, and a day without one is not covered; ``days`` and
    ``past_days`` are those that are, each after the first step of that. ``totals``: its rows are
    totals of several periods, and no single one is known.
    """

    pulls: Sequence[Change]
    history: Sequence[Change]
    day_rows: bool
    totals: bool
    days: Sequence[tuple[int, date]]
    past_days: Sequence[tuple[int, date]]


_PULLS = """
CREATE TEMP TABLE pull AS SELECT unnest($file) AS file, unnest($n)::INTEGER AS n,
    unnest($since)::DATE AS since, unnest($until)::DATE AS until
"""

# Every row of every pull, without its text: does it match counting 0, 1, ...? It is a run of one
# pull, its first and last.
_ROWS = """
CREATE TEMP TABLE run AS
SELECT {told}, n AS first, n AS last
FROM (SELECT {columns}, n, until
    FROM read_parquet($files, filename = true{union}) JOIN pull ON file = filename)
WHERE {exists}
"""

# The same where pulls repeat each other: rows that are the same in neighbouring pulls are one run,
# and are looked at once. One that was away in between is a run in each pull that has it.
_RUNS = """
CREATE TEMP TABLE run AS
WITH same AS (
    SELECT {columns}, list(n) AS pulls, min(n) AS first, max(n) AS last
    FROM read_parquet($files, filename = true{union}) JOIN pull ON file = filename
    WHERE {exists} GROUP BY ALL),
told AS MATERIALIZED (SELECT {told}, pulls, first, last FROM same)
SELECT * EXCLUDE pulls FROM told WHERE len(pulls) = last - first + 1
UNION ALL
SELECT * EXCLUDE (pulls, first, last), unnest(pulls) AS first, unnest(pulls) AS last
FROM told WHERE len(pulls) < last - first + 1
"""

# How many periods a row is a total of: 1 where it counts on its first day, 0 where it is apart.
_SPAN = """CASE
    WHEN date_trunc($cadence, day) = date_trunc($cadence, last_day) OR last_day - day + 1 <
        CASE $cadence WHEN 'week' THEN 7 ELSE day(last_day(day)) END THEN 1
    WHEN {totals} AND day = date_trunc($cadence, day)
        AND last_day + 1 = date_trunc($cadence, last_day + 1)
        THEN datediff($cadence, day, last_day) + 1
    ELSE 0 END"""

# The day whose coverage a row lives by: its first; of one that is apart the first that is covered.
_LIVED = "CASE WHEN ({span}) = 0 THEN least(last_day, greatest(day, since)) ELSE day END AS lived"

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
    SELECT lived, stretch
    FROM (SELECT DISTINCT lived FROM run) ASOF JOIN bound ON lived >= stretch),
existing AS (
    SELECT run.*, greatest(first, known) AS n, again
    FROM run JOIN days USING (lived) JOIN stretches USING (stretch)
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

# Rows of the first pull by the first of the days before it on which they had been published.
_HISTORY = """
CREATE TEMP TABLE history AS
SELECT dated.* EXCLUDE (id, first, last, issued, moment), past.n, NULL::INTEGER AS until
FROM (SELECT *, greatest(issued, CASE WHEN span > 1 THEN last_day ELSE day END + 1) AS moment
    FROM run WHERE first = 0 AND issued IS NOT NULL) AS dated
ASOF JOIN (SELECT unnest($on)::DATE AS day, unnest($n)::INTEGER AS n) AS past
    ON dated.moment <= past.day
"""

# Births and deaths of rows by day, summed up over pulls to see on which days anything is alive.
# Decimals: of sums and differences of floats residues are left.
_ALIVE = """
WITH born AS (
    SELECT day, span, n, until, {amount} AS amount
    FROM {lives} WHERE {matches} AND span > 0 AND day >= $first),
delta AS (
    SELECT day, span, n, count(*) AS events, sum(amount) AS total,
        count(*) - count({number}) AS unknown
    FROM born GROUP BY ALL
    UNION ALL
    SELECT day, span, until, -count(*), -sum(amount), count({number}) - count(*)
    FROM born WHERE until IS NOT NULL GROUP BY ALL),
daily AS (
    SELECT day, span, n, sum(events) AS events, coalesce(sum(total), 0) AS total,
        sum(unknown) AS unknown
    FROM delta GROUP BY ALL
    HAVING sum(events) <> 0 OR sum(total) <> 0 OR sum(unknown) <> 0),
alive AS (
    SELECT *, sum(events) OVER past AS all_events, sum(total) OVER past AS all_total,
        sum(unknown) OVER past AS all_unknown
    FROM daily WINDOW past AS (PARTITION BY day, span ORDER BY n))
"""

_CHANGES = """
SELECT n, date_trunc($cadence, day)::DATE AS first_day, span, sum(events)::BIGINT, sum(total),
    sum(unknown)::BIGINT,
    sum((all_events > 0)::INTEGER - (all_events - events > 0)::INTEGER)::INTEGER
FROM alive GROUP BY ALL ORDER BY n, first_day
"""

# Where days have rows, one without a number is not covered, and what is known of it is not counted.
_DAYS = """,
state AS (
    SELECT day, span, n, (all_events > 0 AND all_unknown = 0)::INTEGER AS covered,
        CASE WHEN covered = 1 THEN all_events ELSE 0 END AS events,
        CASE WHEN covered = 1 THEN all_total ELSE 0 END AS total
    FROM alive)
"""

_OF_DAYS = """,
step AS (
    SELECT day, span, n, events - lag(events, 1, 0) OVER past AS events,
        total - lag(total, 1, 0) OVER past AS total,
        covered - lag(covered, 1, 0) OVER past AS covered
    FROM state WINDOW past AS (PARTITION BY day, span ORDER BY n))
SELECT n, date_trunc($cadence, day)::DATE AS first_day, span, sum(events)::BIGINT, sum(total),
    0, sum(covered)::INTEGER
FROM step GROUP BY ALL ORDER BY n, first_day
"""

_COVERED = "SELECT min(n), day FROM state WHERE covered = 1 GROUP BY day ORDER BY day"

_APART = """
WITH born AS (
    SELECT n, until, date_trunc($cadence, greatest(day, $first))::DATE AS from_day,
        date_trunc($cadence, least(last_day, $last))::DATE AS to_day
    FROM {lives} WHERE {matches} AND span = 0 AND last_day >= $first)
SELECT n, from_day, to_day, sum(events)::BIGINT FROM (
    SELECT n, from_day, to_day, count(*) AS events FROM born GROUP BY ALL
    UNION ALL
    SELECT until, from_day, to_day, -count(*) FROM born WHERE until IS NOT NULL GROUP BY ALL)
GROUP BY ALL HAVING sum(events) <> 0
"""

_LONG = "SELECT count(*) FROM run WHERE {matches} AND span <> 1 AND last_day >= $first"
_KINDS = """
SELECT count(*) FILTER (span = 1), count(*) FILTER (span > 1), count(*) FILTER (span = 0),
    min(last_day - day + 1) FILTER (span <> 1), max(last_day - day + 1) FILTER (span <> 1),
    min(day) FILTER (span <> 1), arg_min(last_day, day) FILTER (span <> 1)
FROM (SELECT DISTINCT id, day, last_day, span FROM run WHERE {matches} AND last_day >= $first)
"""

_IN_THE_FIRST = """
SELECT count(*), count(DISTINCT day), coalesce(max(day) - min(day) + 1, 0),
    coalesce(max(last_day - day), 0)
FROM run WHERE {matches} AND first = 0
"""


class Lives:
    """What is alive after each pull of a source, and of each day of its history.

    The database may read the folders of the vintages, which are numbered from the oldest on;
    ``first`` is the first day that is counted.
    """

    def __init__(
        self,
        database: Database,
        source: EventSource,
        vintages: Sequence[Vintage],
        countings: Sequence[Counting],
        *,
        first: date,
        cadence: Cadence,
    ) -> None:
        self._database = database
        self._source = source
        self._vintages = vintages
        self._has_totals = has_totals(source)
        self._calendar: dict[str, object] = {"cadence": cadence}
        self._first = first
        self._cadence = cadence
        self.history = self._dated_days()
        self._prepare(countings)

    def of(self, number: int, counting: Counting) -> Counted:
        """What is counted in one of the ways that were announced.

        Raises
        ------
        CaseError
            If a row can be counted in no period, and is not declared to be left out.
        """
        matches = f"match_{number}"
        totals = self._are_totals(matches, counting)
        day_rows = self._are_days(matches, counting)
        pulls, days = self._changes("life", matches, number, counting, day_rows=day_rows)
        history, past_days = (
            self._changes("history", matches, number, counting, day_rows=day_rows)
            if self.history
            else ([], [])
        )
        return Counted(pulls, history, day_rows, totals, days, past_days)

    def _dated_days(self) -> list[date]:
        """The days of the history: the first after each period, up to the first pull."""
        oldest = self._vintages[0]
        dated = "published" in self._source.columns and oldest.reader != "1"
        if not dated and self._source.delay is None:
            return []
        start = Period.containing(self._first, self._cadence)
        days = ((start + step).refresh_day for step in range((oldest.day - self._first).days))
        return list(takewhile(lambda day: day < oldest.day, days))

    def _prepare(self, countings: Sequence[Counting]) -> None:
        vintages, database = self._vintages, self._database
        files = {"file": [str(vintage.path) for vintage in vintages], "n": [*range(len(vintages))]}
        covered = {"since": [v.since for v in vintages], "until": [v.until for v in vintages]}
        database.execute(_PULLS, files | covered)
        bound: dict[str, object] = {"files": [exact(vintage.path) for vintage in vintages]}
        bound |= self._calendar
        flags = [
            f"{condition(counting, bound)} AS match_{number}"
            for number, counting in enumerate(countings)
        ]
        numbers, read = self._numbers(countings, bound)
        filtered = {column for counting in countings for column in patterns(counting)}
        words = [column for column in (*EVENT_WORDS, "text") if column in filtered]
        issued = []
        if self.history:
            delay = self._source.delay
            day = "published" if delay is None else f"last_day + {delay:d}"
            issued = [f"{day} AS issued"]
        span = span_of(self._source)
        columns = ["id", "day", "last_day", _LIVED.format(span=span), *issued, *read, *words]
        shown = ["id", "day", "last_day", "lived", *(["issued"] if issued else []), *numbers]
        rows = _RUNS if _repeated(vintages) else _ROWS
        database.execute(
            rows.format(
                columns=", ".join(columns),
                told=", ".join([*shown, f"{span} AS span", *flags]),
                # Only the newer vintages have numbers of the case's own.
                union=", union_by_name = true" if read != numbers or issued else "",
                exists=f"CASE WHEN {span} > 1 THEN last_day ELSE day END <= until"
                if self._has_totals
                else "day <= until",
            ),
            bound,
        )
        database.execute(_LIVES)
        if self.history:
            database.execute(_HISTORY, {"on": self.history, "n": [*range(len(self.history))]})

    def _numbers(
        self, countings: Sequence[Counting], bound: dict[str, object]
    ) -> tuple[list[str], list[str]]:
        """The columns of what is summed, and how they are read from a vintage."""
        summed = {c.column for c in countings if c.measure == "sum"}
        numbers = [column for column in EVENT_NUMBERS if column in summed]
        read = list(numbers)
        own = any(vintage.reader != "1" for vintage in self._vintages)
        for number, counting in enumerate(countings):
            if counting.measure == "sum" and counting.column not in EVENT_NUMBERS:
                name = f"name_{number}"
                if own:
                    bound[name] = counting.column
                read.append(f"{f'numbers[${name}]' if own else 'NULL::DOUBLE'} AS own_{number}")
                numbers.append(f"own_{number}")
        return numbers, read

    def _are_totals(self, matches: str, counting: Counting) -> bool:
        if not self._has_totals:
            return False
        first = {"first": self._first}
        [(some,)] = self._database.execute(_LONG.format(matches=matches), first).fetchall()
        if not some:
            return False
        [(single, totals, apart, shortest, longest, *example)] = self._database.execute(
            _KINDS.format(matches=matches), first
        ).fetchall()
        if apart or (totals and (single or counting.measure != "sum")):
            unit = self._cadence
            rule = f"must hold rows within a {unit} each, or nothing but totals of whole {unit}s"
            days = f"{shortest} days" if shortest == longest else f"{shortest} to {longest} days"
            rows = apart + totals
            found = f"{rows} {'row' if rows == 1 else 'rows'} of {days}"
            found += f", the first from {example[0]} to {example[1]}"
            if single:
                found += f", beside {single} within a {unit}"
            hints = []
            if unit == "week" and shortest >= 28 and longest <= 31:
                hints.append('count monthly rows in a case with cadence = "month"')
            if totals and counting.measure != "sum":
                hints.append('a total is counted by measure = "sum"')
            hints.append('longer = "apart" leaves such rows out')
            where = f"{SOURCES}, [{self._source.id}]"
            raise CaseError(Problem(where, rule, found, ", or ".join(hints)))
        return bool(totals)

    def _are_days(self, matches: str, counting: Counting) -> bool:
        """Tell whether rows are days: as declared, else as most days of the first pull have one."""
        if not provider_of(self._source).mapped or counting.measure != "sum":
            return False
        if self._source.day_rows is not None:
            return self._source.day_rows
        [(rows, days, covered, longest)] = self._database.execute(
            _IN_THE_FIRST.format(matches=matches)
        ).fetchall()
        return bool(longest == 0 and rows == days >= _FEWEST and 4 * days >= 3 * covered)

    def _changes(
        self, lives: str, matches: str, number: int, counting: Counting, *, day_rows: bool
    ) -> tuple[list[Change], list[tuple[int, date]]]:
        bound = {"first": self._first}
        alive = _ALIVE.format(
            lives=lives,
            matches=matches,
            amount=amount_of(counting, self._source, f"own_{number}"),
            number="amount" if counting.measure == "sum" else "day",
        )
        alive += _DAYS if day_rows else ""
        found = self._database.execute(
            alive + (_OF_DAYS if day_rows else _CHANGES), bound | self._calendar
        ).fetchall()
        made = [
            Change(step, Period.containing(day, self._cadence), span, *counted)
            for step, day, span, *counted in found
        ]
        made += self._apart(lives, matches)
        days = self._database.execute(alive + _COVERED, bound).fetchall() if day_rows else []
        return sorted(made, key=lambda change: change.step), days

    def _apart(self, lives: str, matches: str) -> list[Change]:
        last = max(vintage.until for vintage in self._vintages)
        found = self._database.execute(
            _APART.format(lives=lives, matches=matches),
            {"first": self._first, "last": last, **self._calendar},
        ).fetchall()
        events: dict[tuple[int, Period], int] = defaultdict(int)
        for step, from_day, to_day, number in found:
            period = Period.containing(from_day, self._cadence)
            while period.first_day <= to_day:
                events[step, period] += number
                period += 1
        return [
            Change(step, period, 1, 0, Decimal(0), 0, 0, apart)
            for (step, period), apart in events.items()
        ]

    def pasts(self) -> list[Past]:
        """The days of the history with what a pull on each would have covered."""
        if not self.history:
            return []
        oldest = self._vintages[0]
        found = self._database.execute(
            "SELECT n, min(day), max(last_day) FROM history WHERE span > 0 GROUP BY n"
        ).fetchall()
        ends = {step: (first, last) for step, first, last in found}
        pasts: list[Past] = []
        first = last = None
        for step, day in enumerate(self.history):
            if step in ends:
                first = min(first or date.max, ends[step][0])
                last = max(last or date.min, ends[step][1])
            limit = min(day - timedelta(days=self._source.delay or 1), oldest.until)
            try:
                since, until = covered_by(self._source, day, limit, first, last)
            except ReadingError:  # nothing yet
                pasts.append(Past(day, None))
            else:
                pasts.append(Past(day, (max(since, oldest.since), until)))
        return pasts


def has_totals(source: EventSource) -> bool:
    """Tell whether rows of whole periods are totals: of a table, unless they are declared apart."""
    return provider_of(source).mapped and source.longer == "total"


def span_of(source: EventSource) -> str:
    """How many periods of ``$cadence`` an event is a total of, in SQL: 1 if of none, 0 if apart."""
    return _SPAN.format(totals=str(has_totals(source)).lower())


def _repeated(vintages: Sequence[Vintage]) -> bool:
    """Tell whether days are covered often enough for finding equal rows to pay: three times."""
    spans = [(vintage.since, vintage.until) for vintage in vintages]
    return sum(length((span,)) for span in spans) >= 3 * length(merged(spans))


def amount_of(counting: Counting, source: EventSource, own: str) -> str:
    """What is summed of an event, in SQL; ``own`` where it is a number of the case's own."""
    if counting.measure != "sum":
        return "NULL::DECIMAL(18, 6)"
    if counting.column not in EVENT_NUMBERS:
        return f"{own}::DECIMAL(18, 6)"
    [amount] = [f"{name}::DECIMAL(18, 6)" for name in EVENT_NUMBERS if name == counting.column]
    known = counting.column in provider_of(source).known_zero
    return f"coalesce({amount}, 0)" if known else amount
