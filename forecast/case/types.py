"""What a case is made of: frozen, typed, and free of any file.

::

    Case ── scenarios   Scenario …      an ordered test: the first whose holds_if is met, holds
         ├─ indicators  Indicator …     what is counted or judged every period
         ├─ expectations[indicator id][scenario id]   what is expected of it there
         │              an Expectation of the indicator's family
         ├─ before[indicator id][scenario id]         in the last period before it begins
         ├─ derived     Derived …       measures computed from an indicator's readings
         ├─ evidence    Evidence …      one-off events, as likely as analysts say in each scenario
         └─ outcomes    OutcomeRow …    what is known of scenarios of past periods

Units: probabilities are in [0, 1], durations in periods, counts per *full period*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from forecast.case.grades import CREDIBILITY, RELIABILITY, trust_of
from forecast.case.holds_when import Condition
from forecast.families import Expectation
from forecast.periods import Cadence, Period
from forecast.sources import EventSource

Shock = Literal["with", "against", "none"]
Language = Literal["icd203", "phia"]
THRESHOLDS = ("watch", "warning", "critical")  # from mildest to most severe
BELOW = "_below"  # ends the name of a threshold that is reached from above
Measure = Literal["events", "sum", "days"]
Take = Literal[
    "mean", "sum", "maximum", "periods-at-or-above", "trend", "slow-mean", "periods-since"
]
Role = Literal["fact", "sign"]
DEFAULT_RATIO = (0.44, 2.3)  # of a source nothing is said of: as much as the reference, log sd 0.5


@dataclass(frozen=True, slots=True)
class Scenario:
    """One of a set that excludes each other and covers everything.

    ``lasts`` is the elicited duration in periods, with ``lasts_range`` its 5 and 95 % points if a
    range was given. ``then`` are the probabilities of what follows once it ends (other scenario
    ids; those left out cannot follow directly). ``worth`` is how many periods of watching these
    judgements are worth.

    ``over`` are the shares of episodes that are over after so many periods, where these were given
    instead of a duration; ``lasts`` is then their mean. ``resumes`` is the chance that what a short
    episode interrupted goes on when it ends. ``elapsed`` is for how many periods the scenario had
    lasted before the first, if it holds then; None: not known. ``holds_when`` is ``holds_if`` as a
    condition on readings, by which outcomes are drafted and no forecast is changed.
    """

    id: str
    name: str
    holds_if: str
    assumes: str
    start: float
    lasts: float
    lasts_range: tuple[float, float] | None
    then: dict[str, float]
    worth: float
    ends_case: bool = False
    over: tuple[tuple[int, float], ...] = ()
    resumes: float = 0.0
    elapsed: int | None = None
    holds_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """How readings are counted from pulled events: ``[counted.<source>]`` of an indicator.

    ``source`` is an `EventSource` and one of the indicator's ``sources``. ``where`` maps some of
    `EVENT_WORDS` to what is let through, any of them, upper or lower case: an actor by a part of
    its name, the rest by the whole. ``words``: at least one of these beginnings of words stands in
    the event's text, whatever signs are hidden in it. ``column`` is summed (measure "sum"): one of
    `EVENT_NUMBERS`, or of the source's own.
    """

    source: str
    grade: str
    measure: Measure
    column: str = ""
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What a count remembers besides its last reading: a mean of it and those before it.

    ``last`` is the share of the last reading, the rest is the mean's, in which a reading weighs
    half as much for every ``halflife`` periods it is older.
    """

    last: float
    halflife: float


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something counted or judged every period.

    ``sources`` in order: the first that has a reading for a period speaks for it. ``at_or_above``
    and ``at_or_below`` map ``watch``, ``warning``, ``critical`` to values in the indicator's unit
    (of levels their numbers from 0). ``family`` is a key of `FAMILIES`. ``inertia`` is the prior
    centre of the share of the last reading's deviation that carries over to the next period.
    ``due_days`` is how many days after a period ended its reading is overdue.

    Of amounts only: ``shock`` is whether a reading rises or falls with the shock that all counts of
    a period share. ``memory`` is None where the last reading alone is remembered. ``ratio`` maps a
    source to the 5 and 95 % points (equal if known) of what it counts for each 1 that the
    reference, the first of ``sources``, counts; a source without an entry has `DEFAULT_RATIO`.
    """

    id: str
    name: str
    question: str
    family: str
    unit: str
    coding: str
    sources: tuple[str, ...]
    scope: str
    levels: tuple[str, ...] = ()
    at_or_above: dict[str, float] | None = None
    at_or_below: dict[str, float] | None = None
    inertia: float = 0.5
    due_days: int = 7
    shock: Shock = "none"
    memory: Memory | None = None
    ratio: dict[str, tuple[float, float]] = field(default_factory=dict)
    counted: tuple[Counting, ...] = ()

    @property
    def bounds(self) -> dict[str, float]:
        """Every threshold's value: upwards ``watch`` to ``critical``, then ``watch_below`` ..."""
        above, below = self.at_or_above or {}, self.at_or_below or {}
        return {name: above[name] for name in THRESHOLDS if name in above} | {
            name + BELOW: below[name] for name in THRESHOLDS if name in below
        }

    def reaches(self, threshold: str, value: float) -> bool:
        """Tell whether a value lies at or beyond one of `bounds`."""
        bound = self.bounds[threshold]
        return value <= bound if threshold.endswith(BELOW) else value >= bound


