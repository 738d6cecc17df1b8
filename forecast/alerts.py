"""Alerts: thresholds that an indicator is likely to cross next period.

A threshold the latest reading is at or beyond is a state, and there is nothing to warn of; an
alert is raised before, on the probability of being there next period. So that it neither flickers
nor nags it has two levels and a quiet time (the case's ``alerts``)::

    probability   .2   .6      .4        .2       .7     .6       .6         ──> reading crosses
                 ───── on ──────────────── off ───────────────────────────────────────────────
    alert              raised  standing  cleared  quiet  raised   standing   crossed

One step per forecast, from the alerts of the forecast before: the same step is taken at refresh,
where its result is logged, and over a whole ledger, to measure how good such alerts are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from forecast.case import BELOW, THRESHOLDS, Alerting
from forecast.periods import Period
from forecast.record import (
    Alert,
    AlertState,
    Forecast,
    IndicatorForecast,
    Previous,
    compared,
)

STANDING: tuple[AlertState, ...] = ("raised", "standing")
PACE = "_pace"  # ends a state that part of a period is on pace for


def step(
    rule: Alerting,
    period: Period,
    indicators: Iterable[IndicatorForecast],
    before: Iterable[Alert] = (),
) -> list[Alert]:
    """Return the alerts of a forecast.

    Parameters
    ----------
    rule
        When a probability is one.
    period
        The forecast period.
    indicators
        What was read of them, and what is expected next.
    before
        The alerts of the forecast of an earlier period.
    """
    earlier = {(alert.indicator, alert.threshold): alert for alert in before}
    return [alert for said in indicators for alert in _alerts(rule, period, said, earlier)]


def following(rule: Alerting, forecast: Forecast, previous: Previous | None) -> Forecast:
    """Return a forecast compared with another, and with the alerts that follow from its alerts."""
    before = previous[1].alerts if previous else ()
    period = forecast.period
    alerts = step(rule, period, forecast.indicators, before)
    return replace(compared(forecast, previous), alerts=alerts)


def severity(threshold: str) -> int:
    """Return 1 for watch, 2 warning, 3 critical, of a threshold or a state; 0 for none of them."""
    name = threshold.removesuffix(BELOW).removesuffix(PACE)
    return THRESHOLDS.index(name) + 1 if name in THRESHOLDS else 0


def reached(state: str, threshold: str) -> bool:
    """Tell whether an indicator in a state is at, beyond or on pace for a threshold."""
    same_sense = state.endswith(BELOW) == threshold.endswith(BELOW)
    return same_sense and severity(state) >= severity(threshold)


def _alerts(
    rule: Alerting,
    period: Period,
    said: IndicatorForecast,
    earlier: dict[tuple[str, str], Alert],
) -> Iterator[Alert]:
    for threshold, probability in said.next.thresholds.items():
        last = earlier.get((said.id, threshold))
        there = reached(said.state, threshold)
        if state := _state(rule, period, last, probability, there=there):
            raised = last.raised if last and state != "raised" else period
            yield Alert(said.id, threshold, probability, raised, state)


def _state(
    rule: Alerting, period: Period, last: Alert | None, probability: float, *, there: bool
) -> AlertState | None:
    if last and last.state in STANDING:
        if there:
            return "crossed"
        return "standing" if probability >= rule.off else "cleared"
    if last and period - last.raised <= rule.quiet:
        return "quiet"
    return "raised" if probability >= rule.on and not there else None
