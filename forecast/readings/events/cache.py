"""What was counted, kept in the user's cache folder: a saving of time, never a record.

One file for each case, made anew when a definition, a vintage or this package is another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from forecast import caches
from forecast import sources as providers
from forecast.case.types import Case
from forecast.periods import Period
from forecast.readings.events.vintages import list_files
from forecast.readings.types import Reading
from forecast.sources import EventSource


@dataclass(frozen=True, slots=True)
class Counted:
    """All counted readings, and of each indicator and source when which days became covered."""

    readings: tuple[Reading, ...]
    spans: dict[tuple[str, str], tuple[tuple[date, date, date], ...]]


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
    code = (
        caches.sources_digest(Path(__file__).parent),
        caches.sources_digest(Path(providers.__file__).parent),
        version("duckdb"),
    )
    return hashlib.sha256(repr((code, defined, files)).encode()).hexdigest()


def load(case: Case, key: str) -> Counted | None:
    """Return what is kept under a key; None if there is nothing, or it is damaged."""
    if (text := caches.kept(_path(case))) is None:
        return None
    try:
        kept = json.loads(text)
        if kept["key"] != key:
            return None
        return Counted(
            readings=tuple(_reading(fields) for fields in kept["readings"]),
            spans={
                (indicator, source): tuple(
                    (date.fromisoformat(known), date.fromisoformat(a), date.fromisoformat(b))
                    for known, a, b in spans
                )
                for indicator, source, spans in kept["spans"]
            },
        )
    except (ValueError, KeyError, TypeError):
        return None


def save(case: Case, key: str, counted: Counted) -> None:
    """Keep it, if that can be."""
    text = json.dumps(
        {
            "key": key,
            "readings": [
                asdict(r) | {"period": str(r.period), "published": r.published.isoformat()}
                for r in counted.readings
            ],
            "spans": [
                [*ids, [[day.isoformat() for day in span] for span in spans]]
                for ids, spans in counted.spans.items()
            ],
        }
    )
    caches.keep(_path(case), text.encode())


def _stamp(path: Path) -> tuple[int, int]:
    """Return size and time of a file; a link that leads nowhere is for the reader to refuse."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _path(case: Case) -> Path:
    name = hashlib.sha256(str(case.root.resolve()).encode()).hexdigest()[:32]
    return caches.cache_folder("counted") / f"{name}.json"


def _reading(fields: dict[str, object]) -> Reading:
    period, published = str(fields.pop("period")), str(fields.pop("published"))
    return Reading(
        period=Period.parse(period),
        published=date.fromisoformat(published),
        **fields,  # type: ignore[arg-type]  # as `save` wrote them: the digest says so
    )
