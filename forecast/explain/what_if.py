"""What if: what next period's readings, or other judgements, would make of the scenarios.

What is supposed is answered by an update of the fit that today's forecast rests on, as a refresh
on the next refresh day would make it (`forecast.refresh.suppose`). Readings make time pass, so
that beside them stands the next period with nothing new read: what is known already, aged, and
early readings of that period. Nothing is logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from forecast.case import Case
from forecast.explain.what_if_types import Moment, Outcome, SupposedReading, Supposition, WhatIf
from forecast.model.fit import Progress, silent
from forecast.periods import Period
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import (
    Anchor,
    Bounded,
    Told,
    anchors_of,
    by_scenario,
    draws_as_of,
    forecast_period,
)
from forecast.refresh.suppose import supposed


@dataclass(frozen=True, slots=True)
class _Basis:
    """The fit that every supposition updates, and whether to sample where that fails."""

    anchor: Anchor
    progress: Progress
    refit: bool

    def answer(
        self, case: Case, readings: tuple[Reading, ...], as_of: date, *, keep: bool = False
    ) -> Told | None:
        """The filter's result as a refresh would have it; None if that had to be sampled."""
        found = supposed(self.anchor, case, readings, as_of, keep=keep)
        if found is None and self.refit:
            known = known_as_of(case, readings, as_of)
            draws = draws_as_of(case, readings, known, self.progress)
            return Told(draws.posterior.now, draws.khat, draws.fit)
        return found


def what_if(
    case: Case,
    readings: Sequence[Reading],
    suppositions: Sequence[Supposition],
    as_of: date,
    progress: Progress | None = None,
    *,
    refit: bool = False,
) -> WhatIf:
    """What each supposition would make of the scenarios, beside today's probabilities.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are known.
    progress
        Called with a share done in [0, 1] and what is being done, if today's fit is not in the
        cache, or ``refit`` is asked for.
    refit
        Sample where the draws at hand are unreliable, as a refresh would.

    Raises
    ------
    CaseError
        If no period of the case had ended before ``as_of``.
    FitError
        If the model could not be sampled at all.
    """
    period = forecast_period(case, as_of)
    rows = tuple(reading for reading in readings if reading.published <= as_of)
    case = _known_by(case, as_of)  # the next period is told without what came to be known by then
    known = known_as_of(case, rows, as_of)
    spec = spec_of(case, known)
    anchors = anchors_of(case, rows, known, spec, progress or silent)
    anchor, today = next((a, t) for a in anchors if (t := a.tells(spec, keep=True)) is not None)
    basis = _Basis(anchor, progress or silent, refit)
    later = (period + 1).refresh_day
    following = None
    if any(supposition.readings for supposition in suppositions):
        following = basis.answer(case, rows, later, keep=True)
    return WhatIf(
        supposed=True,
        case=case.name,
        cadence=case.cadence,
        anchor=anchor.day,
        failures=tuple(today.fit.failures),
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        indicators={indicator.id: indicator.name for indicator in case.indicators},
        held=tuple(dict.fromkeys(r.indicator for r in known.held if r.last_period == period + 1)),
        today=_moment(case, today, as_of),
        next=_moment(case, following, later) if following else None,
        outcomes=tuple(
            _outcome(basis, s, rows, as_of, later if s.readings else as_of) for s in suppositions
        ),
    )


def _outcome(
    basis: _Basis,
    supposition: Supposition,
    known: tuple[Reading, ...],
    known_by: date,
    as_of: date,
) -> Outcome:
    case = _known_by(supposition.case, known_by)
    found = basis.answer(case, (*known, *supposition.readings), as_of)
    return Outcome(
        name=supposition.name,
        readings=tuple(_supposed(case, reading) for reading in supposition.readings),
        judgements=supposition.judgements,
        moment=_moment(case, found, as_of) if found else None,
        khat=found.khat if found else None,
        failures=tuple(found.fit.failures) if found else (),
    )


def _known_by(case: Case, day: date) -> Case:
    """A case without the outcomes published after a day."""
    return replace(case, outcomes=tuple(row for row in case.outcomes if row.published <= day))


def _supposed(case: Case, reading: Reading) -> SupposedReading:
    indicator = next(i for i in case.indicators if i.id == reading.indicator)
    return SupposedReading(
        indicator=indicator.id,
        name=indicator.name,
        period=reading.period,
        value=reading.value,
        level=indicator.levels[int(reading.value)] if indicator.levels else None,
        published=reading.published,
        source=reading.source,
        grade=reading.grade,
    )


def _moment(case: Case, found: Told, as_of: date) -> Moment:
    bounded = (by_scenario(case, values) for values in Bounded.of(found.now))
    period = Period.ended_before(as_of, case.cadence)
    return Moment(period, as_of, *bounded)
