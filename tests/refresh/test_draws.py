"""Which fit a forecast comes from: its block's anchor, or its own."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from forecast.case import Case
from forecast.model.data import Data
from forecast.model.fit import Fit, Progress
from forecast.readings import known_as_of, load_readings
from forecast.refresh import draws
from forecast.refresh.draws import anchor_day, draws_as_of
from tests.refresh.conftest import from_the_prior


def silent(share: float, text: str) -> None:
    del share, text


@pytest.mark.parametrize(
    ("as_of", "anchor"),
    [
        (date(2024, 10, 7), date(2024, 10, 7)),  # the case's first period
        (date(2024, 10, 13), date(2024, 10, 7)),  # the same period, known better
        (date(2024, 10, 28), date(2024, 10, 7)),  # the fourth
        (date(2024, 11, 4), date(2024, 11, 4)),  # the fifth
    ],
)
def test_a_block_of_four_periods_has_one_anchor(case: Case, as_of: date, anchor: date) -> None:
    assert str(case.first) == "2024-W40"
    assert anchor_day(case, as_of) == anchor


def spied(monkeypatch: pytest.MonkeyPatch, *failures: str) -> list[int]:
    """Count fits by how many periods they know, and let the first fail its gate."""
    periods: list[int] = []

    def fit(data: Data, progress: Progress, *, refit: bool = False) -> Fit:
        periods.append(len(data.evidence))
        made = from_the_prior(data, progress, refit=refit)
        # 400 draws from a stand-in: as good as independent
        return dataclasses.replace(
            made, ess_min=4000.0, failures=list(failures) if len(periods) == 1 else []
        )

    monkeypatch.setattr(draws, "fit", fit)
    return periods


def test_on_the_anchor_s_day_the_fit_is_its_own(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    periods = spied(monkeypatch)
    readings = load_readings(case)
    found = draws_as_of(case, readings, known_as_of(case, readings, date(2024, 11, 4)), silent)
    assert (periods, found.khat, found.anchor) == ([5], None, date(2024, 11, 4))


def test_later_in_the_block_its_draws_are_reweighted(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    periods = spied(monkeypatch)
    readings = load_readings(case)
    found = draws_as_of(case, readings, known_as_of(case, readings, date(2024, 11, 11)), silent)
    assert periods == [5]
    assert found.khat is not None
    assert found.anchor == date(2024, 11, 4)
    assert len(found.data.evidence) == 6


def test_draws_of_an_anchor_that_failed_stand_for_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    periods = spied(monkeypatch, "R-hat")
    readings = load_readings(case)
    found = draws_as_of(case, readings, known_as_of(case, readings, date(2024, 11, 11)), silent)
    assert (periods, found.khat, found.anchor) == ([5, 6], None, date(2024, 11, 11))
