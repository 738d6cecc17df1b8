"""What ``forecast explain`` is answered with: plain numbers, ready for JSON.

::

    Movement ── before, after   Moment: the probabilities that are explained
             ├─ shares          Share: what one cause moved ── facts  Fact: a dated source behind it
             ├─ remainder       what shares leave: refits, thinned draws
             └─ weights         Weight: what each reading of the period says, and without it

Probabilities are in [0, 1] and so is what moved them; both are keyed by scenario id. For every
scenario ``before + sum of shares + remainder = after``.

Explanations are cached, so that a memo shows one without computing it: one for each change of a
logged forecast, as this package explains it. One whose figures are not those of the forecast is
ignored: ledgers may be alike in all but the draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from forecast.kit.cache import Cache, sources_digest
from forecast.periods import Period
from forecast.record import ChangeSince, Forecast, Sign

Kind = Literal["edited", "time", "reading", "event", "outcome"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A forecast: ``entry`` is its number in the ledger, None if it was computed just now."""

    period: Period
    as_of: date
    entry: int | None
    probabilities: dict[str, float]


@dataclass(frozen=True, slots=True)
class Fact:
    """One reading, event or outcome and where it is from; only a reading has value, days, source.

    ``level`` is what the level that was read is called, empty for counts and binaries; of a reading
    or outcome that was withdrawn, ``withdrawn``; else of an outcome the scenario's name, or what
    it was not. An outcome has no grade.
    """

    period: Period
    last_period: Period
    value: float | None
    level: str
    days: int | None
    published: date
    source: str | None
    grade: str
    url: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one cause moved.

    ``id`` and ``name`` are the indicator's or the event's, ``family`` the indicator's; None or
    empty for time and for what was edited. ``facts`` are the readings that came into use, those
    that speak first; ``instead`` is the one that had spoken for their period, if any had.
    ``error`` is the standard error of ``moved``, 0 if all orders of causes were taken.
    """

    kind: Kind
    id: str | None
    name: str
    family: str
    facts: tuple[Fact, ...]
    instead: Fact | None
    moved: dict[str, float]
    error: dict[str, float]


@dataclass(frozen=True, slots=True)
class Weight:
    """What an indicator's reading of the forecast period, or an event in it, says.

    ``log_factor`` is the log Bayes factor for the leading scenario over the second, and
    ``without`` the probabilities that the forecast would give if it were missing.
    """

    id: str
    name: str
    log_factor: float
    without: dict[str, float]


@dataclass(frozen=True, slots=True)
class Movement:
    """The answer.

    ``leading`` are the ids of the two most probable scenarios, ``log_factor`` what all readings
    and events of the period say for the first over the second. ``orders`` were drawn; 0 if all
    were taken. ``draws`` distinct ones tell of all ``coalitions`` of causes, ``ess`` effective
    ones of the one they tell least of; of those ``unsure`` their weights cannot be trusted (Pareto
    k-hat). ``signs`` are what bears on what begins next. ``fingerprint`` is the later forecast's.
    ``cut`` says how the answer was cut short, and what would be better in full; empty if it was
    not.
    """

    case: str
    cadence: str
    scenarios: dict[str, str]
    before: Moment
    after: Moment
    shares: tuple[Share, ...]
    remainder: dict[str, float]
    orders: int
    leading: tuple[str, str]
    log_factor: float
    weights: tuple[Weight, ...]
    draws: int
    ess: float
    coalitions: int
    unsure: int
    failures: tuple[str, ...]
    fingerprint: str
    cut: str = ""
    signs: tuple[Sign, ...] = ()


MOVEMENTS = Cache[Movement]("explained", Movement, most=500)


def save_movement(found: Movement) -> None:
    """Save the explanation of a logged forecast, if that can be; of others there is no memo."""
    if found.after.entry is None:
        return
    then = ChangeSince(found.before.period, found.before.as_of, found.before.entry)
    MOVEMENTS.save(found, *_key(found.fingerprint, then))


def saved_movement(forecast: Forecast) -> Movement | None:
    """Return the explanation of the very change a forecast shows; None if there is none."""
    if forecast.change_since is None:
        return None
    found = MOVEMENTS.load(*_key(forecast.fingerprint, forecast.change_since))
    return found if found and _explains(found, forecast) else None


def _key(fingerprint: str, then: ChangeSince) -> tuple[object, ...]:
    return sources_digest(Path(__file__).parent), fingerprint, then


def _explains(found: Movement, forecast: Forecast) -> bool:
    """Whether probabilities and changes are those of the forecast, but for rounding."""
    before, now = found.before.probabilities, found.after.probabilities
    return {s.id for s in forecast.scenarios} <= before.keys() & now.keys() and all(
        math.isclose(now[s.id], s.probability, abs_tol=1e-9)
        and (s.change is None or math.isclose(now[s.id] - before[s.id], s.change, abs_tol=1e-9))
        for s in forecast.scenarios
    )
