"""How far a forecast hangs on its readings and judgements, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast.case.judgements import FACTOR, ODDS, Judgement
from forecast.families import FAMILIES
from forecast.report.view import words
from forecast.report.view.sanitise import clean

if TYPE_CHECKING:  # they compute, and are heavy
    from forecast.explain.sensitivity import PowerScaled, Sensitivity
    from forecast.explain.switching import SwitchingValue

_SHOWN = 0.005  # what shows as at least one point
_BLOCKS = {
    "duration": "how long scenarios last",
    "successor": "what follows them",
    "shared": "what counts share",
    "house": "how sources differ",
} | {
    name: words
    for family in FAMILIES.values()
    for name, words in [*family.parameters.items(), (family.inertia, "inertia")]
}
_POWER_LEGEND = (
    "In points, at the rate that holds now; after ± the Monte Carlo error. Twice the readings: "
    "every likelihood squared. Twice the judgements: held to what was elicited with half the "
    "variance; the start, events and grades have none."
)


@dataclass(frozen=True, slots=True)
class SwitchingBlock:
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
    switching: tuple[SwitchingBlock, ...]
    unreliable: str
    switching_legend: str
    power_headings: tuple[str, ...]
    powers: tuple[PowerLine, ...]
    power_notes: tuple[str, ...]
    power_legend: str


def build_sensitivity(found: Sensitivity) -> SensitivityView:
    """The answer in words."""
    top = sorted(found.probabilities, key=lambda name: -found.probabilities[name])[:2]
    return SensitivityView(
        case=clean(found.case),
        alarm=words.fit_alarm(found.failures),
        cut=words.cut_short(found.cut),
        bottom_line=_bottom_line(found, *top),
        switching=tuple(_blocks(found)),
        unreliable=_unreliable(found),
        switching_legend=_switching_legend(found),
        power_headings=tuple(clean(found.scenarios[name]) for name in top),
        powers=tuple(_power(found, row, top) for row in found.power_scaled if _shows(row, top)),
        power_notes=tuple(_power_notes(found, top)),
        power_legend=_POWER_LEGEND,
    )


def _bottom_line(found: Sensitivity, first: str, second: str) -> str:
    day = words.day_month_year(found.as_of)
    leader, rival = (
        f"{clean(found.scenarios[name])} ({words.percent(found.probabilities[name])})"
        for name in (first, second)
    )
    switching = sum(each.leader is not None for each in found.switching_values)
    if switching:
        tried = words.counted(found.tried, "judgement")
        changes = "changes" if switching == 1 else "change"
        single = f"Moved alone, {switching} of {tried} {changes} the leader."
    else:
        doubt = ", as far as these draws can tell" if found.switching_values else ""
        single = f"No single judgement within these limits changes the leader{doubt}."
    none = words.no_majority(found.probabilities[first])
    return f"{none}{'as' if none else 'As'} known {day} {leader} leads {rival}. {single}"


def _blocks(found: Sensitivity) -> Iterator[SwitchingBlock]:
    """One block per new leader, that of the smallest change first."""
    values = found.switching_values
    for leader in dict.fromkeys(each.leader for each in values if each.leader):
        lines = tuple(_line(each) for each in values if each.leader == leader)
        yield SwitchingBlock(f"{clean(found.scenarios[leader])} would lead if", lines)


def _line(found: SwitchingValue) -> str:
    """``the median of Sorties under Surge were 240 instead of 110 (x2.2)``."""
    times = f"{'x' if found.change > 0 else '/'}{math.exp(abs(found.change)):.1f}"
    if found.judgement.scale == "odds":
        times = f"odds {times}"
    now = _number(found.judgement, found.judgement.now)
    return f"{clean(found.judgement.label)} were {_at(found)} instead of {now} ({times})"


def _at(found: SwitchingValue) -> str:
    return _number(found.judgement, float(f"{found.at:.2g}"))  # no better known than that


def _number(judgement: Judgement, value: float) -> str:
    """A number that someone may have to type, so that 0.5 % is not below 1."""
    if judgement.scale == "ratio":
        return words.rough_number(value)
    return f"{words.number(100 * value)} %"


def _unreliable(found: Sensitivity) -> str:
    unreliable = [each for each in found.switching_values if each.leader is None]
    if not unreliable:
        return ""
    named = [f"{clean(each.judgement.label)} ({_at(each)})" for each in unreliable]
    return f"Who would lead beyond cannot be told from these draws: {'; '.join(named)}."


def _switching_legend(found: Sensitivity) -> str:
    return (
        f"Moved alone, from 1/{FACTOR:.0f} to {FACTOR:.0f} times: a likelihood, a median (with its "
        "90th percentile), what a 90th percentile exceeds its median by, what a duration exceeds "
        f"one {found.cadence} by, a ratio of sources, a half-life. The odds of any other "
        f"probability: up to {ODDS:.0f} times either way, the others sharing the rest as before. A "
        "leader that changes and changes back on the way can be missed. Cannot be told: too few "
        "draws fit the change (Pareto k-hat above 0.7)."
    )


def _shows(row: PowerScaled, columns: Sequence[str]) -> bool:
    """Whether a row shows more than its own error; readings and the whole always do."""
    shown = any(abs(row.slope[name]) >= max(_SHOWN, 2 * row.error[name]) for name in columns)
    return shown or row.block is None


def _power(found: Sensitivity, row: PowerScaled, columns: Sequence[str]) -> PowerLine:
    return PowerLine(
        name=_part(found, row),
        points=tuple(_points(row.slope[name], row.error[name]) for name in columns),
    )


def _part(found: Sensitivity, row: PowerScaled) -> str:
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
    silent = [_part(found, row) for row in found.power_scaled if not _shows(row, columns)]
    if silent:
        yield f"Less than a point, or than can be told: {'; '.join(silent)}."
    thin = [_part(found, row) for row in found.power_scaled if not row.reliable]
    if thin:
        yield f"Resting on few draws: {'; '.join(thin)}."
