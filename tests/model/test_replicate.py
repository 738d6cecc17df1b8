"""Paths of scenarios against enumeration, and what is read again against the model by hand."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from forecast.model.chain import transition_of
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.packing import size_of
from forecast.model.predict import Parameters
from forecast.model.replicate import draw_paths, replicate
from forecast.model.spec import Spec
from tests.model.specs import full_spec, rows_of, with_series

DRAWS = 40_000
ONE = np.ones(2)
GAPS = np.array([np.inf, 1.0, 1.0, np.inf, np.inf])


def test_paths_equal_enumeration() -> None:
    data = data_of(full_spec())
    theta = np.random.default_rng(5).normal(size=size_of(data_of(full_spec())))
    chain, stays, enters = emissions(theta, data)
    transition = transition_of(*chain)
    stay, enter = stays.sum(axis=0), enters.sum(axis=0)
    paths = list(itertools.product(range(3), repeat=5))
    chance = []
    for path in paths:
        joint = data.start[path[0]] * np.exp(enter[0, path[0]])
        for t, (i, j) in enumerate(itertools.pairwise(path), 1):
            joint *= transition[i, j] * np.exp((stay if i == j else enter)[t, j])
        chance.append(joint)
    expected = np.array(chance) / sum(chance)
    drawn = draw_paths(data, np.tile(theta, (DRAWS, 1)), np.random.default_rng(6))
    found = np.array([(drawn == path).all(axis=1).mean() for path in paths])
    assert (np.abs(found - expected) <= 4.5 * np.sqrt(expected / DRAWS) + 1e-4).all()


def lasting() -> Spec:
    """War from the start and for good; three levels, a gap before the last."""
    spec = full_spec()
    chain = dataclasses.replace(spec.chain, start=np.array([0.0, 0.0, 1.0]))
    return with_series(
        dataclasses.replace(spec, chain=chain),
        value=np.array([2.0, 0.0, 1.0]),
        previous=np.array([np.nan, 2.0, 0.0]),
        gap=np.array([np.inf, 1.0, 3.0]),
        trust=np.array([1.0, 0.8, 1.0]),
        trust_before=np.array([1.0, 1.0, 0.8]),
        series=np.zeros(3, dtype=np.int64),
        at=np.array([0, 1, 4]),
    )


def test_levels_follow_the_replicated_level_before_them() -> None:
    data = data_of(lasting())
    theta = np.random.default_rng(7).normal(size=size_of(data_of(lasting())))
    (p,) = Parameters.of(data, theta[None]).series
    q, inertia = p.probability[0, 0, 2], p.inertia[0, 0]
    ((first, second, last),) = replicate(data, np.tile(theta, (DRAWS, 1))).series
    error = 4.5 * np.sqrt(0.25 / DRAWS)
    for level in range(3):
        assert (first == level).mean() == pytest.approx(q[level], abs=error)
    false = p.probability[0, 0].mean(axis=0)
    reported = 0.8 * (inertia + (1 - inertia) * (q**2).sum()) + 0.2 * (q @ false)
    assert (second == first).mean() == pytest.approx(reported, abs=error)
    kept = 0.8 * inertia**3
    seen = np.bincount(second.astype(int), minlength=3) / DRAWS
    repeated = kept + (1 - kept) * (seen @ q)
    assert (last == second).mean() == pytest.approx(repeated, abs=error)


def test_nothing_is_remembered_where_the_scenario_changed() -> None:
    # calm and tense by turns, week by week
    spec = lasting()
    chain = dataclasses.replace(
        spec.chain,
        start=np.array([1.0, 0.0, 0.0]),
        lasts=np.ones(3),
        then=np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
    )
    data = data_of(dataclasses.replace(spec, chain=chain))
    theta = np.random.default_rng(7).normal(size=size_of(data_of(spec)))
    q = Parameters.of(data, theta[None]).series[0].probability[0, 0]
    ((first, second, _),) = replicate(data, np.tile(theta, (DRAWS, 1))).series
    expected = 0.8 * q[0] @ q[1] + 0.2 * q[0] @ q.mean(axis=0)
    assert (second == first).mean() == pytest.approx(expected, abs=4.5 * np.sqrt(0.25 / DRAWS))


def test_counts_come_as_those_that_were_read() -> None:
    # half-counted, by another source, in a part of the week: less, by as much
    spec = lasting()
    plain = dataclasses.replace(spec, counts=rows_of(spec.counts, slice(1)))
    rows = dataclasses.replace(
        plain.counts,
        trust=np.ones(1),
        delay_weight=np.array([[1.0, 0.0]]),
        delay_shift=np.array([[-0.7, 0.0]]),
        delay_spread=np.zeros((1, 2)),
        log_exposure=np.log([3 / 7]),
        house=np.zeros(1, dtype=np.int64),
    )
    whole = dataclasses.replace(
        rows, delay_shift=np.zeros((1, 2)), log_exposure=np.zeros(1), house=np.full(1, -1)
    )
    theta = 0.3 * np.random.default_rng(8).normal(size=size_of(data_of(plain)))
    medians = []
    for counts in (rows, whole):
        data = data_of(dataclasses.replace(plain, counts=counts))
        again = replicate(data, np.tile(theta, (DRAWS, 1))).counts
        medians.append(np.median(again[0]))
    offset = Parameters.of(data, theta[None]).house[0, 0]
    expected = np.exp(offset - 0.7) * 3 / 7
    assert medians[0] / medians[1] == pytest.approx(expected, rel=0.06)


def test_a_total_is_not_replicated_and_leaves_no_memory() -> None:
    data = data_of(full_spec())
    theta = np.random.default_rng(9).normal(size=(50, size_of(data_of(full_spec()))))
    again = replicate(data, theta)
    assert np.isnan(again.counts[3]).all()
    assert np.isfinite(np.delete(again.counts, 3, axis=0)).all()


def test_counts_follow_the_replicated_count_before_them() -> None:
    spec = lasting()
    data = data_of(dataclasses.replace(spec, counts=dataclasses.replace(spec.counts, recent=ONE)))
    theta = np.tile(np.zeros(size_of(data_of(lasting()))), (DRAWS, 1))
    first, second, third = np.log1p(replicate(data, theta).counts[:3])
    assert np.corrcoef(second, third)[0, 1] > 0.1  # two weeks after it
    assert abs(np.corrcoef(first, third)[0, 1]) < np.corrcoef(second, third)[0, 1]


def test_a_mean_of_replicated_counts_is_remembered() -> None:
    # one source; the mean, from the first on, is all that is remembered
    spec = lasting()
    nobody = np.full(5, -1)
    mean = dataclasses.replace(
        spec.counts, recent=0 * ONE, decay=0.9 * ONE, house=nobody, house_before=nobody,
        inertia=0.9 * ONE, trust=np.ones(5), trust_before=np.ones(5), gap=GAPS,
    )  # fmt: skip
    data = data_of(dataclasses.replace(spec, counts=mean))
    theta = np.tile(np.zeros(size_of(data)), (DRAWS, 1))
    first, second, third = np.log1p(replicate(data, theta).counts[:3])
    last = dataclasses.replace(mean, recent=ONE)
    data = data_of(dataclasses.replace(spec, counts=last))
    by_last = np.log1p(replicate(data, theta).counts[:3])

    def partial(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> float:
        """Correlation of x and z given y."""
        inverse = np.linalg.inv(np.corrcoef([x, y, z]))
        return float(-inverse[0, 2] / np.sqrt(inverse[0, 0] * inverse[2, 2]))

    assert partial(first, second, third) > 0.03
    assert abs(partial(*by_last)) < 0.03
