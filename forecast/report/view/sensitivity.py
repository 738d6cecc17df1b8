"""How far a forecast hangs on its readings and judgements, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecast.explain.sensitivity_types import (
    FACTOR,
    ODDS,
    RATIOS,
    VALUES,
    Judgement,
    PowerRow,
    Sensitivity,
    Turn,
)
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_SHOWN = 0.005  # what shows as at least one point
_BLOCKS = {
    "duration": "how long scenarios last",
    "successor": "what follows them",
    "location": "usual rates",
    "dispersion": "spread",
    "inertia": "inertia",
    "shared": "what counts share",
    "house": "how sources differ",
    "level": "levels",
    "hold": "inertia",
}
_POWER_LEGEND = (
    "In points, at the rate that holds now; after ± the Monte Carlo error. Twice the readings: "
    "every likelihood squared. Twice the judgements: held to what was asked with half the "
    "variance; the start, events and grades have none."
)


@dataclass(frozen=True, slots=True)
class TurnBlock:
    """Whom single changes would let lead, and those changes."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PowerLine:
    """A part of the model and what its counting for more does, in step with the headings."""

    name: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SensitivityView:
    """The answer of ``forecast priors --sensitivity``."""

    case: str
    alarm: str
    cut: str
    bottom_line: str
    turns: tuple[TurnBlock, ...]
    untold: str
    turn_legend: str
    power_headings: tuple[str, ...]
    powers: tuple[PowerLine, ...]
    power_notes: tuple[str, ...]
    power_legend: str


def build_sensitivity(found: Sensitivity) -> SensitivityView:
    """Return the answer in words."""
    top = sorted(found.probabilities, key=lambda name: -found.probabilities[name])[:2]
    return SensitivityView(
        case=clean(found.case),
        alarm=words.fit_alarm(found.failures),
        cut=words.cut_short(found.cut),
        bottom_line=_bottom_line(found, *top),
        turns=tuple(_turns(found)),
        untold=_untold(found),
        turn_legend=_turn_legend(found),
        power_headings=tuple(clean(found.scenarios[name]) for name in top),
        powers=tuple(_power(found, row, top) for row in found.powers if _telling(row, top)),
        power_notes=tuple(_power_notes(found, top)),
        power_legend=_POWER_LEGEND,
    )


def _bottom_line(found: Sensitivity, first: str, second: str) -> str:
    day = words.day_month_year(found.as_of)
    leader, rival = (
        f"{clean(found.scenarios[name])} ({words.percent(found.probabilities[name])})"
        for name in (first, second)
    )
    told = sum(turn.leader is not None for turn in found.turns)
    if told:
        tried = words.counted(found.tried, "judgement")
        changes = "changes" if told == 1 else "change"
        single = f"Moved alone, {told} of {tried} {changes} the leader."
    else:
        doubt = ", as far as these draws can tell" if found.turns else ""
        single = f"No single judgement within these limits changes the leader{doubt}."
    none = words.no_majority(found.probabilities[first])
    return f"{none}{'as' if none else 'As'} known {day} {leader} leads {rival}. {single}"


def _turns(found: Sensitivity) -> Iterator[TurnBlock]:
    """Yield one block per new leader, that of the smallest change first."""
    for leader in dict.fromkeys(turn.leader for turn in found.turns if turn.leader):
        lines = tuple(_turn(found, turn) for turn in found.turns if turn.leader == leader)
        yield TurnBlock(f"{clean(found.scenarios[leader])} would lead if", lines)


def _turn(found: Sensitivity, turn: Turn) -> str:
    """Return ``the median of Sorties under Surge were 240 instead of 110 (x2.2)``."""
    times = f"{'x' if turn.change > 0 else '/'}{math.exp(abs(turn.change)):.1f}"
    if turn.judgement.kind not in RATIOS:
        times = f"odds {times}"
    now = _number(turn.judgement, turn.judgement.now)
    return f"{_named(found, turn.judgement)} were {_at(turn)} instead of {now} ({times})"


