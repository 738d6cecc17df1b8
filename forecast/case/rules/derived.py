"""Rules of ``indicators/derived.toml``, and of ``holds_when``, which may look at its measures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from forecast.case.draft import Draft
from forecast.case.folder import DERIVED
from forecast.case.holds_when import Condition, NoConditionError, Subject, parse
from forecast.case.rules.common import (
    family_of,
    levels_of,
    repeated_names,
    signs_of_what_never_begins,
)
from forecast.case.rules.indicators import is_indicator
from forecast.case.tables import TAKE_KEYS, TAKES, Table
from forecast.case.types import Take
from forecast.case.values import ID_RULE, is_id
from forecast.errors import Problem, did_you_mean, show
from forecast.families import Family

_OPTIONAL: dict[Take, tuple[str, ...]] = {"periods-since": ("value",)}
_ANY_NUMBER = Subject(lambda text: _number(text), "must be a number")
_UNKNOWN = Subject(lambda text: 0.0 if text else None, "must be a value")


def ids_are_ids(draft: Draft) -> Iterator[Problem]:
    """A measure is named by an id that no indicator has."""
    for name, measure in draft.derived.items():
        if not is_id(name):
            yield Problem(measure.where, ID_RULE)
        elif name in draft.files.watched:
            rule = f"must differ from the indicator of indicators/{name}.toml"
            yield Problem(measure.where, rule)


def names_differ(draft: Draft) -> Iterator[Problem]:
    """No measure is shown by the name of another, or of an indicator."""
    tables = (*draft.indicators.values(), *draft.derived.values())
    yield from (found for found in repeated_names(tables) if found.where.startswith(DERIVED))


def sources_are_read(draft: Draft) -> Iterator[Problem]:
    """A measure is computed from an indicator, and from no other measure."""
    for measure in draft.derived.values():
        source = measure.values.get("from")
        if source is None or (is_indicator(source) and source in draft.files.watched):
            continue
        if source in draft.derived:
            rule, hint = "must be an indicator that is read", f"{source} is itself derived"
            yield Problem(measure.at("from"), rule, show(source), hint)
        else:
            hint = did_you_mean(source, draft.indicators)
            yield Problem(measure.at("from"), "must be an indicator", show(source), hint)


def measures_have_their_keys(draft: Draft) -> Iterator[Problem]:
    """What is taken says which periods it is about, and which value, if it needs one."""
    for measure in draft.derived.values():
        if (take := measure.values.get("take")) is None:
            continue
        needed, allowed = TAKES[take], _OPTIONAL.get(take, ())
        for key in TAKE_KEYS:
            if key in needed and not measure.has(key):
                yield Problem(measure.at(key), f"must be given: {take} is taken")
            if measure.has(key) and key not in (*needed, *allowed):
                yield Problem(measure.at(key), f"must be left out: {take} is taken")


def measures_suit_the_family(draft: Draft) -> Iterator[Problem]:
    """Only what adds up has a sum, and levels have no mean."""
    for measure in draft.derived.values():
        source = draft.indicators.get(measure.values.get("from", ""))
        family, levels = family_of(source), levels_of(source)
        take, value = measure.values.get("take"), measure.values.get("value")
        if family is None or take is None:
            continue
        if not _suits(take, family):
            fit = [each for each in TAKES if _suits(each, family)]
            rule = f"must be {', '.join(fit[:-1])} or {fit[-1]}: the family is {family.id}"
            yield Problem(measure.at("take"), rule, take)
        if value is not None and levels is not None and not family.allows(value, levels):
            yield Problem(measure.at("value"), family.limits(levels), show(value))


def a_trend_compares_short_with_long(draft: Draft) -> Iterator[Problem]:
    """A trend is the mean of the last few periods against one of more."""
    for measure in draft.derived.values():
        over, against = measure.values.get("over"), measure.values.get("against")
        if over is not None and against is not None and against <= over:
            rule = f"must be above {over}, the periods of the shorter mean"
            yield Problem(measure.at("against"), rule, show(against))


def signs_say_what_they_are_before(draft: Draft) -> Iterator[Problem]:
    """What a sign is before some scenario begins, and otherwise; a fact says neither."""
    for name, measure in draft.derived.items():
        role = measure.values.get("role", "fact")
        for key in ("otherwise", "before", "because"):
            if role == "sign" and not measure.has(key):
                yield Problem(measure.at(key), "must be given: the role is sign")
            elif role == "fact" and "role" not in measure.broken and measure.has(key):
                yield Problem(measure.at(key), "must be left out: the role is not sign")
        before = draft.measure_before.get(name)
        given = [(before.at(k), v) for k, v in before.values.items()] if before else []
        if "otherwise" in measure.values:
            given.append((measure.at("otherwise"), measure.values["otherwise"]))
        if measure.values.get("take") != "trend":
            for where, value in given:
                if value["median"] < 0:
                    rule = "must be { median = .., p90 = .. }, both at least 0"
                    yield Problem(where, rule, show(value))


def signs_are_of_what_can_begin(draft: Draft) -> Iterator[Problem]:
    """Nothing is a sign of a scenario that no other leads to."""
    tables = draft.measure_before.values()
    places = ((table.at(scenario), scenario) for table in tables for scenario in table.values)
    yield from signs_of_what_never_begins(draft, places)


def tests_are_conditions(draft: Draft) -> Iterator[Problem]:
    """``holds_when`` is a condition on readings, of every scenario but the last."""
    for name, scenario in draft.scenarios.items():
        if not scenario.has("holds_when"):
            continue
        where = scenario.at("holds_when")
        if name == "other":
            hint = "it holds when no other scenario does"
            yield Problem(where, "must be left out of the last scenario", hint=hint)
        elif "holds_when" in scenario.values:
            try:
                condition_of(draft, scenario.values["holds_when"])
            except NoConditionError as no:
                yield Problem(f"{where}, character {no.at}", no.rule, no.found, no.hint)


def condition_of(draft: Draft, text: str) -> Condition:
    """The condition of a scenario.

    Raises
    ------
    NoConditionError
        If the text is none.
    """
    cadence = draft.case.values.get("cadence", "week") if draft.case else "week"
    return parse(text, _subjects(draft), cadence)


def _suits(take: Take, family: Family[Any]) -> bool:
    match take:
        case "sum":
            return family.adds_up
        case "mean" | "slow-mean" | "trend":
            return family.scale != "level"
        case "maximum" | "periods-at-or-above" | "periods-since":
            return True


def _subjects(draft: Draft) -> dict[str, Subject]:
    """What each indicator and measure may be compared with; anything, if that is not known."""
    found = {name: _subject(indicator) for name, indicator in draft.indicators.items()}
    for name, measure in draft.derived.items():
        match measure.values.get("take"):
            case "trend" | "periods-at-or-above" | "periods-since":
                found[name] = _ANY_NUMBER
            case _:
                found[name] = found.get(measure.values.get("from", ""), _UNKNOWN)
    return found


def _subject(indicator: Table) -> Subject:
    family, levels = family_of(indicator), levels_of(indicator)
    if family is None or levels is None:
        return _UNKNOWN

    def value_of(text: str) -> float | None:
        if text in levels:
            return float(levels.index(text))
        return family.parse(text, levels)

    if not levels:
        return Subject(value_of, family.rule(levels))
    return Subject(value_of, f"must be a level: {', '.join(map(show, levels))}")


def _number(text: str) -> float | None:
    with suppress(ValueError):
        value = float(text)
        return value if math.isfinite(value) else None
    return None
