"""A case as far as it could be read: what the rules look at and a `Case` is built from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from forecast.case.folder import Files
from forecast.case.tables import Table


@dataclass(slots=True)
class Draft:
    """The sound values of a case's definitions, by file, table and key.

    A table that could not be read at all is absent: ``case`` is None if the scenarios' file is
    no TOML, and an indicator of ``files`` whose file is none is not in ``indicators``.
    """

    files: Files
    case: Table | None = None
    scenarios: dict[str, Table] = field(default_factory=dict)
    indicators: dict[str, Table] = field(default_factory=dict)
    expectations: dict[str, dict[str, Table]] = field(default_factory=dict)
    before: dict[str, dict[str, Table]] = field(default_factory=dict)
    """What is expected in the last period before a scenario begins, by indicator and scenario."""
    evidence: dict[str, Table] = field(default_factory=dict)
    likelihoods: dict[str, dict[str, Table]] = field(default_factory=dict)
    """By item of evidence and analyst."""
    likely_before: dict[str, dict[str, Table]] = field(default_factory=dict)
    """Likelihoods before a scenario begins, by item of evidence and analyst."""
    derived: dict[str, Table] = field(default_factory=dict)
    measure_before: dict[str, Table] = field(default_factory=dict)
    """What a measure is in the last period before scenarios begin."""
    grades: dict[str, Table] = field(default_factory=dict)
    """By ``reliability`` and ``credibility``."""
    sources: dict[str, Table] | None = field(default_factory=dict)
    """None if their file could not be read."""
    columns: dict[str, Table] = field(default_factory=dict)
    """By source that is a table."""
    countings: dict[str, dict[str, Table]] = field(default_factory=dict)
    """By indicator and source."""
    filters: dict[str, dict[str, Table]] = field(default_factory=dict)
    """What a counting lets through, by indicator and source."""

    def all_countings(self) -> Iterator[tuple[Table, str, Table, Table]]:
        """Yield each counting: its indicator, its source's id, itself and its filter."""
        for name, countings in self.countings.items():
            for source, table in countings.items():
                yield self.indicators[name], source, table, self.filters[name][source]

    def all_expectations(self) -> Iterator[Table]:
        """Yield every table of every indicator's priors."""
        for tables in itertools.chain(self.expectations.values(), self.before.values()):
            yield from tables.values()
