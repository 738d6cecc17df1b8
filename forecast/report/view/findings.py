"""What stands above, below and instead of every chart but that of scenarios (`captions`).

A title says what was found, a caption how to read it and what it rests on, the alternative text
what is drawn, for a reader who cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from forecast.case.types import THRESHOLDS
from forecast.explain.types import LEVEL_OFF, MEDIAN_OFF, P90_OFF, CountRow, Priors
from forecast.periods import Period, day_label
from forecast.proof.types import Block, Proof, Table
from forecast.record import Forecast, ScenarioForecast
from forecast.report.view import words
from forecast.report.view.captions import source_line
from forecast.report.view.movement import thresholds
from forecast.report.view.priors import build_priors
from forecast.report.view.sanitise import clean
from forecast.report.view.scores import HINDSIGHT, horizon_name
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
    unit = {"week": "wk", "month": "mo"}[forecast.cadence]
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
    first = Period.parse(min((i.recent_first for i in forecast.indicators), default=""))
    about = words.period_range(first, Period.parse(forecast.period))
    return f"Readings of each indicator over {about}, one panel each. {'; '.join(parts)}."


def priors_title(priors: Priors) -> str:
    """Return whether the model believes what it was told."""
    return build_priors(priors).bottom_line.rstrip(".")


def priors_caption(priors: Priors, as_of: date) -> str:
    """Return how to read asked beside believed, and what it rests on."""
    return (
        f"Of a full {priors.cadence} while the scenario holds, before any reading. Counts (log "
        "scale): median and 90th percentile, asked above with open marks, believed below with full "
        "ones. Levels: probability, asked as outline, believed filled. !: cannot be had, or off by "
        f"more than {words.percent(MEDIAN_OFF)} (median), {words.percent(P90_OFF)} (90th "
        f"percentile), {words.bare_percent(LEVEL_OFF)} points (level). "
        f"Source: {clean(priors.case)}, judgements as of {day_label(as_of)}. Model: prior "
        "predictive of the Bayesian scenario filter."
    )


def priors_alt(priors: Priors) -> str:
    """Return what asked beside believed shows."""
    parts = []
    for indicator in priors.indicators:
        rows = []
        for row in indicator.rows:
            if isinstance(row, CountRow):
                asked, believed = (
                    f"{words.rough_number(median)} (one in ten above {words.rough_number(p90)})"
                    for median, p90 in (
                        (row.asked_median, row.asked_p90),
                        (row.believed_median, row.believed_p90),
                    )
                )
            else:
                asked, believed = (_levels(each) for each in (row.asked, row.believed))
            rows.append(f"{clean(row.name)} asked {asked}, believed {believed}")
        parts.append(f"{clean(indicator.name)}: {'; '.join(rows)}.")
    return f"{priors_title(priors)}. {' '.join(parts)}"


def calibration_title(table: Table, cadence: str) -> str:
    """Return whether what was called came true as often, by the worst of the first table."""
    about = words.counted(table.settled, f"{table.mode} forecast")
    where = f"{about} {horizon_name(table.horizon, cadence)}"
    off = [block for block in _blocks([table]) if _miss(block) > 0]
    if not off:
        return f"What was called came true as often, as far as {where} can tell"
    worst = max(off, key=_miss)
    called = f"{words.percent_range(worst.low, worst.high)} %"
    return f"What was called {called} came true in {_share(worst)} of cases: {where}"


def calibration_caption(proof: Proof) -> str:
    """Return how to read a reliability diagram."""
    told = (
        "Lines: probabilities that isotonic regression calls by one rate, over all scenarios; "
        "dots: their mean, and the share that came true; numbers: how many. Bars: where that "
        "share would lie in 9 of 10 cases if every forecast were right. "
        f"Source: {clean(proof.case)}."
    )
    return f"{told} {HINDSIGHT}" if proof.pinned else told


def calibration_alt(tables: Sequence[Table], cadence: str) -> str:
    """Return what a reliability diagram shows."""
    parts = []
    for table in tables:
        rates = [
            f"of {block.number} called {words.percent_range(block.low, block.high)} % "
            f"{_share(block)} came true"
            for block in _blocks([table])
        ]
        parts.append(f"{horizon_name(table.horizon, cadence)}: {', '.join(rates)}")
    return f"Called against came true, one panel per horizon. {'; '.join(parts)}."


def _farthest(forecast: Forecast) -> str:
    return max(forecast.scenarios[0].horizons, key=int)


def _levels(chances: Iterable[float]) -> str:
    return ", ".join(f"level {n} {words.percent(p)}" for n, p in enumerate(chances))


def _blocks(tables: Iterable[Table]) -> list[Block]:
    return [block for table in tables if table.reliability for block in table.reliability.blocks]


def _miss(block: Block) -> float:
    """Return how far what came true lies outside of what was to be expected."""
    return max(block.band_low - block.held, block.held - block.band_high)


def _share(block: Block) -> str:
    return f"{words.whole(block.held)} %"
