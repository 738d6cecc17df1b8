"""What was counted, kept in the user's cache folder: a saving of time, never a record.

One file for each case, made anew when a definition, a vintage or this package is another. The
first line is the SHA-256 of the rest, so that a file that was cut off or edited is not believed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from forecast.case.types import Case, EventSource
from forecast.periods import Period
from forecast.readings.events.vintages import list_files
from forecast.readings.types import Reading


@dataclass(frozen=True, slots=True)
class Counted:
    """All counted readings, and of each source when it was pulled and the days then covered."""

    readings: tuple[Reading, ...]
    spans: dict[str, tuple[tuple[date, date, date], ...]]


def key_of(case: Case, sources: Sequence[EventSource]) -> str | None:
    """Return what `Counted` depends on as a hash; None if these sources have no vintages."""
    files = [
        (source.id, path.name, path.stat().st_size, path.stat().st_mtime_ns)
        for source in sources
        for path in list_files(case, source.id)
    ]
    if not files:
        return None
    indicators = [(i.id, i.scope, i.counted) for i in case.indicators]
    defined = (case.cadence, case.first, list(sources), indicators)
    return hashlib.sha256(repr((_code(), defined, files)).encode()).hexdigest()


def load(case: Case, key: str) -> Counted | None:
    """Return what is kept under a key; None if there is nothing, or it is damaged."""
    try:
        digest, text = _path(case).read_text("utf-8").split("\n", 1)
        if digest != hashlib.sha256(text.encode()).hexdigest():
            return None
        kept = json.loads(text)
        if kept["key"] != key:
            return None
        return Counted(
            readings=tuple(_reading(fields) for fields in kept["readings"]),
            spans={
                source: tuple(
                    (date.fromisoformat(known), date.fromisoformat(a), date.fromisoformat(b))
                    for known, a, b in spans
                )
                for source, spans in kept["spans"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError):
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
            "spans": {
                source: [[day.isoformat() for day in span] for span in spans]
                for source, spans in counted.spans.items()
            },
        }
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = _path(case)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(f"{digest}\n{text}".encode())
        Path(file.name).replace(path)
    except OSError:
        return  # then it is counted again next time


def _path(case: Case) -> Path:
    name = hashlib.sha256(str(case.root.resolve()).encode()).hexdigest()[:32]
    folder = user_cache_path("watchlist-forecast", appauthor=False) / "counted"
    return folder / f"{name}.json"


@cache
def _code() -> str:
    digest = hashlib.sha256(version("duckdb").encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _reading(fields: dict[str, object]) -> Reading:
    period, published = str(fields.pop("period")), str(fields.pop("published"))
    return Reading(
        period=Period.parse(period),
        published=date.fromisoformat(published),
        **fields,  # type: ignore[arg-type]  # as `save` wrote them: the digest says so
    )
