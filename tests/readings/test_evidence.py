"""Which one-off events a forecast may use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case import Case, Evidence
from forecast.periods import Period
from forecast.readings import evidence_known
from tests.factories import make_case

MONDAY = date(2024, 12, 2)
W48 = Period.parse("2024-W48")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("evidence") / "case")


def item(name: str, period: Period, published: date) -> Evidence:
    return Evidence(
        id=name,
        name=name,
        period=period,
        published=published,
        grade="B2",
        url="https://example.org",
        note="",
        group=None,
        because="Judged",
        likelihoods={"desk": {"war": 0.5, "other": 0.1}},
        weights={"desk": 1.0},
    )


def known(case: Case, *items: Evidence, as_of: date = MONDAY, period: Period = W48) -> list[str]:
    return [e.id for e in evidence_known(replace(case, evidence=items), as_of, period)]


def test_items_are_in_the_order_of_their_periods_then_ids(case: Case) -> None:
    items = [item(name, W48 - back, MONDAY) for name, back in [("b", 0), ("a", 0), ("z", 1)]]
    assert known(case, *items) == ["z", "a", "b"]


def test_an_item_is_known_from_the_day_it_is_published(case: Case) -> None:
    event = item("a", W48, MONDAY)
    assert known(case, event, as_of=MONDAY - timedelta(days=1)) == []
    assert known(case, event) == ["a"]


def test_an_item_about_a_later_period_is_held_until_that_is_the_forecast_period(
    case: Case,
) -> None:
    early = item("a", W48 + 1, MONDAY)
    assert known(case, early) == []
    assert known(case, early, as_of=MONDAY + timedelta(weeks=1), period=W48 + 1) == ["a"]


def test_a_case_without_evidence_has_none(case: Case) -> None:
    assert known(case) == []


def items() -> st.SearchStrategy[list[Evidence]]:
    days = st.integers(0, 90).map(lambda day: date(2024, 10, 1) + timedelta(days=day))
    periods = st.integers(-8, 4).map(lambda step: W48 + step)
    names = st.sampled_from("abcdefgh")
    return st.lists(st.builds(item, names, periods, days), max_size=8, unique_by=lambda e: e.id)


@given(items(), st.data())
def test_later_items_and_their_order_change_nothing(
    case: Case, given_items: list[Evidence], data: st.DataObject
) -> None:
    before = known(case, *given_items)
    later = [
        item("planted", W48, MONDAY + timedelta(days=1)),
        item("planted-early", W48 + 1, MONDAY),
    ]
    shuffled = data.draw(st.permutations([*given_items, *later]))
    assert known(case, *shuffled) == before
