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

AS_OF = date(2024, 11, 18)


def silent(share: float, text: str) -> None:
    del share, text


def good(data: Data) -> Fit:
    return dataclasses.replace(from_the_prior(data, silent), ess_min=4000.0, failures=[])


def higher(reading: Reading) -> Reading:
    return dataclasses.replace(reading, value=reading.value * 3, published=AS_OF, line=99)


def test_it_is_the_refresh_by_update(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppose, "kept", good)
    monkeypatch.setattr(draws, "fit", lambda data, *_, **__: good(data))
    readings = load_readings(case)
    more = (higher(next(r for r in readings if str(r.period) == "2024-W46")),)
    found = suppose.suppose(case, readings, [more], AS_OF)
    assert found is not None
    for supposed, rows in zip(found, (readings, (*readings, *more)), strict=True):
        known = known_as_of(case, rows, AS_OF)
        refreshed = draws.draws_as_of(case, readings, known, silent)
        assert refreshed.khat is not None
        assert supposed is not None
        expected = refreshed.posterior.now.mean(axis=0)
        np.testing.assert_allclose(supposed, expected, atol=0.01)  # 400 draws, repeated evenly
    assert np.abs(np.subtract(*map(np.asarray, found))).max() > 0.01


@pytest.mark.parametrize(
    "fit", [lambda _: None, lambda data: dataclasses.replace(good(data), failures=["R-hat"])]
)
def test_without_a_fit_that_passed_nothing_is_said(case, monkeypatch, fit) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(suppose, "kept", fit)
    assert suppose.suppose(case, load_readings(case), [()], AS_OF) is None
