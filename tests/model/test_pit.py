"""Whether where readings fall in their distributions is even, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.model.pit import uniform_p


def test_one_value_is_as_even_as_it_is_central() -> None:
    # of one value the distance is max(u, 1 - u), and P(distance >= d) = 2 (1 - d)
    assert uniform_p(np.array([0.9])) == pytest.approx(0.2)
    assert uniform_p(np.array([0.5])) == pytest.approx(1.0)
