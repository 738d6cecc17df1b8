"""What is read, what is missing and what is held: the measured ground of a forecast.

Confidence is stated from this alone, with the fit gate and the width of the leading number's
range; never from how probable anything is. The rule, on shares of indicators and days:

========  ===============================================================================
high      fit gate passed, at least 0.9 of the forecast period's days covered and 0.9 of
          the case's last four periods read, and the leading range at most 40 points wide
low       fit gate failed, less than 0.6 of either covered, or the leading range wider
moderate  all else
========  ===============================================================================
"""

from __future__ import annotations

from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.record import Forecast, HeldReading, IndicatorForecast
from forecast.report.view import words

_LATELY = 4
_MUCH, _LITTLE = 0.9, 0.6
_WIDE = 40  # points
_HALF, _SURE = 0.5, 0.9  # of what is open of the lead, and of the lead itself


def covered(indicator: IndicatorForecast) -> tuple[Period, Period] | None:
    """The first and last period the latest reading is about, None without a reading."""
    if indicator.period is None:
        return None
    first = indicator.period
    return first, first + ((indicator.span or 1) - 1)


def is_read(indicator: IndicatorForecast, period: Period) -> bool:
    """Tell whether the latest reading reaches the forecast period."""
    about = covered(indicator)
    return about is not None and about[1] >= period


def days_of(indicator: IndicatorForecast) -> tuple[int, int]:
    """Return days covered by the latest reading, and the days there are in what it is about."""
    about = covered(indicator)
    if about is None:
        return 0, 0
    first, last = about
    full = (last.last_day - first.first_day).days + 1
    return indicator.days or full, full


def confidence(forecast: Forecast) -> str:
    """The confidence sentence, with what it rests on.

    Low where the fit failed, where little was read, and where the lead hangs on judgements: those
    that fit as well would move the leading number far, or one of them carries half of what is open.
    """
    period = forecast.period
    now = [_share_now(indicator, period) for indicator in forecast.indicators]
    lately = [_share_lately(indicator, forecast) for indicator in forecast.indicators]
    least = min(_mean(now), _mean(lately))
    hangs = _hangs(forecast)
    if not forecast.fit.ok or least < _LITTLE or hangs:
        level = "low"
    else:
        level = "high" if least >= _MUCH else "moderate"
    reasons = ["the fit failed its gate"] if not forecast.fit.ok else []
    reasons += _partial(forecast, period) + _gaps(forecast, period)
    reasons += [hangs] if hangs else []
    if not reasons:
        reasons = ["every indicator counted in full"]
    return f"Confidence {level}: {'; '.join(reasons)}."


def _hangs(forecast: Forecast) -> str:
    """That the lead hangs on judgements, if it does."""
    leader = max(forecast.scenarios, key=lambda scenario: scenario.probability)
    wide = words.whole(leader.high - leader.low) > _WIDE
    most = forecast.hangs_on[0] if forecast.hangs_on else None
    coming = max(scenario.horizons[forecast.nearest] for scenario in forecast.scenarios)
    one = most is not None and most.share >= _HALF and coming < _SURE
    if wide:
        return "which scenario leads hangs on judgements"
    return f"which scenario leads hangs on one judgement, {most.name}" if one and most else ""


def missing(forecast: Forecast) -> str:
    """Return which indicators have no reading for the forecast period, and which are overdue."""
    period = forecast.period
    absent = [
        f"{indicator.name} ({indicator.due})"
        for indicator in forecast.indicators
        if not is_read(indicator, period)
    ]
    return f"Missing for {words.period_name(period)}: {', '.join(absent)}." if absent else ""


def held(forecast: Forecast) -> str:
    """Return what is known and waits: readings about periods that have not ended."""
    period = forecast.period
    groups: dict[Period, list[HeldReading]] = {}
    for reading in forecast.held:
        groups.setdefault(reading.period, []).append(reading)
    parts = []
    for about in sorted(groups):
        names = ", ".join(dict.fromkeys(reading.name for reading in groups[about]))
        count, name = len(groups[about]), words.period_range(about, about, period)
        if about > period:
            until = words.day_month(about.refresh_day)
            early = words.counted(count, f"early {name} reading")
            parts.append(f"to {until}: {early} ({names})")
        else:
            totals = words.counted(count, "total")
            parts.append(f"until complete: {totals} from {name} on ({names})")
    return f"Held {'; '.join(parts)}." if parts else ""


def _partial(forecast: Forecast, period: Period) -> list[str]:
    reasons = []
    for indicator in forecast.indicators:
        days, full = days_of(indicator)
        if is_read(indicator, period) and days < full:
            verb = FAMILIES[indicator.family].verb
            reasons.append(f"{indicator.name} {verb} on {days} of {full} days")
    return reasons


def _gaps(forecast: Forecast, period: Period) -> list[str]:
    """Return what is missing among the last periods, names with the same gap together."""
    names: dict[str, list[str]] = {}
    for indicator in forecast.indicators:
        name = indicator.name
        if indicator.value is None:
            names.setdefault("never read", []).append(name)
        elif absent := [about for about, there in _lately(indicator, forecast) if not there]:
            names.setdefault(f"missing {words.period_ranges(absent, period)}", []).append(name)
    return [f"{words.listed(group)} {gap}" for gap, group in names.items()]


def _lately(indicator: IndicatorForecast, forecast: Forecast) -> list[tuple[Period, bool]]:
    """The last few periods, and whether each was read (by itself or in a total).

    None is before the case's first, of which nothing is missing.
    """
    period = forecast.period
    begun = min((point.period for point in forecast.history), default=None)
    first, about = indicator.recent_first, covered(indicator)
    result = []
    for step, value in enumerate(indicator.recent):
        there = about is not None and about[0] <= first + step <= about[1]
        result.append((first + step, value is not None or there))
    return [
        (at, there)
        for at, there in result
        if 0 <= period - at < _LATELY and (begun is None or begun <= at)
    ]


def _share_now(indicator: IndicatorForecast, period: Period) -> float:
    days, full = days_of(indicator)
    return days / full if is_read(indicator, period) else 0.0


def _share_lately(indicator: IndicatorForecast, forecast: Forecast) -> float:
    return _mean([float(there) for _, there in _lately(indicator, forecast)])


def _mean(shares: list[float]) -> float:
    return sum(shares) / len(shares) if shares else 0.0
