"""What pulls are to the rest of the program: files with a date, and what they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from forecast.periods import Period
from forecast.readings.events.days import Days, length, within
from forecast.readings.types import Reading

READER = "1"  # raised when what a vintage's columns mean changes


@dataclass(frozen=True, slots=True)
class Vintage:
    """One pull as it was stored, never changed after.

    ``known`` is when it was pulled (UTC, whole seconds); ``since`` to ``until`` are the days it
    speaks for. ``content`` is the SHA-256 of its events in the order of their ids; ``etag`` and
    ``last_modified`` are what the provider's server said of the file.
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


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that a source's pulls covered as known on a date; ``pulled``: the last of them."""

    pulled: date | None
    days: Days

    def of(self, period: Period) -> int:
        """Return how many days of a period are covered."""
        return length(within(self.days, (period.first_day, period.last_day)))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A name that a counting lets through and no event of a pull has; ``close``: one like it."""

    indicator: str
    column: str
    value: str
    close: str


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
