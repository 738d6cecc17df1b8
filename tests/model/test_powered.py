"""The powered filter against every path, one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from forecast.model.chain import transition_of
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.posterior import Posterior
from forecast.model.powered import powered
from tests.model.specs import graded_spec

DATA = data_of(graded_spec())
SIZE = size_of(DATA)
THETA = np.random.default_rng(5).normal(size=(3, SIZE))


def enumerated(theta: np.ndarray, power: float) -> tuple[float, np.ndarray]:
    """Return log of sum_z p(z) p(y | z)^power over all paths z, and p(z[T-1] | y)."""
    chain, stay, enter = emissions(theta, DATA)
    transition = transition_of(*chain)
    stay, enter = stay.sum(axis=0), enter.sum(axis=0)
    ends = np.zeros(3)
    for path in itertools.product(range(3), repeat=len(stay)):
        chance, told = DATA.start[path[0]], enter[0, path[0]]
        for t, (i, j) in enumerate(itertools.pairwise(path), start=1):
            chance *= transition[i, j]
            told += stay[t, j] if i == j else enter[t, j]
        ends[path[-1]] += chance * np.exp(told) ** power
    return float(np.log(ends.sum())), ends / ends.sum()


@pytest.mark.parametrize("power", [0.5, 1.0, 1.7])
def test_equals_the_sum_over_all_paths(power: float) -> None:
    loglik, now = powered(THETA, DATA, power)
    for s, theta in enumerate(THETA):
        value, ends = enumerated(theta, power)
        assert loglik[s] == pytest.approx(value, abs=1e-10)
        np.testing.assert_allclose(now[s], ends, atol=1e-12)


def test_a_power_of_one_is_the_model_itself() -> None:
    loglik, now = powered(THETA, DATA, 1.0)
    assert loglik == pytest.approx([density(theta, *pack(DATA))[0] for theta in THETA], abs=1e-9)
    np.testing.assert_array_equal(now, Posterior.of(DATA, THETA).now)


def test_what_cannot_be_has_no_probabilities() -> None:
    never = DATA._replace(evidence=np.full(DATA.evidence.shape, -np.inf))
    loglik, now = powered(THETA, never, 1.0)
    assert (loglik == -np.inf).all()
    assert not now.any()