@dataclass(frozen=True, slots=True)
class Derived:
    """A measure computed every period from one indicator's readings: ``indicators/derived.toml``.

    It never says which scenario holds, for its ``source``, an indicator's id, does. A ``fact`` is
    shown and may stand in a scenario's ``holds_when``; a ``sign`` may weigh on what comes next.

    Of a sign, ``otherwise`` are median and 90th percentile where what comes next is nothing that
    it is a sign of, ``before`` the same in the last period before a scenario begins.

    ``over`` is a number of periods, the last of them the one that is measured; of a trend the
    longer mean is over ``against``. ``value`` is what ``periods-at-or-above`` and ``periods-since``
    count from; None: anything above 0. ``halflife`` is a slow mean's, in periods. What each is,
    and when it is missing: `forecast.readings.derived`.
    """

    id: str
    name: str
    source: str
    take: Take
    over: int | None = None
    against: int | None = None
    value: float | None = None
    halflife: float | None = None
    role: Role = "fact"
    otherwise: tuple[float, float] | None = None
    before: dict[str, tuple[float, float]] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A one-off event; what itself settles a scenario is a resolution and never evidence.

    ``likelihoods[analyst][scenario id]`` is how likely the event is in such a period if the
    scenario holds, given the period's watch list; ``weights`` of analysts sum to 1. ``published``
    is the day it could first be known. Items of one ``group`` tell one story and are averaged,
    not added. ``before[analyst][scenario id]`` is how likely it is in the last period before that
    scenario begins, whatever holds then; left out, as likely as ever. ``url`` is empty if nobody
    can open the source: then ``note`` says so.
    """

    id: str
    name: str
    period: Period
    published: date
    grade: str
    url: str
    note: str
    group: str | None
    because: str
    likelihoods: dict[str, dict[str, float]]
    weights: dict[str, float]
    before: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One row of ``reports/resolutions.csv``: which scenario a period had, or had not.

    ``scenario`` is the outcome; empty if the row only rules scenarios out (``excluded``), or, with
    none of those either, withdraws what was known of the period. ``line`` is its line in the file.
    """

    period: Period
    scenario: str
    excluded: tuple[str, ...]
    published: date
    url: str
    note: str
    line: int

    @property
    def withdraws(self) -> bool:
        """Whether from ``published`` on nothing is known of the period."""
        return not self.scenario and not self.excluded


@dataclass(frozen=True, slots=True)
class Alerting:
    """When a probability of crossing a threshold next period is an alert.

    Raised at ``on`` or more, over below ``off``, and not raised again for ``quiet`` periods.
    """

    on: float = 0.5
    off: float = 0.35
    quiet: int = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One question under watch, as its folder defines it. Readings and outcomes are loaded apart.

    ``ordered``: scenarios stand in order of degree, the last the mildest, so that naming a
    neighbour of what held is a smaller miss. It changes how forecasts are scored, and no forecast;
    nor does ``alerts``. ``outcomes`` are the rows in force (`forecast.readings.with_outcomes`).
    No measure of ``derived`` is an ``indicator``: none is read, due or graded.
    """

    root: Path
    name: str
    cadence: Cadence
    first: Period
    as_of: date | None
    horizons: tuple[int, ...]
    language: Language
    scenarios: tuple[Scenario, ...]
    indicators: tuple[Indicator, ...]
    expectations: dict[str, dict[str, Expectation]]
    evidence: tuple[Evidence, ...] = ()
    reliability: dict[str, float] = field(default_factory=lambda: dict(RELIABILITY))
    credibility: dict[str, float] = field(default_factory=lambda: dict(CREDIBILITY))
    sources: tuple[EventSource, ...] = ()
    ordered: bool = False
    alerts: Alerting = field(default_factory=Alerting)
    outcomes: tuple[OutcomeRow, ...] = ()
    derived: tuple[Derived, ...] = ()
    before: dict[str, dict[str, Expectation]] = field(default_factory=dict)

    @property
    def grades(self) -> dict[str, float]:
        """How probably a report reflects reality, by its grade, A1 to F6."""
        return trust_of(self.reliability, self.credibility)

    @property
    def readings_paths(self) -> dict[str, Path]:
        """Where each indicator's coded readings are, by indicator id."""
        return {i.id: self.root / "indicators" / f"{i.id}.csv" for i in self.indicators}
