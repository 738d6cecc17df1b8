"""Providers' layouts: which columns are read from a file, and what an event is made of.

Closed tables: of a file or a case only the *places* of columns enter a query, as numbers.

::

    first record ──> places ──> raw (text, the provider's columns) ──> event (typed, `EVENT`)

In ``Layout.event``, ``day_of`` and ``number_of`` are macros of `load`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecast.case.types import EVENT_NUMBERS, EVENT_WORDS, EventSource
from forecast.errors import Problem, ReadingError, did_you_mean, show

EVENT = (
    *("id", "day", "last_day", "country", "admin1", "admin2", "place", "actor", "type", "text"),
    *("deaths", "deaths_low", "deaths_high", "civilians", "value"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is read.

    ``columns`` maps each column that is read to its names in the file, any of them. ``needed``
    may not be empty, ``days`` and ``numbers`` are so or empty, ``texts`` may hold line breaks (in
    others they are spaces), ``one_of`` lists the values allowed.
    """

    columns: dict[str, tuple[str, ...]]
    needed: tuple[str, ...]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    event: str
    one_of: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where a file has its columns: ``at`` (None: nowhere), and how many there are in all."""

    at: dict[str, int | None]
    width: int
    header: bool


_UCDP_ALL = """
    id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id
    conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a
    side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office source_date
    source_headline source_original where_prec where_coordinates where_description adm_1 adm_2
    latitude longitude geom_wkt priogrid_gid country country_id region event_clarity date_prec
    date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
"""

_UCDP_READ = """
    id type_of_violence side_a side_b source_headline where_coordinates where_description adm_1
    adm_2 country date_start date_end deaths_civilians best high low
"""
_UCDP_OLDER = {
    "best": ("best_est",),  # as older versions write it
    "high": ("high_est",),
    "low": ("low_est",),
    "source_headline": ("source_article",),  # headlines were no column of their own
}

_UCDP = Layout(
    columns={name: (name, *_UCDP_OLDER.get(name, ())) for name in _UCDP_READ.split()},
    needed=(*("id", "type_of_violence", "date_start", "date_end"),
            *("deaths_civilians", "best", "high", "low")),
    days=("date_start", "date_end"),
    numbers=("deaths_civilians", "best", "high", "low"),
    texts=("source_headline", "where_description"),
    one_of=("type_of_violence", ("1", "2", "3")),
    # Headlines are joined by ";" alone: as lines of their own they stay apart.
    event="""
        id, day_of(date_start) AS day, day_of(date_end) AS last_day, country,
        adm_1 AS admin1, adm_2 AS admin2,
        coalesce(nullif(where_coordinates, ''), where_description) AS place,
        concat_ws(chr(10), nullif(side_a, ''), nullif(side_b, '')) AS actor,
        CASE type_of_violence WHEN '1' THEN 'state-based' WHEN '2' THEN 'non-state'
            ELSE 'one-sided' END AS type,
        concat_ws(chr(10), nullif(replace(source_headline, ';', chr(10)), ''),
            nullif(where_description, '')) AS text,
        number_of(best) AS deaths, number_of(low) AS deaths_low, number_of(high) AS deaths_high,
        number_of(deaths_civilians) AS civilians, NULL::DOUBLE AS value""",
)  # fmt: skip

_ACLED_READ = """
    event_id_cnty event_date event_type sub_event_type actor1 assoc_actor_1 actor2 assoc_actor_2
    civilian_targeting country admin1 admin2 location notes fatalities
"""

_ACLED = Layout(
    columns={name: (name,) for name in _ACLED_READ.split()},
    needed=("event_id_cnty", "event_date", "event_type", "fatalities"),
    days=("event_date",),
    numbers=("fatalities",),
    texts=("notes",),
    event="""
        event_id_cnty AS id, day_of(event_date) AS day, day_of(event_date) AS last_day, country,
        admin1, admin2, location AS place,
        concat_ws(chr(10), nullif(actor1, ''), nullif(assoc_actor_1, ''), nullif(actor2, ''),
            nullif(assoc_actor_2, '')) AS actor,
        concat_ws(chr(10), nullif(event_type, ''), nullif(sub_event_type, '')) AS type,
        notes AS text,
        number_of(fatalities) AS deaths, NULL::DOUBLE AS deaths_low, NULL::DOUBLE AS deaths_high,
        CASE WHEN lower(civilian_targeting) = 'civilian targeting' THEN number_of(fatalities) END
            AS civilians,
        NULL::DOUBLE AS value""",
)

# Its columns are named by what the case says they are.
_TABLE = Layout(
    columns={
        name: (name,) for name in ("id", "date", "last_day", "text", *EVENT_WORDS, *EVENT_NUMBERS)
    },
    needed=("id", "date"),
    days=("date", "last_day"),
    numbers=EVENT_NUMBERS,
    texts=("text",),
    event="""
        id, day_of(date) AS day, coalesce(day_of(last_day), day_of(date)) AS last_day,
        country, admin1, admin2, place, actor, type, text,
        number_of(deaths) AS deaths, number_of(deaths_low) AS deaths_low,
        number_of(deaths_high) AS deaths_high, number_of(civilians) AS civilians,
        number_of(value) AS value""",
)

LAYOUTS = {"ucdp": _UCDP, "acled": _ACLED, "table": _TABLE}


def places_of(source: EventSource, first: Sequence[str]) -> Places:
    """Return where a file has its columns, by its first record.

    Raises
    ------
    ReadingError
        With every column that is missing, or there twice.
    """
    if source.kind == "table":
        names = [name.strip() for name in first]
        wanted: dict[str, tuple[str, ...]] = {
            column: (name,) for column, name in source.columns.items()
        }
    else:
        names = [name.strip().lower() for name in first]
        wanted = LAYOUTS[source.kind].columns
    if source.kind == "ucdp" and not set(names) & {"date_start", "date_end"}:
        return _without_header(source, names)
    at: dict[str, int | None] = dict.fromkeys(LAYOUTS[source.kind].columns)
    problems = []
    for column, spellings in wanted.items():
        newest = next((name for name in spellings if name in names), None)
        if newest is None:
            hint = show(did_you_mean(spellings[0], [name for name in names if name]))
            problems.append(_header(source, f"must name the column {spellings[0]}", hint=hint))
        elif names.count(newest) > 1:
            rule = f"must name the column {newest} once"
            problems.append(_header(source, rule, f"{names.count(newest)} times"))
        else:
            at[column] = names.index(newest)
    if problems:
        raise ReadingError(*problems)
    return Places(at, len(names), header=True)


def _without_header(source: EventSource, cells: Sequence[str]) -> Places:
    """Take columns by position; one more than there should be is an index, and comes first."""
    order = _UCDP_ALL.split()
    index = len(cells) - len(order)
    if index not in (0, 1):
        rule = f"must name its columns, or have {len(order)} in UCDP's order"
        hint = "a file without header may have one more, an index, in front"
        raise ReadingError(_header(source, rule, f"{len(cells)} columns", hint))
    at = {name: order.index(name) + index for name in _UCDP_READ.split()}
    return Places(dict(at), len(cells), header=False)


def _header(source: EventSource, rule: str, found: str = "", hint: str = "") -> Problem:
    return Problem(f"{source.id}, first line", rule, found, hint)
