"""What would surprise us next: readings outside the 90 % of an indicator's next reading."""

from __future__ import annotations

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
    if indicator.next.levels:
        return _levels(indicator)
    quantiles = indicator.next.quantiles
    low, high = (words.rough_number(quantiles[level]) for level in ("0.05", "0.95"))
    return f"above {high}" if low == "0" else f"below {low} or above {high}"


def _levels(indicator: IndicatorForecast) -> str:
    """Return the outer levels that together are no more probable than a tail."""
    levels = indicator.next.levels
    low = next(n for n in range(len(levels)) if sum(levels[: n + 1]) > _TAIL)
    high = next(n for n in reversed(range(len(levels))) if sum(levels[n:]) > _TAIL)
    if indicator.family == "binary":
        return "yes" if high == 0 else "no" if low == 1 else "neither answer"
    parts = [f"below level {low}"] if low > 0 else []
    parts += [f"above level {high}"] if high < len(levels) - 1 else []
    return " or ".join(parts) or "no level"
