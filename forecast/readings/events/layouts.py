"""Which columns of a file are read, by its provider's layout.

Closed tables: of a file or a case only the *places* of columns enter a query, as numbers, and the
names a case gives to numbers of its own, which are quoted.

::

    header ──> places ──> raw (text, the provider's columns) ──> event (typed, `EVENT`)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecast.errors import Problem, ReadingError, did_you_mean, show
from forecast.sources import EventSource, provider_of
from forecast.sources.provider import Layout

FIRST_EVENT = (  # what vintages of reader "1" have
    *("id", "day", "last_day", "country", "admin1", "admin2", "place", "actor", "type", "text"),
    *("deaths", "deaths_low", "deaths_high", "civilians", "value"),
)
EVENT = (*FIRST_EVENT, "published", "numbers")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a file has its columns: ``at`` (None: nowhere), and how many there are in all."""

    at: dict[str, int | None]
    width: int
    header: bool


_FEW = 6  # names in a message


def found_in(source: EventSource, record: Sequence[str]) -> int:
    """How many of the columns that are read a record names: a header names them all."""
    names = {*names_of(source, record)}
    wanted = [
        spellings for spellings in provider_of(source).layout(source).columns.values() if spellings
    ]
    return sum(not names.isdisjoint(spellings) for spellings in wanted)


def names_of(source: EventSource, record: Sequence[str]) -> list[str]:
    """The names of columns as a record has them: line breaks and spaces in them are one space."""
    names = [" ".join(name.split()) for name in record]
    return names if provider_of(source).mapped else [name.lower() for name in names]


def places_of(source: EventSource, header: Sequence[str], separator: str = ",") -> Places:
    """Where a file has its columns, by its header.

    Raises
    ------
    ReadingError
        With the columns that are missing, or there twice.
    """
    layout = provider_of(source).layout(source)
    names = names_of(source, header)
    if layout.order and not {*names} & {*layout.days}:
        return _without_header(source, layout, names)
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


def _without_header(source: EventSource, layout: Layout, cells: Sequence[str]) -> Places:
    """Take columns by position; one more than there should be is an index, and comes first."""
    index = len(cells) - len(layout.order)
    if index not in (0, 1):
        name = provider_of(source).name
        rule = f"must name its columns, or have {len(layout.order)} in {name}'s order"
        hint = "a file without header may have one more, an index, in front"
        raise ReadingError(_header(source, rule, f"{len(cells)} columns", hint))
    at = {name: layout.order.index(name) + index for name in layout.columns}
    return Places(dict(at), len(cells), header=False)


def _columns(names: Sequence[str]) -> str:
    """Names of columns in a sentence, a few of them."""
    if len(names) == 1:
        return f"the column {names[0]}"
    few = ", ".join(names[:_FEW])
    return f"the columns {few}" + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def _header(source: EventSource, rule: str, found: str = "", hint: str = "") -> Problem:
    return Problem(f"{source.id}, first line", rule, found, hint)
