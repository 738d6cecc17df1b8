"""What is pulled: a source as its case declares it, and the layout its files have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

DateOrder = Literal["ymd", "dmy", "mdy"]
Decimal = Literal[".", ","]
Longer = Literal["total", "apart"]
EVENT_NUMBERS = ("deaths", "deaths_low", "deaths_high", "civilians", "value")  # can be summed
EVENT_WORDS = ("country", "admin1", "admin2", "place", "actor", "type")  # can be filtered by


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where events are pulled from: a table of ``indicators/sources.toml``.

    ``kind`` names one of the `forecast.sources.PROVIDERS`. ``at`` is a path (relative to the case)
    or a URL of a file; empty: the provider's API. Asked of an API: ``version`` (UCDP), ``country``
    and the days from ``since`` to ``until`` (None: the day of the pull). These days are also what a
    pull covers; without them its first and last event. ``was`` are ids it had before: their
    vintages are its own.

    Of a file the case describes only: ``columns`` maps what an event has, ``id`` and ``date`` at
    least, to columns of the file; ``key`` are all columns of the id, if it is made of several;
    ``numbers`` maps names of the case's own to columns that can be summed. ``day_rows``: every day
    has a row (None: as the first pull shows). ``dates`` is the order of dates written in numbers,
    ``decimal`` the decimal sign, ``missing`` are words that stand for an empty cell. ``longer``
    says what a row of several periods is: a total of them, or an event that is left out. ``delay``:
    a row is published so many days after its last day.
    """

    id: str
    kind: str
    at: str = ""
    version: str = ""
    country: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    columns: dict[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    numbers: dict[str, str] = field(default_factory=dict)
    day_rows: bool | None = None
    dates: DateOrder = "ymd"
    decimal: Decimal = "."
    missing: tuple[str, ...] = ()
    longer: Longer = "total"
    delay: int | None = None
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is read, and what an event is made of.

    ``columns`` maps each column that is read to its names in the file, any of them; those of
    ``optional`` may be missing. ``key`` are the columns that make the id. ``needed`` may not be
    empty, ``days`` and ``numbers`` are so or empty, the first of ``days`` is not after the others,
    ``texts`` may hold line breaks (in others they are spaces), ``one_of`` lists the values allowed.
    ``order`` is every column of a file that may come without a header, in its order.

    ``event`` are the columns of an event in SQL (`forecast.readings.events.layouts.EVENT`), where
    ``day_of``, ``last_of``, ``too_short`` and ``number_of`` are macros of
    `forecast.readings.events.load`. An event lies somewhere from ``day`` to ``last_day``: of one
    whose month alone is known these are the first and the last of the month.
    """

    columns: dict[str, tuple[str, ...]]
    key: tuple[str, ...]
    needed: tuple[str, ...]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    event: str
    one_of: tuple[str, tuple[str, ...]] | None = None
    optional: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
