"""What ``forecast collect`` is answered with: plain numbers, ready for JSON.

Probabilities are in [0, 1], information in bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from forecast.periods import Period


@dataclass(frozen=True, slots=True)
class Upset:
    """Readings from ``low`` to ``high`` (None: without end), after which ``leader`` would lead.

    ``probability`` is that of such a reading; low and high are among them.
    """

    low: float
    high: float | None
    leader: str
    probability: float


@dataclass(frozen=True, slots=True)
class Collectable:
    """What the next reading of an indicator would tell of the next period's scenario.

    As it usually comes: in full, from ``source`` at ``grade``. ``bits`` is the mutual information
    of reading and scenario, ``share`` what that is of all that is unknown. ``changes`` is the
    probability that this reading alone makes another scenario lead, ``upsets`` the readings that
    would, from low to high. ``held``: an early reading of that period is known already, and not
    used here.
    """

    id: str
    name: str
    family: str
    level_names: tuple[str, ...]
    source: str
    grade: str
    bits: float
    share: float
    changes: float
    upsets: tuple[Upset, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """The answer, what tells most first.

    ``probabilities`` are the next period's before anything is read of it, by scenario id, and
    ``entropy`` what is unknown of them, in bits. Tables of counts were averaged over ``draws``
    draws. ``failures``: what the fit failed of its gate.
    """

    case: str
    cadence: str
    as_of: date
    period: Period
    failures: tuple[str, ...]
    scenarios: dict[str, str]
    probabilities: dict[str, float]
    entropy: float
    draws: int
    indicators: tuple[Collectable, ...]
