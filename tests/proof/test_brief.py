"""The record in brief is the record: the score `scores.brier` gives, and no numpy for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.proof.brief import _brier, _mean
from forecast.proof.scores import brier


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=7), st.integers(0, 6))
def test_one_forecast_scores_what_it_scores_elsewhere(weights: list[float], held: int) -> None:
    said = tuple(weight / sum(weights) for weight in weights)
    held = min(held, len(said) - 1)
    assert _brier(said, held) == pytest.approx(float(brier(said, held)), abs=1e-12)


def test_mean_of_what_is_settled() -> None:
    assert _mean([]) is None
    assert _mean([_brier((0.3, 0.7), 1), _brier((0.5, 0.5), 0)]) == pytest.approx(0.34)
