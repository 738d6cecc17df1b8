"""What is written above, below and instead of the scenario chart."""

from __future__ import annotations

from datetime import date

from forecast.periods import Period, day_label
from forecast.record import Forecast
from forecast.report.view import words
from forecast.report.view.sanitise import cleaned
from forecast.report.view.why import ranked

_BANDS = (
    "Bands: 90 % range across judgements compatible with the data, not a margin of error on what "
    "will happen."
)


def chart_title(forecast: Forecast) -> str:
    """Return the finding: who leads, with how much, and how far that moved."""
    leader = ranked(forecast)[0]
    title = f"{leader.name} leads at {words.percent(leader.probability)}"
    if leader.change is not None and words.points(leader.change) != "same":
        title += f", {words.in_points(leader.change)} since {since(forecast)}"
    return title


def chart_caption(forecast: Forecast, *, as_issued: bool) -> str:
    """Return source, as-of and model, and which probabilities are drawn."""
    if as_issued:
        drawn = (
            "Lines: each forecast as it was issued."
            if forecast.mode == "live"
            else "Lines: one forecast per period, each with only what was known at its as-of."
        )
    else:
        drawn = (
            f"Lines: one forecast logged so far; earlier {forecast.cadence}s recomputed with what "
            f"was known {day_label(date.fromisoformat(forecast.as_of))}."
        )
    return f"{drawn} {_BANDS} {source_line(forecast)}"


def source_line(forecast: Forecast) -> str:
    """Return where a chart's numbers come from: source, as-of, model."""
    known = day_label(date.fromisoformat(forecast.as_of))
    plural = "" if forecast.readings_used == 1 else "s"
    return (
        f"Source: {forecast.case}, {forecast.readings_used} coded reading{plural}, as known "
        f"{known}. Model: Bayesian scenario filter, fingerprint {forecast.fingerprint[:8]}."
    )


def alt_text(forecast: Forecast) -> str:
    """Return what the scenario chart shows, for a reader who cannot see it."""
    forecast = cleaned(forecast)
    parts = [
        f"{s.name} {words.percent(s.probability)} (90 % range {words.percent_range(s.low, s.high)})"
        for s in ranked(forecast)
    ]
    period = words.period_name(Period.parse(forecast.period))
    return (
        f"Probability of each scenario by {forecast.cadence}, one panel per scenario, up to "
        f"{period}: {'; '.join(parts)}."
    )


def since(forecast: Forecast) -> str:
    """Return the day changes are counted from, ``25 Nov``; empty for a first forecast."""
    if forecast.change_since is None:
        return ""
    return words.day_month(date.fromisoformat(forecast.change_since.as_of))


def compared(forecast: Forecast) -> str:
    """Return what changes are counted against."""
    if forecast.change_since is None:
        return "First forecast: nothing earlier to compare with."
    then = forecast.change_since
    return f"Change against {earlier(then.period, then.as_of, then.entry)}."


def earlier(period: str, as_of: str, entry: int | None) -> str:
    """Return which earlier forecast is meant: an entry of the ledger, or a period recomputed."""
    name = words.period_name(Period.parse(period))
    known = words.day_month_year(date.fromisoformat(as_of))
    if entry is None:
        return f"{name} recomputed as known {known}: no earlier entry"
    return f"entry {entry} ({name}, as known {known})"
