"""Readings become rows: exposure, gaps, memory, spans; only what was known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.case import Case, Memory
from forecast.case.types import OutcomeRow
from forecast.errors import CaseError
from forecast.model.spec import Spec
from forecast.periods import Period
from forecast.readings import known_as_of, load_readings
from forecast.refresh.arrays import spec_of


def spec_at(case: Case, as_of: date) -> Spec:
    return spec_of(case, known_as_of(case, load_readings(case), as_of))


def test_counts_carry_exposure_gap_and_memory(case: Case) -> None:
    counts = spec_at(case, date(2024, 11, 18)).counts
    assert counts.ids == ("strikes",)
    # W40; W42 as corrected; the total over W43 and W44; W46 after it remembers nothing
    np.testing.assert_array_equal(counts.value, [4, 30, 50, 70])
    np.testing.assert_allclose(np.exp(counts.log_exposure), [1, 1, 2, 1])
    np.testing.assert_array_equal(counts.gap, [np.inf, 2, np.inf, np.inf])
    np.testing.assert_allclose(counts.memory, [0, np.log1p(4), 0, 0])
    expected = np.zeros((7, 4))
    expected[0, 0] = expected[2, 1] = expected[6, 3] = 1.0
    expected[3:5, 2] = 0.5
    np.testing.assert_array_equal(counts.weight, expected)


def test_a_mean_is_remembered_of_readings_since_the_last_total(case: Case) -> None:
    memory = Memory(last=0.25, halflife=2.0)
    case = replace(case, indicators=tuple(replace(i, memory=memory) for i in case.indicators))
    counts = spec_at(case, date(2024, 10, 28)).counts
    fresh = 1 - 0.5**0.5  # what one brings into the mean
    trust = case.grades["B2"]
    weight = 0.25 + 0.75 * fresh * trust
    np.testing.assert_allclose(counts.memory, [0, weight * np.log1p(4)])
    np.testing.assert_allclose(counts.memory_weight, [1, weight])
    counts = spec_at(case, date(2024, 11, 18)).counts
    np.testing.assert_array_equal(counts.gap, [np.inf, 2, np.inf, np.inf])
    np.testing.assert_allclose(counts.memory_weight, [1, weight, 1, 1])


def test_a_part_period_is_remembered_at_its_full_rate(case: Case) -> None:
    counts = spec_at(case, date(2024, 10, 28)).counts
    np.testing.assert_array_equal(counts.value, [4, 9])  # before the correction was published
    np.testing.assert_allclose(np.exp(counts.log_exposure), [1, 3 / 7])


def test_levels_carry_the_one_before_and_the_gap(case: Case) -> None:
    levels = spec_at(case, date(2024, 11, 18)).of("ordinal")
    assert levels is not None
    np.testing.assert_array_equal(levels.value, [0, 2, 2])
    np.testing.assert_array_equal(levels.previous, [np.nan, 0, 2])
    np.testing.assert_array_equal(levels.gap, [np.inf, 5, 1])
    np.testing.assert_array_equal(levels.at, [0, 5, 6])
    np.testing.assert_allclose(levels.elicited[0], [[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])


def test_durations_and_successors_are_those_asked(case: Case) -> None:
    chain = spec_at(case, date(2024, 11, 18)).chain
    np.testing.assert_array_equal(chain.then, [[0, 1], [1, 0]])
    assert chain.lasts[0] == 8.0
    draws = 1 + (chain.lasts[1] - 1) * np.exp(
        chain.spread[1] * np.random.default_rng(0).normal(size=200_000) - chain.spread[1] ** 2 / 2
    )
    np.testing.assert_allclose(np.quantile(draws, [0.05, 0.95]), [10, 40], rtol=0.02)


def test_a_case_without_readings_has_no_rows(case: Case) -> None:
    known = known_as_of(case, (), date(2024, 11, 18))
    spec = spec_of(case, known)
    assert spec.counts.weight.shape == (7, 0)
    assert [each.family for each in spec.series] == ["ordinal"]
    assert len(spec.series[0].value) == 0
    with pytest.raises(IndexError):
        spec.counts.value[0]


def outcome(period: str, scenario: str, published: date, *excluded: str) -> OutcomeRow:
    return OutcomeRow(Period.parse(period), scenario, excluded, published, "", "as told", 2)


def test_outcomes_known_by_the_as_of_rule_scenarios_out(case: Case) -> None:
    assert spec_at(case, date(2024, 11, 18)).possible is None
    rows = (
        outcome("2024-W41", "other", date(2024, 10, 14)),
        outcome("2024-W43", "", date(2024, 11, 18), "other"),
        outcome("2024-W44", "war", date(2024, 11, 19)),
        outcome("2024-W47", "war", date(2024, 11, 18)),  # known before the week has ended
    )
    told = replace(case, outcomes=rows)
    possible = spec_at(told, date(2024, 11, 18)).possible
    assert possible is not None
    expected = np.ones((7, 2), dtype=bool)
    expected[1] = [False, True]
    expected[3] = [True, False]
    np.testing.assert_array_equal(possible, expected)
    assert spec_at(told, date(2024, 10, 13)).possible is None
    unlikely = replace(case.scenarios[1], then={})
    stuck = replace(told, scenarios=(case.scenarios[0], unlikely))
    with pytest.raises(CaseError, match="2024-W43: must be possible by"):
        spec_at(stuck, date(2024, 11, 18))
