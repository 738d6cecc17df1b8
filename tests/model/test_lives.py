"""Lives, flare-ups and known outcomes within the model: the kernel against the readable one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.model.data import data_of
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.posterior import Posterior
from forecast.model.powered import powered
from forecast.model.spec import LivesSpec, Spec
from tests.model.readable import Readable
from tests.model.specs import full_spec, signed_spec, small_spec


def with_lives(spec: Spec, *, resumes: float = 0.0, elapsed: float = -1.0) -> Spec:
    """Two lives of the first two scenarios; the last, absorbing, has one."""
    lives = LivesSpec(
        lasts=np.array([[2.0, 15.0], [1.5, 9.0], [2.0, 2.0]]),
        share=np.array([[0.4, 0.6], [0.7, 0.3], [1.0, 0.0]]),
        resumes=np.array([0.0, resumes, 0.0]),
        elapsed=np.array([elapsed, -1.0, -1.0]),
    )
    return dataclasses.replace(spec, chain=dataclasses.replace(spec.chain, lives=lives))


def with_outcomes(spec: Spec) -> Spec:
    possible = np.ones((5, 3), dtype=bool)
    possible[1] = [False, True, False]
    possible[3, 2] = False
    return dataclasses.replace(spec, possible=possible)


SPECS = {
    "two lives": with_lives(full_spec()),
    "flare-ups": with_lives(full_spec(), resumes=0.7, elapsed=12.0),
    "outcomes": with_outcomes(full_spec()),
    "all": with_outcomes(with_lives(full_spec(), resumes=0.7)),
    "signs": signed_spec(),
    "signs of trusted reports": signed_spec(small_spec()),
    "signs and all": with_outcomes(with_lives(signed_spec(), resumes=0.7)),
}


@pytest.fixture(scope="module", params=SPECS)
def both(request):  # type: ignore[no-untyped-def]
    readable = Readable(SPECS[request.param])
    return readable, readable.logp(), readable.dlogp()


@pytest.mark.parametrize("seed", range(3))
def test_density_and_gradient_equal_the_readable_model(both, seed: int) -> None:  # type: ignore[no-untyped-def]
    readable, logp, dlogp = both
    rng, used = np.random.default_rng(seed), readable.in_use
    theta = (0.5 + 0.4 * seed) * rng.normal(size=size_of(readable.data))
    value, gradient = density(theta, *pack(readable.data))
    normal = -0.5 * (theta[used] ** 2).sum() - 0.5 * len(used) * np.log(2 * np.pi)
    assert value + normal == pytest.approx(logp(theta), abs=1e-8, rel=1e-8)
    np.testing.assert_allclose((gradient - theta)[used], dlogp(theta), atol=1e-8, rtol=1e-8)


@pytest.mark.parametrize("name", SPECS)
def test_what_is_ruled_out_has_probability_0_and_the_rest_sums_to_1(name: str) -> None:
    data = data_of(SPECS[name])
    theta = np.random.default_rng(3).normal(size=(50, size_of(data)))
    posterior = Posterior.of(data, theta)
    for found in (posterior.filtered, posterior.smoothed):
        assert not found[:, data.possible == 0].any()
        np.testing.assert_allclose(found.sum(axis=2), 1.0, atol=1e-12)
    np.testing.assert_allclose(posterior.coming.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(posterior.transition.sum(axis=2), 1.0, atol=1e-12)
    loglik, now = powered(theta, data, 1.0)
    np.testing.assert_allclose(loglik, posterior.loglik, atol=1e-12)
    np.testing.assert_allclose(now, posterior.now, atol=1e-12)


def test_equal_lives_are_one() -> None:
    """Two lives of one length change nothing, whatever their shares."""
    spec = small_spec()
    lasts = np.repeat(spec.chain.lasts[:, None], 2, axis=1)
    share = np.array([[0.3, 0.7], [0.5, 0.5], [1.0, 0.0]])
    lives = LivesSpec(lasts, share, np.zeros(3), np.full(3, -1.0))
    twice = dataclasses.replace(spec, chain=dataclasses.replace(spec.chain, lives=lives))
    one, two = data_of(spec), data_of(twice)
    theta = np.random.default_rng(3).normal(size=(20, size_of(one)))
    a, b = Posterior.of(one, theta), Posterior.of(two, theta)
    np.testing.assert_allclose(a.loglik, b.loglik, atol=1e-10)
    np.testing.assert_allclose(a.filtered, b.filtered, atol=1e-12)
    np.testing.assert_allclose(a.smoothed, b.smoothed, atol=1e-12)
    np.testing.assert_allclose(a.stayed, b.stayed, atol=1e-12)
    for found, expected in zip(
        b.horizons((1, 4)).values(), a.horizons((1, 4)).values(), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-12)
    for found, expected in zip(
        b.ever_within((1, 4)).values(), a.ever_within((1, 4)).values(), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_known_outcome_is_worth_what_bayes_rule_says() -> None:
    """The likelihood ratio of ruling a period out is the smoothed chance of the rest."""
    spec = full_spec()
    known = with_outcomes(spec)
    theta = np.random.default_rng(4).normal(size=(1, size_of(data_of(spec))))
    open_, closed = Posterior.of(data_of(spec), theta), Posterior.of(data_of(known), theta)
    alone = np.ones((5, 3), dtype=bool)
    alone[1] = known.possible[1] if known.possible is not None else True
    first = Posterior.of(data_of(dataclasses.replace(spec, possible=alone)), theta)
    expected = np.log(open_.smoothed[0, 1, 1]) + np.log(1 - first.smoothed[0, 3, 2])
    assert closed.loglik[0] - open_.loglik[0] == pytest.approx(expected, abs=1e-10)


def test_what_has_lasted_long_lasts_longer() -> None:
    spec = with_lives(small_spec())
    stays = []
    for elapsed in (0.0, 5.0, 40.0):
        data = data_of(with_lives(spec, elapsed=elapsed))
        posterior = Posterior.of(data, np.zeros((1, size_of(data))))
        stays.append(posterior.stayed[0, 1, 0] / posterior.filtered[0, 0, 0])
    assert stays == sorted(stays)
