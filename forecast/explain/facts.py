"""The dated sources behind causes: which readings came into use, and what had spoken instead."""

from __future__ import annotations

from forecast.case import Case, Evidence
from forecast.case.types import OutcomeRow
from forecast.explain.causes import Between, Cause
from forecast.explain.movement_types import Fact
from forecast.readings import Known, Reading


def facts_of(cause: Cause, case: Case, whole: Known) -> tuple[Fact, ...]:
    """Return what a cause rests on: readings that speak first, then the latest published."""
    if cause.event is not None:
        return (_event(cause.event),)
    if cause.outcomes:
        latest = sorted(cause.outcomes, key=lambda row: (row.period, row.published), reverse=True)
        return tuple(_outcome(case, row) for row in latest)
    speaks = {*whole.speaking.values(), *whole.spans}
    rows = sorted(
        cause.readings, key=lambda r: (r not in speaks, -r.published.toordinal(), -r.line)
    )
    return tuple(_reading(case, row) for row in rows)


def instead_of(cause: Cause, found: Between) -> Fact | None:
    """Return the reading that would speak for a cause's period without it; None if none would.

    Of a cause about several periods there is no one such reading.
    """
    periods = {(row.indicator, row.period) for row in cause.readings if row.span == 1}
    if len(periods) != 1:
        return None
    spoken = found.known(()).speaking.get(periods.pop())
    return None if spoken is None else _reading(found.case, spoken)


def _reading(case: Case, reading: Reading) -> Fact:
    levels = next(i.levels for i in case.indicators if i.id == reading.indicator)
    return Fact(
        period=reading.period,
        last_period=reading.last_period,
        value=None if reading.withdrawn else reading.value,
        level="withdrawn" if reading.withdrawn else levels[int(reading.value)] if levels else "",
        days=reading.days,
        published=reading.published,
        source=reading.source,
        grade=reading.grade,
        url=reading.url,
    )


def _outcome(case: Case, row: OutcomeRow) -> Fact:
    names = {scenario.id: scenario.name for scenario in case.scenarios}
    excluded = " or ".join(names.get(each, each) for each in row.excluded)
    return Fact(
        period=row.period,
        last_period=row.period,
        value=None,
        level=f"not {excluded}"
        if excluded
        else names.get(row.scenario, row.scenario or "withdrawn"),
        days=None,
        published=row.published,
        source=None,
        grade="",
        url=row.url,
    )


def _event(event: Evidence) -> Fact:
    return Fact(
        period=event.period,
        last_period=event.period,
        value=None,
        level="",
        days=None,
        published=event.published,
        source=None,
        grade=event.grade,
        url=event.url,
    )
