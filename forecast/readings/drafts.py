"""Outcomes drafted from readings: which scenarios' ``holds_when`` a period meets.

Each reading is taken as what it says for certain of one period::

    a whole period                       its value
    a part of one, of what adds up       its value at least
    a total over several, if it adds up  from 0 to the total
    nothing read, or at trust 0          anything
    a derived measure                    its value, if its source is read of the whole period;
                                         anything otherwise, and where it is missing

A mean of which the last period is not in yet will change, so it is not the one to be tested. A
condition is met, or not, or that is not known (True, False, None): 70 dead in four days meet
``dead >= 50`` and leave ``dead < 90`` open. Scenarios are gone through as they are tested, from the
top. One of which the condition is met ends the list; one whose condition is not met is ruled out;
one without a condition, or with one of which it is not known, stays possible, and so does ``other``
if the list comes to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from forecast.case.holds_when import (
    All,
    Comparison,
    Condition,
    Not,
    Some,
    Window,
    comparisons,
)
from forecast.case.types import Case, Scenario
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.readings.derived import derived_values, in_use
from forecast.readings.types import Known, Reading

type Bounds = tuple[float, float]  # the least and the most it can be

_ANYTHING = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a condition looks at: an indicator or a derived measure in one period.

    ``value`` is None where nothing is read, ``reading`` None of a derived measure.
    """

    subject: str
    period: Period
    value: float | None
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a period meets the condition of a scenario; ``met`` None: not known."""

    scenario: Scenario
    met: bool | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class OutcomeDraft:
    """What conditions say of a period: ``possible`` are the scenarios that may hold, in order."""

    period: Period
    verdicts: tuple[Verdict, ...]
    possible: tuple[str, ...]


def outcome_drafts(case: Case, known: Known, periods: Sequence[Period]) -> Iterator[OutcomeDraft]:
    """What readings in force on a date say of the outcomes of some periods."""
    conditions = {s.id: s.holds_when for s in case.scenarios if s.holds_when is not None}
    looked_at = {each.subject for c in conditions.values() for each, _ in comparisons(c)}
    series = {name: _Series.of(case, known, name) for name in looked_at}
    bounds = {name: each.bounds for name, each in series.items()}
    for period in periods:
        at, verdicts, possible = period - case.first, list[Verdict](), list[str]()
        for scenario in case.scenarios:
            condition = conditions.get(scenario.id)
            met = None if condition is None else is_met(condition, at, bounds)
            if met is not False and not any(verdict.met for verdict in verdicts):
                possible.append(scenario.id)
            facts = () if condition is None else tuple(_facts(condition, at, series))
            verdicts.append(Verdict(scenario, met, facts))
        yield OutcomeDraft(period, tuple(verdicts), tuple(possible))


def is_met(condition: Condition, at: int, bounds: Mapping[str, Sequence[Bounds]]) -> bool | None:
    """Whether a condition is met in a period; None if that is not known.

    Parameters
    ----------
    at
        Number of the period; those before 0 and after the last are not known.
    bounds
        Of each subject, by period.
    """
    match condition:
        case Comparison():
            series = bounds[condition.subject]
            return _compares(condition, series[at] if 0 <= at < len(series) else _ANYTHING)
        case Not(inner):
            met = is_met(inner, at, bounds)
            return None if met is None else not met
        case All(parts):
            return _every(is_met(part, at, bounds) for part in parts)
        case Some(parts):
            not_one = _every(_opposite(is_met(part, at, bounds)) for part in parts)
            return _opposite(not_one)
        case Window(inner, least, periods):
            found = [is_met(inner, at - back, bounds) for back in range(periods)]
            if found.count(True) >= least:
                return True
            return None if found.count(True) + found.count(None) >= least else False
        case other:
            assert_never(other)


def _opposite(met: bool | None) -> bool | None:
    return None if met is None else not met


def _every(found: Iterator[bool | None]) -> bool | None:
    """Whether all are; None if it hangs on what is not known."""
    seen = set(found)
    return False if False in seen else None if None in seen else True


def _compares(comparison: Comparison, bounds: Bounds) -> bool | None:
    (low, high), value = bounds, comparison.value
    match comparison.operator:
        case ">=":
            return True if low >= value else False if high < value else None
        case ">":
            return True if low > value else False if high <= value else None
        case "<":
            return True if high < value else False if low >= value else None
        case "<=":
            return True if high <= value else False if low > value else None
        case "=":
            return True if low == high == value else None if low <= value <= high else False
        case "!=":
            return False if low == high == value else None if low <= value <= high else True
    assert_never(comparison.operator)


@dataclass(frozen=True, slots=True)
class _Series:
    """One subject by period: what it can be, and what was read or computed."""

    bounds: list[Bounds]
    facts: list[Fact]

    @classmethod
    def of(cls, case: Case, known: Known, name: str) -> _Series:
        periods = [case.first + n for n in range(known.period - case.first + 1)]
        found = cls([_ANYTHING] * len(periods), [Fact(name, p, None, None) for p in periods])
        measure = next((each for each in case.derived if each.id == name), None)
        if measure is not None:
            source = cls.of(case, known, measure.source).bounds
            for at, value in enumerate(derived_values(case, known, measure)):
                low, high = source[at]
                if not math.isnan(value) and low == high:
                    found.bounds[at] = (value, value)
                    found.facts[at] = Fact(name, periods[at], value, None)
            return found
        indicator = next(each for each in case.indicators if each.id == name)
        adds_up = FAMILIES[indicator.family].adds_up
        for reading in in_use(case, known, indicator):
            for period in reading.periods:
                at = period - case.first
                found.bounds[at] = _bounds(reading, adds_up=adds_up)
                found.facts[at] = Fact(name, period, reading.value, reading)
        return found


def _bounds(reading: Reading, *, adds_up: bool) -> Bounds:
    value = reading.value
    whole = not adds_up or reading.days == reading.full_days
    low = 0.0 if adds_up and reading.span > 1 and value > 0 else value
    return low, value if whole else math.inf


def _facts(condition: Condition, at: int, series: Mapping[str, _Series]) -> Iterator[Fact]:
    """What a condition looks at, each subject's periods in order."""
    back: dict[str, int] = {}
    for comparison, periods in comparisons(condition):
        back[comparison.subject] = max(periods, back.get(comparison.subject, 1))
    for name, periods in back.items():
        yield from series[name].facts[max(0, at - periods + 1) : at + 1]
