"""Where a reading falls in its distribution, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.model.pit import count_bounds, level_bounds, uniform_p


@pytest.mark.parametrize(
    ("value", "expected"), [(0, (0, 0.25)), (1, (0.25, 0.25)), (3, (0.5, 1)), (9, (1, 1))]
)
def test_a_count_lies_between_what_is_below_and_what_is_up_to_it(
    value: float, expected: tuple[float, float]
) -> None:
    assert count_bounds(np.array([0.0, 2.0, 3.0, 3.0]), value) == expected


def test_a_level_lies_in_its_own_step() -> None:
    chance = np.array([0.7, 0.2, 0.1])
    assert level_bounds(chance, 0.0) == pytest.approx((0.0, 0.7))
    assert level_bounds(chance, 1.0) == pytest.approx((0.7, 0.9))
    assert level_bounds(chance, 2.0) == pytest.approx((0.9, 1.0))


def test_one_value_is_as_even_as_it_is_central() -> None:
    # of one value the distance is max(u, 1 - u), and P(distance >= d) = 2 (1 - d)
    assert uniform_p(np.array([0.9])) == pytest.approx(0.2)
    assert uniform_p(np.array([0.5])) == pytest.approx(1.0)
