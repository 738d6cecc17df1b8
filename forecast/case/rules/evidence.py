"""Rules of ``indicators/evidence.toml``: one-off events and how likely analysts hold them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from forecast import clock
from forecast.case.dates import year_meant
from forecast.case.draft import Draft
from forecast.case.grades import trust_of
from forecast.case.rules.common import signs_of_what_never_begins, sums_to_one
from forecast.case.tables import BEFORE, WEIGHT, Table
from forecast.case.values import ID_RULE, NOT_OPENABLE, is_id
from forecast.errors import Problem, show
from forecast.periods import Period


def ids_are_ids(draft: Draft) -> Iterator[Problem]:
    """Items and analysts are named by ids."""
    for name, item in draft.evidence.items():
        if not is_id(name):
            yield Problem(item.where, ID_RULE)
    for analysts in draft.likelihoods.values():
        for name, table in analysts.items():
            if not is_id(name):
                yield Problem(table.where, ID_RULE)


def no_scenario_is_called_as_a_key(draft: Draft) -> Iterator[Problem]:
    """Beside the scenarios an analyst's table has its weight, and what is likely before."""
    for name in (WEIGHT.name, BEFORE.name):
        if draft.evidence and name in draft.scenarios:
            rule = f"must not be called {name}: evidence has a key of that name"
            yield Problem(draft.scenarios[name].where, rule)


def signs_are_of_what_can_begin(draft: Draft) -> Iterator[Problem]:
    """Nothing is a sign of a scenario that no other leads to."""
    tables = (table for signs in draft.likely_before.values() for table in signs.values())
    places = ((table.at(scenario), scenario) for table in tables for scenario in table.values)
    yield from signs_of_what_never_begins(draft, places)


def periods_are_the_cases(draft: Draft) -> Iterator[Problem]:
    """An item is about a period of the case: of its cadence, and not before its first."""
    case = draft.case.values if draft.case else {}
    first = _period(draft.case, "first")
    for item in draft.evidence.values():
        if "period" not in item.values:
            continue
        where, text = item.at("period"), item.values["period"]
        try:
            period = Period.parse(text)
        except ValueError as error:
            yield Problem(where, "must be a period", show(text), str(error))
            continue
        cadence = case.get("cadence", period.cadence)
        if period.cadence != cadence:
            yield Problem(where, f"must be a {cadence}, the case's cadence", show(text))
        elif first and first.cadence == cadence and period < first:
            yield Problem(where, f"must not be before {first}, the case's first period", show(text))


def nothing_is_published_before_its_period(draft: Draft) -> Iterator[Problem]:
    """Nobody knows an event before the period it is about has begun."""
    for item in draft.evidence.values():
        period, published = _period(item, "period"), item.values.get("published")
        if period and published and published < period.first_day:
            rule = f"must not be before {period} began ({period.first_day})"
            hint = year_meant(published, period.first_day, clock.today())
            yield Problem(item.at("published"), rule, show(published), hint)


def nothing_is_published_after_today(draft: Draft) -> Iterator[Problem]:
    """What has not happened yet is not known, whatever the as-of."""
    last = clock.latest_today()
    for item in draft.evidence.values():
        period, published = _period(item, "period"), item.values.get("published")
        if published and published > last:
            hint = year_meant(published, period.first_day if period else date.min, last)
            rule = f"must not be after today, {clock.today()}"
            yield Problem(item.at("published"), rule, show(published), hint)


def sources_can_be_opened_or_say_so(draft: Draft) -> Iterator[Problem]:
    """An item has an address, or a note that says why it has none."""
    for item in draft.evidence.values():
        note = item.values.get("note", "")
        if {"url", "note"} & item.broken or item.values.get("url"):
            continue
        if not note.startswith(NOT_OPENABLE):
            rule = f"must be an address, or left out with a note that begins {NOT_OPENABLE!r}"
            yield Problem(item.at("url"), rule)


def weights_sum_to_one(draft: Draft) -> Iterator[Problem]:
    """The analysts of an item share one judgement."""
    for name, analysts in draft.likelihoods.items():
        tables = [table.values for table in analysts.values()]
        weights = [values[WEIGHT.name] for values in tables if WEIGHT.name in values]
        if weights and len(weights) == len(tables):
            where = f"{draft.evidence[name].at('likelihood')} {WEIGHT.name}"
            yield from sums_to_one(where, "over all analysts", weights)


def groups_are_of_one_period(draft: Draft) -> Iterator[Problem]:
    """Items that tell one story are about one period: their average belongs to it."""
    first: dict[str, str] = {}
    for item in draft.evidence.values():
        group, period = item.values.get("group"), item.values.get("period")
        if group is None or period is None:
            continue
        if first.setdefault(group, period) != period:
            rule = f"must be {first[group]}, as of the other items of group {group}"
            yield Problem(item.at("period"), rule, show(period))


def no_report_settles_a_scenario(draft: Draft) -> Iterator[Problem]:
    """What a likelihood of 0 leaves is that the report is wrong: it must be able to be."""
    given = {name: table.values for name, table in draft.grades.items()}
    trust = trust_of(given.get("reliability", {}), given.get("credibility", {}))
    for name, analysts in draft.likelihoods.items():
        item = draft.evidence[name]
        grade = item.values.get("grade", "")
        impossible = {
            scenario: table
            for table in analysts.values()
            for scenario, likelihood in table.values.items()
            if likelihood == 0
        }
        if impossible and trust.get(grade, 0.0) >= 1:
            hint = "what itself rules a scenario out is an outcome: forecast resolve PERIOD --not"
            for scenario, table in impossible.items():
                rule = f"must be above 0, for a report of grade {grade} is taken as never wrong"
                yield Problem(table.at(scenario), rule, "0", hint)
        if impossible and impossible.keys() >= draft.scenarios.keys():
            rule = "must leave a scenario to which no analyst gives a likelihood of 0"
            yield Problem(item.at("likelihood"), rule)


def _period(table: Table | None, key: str) -> Period | None:
    try:
        return Period.parse(table.values[key]) if table and key in table.values else None
    except ValueError:
        return None  # said by another rule
