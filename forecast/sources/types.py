"""What a fetch brings, and how a provider is dealt with."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from forecast.case import EventSource
from forecast.sources.problems import Problems

UCDP_API = "https://ucdpapi.pcr.uu.se"
ACLED_API = "https://acleddata.com"
SIZE = 2 * 1024**3  # bytes of a file, unpacked or not, or of all pages of an API together
PARSED = 32 * 1024**2  # bytes of what is parsed whole: one page, a JSON file
SECONDS = 3600.0  # for one body, however slowly it drips

Say = Callable[[int, int | None], None]  # done and, where known, of how many


class Validators(Protocol):
    """What a vintage keeps of the reply it came from, as `Fetched` gave it."""

    @property
    def etag(self) -> str:
        """As in `Fetched`."""

    @property
    def last_modified(self) -> str:
        """As in `Fetched`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One raw UTF-8 CSV in the provider's layout; ``raw`` None: not modified since the vintage.

    ``etag`` and ``last_modified`` are opaque: they hold the reply's validators *and* which
    definition of the source they belong to. ``limit`` is the last day the provider gives events
    of to this account, if it keeps the latest back.
    """

    raw: Path | None
    etag: str = ""
    last_modified: str = ""
    limit: date | None = None


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Provider:
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
    provider: Provider
    problems: Problems
    say: Say
    allow_local: bool


PROVIDERS = {
    "ucdp": Provider(UCDP_API),  # which gives at most 1000 a page
    "acled": Provider(ACLED_API, page=5000),
    "table": Provider(),
}
