"""ETS and SARIMAX: gaps, too few readings, nothing to fit, and computed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from forecast.kit import cache
from forecast.proof import timeseries
from forecast.proof.scores import Array
from forecast.proof.timeseries import next_log
from forecast.proof.types import ETS, SARIMAX

AT = np.array([0.05, 0.5, 0.95])


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
    found = next_log(SARIMAX, values, AT)
    assert found is not None
    centre = 4 + 0.5 * (np.log1p(values[-1]) - 4)
    assert np.log1p(found) == pytest.approx(centre + 0.2 * ndtri(AT), abs=0.06)


def test_ets_stays_where_the_series_wandered() -> None:
    values = autoregression(1.0)
    found = next_log(ETS, values, AT)
    assert found is not None
    assert np.log1p(found) == pytest.approx(np.log1p(values[-1]) + 0.2 * ndtri(AT), abs=0.06)


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_a_gap_widens_what_is_expected(name: str) -> None:
    values = autoregression(0.95)
    gap = np.where(np.arange(len(values)) < len(values) - 8, values, np.nan)
    whole, gapped = next_log(name, values, AT), next_log(name, gap, AT)
    assert whole is not None
    assert gapped is not None
    assert np.ptp(np.log1p(gapped)) > 1.5 * np.ptp(np.log1p(whole))


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_too_few_readings_say_nothing(name: str) -> None:
    values = np.array([np.nan, 3, 4, 9, 2, np.nan, 5, 6, 3, 0])
    assert next_log(name, values, AT) is not None
    assert next_log(name, values[:-1], AT) is None


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_counts_are_never_below_zero(name: str) -> None:
    found = next_log(name, np.array([0.0, 1, 0, 2, 0, 0, 1, 0, 0, 0]), AT)
    assert found is not None
    assert (found >= 0).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_what_never_moved_is_expected_not_to(name: str) -> None:
    assert next_log(name, np.array([7.0] * 9 + [np.nan]), AT) == pytest.approx([7.0] * 3)


def refuse(*_: object) -> timeseries.Normal:
    raise AssertionError("computed again")


@pytest.mark.parametrize("name", [ETS, SARIMAX])
def test_nothing_is_computed_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = autoregression(0.5, 30)
    first = next_log(name, values, AT)
    monkeypatch.setattr(timeseries, "_computed", refuse)
    assert next_log(name, values, AT) == pytest.approx(first)
    with pytest.raises(AssertionError, match="computed again"):
        next_log(name, values[:-1], AT)


@pytest.mark.parametrize("damage", [lambda data: data[:5], lambda _: b"", lambda _: b"{}"])
def test_what_was_cut_off_is_computed_again(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    values = autoregression(0.5, 30)
    first = next_log(ETS, values, AT)
    (saved,) = folder.iterdir()
    saved.write_bytes(damage(saved.read_bytes()))
    assert next_log(ETS, values, AT) == pytest.approx(first)


def test_a_cache_that_cannot_be_written_costs_time_only(folder: Path) -> None:
    folder.write_text("in the way")
    assert next_log(ETS, autoregression(0.5, 30), AT) is not None
