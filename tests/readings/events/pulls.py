"""Made-up files in providers' layouts, and a case that counts from them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from forecast.case import Case, Counting, EventSource
from forecast.readings.events import Stored, store
from forecast.readings.events.database import exact, opened
from forecast.readings.events.layouts import EVENT

UCDP = """
id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id
conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id
side_b_new_id side_b number_of_sources source_article source_office source_date source_headline
source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude
geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end deaths_a
deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
""".split()  # noqa: SIM905  # as the data's readme has them

ACLED = """
event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1
assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country
admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities
tags timestamp
""".split()  # noqa: SIM905

_UCDP_EVENT = {
    "id": "1",
    "type_of_violence": "1",
    "side_a": "Government of Syria",
    "side_b": "Syrian insurgents",
    "source_article": '"SOHR,2024-11-27,Shelling"',
    "source_headline": "Shelling",
    "where_coordinates": "Aleppo city",
    "where_description": "near Aleppo",
    "adm_1": "Aleppo governorate",
    "adm_2": "Jebel Saman district",
    "country": "Syria",
    "country_id": "652",
    "date_start": "2024-11-27 00:00:00.000",
    "date_end": "2024-11-27 00:00:00.000",
    "deaths_civilians": "1",
    "best": "3",
    "high": "4",
    "low": "2",
}
_ACLED_EVENT = {
    "event_id_cnty": "SYR1",
    "event_date": "2024-11-27",
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike",
    "actor1": "Military Forces of Russia (2000-)",
    "actor2": "Civilians (Syria)",
    "country": "Syria",
    "admin1": "Idleb",
    "admin2": "Idleb",
    "location": "Idleb",
    "notes": "Russian warplanes struck the town.",
    "fatalities": "2",
}

CIVILIANS = Counting("events", "B2", "sum", "civilians")


def ucdp(**cells: str) -> dict[str, str]:
    """Return one record of UCDP GED."""
    return dict.fromkeys(UCDP, "") | _UCDP_EVENT | cells


def acled(**cells: str) -> dict[str, str]:
    """Return one record of ACLED."""
    return dict.fromkeys(ACLED, "") | _ACLED_EVENT | cells


def event(id: str, day: date | str, **cells: str) -> dict[str, str]:  # noqa: A002
    """Return one record of a table whose columns are named as in an event."""
    return {"id": id, "date": str(day)} | cells


TABLE = (
    *("id", "date", "last_day", "text", "country", "admin1", "actor", "type"),
    *("deaths", "civilians", "value"),
)


def write(path: Path, rows: list[dict[str, str]], *, header: bool = True, ends: str = "\n") -> Path:
    """Write records as CSV; columns are those of the first, or of a table."""
    names = list(rows[0]) if rows and len(rows[0]) > 20 else list(TABLE)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator=ends)
    if header:
        writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode())
    return path


def source(kind: str = "table", **fields: object) -> EventSource:
    """Return the source "events"; a table has the columns `TABLE`."""
    columns = {name: name for name in TABLE} if kind == "table" else {}
    return EventSource("events", kind, **{"columns": columns, "at": "events.csv"} | fields)  # type: ignore[arg-type]


def counting(case: Case, *countings: Counting, at: EventSource | None = None) -> Case:
    """Return the case with its strikes counted in these ways, each an indicator."""
    strikes = next(i for i in case.indicators if i.id.startswith("strikes"))
    strikes = replace(strikes, sources=("events",))
    indicators = tuple(
        replace(strikes, id=f"strikes-{number}", counted=(how,))
        for number, how in enumerate(countings)
    )
    return replace(case, indicators=indicators, sources=(at or source(),))


def pull(
    case: Case,
    rows: list[dict[str, str]],
    known: str,
    at: EventSource | None = None,
    *,
    accept: bool = False,
    keep: bool = True,
) -> Stored:
    """Store records as pulled on a date, or at a time of it."""
    raw = case.root.parent / "raw"
    raw.mkdir(exist_ok=True)
    when = datetime.fromisoformat(known).replace(tzinfo=UTC)
    when = when if "T" in known else when.replace(hour=12)
    asked = at or case.sources[0]
    return store(case, asked, write(raw / "raw.csv", rows), known=when, accept=accept, keep=keep)


def stored(path: Path) -> list[dict[str, object]]:
    """Return the events of a vintage."""
    with opened(path.parent) as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [exact(path)])
        assert tuple(column[0] for column in found.description) == EVENT
        return [dict(zip(EVENT, row, strict=True)) for row in found.fetchall()]
