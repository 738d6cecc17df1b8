"""Which days a pull speaks for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import ReadingError
from forecast.readings.events.days import Days, covered_by, merged, within, without
from tests.readings.events.pulls import source

ON = date(2024, 12, 2)
FIRST, LAST = date(2024, 11, 5), date(2024, 11, 20)


def nov(day: int) -> date:
    return date(2024, 11, day)


@pytest.mark.parametrize(
    ("kind", "fields", "limit", "since", "until"),
    [
        ("table", {}, None, FIRST, LAST),
        ("table", {"since": nov(1)}, None, nov(1), date(2024, 12, 1)),
        ("table", {"until": nov(25)}, None, FIRST, nov(25)),
        ("table", {"since": nov(1), "until": nov(25)}, None, nov(1), nov(25)),
        ("table", {"since": nov(1), "until": date(2025, 3, 1)}, None, nov(1), date(2024, 12, 1)),
        ("acled", {"since": nov(1)}, nov(22), nov(1), nov(22)),
        ("acled", {}, nov(10), FIRST, nov(10)),
        ("ucdp", {"version": "24.0.11"}, None, nov(1), nov(30)),
        ("ucdp", {"version": "24.01.24.09"}, None, date(2024, 1, 1), date(2024, 9, 30)),
        ("ucdp", {"version": "24.0.12"}, None, date(2024, 12, 1), date(2024, 12, 1)),
        ("ucdp", {"version": "24.0.11", "since": nov(10)}, None, nov(10), nov(30)),
        ("ucdp", {"version": "24.0.11", "since": date(2024, 1, 1)}, None, nov(1), nov(30)),
        ("ucdp", {"version": "24.1"}, None, date(1989, 1, 1), date(2023, 12, 31)),
        ("ucdp", {"version": "24.0.13"}, None, FIRST, LAST),
    ],
)  # fmt: skip
def test_days_covered(
    kind: str, fields: dict[str, object], limit: date | None, since: date, until: date
) -> None:
    assert covered_by(source(kind, **fields), ON, limit, FIRST, LAST) == (since, until)


def test_the_day_of_the_pull_is_not_over() -> None:
    assert covered_by(source(), ON, None, FIRST, date(2099, 1, 1))[1] == date(2024, 12, 1)


@pytest.mark.parametrize(
    ("fields", "limit", "first", "said"),
    [
        ({}, None, None, "must hold at least one event or declare since and until, found none"),
        ({"until": nov(9)}, None, None, "must hold at least one event or declare since and until"),
        ({}, None, ON, "must speak for at least one day that is over"),
        ({"since": nov(5)}, nov(4), FIRST, "found 2024-11-05 to 2024-11-04"),
    ],
)
def test_no_day_covered(
    fields: dict[str, object], limit: date | None, first: date | None, said: str
) -> None:
    with pytest.raises(ReadingError) as caught:
        covered_by(source(**fields), ON, limit, first, first)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_declared_days_without_an_event() -> None:
    declared = source(since=nov(1), until=nov(9))
    assert covered_by(declared, ON, None, None, None) == (nov(1), nov(9))


_SPAN = st.tuples(st.integers(0, 25), st.integers(0, 8)).map(
    lambda pair: (FIRST + timedelta(pair[0]), FIRST + timedelta(sum(pair)))
)
_SPANS = st.lists(_SPAN, max_size=6)


def as_set(days: Days) -> set[date]:
    return {a + timedelta(n) for a, b in days for n in range((b - a).days + 1)}


@given(_SPANS, _SPANS, _SPAN)
def test_days_are_sets(
    some: list[tuple[date, date]], others: list[tuple[date, date]], span: tuple[date, date]
) -> None:
    days = merged(some)
    each = [as_set((span,)) for span in some]
    assert as_set(days) == set().union(*each)
    assert all(b + timedelta(1) < c for (_, b), (c, _) in pairwise(days))
    assert as_set(within(days, span)) == as_set(days) & as_set((span,))
    assert as_set(without(days, others)) == as_set(days) - as_set(merged(others))
