"""What several rules ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from forecast.case.draft import Draft
from forecast.case.tables import Table
from forecast.errors import Problem, did_you_mean, show
from forecast.families import FAMILIES, Family
from forecast.kit.checks import off_one


def sums_to_one(where: str, scope: str, values: Iterable[float]) -> Iterator[Problem]:
    """Yield a problem unless the values sum to 1; they are probabilities."""
    if total := off_one(values):
        yield Problem(where, f"must sum to 1 {scope}".rstrip(), total)


def unknown_scenario(where: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of naming a scenario that does not exist."""
    return Problem(where, "must be one of the case's scenarios", hint=did_you_mean(name, known))


def family_of(indicator: Table | None) -> Family[Any] | None:
    """Return the family of an indicator, None if it is not known."""
    name = indicator.values.get("family") if indicator else None
    return FAMILIES[name] if name else None


def levels_of(indicator: Table | None) -> tuple[str, ...] | None:
    """Return the names of an indicator's levels, none of amounts; None if they are not known."""
    family = family_of(indicator)
    if indicator is None or family is None:
        return None
    given = indicator.values.get("levels", ())
    needed = any(key.name == "levels" for key in family.keys)
    return None if needed and not given else family.levels(given)


def signs_of_what_never_begins(
    draft: Draft, places: Iterable[tuple[str, str]]
) -> Iterator[Problem]:
    """Yield a problem for each place and scenario that no scenario leads to.

    None if it is not known what leads where.
    """
    tables = draft.scenarios.values()
    if not tables or any("then" in table.broken for table in tables):
        return
    begin = {follower for table in tables for follower in table.values.get("then", {})}
    for where, scenario in places:
        if scenario in draft.scenarios and scenario not in begin:
            hint = "nothing can be a sign of what never begins"
            rule = f"must be left out: no scenario has {scenario} in its then"
            yield Problem(where, rule, hint=hint)


def repeated_names(tables: Iterable[Table]) -> Iterator[Problem]:
    """Yield a problem for each table whose ``name`` another already has."""
    seen: dict[str, str] = {}
    for table in tables:
        name = table.values.get("name")
        if name in seen:
            rule = f"must differ from the name in {seen[name]}"
            yield Problem(table.at("name"), rule, show(name))
        elif name:
            seen[name] = table.where
