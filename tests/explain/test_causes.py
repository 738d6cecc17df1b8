"""What came into use between two as-ofs, and what a coalition of it is told."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.case.types import OutcomeRow
from forecast.explain.causes import Between, between
from forecast.explain.coalitions import packed
from forecast.explain.facts import facts_of
from forecast.model.data import data_of
from forecast.periods import Period
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from tests.explain.watched import AS_OF, FIRST, readings, watched

EARLIER = AS_OF - timedelta(weeks=1)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


def row(indicator: str, week: int, value: float, published: date, source: str = "") -> Reading:
    like = next(r for r in readings() if r.indicator == indicator)
    return dataclasses.replace(
        like,
        period=FIRST + week,
        value=value,
        published=published,
        source=source or like.source,
        line=50,
    )


def named(found: Between) -> list[tuple[str, tuple[Period, ...]]]:
    return [
        (cause.event.id if cause.event else cause.indicator or "", periods_of(cause.readings))
        for cause in found.causes
    ]


def periods_of(rows: tuple[Reading, ...]) -> tuple[Period, ...]:
    return tuple(sorted({reading.period for reading in rows}))


def test_new_readings_and_events_are_causes(case: Case) -> None:
    found = between(case, readings(), EARLIER, AS_OF)
    assert named(found) == [
        ("border", (FIRST + 3,)),
        ("strikes", (FIRST + 3,)),
        ("bridge", ()),
    ]
    assert found.known(found.causes) == known_as_of(case, readings(), AS_OF)
    assert found.known(()).speaking.keys() == known_as_of(case, readings(), EARLIER).speaking.keys()


def test_a_revision_left_out_stands_at_its_earlier_vintage(case: Case) -> None:
    revised = row("strikes", 1, 40.0, AS_OF)
    found = between(case, (*readings(), revised), EARLIER, AS_OF)
    (cause,) = [cause for cause in found.causes if cause.readings == (revised,)]
    others = [other for other in found.causes if other is not cause]
    spoken = [found.known(of).speaking["strikes", FIRST + 1].value for of in (others, (cause,))]
    assert spoken == [14.0, 40.0]


def test_a_reading_held_before_comes_into_use(case: Case) -> None:
    early = row("border", 3, 2.0, EARLIER)
    rows = (*(r for r in readings() if r.indicator == "strikes"), early)
    assert known_as_of(case, rows, EARLIER).held == (early,)
    assert ("border", (FIRST + 3,)) in named(between(case, rows, EARLIER, AS_OF))


def test_what_makes_no_difference_is_no_cause(case: Case) -> None:
    elsewhere = dataclasses.replace(row("strikes", 3, 90.0, AS_OF), scope="south")
    ahead = row("strikes", 4, 90.0, AS_OF)
    same = row("strikes", 2, 25.0, AS_OF)
    same = dataclasses.replace(same, grade="C3")
    tomorrow = row("strikes", 2, 500.0, AS_OF + timedelta(days=1))
    found = between(case, (*readings(), elsewhere, ahead, same, tomorrow), EARLIER, AS_OF)
    assert named(found) == named(between(case, readings(), EARLIER, AS_OF))
    assert elsewhere in found.known(()).silent
    assert tomorrow not in found.readings


def test_a_source_that_speaks_first_takes_the_word(case: Case) -> None:
    rows = tuple(r for r in readings() if (r.indicator, r.period) != ("strikes", FIRST + 2))
    second = row("strikes", 2, 18.0, EARLIER, "acled")
    first = row("strikes", 2, 33.0, AS_OF)
    found = between(case, (*rows, second, first), EARLIER, AS_OF)
    (cause,) = [cause for cause in found.causes if first in cause.readings]
    assert found.known(()).speaking["strikes", FIRST + 2] == second
    assert found.known((cause,)).speaking["strikes", FIRST + 2] == first


@pytest.mark.parametrize("weeks", [8, 12])
def test_a_year_revised_at_once_is_one_cause(case: Case, weeks: int) -> None:
    case = dataclasses.replace(case, first=FIRST - 20, evidence=())
    then = (FIRST - 1).refresh_day
    old = [row("strikes", week, 10.0, then) for week in range(-weeks, 0)]
    new = [row("strikes", week, 20.0, then + timedelta(days=7)) for week in range(-weeks, 1)]
    found = between(case, (*old, *new), then, then + timedelta(days=7))
    assert len(found.causes) == (2 if weeks > 10 else weeks + 1)
    assert sum(len(cause.readings) for cause in found.causes) == weeks + 1
    assert periods_of(found.causes[-1].readings) == (FIRST,)


def outcome(week: int, scenario: str, published: date) -> OutcomeRow:
    return OutcomeRow(FIRST + week, scenario, (), published, "", "as told", 2)


def test_outcomes_that_came_are_one_cause(case: Case) -> None:
    first, second = (scenario.id for scenario in case.scenarios[:2])
    early = outcome(3, first, EARLIER)  # of a week that was not modelled then
    late = (early, outcome(1, second, AS_OF))
    rows = (outcome(0, first, EARLIER), *late, outcome(2, first, AS_OF + timedelta(days=1)))
    told = dataclasses.replace(case, outcomes=rows)
    found = between(told, readings(), EARLIER, AS_OF)
    (cause,) = [each for each in found.causes if each.outcomes]
    assert {*cause.outcomes} == {*late}
    assert found.known(found.causes).possible == known_as_of(told, readings(), AS_OF).possible
    assert found.known(()).possible == {FIRST: {first}}
    without = dataclasses.replace(told, outcomes=(rows[0],))
    rest = [each for each in found.causes if not each.outcomes]
    assert packed(data_of(found.spec(rest))) == packed(
        data_of(spec_of(without, known_as_of(without, readings(), AS_OF)))
    )
    assert [fact.level for fact in facts_of(cause, told, found.known(found.causes))] == [
        case.scenarios[0].name, case.scenarios[1].name,
    ]  # fmt: skip
