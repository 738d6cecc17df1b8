"""The watch list in words: latest reading, its state, the question as a probability, and alerts.

An alert is in force of a threshold that is not reached yet and likely to be next period.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from forecast.alerts import PACE, STANDING, severity
from forecast.case.types import BELOW, THRESHOLDS
from forecast.families import FAMILIES
from forecast.periods import Period, day_label
from forecast.record import Alert, Forecast, IndicatorForecast, NextPeriod
from forecast.report.view import words
from forecast.report.view.coverage import covered, days_of, is_read
from forecast.report.view.types import WatchRow


def watch_rows(forecast: Forecast) -> tuple[WatchRow, ...]:
    """Return one row per indicator, in the case's order."""
    return tuple(_row(indicator, forecast) for indicator in forecast.indicators)


def recent_heading(forecast: Forecast) -> str:
    """The periods the sparklines run over: ``W37-48``."""
    last = forecast.period
    starts = [indicator.recent_first for indicator in forecast.indicators]
    return words.period_range(min(starts, default=last), last)


def _row(indicator: IndicatorForecast, forecast: Forecast) -> WatchRow:
    period = forecast.period
    threshold, answer = _answer(indicator.next)
    next_period = words.period_name(period + 1, period)
    stale = indicator.due == "overdue"
    severe = 0 if stale else severity(indicator.state)
    term = "" if answer is None else words.estimative(answer, forecast.language).capitalize()
    return WatchRow(
        name=indicator.name,
        latest=_latest(indicator, period),
        sparkline=words.sparkline(indicator.recent),
        age=words.age(indicator.age_days),
        grade=indicator.grade or "-",
        source=indicator.source or "-",
        state="last known" if stale and indicator.value is not None else state_text(indicator),
        severity=severe,
        warning="-" if answer is None else words.percent(answer),
        threshold=threshold,
        expected=expected_text(indicator, indicator.next),
        reading=_reading(indicator, period),
        published=_published(indicator),
        doubt=doubt(indicator),
        url=indicator.url or "",
        question=indicator.question,
        answer="" if answer is None else f"{term} in {next_period} ({words.percent(answer)})",
        due="" if is_read(indicator, period) else _missing(indicator, forecast),
    )


def doubt(indicator: IndicatorForecast) -> str:
    """``taken for an error at 73 %``, where the reading is more likely false than true."""
    false = indicator.false
    return "" if false is None or false <= 0.5 else f"taken for an error at {words.percent(false)}"


def doubted(forecast: Forecast) -> str:
    """A sentence on every reading of the forecast period that is more likely false than true."""
    found = [
        f"{indicator.name}, {_latest(indicator, forecast.period)} ({indicator.grade}), "
        f"{doubt(indicator)}"
        for indicator in forecast.indicators
        if doubt(indicator)
    ]
    return f"More likely false than true: {'; '.join(found)}." if found else ""


def _missing(indicator: IndicatorForecast, forecast: Forecast) -> str:
    name = words.period_name(forecast.period)
    return f"missing for {name}, {indicator.due}"


def state_text(indicator: IndicatorForecast) -> str:
    """Return how it stands; of one that is overdue how it stood when it was last read."""
    state = _state(indicator.state, severity(indicator.state))
    stale = indicator.due == "overdue" and indicator.value is not None
    return f"last known {state}" if stale else state


def _state(state: str, severe: int) -> str:
    """Return ``!! warning``, ``!! warning, low``, ``!! on pace``, ``ok`` or ``none``."""
    if not severe:
        return state
    if state.endswith(PACE):
        return f"{'!' * severe} on pace"
    low = ", low" if state.endswith(BELOW) else ""
    return f"{'!' * severe} {THRESHOLDS[severe - 1]}{low}"


def _level_name(indicator: IndicatorForecast, level: float) -> str:
    """Return what a level is called, ``, reinforced border``, or nothing."""
    at = int(level)
    return f", {indicator.level_names[at]}," if 0 <= at < len(indicator.level_names) else ""


def _latest(indicator: IndicatorForecast, period: Period) -> str:
    """Return ``52 in 4 d``, ``210 (W45-48)``, or ``12 (W46)`` where it is not this period's."""
    about = covered(indicator)
    if indicator.value is None or about is None:
        return "none"
    value = FAMILIES[indicator.family].short(indicator.value)
    if about != (period, period):
        return f"{value} ({words.period_range(*about, period)})"
    days, full = days_of(indicator)
    return f"{value} in {days} d" if days < full else value


def _reading(indicator: IndicatorForecast, period: Period) -> str:
    """The latest reading in full: ``52 in week 48, 4 of 7 days (air strikes per week)``."""
    about = covered(indicator)
    if indicator.value is None or about is None:
        return "no reading yet"
    first, last = about
    value = FAMILIES[indicator.family].text(indicator.value)
    text = f"{value}{_level_name(indicator, indicator.value)} "
    if first == last:
        text += f"in {words.period_name(first, period)}"
    else:
        text += f"in all over {words.period_range(first, last, period)}"
    days, full = days_of(indicator)
    if days < full:
        text += f", {days} of {full} days"
    return f"{text} ({indicator.unit})"


def _published(indicator: IndicatorForecast) -> str:
    if indicator.published is None:
        return ""
    day = day_label(indicator.published)
    source, grade = indicator.source or "-", indicator.grade or "-"
    return f"{source}, {grade}, published {day} ({words.age(indicator.age_days)} old)"


def _answer(following: NextPeriod) -> tuple[str, float | None]:
    """The threshold that an indicator's question is about, and the answer's probability.

    At or above warning first; else, if there is one, at or below.
    """
    above, below = (following.thresholds.get("warning" + sense) for sense in ("", BELOW))
    if above is None and below is not None:
        return "warning, low", below
    return "warning", above


def expected_text(indicator: IndicatorForecast, following: NextPeriod) -> str:
    """The median and 90 % range of what is expected, or its most probable level."""
    family = FAMILIES[indicator.family]
    if following.levels:
        level = max(range(len(following.levels)), key=following.levels.__getitem__)
        return f"{family.text(level)} ({words.percent(following.levels[level])})"
    ends = (family.rough(following.quantiles[level]) for level in ("0.05", "0.5", "0.95"))
    low, middle, high = ends
    return f"{middle} ({low}-{high})"


def in_force(forecast: Forecast) -> str:
    """Return ``Sorties critical (52 %), Civilian deaths critical (41 %)``; empty if there are none.

    Of an indicator's alerts it names the most severe.
    """
    named = {indicator.id: indicator.name for indicator in forecast.indicators}
    standing = [alert for alert in forecast.alerts if alert.state in STANDING]
    grouped = groupby(standing, key=lambda alert: alert.indicator)
    return ", ".join(f"{named.get(name, name)} {_worst(list(alerts))}" for name, alerts in grouped)


def alerts(forecast: Forecast) -> str:
    """The same as a sentence, with the period that they are about."""
    told, period = in_force(forecast), forecast.period
    return f"Alerts for {words.period_name(period + 1, period)}: {told}." if told else ""


def threshold_name(alert: Alert) -> str:
    """Return ``warning`` or ``warning, low``."""
    low = ", low" if alert.threshold.endswith(BELOW) else ""
    return THRESHOLDS[severity(alert.threshold) - 1] + low


def _worst(alerts: Sequence[Alert]) -> str:
    worst = max(alerts, key=lambda alert: severity(alert.threshold))
    return f"{threshold_name(worst)} ({words.percent(worst.probability)})"
