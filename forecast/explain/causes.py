"""What a case came to know between two as-ofs, as causes that can each be left out.

::

    rows and events   in use as-of the first day ───────────────────> base
       │
       ├── published since, or held then:
       │   by indicator and period (totals apart), by event, all
       │   outcomes together ───────────────────────────────────────> causes
       └── what makes no difference: other scopes, still held, what
           was said before ─────────────────────────────────────────> base

A coalition of causes is an ordinary case with fewer rows as-of the second day: a new reading left
out is missing, a revised one stands at its earlier vintage, and the rules of `known_as_of` are the
only ones there are.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from forecast.case import Case, Evidence
from forecast.case.types import OutcomeRow
from forecast.explain.coalitions import packed
from forecast.explain.shapley import EXACT
from forecast.model.data import data_of
from forecast.model.spec import Spec
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known, known_as_of
from forecast.readings.resolutions import in_order
from forecast.refresh.arrays import spec_of


@dataclass(frozen=True, slots=True)
class Cause:
    """Readings of one indicator, one event, or outcomes that a forecast may be without."""

    readings: tuple[Reading, ...] = ()
    event: Evidence | None = None
    outcomes: tuple[OutcomeRow, ...] = ()

    @property
    def indicator(self) -> str | None:
        """The id of the indicator whose readings they are."""
        return self.readings[0].indicator if self.readings else None


@dataclass(frozen=True, slots=True)
class Between:
    """Two as-ofs of a case: what was in use on the first, and what came into use by the second."""

    case: Case
    as_of: date
    readings: tuple[Reading, ...]
    events: tuple[Evidence, ...]
    outcomes: tuple[OutcomeRow, ...]
    causes: tuple[Cause, ...]

    def known(self, causes: Iterable[Cause]) -> Known:
        """Return what would be known on the second day if only these had come."""
        chosen = tuple(causes)
        rows = [row for cause in chosen for row in cause.readings]
        outcomes = [row for cause in chosen for row in cause.outcomes]
        case = dataclasses.replace(self.case, outcomes=in_order((*self.outcomes, *outcomes)))
        return known_as_of(case, (*self.readings, *rows), self.as_of)

    def spec(self, causes: Iterable[Cause]) -> Spec:
        """Return what the model would be told on the second day if only these had come."""
        chosen = tuple(causes)
        events = [cause.event for cause in chosen if cause.event is not None]
        case = dataclasses.replace(self.case, evidence=(*self.events, *events))
        return spec_of(case, self.known(chosen))


def between(case: Case, readings: Iterable[Reading], earlier: date, later: date) -> Between:
    """Return what came into use from one as-of to another, in the case's order."""
    readings = tuple(row for row in readings if row.published <= later)
    then = known_as_of(case, readings, earlier)
    held = set(then.held)
    scope = {indicator.id: indicator.scope for indicator in case.indicators}
    new = [
        row
        for row in readings
        if (row.published > earlier or row in held) and row.scope == scope[row.indicator]
    ]
    used = evidence_known(case, earlier, then.period)
    now = evidence_known(case, later, Period.ended_before(later, case.cadence))
    causes = [*_by_period(case, new, then.period), *(Cause(event=e) for e in now if e not in used)]
    outcomes = [row for row in case.outcomes if row.published <= later]
    settled = tuple(r for r in outcomes if r.published > earlier or r.period > then.period)
    causes += [Cause(outcomes=settled)] if settled else []
    came = set(new)
    everything = Between(
        case,
        later,
        tuple(row for row in readings if row not in came),
        used,
        tuple(row for row in outcomes if row not in settled),
        tuple(causes),
    )
    return _without_idle(everything)


def _by_period(case: Case, rows: list[Reading], then: Period) -> list[Cause]:
    """Group readings by indicator and period.

    If that is too many to take in all orders, what one indicator says of periods that were over
    at the first as-of is one cause: a pull may revise a year of weeks at once.
    """
    groups: dict[tuple[int, Period, int], list[Reading]] = defaultdict(list)
    place = {indicator.id: number for number, indicator in enumerate(case.indicators)}
    for row in rows:
        groups[place[row.indicator], row.period, row.span].append(row)
    if len(groups) > EXACT:
        merged: dict[tuple[int, Period, int], list[Reading]] = defaultdict(list)
        for (number, period, span), found in groups.items():
            over = period + (span - 1) <= then
            merged[(number, case.first, 0) if over else (number, period, span)] += found
        groups = merged
    return [Cause(readings=tuple(groups[key])) for key in sorted(groups)]


def _without_idle(found: Between) -> Between:
    """Move what makes no difference at either end into the base: held rows, other scopes."""
    whole = _told(found, found.causes)
    nothing = _told(found, ())
    telling: list[Cause] = []
    idle: list[Cause] = []
    for cause in found.causes:
        rest = [other for other in found.causes if other is not cause]
        same = _told(found, rest) == whole and _told(found, (cause,)) == nothing
        (idle if same else telling).append(cause)
    rows = [row for cause in idle for row in cause.readings]
    events = [cause.event for cause in idle if cause.event is not None]
    outcomes = [row for cause in idle for row in cause.outcomes]
    return dataclasses.replace(
        found,
        readings=(*found.readings, *rows),
        events=(*found.events, *events),
        outcomes=in_order((*found.outcomes, *outcomes)),
        causes=tuple(telling),
    )


def _told(found: Between, causes: Iterable[Cause]) -> bytes:
    return packed(data_of(found.spec(causes)))
