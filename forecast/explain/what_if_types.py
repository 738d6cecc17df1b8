"""What ``forecast what-if`` is asked and answered with: plain data, the answer ready for JSON.

::

    Supposition    readings of the next period, or judgements, or both
    WhatIf ── today      Moment: as known
           ├─ next       Moment: the next period, if nothing more becomes known
           └─ outcomes   Outcome ── Moment, one per supposition

Probabilities are in [0, 1]; ``low`` and ``high`` bound their 90 % interval across draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from forecast.case import Case
from forecast.readings import Reading


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
    period: str
    value: float
    level: str | None
    published: str
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Scenario probabilities of a period as-of a day, keyed by scenario id."""

    period: str
    as_of: str
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

    ``next`` is None if draws at hand cannot tell. ``held``: indicators with an early reading of the
    next period, used in ``next`` and wherever readings are supposed. ``anchor``: as-of of the fit
    that all rests on, and ``failures`` what it failed of its gate.
    """

    supposed: Literal[True]
    case: str
    cadence: str
    anchor: str
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    indicators: dict[str, str]
    held: tuple[str, ...]
    today: Moment
    next: Moment | None
    outcomes: tuple[Outcome, ...]
