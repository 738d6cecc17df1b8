"""What is simulated has the density it is given: every joint outcome against the kernel's."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binom, norm

from forecast.model.data import data_of
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.replicate import Simulated, from_the_start, one_step_ahead
from forecast.model.spec import OverlapSpec, Spec
from tests.model.specs import full_spec, no_overlaps, rows_of, with_series, with_series_rows

DRAWS = 60_000
MOST = 12  # of a count that is enumerated; more are seldom
THETA = 0.5 * np.random.default_rng(4).normal(size=200)


def small_counts(first: float = 2.0, second: float = 1.0, beside: float = 3.0) -> Spec:
    """Small counts of two periods of doubtful, half-counted reports by two sources, and a third."""
    spec = full_spec()
    counts = rows_of(spec.counts, slice(2))
    counts = dataclasses.replace(
        counts,
        median=np.array([[0.5, 1.0, 3.0], [5, 15, 60]]), p90=np.array([[2.0, 4, 8], [12, 40, 150]]),
        recent=np.ones(2), decay=np.zeros(2), shock=np.zeros(2),
        value=np.array([first, second]), log_exposure=np.log([1.0, 4 / 7]),
        gap=np.array([np.inf, 1.0]), memory=np.array([0.0, np.log1p(first)]),
        memory_weight=np.ones(2), trust=np.array([0.8, 0.7]), trust_before=np.array([1.0, 0.8]),
        delay_weight=np.array([[1.0, 0.0], [0.7, 0.3]]),
        delay_shift=np.array([[0.0, 0.0], [-0.1, -0.8]]),
        delay_spread=np.array([[0.0, 0.0], [0.1, 0.6]]), weight=np.eye(5)[:, :2],
        house=np.array([-1, 0]), house_before=np.array([-1, -1]),
    )  # fmt: skip
    overlaps = OverlapSpec(
        np.array([beside]), np.log([0.5]), np.array([first]), np.zeros(1), np.array([0.7]),
        np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), np.full(1, -1),
        np.zeros(1, dtype=np.int64),
    )  # fmt: skip
    chain = dataclasses.replace(spec.chain, lasts=np.array([2.0, 2.0, 2.0]))
    evidence = np.zeros((5, 3))
    spec = dataclasses.replace(
        spec, chain=chain, counts=counts, overlaps=overlaps, evidence=evidence
    )
    return with_series_rows(spec, slice(0))


def three_levels(first: int = 0, second: int = 1, third: int = 2) -> Spec:
    """An ordinal in three periods, one of them after a gap."""
    spec = small_counts()
    nothing = rows_of(spec.counts, slice(0))
    spec = dataclasses.replace(spec, counts=nothing, overlaps=no_overlaps())
    return with_series(
        spec,
        value=np.array([first, second, third], dtype=float),
        previous=np.array([np.nan, first, second]),
        gap=np.array([np.inf, 1.0, 2.0]), trust=np.array([0.9, 0.7, 1.0]),
        trust_before=np.array([1.0, 0.9, 0.7]), series=np.zeros(3, dtype=np.int64),
        at=np.array([0, 1, 3]),
    )  # fmt: skip


def likelihood(spec: Spec) -> float:
    data = data_of(spec)
    return float(np.exp(density(THETA[: size_of(data)].copy(), *pack(data))[0]))


def simulated(spec: Spec, *, ahead: bool = False) -> Simulated:
    data = data_of(spec)
    theta = np.tile(THETA[: size_of(data)], (DRAWS, 1))
    p, posterior = Parameters.of(data, theta), Posterior.of(data, theta)
    rng = np.random.default_rng(2)
    if ahead:
        return one_step_ahead(data, posterior, p, rng)
    return from_the_start(data, spec.overlaps.at, posterior.chain, p, rng)


def alike(expected: float, found: np.ndarray) -> bool:
    """Whether a number of draws is as likely as 4.5 standard deviations of a normal, either way."""
    n, of = int(found.sum()), binom(len(found), min(expected, 1.0))
    return bool(min(of.cdf(n), of.sf(n - 1)) > norm.sf(4.5))


def outcomes() -> Iterator[tuple[int, int]]:
    return itertools.product(range(MOST), range(MOST))


def test_counts_from_the_start() -> None:
    (first, second), _, (beside,) = simulated(small_counts())
    total = 0.0
    for y, x in outcomes():
        without = small_counts(y, x)
        expected = likelihood(dataclasses.replace(without, overlaps=no_overlaps()))
        total += expected
        assert alike(expected, (first == y) & (second == x)), (y, x)
    assert 0.9 < total < 1.0
    for y, x in outcomes():  # a silent source, given what was spoken
        spec = small_counts(y, 0, x)
        counts = rows_of(spec.counts, slice(1))
        expected = likelihood(dataclasses.replace(spec, counts=counts))
        assert alike(expected, (first == y) & (beside == x)), (y, x)


def test_levels_from_the_start() -> None:
    (drawn,) = simulated(three_levels()).series
    total = 0.0
    for levels in itertools.product(range(3), repeat=3):
        expected = likelihood(three_levels(*levels))
        total += expected
        assert alike(expected, np.all(np.array(levels) == drawn.T, axis=1)), levels
    assert total == pytest.approx(1.0)


def test_counts_one_step_ahead() -> None:
    spec = small_counts(3.0, 5.0, 2.0)
    (first, second), _, (beside,) = simulated(spec, ahead=True)

    def joint(y: float, x: float) -> float:
        return likelihood(dataclasses.replace(small_counts(y, x), overlaps=no_overlaps()))

    def alone(y: float) -> float:
        counts = rows_of(spec.counts, slice(1))
        counts = dataclasses.replace(counts, value=np.array([y]))
        return likelihood(dataclasses.replace(spec, counts=counts, overlaps=no_overlaps()))

    silent = dataclasses.replace(spec, counts=rows_of(spec.counts, slice(0)))
    for y in range(MOST):
        assert alike(alone(y), first == y)
        assert alike(joint(3.0, y) / alone(3.0), second == y)
        overlaps = dataclasses.replace(spec.overlaps, value=np.array([float(y)]))
        assert alike(likelihood(dataclasses.replace(silent, overlaps=overlaps)), beside == y)


def test_levels_one_step_ahead() -> None:
    (drawn,) = simulated(three_levels(2, 0, 1), ahead=True).series
    before = {}
    for rows in (1, 2):
        before[rows] = likelihood(with_series_rows(three_levels(2, 0, 1), slice(rows)))
    for level in range(3):
        assert alike(likelihood(three_levels(2, 0, level)) / before[2], drawn[2] == level)


def test_a_total_is_drawn_of_the_scenario_that_holds() -> None:
    # one scenario for good: the geometric mean of the likelihood is that scenario's own
    spec = small_counts()
    chain = dataclasses.replace(spec.chain, start=np.array([0.0, 0.0, 1.0]))
    counts = rows_of(spec.counts, slice(1))
    weight = np.zeros((5, 1))
    weight[1:4] = 1 / 3
    counts = dataclasses.replace(counts, weight=weight, log_exposure=np.log([0.5]))
    spec = dataclasses.replace(spec, chain=chain, counts=counts, overlaps=no_overlaps())
    for ahead in (False, True):
        (drawn,), _, _ = simulated(spec, ahead=ahead)
        for y in range(MOST):
            counts = dataclasses.replace(spec.counts, value=np.array([float(y)]))
            assert alike(likelihood(dataclasses.replace(spec, counts=counts)), drawn == y)
