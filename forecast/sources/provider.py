"""A source as its case declares it, and its provider: all that is particular to its kind.

::

    Provider ── keys, needs      which keys its table takes       forecast.case
             ├─ layout, numbers  what its files hold              forecast.readings.events
             ├─ page, versions   what it publishes, and where
             └─ api              its public API, if it has one    forecast.sources.fetch

Nothing else branches on the name of a kind: a provider is one module of this package and one line
of `PROVIDERS`. No field has a default, so that none can be forgotten.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from forecast.sources.credentials import Account, Secret
from forecast.sources.problems import Problems

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


SIZE = 2 * 1024**3  # bytes of a file, unpacked or not, or of all pages of an API together
PARSED = 32 * 1024**2  # bytes of what is parsed whole: one page, a JSON file
SECONDS = 3600.0  # for one body, however slowly it drips

Say = Callable[[int, int | None], None]  # done and, where known, of how many
Headers = Mapping[str, str | Secret]


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Service:
    """Where an API is, and how patient and how generous one is with it. Tests pass their own.

    ``page`` rows are asked for at a time. ``size`` and ``parsed`` are in bytes, ``seconds`` are
    for one body. ``sleep`` waits between tries, ``jitter`` is uniform on [0, 1).
    """

    api: str = ""
    page: int = 1000
    size: int = SIZE
    parsed: int = PARSED
    seconds: float = SECONDS
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = _utc


@dataclass(frozen=True, slots=True)
class Task:
    """What one fetch is about, and whom it tells of progress and of problems."""

    source: EventSource
    service: Service
    problems: Problems
    say: Say
    allow_local: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of an API: its status and its JSON (None if a failure came without)."""

    status: int
    data: Any


class Conversation(Protocol):
    """An API as a provider speaks with it; over HTTP: `forecast.sources.client.Client`."""

    def ask(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str | Secret] | None = None,
        headers: Headers | None = None,
    ) -> Answer:
        """The answer to a GET; with a ``form``, to a POST."""


@dataclass(frozen=True, slots=True)
class Api:
    """A provider's public API.

    ``pull`` writes every event of a task's source to a CSV file in the provider's layout, and
    returns the last day that this account is given events of; None if nothing is kept back.
    """

    service: Service
    account: Account
    pull: Callable[[Task, Conversation, Path], date | None]


@dataclass(frozen=True, slots=True)
class Need:
    """A key that must be given, or another one in its stead."""

    key: str
    unless: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of a provider's data: what one looks like, and the days from first to last it has.

    ``days`` returns None for what is no version.
    """

    words: str
    days: Callable[[str], tuple[date, date] | None]


@dataclass(frozen=True, slots=True)
class Provider:
    """One kind of source.

    Parameters
    ----------
    kind
        What ``kind`` of a ``[source]`` table says.
    name
        The provider in a sentence.
    page
        The address of a reading counted from its data; "" if it has none.
    keys
        The keys of a ``[source]`` table that are its own (`forecast.case.tables.SOURCE` has those
        of all).
    needs
        The keys it must have.
    numbers
        Those of `EVENT_NUMBERS` that its events may have.
    known_zero
        Those of them that are 0 where an event has none; of the others it is then unknown.
    mapped
        Whether the case says what its files hold (``columns``), in their own spelling: an event
        or a number of an area and a time a row, in CSV or JSON.
    layout
        Of the files of one of its sources.
    versions
        None if its data has none.
    api
        None if it has none: then ``at`` is one of ``needs``.
    """

    kind: str
    name: str
    page: str
    keys: tuple[str, ...]
    needs: tuple[Need, ...]
    numbers: tuple[str, ...]
    known_zero: tuple[str, ...]
    mapped: bool
    layout: Callable[[EventSource], Layout]
    versions: Versions | None
    api: Api | None

    def __post_init__(self) -> None:
        """Refuse a provider that nothing could be fetched from."""
        if self.api is None and Need("at") not in self.needs:
            raise TypeError(f"{self.kind}: without an api, at must be one of its needs")

    def version_days(self, version: str) -> tuple[date, date] | None:
        """The first and the last day a version covers; None if it is no version."""
        return self.versions.days(version) if self.versions else None
