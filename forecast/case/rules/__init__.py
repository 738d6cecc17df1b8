"""The rules of a case: what must hold between the keys, tables and files of its definitions.

Each rule takes the whole draft and yields the problems it finds. `RULES` is all of them; a new
rule is one function and one line here. What a single value must be is in `forecast.case.tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forecast.case.draft import Draft
from forecast.case.rules import (
    counting,
    derived,
    evidence,
    expectations,
    indicators,
    scenarios,
    sources,
)
from forecast.errors import Problem

type Rule = Callable[[Draft], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    scenarios.first_is_a_period,
    scenarios.as_of_is_after_first,
    scenarios.scenarios_end_with_other,
    scenarios.scenario_ids_are_ids,
    scenarios.scenario_names_differ,
    scenarios.starts_sum_to_one,
    scenarios.scenarios_end_or_end_the_case,
    scenarios.lives_come_from_shares,
    scenarios.what_began_began_before_the_case,
    scenarios.what_follows_is_another_scenario,
    indicators.files_belong_together,
    indicators.indicator_names_differ,
    indicators.keys_are_of_the_family,
    indicators.memory_needs_inertia,
    indicators.ratios_compare_sources_with_the_first,
    indicators.thresholds_are_values,
    indicators.thresholds_are_in_order,
    indicators.a_warning_is_set,
    derived.ids_are_ids,
    derived.names_differ,
    derived.sources_are_read,
    derived.measures_have_their_keys,
    derived.measures_suit_the_family,
    derived.a_trend_compares_short_with_long,
    derived.signs_say_what_they_are_before,
    derived.signs_are_of_what_can_begin,
    derived.tests_are_conditions,
    expectations.every_scenario_is_expected,
    expectations.numbers_fit_one_another,
    expectations.judgements_are_worth_little,
    expectations.signs_are_of_what_can_begin,
    evidence.ids_are_ids,
    evidence.no_scenario_is_called_as_a_key,
    evidence.signs_are_of_what_can_begin,
    evidence.periods_are_the_cases,
    evidence.nothing_is_published_before_its_period,
    evidence.nothing_is_published_after_today,
    evidence.sources_can_be_opened_or_say_so,
    evidence.weights_sum_to_one,
    evidence.groups_are_of_one_period,
    evidence.no_report_settles_a_scenario,
    sources.ids_are_ids,
    sources.kinds_have_their_keys,
    sources.files_are_pulled_whole,
    sources.addresses_hold_no_password,
    sources.days_are_in_order,
    sources.days_lie_in_the_version,
    sources.rows_are_published_once,
    sources.own_numbers_have_own_names,
    sources.rows_of_a_day_end_on_it,
    sources.former_ids_are_of_one_source,
    counting.counted_sources_are_sources,
    counting.only_sums_have_a_column,
    counting.filters_ask_for_what_events_have,
)

__all__ = ["RULES", "Rule"]
