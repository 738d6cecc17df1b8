"""What suppositions would make of the scenarios, in words, side by side.

`effect` is the same of a reading that was just recorded, in one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forecast.errors import show
from forecast.explain.what_if_types import (
    Moment,
    Outcome,
    SupposedJudgement,
    SupposedReading,
    WhatIf,
)
from forecast.periods import Period, day_label
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_LEGEND = (
    "Under each number its 90 % range: how far it moves across judgements compatible with the "
    "data, not a margin of error on what will happen."
)


@dataclass(frozen=True, slots=True)
class SupposedBlock:
    """One supposition: its name, what is supposed, and what that would do."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MomentColumn:
    """Probabilities of one moment, each with its range, in step with the scenarios."""

    heading: str
    period: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """The answer of ``forecast what-if``: the first ``beside`` columns are not supposed."""

    title: str
    alarm: str
    blocks: tuple[SupposedBlock, ...]
    scenarios: tuple[str, ...]
    columns: tuple[MomentColumn, ...]
    beside: int
    notes: tuple[str, ...]


def build_what_if(found: WhatIf) -> WhatIfView:
    """The answer in words."""
    order = sorted(found.scenarios, key=lambda name: -found.today.probabilities[name])
    beside: list[tuple[str, Moment | None]] = [("now", found.today)]
    if any(outcome.readings for outcome in found.outcomes):
        beside.append(("nothing new", found.next))
    moments = [*beside, *((clean(o.name), o.moment) for o in found.outcomes)]
    failures = [*found.failures, *(f for outcome in found.outcomes for f in outcome.failures)]
    return WhatIfView(
        title=f"Supposed, not logged: {clean(found.case)}, as known {day_label(found.today.as_of)}",
        alarm=words.fit_alarm(failures),
        blocks=tuple(
            SupposedBlock(_capital(clean(o.name)), tuple(_lines(found, o))) for o in found.outcomes
        ),
        scenarios=tuple(clean(found.scenarios[name]) for name in order),
        columns=tuple(_column(found, heading, moment, order) for heading, moment in moments),
        beside=len(beside),
        notes=tuple(_notes(found)),
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _column(found: WhatIf, heading: str, moment: Moment | None, order: list[str]) -> MomentColumn:
    if moment is None:
        return MomentColumn(heading, "not told", tuple(("-", "") for _ in order))
    cells = (
        (
            words.percent(moment.probabilities[name]),
            words.percent_range(moment.low[name], moment.high[name]),
        )
        for name in order
    )
    return MomentColumn(heading, _period(found, moment.period), tuple(cells))


def _drifted(found: WhatIf) -> str:
    """Return where the same inputs come to something else here than what was logged."""
    if found.computed is None or found.entry is None:
        return ""
    return words.drifted(found.entry, _named(found, found.today), _named(found, found.computed))


def _lines(found: WhatIf, outcome: Outcome) -> Iterator[str]:
    """Yield what is supposed, then what it would do beside the same period without it."""
    if outcome.readings:
        read = "; ".join(_reading(reading) for reading in outcome.readings)
        yield f"{read}; for {_period(found, outcome.readings[0].period)}."
    for judgement in outcome.judgements:
        yield _judgement(judgement)
    before = found.next if outcome.readings else found.today
    if outcome.moment is None:
        yield (
            "What it would do cannot be told from the draws at hand: too few of them fit it "
            "(--refit samples it)."
        )
    elif before is not None:
        than = "Beside nothing new that" if outcome.readings else "That"
        said = effect(_named(found, before), _named(found, outcome.moment))
        yield f"{than} {said}"


def _reading(reading: SupposedReading) -> str:
    value = words.number(reading.value)
    if reading.level is not None:
        value = f"level {value}, {clean(reading.level)}"
    return f"{clean(reading.name)} {value} ({clean(reading.source)}, {reading.grade})"


def _judgement(judgement: SupposedJudgement) -> str:
    now = "" if judgement.now is None else f" instead of {_value(judgement.now)}"
    return f"{clean(judgement.name)} = {_value(judgement.value)}{now}."


def _value(value: Any) -> str:
    return clean(show(value))


def _period(found: WhatIf, period: Period) -> str:
    return words.period_name(period, found.today.period)


def _named(found: WhatIf, moment: Moment) -> dict[str, float]:
    return {clean(found.scenarios[name]): p for name, p in moment.probabilities.items()}


def _notes(found: WhatIf) -> Iterator[str]:
    yield _LEGEND
    read = [reading for outcome in found.outcomes for reading in outcome.readings]
    if read:
        period, day = (
            _period(found, read[0].period),
            words.day_month(read[0].published),
        )
        held = words.listed([clean(found.indicators[name]) for name in found.held])
        early = f" Early readings of {held} count in it." if held else ""
        yield f'"Nothing new": {period} if no more were read than is known now.{early}'
        yield (
            f"Supposed readings are of the whole {found.cadence}, published {day}, by each "
            "indicator's first source at its usual grade, unless another is given."
        )
    if found.next is None and read:
        yield "Nothing new cannot be told from the draws at hand (--refit samples it)."
    if drifted := _drifted(found):
        yield drifted
    told = [outcome for outcome in found.outcomes if outcome.moment is not None]
    weighed = [outcome.khat for outcome in told if outcome.khat is not None]
    if weighed:
        day = words.day_month(found.anchor)
        yield f"Told by the draws of the fit of {day}, reweighted (k-hat {max(weighed):.2f})."
    if len(weighed) < len(told):
        yield f"Sampled: {words.listed([clean(o.name) for o in told if o.khat is None])}."


_LEAST = 0.005  # of a probability: less rounds to no point at all


def effect(before: Mapping[str, float], after: Mapping[str, float] | None) -> str:
    """Return what readings do, as a predicate; probabilities are keyed by scenario name."""
    if after is None:
        return "would have an effect that is not known before `forecast refresh` (about 20 s)."
    moved = [
        (name, words.percent(before[name]), words.percent(after[name]))
        for name in sorted(after, key=lambda name: -abs(after[name] - before[name]))
        if abs(after[name] - before[name]) >= _LEAST
    ]
    parts = [f"{name} {then} to {now}" for name, then, now in moved if then != now][:3]
    if not parts:
        return "would move no scenario by a point."
    return f"would move {words.listed(parts)}."
