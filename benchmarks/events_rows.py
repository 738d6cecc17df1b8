"""Two million generated event rows over 400 pulls: how long, how much memory.

Every pull is a file in ACLED's layout with the events of ten weeks, one week on from the last: nine
in ten are rows of the pull before, and of these one in a hundred was revised.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from forecast.case import Case, Counting, EventSource, Indicator
from forecast.kit import cache
from forecast.periods import Period
from forecast.readings import known_as_of
from forecast.readings.events import counted_readings, store

FIRST = date(2017, 1, 2)  # of the events, a Monday
WINDOW = 70  # days that a pull holds


def make_case(root: Path, source: EventSource, first: str, **countings: Counting) -> Case:
    """Return a weekly case, not on disk, that counts one source in these ways."""
    indicators = (
        Indicator(
            id=name,
            name=name,
            question="",
            family="count",
            unit="",
            coding="",
            sources=(source.id,),
            scope="Syria",
            counted=(counting,),
        )
        for name, counting in countings.items()
    )
    return Case(
        root=root,
        name="benchmark",
        cadence="week",
        first=Period.parse(first),
        as_of=None,
        horizons=(1,),
        language="icd203",
        scenarios=(),
        indicators=tuple(indicators),
        expectations={},
        sources=(source,),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and peak memory in MB of the process; ``big``: all rows in one file.

    ``counting`` is by as-of date; ``pull`` is what one more pull takes with what it changes.
    """

    ours: float
    ours_memory: float
    pandas: float
    pandas_memory: float
    big_ours: float
    big_ours_memory: float
    big_pandas: float
    big_pandas_memory: float
    counting: dict[str, float]
    counting_memory: float
    readings: int
    pull: float


def rows_of(number: int, each: int, order: random.Random) -> Iterator[list[str]]:
    """Yield the rows of one pull in ACLED's layout."""
    step = each * 7 // WINDOW  # new events a week
    return (_event(event, step, order) for event in range(number * step, number * step + each))


