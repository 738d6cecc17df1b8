"""Reports of unequal worth: identities, and the weaker the grade, the smaller the move."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.model.data import Data, blocks_of, data_of, with_blocks
from forecast.model.emissions import emissions
from forecast.model.filter import smooth
from forecast.model.packing import shapes
from forecast.model.spec import CountSpec, Spec
from tests.model.specs import graded_spec, rows_of, small_spec, with_series, with_series_rows

SIZE = sum(int(np.prod(shape)) for shape in shapes(data_of(small_spec())).values())


def without_rows(spec: Spec) -> Spec:
    empty = rows_of(spec.counts, slice(0))
    return with_series_rows(dataclasses.replace(spec, counts=empty), slice(0))


def one_count(spec: Spec, value: float, trust: float) -> Spec:
    """Keep a single reading of the first count, in the last period."""
    counts: CountSpec = without_rows(spec).counts
    weight = np.zeros((5, 1))
    weight[4] = 1.0
    row = dataclasses.replace(
        counts,
        value=np.array([value]),
        log_exposure=np.zeros(1),
        gap=np.array([np.inf]),
        memory=np.zeros(1),
        memory_weight=np.ones(1),
        trust=np.array([trust]),
        trust_before=np.ones(1),
        series=np.array([0]),
        house=np.array([-1]),
        house_before=np.array([-1]),
        delay_weight=np.array([[1.0, 0.0]]),
        delay_shift=np.zeros((1, 2)),
        delay_spread=np.zeros((1, 2)),
        weight=weight,
    )
    return dataclasses.replace(without_rows(spec), counts=row)


def one_level(spec: Spec, value: int, trust: float) -> Spec:
    """Keep a single reading of the ordinal, in the last period."""
    return with_series(
        without_rows(spec),
        value=np.array([float(value)]),
        previous=np.array([np.nan]),
        gap=np.array([np.inf]),
        trust=np.array([trust]),
        trust_before=np.ones(1),
        series=np.array([0]),
        at=np.array([4]),
    )


def now(spec: Spec, theta: np.ndarray) -> np.ndarray:
    data: Data = data_of(spec)
    transition, stay, enter = emissions(theta, data)
    result = smooth(data.start, transition, stay.sum(axis=0), enter.sum(axis=0))
    return np.asarray(result.filtered[-1])


def farthest_odds(after: np.ndarray, before: np.ndarray) -> float:
    """Return the largest change of log odds between any two scenarios."""
    moved = np.log(np.maximum(after, 1e-300)) - np.log(before)
    return float(moved.max() - moved.min())


GRADES = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=2, unique=True).map(sorted)


@settings(max_examples=30)
@given(value=st.integers(0, 2000), grades=GRADES, seed=st.integers(0, 50))
def test_a_weaker_grade_moves_a_count_less(value: int, grades: list[float], seed: int) -> None:
    theta = 0.5 * np.random.default_rng(seed).normal(size=SIZE)
    quiet = now(without_rows(small_spec()), theta)
    weak, strong = (
        farthest_odds(now(one_count(small_spec(), value, trust), theta), quiet) for trust in grades
    )
    assert weak <= strong + 1e-9


@settings(max_examples=30)
@given(value=st.integers(0, 2), grades=GRADES, seed=st.integers(0, 50))
def test_a_weaker_grade_moves_a_level_less(value: int, grades: list[float], seed: int) -> None:
    theta = 0.5 * np.random.default_rng(seed).normal(size=SIZE)
    quiet = now(without_rows(small_spec()), theta)
    weak, strong = (
        farthest_odds(now(one_level(small_spec(), value, trust), theta), quiet) for trust in grades
    )
    assert weak <= strong + 1e-9


@pytest.mark.parametrize("make", [one_count, one_level])
def test_no_trust_is_no_reading(make) -> None:  # type: ignore[no-untyped-def]
    theta = np.random.default_rng(1).normal(size=SIZE)
    np.testing.assert_allclose(
        now(make(small_spec(), 2, 0.0), theta),
        now(without_rows(small_spec()), theta),
        atol=1e-12,
    )


def test_full_trust_is_no_mixture() -> None:
    theta = np.random.default_rng(2).normal(size=SIZE)
    plain = data_of(small_spec())
    assert (plain.doubt < -500).all()
    (block,) = blocks_of(plain)
    absurd = with_blocks(plain, [block.values._replace(background=np.full(3, 9.0))])
    for found, expected in zip(emissions(theta, absurd), emissions(theta, plain), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_memory_of_a_report_that_is_not_trusted_is_none() -> None:
    spec = graded_spec()
    counts = dataclasses.replace(spec.counts, trust_before=np.zeros(5))
    spec = with_series(dataclasses.replace(spec, counts=counts), trust_before=np.zeros(3))
    data = data_of(spec)
    _, stay, enter = emissions(np.random.default_rng(3).normal(size=SIZE), data)
    np.testing.assert_allclose(stay, enter, atol=1e-12)


def test_evidence_that_is_alike_everywhere_changes_nothing() -> None:
    theta = np.random.default_rng(4).normal(size=SIZE)
    flat = dataclasses.replace(small_spec(), evidence=np.full((5, 3), -2.0))
    np.testing.assert_allclose(now(flat, theta), now(small_spec(), theta), atol=1e-12)
