"""What ``forecast priors --sensitivity`` is answered with: plain numbers, ready for JSON.

::

    Sensitivity ── powers   PowerRow: readings, or a group of judgements, counting more or less
                └─ turns    Turn ── Judgement: one number, and where another scenario would lead

Probabilities are in [0, 1], durations in periods, counts per full period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

FACTOR = 4.0  # the furthest what has a ratio is moved, above the least it can be
ODDS = 20.0  # the furthest the odds of any other probability are

Part = Literal["likelihood", "prior"]
Kind = Literal["start", "lasts", "then", "median", "p90", "level", "inertia", "likelihood", "trust"]
VALUES: tuple[Kind, ...] = ("lasts", "median", "p90")  # the other kinds are probabilities
RATIOS: tuple[Kind, ...] = (*VALUES, "likelihood")  # of likelihoods nothing else matters


@dataclass(frozen=True, slots=True)
class PowerRow:
    """How probabilities change as the likelihood, or a prior, is raised to a power.

    ``block`` names the free parameters whose prior it is, None for all of them; of one
    ``indicator``, or None. ``slope`` is d probability / d log2(power) by scenario id, at a power of
    1, and ``error`` its Monte Carlo standard error. ``khat`` is Pareto k-hat of a small step either
    way, ``told`` whether the draws can tell what even that does.
    """

    part: Part
    block: str | None
    indicator: str | None
    slope: dict[str, float]
    error: dict[str, float]
    khat: float
    told: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """One number an analyst gave, ``now`` as the case has it.

    ``item`` is what the kind asks for beside scenario and indicator: the id of the successor or of
    the evidence item, the number of the level, or the grade. ``analyst`` gave the
    likelihood, where several did.
    """

    kind: Kind
    now: float
    scenario: str | None = None
    indicator: str | None = None
    item: str | None = None
    analyst: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The smallest change of one judgement that lets another scenario lead.

    ``leader`` leads from ``at`` on; None if the draws cannot tell who does. ``change`` is the log
    of the ratio, or that of the odds where the kind is none of `RATIOS`.
    """

    judgement: Judgement
    at: float
    leader: str | None
    change: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The answer; ``scenarios``, ``indicators`` and ``events`` map ids to names.

    ``tried`` is how many judgements were moved; those without a `Turn` change the leader nowhere
    within the limits. Turns are sorted by the size of their change, the smallest first. ``cut``
    says how the answer was cut short; empty if it was not.
    """

    case: str
    cadence: str
    as_of: date
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    indicators: dict[str, str]
    events: dict[str, str]
    probabilities: dict[str, float]
    powers: tuple[PowerRow, ...]
    tried: int
    turns: tuple[Turn, ...]
    cut: str = ""
