"""Fits in the cache: what comes out is what was put in, or nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.kit import cache
from forecast.model import store
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit
from forecast.model.packing import size_of
from forecast.model.powered import powered
from tests.model.specs import small_spec

RNG = np.random.default_rng(3)
FIT = Fit(
    theta=RNG.normal(size=(50, 4)).astype(np.float32).astype(float),
    loglik=RNG.normal(size=50),
    rhat_max=1.004,
    ess_min=812.5,
    divergences=0,
    surprises={(0, 1): -2.5},
    failures=["R-hat"],
    tempered=True,
    attempt=3,
    stats={"energy": RNG.normal(size=50).astype(np.float32), "diverging": np.zeros(50)},
)


@pytest.fixture
def data() -> Data:
    return data_of(small_spec())


@pytest.fixture
def path(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the fit to the data lies, once it was fitted."""
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(store, "fitted", lambda *_: FIT)
    store.fit(data, lambda *_: None)
    (kept,) = (tmp_path / "fits").iterdir()
    return kept


@pytest.mark.usefixtures("path")
def test_a_kept_fit_is_the_fit(data: Data) -> None:
    found = store.kept(data)
    assert found is not None
    np.testing.assert_array_equal(found.theta, FIT.theta)
    np.testing.assert_array_equal(found.loglik, FIT.loglik)
    assert (found.rhat_max, found.ess_min, found.divergences) == (1.004, 812.5, 0)
    assert (found.surprises, found.failures) == (FIT.surprises, FIT.failures)
    assert (found.tempered, found.attempt) == (FIT.tempered, FIT.attempt)
    assert set(found.stats) == set(FIT.stats)
    for name, values in FIT.stats.items():
        np.testing.assert_array_equal(found.stats[name], values)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
def test_a_fit_that_was_cut_off_is_no_fit(data: Data, path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert store.kept(data) is None


def test_no_flipped_byte_gives_another_number(data: Data, path: Path) -> None:
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        assert store.kept(data) is None


@pytest.mark.parametrize("failures", [[], ["R-hat"]])
def test_a_refit_of_what_failed_is_another_attempt(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: list[str]
) -> None:
    asked = []

    def fitted(_data: Data, _progress: object, attempt: int) -> Fit:
        asked.append(attempt)
        return replace(FIT, failures=failures, attempt=attempt)

    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(store, "fitted", fitted)
    for refit in (False, False, True, True):
        store.fit(data, lambda *_: None, refit=refit)
    assert asked == ([1, 2, 3] if failures else [1, 1, 1])


def test_what_cannot_be_kept_is_fitted_all_the_same(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / "a file" / name)
    monkeypatch.setattr(store, "fitted", lambda *_: FIT)
    assert store.fit(data, lambda *_: None) is FIT


def test_what_draws_say_is_kept_and_made_anew_if_damaged(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    theta = RNG.normal(size=(5, size_of(data)))
    expected = powered(theta, data, 1.0)
    store.remember(theta, data, *expected)
    (path,) = (tmp_path / "filtered").iterdir()
    monkeypatch.setattr(store, "powered", lambda *_: (RNG.normal(size=5), expected[1]))
    np.testing.assert_equal(store.told(theta, data, keep=True), expected)
    path.write_bytes(path.read_bytes()[:-1])
    assert (store.told(theta, data, keep=True)[0] != expected[0]).all()


def test_of_other_readings_of_the_last_period_the_past_is_kept(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    theta = RNG.normal(size=(5, size_of(data)))
    np.testing.assert_allclose(store.told(theta, data, keep=True)[0], powered(theta, data, 1.0)[0])
    other = data._replace(value=np.where(data.begin == 4, 3.0, data.value))
    expected = powered(theta, other, 1.0)
    monkeypatch.delattr(store, "powered")
    loglik, now = store.told(theta, other, keep=False)
    np.testing.assert_allclose(loglik, expected[0], rtol=1e-13)
    np.testing.assert_allclose(now, expected[1], atol=1e-14)
    assert abs(now - store.told(theta, data, keep=True)[1]).max() > 0.01


def test_what_was_kept_longest_ago_goes_first(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(store, "FILTERED", cache.Cache("filtered", store.Filtered, most=2))
    theta = RNG.normal(size=(5, size_of(data)))
    said = powered(theta, data, 1.0)
    for age, moved in ((30, 0.0), (20, 1.0), (10, 2.0)):
        before = set((tmp_path / "filtered").glob("*"))
        store.remember(theta + moved, data, *said)
        for path in set((tmp_path / "filtered").iterdir()) - before:
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    monkeypatch.setattr(store, "powered", lambda *_: (np.zeros(5), said[1]))
    monkeypatch.setattr(store, "parted", lambda _: None)
    kept = [store.told(theta + moved, data, keep=True)[0].any() for moved in (2.0, 1.0, 0.0)]
    assert kept == [True, True, False]


def test_what_draws_say_is_kept_by_draws_and_by_data(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    theta = RNG.normal(size=(5, size_of(data)))
    other = data._replace(evidence=data.evidence + 1.0)
    for asked in ((theta, data), (theta + 1.0, data), (theta, other)):
        found, expected = store.told(*asked, keep=True), powered(*asked, 1.0)
        np.testing.assert_allclose(found[0], expected[0], rtol=1e-13)
        np.testing.assert_allclose(found[1], expected[1], atol=1e-14)
    assert len(list((tmp_path / "filtered").iterdir())) == 6  # of each, and of what was before