def _event(event: int, step: int, order: random.Random) -> list[str]:
    own = random.Random(event)  # noqa: S311  # an event is the same in every pull...
    day = FIRST + timedelta(days=event * 7 // max(step, 1))
    kind = own.choice(KINDS)
    deaths = own.choice((0, 0, 0, 0, 1, 1, 2, 5, 12)) + (order.random() < 0.01)  # ...but for a few
    notes = NOTES.format(
        day=day, place=own.randrange(900), attack=own.choice(ATTACKS), wounded=own.randrange(30)
    )
    cells = {
        "event_id_cnty": f"SYR{event}",
        "event_date": day.isoformat(),
        "year": str(day.year),
        "event_type": kind[0],
        "sub_event_type": kind[1],
        "actor1": f"Military Forces of Group {own.randrange(60)}",
        "actor2": "Civilians (Syria)" if own.random() < 0.3 else f"Group {own.randrange(60)}",
        "civilian_targeting": "Civilian targeting" if own.random() < 0.3 else "",
        "country": "Syria",
        "admin1": f"Governorate {own.randrange(14)}",
        "admin2": f"District {own.randrange(60)}",
        "location": f"Town {own.randrange(900)}",
        "latitude": f"{own.uniform(32, 37):.4f}",
        "longitude": f"{own.uniform(36, 42):.4f}",
        "source": "SOHR; SNN",
        "notes": notes,
        "fatalities": str(deaths),
        "timestamp": str(1700000000 + event),
    }
    return [cells.get(name, "") for name in ACLED]


ACLED = (
    *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type"),
    *("sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2"),
    *("interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2"),
    *("admin3", "location", "latitude", "longitude", "geo_precision", "source", "source_scale"),
    *("notes", "fatalities", "tags", "timestamp"),
)
KINDS = (
    ("Explosions/Remote violence", "Air/drone strike"),
    ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    ("Battles", "Armed clash"),
    ("Violence against civilians", "Attack"),
)
ATTACKS = ("carried out air stri-kes", "shelled positions", "clashed with fighters", "raided homes")
NOTES = (
    "On {day}, forces of one side {attack} in the vicinity of the town of Place {place} in the "
    "northern countryside, following clashes that had begun the evening before. {wounded} people "
    'were reported wounded; houses, a "field hospital" and the road were damaged.'
)


def write_files(folder: Path, each: int, pulls: int) -> list[Path]:
    """Write one file for each pull."""
    folder.mkdir()
    order = random.Random(20241202)  # noqa: S311
    paths = []
    for number in range(pulls):
        path = folder / f"{number:04d}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(ACLED)
            writer.writerows(rows_of(number, each, order))
        paths.append(path)
    return paths


def _known(number: int) -> datetime:
    return datetime(2017, 1, 2, 10, tzinfo=UTC) + timedelta(days=WINDOW + 7 * number)


def _source(number: int | None = None) -> EventSource:
    since = None if number is None else FIRST + timedelta(days=7 * number)
    return EventSource("acled", "acled", since=since)


def _case(root: Path, *, counted: bool) -> Case:
    if not counted:
        return make_case(root, _source(), "2017-W01")
    civilians = Counting("acled", "B2", "sum", "civilians")
    strikes = Counting("acled", "B2", "events", where={"type": ("Air/drone strike",)})
    words = Counting("acled", "B2", "days", words=("airstrike", "strike", "aerial"))
    return make_case(root, _source(), "2017-W01", deaths=civilians, strikes=strikes, told=words)


def ingest(root: Path, paths: list[Path]) -> float:
    """Store every file; return seconds."""
    case, begin = _case(root, counted=False), time.perf_counter()
    for number, path in enumerate(paths):
        store(case, _source(number), path, known=_known(number))
    return time.perf_counter() - begin


def read_with_pandas(paths: list[Path]) -> float:
    """Read every file with pandas; return seconds."""
    import pandas as pd

    begin = time.perf_counter()
    for path in paths:
        pd.read_csv(path)
    return time.perf_counter() - begin


def count(root: Path, pulls: int) -> tuple[dict[str, float], int]:
    """Count as of three dates, each with nothing cached; return seconds and how many readings."""
    case, took, readings = _case(root, counted=True), {}, 0
    with patch.object(cache, "cache_folder", lambda name: root / "cache" / name):
        for number in (0, pulls // 2, pulls - 1):
            for kept in root.glob("cache/counted/*"):
                kept.unlink()
            begin = time.perf_counter()
            counted = counted_readings(case)
            known_as_of(case, counted, _known(number).date())
            took[_known(number).date().isoformat()] = time.perf_counter() - begin
            readings = len(counted)
    return took, readings


def last_pull(root: Path, path: Path, number: int) -> float:
    """Say what one more pull would change, as `forecast pull --dry-run` does; return seconds."""
    case, begin = _case(root, counted=True), time.perf_counter()
    store(case, _source(number), path, known=_known(number), keep=False)
    return time.perf_counter() - begin


def _with_memory[T](work: Callable[..., T], *arguments: object) -> tuple[T, float]:
    result = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return result, peak / (1024**2 if sys.platform == "darwin" else 1024)  # else in KB


def alone[T](work: Callable[..., T], *arguments: object) -> tuple[T, float]:
    """Do something in a process of its own; return its result and that process's peak in MB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_memory, work, *arguments).result()


def measure(rows: int, pulls: int, folder: Path) -> Measured:
    """Measure all of it in a folder."""
    case, lone = folder / "case", folder / "lone"
    *paths, more = write_files(folder / "raw", rows // pulls, pulls + 1)
    print("files written", file=sys.stderr, flush=True)
    pandas, pandas_memory = alone(read_with_pandas, paths)
    ours, ours_memory = alone(ingest, case, paths)
    print(f"{pandas:.1f} s, {ours:.1f} s", file=sys.stderr, flush=True)
    (counting, readings), counting_memory = alone(count, case, pulls)
    print(counting, file=sys.stderr, flush=True)
    pull, _ = alone(last_pull, case, more, pulls)
    [big] = write_files(folder / "big", rows, 1)
    big_pandas, big_pandas_memory = alone(read_with_pandas, [big])
    big_ours, big_ours_memory = alone(_ingest_one, lone, big)
    return Measured(
        ours=ours,
        pandas=pandas,
        ours_memory=ours_memory,
        pandas_memory=pandas_memory,
        counting=counting,
        counting_memory=counting_memory,
        readings=readings,
        big_ours=big_ours,
        big_ours_memory=big_ours_memory,
        big_pandas=big_pandas,
        big_pandas_memory=big_pandas_memory,
        pull=pull,
    )


def _ingest_one(root: Path, path: Path) -> float:
    begin = time.perf_counter()
    store(_case(root, counted=False), _source(), path, known=datetime(2199, 1, 1, tzinfo=UTC))
    return time.perf_counter() - begin
