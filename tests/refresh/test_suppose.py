"""Suppositions are what adding the readings and refreshing by update would say."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from forecast.case import Case
from forecast.model.data import Data
from forecast.model.fit import Fit
from forecast.readings import Reading, known_as_of, load_readings
from forecast.refresh import draws, suppose
from tests.refresh.conftest import from_the_prior

AS_OF = date(2024, 11, 11)


def silent(share: float, text: str) -> None:
    del share, text


def good(data: Data) -> Fit:
    return dataclasses.replace(from_the_prior(data, silent), ess_min=4000.0, failures=[])


def another(readings: tuple[Reading, ...]) -> Reading:
    """A count of the last week, which has none."""
    last = next(r for r in readings if str(r.period) == "2024-W46" and r.indicator == "strikes")
    return dataclasses.replace(last, period=last.period - 1, value=20.0, published=AS_OF)


def test_it_is_the_refresh_by_update(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppose, "kept", good)
    monkeypatch.setattr(draws, "fit", lambda data, *_, **__: good(data))
    readings = load_readings(case)
    more = (another(readings),)
    found = suppose.suppose(case, readings, [more], AS_OF)
    assert found is not None
    for supposed, rows in zip(found, (readings, (*readings, *more)), strict=True):
        known = known_as_of(case, rows, AS_OF)
        refreshed = draws.draws_as_of(case, readings, known, silent)
        assert refreshed.khat is not None
        assert supposed is not None
        expected = refreshed.posterior.now.mean(axis=0)
        np.testing.assert_allclose(supposed, expected, rtol=1e-12)
    assert np.abs(np.subtract(*map(np.asarray, found))).max() > 0.001  # and it did something


def test_without_a_fit_at_hand_nothing_is_said(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppose, "kept", lambda _: None)
    assert suppose.suppose(case, load_readings(case), [()], AS_OF) is None


def test_what_a_refresh_would_fit_anew_is_not_told(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        suppose, "kept", lambda data: dataclasses.replace(good(data), failures=["R-hat"])
    )
    assert suppose.suppose(case, load_readings(case), [()], AS_OF) == [None, None]
