"""Derived measures: by hand, against pandas, as of a date, and what of each reading they use."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case import Case, Derived
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.readings import Reading, derived_values, due_of, known_as_of
from forecast.readings.derived import measured
from tests.factories import make_case

N = math.nan
LATE = date(2024, 12, 2)


def measure(take: Any, **keys: Any) -> Derived:
    return Derived(id="m", name="M", source="strikes", take=take, **keys)


def read(
    period: str,
    value: float,
    published: str = "2024-12-01",
    *,
    days: int | None = None,
    span: int = 1,
    source: str = "sohr",
    grade: str = "B2",
    scope: str = "north-west",
) -> Reading:
    return Reading(
        indicator="strikes",
        period=Period.parse(period),
        value=value,
        published=date.fromisoformat(published),
        source=source,
        grade=grade,
        days=days or 7 * span,
        span=span,
        scope=scope,
        url="",
        note="",
        line=2,
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("derived") / "case")  # weekly, from 2024-W40


SERIES = [20, 24, N, 9, 0, 12]


@pytest.mark.parametrize(
    ("asked", "by_hand"),
    [
        (measure("mean", over=1), SERIES),
        (measure("mean", over=4), [N, 22, 22, 53 / 3, 11, 7]),  # half of 4 at least
        (measure("mean", over=3), [N, 22, 22, 16.5, 4.5, 7]),  # 2 of 3
        (measure("sum", over=2), [N, 44, N, N, 9, 12]),  # all
        (measure("maximum", over=2), [N, 24, N, N, 9, 12]),
        (measure("periods-at-or-above", over=2, value=12), [N, 2, N, N, 0, 1]),
        (measure("periods-since"), [0, 0, N, 0, 1, 0]),  # above 0
        (measure("periods-since", value=12), [0, 0, N, N, N, 0]),  # a gap may have had one
        (measure("periods-since", value=100), [N] * 6),  # not yet, as far as is known
        # weights 1, 2, ., 8, 16, 32
        (measure("slow-mean", halflife=1), [20, 68 / 3, N, 140 / 11, 140 / 27, 524 / 59]),
        (
            measure("trend", over=1, against=3),
            [
                N,
                math.log(25 / 21) / 2,
                N,
                math.log(10 / 25) / 2,
                math.log(1 / 10) / 2,
                math.log(13) - math.log(10 * 1 * 13) / 3,
            ],
        ),
    ],
    ids=lambda value: getattr(value, "take", ""),
)
def test_by_hand(asked: Derived, by_hand: list[float]) -> None:
    found = measured(asked, SERIES, FAMILIES["count"])
    np.testing.assert_allclose(found, by_hand, rtol=1e-11)


def test_a_share_has_a_trend_of_its_own_scale() -> None:
    found = measured(measure("trend", over=1, against=2), [0.2, 0.4], FAMILIES["share"])
    np.testing.assert_allclose(found[1], 0.4 - 0.3)


ROLLING: dict[str, Callable[[Any], Any]] = {
    "mean": lambda window: window.mean(),
    "sum": lambda window: window.sum(),
    "maximum": lambda window: window.max(),
}
VALUES = st.lists(st.none() | st.integers(0, 200), max_size=30)


@given(values=VALUES, over=st.integers(1, 9), take=st.sampled_from(sorted(ROLLING)))
def test_windows_are_those_of_pandas(values: list[int | None], over: int, take: str) -> None:
    series = pd.Series(values, dtype=float)
    needed = (over + 1) // 2 if take == "mean" else over
    expected = ROLLING[take](series.rolling(over, min_periods=needed))
    found = measured(measure(take, over=over), list(series), FAMILIES["count"])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(values=VALUES, halflife=st.floats(0.5, 20))
def test_a_slow_mean_is_that_of_pandas(values: list[int | None], halflife: float) -> None:
    series = pd.Series(values, dtype=float)
    expected = series.ewm(halflife=halflife).mean()
    found = np.array(measured(measure("slow-mean", halflife=halflife), list(series), COUNT))
    there = ~np.isnan(found)
    np.testing.assert_allclose(found[there], expected[there], rtol=1e-9)


COUNT = FAMILIES["count"]


@pytest.mark.parametrize("halflife", [1, 2, 8, 52])
def test_a_slow_mean_is_there_from_its_first_half_life_to_one_of_silence(halflife: int) -> None:
    begun = measured(measure("slow-mean", halflife=halflife), [5.0] * 2 * halflife, COUNT)
    assert [math.isnan(x) for x in begun] == [True] * (halflife - 1) + [False] * (halflife + 1)
    after = measured(
        measure("slow-mean", halflife=halflife), [5.0] * 60 * halflife + [N] * 2 * halflife, COUNT
    )
    silent = after[60 * halflife :]
    assert [math.isnan(x) for x in silent] == [False] * halflife + [True] * halflife


@given(
    values=st.lists(st.floats(0, 1e6) | st.just(N), min_size=1, max_size=20),
    asked=st.sampled_from(
        [
            measure("mean", over=3), measure("sum", over=3), measure("maximum", over=3),
            measure("trend", over=2, against=5), measure("slow-mean", halflife=3.0),
            measure("periods-since"), measure("periods-at-or-above", over=3, value=5.0),
        ]
    ),
    more=st.lists(st.floats(0, 1e6), max_size=3),
)  # fmt: skip
def test_what_is_read_later_changes_nothing_before(
    values: list[float], asked: Derived, more: list[float]
) -> None:
    before = measured(asked, values, COUNT)
    np.testing.assert_array_equal(measured(asked, values + more, COUNT)[: len(values)], before)


def test_values_are_not_off_by_a_rounding_that_a_threshold_would_see() -> None:
    assert measured(measure("mean", over=3), [0.1, 0.2, 0.3], FAMILIES["share"])[2] == 0.2
    assert measured(measure("sum", over=7), [1 / 7] * 7, COUNT)[6] == 1.0


def test_uses_what_was_known_on_the_date(case: Case) -> None:
    rows = (
        read("2024-W46", 10, "2024-11-18"),
        read("2024-W47", 20, "2024-11-25"),
        read("2024-W47", 40, "2024-12-02"),  # a correction
    )
    asked = measure("sum", over=2)
    at = {
        day: derived_values(case, known_as_of(case, rows, date.fromisoformat(day)), asked)
        for day in ("2024-11-25", "2024-12-01", "2024-12-02")
    }
    assert len(at["2024-11-25"]) == 8  # to the forecast period, 2024-W47
    assert at["2024-11-25"][7] == at["2024-12-01"][7] == 30
    assert at["2024-12-02"][7] == 50
    assert math.isnan(at["2024-12-02"][8])


TOTAL = read("2024-W44", 12, span=4)


@pytest.mark.parametrize(
    ("rows", "asked", "last"),
    [
        ([read("2024-W48", 4, days=4)], measure("mean", over=1), 7),  # scaled to the week
        ([read("2024-W48", 4, days=4)], measure("maximum", over=1), 7),
        ([TOTAL, read("2024-W48", 9)], measure("mean", over=3), 5),  # 3, 3, 9
        ([TOTAL, read("2024-W48", 9)], measure("sum", over=5), 21),
        ([TOTAL, read("2024-W48", 9)], measure("maximum", over=3), N),  # not how it was spread
        ([TOTAL, read("2024-W48", 0)], measure("periods-since"), N),
        ([replace(TOTAL, value=0), read("2024-W48", 9)], measure("maximum", over=3), 9),
        ([read("2024-W47", 3, grade="F6"), read("2024-W48", 9)], measure("sum", over=2), N),
        ([read("2024-W48", 9, scope="country")], measure("mean", over=1), N),
        ([read("2024-W48", 9), read("2024-W49", 99)], measure("mean", over=1), 9),  # pending
        ([read("2024-W48", 5, source="acled"), read("2024-W48", 9)], measure("mean", over=1), 9),
    ],
)  # fmt: skip
def test_what_of_each_reading_is_used(
    case: Case, rows: list[Reading], asked: Derived, last: float
) -> None:
    trusting_none = replace(case, reliability=case.reliability | {"F": 0.0})
    found = derived_values(trusting_none, known_as_of(case, rows, LATE), asked)
    np.testing.assert_equal(found[-1], last)


def test_is_nothing_that_is_read_or_due(case: Case) -> None:
    with_one = replace(case, derived=(measure("mean", over=2),))
    rows = (read("2024-W48", 9),)
    known, plain = (known_as_of(each, rows, LATE) for each in (with_one, case))
    assert known == plain
    assert due_of(with_one, known) == due_of(case, plain)
    assert [i.id for i in with_one.indicators] == [i.id for i in case.indicators]


def test_before_the_first_period_there_is_none(case: Case) -> None:
    known = known_as_of(case, (), date(2024, 9, 1))
    assert derived_values(case, known, measure("mean", over=2)) == []
