"""What stands above, below and instead of charts of a forecast (of scenarios: `captions`).

A title says what was found, a caption how to read it and what it rests on, the alternative text
what is drawn, for a reader who cannot see it.
"""

from __future__ import annotations

from forecast.case.types import THRESHOLDS
from forecast.periods import Period
from forecast.record import Forecast, ScenarioForecast
from forecast.report.view import words
from forecast.report.view.captions import source_line
from forecast.report.view.movement import thresholds
from forecast.report.view.watchlist import watch_rows
from forecast.report.view.why import ranked


def horizon_title(forecast: Forecast) -> str:
    """Return who leads now, and who leads at the farthest horizon."""
    leader, far = ranked(forecast)[0], _farthest(forecast)
    then = max(forecast.scenarios, key=lambda scenario: scenario.horizons[far])
    ahead = f"in {words.counted(int(far), forecast.cadence)}"
    now, later = words.percent(leader.probability), words.percent(then.horizons[far])
    if then is leader:
        return f"{leader.name} leads at {now} now and at {later} {ahead}"
    return f"{leader.name} leads at {now} now, {then.name} at {later} {ahead}"


def horizon_caption(forecast: Forecast) -> str:
    """Return how to read the fan, and what it rests on."""
    unit = forecast.cadence
    return (
        f"Solid: probability that the scenario holds in that {unit}. Dashed: that it holds in at "
        f"least one {unit} from the next up to then; these do not sum to 100 %. Bar: 90 % range "
        f"now, across judgements compatible with the data; of later {unit}s only averages are "
        f"kept. {source_line(forecast)}"
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
    return f"Probability of each scenario now and ahead, a panel each: {'; '.join(parts)}."


def watch_title(forecast: Forecast) -> str:
    """Return which indicators reached a threshold that calls for action, the gravest first."""
    found: dict[tuple[str, bool], list[str]] = {}
    for row, indicator in zip(watch_rows(forecast), forecast.indicators, strict=True):
        if row.severity > THRESHOLDS.index("watch") + 1:
            level = THRESHOLDS[row.severity - 1]
            found.setdefault((level, indicator.state.endswith("_pace")), []).append(row.name)
    if not found:
        return "No indicator has reached warning"
    told = []
    for level in reversed(THRESHOLDS):
        if names := found.get((level, False)):
            told.append(f"{words.listed(names)} at {level}")
        if names := found.get((level, True)):
            told.append(f"{words.listed(names)} on pace for {level}")
    return "; ".join(told)


def watch_caption(forecast: Forecast) -> str:
    """Return how to read the watch list's panels, and what they rest on."""
    unit = forecast.cadence
    return (
        f"Dots: readings per full {unit}; open, a part of it scaled up, with a stem from what was "
        f"counted; a bar, a total over several {unit}s; a diamond, already known of a later {unit} "
        "and not yet used. A small cross: what it was before a correction. Hatched: missing. "
        f"Shaded: 50 % and 90 % of what the forecast of the {unit} before expected, of levels how "
        f"likely each was. Dashed: thresholds. {source_line(forecast)}"
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
    first = Period.parse(
        min((i.recent_first for i in forecast.indicators), default=forecast.period)
    )
    about = words.period_range(first, Period.parse(forecast.period))
    return f"Readings of each indicator over {about}, one panel each. {'; '.join(parts)}."


def _farthest(forecast: Forecast) -> str:
    return max(forecast.scenarios[0].horizons, key=int)
