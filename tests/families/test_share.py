"""Shares: what only they do. What every family does is in `tests/contracts/test_families.py`."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.families.share import FAMILY, ShareExpectation


@given(st.integers(0, 10_000))
def test_a_proportion_and_its_per_cents_are_one_number(hundredths: int) -> None:
    whole, part = divmod(hundredths, 100)
    proportion = FAMILY.parse(f"{hundredths / 10_000:.4f}", ())
    for cell in (f"{whole}.{part:02d} %", f"{whole}.{part:02d}%", f"{whole}.{part:02d}\u00a0%"):
        assert FAMILY.parse(cell, ()) == proportion


@pytest.mark.parametrize(
    ("value", "text", "rough"),
    [
        (0.0, "0 %", "0 %"),
        (0.0004, "<0.1 %", "<1 %"),
        (0.001, "0.1 %", "<1 %"),
        (0.29, "29 %", "29 %"),
        (0.357, "35.7 %", "36 %"),
        (0.9991, ">99.9 %", ">99 %"),
        (1.0, "100 %", "100 %"),
    ],
)
def test_none_and_all_are_said_of_nothing_else(value: float, text: str, rough: str) -> None:
    assert (FAMILY.text(value), FAMILY.rough(value)) == (text, rough)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.2, 0.6, "below 20 % or above 60 %"),
        (0.004, 0.6, "above 60 %"),
        (0.2, 0.997, "below 20 %"),
        (0.0, 1.0, "no reading"),
    ],
)
def test_what_would_surprise(low: float, high: float, said: str) -> None:
    assert FAMILY.outside(low, high, ()) == said


@given(st.floats(0.01, 0.9), st.floats(0.01, 0.09), st.floats(0.001, 0.999))
def test_a_median_that_is_moved_keeps_the_90th_percentile_above_it(
    median: float, more: float, to: float
) -> None:
    expected = ShareExpectation(median, median + more, worth=1, basis="judgement", because="x")
    moved = expected.changed("median", None, to)
    assert to < moved.p90 < 1

    def apart(each: ShareExpectation) -> float:
        return math.log(each.p90 / (1 - each.p90)) - math.log(each.median / (1 - each.median))

    assert apart(moved) == pytest.approx(apart(expected), rel=1e-6)
