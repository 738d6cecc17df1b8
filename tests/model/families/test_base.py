"""Where a reading falls in its distribution, by hand, and what is passed with which probability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.model.families.base import Levels, Predicted, Simulated

COUNTS = Simulated(np.array([0.0, 2.0, 3.0, 3.0]))
LEVELS = Levels(np.array([0.7, 0.2, 0.1]))


@pytest.mark.parametrize(
    ("value", "expected"), [(0, (0, 0.25)), (1, (0.25, 0.25)), (3, (0.5, 1)), (9, (1, 1))]
)
def test_a_count_lies_between_what_is_below_and_what_is_up_to_it(
    value: float, expected: tuple[float, float]
) -> None:
    assert (COUNTS.below(value), COUNTS.at_most(value)) == expected


@pytest.mark.parametrize(("value", "expected"), [(0, (0, 0.7)), (1, (0.7, 0.9)), (2, (0.9, 1))])
def test_a_level_lies_in_its_own_step(value: float, expected: tuple[float, float]) -> None:
    assert (LEVELS.below(value), LEVELS.at_most(value)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("predicted", "bound", "expected"),
    [
        (COUNTS, 0, 1.0), (COUNTS, 1, 0.75), (COUNTS, 2, 0.75), (COUNTS, 3, 0.5), (COUNTS, 4, 0.0),
        (LEVELS, 0, 1.0), (LEVELS, 0.5, 0.3), (LEVELS, 1, 0.3), (LEVELS, 2, 0.1), (LEVELS, 3, 0.0),
    ],
)  # fmt: skip
def test_a_bound_is_reached_by_all_that_is_not_below_it(
    predicted: Predicted, bound: float, expected: float
) -> None:
    assert predicted.at_least(bound) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("predicted", "expected"), [(COUNTS, [0, 0, 2, 3, 3]), (LEVELS, [0, 0, 0, 0, 2])]
)
def test_a_quantile_is_the_smallest_value_that_reaches_its_probability(
    predicted: Predicted, expected: list[float]
) -> None:
    found = predicted.quantiles(np.array([0.01, 0.25, 0.5, 0.6, 0.95]))
    np.testing.assert_array_equal(found, expected)


def test_only_few_values_have_a_probability_each() -> None:
    assert LEVELS.levels == pytest.approx([0.7, 0.2, 0.1])
    assert COUNTS.levels == []


CHANCES = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=7).filter(lambda p: sum(p) > 0)


@given(chances=CHANCES)
def test_what_is_below_a_level_and_what_is_not_are_all_there_is(chances: list[float]) -> None:
    found = Levels(np.array(chances) / sum(chances))
    for value in range(len(chances)):
        assert found.below(value) + found.at_least(value) == pytest.approx(1.0)
        assert found.at_most(value) - found.below(value) == pytest.approx(found.levels[value])
