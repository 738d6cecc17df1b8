"""Counted readings in the user's cache folder: a saving of time, never a record.

Counted anew when a definition, a vintage or this package is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from forecast.case.types import Case, EventSource
from forecast.kit.cache import Cache, sources_digest
from forecast.readings.events.vintages import list_files
from forecast.readings.types import Reading


@dataclass(frozen=True, slots=True)
class Counted:
    """All counted readings, and of each indicator and source when which days became covered."""

    readings: tuple[Reading, ...]
    spans: dict[tuple[str, str], tuple[tuple[date, date, date], ...]]


COUNTED = Cache[Counted]("counted", Counted, most=32)


def key_of(case: Case, sources: Sequence[EventSource]) -> str | None:
    """Return what `Counted` depends on as a hash; None if these sources have no vintages."""
    files = [
        (source.id, str(path), *_stamp(path))
        for source in sources
        for path in list_files(case, source.id)
    ]
    if not files:
        return None
    indicators = [(i.id, i.scope, i.counted) for i in case.indicators]
    defined = (case.cadence, case.first, list(sources), indicators)
    code = sources_digest(Path(__file__).parent), version("duckdb")
    return hashlib.sha256(repr((code, defined, files)).encode()).hexdigest()


def _stamp(path: Path) -> tuple[int, int]:
    """Return size and time of a file; a link that leads nowhere is for the reader to refuse."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
