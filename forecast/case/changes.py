"""Judgements named and changed for a question; the files stay as they are.

::

    SCENARIO.lasts  .start  .worth  .then  .then.OTHER    priors/scenarios.toml
    INDICATOR.SCENARIO.median  .p90  .levels  ...         priors/<indicator>.toml
    INDICATOR.inertia                                     indicators/<indicator>.toml
    EVENT.likelihood.ANALYST.SCENARIO                     indicators/evidence.toml

A value takes the place of the file's own, so that `load_case` holds it to the file's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.case.folder import EVIDENCE, MARKER
from forecast.case.types import Case
from forecast.errors import CaseError, Problem, did_you_mean, show
from forecast.families import FAMILIES

type Keys = tuple[str, ...]  # from the top of a file of tables

_OF_SCENARIO = ("start", "lasts", "then", "worth")


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a definition file that is another: its name, where it stands, and the value."""

    name: str
    file: str
    keys: Keys
    value: Any

    def make(self, tables: dict[str, Any]) -> None:
        """Change the tables of its file."""
        *above, last = self.keys
        for key in above:
            if not isinstance(tables.get(key), dict):
                tables[key] = {}
            tables = tables[key]
        tables[last] = self.value

    def now(self, tables: dict[str, Any]) -> Any:
        """Return what the tables of its file have there, None if nothing."""
        found: Any = tables
        for key in self.keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found


def change_of(case: Case, name: Sequence[str], value: Any, where: str) -> Change:
    """Return the change of the judgement with a name, given in its parts.

    Raises
    ------
    CaseError
        If the case has no such judgement; ``where`` is how the error names the place.
    """
    known = dict(_judgements(case))
    if tuple(name) in known:
        file, keys = known[tuple(name)]
        return Change(".".join(name), file, keys, value)
    sure = next(n for n in reversed(range(len(name) + 1)) if _begins(known, name[:n]))
    begun, further = ".".join(name[:sure]), _after(known, name[:sure])
    if not further:
        hint = f"{begun} is one, and has no parts"
    elif sure == len(name):
        hint = f"{begun} has {', '.join(further)}"
    else:
        hint = did_you_mean(name[sure], further)
    raise CaseError(Problem(where, "must name a judgement of the case", show(".".join(name)), hint))


def _begins(known: Iterable[Keys], begun: Sequence[str]) -> bool:
    return any(keys[: len(begun)] == tuple(begun) for keys in known)


def _after(known: Iterable[Keys], begun: Sequence[str]) -> list[str]:
    """Return the parts that may follow the first parts of a name."""
    size = len(begun)
    return list(dict.fromkeys(k[size] for k in known if k[:size] == tuple(begun) and len(k) > size))


def _judgements(case: Case) -> Iterator[tuple[Keys, tuple[str, Keys]]]:
    """Yield the name of every judgement that can be changed, its file, and its keys there."""
    scenarios = [scenario.id for scenario in case.scenarios]
    for scenario in scenarios:
        for key in _OF_SCENARIO:
            yield (scenario, key), (MARKER, (scenario, key))
        for other in scenarios:
            if other != scenario:
                yield (scenario, "then", other), (MARKER, (scenario, "then", other))
    for indicator in case.indicators:
        yield (indicator.id, "inertia"), (f"indicators/{indicator.id}.toml", ("inertia",))
        for scenario in scenarios:
            for key in FAMILIES[indicator.family].judgements:
                keys = (scenario, key)
                yield (indicator.id, *keys), (f"priors/{indicator.id}.toml", keys)
    for event in case.evidence:
        for analyst in event.likelihoods:
            for scenario in scenarios:
                name = (event.id, "likelihood", analyst, scenario)
                yield name, (EVIDENCE, name)
