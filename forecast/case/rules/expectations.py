"""Rules of ``priors/<indicator>.toml``: what is expected under each scenario."""

from __future__ import annotations

from collections.abc import Iterator

from forecast.case.draft import Draft
from forecast.case.rules.common import (
    family_of,
    levels_of,
    signs_of_what_never_begins,
    unknown_scenario,
)
from forecast.errors import Problem, show


def every_scenario_is_expected(draft: Draft) -> Iterator[Problem]:
    """Priors have a table for each scenario and for nothing else."""
    if not draft.scenarios:
        return
    for name, tables in draft.expectations.items():
        for scenario in tables.keys() - draft.scenarios.keys():
            yield unknown_scenario(tables[scenario].where, scenario, draft.scenarios)
        for scenario in draft.scenarios:
            if scenario not in tables:
                yield Problem(f"priors/{name}.toml, [{show(scenario)}]", "must be given")


def numbers_fit_one_another(draft: Draft) -> Iterator[Problem]:
    """What is expected is free of what its family calls a fault."""
    for name, tables in draft.expectations.items():
        indicator = draft.indicators.get(name)
        if (family := family_of(indicator)) is None:
            continue
        levels = levels_of(indicator)
        for table in (*tables.values(), *draft.before.get(name, {}).values()):
            for key, rule, found in family.faults(table.values, levels):
                yield Problem(table.at(key), rule, found)


def signs_are_of_what_can_begin(draft: Draft) -> Iterator[Problem]:
    """Nothing is a sign of a scenario that no other leads to."""
    signs = ((table.where, k) for tables in draft.before.values() for k, table in tables.items())
    yield from signs_of_what_never_begins(draft, signs)


def judgements_are_worth_little(draft: Draft) -> Iterator[Problem]:
    """A judgement without an episode behind it is worth at most 2 periods."""
    for table in draft.all_expectations():
        worth = table.values.get("worth", 0)
        if table.values.get("basis") == "judgement" and worth > 2:
            yield Problem(table.at("worth"), "must be at most 2 for a judgement", show(worth))
