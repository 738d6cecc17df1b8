"""Which readings and events tell the scenarios apart, as Bayes factors.

An indicator's ``support`` is log p(this period's reading | scenario, all before it); the
difference between two scenarios is the log Bayes factor of that reading. "In all" is the factor of
all readings and events of the period, which is not their product. A factor within 1.5 either way
tells nothing apart. A total over several periods has no factor of its own in one of them, and is
part of "in all".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from forecast.record import Forecast, ScenarioForecast, Sign
from forecast.report.view import words
from forecast.report.view.coverage import covered

TELLING = math.log(1.5)
_MOVED = 0.005  # what shows as at least one point
_MATTERS = 0.05  # now or before: below it a scenario is compared with no other
_LEAST = 1e-6  # of a probability in odds


def ranked(forecast: Forecast) -> list[ScenarioForecast]:
    """Return scenarios from most to least probable; equal ones in the case's order."""
    return sorted(forecast.scenarios, key=lambda scenario: -scenario.probability)


def why(forecast: Forecast) -> tuple[str, ...]:
    """Return what this period's readings say for the leader over two others, a line or more each.

    The first is the scenario that rose or fell most among those that matter, the second the
    runner-up. Where odds moved against what was read, or without it, that is said as well: what did
    it (time, late or corrected readings, edits) only an explanation can tell apart.
    """
    leader, runner_up = ranked(forecast)[:2]
    rival = _mover(forecast, leader) or runner_up
    factors, totals = _read(forecast, leader, rival)
    warned = tuple(_warnings(forecast))
    if not factors:
        period = words.period_name(forecast.period)
        moved = any(_points(scenario) for scenario in forecast.scenarios)
        rest = f" {_elsewhere('What moved is')}" if moved else ""
        return (f"No reading for {period}: nothing new tells the scenarios apart.{rest}", *warned)
    total = _in_all(forecast, leader, rival)
    lines = _compare(factors, totals, total, leader.name, rival.name)
    if gained := _against(leader, rival, total):
        lines.append(_elsewhere(f"Still {gained}:"))
    if rival is not runner_up:
        factors, _ = _read(forecast, leader, runner_up)
        lines.append(_total(factors, _in_all(forecast, leader, runner_up), leader, runner_up))
    return (*lines, *warned)


def _warnings(forecast: Forecast) -> Iterator[str]:
    """What readings, events and measures say of what begins next, a line per scenario."""
    coming = words.period_name(forecast.period + 1, forecast.period)
    for scenario in forecast.scenarios:
        signs = [sign for sign in forecast.signs if sign.scenario == scenario.id]
        telling = [sign for sign in signs if tells_of_next(sign)]
        said = [
            f"{sign.name} {words.odds(sign.factor)}{'' if sign.factor > 0 else ' against'}"
            for sign in sorted(telling, key=lambda sign: -sign.factor)
        ]
        if signs:
            heard = ", ".join(said) if said else "none to speak of"
            yield f"Signs that {scenario.name} begins in {coming}: {heard}."


def tells_of_next(sign: Sign) -> bool:
    """Whether a sign says anything of what begins next."""
    return abs(sign.factor) >= TELLING


def _mover(forecast: Forecast, leader: ScenarioForecast) -> ScenarioForecast | None:
    """The scenario other than the leader that moved most, None if none moved a point."""
    others = [
        s
        for s in ranked(forecast)
        if s is not leader and _points(s) and max(s.probability, _before(s)) >= _MATTERS
    ]
    return max(others, key=lambda s: abs(s.change or 0.0), default=None)


def _points(scenario: ScenarioForecast) -> bool:
    return abs(scenario.change or 0.0) >= _MOVED


def _before(scenario: ScenarioForecast) -> float:
    return scenario.probability - (scenario.change or 0.0)


def _against(leader: ScenarioForecast, rival: ScenarioForecast, total: float) -> str:
    """Return who gained on whom though readings do not say so; empty if they do."""
    if not (_points(leader) or _points(rival)):
        return ""
    now, before = (
        math.log(max(one, _LEAST)) - math.log(max(other, _LEAST))
        for one, other in (
            (leader.probability, rival.probability),
            (_before(leader), _before(rival)),
        )
    )
    gained = now - before
    if abs(gained) < TELLING or (gained * total > 0 and abs(total) >= TELLING):
        return ""
    winner, loser = (leader, rival) if gained > 0 else (rival, leader)
    return f"{winner.name} gained on {loser.name}"


