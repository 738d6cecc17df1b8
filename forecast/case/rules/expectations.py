"""Rules of ``priors/<indicator>.toml``: what is expected under each scenario."""

from __future__ import annotations

from collections.abc import Iterator

from forecast.case.draft import Draft
from forecast.case.rules.common import highest_level, sums_to_one, unknown_scenario
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


def p90_is_above_the_median(draft: Draft) -> Iterator[Problem]:
    """The 90th percentile of a count lies above its median."""
    for table in draft.all_expectations():
        median, p90 = table.values.get("median"), table.values.get("p90")
        if median is not None and p90 is not None and p90 <= median:
            yield Problem(table.at("p90"), f"must be above the median, {show(median)}", show(p90))


def levels_are_covered(draft: Draft) -> Iterator[Problem]:
    """An ordinal has one probability per level; they sum to 1."""
    for name, tables in draft.expectations.items():
        indicator = draft.indicators.get(name)
        highest = highest_level(indicator) if indicator else None
        for table in tables.values():
            levels = table.values.get("levels", [])
            if levels and highest is not None and len(levels) != highest + 1:
                rule = f"must have {highest + 1} probabilities, one per level"
                yield Problem(table.at("levels"), rule, str(len(levels)))
            if levels:
                yield from sums_to_one(table.at("levels"), "", levels)


def judgements_are_worth_little(draft: Draft) -> Iterator[Problem]:
    """A judgement without an episode behind it is worth at most 2 periods."""
    for table in draft.all_expectations():
        worth = table.values.get("worth", 0)
        if table.values.get("basis") == "judgement" and worth > 2:
            yield Problem(table.at("worth"), "must be at most 2 for a judgement", show(worth))
