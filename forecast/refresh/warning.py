"""What of the forecast period bears on what begins in the next: factors by scenario."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import numpy as np

from forecast.case import Case
from forecast.readings import Known, derived_values, evidence_known
from forecast.record import Sign
from forecast.refresh.arrays import in_order
from forecast.refresh.draws import Draws
from forecast.refresh.evidence import contributions, sign_contributions
from forecast.refresh.signs import ratio_of, trusts_in


def signs_now(case: Case, known: Known, draws: Draws) -> list[Sign]:
    """What of the forecast period bears on what begins in the next, by scenario."""
    found = [*_readings(case, known, draws), *_events(case, known, draws), *_measures(case, known)]
    place = {scenario.id: k for k, scenario in enumerate(case.scenarios)}
    return sorted(found, key=lambda sign: place[sign.scenario])


def _readings(case: Case, known: Known, draws: Draws) -> Iterator[Sign]:
    data = draws.data
    if not len(data.sign):
        return
    factors = draws.posterior.begins(data)
    for number, indicator in enumerate(in_order(case)):
        if (indicator.id, known.period) in known.speaking:
            for b in np.flatnonzero(data.signals[number]):
                scenario = case.scenarios[data.sign[b]].id
                factor = float(factors[number, b])
                yield Sign(indicator.id, indicator.name, "reading", scenario, factor)


def _events(case: Case, known: Known, draws: Draws) -> Iterator[Sign]:
    items = evidence_known(case, known.as_of, known.period)
    before = [case.scenarios[k].id for k in draws.data.sign]
    usual, signs = contributions(case, items), sign_contributions(case, items, before)
    for item in items:
        named = {scenario for table in item.before.values() for scenario in table}
        if item.period != known.period or not named:
            continue
        factors = draws.posterior.event_begins(draws.data, usual[item.id], signs[item.id])
        for scenario, factor in zip(before, factors.tolist(), strict=True):
            if scenario in named:
                yield Sign(item.id, item.name, "event", scenario, factor)


def _measures(case: Case, known: Known) -> Iterator[Sign]:
    for measure in case.derived:
        if measure.role != "sign":
            continue
        value = derived_values(case, known, measure)[-1]
        trust = trusts_in(case, known, measure)[-1]
        for scenario in [] if isnan(value) else measure.before:
            factor = float(np.log(ratio_of(case, measure, value, trust, scenario)))
            yield Sign(measure.id, measure.name, "measure", scenario, factor, value)
