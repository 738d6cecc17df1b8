"""What an indicator's own past says: by hand, smoothed, and absent where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from forecast.case import Case
from forecast.kit import cache
from forecast.periods import Period
from forecast.proof.past import (
    PSEUDO,
    Normal,
    Past,
    empirical,
    last_value,
    next_log,
    pasts,
    smoothed,
)
from forecast.proof.scores import Array
from forecast.proof.types import ETS, SARIMAX
from forecast.readings import Reading, known_as_of
from tests.factories import make_case

from .test_baselines import FIRST, border, strikes

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


LEVELS = np.array([0.05, 0.5, 0.95])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    return tmp_path / "baselines"


def autoregression(phi: float, n: int = 400) -> Array:
    """Values whose log(1 + y) is an autoregression around 4 with errors of sd 0.2."""
    rng = np.random.default_rng(11)
    x = np.empty(n)
    x[0] = 4.0
    for t in range(1, n):
        x[t] = 4 + phi * (x[t - 1] - 4) + rng.normal(0, 0.2)
    return np.asarray(np.expm1(x))


def test_sarimax_returns_to_its_mean() -> None:
    values = autoregression(0.5)
    found = next_log(SARIMAX, values, LEVELS)
    assert found is not None
    centre = 4 + 0.5 * (np.log1p(values[-1]) - 4)
    assert np.log1p(found) == pytest.approx(centre + 0.2 * ndtri(LEVELS), abs=0.06)


def test_ets_stays_where_the_series_wandered() -> None:
    values = autoregression(1.0)
    found = next_log(ETS, values, LEVELS)
    assert found is not None
    assert np.log1p(found) == pytest.approx(np.log1p(values[-1]) + 0.2 * ndtri(LEVELS), abs=0.06)


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_a_gap_widens_what_is_expected(name: str) -> None:
    values = autoregression(0.95)
    gap = np.where(np.arange(len(values)) < len(values) - 8, values, np.nan)
    whole, gapped = next_log(name, values, LEVELS), next_log(name, gap, LEVELS)
    assert whole is not None
    assert gapped is not None
    assert np.ptp(np.log1p(gapped)) > 1.5 * np.ptp(np.log1p(whole))


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_too_few_readings_say_nothing(name: str) -> None:
    values = np.array([np.nan, 3, 4, 9, 2, np.nan, 5, 6, 3, 0])
    assert next_log(name, values, LEVELS) is not None
    assert next_log(name, values[:-1], LEVELS) is None


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_counts_are_never_below_zero(name: str) -> None:
    found = next_log(name, np.array([0.0, 1, 0, 2, 0, 0, 1, 0, 0, 0]), LEVELS)
    assert found is not None
    assert (found >= 0).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_what_never_moved_is_expected_not_to(name: str) -> None:
    assert next_log(name, np.array([7.0] * 9 + [np.nan]), LEVELS) == pytest.approx([7.0] * 3)


def refuse(*_: object) -> Normal:
    raise AssertionError("computed again")


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_nothing_is_computed_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = autoregression(0.5, 30)
    first = next_log(name, values, LEVELS)
    monkeypatch.setattr("forecast.proof.past._computed", refuse)
    assert next_log(name, values, LEVELS) == pytest.approx(first)
    with pytest.raises(AssertionError, match="computed again"):
        next_log(name, values[:-1], LEVELS)


@pytest.mark.parametrize("damage", [lambda data: data[:5], lambda _: b"", lambda _: b"{}"])
def test_what_was_cut_off_is_computed_again(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    values = autoregression(0.5, 30)
    first = next_log(ETS, values, LEVELS)
    (saved,) = folder.iterdir()
    saved.write_bytes(damage(saved.read_bytes()))
    assert next_log(ETS, values, LEVELS) == pytest.approx(first)


def test_a_cache_that_cannot_be_written_costs_time_only(folder: Path) -> None:
    folder.write_text("in the way")
    assert next_log(ETS, autoregression(0.5, 30), LEVELS) is not None
