"""Providers' layouts: which columns are read from a file, and what an event is made of.

Closed tables: of a file or a case only the *places* of columns enter a query, as numbers, and the
names a case gives to numbers of its own, which are quoted.

::

    header ──> places ──> raw (text, the provider's columns) ──> event (typed, `EVENT`)

In ``Layout.event``, ``day_of`` and ``number_of`` are macros of `load`. An event lies somewhere from
``day`` to ``last_day``: of one whose month alone is known these are the first and the last of the
month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forecast.case.types import EVENT_NUMBERS, EVENT_WORDS, EventSource
from forecast.errors import Problem, ReadingError, did_you_mean, show

FIRST_EVENT = (  # what vintages of reader "1" have
    *("id", "day", "last_day", "country", "admin1", "admin2", "place", "actor", "type", "text"),
    *("deaths", "deaths_low", "deaths_high", "civilians", "value"),
)
EVENT = (*FIRST_EVENT, "published", "numbers")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is read.

    ``columns`` maps each column that is read to its names in the file, any of them; those of
    ``optional`` may be missing. ``key`` are the columns that make the id. ``needed`` may not be
    empty, ``days`` and ``numbers`` are so or empty, the first of ``days`` is not after the others,
    ``texts`` may hold line breaks (in others they are spaces), ``one_of`` lists the values allowed.
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


@dataclass(frozen=True, slots=True)
class Places:
    """Where a file has its columns: ``at`` (None: nowhere), and how many there are in all."""

    at: dict[str, int | None]
    width: int
    header: bool


_FEW = 6  # names in a message

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
    adm_2 country date_prec date_start date_end deaths_civilians best high low
"""
_UCDP_OLDER = {
    "best": ("best_est",),  # as older versions write it
    "high": ("high_est",),
    "low": ("low_est",),
    "source_headline": ("source_article",),  # headlines were no column of their own
}

_UCDP = Layout(
    columns={name: (name, *_UCDP_OLDER.get(name, ())) for name in _UCDP_READ.split()},
    key=("id",),
    needed=(*("id", "type_of_violence", "date_start", "date_end"),
            *("deaths_civilians", "best", "high", "low")),
    days=("date_start", "date_end"),
    numbers=("deaths_civilians", "best", "high", "low"),
    texts=("source_headline", "where_description"),
    one_of=("type_of_violence", ("1", "2", "3")),
    optional=("date_prec",),
    # The days an event may lie on are from date_start to date_end; date_prec 4 (known to a month)
    # and 5 (to a year) are not less than that. Headlines are joined by ";" alone: as lines of their
    # own they stay apart.
    event="""
        id,
        CASE WHEN too_short(date_prec, date_start, date_end) THEN date_trunc(
            CASE date_prec WHEN '4' THEN 'month' ELSE 'year' END, day_of(date_start))::DATE
            ELSE day_of(date_start) END AS day,
        CASE WHEN too_short(date_prec, date_start, date_end) THEN
            last_of(CASE date_prec WHEN '4' THEN 'month' ELSE 'year' END, day_of(date_end))
            ELSE day_of(date_end) END AS last_day,
        country,
        adm_1 AS admin1, adm_2 AS admin2,
        coalesce(nullif(where_coordinates, ''), where_description) AS place,
        concat_ws(chr(10), nullif(side_a, ''), nullif(side_b, '')) AS actor,
        CASE type_of_violence WHEN '1' THEN 'state-based' WHEN '2' THEN 'non-state'
            ELSE 'one-sided' END AS type,
        concat_ws(chr(10), nullif(replace(source_headline, ';', chr(10)), ''),
            nullif(where_description, '')) AS text,
        number_of(best) AS deaths, number_of(low) AS deaths_low, number_of(high) AS deaths_high,
        number_of(deaths_civilians) AS civilians, NULL::DOUBLE AS value,
        NULL::DATE AS published, NULL::MAP(VARCHAR, DOUBLE) AS numbers""",
)  # fmt: skip

_ACLED_READ = """
    event_id_cnty event_date event_type sub_event_type actor1 assoc_actor_1 actor2 assoc_actor_2
    civilian_targeting country admin1 admin2 location notes fatalities time_precision
"""

_ACLED = Layout(
    columns={name: (name,) for name in _ACLED_READ.split()},
    key=("event_id_cnty",),
    needed=("event_id_cnty", "event_date", "event_type", "fatalities"),
    days=("event_date",),
    numbers=("fatalities",),
    texts=("notes",),
    optional=("time_precision",),
    event="""
        event_id_cnty AS id,
        CASE time_precision WHEN '3' THEN date_trunc('month', day_of(event_date))::DATE
            ELSE day_of(event_date) END AS day,
        CASE time_precision WHEN '3' THEN last_of('month', day_of(event_date))
            ELSE day_of(event_date) END AS last_day,
        country, admin1, admin2, location AS place,
        concat_ws(chr(10), nullif(actor1, ''), nullif(assoc_actor_1, ''), nullif(actor2, ''),
            nullif(assoc_actor_2, '')) AS actor,
        concat_ws(chr(10), nullif(event_type, ''), nullif(sub_event_type, '')) AS type,
        notes AS text,
        number_of(fatalities) AS deaths, NULL::DOUBLE AS deaths_low, NULL::DOUBLE AS deaths_high,
        CASE WHEN lower(civilian_targeting) = 'civilian targeting' THEN number_of(fatalities) END
            AS civilians,
        NULL::DOUBLE AS value, NULL::DATE AS published, NULL::MAP(VARCHAR, DOUBLE) AS numbers""",
)

