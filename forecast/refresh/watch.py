"""The watch list of a forecast: what was read, how it stands, what it says, what is expected."""

from __future__ import annotations

import numpy as np

from forecast.case import BELOW, Case, Indicator
from forecast.families import FAMILIES
from forecast.model.data import Data
from forecast.model.false_reports import false_reports
from forecast.model.families.base import Predicted, Simulated
from forecast.model.outlook import Outlook
from forecast.model.posterior import Posterior
from forecast.model.predict import QUANTILES, Parameters, next_counts, next_series
from forecast.model.spec import Array
from forecast.readings import Due, Known, Reading, due_of, rates
from forecast.record import IndicatorForecast, NextPeriod
from forecast.refresh.arrays import in_order

RECENT = 12  # periods in a sparkline


def watch_list(
    case: Case, known: Known, data: Data, posterior: Posterior, theta: Array
) -> list[IndicatorForecast]:
    """One `IndicatorForecast` per indicator, in the case's order."""
    parameters, outlook = Parameters.of(data, theta), Outlook.after(posterior)
    predicted = [
        *map(Simulated, next_counts(data, outlook, parameters, {})),
        *next_series(data, outlook, parameters, {}),
    ]
    ahead = {
        indicator.id: _next(indicator, each)
        for indicator, each in zip(in_order(case), predicted, strict=True)
    }
    said = said_now(case, posterior)
    number = {indicator.id: place for place, indicator in enumerate(in_order(case))}
    false = false_reports(data, theta, posterior.loglik)
    waiting = {each.indicator.id: each for each in due_of(case, known)}
    result = []
    for indicator in case.indicators:
        spoken = (indicator.id, known.period) in known.speaking
        log_support = map(float, said[indicator.id])
        by_scenario = dict(zip((s.id for s in case.scenarios), log_support, strict=True))
        due = waiting.get(indicator.id)
        support = by_scenario if spoken else {}
        doubt = false.get(number[indicator.id]) if spoken else None
        result.append(_watch(indicator, known, due, support, ahead[indicator.id], doubt))
    return result


def said_now(case: Case, posterior: Posterior) -> dict[str, Array]:
    """Return the log-likelihood of each indicator's last period by scenario, (K,), by id."""
    support = posterior.support()[: len(case.indicators)]
    return dict(zip((i.id for i in in_order(case)), support, strict=True))


def _watch(
    indicator: Indicator,
    known: Known,
    due: Due | None,
    by_scenario: dict[str, float],
    ahead: NextPeriod,
    false: float | None,
) -> IndicatorForecast:
    mine = [r for (name, _), r in known.speaking.items() if name == indicator.id]
    mine += [r for r in known.spans if r.indicator == indicator.id]
    latest = max(mine, key=lambda r: (r.last_period, -r.span), default=None)
    first = known.period - (RECENT - 1)
    return IndicatorForecast(
        id=indicator.id,
        name=indicator.name,
        question=indicator.question,
        family=indicator.family,
        unit=indicator.unit,
        level_names=list(indicator.levels),
        period=latest.period if latest else None,
        value=latest.value if latest else None,
        days=latest.days if latest else None,
        span=latest.span if latest else None,
        published=latest.published if latest else None,
        source=latest.source if latest else None,
        grade=latest.grade if latest else None,
        url=(latest.url or None) if latest else None,
        age_days=(known.as_of - latest.published).days if latest else None,
        state=_state(indicator, latest),
        due="reported" if due is None else "overdue" if due.overdue else "due",
        recent=rates(indicator, known, [first + n for n in range(RECENT)]),
        recent_first=first,
        support=by_scenario,
        next=ahead,
        bounds=indicator.bounds,
        false=false,
    )


def _state(indicator: Indicator, latest: Reading | None) -> str:
    """Return the worst threshold the latest reading reached.

    An amount of part of a period is a lower bound: it can reach a threshold above, or be on pace
    for one (``_pace``), never reach one below.
    """
    if latest is None:
        return "none"
    value, pace = latest.value / latest.span, latest.in_full(indicator.family)
    partial = FAMILIES[indicator.family].adds_up and latest.days < latest.full_days
    state = "ok"
    for threshold in indicator.bounds:  # from mildest to most severe; those of one sense only hold
        below = threshold.endswith(BELOW)
        if indicator.reaches(threshold, value) and not (below and partial):
            state = threshold
        elif indicator.reaches(threshold, pace) and not below:
            state = f"{threshold}_pace"
    return state


def _next(indicator: Indicator, predicted: Predicted) -> NextPeriod:
    quantiles = predicted.quantiles(np.array(QUANTILES))
    return NextPeriod(
        quantiles={str(q): float(v) for q, v in zip(QUANTILES, quantiles, strict=True)},
        thresholds={
            name: predicted.at_most(bound) if name.endswith(BELOW) else predicted.at_least(bound)
            for name, bound in indicator.bounds.items()
        },
        levels=predicted.levels,
    )
