"""Forecasts of indicators: by hand, live and replayed, parts of periods, baselines."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from forecast.case import Case
from forecast.periods import Period
from forecast.proof.indicators import indicator_tables
from forecast.proof.types import IndicatorTable
from forecast.readings import Reading, known_as_of
from forecast.record import Forecast, NextPeriod
from tests.factories import make_case

from .ledgers import issue

LEVELS = ("0.05", "0.25", "0.5", "0.75", "0.95")
QUANTILES = dict(zip(LEVELS, (0.0, 2.0, 10.0, 20.0, 60.0), strict=True))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def reading(
    value: float, period: str = "2024-W45", published: str = "2024-11-11", days: int = 7
) -> Reading:
    return Reading(
        "strikes", Period.parse(period), value, date.fromisoformat(published),
        "sohr", "B2", days, 1, "north-west", "https://example.org", "", 2,
    )  # fmt: skip


PAST = [reading(4, "2024-W42", "2024-10-21"), reading(12, "2024-W44", "2024-11-04")]


def expecting(period: str = "2024-W44") -> Forecast:
    made = issue(period, 0.5)
    (strikes,) = made.indicators
    ahead = NextPeriod(QUANTILES, {"watch": 0.5, "warning": 0.1}, [])
    return structs.replace(made, indicators=[structs.replace(strikes, next=ahead)])


def tables(
    case: Case, readings: list[Reading], *forecasts: Forecast, past: list[Reading] = PAST
) -> list[IndicatorTable]:
    known = known_as_of(case, [*past, *readings], date(2025, 1, 1))
    return list(indicator_tables(case, list(enumerate(forecasts, 1)), [*past, *readings], known))


def test_a_count_is_scored_on_the_log_scale(case: Case) -> None:
    (table,) = tables(case, [reading(12)], expecting())
    rows = {row.name: row.loss for row in table.rows}
    q, a, y = np.log1p(list(QUANTILES.values())), np.array(list(map(float, LEVELS))), np.log1p(12)
    assert rows["forecasts"] == pytest.approx(float(np.mean(2 * ((y < q) - a) * (q - y))))
    assert rows["last value"] == 0
    empirical = np.log1p(np.quantile([4, 12], a))
    assert rows["last 12 periods"] == pytest.approx(
        float(np.mean(2 * ((y < empirical) - a) * (empirical - y)))
    )


@pytest.mark.parametrize(
    ("value", "inside"), [(10, (1, 1)), (20, (1, 1)), (21, (0, 1)), (0, (0, 1)), (61, (0, 0))]
)
def test_coverage(case: Case, value: float, inside: tuple[int, int]) -> None:
    (table,) = tables(case, [reading(value)], expecting())
    assert table.inside == {"0.5": inside[0], "0.9": inside[1]}


def test_thresholds_have_a_brier_score_beside_that_of_the_past(case: Case) -> None:
    (table,) = tables(case, [reading(12)], expecting())
    assert table.thresholds["watch"] == pytest.approx((0.25, 0.25))  # half of the past reached 10
    assert table.thresholds["warning"] == pytest.approx((0.01, 0.0))


@pytest.mark.parametrize(
    ("value", "between"), [(0, (0, 0.25)), (1, (0.05, 0.25)), (15, (0.5, 0.75)), (70, (0.95, 1))]
)
def test_a_pit_lies_between_the_levels_around_it(
    case: Case, value: float, between: tuple[float, float]
) -> None:
    (table,) = tables(case, [reading(value)], expecting())
    (pit,) = table.pit
    assert between[0] <= pit <= between[1]


def test_pits_of_right_forecasts_are_even(case: Case) -> None:
    rng = np.random.default_rng(5)
    levels = [0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99]
    ahead = NextPeriod(
        {str(a): float(np.exp(a)) for a in levels}, {}, []
    )  # y is e^u, u uniform: quantiles are known
    first, made, readings = Period.parse("2024-W40"), [], []
    for n in range(400):
        each = expecting(str(first + n))
        (strikes,) = each.indicators
        made.append(structs.replace(each, indicators=[structs.replace(strikes, next=ahead)]))
        readings.append(reading(float(np.exp(rng.random())), str(first + (n + 1)), "2033-01-01"))
    known = known_as_of(case, readings, date(2033, 1, 2))
    (table,) = indicator_tables(case, list(enumerate(made, 1)), readings, known)
    tenths = np.histogram(table.pit, bins=10, range=(0, 1))[0]
    assert ((tenths - 40) ** 2 / 40).sum() < 21.7  # 1 % of a chi-squared with 9


def test_a_part_of_a_period_is_scaled_and_counted(case: Case) -> None:
    (part,) = tables(case, [reading(6, days=3)], expecting())
    (whole,) = tables(case, [reading(14)], expecting())
    assert part.rows == whole.rows
    assert (part.partial, whole.partial) == (1, 0)


def test_the_latest_vintage_is_what_was_read(case: Case) -> None:
    corrected = [reading(50), reading(12, published="2024-12-20")]
    (table,) = tables(case, corrected, expecting())
    assert table.rows == tables(case, [reading(12)], expecting())[0].rows


@pytest.mark.parametrize(
    ("published", "mode"), [("2024-11-01", "replayed"), ("2024-11-11", "live")]
)
def test_what_had_been_published_is_not_foreseen(case: Case, published: str, mode: str) -> None:
    first = reading(12, "2024-W44", published)
    corrected = reading(13, "2024-W44", "2024-12-20")
    (table,) = tables(case, [first, corrected], expecting("2024-W43"), past=[])
    assert table.mode == mode


def test_the_first_issue_counts(case: Case) -> None:
    ((strikes,),) = (expecting().indicators,)
    surer = structs.replace(strikes, next=NextPeriod(dict.fromkeys(LEVELS, 12.0), {}, []))
    again = structs.replace(expecting(), indicators=[surer])
    (table,) = tables(case, [reading(12)], expecting(), again)
    assert (table.issued, table.rows) == (1, tables(case, [reading(12)], expecting())[0].rows)


def test_what_is_not_read_is_counted_and_not_scored(case: Case) -> None:
    (table,) = tables(case, [reading(12)], expecting(), expecting("2024-W47"))
    assert (table.issued, table.settled) == (2, 1)


def test_without_a_past_there_is_no_baseline(case: Case) -> None:
    (table,) = tables(case, [reading(12)], expecting(), past=[])
    assert [row.name for row in table.rows] == ["forecasts"]


def test_levels_have_a_ranked_score(case: Case) -> None:
    made = issue("2024-W44", 0.5)
    (strikes,) = made.indicators
    border = structs.replace(
        strikes, id="border", family="ordinal", level_names=["a", "b", "c"],
        next=NextPeriod({}, {"warning": 0.2}, [0.5, 0.3, 0.2]),
    )  # fmt: skip
    levels = [(2, "2024-W45"), (0, "2024-W43"), (1, "2024-W44")]
    desk = [
        dataclasses.replace(
            reading(level, week, Period.parse(week).refresh_day.isoformat()),
            indicator="border", source="desk", scope="country",
        )
        for level, week in levels
    ]  # fmt: skip
    (table,) = tables(case, desk, structs.replace(made, indicators=[border]))
    rows = {row.name: row.loss for row in table.rows}
    assert rows["forecasts"] == pytest.approx(0.25 + 0.64)
    assert rows["last value"] == pytest.approx(1.0)
    assert rows["last 12 periods"] == pytest.approx(0.25 + 1)
    assert table.thresholds["warning"] == pytest.approx((0.64, 1.0))
    assert (table.inside, table.pit) == ({}, ())
