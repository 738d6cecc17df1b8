"""What a reading says: against the one before, against what was expected, of which scenario."""

from __future__ import annotations

import math

from forecast.alerts import PACE, reached
from forecast.case.types import BELOW, THRESHOLDS
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.record import Forecast, IndicatorForecast, NextPeriod
from forecast.report.view import words
from forecast.report.view.coverage import covered, days_of
from forecast.report.view.watchlist import expected_text

_TELLING = 1.5  # factors within this either way tell nothing apart, as in `why`
_CLEARLY, _LOUDLY = 3.0, 10.0
_MIDDLE, _TAIL = 0.25, 0.05


def moved(indicator: IndicatorForecast, period: Period | None = None) -> str:
    """The latest reading against the one before: ``up from 46 in week 44``.

    In full periods; of a part of one it is said what it comes to. ``period`` is the forecast's.
    """
    about, value = covered(indicator), latest_in_full(indicator)
    if about is None or value is None:
        return ""
    days, full = days_of(indicator)
    unit = about[0].cadence
    scaled = FAMILIES[indicator.family].adds_up and days < full and about[0] == about[1]
    lead = f"at this pace {words.rough_number(value)} a {unit}, " if scaled else ""
    first = indicator.recent_first
    earlier = [
        (first + step, past)
        for step, past in enumerate(indicator.recent)
        if past is not None and first + step < about[0]
    ]
    if not earlier:
        return f"{lead}none before it in {len(indicator.recent)} {unit}s"
    when, past = earlier[-1]
    if past == value:
        return f"{lead}as in {words.period_name(when, period)}"
    verb = "up" if value > past else "down"
    shown = FAMILIES[indicator.family].rough(past)
    return f"{lead}{verb} from {shown} in {words.period_name(when, period)}"


def latest_in_full(indicator: IndicatorForecast) -> float | None:
    """The latest reading for one full period; None if there is none among the recent."""
    about = covered(indicator)
    if about is None:
        return None
    step = about[1] - indicator.recent_first
    return indicator.recent[step] if 0 <= step < len(indicator.recent) else None


def against(
    indicator: IndicatorForecast, before: Forecast | None, period: Period | None = None
) -> str:
    """The latest reading against what the forecast of the period before expected of it.

    Parameters
    ----------
    before
        That forecast; None if the ledger has none.
    period
        The period of the forecast that is shown.
    """
    about, value = covered(indicator), latest_in_full(indicator)
    if about is None or value is None or about[0] != about[1]:
        return ""
    told = [each for each in before.indicators if each.id == indicator.id] if before else []
    if not told or not told[0].next.quantiles:
        name = words.period_name(about[0] - 1, period)
        return f"no forecast of {name} in the ledger to hold it against"
    expected = told[0].next
    lead = f"expected {expected_text(indicator, expected)}: "
    if expected.levels:
        return lead + _level_against(value, expected)
    return lead + _count_against(value, expected)


def _level_against(value: float, expected: NextPeriod) -> str:
    level = round(value)
    likely = max(range(len(expected.levels)), key=expected.levels.__getitem__)
    if level == likely:
        return "as expected"
    beyond = expected.levels[level:] if level > likely else expected.levels[: level + 1]
    side = "higher" if level > likely else "lower"
    return f"this or {side} had {words.percent(sum(beyond))}"


def _count_against(value: float, expected: NextPeriod) -> str:
    share = _share_below(value, expected.quantiles)
    if _MIDDLE <= share <= 1 - _MIDDLE:
        return "in the middle half of it"
    side, part = ("higher", share) if share > 0.5 else ("lower", 1 - share)
    where = "outside" if part > 1 - _TAIL else "inside"
    return f"{where}, {side} than {words.percent(part)} of it"


def _share_below(value: float, quantiles: dict[str, float]) -> float:
    """The share of a predictive distribution below a value, as its quantiles tell it.

    Halfway between the last level whose quantile lies below and the first whose lies above.
    """
    below = [float(level) for level, quantile in quantiles.items() if quantile < value]
    above = [float(level) for level, quantile in quantiles.items() if quantile > value]
    return (max(below, default=0.0) + min(above, default=1.0)) / 2


def thresholds(indicator: IndicatorForecast) -> str:
    """Return ``at or above watch 30 (reached; 80 %), warning 50 (61 %); at or below ...``.

    The per cents are for the next period. Without values where the record has none.
    """
    parts = []
    for sense, suffix in (("above", ""), ("below", BELOW)):
        named = [
            _threshold(indicator, name, name + suffix)
            for name in THRESHOLDS
            if name + suffix in indicator.next.thresholds
        ]
        if named:
            parts.append(f"at or {sense} {', '.join(named)}")
    return "; ".join(parts)


def _threshold(indicator: IndicatorForecast, name: str, key: str) -> str:
    bound = indicator.bounds.get(key)
    value = "" if bound is None else f" {FAMILIES[indicator.family].bare(bound)}"
    chance = words.percent(indicator.next.thresholds[key])
    here = f"{_how(indicator, bound)}; " if reached(indicator.state, key) else ""
    return f"{name}{value} ({here}{chance})"


def _how(indicator: IndicatorForecast, bound: float | None) -> str:
    """Return how a threshold is reached that an indicator's state says is."""
    if not indicator.state.endswith(PACE):
        return "reached"
    value = None if indicator.value is None else indicator.value / (indicator.span or 1)
    return "reached" if bound is not None and value is not None and value >= bound else "on pace"


def speaks_for(indicator: IndicatorForecast, forecast: Forecast) -> str:
    """Return which scenarios a reading is likeliest under, and how loudly it says so.

    Those within a factor of 1.5 of the best are named together, against the one it is least likely
    under; or, if the others are fewer, those it speaks against. Quietly is below 3 to 1, loudly
    from 10 to 1 on.
    """
    names = {scenario.id: scenario.name for scenario in forecast.scenarios}
    support = {name: value for name, value in indicator.support.items() if name in names}
    if not support:
        return ""
    best, least = max(support.values()), min(support, key=support.__getitem__)
    factor = best - support[least]
    if factor < math.log(_TELLING):
        return "tells no scenario from another"
    ranked = sorted(support, key=lambda name: -support[name])
    alike = [names[name] for name in ranked if best - support[name] < math.log(_TELLING)]
    others = [names[name] for name in ranked if names[name] not in alike]
    how = "quietly" if factor < math.log(_CLEARLY) else "clearly"
    how = "loudly" if factor >= math.log(_LOUDLY) else how
    if len(others) < len(alike):
        return f"{how} against {words.listed(others)}: up to {words.odds(factor)} for any other"
    return f"{how} for {words.listed(alike)}: {words.odds(factor)} over {names[least]}"
