"""From a case and what was known on a date to the arrays of the model."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case import Case, Indicator
from forecast.errors import CaseError
from forecast.families import FAMILIES
from forecast.model.elicit import LIVES, lives_prior
from forecast.model.families import EMISSIONS
from forecast.model.families.base import Emission
from forecast.model.spec import ChainSpec, LivesSpec, SeriesSpec, SignSpec, Spec
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known, impossible_outcome
from forecast.refresh.counts import counts_and_overlaps
from forecast.refresh.evidence import contributions, sign_contributions
from forecast.refresh.signs import (
    expected_under_conditions,
    ratios_ahead,
    scenarios_with_signs,
    sign_ratios,
)

DURATION_SD = 0.5  # log sd of a duration given as one number


def spec_of(case: Case, known: Known) -> Spec:
    """Return the model's spec for the forecast period of ``known``.

    Raises
    ------
    CaseError
        If the case's judgements exclude what is known of outcomes.
    """
    periods = [case.first + t for t in range(known.period - case.first + 1)]
    signs = scenarios_with_signs(case, known)
    counts, overlaps = counts_and_overlaps(case, known, periods, signs)
    found = [_series(case, known, periods, family, signs) for family in EMISSIONS.values()]
    return Spec(
        periods=tuple(str(p) for p in periods),
        scenarios=tuple(s.id for s in case.scenarios),
        chain=_chain(case),
        counts=counts,
        overlaps=overlaps,
        series=tuple(each for each in found if each is not None),
        evidence=_evidence(case, known, periods),
        possible=_possible(case, known, periods),
        signs=_signs(case, known, periods, signs),
    )


def _signs(
    case: Case, known: Known, periods: list[Period], before: Sequence[str]
) -> SignSpec | None:
    """What weighs on transitions; None if nothing does."""
    ratio = sign_ratios(case, known)
    if not before and ratio is None:
        return None
    ids = [scenario.id for scenario in case.scenarios]
    evidence = np.zeros((len(periods), len(ids), len(before)))
    items = evidence_known(case, known.as_of, known.period)
    found = sign_contributions(case, items, before)
    for item in items:
        evidence[item.period - case.first] += found[item.id]
    return SignSpec(
        scenario=np.array([ids.index(each) for each in before], dtype=np.int64),
        evidence=evidence,
        ratio=np.zeros((0, len(ids))) if ratio is None else ratio,
        ahead=ratios_ahead(case, known),
    )


def _possible(case: Case, known: Known, periods: list[Period]) -> NDArray[np.bool_] | None:
    """Whether known outcomes leave a scenario possible, (T, K); None if they rule out nothing."""
    if not known.possible:
        return None
    if problem := impossible_outcome(case, known.possible):
        raise CaseError(problem)
    every = [scenario.id for scenario in case.scenarios]
    return np.array([[id_ in known.possible.get(p, every) for id_ in every] for p in periods])


def _evidence(case: Case, known: Known, periods: list[Period]) -> np.ndarray:
    result = np.zeros((len(periods), len(case.scenarios)))
    items = evidence_known(case, known.as_of, known.period)
    said = contributions(case, items)
    for item in items:
        result[item.period - case.first] += said[item.id]
    return result


def _chain(case: Case) -> ChainSpec:
    scenarios = case.scenarios
    spread = [
        log((s.lasts_range[1] - 1) / (s.lasts_range[0] - 1)) / (2 * 1.6448536269514722)
        if s.lasts_range and s.lasts_range[0] > 1
        else DURATION_SD
        for s in scenarios
    ]
    return ChainSpec(
        start=np.array([s.start for s in scenarios]),
        lasts=np.array([s.lasts for s in scenarios]),
        spread=np.array(spread),
        absorbing=np.array([s.ends_case for s in scenarios]),
        then=np.array([[s.then.get(other.id, 0.0) for other in scenarios] for s in scenarios]),
        worth=np.array([s.worth for s in scenarios]),
        lives=_lives(case),
    )


def _lives(case: Case) -> LivesSpec | None:
    """Elicited lives of episodes; None if no scenario has several, or began when it is known."""
    scenarios = case.scenarios
    if not any(s.over for s in scenarios):
        return None
    lasts = np.repeat(np.array([[s.lasts] for s in scenarios]), LIVES, axis=1)
    share = np.tile(np.eye(1, LIVES), (len(scenarios), 1))
    for k, scenario in enumerate(scenarios):
        if scenario.over:
            lasts[k], share[k] = lives_prior(scenario.over, DURATION_SD)
    return LivesSpec(
        lasts=lasts,
        share=share,
        resumes=np.array([s.resumes for s in scenarios]),
        elapsed=np.array([-1.0 if s.elapsed is None else s.elapsed for s in scenarios]),
    )


def _series(
    case: Case,
    known: Known,
    periods: list[Period],
    family: Emission[Any, Any],
    signs: Sequence[str],
) -> SeriesSpec | None:
    """The indicators of one family and their readings, None if there are none."""
    indicators = [i for i in case.indicators if FAMILIES[i.family].emission == family.family]
    if not indicators:
        return None
    expected = expected_under_conditions(case, indicators, signs)
    numbers = [
        [() if each is None else FAMILIES[i.family].numbers(each) for each in row]
        for i, row in zip(indicators, expected, strict=True)
    ]
    most = max(len(own) for row in numbers for own in row)
    elicited = np.zeros((len(indicators), len(case.scenarios) + len(signs), most))
    for at in np.ndindex(elicited.shape[:2]):
        own = numbers[at[0]][at[1]]
        elicited[(*at, slice(len(own)))] = own
        if not own:
            elicited[at] = nan
    rows: list[tuple[float, ...]] = []
    for j, indicator in enumerate(indicators):
        previous: Reading | None = None
        for period in periods:
            reading = known.speaking.get((indicator.id, period))
            if reading is None:
                continue
            trust = case.grades[reading.grade]
            if trust == 0.0:
                continue  # says nothing, and is not remembered
            value, gap, before = nan, inf, 1.0
            if previous is not None:
                value, gap = previous.value, float(period - previous.period)
                before = case.grades[previous.grade]
            rows.append((reading.value, value, gap, trust, before, j, period - case.first))
            previous = reading
    table = np.array(rows, dtype=float).reshape(-1, 7)
    return SeriesSpec(
        family=family.family,
        ids=tuple(i.id for i in indicators),
        elicited=elicited,
        worth=np.array([[each.worth if each else nan for each in row] for row in expected]),
        inertia=np.array([i.inertia for i in indicators], dtype=float),
        value=table[:, 0],
        previous=table[:, 1],
        gap=table[:, 2],
        trust=table[:, 3],
        trust_before=table[:, 4],
        series=table[:, 5].astype(np.int64),
        at=table[:, 6].astype(np.int64),
        signs=len(signs),
    )


def in_order(case: Case) -> list[Indicator]:
    """The indicators of a case in the order of emissions: counts, then family by family."""
    place = {family: n for n, family in enumerate(EMISSIONS)}
    return sorted(case.indicators, key=lambda i: place.get(FAMILIES[i.family].emission, -1))
