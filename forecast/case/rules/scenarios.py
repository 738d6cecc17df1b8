"""Rules of ``priors/scenarios.toml``: the calendar of the case, and its scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from forecast import clock
from forecast.case.dates import year_meant
from forecast.case.draft import Draft
from forecast.case.folder import MARKER
from forecast.case.rules.common import repeated_names, sums_to_one, unknown_scenario
from forecast.case.values import ID_RULE, is_id
from forecast.errors import Problem, show
from forecast.kit.checks import is_number
from forecast.periods import FIRST_YEAR, LAST_YEAR, Period


def first_is_a_period(draft: Draft) -> Iterator[Problem]:
    """The first period is one of the case's cadence."""
    if not draft.case or "first" not in draft.case.values:
        return
    text = draft.case.values["first"]
    try:
        cadence = Period.parse(text).cadence
    except ValueError as error:
        yield Problem(draft.case.at("first"), "must be a period", show(text), str(error))
        return
    asked = draft.case.values.get("cadence", cadence)
    if cadence != asked:
        yield Problem(draft.case.at("first"), f"must be a {asked}, as cadence says", show(text))


def as_of_is_after_first(draft: Draft) -> Iterator[Problem]:
    """The as-of date has come, and on it the first period has ended."""
    if not draft.case or "as_of" not in draft.case.values:
        return
    where, as_of = draft.case.at("as_of"), draft.case.values["as_of"]
    if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        rule = f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"
        yield Problem(where, rule, show(as_of))
        return
    if as_of > clock.latest_today():
        hint = year_meant(as_of, date.min, clock.today())
        yield Problem(where, f"must not be after today, {clock.today()}", show(as_of), hint)
        return
    try:
        refresh_day = Period.parse(draft.case.values.get("first", "")).refresh_day
    except ValueError:
        return  # said by first_is_a_period
    if as_of < refresh_day:
        rule = f"must be {refresh_day} or later, when the first period has ended"
        yield Problem(where, rule, show(as_of))


def scenarios_end_with_other(draft: Draft) -> Iterator[Problem]:
    """There are at least two scenarios and the last is ``other``."""
    if not draft.case:
        return
    ids = list(draft.scenarios)
    if len(ids) < 2:
        yield Problem(MARKER, "must have at least two scenarios", str(len(ids)))
    if ids and ids[-1] != "other":
        where = draft.scenarios[ids[-1]].where
        yield Problem(where, "must not be last: the last scenario is other")


def scenario_ids_are_ids(draft: Draft) -> Iterator[Problem]:
    """A scenario is named by an id."""
    for name, scenario in draft.scenarios.items():
        if not is_id(name):
            yield Problem(scenario.where, ID_RULE)


def scenario_names_differ(draft: Draft) -> Iterator[Problem]:
    """No two scenarios share the name they are shown by."""
    return repeated_names(draft.scenarios.values())


def starts_sum_to_one(draft: Draft) -> Iterator[Problem]:
    """Some scenario holds in the first period."""
    tables = [scenario.values for scenario in draft.scenarios.values()]
    starts = [values["start"] for values in tables if "start" in values]
    if starts and len(starts) == len(tables):
        yield from sums_to_one(f"{MARKER}, start", "over all scenarios", starts)


def scenarios_end_or_end_the_case(draft: Draft) -> Iterator[Problem]:
    """A scenario says how long it lasts and what follows, or that it ends the case."""
    for scenario in draft.scenarios.values():
        ends_case = scenario.values.get("ends_case", False)
        if "ends_case" in scenario.broken:
            continue
        for key in ("lasts", "then"):
            if ends_case and scenario.has(key):
                yield Problem(scenario.at(key), "must be left out: the scenario ends the case")
            if not ends_case and not scenario.has(key):
                yield Problem(scenario.at(key), "must be given, or ends_case = true")


def what_follows_is_another_scenario(draft: Draft) -> Iterator[Problem]:
    """``then`` gives other scenarios probabilities that sum to 1."""
    for name, scenario in draft.scenarios.items():
        then = scenario.values.get("then", {})
        others = [other for other in draft.scenarios if other != name]
        for follower, probability in then.items():
            where = f"{scenario.at('then')} {show(follower)}"
            if follower == name:
                yield Problem(where, "must not be the scenario itself")
            elif follower not in others:
                yield unknown_scenario(where, follower, others)
            if not _can_follow(probability):
                rule = "must be a probability above 0 and at most 1"
                yield Problem(where, rule, show(probability), "leave out what cannot follow")
        if then and all(map(_can_follow, then.values())):
            yield from sums_to_one(scenario.at("then"), "", then.values())


def _can_follow(probability: object) -> bool:
    return is_number(probability) and 0 < probability <= 1
