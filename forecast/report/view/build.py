"""From a forecast to its View: the first screen, line by line.

Surprising is a reading outside the 90 % predictive interval of an indicator's next reading; of
levels, one of the outer ones that together are no more probable than a tail.
"""

from __future__ import annotations

import math

from forecast.families import FAMILIES
from forecast.periods import Period, day_label
from forecast.record import EvidenceForecast, Forecast, IndicatorForecast, ScenarioForecast
from forecast.report.view import captions, coverage, words
from forecast.report.view.sanitise import clean, cleaned
from forecast.report.view.types import EventRow, LedgerNote, ScenarioRow, View
from forecast.report.view.watchlist import alerts, doubted, recent_heading, watch_rows
from forecast.report.view.why import why

_NAMED = 0.20  # a scenario this probable is named in the bottom line
_AFTERTHOUGHT = 0.05  # below this the others are named together
_RANGE = (
    "The 90 % range says how far a number moves across judgements compatible with the data; it is "
    "not a margin of error on what will happen."
)


def build_view(
    forecast: Forecast,
    *,
    entry: LedgerNote | None,
    live_scored: int | None,
    earlier_failed: bool = False,
) -> View:
    """Put a forecast into words.

    Parameters
    ----------
    forecast
        What to show; its numbers stay as they are.
    entry
        Where the ledger keeps it; None for a draft that was not logged.
    live_scored
        How many live forecasts of this case have been scored; None if that cannot be told.
    earlier_failed
        Whether the fit of the forecast that changes are counted from failed its gate.
    """
    forecast = cleaned(forecast)
    period = forecast.period
    horizons = sorted(forecast.scenarios[0].horizons, key=int)
    within = sorted(forecast.scenarios[0].ever_within, key=int)
    unit = words.short_unit(forecast.cadence)
    after = period + 1
    return View(
        case=forecast.case,
        period=period.label(),
        known_on=forecast.as_of,
        as_known=f"as known {day_label(forecast.as_of)}",
        alarm=_alarm(forecast),
        bottom_line=_bottom_line(forecast),
        confidence=coverage.confidence(forecast),
        hangs=_hangs(forecast),
        past_heading=_heading(forecast, 0),
        swing_heading=f"80 % on\n{words.day_month(after.refresh_day)}" if _swings(forecast) else "",
        since=captions.since(forecast),
        compared=captions.compared(forecast, failed=earlier_failed),
        moved=_moved(forecast),
        horizon_headings=tuple(_heading(forecast, int(horizon)) for horizon in horizons),
        ever_headings=tuple(f"once by\n{words.until(period + int(h))}" for h in within),
        main_horizon=len(horizons) // 2,
        main_ever=len(within) // 2,
        scenarios=tuple(
            _row(forecast, scenario, horizons, within)
            for scenario in sorted(forecast.scenarios, key=lambda s: -s.horizons[forecast.nearest])
        ),
        why=why(forecast),
        recent_heading=recent_heading(forecast),
        next_period=f"in {words.period_name(period + 1, period)}",
        warning_heading=f"warning\nnext {unit}",
        expected_heading=f"expected\nnext {unit}",
        watch=watch_rows(forecast),
        events=event_rows(forecast),
        alerts=alerts(forecast),
        doubted=doubted(forecast),
        missing=coverage.missing(forecast),
        held=coverage.held(forecast),
        fit=_fit(forecast),
        range_note=_RANGE,
        surprises=_surprises(forecast),
        entry=_entry(forecast, entry),
        skill=_skill(forecast, live_scored),
        record=(_skill(forecast, live_scored),),
        surprising=surprising(forecast),
        surprising_rule=rule(forecast),
        method=_method(forecast),
        fingerprint=forecast.fingerprint,
        alt_text=captions.alt_text(forecast),
        watch_alt=captions.watch_alt(forecast),
    )


def _heading(forecast: Forecast, ahead: int) -> str:
    """``week to`` over ``8 Dec``, or of months ``Dec`` over ``2024``."""
    period = forecast.period + ahead
    if period.cadence == "month":
        return words.dated(period).replace(" ", "\n")
    return f"week to\n{words.until(period)}"


def _swings(forecast: Forecast) -> bool:
    return forecast.scenarios[0].swing is not None and forecast.nearest == "1"


