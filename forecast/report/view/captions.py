"""Titles, captions and alternative texts of the charts of a forecast.

A title is the finding, a caption how to read the chart and what it rests on, the alternative text
what is drawn, for a reader who cannot see it. Those of the charts that check the model are in
`model_captions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forecast.alerts import PACE, severity
from forecast.case.types import BELOW, THRESHOLDS
from forecast.periods import Period, day_label
from forecast.record import Forecast, ScenarioForecast
from forecast.report.view import words
from forecast.report.view.movement import thresholds
from forecast.report.view.sanitise import cleaned
from forecast.report.view.watchlist import watch_rows
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
    """An alternative text, after the alarm if there is one."""
    return f"{alarm(forecast)} {text}".strip()


def chart_title(forecast: Forecast) -> str:
    """The finding: who leads, with how much, and how far that moved."""
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
    """The day changes are counted from, ``25 Nov``; empty for a first forecast."""
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


def horizon_title(forecast: Forecast) -> str:
    """Return who leads now, and who leads at the farthest horizon."""
    leader, far = ranked(forecast)[0], _farthest(forecast)
    then = max(forecast.scenarios, key=lambda scenario: scenario.horizons[far])
    ahead = f"in {words.counted(int(far), forecast.cadence)}"
    now, later = words.percent(leader.probability), words.percent(then.horizons[far])
    none = words.no_majority(leader.probability)
    lead = f"{none}{leader.name} leads{'' if none else f' at {now}'} now"
    return f"{lead}{' and' if then is leader else f', {then.name}'} at {later} {ahead}"


def horizon_caption(forecast: Forecast, failed: Sequence[Period] = ()) -> str:
    """Return how to read the fan, and what it rests on.

    Parameters
    ----------
    failed
        Past periods whose forecast is of a fit that failed its gate.
    """
    unit = forecast.cadence
    crosses = f" {crossed(forecast, failed)}" if failed else ""
    return (
        f"Solid: probability that the scenario holds in that {unit}. Dashed: that it holds in at "
        f"least one {unit} from the next up to then; these do not sum to 100 %. Bar: 90 % range "
        f"now, across judgements compatible with the data; of later {unit}s only averages are "
        f"kept.{crosses} {source_line(forecast)}"
    )


def horizon_figures(forecast: Forecast, scenario: ScenarioForecast) -> tuple[str, str, str]:
    """A scenario's figures: in a line, and for the ends of its two lines."""
    far, main = _farthest(forecast), sorted(scenario.horizons, key=int)
    unit = words.short_unit(forecast.cadence)
    middle = main[len(main) // 2]
    now = words.percent(scenario.probability)
    line = f"{now} now, {words.percent(scenario.horizons[middle])} in {middle} {unit}"
    ends = words.percent(scenario.horizons[far]), words.percent(scenario.ever_within[far])
    return (line, *ends)


def horizon_alt(forecast: Forecast) -> str:
    """Return what the fan shows."""
    parts = []
    for scenario in ranked(forecast):
        ahead = [
            f"{words.percent(scenario.horizons[h])} in {words.counted(int(h), forecast.cadence)} "
            f"({words.percent(scenario.ever_within[h])} at least once by then)"
            for h in sorted(scenario.horizons, key=int)
        ]
        parts.append(f"{scenario.name} {words.percent(scenario.probability)}, {', '.join(ahead)}")
    return alarmed(
        forecast,
        f"Probability of each scenario now and ahead, a panel each: {'; '.join(parts)}.",
    )


def watch_title(forecast: Forecast) -> str:
    """Return which indicators reached a threshold that calls for action, the gravest first."""
    found: dict[str, list[str]] = {}
    for indicator in forecast.indicators:
        if severity(indicator.state) > severity("watch"):
            found.setdefault(indicator.state, []).append(indicator.name)
    if not found:
        return "No indicator has reached warning"
    told = []
    for level in reversed(THRESHOLDS):
        for suffix, how in (("", "at {}"), (BELOW, "at {}, low"), (PACE, "on pace for {}")):
            if names := found.get(level + suffix):
                told.append(f"{words.listed(names)} {how.format(level)}")
    return "; ".join(told)


def watch_caption(forecast: Forecast, failed: Sequence[Period] = ()) -> str:
    """Return how to read the watch list's panels, and what they rest on.

    Parameters
    ----------
    failed
        Periods of which a fit that failed its gate expected what is shaded.
    """
    unit = forecast.cadence
    period = forecast.period
    doubted = f" ({words.period_ranges(failed, period)}: by a fit that failed its gate)"
    return (
        f"Dots: readings per full {unit}; open, a part of it scaled up, with a stem from what was "
        f"counted; a bar, a total over several {unit}s; a diamond, already known of a later {unit} "
        "and not yet used. A small cross: what it was before a correction. Hatched: missing. "
        f"Shaded: 50 % and 90 % of what the forecast of the {unit} before expected, of levels how "
        f"likely each was{doubted if failed else ''}. Dashed: thresholds. "
        f"{source_line(forecast)}"
    )


def watch_alt(forecast: Forecast) -> str:
    """Return what the watch list's panels show."""
    parts = []
    for row, indicator in zip(watch_rows(forecast), forecast.indicators, strict=True):
        said = [row.reading, f"state {row.state.lstrip('! ')}"]
        said += [row.due] * bool(row.due)
        said.append(f"next {forecast.cadence} expected {row.expected}")
        said += [told] if (told := thresholds(indicator)) else []
        parts.append(f"{row.name}: {', '.join(said)}")
    first = min((i.recent_first for i in forecast.indicators), default=forecast.period)
    about = words.period_range(first, forecast.period)
    return alarmed(
        forecast, f"Readings of each indicator over {about}, one panel each. {'; '.join(parts)}."
    )


def _farthest(forecast: Forecast) -> str:
    return max(forecast.scenarios[0].horizons, key=int)