def _elsewhere(lead: str) -> str:
    return f"{lead} time, late or corrected readings, or edits."


def _read(
    forecast: Forecast, one: ScenarioForecast, other: ScenarioForecast
) -> tuple[list[tuple[str, float]], list[str]]:
    """Return what each reading and event says for one over the other, and the totals beside them.

    Totals that are all that was read are one factor.
    """
    factors, totals = _factors(forecast, one, other), _totals(forecast)
    if not factors and totals and forecast.support:
        return [(words.listed(totals), _in_all(forecast, one, other))], []
    return factors, totals


def _factors(
    forecast: Forecast, one: ScenarioForecast, other: ScenarioForecast
) -> list[tuple[str, float]]:
    said = [(indicator.name, indicator.support) for indicator in forecast.indicators]
    said += [(e.name, e.support) for e in forecast.evidence if e.period == forecast.period]
    return [
        (name, support[one.id] - support[other.id])
        for name, support in said
        if one.id in support and other.id in support
    ]


def _totals(forecast: Forecast) -> list[str]:
    """The totals over several periods that are about this one: ``Sorties W43-44``."""
    period = forecast.period
    return [
        f"{indicator.name} {words.period_range(*about, period)}"
        for indicator in forecast.indicators
        if not indicator.support
        and (about := covered(indicator)) is not None
        and about[0] < about[1]
        and about[0] <= period <= about[1]
    ]


def _in_all(forecast: Forecast, one: ScenarioForecast, other: ScenarioForecast) -> float:
    if forecast.support:
        return forecast.support[one.id] - forecast.support[other.id]
    return sum(factor for _, factor in _factors(forecast, one, other))


def _compare(
    factors: list[tuple[str, float]], totals: list[str], total: float, leader: str, rival: str
) -> list[str]:
    telling = sorted((f for f in factors if abs(f[1]) >= TELLING), key=lambda f: -abs(f[1]))
    pros = [f"{name} {words.odds(factor)}" for name, factor in telling if factor > 0]
    cons = [f"{name} {words.odds(factor)}" for name, factor in telling if factor < 0]
    flat = [name for name, factor in factors if abs(factor) < TELLING]
    if not telling:
        together = words.odds(total)
        if abs(total) < TELLING:
            return [f"Readings barely separate {leader} from {rival} ({together} in all)."]
        side = leader if total > 0 else rival
        return [
            f"No single reading separates {leader} from {rival}; together {together} for {side}."
        ]
    for_leader = f"for {leader} over {rival}"
    parts = [f"{', '.join(pros)} {for_leader}" if pros else f"No reading speaks {for_leader}"]
    if cons:
        parts.append(f"{', '.join(cons)} the other way")
    if len(factors) > 1 or totals:
        side = "" if total >= 0 else f" for {rival}"
        more = f", with {words.listed(totals)}" if totals else ""
        parts.append(f"{words.odds(total)} in all{side}{more}")
    lines = ["; ".join(parts) + "."]
    if flat:
        verb = "does" if len(flat) == 1 else "do"
        lines.append(f"{words.listed(flat)} {verb} not tell the two apart.")
    return lines


def _total(
    factors: list[tuple[str, float]],
    total: float,
    leader: ScenarioForecast,
    runner_up: ScenarioForecast,
) -> str:
    """Return what readings say of the top two, and which of them most."""
    if abs(total) < TELLING:
        return f"Readings barely separate the top two ({words.odds(total)} in all)."
    better, worse = (leader, runner_up) if total > 0 else (runner_up, leader)
    side = 1 if total > 0 else -1
    telling = sorted((f for f in factors if abs(f[1]) >= TELLING), key=lambda f: -abs(f[1]))
    pros = [f"{name} {words.odds(factor)}" for name, factor in telling if factor * side > 0]
    cons = [f"{name} {words.odds(factor)}" for name, factor in telling if factor * side < 0]
    parts = [", ".join(pros)] if pros else []
    parts += [f"{', '.join(cons)} the other way"] if cons else []
    said = f": {'; '.join(parts)}" if parts else ""
    return f"Readings favour {better.name} over {worse.name}, {words.odds(total)}{said}."