# Its columns are named by what the case says they are; `layout_of` adds the case's own.
_TABLE = Layout(
    columns={
        name: (name,)
        for name in ("id", "date", "last_day", "published", "text", *EVENT_WORDS, *EVENT_NUMBERS)
    },
    key=("id",),
    needed=("date",),
    days=("date", "last_day", "published"),
    numbers=EVENT_NUMBERS,
    texts=("text",),
    event="""
        {id} AS id, day_of(date) AS day, coalesce(day_of(last_day), day_of(date)) AS last_day,
        country, admin1, admin2, place, actor, type, text,
        number_of(deaths) AS deaths, number_of(deaths_low) AS deaths_low,
        number_of(deaths_high) AS deaths_high, number_of(civilians) AS civilians,
        number_of(value) AS value, day_of(published) AS published, {numbers} AS numbers""",
)


def layout_of(source: EventSource) -> Layout:
    """The layout of a source's file; of a table with the key and the numbers that are its own."""
    match source.kind:
        case "ucdp":
            return _UCDP
        case "acled":
            return _ACLED
        case "table":
            return _table(source)


def _table(source: EventSource) -> Layout:
    parts = [f"key_{n}" for n in range(1, len(source.key))]
    own = {f"number_{n}": name for n, name in enumerate(source.numbers)}
    columns = {
        column: (name,) for column, name in source.columns.items() if column in _TABLE.columns
    }
    columns |= {part: (name,) for part, name in zip(parts, source.key[1:], strict=False)}
    columns |= {column: (source.numbers[name],) for column, name in own.items()}
    joined = ", ' | ', ".join(f"replace({part}, '|', '||')" for part in ("id", *parts))
    pairs = [(_quoted(name), f"number_of({column})") for column, name in own.items()]
    numbers = "NULL::MAP(VARCHAR, DOUBLE)"
    if pairs:
        names, values = zip(*pairs, strict=True)
        numbers = f"map([{', '.join(names)}], [{', '.join(values)}])"
    return replace(
        _TABLE,
        columns={column: columns.get(column, ()) for column in (*_TABLE.columns, *parts, *own)},
        key=("id", *parts),
        numbers=(*EVENT_NUMBERS, *own),
        event=_TABLE.event.format(id=f"concat({joined})" if parts else "id", numbers=numbers),
    )


def _quoted(name: str) -> str:
    return f"'{name.replace("'", "''")}'"


def found_in(source: EventSource, record: Sequence[str]) -> int:
    """How many of the columns that are read a record names: a header names them all."""
    names = {*names_of(source, record)}
    wanted = [spellings for spellings in layout_of(source).columns.values() if spellings]
    return sum(not names.isdisjoint(spellings) for spellings in wanted)


def names_of(source: EventSource, record: Sequence[str]) -> list[str]:
    """The names of columns as a record has them: line breaks and spaces in them are one space."""
    names = [" ".join(name.split()) for name in record]
    return names if source.kind == "table" else [name.lower() for name in names]


def places_of(source: EventSource, header: Sequence[str], separator: str = ",") -> Places:
    """Where a file has its columns, by its header.

    Raises
    ------
    ReadingError
        With the columns that are missing, or there twice.
    """
    layout = layout_of(source)
    names = names_of(source, header)
    if source.kind == "ucdp" and not {*names} & {"date_start", "date_end"}:
        return _without_header(source, names)
    at: dict[str, int | None] = dict.fromkeys(layout.columns)
    missing, repeated = [], []
    for column, spellings in layout.columns.items():
        newest = next((name for name in spellings if name in names), None)
        if newest is not None:
            at[column] = names.index(newest)
            if names.count(newest) > 1:
                repeated.append(newest)
        elif spellings and column not in layout.optional:
            missing.append(spellings[0])
    problems = []
    if missing:
        hint = show(did_you_mean(missing[0], [name for name in names if name]))
        if separator != ",":
            hint += f"; separated by {'tabs' if separator == '\t' else separator} here"
        problems.append(_header(source, f"must name {_columns(missing)}", hint=hint))
    if repeated:
        found = f"{max(map(names.count, repeated))} times"
        problems.append(_header(source, f"must name {_columns(repeated)} once", found))
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


def _columns(names: Sequence[str]) -> str:
    """Names of columns in a sentence, a few of them."""
    if len(names) == 1:
        return f"the column {names[0]}"
    few = ", ".join(names[:_FEW])
    return f"the columns {few}" + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def _header(source: EventSource, rule: str, found: str = "", hint: str = "") -> Problem:
    return Problem(f"{source.id}, first line", rule, found, hint)
