"""What ``forecast what-if`` is asked and answered with: plain data, the answer ready for JSON.

::

    Supposition    readings of the next period, or judgements, or both
    WhatIf ── today      Moment: as known
           ├─ next       Moment: the next period, if nothing more becomes known
           └─ outcomes   Outcome ── Moment, one per supposition

Probabilities are in [0, 1]; ``low`` and ``high`` bound their 90 % interval across draws.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from forecast.case import Case
from forecast.periods import Period
from forecast.readings import Reading
from forecast.record import Forecast


@dataclass(frozen=True, slots=True)
class SupposedJudgement:
    """A judgement by its name, as it is supposed and as the case has it ``now``."""

    name: str
    value: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed: readings of the next period, and judgements that ``case`` has already."""

    name: str
    case: Case
    readings: tuple[Reading, ...]
    judgements: tuple[SupposedJudgement, ...]


@dataclass(frozen=True, slots=True)
class SupposedReading:
    """A reading as it is supposed to come; ``level`` names an ordinal's."""

    indicator: str
    name: str
    period: Period
    value: float
    level: str | None
    published: date
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Scenario probabilities of a period as-of a day, keyed by scenario id."""

    period: Period
    as_of: date
    probabilities: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a supposition would do.

    Of a supposition without readings, ``moment`` is about today's period, else about the next.
    None if draws at hand cannot tell. ``khat`` of their weights; None if they were sampled, and
    ``failures`` then says what that fit failed of its gate.
    """

    name: str
    readings: tuple[SupposedReading, ...]
    judgements: tuple[SupposedJudgement, ...]
    moment: Moment | None
    khat: float | None
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer; ``scenarios`` and ``indicators`` map ids to names.

    ``today`` is as it was logged as ``entry``, if the forecast logged used what is used now; then
    ``computed`` is what the same inputs come to here, on which ``outcomes`` rest. ``next`` is None
    if draws at hand cannot tell. ``held``: indicators with an early reading of the
    next period, used in ``next`` and wherever readings are supposed. ``anchor``: as-of of the fit
    that all rests on, and ``failures`` what it failed of its gate.
    """

    supposed: Literal[True]
    case: str
    cadence: str
    anchor: date
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    indicators: dict[str, str]
    held: tuple[str, ...]
    today: Moment
    next: Moment | None
    outcomes: tuple[Outcome, ...]
    entry: int | None = None
    computed: Moment | None = None


def as_logged(found: WhatIf, entry: int, forecast: Forecast) -> WhatIf:
    """Return an answer beside today's forecast as it was logged from the same inputs.

    What judgements alone would do, which is about today, becomes a change to what was logged.
    """
    logged = {scenario.id: scenario for scenario in forecast.scenarios}
    now = {name: scenario.probability for name, scenario in logged.items()}
    today = dataclasses.replace(
        found.today,
        probabilities=now,
        low={name: scenario.low for name, scenario in logged.items()},
        high={name: scenario.high for name, scenario in logged.items()},
    )

    def moved(moment: Moment) -> Moment:
        p = carried_over(now, found.today.probabilities, moment.probabilities)
        return dataclasses.replace(
            moment,
            probabilities=p,
            low={name: min(low, p[name]) for name, low in moment.low.items()},
            high={name: max(high, p[name]) for name, high in moment.high.items()},
        )

    return dataclasses.replace(
        found,
        failures=tuple(dict.fromkeys([*found.failures, *forecast.fit.failures])),
        today=today,
        outcomes=tuple(
            outcome
            if outcome.readings or outcome.moment is None
            else dataclasses.replace(outcome, moment=moved(outcome.moment))
            for outcome in found.outcomes
        ),
        entry=entry,
        computed=found.today,
    )


def carried_over(
    logged: Mapping[str, float], computed: Mapping[str, float], supposed: Mapping[str, float]
) -> dict[str, float]:
    """Return what a supposition makes of logged probabilities.

    It moves them as it moves those that the same inputs come to here: machines draw differently,
    and what is shown as of now is what was logged.

    Parameters
    ----------
    logged, computed, supposed
        Probabilities by the same scenario ids, or names.
    """
    moved = {name: max(p + supposed[name] - computed[name], 0.0) for name, p in logged.items()}
    total = sum(moved.values())
    return {name: p / total for name, p in moved.items()}
