"""What is written above, below and instead of the scenario chart."""

from __future__ import annotations

from collections.abc import Sequence
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

FAILED = "FIT NOT OK. Do not act on these numbers before a refit."


def alarm(forecast: Forecast) -> str:
    """Return what stands above a chart of a forecast whose fit failed; empty of any other."""
    return "" if forecast.fit.ok else FAILED


def alarmed(forecast: Forecast, text: str) -> str:
    """Return an alternative text, after the alarm if there is one."""
    return f"{alarm(forecast)} {text}".strip()


def chart_title(forecast: Forecast) -> str:
    """Return the finding: who leads, with how much, and how far that moved."""
    leader = ranked(forecast)[0]
    none = words.no_majority(leader.probability)
    lead = "leads" if none else f"leads at {words.percent(leader.probability)}"
    title = f"{none}{leader.name} {lead}"
    if leader.change is not None and words.points(leader.change) != "same":
        title += f", {words.in_points(leader.change)} since {since(forecast)}"
    return title


def chart_caption(forecast: Forecast, *, as_issued: bool, failed: Sequence[Period] = ()) -> str:
    """Return source, as-of and model, and which probabilities are drawn.

    Parameters
    ----------
    failed
        Periods whose forecast is of a fit that failed its gate.
    """
    if as_issued:
        drawn = (
            "Lines: each forecast as it was issued."
            if forecast.mode == "live"
            else "Lines: one forecast per period, each with only what was known at its as-of."
        )
    else:
        drawn = (
            f"Lines: one forecast logged so far; earlier {forecast.cadence}s recomputed with what "
            f"was known {day_label(forecast.as_of)}."
        )
    return " ".join(filter(None, [drawn, _BANDS, crossed(forecast, failed), source_line(forecast)]))


def crossed(forecast: Forecast, failed: Sequence[Period]) -> str:
    """Return what the crosses on a line mean; empty without any."""
    if not failed:
        return ""
    about = words.period_ranges(failed, forecast.period)
    return f"Crosses ({about}): of a fit that failed its gate."


def source_line(forecast: Forecast) -> str:
    """Return where a chart's numbers come from: source, as-of, model."""
    known = day_label(forecast.as_of)
    readings = words.counted(forecast.readings_used, "coded reading")
    return (
        f"Source: {forecast.case}, {readings}, as known {known}. Model: Bayesian scenario filter, "
        f"fingerprint {forecast.fingerprint[:8]}."
    )


def alt_text(forecast: Forecast) -> str:
    """Return what the scenario chart shows, for a reader who cannot see it."""
    forecast = cleaned(forecast)
    parts = [
        f"{s.name} {words.percent(s.probability)} (90 % range {words.percent_range(s.low, s.high)})"
        for s in ranked(forecast)
    ]
    first = forecast.history[0].period if forecast.history else None
    period = words.period_name(forecast.period, first)
    return alarmed(
        forecast,
        f"Probability of each scenario by {forecast.cadence}, one panel per scenario, up to "
        f"{period}: {'; '.join(parts)}.",
    )


def since(forecast: Forecast) -> str:
    """Return the day changes are counted from, ``25 Nov``; empty for a first forecast."""
    if forecast.change_since is None:
        return ""
    return words.day_month(forecast.change_since.as_of)


def compared(forecast: Forecast, *, failed: bool = False) -> str:
    """Return what changes are counted against.

    Parameters
    ----------
    failed
        Whether the fit of that earlier forecast failed its gate.
    """
    if forecast.change_since is None:
        return "First forecast: nothing earlier to compare with."
    then = forecast.change_since
    about = forecast.period
    doubt = ", whose fit failed its gate" if failed else ""
    return f"Change against {earlier(then.period, then.as_of, then.entry, about)}{doubt}."


def earlier(period: Period, as_of: date, entry: int | None, beside: Period) -> str:
    """Return which earlier forecast is meant: an entry of the ledger, or a period recomputed."""
    name = words.period_name(period, beside)
    known = words.day_month_year(as_of)
    if entry is None:
        return f"{name} recomputed as known {known}: no earlier entry"
    return f"entry {entry} ({name}, as known {known})"
