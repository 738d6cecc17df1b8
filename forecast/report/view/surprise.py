"""What would surprise us next: readings outside the 90 % of an indicator's next reading.

Of levels the outer ones that together are no more probable than a tail.
"""

from __future__ import annotations

from forecast.families import FAMILIES
from forecast.record import Forecast, IndicatorForecast
from forecast.report.view import words

_TAIL = 0.05  # what lies beyond on either side


def surprising(forecast: Forecast) -> tuple[tuple[str, str], ...]:
    """Return each indicator's name, and which readings of the next period would surprise us."""
    return tuple((item.name, _outside(item)) for item in forecast.indicators)


def rule(forecast: Forecast) -> str:
    """Return how the surprises are to be read."""
    period = forecast.period
    name = words.period_name(period + 1, period)
    return (
        f"Nine in ten readings for {name} should lie inside these limits; one outside is reason to "
        "doubt the judgement above."
    )


def _outside(indicator: IndicatorForecast) -> str:
    family = FAMILIES[indicator.family]
    if chances := indicator.next.levels:
        low = next(n for n in range(len(chances)) if sum(chances[: n + 1]) > _TAIL)
        high = next(n for n in reversed(range(len(chances))) if sum(chances[n:]) > _TAIL)
        return family.outside(low, high, family.levels(indicator.level_names))
    quantiles = indicator.next.quantiles
    return family.outside(quantiles["0.05"], quantiles["0.95"], ())
