"""What an indicator's own past says: by hand, smoothed, and absent where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.past import PSEUDO, Past, empirical, last_value, pasts, smoothed
from forecast.readings import Reading, known_as_of
from tests.factories import make_case

from .test_naive import FIRST, border, strikes

AT = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def past(case: Case, *rows: Reading, period: int = 9, name: str = "strikes") -> Past:
    return pasts(case, known_as_of(case, rows, (FIRST + period).refresh_day))[name]


def test_values_are_per_full_period(case: Case) -> None:
    rows = [strikes(0, 3, days=3), strikes(2, 8, days=14, span=2)]
    assert past(case, *rows, period=4).values == pytest.approx(
        [7, np.nan, 4, 4, np.nan], nan_ok=True
    )


def test_a_level_is_a_level_however_many_days_it_was_seen(case: Case) -> None:
    seen = past(case, border(0, 2), period=0, name="border")
    assert seen.values.tolist() == [2]
    short = Reading(**{f: getattr(border(0, 2), f) for f in Reading.__slots__} | {"days": 3})
    assert past(case, short, period=0, name="border").values.tolist() == [2]


def test_the_last_value_and_the_last_twelve(case: Case) -> None:
    rows = [strikes(week, week) for week in range(14)]
    told = past(case, *rows, period=14)
    assert told.recent.tolist() == list(range(3, 14))  # week 14 is missing
    assert last_value(told, AT) == pytest.approx([13] * 5)
    assert empirical(told, AT) == pytest.approx(np.quantile(range(3, 14), AT))


def test_levels_are_smoothed_towards_what_followed(case: Case) -> None:
    rows = [border(week, level) for week, level in enumerate((0, 1, 0, 1, 0))]
    told = past(case, *rows, period=4, name="border")
    follows = np.array([1 / 3, 2 + 1 / 3, 1 / 3]) / 3  # twice 0 was followed by 1
    assert told.follows == pytest.approx(follows)
    seen = np.array([3, 2, 0])
    assert smoothed(told, AT) == pytest.approx((seen + PSEUDO * follows) / (5 + PSEUDO))


def test_a_gap_is_no_move(case: Case) -> None:
    told = past(case, border(0, 0), border(2, 2), period=2, name="border")
    assert told.follows == pytest.approx([1 / 3] * 3)


def test_counts_share_what_followed_a_threshold(case: Case) -> None:
    rows = [strikes(0, 20), strikes(1, 70), strikes(2, 20)]  # watch, warning, watch
    told = past(case, *rows, period=2)
    assert told.edges.tolist() == [0, 10, 50]
    assert told.follows == pytest.approx(np.array([1 / 3, 1 / 3, 1 + 1 / 3]) / 2)


def test_a_smoothed_count_reaches_where_the_past_did_not(case: Case) -> None:
    told = past(case, *(strikes(week, 12) for week in range(8)), period=7)
    quantiles = smoothed(told, np.array([0.005, 0.5, 0.995]))
    assert quantiles is not None
    assert quantiles[0] < 10
    assert quantiles[1] == 12
    assert quantiles[2] > 50


def test_a_smoothed_count_has_the_pseudo_counts_of_its_classes(case: Case) -> None:
    told = past(case, *(strikes(week, 12 + 58 * (week % 2)) for week in range(5)), period=4)
    assert told.follows == pytest.approx(np.array([1 / 3, 1 / 3, 2 + 1 / 3]) / 3)
    many = smoothed(told, (np.arange(4000) + 0.5) / 4000)
    assert many is not None
    assert (many == 12).mean() == pytest.approx(3 / (5 + PSEUDO), abs=1e-3)
    expected = (2 + PSEUDO * told.follows[2]) / (5 + PSEUDO)
    assert (many >= 50).mean() == pytest.approx(expected, abs=1e-3)
    top = np.log1p(many[(many >= 50) & (many != 70)])
    assert np.ptp(top) == pytest.approx(np.log(51 / 11), rel=0.06)  # as wide as the class below


def test_without_readings_nothing_is_expected(case: Case) -> None:
    told = past(case)
    assert [say(told, AT) for say in (last_value, empirical, smoothed)] == [None] * 3


def test_without_thresholds_nothing_is_smoothed() -> None:
    told = Past(np.array([3.0, 4.0]), "log", 0, np.zeros(0), np.zeros(0))
    assert smoothed(told, AT) is None
    assert last_value(told, AT) is not None


def test_periods_of_the_past_end_with_the_forecast_period(case: Case) -> None:
    rows = [strikes(0, 5), strikes(3, 900)]
    assert len(past(case, *rows, period=2).values) == 3
    assert Period.parse("2024-W42") == FIRST + 2
    assert past(case, *rows, period=2).recent.tolist() == [5]
