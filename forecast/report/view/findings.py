"""What stands above, below and instead of charts of a forecast (of scenarios: `captions`).

A title says what was found, a caption how to read it and what it rests on, the alternative text
what is drawn, for a reader who cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence

from forecast.alerts import PACE, severity
from forecast.case.types import BELOW, THRESHOLDS
from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.view import captions, words
from forecast.report.view.movement import thresholds
from forecast.report.view.watchlist import watch_rows
from forecast.report.view.why import ranked


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
    crosses = f" {captions.crossed(forecast, failed)}" if failed else ""
    return (
        f"Solid: probability that the scenario holds in that {unit}. Dashed: that it holds in at "
        f"least one {unit} from the next up to then; these do not sum to 100 %. Bar: 90 % range "
        f"now, across judgements compatible with the data; of later {unit}s only averages are "
        f"kept.{crosses} {captions.source_line(forecast)}"
    )


def horizon_figures(forecast: Forecast, scenario: ScenarioForecast) -> tuple[str, str, str]:
    """Return a scenario's figures: in a line, and for the ends of its two lines."""
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
    return captions.alarmed(
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
        f"{captions.source_line(forecast)}"
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
    return captions.alarmed(
        forecast, f"Readings of each indicator over {about}, one panel each. {'; '.join(parts)}."
    )


def _farthest(forecast: Forecast) -> str:
    return max(forecast.scenarios[0].horizons, key=int)
