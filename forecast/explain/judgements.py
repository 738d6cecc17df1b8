"""Every number an analyst gave that can be moved alone, and the case that has it moved.

A share (of the start, of what follows, of a level) takes from the others in proportion, or gives
to them. A median takes its 90th percentile with it. Left out is what is 0 or 1: that says what
cannot be, and is no matter of degree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from forecast.case import Case
from forecast.case.types import Evidence, Scenario
from forecast.explain.sensitivity_types import Judgement
from forecast.families.base import Elicited
from forecast.kit.shares import free, with_share
from forecast.readings import Known, evidence_known


def judgements(case: Case, known: Known, only: str | None = None) -> Iterator[Judgement]:
    """Yield what can be moved: with ``only``, of that one indicator.

    Of levels those that were read; of events and grades those the forecast uses.
    """
    if only is None:
        yield from _of_scenarios(case)
    for indicator in case.indicators:
        if only not in (None, indicator.id):
            continue
        read = {r.value for (name, _), r in known.speaking.items() if name == indicator.id}
        for scenario, expected in case.expectations[indicator.id].items():
            for kind, item, number in expected.movable(read):
                yield Judgement(kind, number, scenario, indicator.id, item)
        if indicator.inertia > 0:
            yield Judgement("inertia", indicator.inertia, indicator=indicator.id)
    if only is None:
        yield from _of_reports(case, known)


def _of_scenarios(case: Case) -> Iterator[Judgement]:
    for n in free([scenario.start for scenario in case.scenarios]):
        yield Judgement("start", case.scenarios[n].start, case.scenarios[n].id)
    for scenario in case.scenarios:
        if not scenario.ends_case and scenario.lasts > 1:
            yield Judgement("lasts", scenario.lasts, scenario.id)
        ids = list(scenario.then)
        for n in free(list(scenario.then.values())):
            yield Judgement("then", scenario.then[ids[n]], scenario.id, item=ids[n])


def _of_reports(case: Case, known: Known) -> Iterator[Judgement]:
    events = evidence_known(case, known.as_of, known.period)
    for event in events:
        for analyst, likelihood in event.likelihoods.items():
            by = analyst if len(event.likelihoods) > 1 else None
            for scenario, value in likelihood.items():
                yield Judgement("likelihood", value, scenario, item=event.id, analyst=by)
    readings = [*known.speaking.values(), *known.spans]
    for grade in sorted({r.grade for r in readings} | {event.grade for event in events}):
        if case.grades[grade] > 0:
            yield Judgement("trust", case.grades[grade], item=grade)


def moved(case: Case, judgement: Judgement, value: float) -> Case:
    """Return the case with one judgement changed to another value."""
    item, scenario = judgement.item or "", judgement.scenario or ""
    match judgement.kind:
        case "start":
            return replace(case, scenarios=_starting(case.scenarios, scenario, value))
        case "lasts":
            return _with_scenario(case, scenario, partial(_lasting, value=value))
        case "then":
            return _with_scenario(case, scenario, partial(_followed, by=item, value=value))
        case "median" | "p90" | "level":
            return _expecting(case, judgement.kind, judgement, value)
        case "inertia":
            remembering = (
                replace(i, inertia=value) if i.id == judgement.indicator else i
                for i in case.indicators
            )
            return replace(case, indicators=tuple(remembering))
        case "likelihood":
            events = (_likely(e, judgement, value) if e.id == item else e for e in case.evidence)
            return replace(case, evidence=tuple(events))
        case "trust":
            return replace(case, grades=case.grades | {item: value})


def _starting(scenarios: Sequence[Scenario], which: str, value: float) -> tuple[Scenario, ...]:
    at = [scenario.id for scenario in scenarios].index(which)
    shares = with_share([scenario.start for scenario in scenarios], at, value)
    return tuple(replace(s, start=share) for s, share in zip(scenarios, shares, strict=True))


def _with_scenario(case: Case, which: str, change: Callable[[Scenario], Scenario]) -> Case:
    return replace(case, scenarios=tuple(change(s) if s.id == which else s for s in case.scenarios))


def _lasting(scenario: Scenario, value: float) -> Scenario:
    """Scale what exceeds one period: a range stays as wide as it was, on the model's own scale."""
    factor = (value - 1) / (scenario.lasts - 1)
    ends = scenario.lasts_range
    return replace(
        scenario,
        lasts=value,
        lasts_range=(1 + (ends[0] - 1) * factor, 1 + (ends[1] - 1) * factor) if ends else None,
    )


def _followed(scenario: Scenario, by: str, value: float) -> Scenario:
    ids = list(scenario.then)
    shares = with_share(list(scenario.then.values()), ids.index(by), value)
    return replace(scenario, then=dict(zip(ids, shares, strict=True)))


def _expecting(case: Case, kind: Elicited, judgement: Judgement, value: float) -> Case:
    indicator, scenario = judgement.indicator or "", judgement.scenario or ""
    of_indicator = case.expectations[indicator]
    changed = of_indicator[scenario].moved(kind, judgement.item, value)
    return replace(
        case, expectations=case.expectations | {indicator: of_indicator | {scenario: changed}}
    )


def _likely(event: Evidence, judgement: Judgement, value: float) -> Evidence:
    analyst, scenario = judgement.analyst or min(event.likelihoods), judgement.scenario or ""
    likelihood = event.likelihoods[analyst] | {scenario: value}
    return replace(event, likelihoods=event.likelihoods | {analyst: likelihood})
