"""What vintages teach of delay: which values are paired, by age, and what a reading gets."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from math import log
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.model.delay import COMPLETE, FEWEST
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.refresh.delay import AGES, FINAL, LEAST, delays_of, revisions_of
from tests.factories import make_case

FIRST = Period.parse("2024-W40")
WEEKS = FEWEST + FINAL  # the last of them that is final makes the twentieth pair


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


def row(week: int, value: float, day: int, source: str = "sohr", days: int = 7) -> Reading:
    """Return strikes of a week, published so many days after the Monday it became known on."""
    period = FIRST + week
    return Reading(
        indicator="strikes",
        period=period,
        value=value,
        published=period.refresh_day + timedelta(days=day),
        source=source,
        grade="B2",
        days=days,
        span=1,
        scope="north-west",
        url="",
        note="",
        line=2 + 1000 * week + day,
    )


def as_of(week: int) -> date:
    return (FIRST + week).refresh_day


def known(case: Case, *rows: Reading) -> Known:
    return known_as_of(case, rows, as_of(WEEKS - 1))


def ratios(case: Case, *rows: Reading) -> dict[tuple[int, int], list[float]]:
    found = revisions_of(case, known(case, *rows))
    assert [(r.source, r.ages) for r in found] == [(s, a) for s in ("sohr", "acled") for a in AGES]
    return {r.ages: list(r.log_completeness) for r in found if r.source == "sohr"}


def test_a_pair_is_what_was_known_at_that_age_against_what_is_known_now(case: Case) -> None:
    grown = [row(0, 40, 0), row(0, 60, 10), row(0, 70, 28), row(0, 80, 40)]
    assert ratios(case, *grown) == {
        (0, 1): [log(40 / 80)],
        (1, 2): [log(40 / 80)],  # in force when the class began, corrected within it
        (2, 4): [log(60 / 80)],
        (4, 8): [log(70 / 80)],  # corrected on the very day the class begins
    }


def test_a_period_first_reported_later_has_no_pair_before(case: Case) -> None:
    assert ratios(case, row(0, 50, 9), row(0, 100, 20)) == {
        (0, 1): [],
        (1, 2): [log(0.5)],
        (2, 4): [log(0.5)],
        (4, 8): [0.0],
    }
    assert not any(ratios(case, row(0, 50, 7 * FINAL)).values())


def test_only_periods_that_are_final_make_pairs(case: Case) -> None:
    last = WEEKS - 1 - FINAL
    assert len(ratios(case, row(last, 50, 0))[0, 1]) == 1
    assert not any(ratios(case, row(last + 1, 50, 0)).values())


def test_the_floor_is_on_the_value_known_then(case: Case) -> None:
    grown = ratios(case, row(0, LEAST - 1, 0), row(0, 900, 8))
    assert grown == {(0, 1): [], (1, 2): [], (2, 4): [0.0], (4, 8): [0.0]}
    shrunk = ratios(case, row(0, LEAST, 0), row(0, 5, 8))
    assert shrunk[0, 1] == [log(LEAST / 5)]
    assert shrunk[2, 4] == []


def test_a_count_withdrawn_is_told_as_if_one_were_left(case: Case) -> None:
    assert ratios(case, row(0, 30, 0), row(0, 0, 20))[0, 1] == [pytest.approx(log(30))]


def test_part_periods_are_compared_per_day(case: Case) -> None:
    assert ratios(case, row(0, 40, 0, days=4), row(0, 70, 9))[0, 1] == [pytest.approx(0)]


def test_other_scopes_totals_and_levels_make_no_pairs(case: Case) -> None:
    elsewhere = dataclasses.replace(row(0, 40, 0), scope="country")
    total = dataclasses.replace(row(0, 40, 7), span=2)
    level = dataclasses.replace(row(0, 2, 0), indicator="border", source="desk", scope="country")
    assert not any(ratios(case, elsewhere, total, level).values())
    delay = delays_of(case, known(case, elsewhere, total, level))
    assert [delay(r) for r in (elsewhere, total, level)] == [COMPLETE] * 3


def vintages(weeks: int) -> list[Reading]:
    """Return weeks that sohr doubles after ten days, and acled never touches."""
    return [
        reading
        for week in range(weeks)
        for reading in (row(week, 40, 0), row(week, 80, 10), row(week, 50, 0, source="acled"))
    ]


def test_a_reading_gets_the_delay_of_its_source_and_age(case: Case) -> None:
    rows = vintages(WEEKS)
    delay = delays_of(case, known(case, *rows))
    now = WEEKS - 1
    for age, shift in ((0, log(0.5)), (1, log(0.5)), (2, 0.0), (3, 0.0), (4, 0.0), (7, 0.0)):
        assert delay(row(now - age, 40, 0)).shift == pytest.approx((shift, shift)), age
        assert delay(row(now - age, 50, 0, source="acled")).shift == pytest.approx((0, 0)), age
    assert delay(row(now - FINAL, 40, 0)) is COMPLETE
    assert delay(dataclasses.replace(row(now, 40, 0), span=2)) is COMPLETE


def test_too_few_pairs_leave_a_reading_as_it_is(case: Case) -> None:
    rows = vintages(WEEKS)[3:]
    delay = delays_of(case, known(case, *rows))
    assert {len(pairs) for pairs in ratios(case, *rows).values()} == {FEWEST - 1}
    assert delay(row(WEEKS - 1, 40, 0)) is COMPLETE


def test_later_vintages_are_not_used(case: Case) -> None:
    rows = vintages(WEEKS)
    later = dataclasses.replace(row(0, 4000, 0), published=as_of(WEEKS - 1) + timedelta(days=1))
    assert revisions_of(case, known(case, *rows, later)) == revisions_of(case, known(case, *rows))
