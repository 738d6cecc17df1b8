"""What the model believes is held against what was asked."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case, CountExpectation
from forecast.explain.priors import BINS, believed
from forecast.explain.types import LevelIndicator, QuantileIndicator
from tests.factories import make_case

AS_OF = date(2024, 12, 2)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


def strikes(case: Case, **war: float) -> QuantileIndicator:
    """Believe the count alone, after a change of what is asked of it under war."""
    asked = case.expectations["strikes"]
    assert isinstance(asked["war"], CountExpectation)
    changed = asked | {"war": dataclasses.replace(asked["war"], **war)}  # type: ignore[arg-type]
    edited = dataclasses.replace(case, expectations=case.expectations | {"strikes": changed})
    (found,) = believed(edited, AS_OF, "strikes")
    assert isinstance(found, QuantileIndicator)
    return found


def test_a_count_comes_back(case: Case) -> None:
    found = strikes(case)
    assert (found.id, found.name, found.unit) == ("strikes", "Strikes", "strikes per week")
    war, other = found.rows
    assert (war.asked_median, war.asked_p90, war.worth, war.basis) == (60, 200, 2, "judgement")
    assert war.believed_median == pytest.approx(60, rel=0.05)
    assert war.believed_p90 == pytest.approx(200, rel=0.05)
    assert other.believed_median == pytest.approx(5, rel=0.05)
    assert other.believed_p90 == pytest.approx(20, rel=0.05)
    for row in found.rows:
        assert row.reconciled
        assert row.least_p90 is None
        assert not row.median_off
        assert not row.p90_off


def test_bars_share_an_axis_and_sum_to_one(case: Case) -> None:
    found = strikes(case)
    steps = np.diff(np.log1p(found.edges))
    np.testing.assert_allclose(steps, steps[0])
    war, other = (np.array(row.shares) for row in found.rows)
    assert len(war) == len(other) == BINS
    np.testing.assert_allclose([war.sum(), other.sum()], 1)
    middle = np.sqrt(np.add(found.edges[:-1], 1) * np.add(found.edges[1:], 1)) - 1
    assert middle[war.argmax()] == pytest.approx(60, rel=0.5)
    assert middle[other.argmax()] == pytest.approx(5, rel=0.5)


def test_narrower_than_chance_is_flagged_and_a_way_out_named(case: Case) -> None:
    war = strikes(case, median=100.0, p90=104.0).rows[0]
    assert not war.reconciled
    assert war.least_p90 is not None
    assert 112 <= war.least_p90 < 116  # 113 is the 90th percentile of a Poisson count around 100
    assert war.believed_p90 >= 112
    mended = strikes(case, median=100.0, p90=war.least_p90).rows[0]
    assert mended.reconciled
    assert not mended.median_off
    assert not mended.p90_off


@pytest.mark.filterwarnings("error")
def test_what_the_model_cannot_follow_is_flagged(case: Case) -> None:
    war = strikes(case, median=2.0, p90=9000.0).rows[0]
    assert war.reconciled
    assert war.median_off == (abs(war.believed_median / 2 - 1) > 0.1)
    assert war.p90_off == (abs(war.believed_p90 / 9000 - 1) > 0.2)
    assert war.median_off


def test_levels_come_back(case: Case) -> None:
    (found,) = believed(case, AS_OF, "border")
    assert isinstance(found, LevelIndicator)
    assert found.levels == ("open", "tightened", "closed")
    for row, asked in zip(found.rows, ([0.2, 0.3, 0.5], [0.7, 0.2, 0.1]), strict=True):
        assert row.asked == tuple(asked)
        np.testing.assert_allclose(row.believed, asked, atol=0.01)
        assert row.off == (False, False, False)


def test_one_indicator_is_as_among_all_and_before_the_case_begins(case: Case) -> None:
    everything = believed(case, AS_OF)
    assert [indicator.id for indicator in everything] == [i.id for i in case.indicators]
    for indicator in everything:
        assert believed(case, date(2020, 1, 1), indicator.id) == (indicator,)