def _hangs(forecast: Forecast) -> str:
    """On which judgements the lead of the next period hangs, with their shares."""
    if not forecast.hangs_on:
        return ""
    named = [f"{clean(each.name)} ({words.percent(each.share)})" for each in forecast.hangs_on]
    return f"The lead ahead hangs most on what is judged of: {', '.join(named)}."


def _row(
    forecast: Forecast, scenario: ScenarioForecast, horizons: list[str], within: list[str]
) -> ScenarioRow:
    swing = scenario.swing if _swings(forecast) else None
    return ScenarioRow(
        name=scenario.name,
        now=_now(forecast, scenario),
        word=words.estimative(scenario.horizons[forecast.nearest], forecast.language),
        swing=words.percent_range(swing.low, swing.high) if swing else "",
        range=words.percent_range(scenario.low, scenario.high),
        change="-" if scenario.change is None else words.points(scenario.change),
        horizons=tuple(words.percent(scenario.horizons[horizon]) for horizon in horizons),
        ever=tuple(words.percent(scenario.ever_within[horizon]) for horizon in within),
    )


def _alarm(forecast: Forecast) -> str:
    if forecast.fit.ok:
        return ""
    failures = "; ".join(forecast.fit.failures) or "no reason given"
    return (
        f"FIT NOT OK: {failures}. Do not act on these numbers. `forecast refresh --refit` samples "
        "again, longer and from elsewhere."
    )


def _now(forecast: Forecast, scenario: ScenarioForecast) -> str:
    """A probability of the period that is over, or what is on record of it."""
    ruled_out = {each.id for each in forecast.ruled_out}
    if scenario.id in ruled_out:
        return "no"
    if len(ruled_out) == len(forecast.scenarios) - 1:
        return "recorded"
    return words.percent(scenario.probability)


def _bottom_line(forecast: Forecast) -> str:
    """What is likely in the nearest period ahead, and what is known of the one that is over."""
    ahead, period = forecast.nearest, forecast.period
    coming = [(scenario, scenario.horizons[ahead]) for scenario in forecast.scenarios]
    next_one = f"{words.dated(period + int(ahead))}: {_likely(forecast, coming)}."
    ruled_out = forecast.ruled_out
    left = [s for s in forecast.scenarios if s not in ruled_out]
    past = words.dated(period)
    if len(left) == 1:
        return f"{next_one} On record for {past}: {left[0].name}."
    likely = _likely(forecast, [(s, s.probability) for s in left])
    ruled = f"; ruled out: {words.listed([s.name for s in ruled_out])}" if ruled_out else ""
    return f"{next_one} In {past}: {likely}{ruled}."


def _likely(forecast: Forecast, chances: list[tuple[ScenarioForecast, float]]) -> str:
    """The leader, said to be below half if it is, and whoever else must be reckoned with."""
    (leader, most), *others = sorted(chances, key=lambda pair: -pair[1])
    named = [(leader, most), *(pair for pair in others[:2] if pair[1] >= _NAMED)]
    if len(named) == 1 and others[0][1] >= _AFTERTHOUGHT:
        named.append(others[0])
    parts = [
        f"{s.name} {words.estimative(p, forecast.language)} ({words.percent(p)})" for s, p in named
    ]
    if len(named) == 1:
        rest = others[0][1]
        limit = "below 1 %" if rest < 0.01 else f"at {words.percent(rest)} or less"
        parts.append(f"every other scenario {limit}")
    return f"{words.no_majority(most)}{'; '.join(parts)}"


def _moved(forecast: Forecast) -> str:
    """The largest movements, at most three, largest first."""
    if forecast.change_since is None:
        return ""
    changes = sorted(
        ((s.name, s.change) for s in forecast.scenarios if s.change is not None),
        key=lambda item: -abs(item[1]),
    )
    parts = [
        f"{name} {words.in_points(change)}"
        for name, change in changes[:3]
        if words.points(change) != "same"
    ]
    day = captions.since(forecast)
    return f"Since {day}: {', '.join(parts)}." if parts else f"Since {day}: no movement."


def _fit(forecast: Forecast) -> str:
    fit = forecast.fit
    ess = words.number(math.floor(fit.ess_min)) if math.isfinite(fit.ess_min) else "unknown"
    verdict = f"{'ok' if fit.ok else 'NOT OK'} (R-hat {fit.rhat_max:.2f}"
    if fit.khat is None:
        return f"Fit {verdict}, ESS {ess})."
    day = words.day_month(fit.anchor)
    return f"Update of the fit of {day} {verdict}, k-hat {fit.khat:.2f}, ESS {ess})."


