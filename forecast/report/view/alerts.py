"""Alerts in force: thresholds not reached yet that are likely to be next period."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from forecast.alerts import STANDING, severity
from forecast.case.types import BELOW, THRESHOLDS
from forecast.record import Alert, Forecast
from forecast.report.view import words


def in_force(forecast: Forecast) -> str:
    """Return ``Sorties critical (52 %), Civilian deaths critical (41 %)``; empty if there are none.

    Of an indicator's alerts it names the most severe.
    """
    named = {indicator.id: indicator.name for indicator in forecast.indicators}
    standing = [alert for alert in forecast.alerts if alert.state in STANDING]
    grouped = groupby(standing, key=lambda alert: alert.indicator)
    return ", ".join(f"{named.get(name, name)} {_worst(list(alerts))}" for name, alerts in grouped)


def alerts(forecast: Forecast) -> str:
    """Return the same as a sentence, with the period that they are about."""
    told, period = in_force(forecast), forecast.period
    return f"Alerts for {words.period_name(period + 1, period)}: {told}." if told else ""


def threshold_name(alert: Alert) -> str:
    """Return ``warning`` or ``warning, low``."""
    low = ", low" if alert.threshold.endswith(BELOW) else ""
    return THRESHOLDS[severity(alert.threshold) - 1] + low


def _worst(alerts: Sequence[Alert]) -> str:
    worst = max(alerts, key=lambda alert: severity(alert.threshold))
    return f"{threshold_name(worst)} ({words.percent(worst.probability)})"
