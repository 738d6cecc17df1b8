"""What pulled sources cover of a forecast's period, beside its watch list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from forecast.periods import Period
from forecast.readings import Coverage
from forecast.record import Forecast
from forecast.report.view import words
from forecast.report.view.types import View


def with_coverage(
    view: View, forecast: Forecast, covered: Mapping[tuple[str, str], Coverage]
) -> View:
    """Return the view of a forecast with what was covered, as known by its as-of.

    Parameters
    ----------
    covered
        By indicator and source; an indicator without pulled sources says nothing.
    """
    period = Period.parse(forecast.period)
    return replace(
        view,
        watch=tuple(
            replace(row, pulled=_pulled(indicator.id, covered, period))
            for row, indicator in zip(view.watch, forecast.indicators, strict=True)
        ),
    )


def _pulled(indicator: str, covered: Mapping[tuple[str, str], Coverage], period: Period) -> str:
    """Return ``acled-events 5 of 7 days, pulled 1 Dec; ucdp not pulled``."""
    return "; ".join(
        f"{source} not pulled"
        if known.pulled is None
        else f"{source} {known.of(period)} of {period.days} days, "
        f"pulled {words.day_month(known.pulled)}"
        for (name, source), known in covered.items()
        if name == indicator
    )
