"""Periods until two scenarios are told apart: by hand, and by Wald's formula."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.explain.pairs import LONGEST, ODDS, pairs

EVEN = {"war": 0.5, "other": 0.5}


def table(*rows: list[float]) -> np.ndarray:
    joint = np.array(rows)
    return np.asarray(joint / joint.sum())


def test_a_reading_that_settles_it_takes_as_long_as_it_takes_to_come() -> None:
    sure = table([1.0, 0.0], [0.0, 1.0])
    (always,) = pairs(EVEN, {"strikes": (sure, 1.0)})
    assert (always.first, always.second, always.periods) == ("war", "other", 1.0)
    (seldom,) = pairs(EVEN, {"strikes": (sure, 0.25)})
    assert seldom.periods == pytest.approx(4.0, rel=0.1)


def test_what_is_the_same_under_both_separates_nothing() -> None:
    same, slow = table([0.3, 0.7], [0.3, 0.7]), table([0.5, 0.5], [0.5, 0.5])
    (found,) = pairs(EVEN, {"strikes": (same, 1.0), "border": (slow, 1.0)})
    assert found.periods is None
    assert found.by_indicator == {"strikes": None, "border": None}


def test_small_steps_take_as_long_as_wald_says() -> None:
    p, q = 0.55, 0.45
    (found,) = pairs(EVEN, {"strikes": (table([p, q], [q, p]), 1.0)})
    step = np.log(p / q)
    right = 1 / (1 + np.exp(-np.ceil(np.log(ODDS) / step) * step))  # of errors there are few
    expected = np.ceil(np.log(ODDS) / step) * (2 * right - 1) / (p - q)
    assert expected < 2 * LONGEST
    assert found.periods is None or found.periods == pytest.approx(expected, rel=0.15)


def test_in_all_is_faster_than_each_alone() -> None:
    one, two = table([0.7, 0.3], [0.3, 0.7]), table([0.2, 0.8], [0.6, 0.4])
    (found,) = pairs(EVEN, {"strikes": (one, 1.0), "border": (two, 0.8)})
    assert found.periods is not None
    each = [periods for periods in found.by_indicator.values() if periods is not None]
    assert len(each) == 2
    assert found.periods < min(each)


def test_pairs_are_those_of_the_leading_scenarios() -> None:
    chances = {"a": 0.5, "b": 0.3, "c": 0.06, "d": 0.1, "e": 0.04}
    rows = table(*[[1.0, float(n)] for n in range(1, 6)])
    found = [(pair.first, pair.second) for pair in pairs(chances, {"x": (rows, 1.0)})]
    assert found == [("a", "b"), ("a", "d"), ("a", "c"), ("b", "d"), ("b", "c"), ("d", "c")]
    sure = {"a": 0.98, "b": 0.02, "c": 0.0, "d": 0.0, "e": 0.0}
    assert [(p.first, p.second) for p in pairs(sure, {"x": (rows, 1.0)})] == [("a", "b")]
