"""What a lead hangs on: shares of a variance that is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecast.case import Case
from forecast.model.packing import size_of
from forecast.readings import known_as_of, load_readings
from forecast.refresh import refresh
from forecast.refresh.draws import draws_as_of
from forecast.refresh.hangs import LEAST, explained, groups

AS_OF = date(2024, 11, 18)


def test_shares_of_a_sum_are_those_of_its_parts() -> None:
    theta = np.random.default_rng(1).normal(size=(20_000, 30))
    odds = 2.0 * theta[:, 0] + theta[:, 7] + theta[:, 8] + np.exp(0.0 * theta[:, 9])
    assert explained(odds, theta[:, :1]) == pytest.approx(4 / 6, abs=0.02)
    assert explained(odds, theta[:, 7:9]) == pytest.approx(2 / 6, abs=0.02)
    assert explained(odds, theta[:, 10:]) == pytest.approx(0.0, abs=0.005)
    assert explained(np.zeros(20_000), theta) == 0.0
    assert explained(odds[:20], theta[:20]) == 0.0  # as many parameters as draws


def test_every_parameter_is_part_of_one_judgement(case: Case) -> None:
    known = known_as_of(case, load_readings(case), AS_OF)
    draws = draws_as_of(case, load_readings(case), known, lambda *_: None)
    found = dict(groups(case, draws.data))
    assert {"Strikes", "Border", "how long scenarios last", "what follows what"} <= set(found)
    columns = np.concatenate([*found.values()])
    np.testing.assert_array_equal(np.sort(columns), np.arange(size_of(draws.data)))


def test_a_refresh_names_the_largest_first(case: Case) -> None:
    found = refresh(case, load_readings(case), AS_OF).hangs_on
    assert found
    shares = [each.share for each in found]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= LEAST
