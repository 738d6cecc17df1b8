"""Signs of what comes next, as a case has them, in the arrays of the model.

A sign that is a reading or an event has an expectation of its own *before* a scenario begins, and
of any other period one under the scenario that holds. A derived measure that is a sign is nothing
else: of its value x only how much likelier it is in the last period before scenario k begins than
otherwise counts,

    r_k(x) = (r f_k(x) + (1 - r) q(x)) / (r f(x) + (1 - r) q(x)),   q = (f_k + f) / 2

with r the trust in the last reading it was computed from, so that no value makes more than
(1 + r) / (1 - r) of it. A slow mean goes on weighing on the periods that follow, with a log ratio
that halves every half-life; what else is derived speaks for one step. The densities f are normal,
of log(1 + x) for amounts and numbers of periods, of x itself for shares and trends, with the median
and the 90th percentile of the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np

from forecast.case import Case, Derived, Indicator
from forecast.families import FAMILIES, Expectation
from forecast.model.spec import Array
from forecast.readings import Known, derived_values, evidence_known, in_use

_P90 = 1.2815515655446004  # the normal 90 % point


def scenarios_with_signs(case: Case, known: Known) -> list[str]:
    """Scenarios that an indicator, or an event known by then, is a sign of, in the case's order."""
    items = evidence_known(case, known.as_of, known.period)
    named = {scenario for signs in case.before.values() for scenario in signs}
    named |= {scenario for item in items for signs in item.before.values() for scenario in signs}
    return [scenario.id for scenario in case.scenarios if scenario.id in named]


def expected_under_conditions(
    case: Case, indicators: Sequence[Indicator], signs: Sequence[str]
) -> list[list[Expectation | None]]:
    """What is expected of each indicator under every condition: a scenario, or before one.

    None where an indicator is no sign.
    """
    return [
        [
            *(case.expectations[i.id][s.id] for s in case.scenarios),
            *(case.before.get(i.id, {}).get(sign) for sign in signs),
        ]
        for i in indicators
    ]


def sign_ratios(case: Case, known: Known) -> Array | None:
    """How much likelier what measures say is before each scenario than otherwise, (T, K).

    None if the case has no measure that is a sign.
    """
    measures = [each for each in case.derived if each.role == "sign"]
    if not measures:
        return None
    ratio = np.ones((known.period - case.first + 1, len(case.scenarios)))
    for measure in measures:
        values = derived_values(case, known, measure)
        trusts = trusts_in(case, known, measure)
        for t, (value, trust) in enumerate(zip(values, trusts, strict=True)):
            if not isnan(value):
                ratio[t] *= [ratio_of(case, measure, value, trust, s.id) for s in case.scenarios]
    return ratio


def ratios_ahead(case: Case, known: Known) -> Array:
    """What of the last ratios weighs on transitions after the periods that follow, (H, K).

    H is one less than the longest horizon; of no rows where no slow mean is a sign.
    """
    slow = [m for m in case.derived if m.role == "sign" and m.halflife is not None]
    ahead = np.zeros((max(case.horizons, default=1) - 1 if slow else 0, len(case.scenarios)))
    for measure in slow:
        value = derived_values(case, known, measure)[-1]
        if isnan(value):
            continue
        trust = trusts_in(case, known, measure)[-1]
        now = np.log([ratio_of(case, measure, value, trust, s.id) for s in case.scenarios])
        fades = 0.5 ** (np.arange(1, len(ahead) + 1) / (measure.halflife or 1.0))
        ahead += fades[:, None] * now
    return np.asarray(np.exp(ahead))


def trusts_in(case: Case, known: Known, measure: Derived) -> list[float]:
    """Trust in the last reading that a measure was computed from, of each period."""
    indicator = next(each for each in case.indicators if each.id == measure.source)
    by_period = {
        period - case.first: case.grades[reading.grade]
        for reading in in_use(case, known, indicator)
        for period in reading.periods
    }
    found, trust = [], 0.0
    for t in range(known.period - case.first + 1):
        trust = by_period.get(t, trust)
        found.append(trust)
    return found


def ratio_of(case: Case, measure: Derived, value: float, trust: float, scenario: str) -> float:
    """How much likelier a measure's value is before a scenario than otherwise."""
    before, otherwise = measure.before.get(scenario), measure.otherwise
    if before is None or otherwise is None:
        return 1.0
    logs = [_log_density(case, measure, value, spread) for spread in (before, otherwise)]
    f_before, f_otherwise = np.exp(np.array(logs) - max(logs))
    false = (1 - trust) * (f_before + f_otherwise) / 2
    return float((trust * f_before + false) / (trust * f_otherwise + false))


def _log_density(case: Case, measure: Derived, value: float, spread: tuple[float, float]) -> float:
    """Log density of a value given its median and 90th percentile, but for a constant."""
    source = next(each for each in case.indicators if each.id == measure.source)
    numbers = np.array([value, *spread])
    if measure.take != "trend" and FAMILIES[source.family].scale != "proportion":
        numbers = np.log1p(numbers)
    x, median, p90 = numbers
    sd = (p90 - median) / _P90
    return float(-0.5 * ((x - median) / sd) ** 2 - np.log(sd))
