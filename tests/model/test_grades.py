"""Reports of unequal worth: identities, and the weaker the grade, the smaller the move."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from forecast.model.chain import transition_of
from forecast.model.data import Data, data_of
from forecast.model.emissions import emissions
from forecast.model.filter import smooth
from forecast.model.kernel import density
from forecast.model.mixture import LEAST_DOUBT
from forecast.model.negbinomial import logpmf
from forecast.model.packing import pack, shapes
from forecast.model.predict import Parameters
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
    chain, stay, enter = emissions(theta, data)
    result = smooth(data.start, transition_of(*chain), stay.sum(axis=0), enter.sum(axis=0))
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


@pytest.mark.parametrize("value", [0.0, 40.0, 1e6])
def test_full_trust_is_no_mixture(value: float) -> None:
    """Also where no scenario could have produced it, its density is finite."""
    theta = np.random.default_rng(2).normal(size=SIZE)
    data = data_of(one_count(small_spec(), value, 1.0))
    p = Parameters.of(data, theta[None])
    _, _, enter = emissions(theta, data)
    expected = [
        logpmf(value, at, spread)
        for at, spread in zip(p.location[0, 0], p.variance[0, 0], strict=True)
    ]
    bound = max(expected) + np.log(LEAST_DOUBT) - np.log(3)
    np.testing.assert_allclose(enter[0, 4], np.logaddexp(expected, bound), rtol=1e-12)


COUNT = st.one_of(st.integers(0, 200), st.integers(0, 10**7)).map(float)
TRUST = st.floats(0.01, 0.999)


def log_likelihoods(
    values: tuple[float, ...], trust: float, theta: np.ndarray, *, stay: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihoods of last readings as true ones, and at that trust, (readings, K) each.

    ``stay``: with a reading before that is remembered, all of which is true.
    """
    found = []
    for value in values:
        for each in (1.0, trust):
            spec = one_count(small_spec(), value, each)
            if stay:
                counts = dataclasses.replace(
                    spec.counts, gap=np.ones(1), memory=np.array([np.log1p(30.0)])
                )
                spec = dataclasses.replace(spec, counts=counts)
            _, by_stay, by_enter = emissions(theta, data_of(spec))
            found.append((by_stay if stay else by_enter)[0, 4])
    return np.array(found[::2]), np.array(found[1::2])


@settings(max_examples=200)
@given(values=st.tuples(COUNT, COUNT), trust=TRUST, seed=st.integers(0, 50))
def test_a_louder_reading_never_says_less(
    values: tuple[float, float], trust: float, seed: int
) -> None:
    """Of what is the likeliest explanation of both, wherever its ratio to every other rises."""
    theta = 1.5 * np.random.default_rng(seed).normal(size=SIZE)
    true, graded = log_likelihoods(values, trust, theta, stay=False)
    for a in range(3):
        ratio = true[:, [a]] - true
        if (ratio >= 0).all():
            for low, high in ((0, 1), (1, 0)):
                if (ratio[high] >= ratio[low]).all():
                    odds = graded[:, [a]] - graded
                    assert (odds[high] >= odds[low] - 1e-9).all()


@settings(max_examples=100)
@given(value=COUNT, trust=TRUST, seed=st.integers(0, 50))
def test_a_report_says_at_most_what_its_trust_allows(value: float, trust: float, seed: int) -> None:
    theta = 1.5 * np.random.default_rng(seed).normal(size=SIZE)
    _, (graded,) = log_likelihoods((value,), trust, theta, stay=False)
    assert np.exp(graded.max() - graded.min()) <= (1 + 3 * trust / (1 - trust)) * (1 + 1e-9)


@pytest.mark.parametrize("trust", [0.3, 0.9])
def test_far_readings_reach_that_bound_and_stay_there(trust: float) -> None:
    theta = np.zeros(SIZE)
    _, graded = log_likelihoods((1e4, 1e5, 1e6, 1e7), trust, theta, stay=False)
    bound = np.log1p(3 * trust / (1 - trust))
    np.testing.assert_allclose(graded.max(axis=1) - graded.min(axis=1), bound, rtol=1e-9)


@pytest.mark.parametrize("value", [0.0, 30.0, 1e4, 1e7])
def test_what_a_report_adds_if_it_is_false_is_the_same_whatever_holds(value: float) -> None:
    theta, trust = np.random.default_rng(6).normal(size=SIZE), 0.6
    alone, _ = log_likelihoods((value,), trust, theta, stay=False)
    for stay in (False, True):
        true, graded = log_likelihoods((value,), trust, theta, stay=stay)
        expected = np.logaddexp(
            np.log(trust) + true, np.log(1 - trust) + logsumexp(alone) - np.log(3)
        )
        np.testing.assert_allclose(graded, expected, rtol=1e-10)


def test_a_change_is_known_in_the_week_of_a_reading_that_only_the_one_before_explains() -> None:
    spec, possible = graded_spec(), np.ones((5, 3), dtype=bool)
    possible[3], possible[4] = [True, False, False], [False, True, False]
    counts = dataclasses.replace(
        one_count(spec, 1e6, 0.9).counts, gap=np.ones(1), memory=np.array([np.log1p(1e6)])
    )
    data = data_of(dataclasses.replace(spec, counts=counts, possible=possible))
    theta = np.random.default_rng(5).normal(size=SIZE)
    value, gradient = density(theta, *pack(data))
    assert -np.inf < value < -1e3
    for i in range(0, SIZE, 3):
        step = 1e-6 * np.eye(SIZE)[i]
        above, below = (density(theta + s, *pack(data))[0] for s in (step, -step))
        assert gradient[i] == pytest.approx((above - below) / 2e-6, rel=1e-3, abs=1e-2)


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
