"""What pulls are to the rest of the program: files with a date, and what they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from forecast.periods import Period
from forecast.readings.events.days import Days, length, within
from forecast.readings.types import Reading

type Reason = Literal["outside", "longer", "unknown", "gaps", "nothing", "regular"]


@dataclass(frozen=True, slots=True)
class Vintage:
    """One pull as it was stored, never changed after.

    ``known`` is when it was pulled (UTC, whole seconds), ``day`` the day that was where the analyst
    is; ``since`` to ``until`` are the days it speaks for. ``content`` is the SHA-256 of its events
    in the order of their ids; ``etag`` and ``last_modified`` are what the provider's server said of
    the file. ``reader`` says which columns it has (`vintages.READERS`).
    """

    source: str
    known: datetime
    since: date
    until: date
    rows: int
    content: str
    etag: str
    last_modified: str
    path: Path
    day: date
    reader: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that a source's pulls covered as known on a date; ``pulled``: the last of them."""

    pulled: date | None
    days: Days

    def of(self, period: Period) -> int:
        """How many days of a period are covered."""
        return length(within(self.days, (period.first_day, period.last_day)))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A name that a counting lets through and no event of a pull has; ``close``: one like it."""

    indicator: str
    column: str
    value: str
    close: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of a pull is in no count, from the ``first`` to the ``last`` day of it.

    ``number`` of ``among``, of one ``indicator`` unless it is so for all (empty)::

        outside   events on days that the pull does not cover
        longer    events that may lie in several periods: they are in none
        unknown   events without the number that is summed: their periods are missing
        gaps      days without a row, or with an empty one, in a table of one row a day
        nothing   events, none of which is let through
        regular   rows without a last day that begin as those of whole weeks or months do
    """

    reason: Reason
    indicator: str
    number: int
    among: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Changed:
    """A counted reading that a pull makes (``old`` is None) or changes."""

    indicator: str
    period: Period
    source: str
    old: Reading | None
    new: Reading


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a pull: ``vintage`` is None if it says nothing new (``unchanged``)."""

    vintage: Vintage | None
    unchanged: bool
    changes: tuple[Changed, ...]
    unmatched: tuple[Unmatched, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
