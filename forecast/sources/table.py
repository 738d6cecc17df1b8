"""A table: any file in which the case says what the columns hold."""

from __future__ import annotations

from dataclasses import replace

from forecast.sources.provider import (
    EVENT_NUMBERS,
    EVENT_WORDS,
    EventSource,
    Layout,
    Need,
    Provider,
)

# Its columns are named by what the case says they are; `layout` adds the case's own.
_LAYOUT = Layout(
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


def layout(source: EventSource) -> Layout:
    """The layout of a table, with the key and the numbers that are its own."""
    parts = [f"key_{n}" for n in range(1, len(source.key))]
    own = {f"number_{n}": name for n, name in enumerate(source.numbers)}
    columns = {
        column: (name,) for column, name in source.columns.items() if column in _LAYOUT.columns
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
        _LAYOUT,
        columns={column: columns.get(column, ()) for column in (*_LAYOUT.columns, *parts, *own)},
        key=("id", *parts),
        numbers=(*EVENT_NUMBERS, *own),
        event=_LAYOUT.event.format(id=f"concat({joined})" if parts else "id", numbers=numbers),
    )


def _quoted(name: str) -> str:
    return f"'{name.replace("'", "''")}'"


TABLE = Provider(
    kind="table",
    name="a table",
    page="",
    keys=("columns", "dates", "decimal", "missing", "longer", "delay"),
    needs=(Need("at"), Need("columns")),
    numbers=EVENT_NUMBERS,
    known_zero=(),
    mapped=True,
    layout=layout,
    versions=None,
    api=None,
)
