"""Small ledgers and resolutions, for tests of what is made of them."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import structs

from forecast.periods import Period
from forecast.readings import Resolution
from forecast.record import Forecast, Mode
from tests.factories import make_forecast


def issue(
    period: str,
    war: float,
    *,
    issued: str = "2024-11-01",
    mode: Mode = "live",
    one: float | None = None,
    four: float | None = None,
) -> Forecast:
    """A forecast of the small case: P(war) now, and 1 and 4 periods ahead (as now if left out)."""
    ahead = {"1": war if one is None else one, "4": war if four is None else four}
    made = make_forecast(period, Period.parse(period).refresh_day.isoformat())
    first, second = made.scenarios
    other = {h: 1 - p for h, p in ahead.items()}
    return structs.replace(
        made,
        issued=datetime.fromisoformat(f"{issued}T09:00:00Z"),
        mode=mode,
        scenarios=[
            structs.replace(first, probability=war, horizons=ahead),
            structs.replace(second, probability=1 - war, horizons=other),
        ],
    )


def held(scenario: str, *periods: str, published: str = "2025-06-01") -> dict[Period, Resolution]:
    """Resolutions by which one scenario held in each period."""
    day = date.fromisoformat(published)
    return {
        (p := Period.parse(text)): Resolution(p, scenario, day, day, "https://example.org", "")
        for text in periods
    }