def _at(turn: Turn) -> str:
    return _number(turn.judgement, float(f"{turn.at:.2g}"))  # no better known than that


def _number(judgement: Judgement, value: float) -> str:
    """Return a number that someone may have to type, so that 0.5 % is not below 1."""
    if judgement.kind in VALUES:
        return words.rough_number(value)
    return f"{words.number(100 * value)} %"


def _untold(found: Sensitivity) -> str:
    untold = [turn for turn in found.turns if turn.leader is None]
    if not untold:
        return ""
    named = [f"{_named(found, turn.judgement)} ({_at(turn)})" for turn in untold]
    return f"Who would lead beyond cannot be told from these draws: {'; '.join(named)}."


def _named(found: Sensitivity, judgement: Judgement) -> str:
    scenario = clean(found.scenarios.get(judgement.scenario or "", ""))
    indicator = clean(found.indicators.get(judgement.indicator or "", ""))
    item = judgement.item or ""
    match judgement.kind:
        case "start":
            return f"the probability of starting in {scenario}"
        case "lasts":
            return f"the {found.cadence}s that {scenario} lasts"
        case "then":
            return f"the probability that {clean(found.scenarios[item])} follows {scenario}"
        case "median":
            return f"the median of {indicator} under {scenario}"
        case "p90":
            return f"the 90th percentile of {indicator} under {scenario}"
        case "level":
            return f"the probability of level {item} of {indicator} under {scenario}"
        case "inertia":
            return f"the inertia of {indicator}"
        case "likelihood":
            by = f"{clean(judgement.analyst)}'s" if judgement.analyst else "the"
            return f"{by} likelihood of {clean(found.events[item])} under {scenario}"
        case "trust":
            return f"the trust in reports of grade {item}"


def _turn_legend(found: Sensitivity) -> str:
    return (
        f"Moved alone, from 1/{FACTOR:.0f} to {FACTOR:.0f} times: a likelihood, a median (with its "
        "90th percentile), what a 90th percentile exceeds its median by, what a duration exceeds "
        f"one {found.cadence} by. The odds of any other probability: up to {ODDS:.0f} times either "
        "way, the others sharing the rest as before. A leader that changes and changes back on the "
        "way can be missed. Cannot be told: too few draws fit the change (Pareto k-hat above 0.7)."
    )


def _telling(row: PowerRow, columns: Sequence[str]) -> bool:
    """Return whether a row shows more than its own error; readings and the whole always do."""
    shown = any(abs(row.slope[name]) >= max(_SHOWN, 2 * row.error[name]) for name in columns)
    return shown or row.block is None


def _power(found: Sensitivity, row: PowerRow, columns: Sequence[str]) -> PowerLine:
    return PowerLine(
        name=_part(found, row),
        points=tuple(_points(row.slope[name], row.error[name]) for name in columns),
    )


def _part(found: Sensitivity, row: PowerRow) -> str:
    if row.part == "likelihood":
        return "Readings and events"
    if row.block is None:
        return "All judgements"
    what = _BLOCKS.get(row.block, row.block)
    if row.indicator is None:
        return what[0].upper() + what[1:]
    return f"{clean(found.indicators[row.indicator])}: {what}"


def _points(slope: float, error: float) -> str:
    size = words.whole(abs(slope))
    sign = "" if size == 0 else ("+" if slope > 0 else "-")
    return f"{sign}{size} ±{max(1, words.whole(error))}"


def _power_notes(found: Sensitivity, columns: Sequence[str]) -> Iterator[str]:
    silent = [_part(found, row) for row in found.powers if not _telling(row, columns)]
    if silent:
        yield f"Less than a point, or than can be told: {'; '.join(silent)}."
    thin = [_part(found, row) for row in found.powers if not row.told]
    if thin:
        yield f"Resting on few draws: {'; '.join(thin)}."