def _surprises(forecast: Forecast) -> str:
    names = ", ".join(forecast.fit.surprises)
    return f"Far from what was judged beforehand: {names}." if names else ""


def _entry(forecast: Forecast, entry: LedgerNote | None) -> str:
    if entry is None:
        return f"Not logged, {forecast.mode}."
    return f"Entry {entry.number}, {clean(entry.hash)[:8]}, {forecast.mode}."


def _skill(forecast: Forecast, live_scored: int | None) -> str:
    number = "unknown" if live_scored is None else words.number(live_scored)
    scored = f"Live forecasts scored: {number}."
    return f"{scored} Coded with hindsight: not proof of skill." if forecast.pinned else scored


def _method(forecast: Forecast) -> tuple[str, ...]:
    """Return method and limits in five lines."""
    fit = forecast.fit
    how = {
        "fit": "sampled for this forecast",
        "tempered": "sampled for this forecast by chains that cross between modes",
    }.get(fit.method, "reweighted from the last full fit")
    return (
        f"Exactly one scenario holds each {forecast.cadence}; each makes some readings likelier "
        "than others, as judged in advance in the case's priors, and tends to last.",
        f"Used: {words.counted(forecast.readings_used, 'reading')} known by the as-of date; a "
        "missing reading counts for nothing, a weakly graded one for less.",
        "80 % on a day: where the probability of the next period will be once its readings are in, "
        "in four of five cases, by what the model expects of them.",
        '"Once by" is the probability that a scenario holds at least once until then; these do not '
        "sum to 100 %.",
        f"Averaged over {words.counted(fit.draws, 'draw')}, {how}; the numbers are as good as the "
        "judgements and the reporting behind them.",
    )


def event_rows(forecast: Forecast) -> tuple[EventRow, ...]:
    """The events known by the as-of, in the record's order."""
    return tuple(
        EventRow(event.name, _known(event, forecast.period), event.url or "")
        for event in forecast.evidence
    )


def _known(event: EvidenceForecast, period: Period) -> str:
    """Return ``evidence for week 48, A1, published Sun 1 Dec 2024``, and whether it is held."""
    about = words.period_name(event.period, period)
    day = day_label(event.published)
    held = "" if event.support else "; held, it is about a later period"
    return f"evidence for {about}, {event.grade}, published {day}{held}"


_TAIL = 0.05  # what lies beyond on either side
_RARE = 0.1  # of chance: seldom enough to be a reason


def surprising(forecast: Forecast) -> tuple[tuple[str, str], ...]:
    """Each indicator's name, and which readings of the next period would surprise us."""
    return tuple((item.name, _outside(item)) for item in forecast.indicators)


def rule(forecast: Forecast) -> str:
    """Return how the surprises are to be read: how many outside are more than chance makes of them.

    Of n readings that are as expected so many lie outside by a binomial law, taken as independent.
    """
    period = forecast.period
    name = words.period_name(period + 1, period)
    said = f"Nine in ten readings for {name} should lie inside these limits"
    number = len(forecast.indicators)
    most = next(m for m in range(1, number + 2) if _outside_by_chance(number, m) <= _RARE)
    if most == 1:
        return f"{said}; one outside is reason to doubt the judgement above."
    chance = words.percent(_outside_by_chance(number, 1))
    return (
        f"{said}: of {number} one or more lies outside by chance alone in {chance} of "
        f"{forecast.cadence}s; {most} or more are reason to doubt the judgement above."
    )


def _outside_by_chance(number: int, least: int) -> float:
    """The chance that at least so many of some readings lie outside their limits."""
    tail = 2 * _TAIL
    return sum(
        math.comb(number, m) * tail**m * (1 - tail) ** (number - m)
        for m in range(least, number + 1)
    )


def _outside(indicator: IndicatorForecast) -> str:
    family = FAMILIES[indicator.family]
    if chances := indicator.next.levels:
        low = next(n for n in range(len(chances)) if sum(chances[: n + 1]) > _TAIL)
        high = next(n for n in reversed(range(len(chances))) if sum(chances[n:]) > _TAIL)
        return family.outside(low, high, family.levels(indicator.level_names))
    quantiles = indicator.next.quantiles
    return family.outside(quantiles["0.05"], quantiles["0.95"], ())
