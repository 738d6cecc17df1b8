"""What several rules ask."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from forecast.case.tables import Table
from forecast.errors import Problem, did_you_mean, show

_SUM = 1e-9  # how far probabilities may be from summing to 1


def sums_to_one(where: str, scope: str, values: Iterable[float]) -> Iterator[Problem]:
    """Yield a problem unless the values sum to 1; they are probabilities."""
    total = math.fsum(values)
    if abs(total - 1) > _SUM:
        yield Problem(where, f"must sum to 1 {scope}".rstrip(), f"{total:.10g}")


def unknown_scenario(where: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of naming a scenario that does not exist."""
    return Problem(where, "must be one of the case's scenarios", hint=did_you_mean(name, known))


def highest_level(indicator: Table) -> int | None:
    """Return the highest level number, None for a count or where the levels are not known."""
    match indicator.values.get("family"), indicator.values.get("levels"):
        case "binary", _:
            return 1
        case "ordinal", [*levels]:
            return len(levels) - 1
    return None


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
