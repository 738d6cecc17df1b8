"""Draws of one fit made to stand for another posterior."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from forecast.kit import cache
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit
from forecast.model.kernel import density
from forecast.model.packing import blocks, pack, raw_of, size_of
from forecast.model.posterior import Posterior
from forecast.model.reweight import reweight
from forecast.model.update import carried, evenly, latest, refused_before, update
from tests.model.specs import full_spec, rows_of

SPEC = full_spec()
DRAWS = 4000


def drawn(data: Data, seed: int = 3) -> np.ndarray:
    size = size_of(data)
    return np.random.default_rng(seed).normal(size=(DRAWS, size))


def fit_of(
    data: Data, theta: np.ndarray, *, ess: float = 3000.0, failures: tuple[str, ...] = ()
) -> Fit:
    return Fit(theta, Posterior.of(data, theta).loglik, 1.0, ess, 0, {}, list(failures))


def one_more() -> tuple[Data, Data]:
    """What was told without the last row of counts, and with it."""
    less = dataclasses.replace(SPEC, counts=rows_of(SPEC.counts, slice(len(SPEC.counts.value) - 1)))
    return data_of(less), data_of(SPEC)


def test_loglik_of_draws_is_the_density_the_sampler_sees() -> None:
    data = data_of(SPEC)
    theta = drawn(data)[:50]
    expected = [density(draw, *pack(data))[0] for draw in theta]
    np.testing.assert_allclose(Posterior.of(data, theta).loglik, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("keep", [False, True])
def test_the_latest_is_what_an_update_says_of_the_last_period(*, keep: bool) -> None:
    before, after = one_more()
    theta = drawn(before)
    whole = update(fit_of(before, theta), theta, after)
    found = latest(fit_of(before, theta), theta, after, keep=keep)
    np.testing.assert_array_equal(found.now, whole.posterior.now)
    assert (found.khat, found.accepted) == (whole.khat, True)
    assert not latest(fit_of(before, theta, ess=1.0), theta, after, keep=keep).accepted


def test_an_update_is_the_weighted_mean_of_what_draws_say() -> None:
    before, after = one_more()
    theta = drawn(before)
    found = update(fit_of(before, theta), theta, after)
    ratio = np.array([density(t, *pack(after))[0] - density(t, *pack(before))[0] for t in theta])
    expected = reweight(ratio)[0] @ Posterior.of(after, theta).now
    np.testing.assert_allclose(found.posterior.now.mean(axis=0), expected, atol=5e-3)
    assert found.accepted
    assert found.ess < 3000.0


def test_an_update_to_the_same_posterior_changes_nothing() -> None:
    data = data_of(SPEC)
    theta = drawn(data)
    found = update(fit_of(data, theta), theta, data)
    np.testing.assert_array_equal(found.theta, theta)
    assert found.khat == 0.0
    assert found.ess == pytest.approx(3000.0)


def test_theta_and_posterior_of_an_update_belong_together() -> None:
    before, after = one_more()
    theta = drawn(before)
    found = update(fit_of(before, theta), theta, after)
    np.testing.assert_array_equal(Posterior.of(after, found.theta).now, found.posterior.now)


def test_an_update_is_refused_if_few_draws_are_left_or_the_fit_was_not_ok() -> None:
    before, after = one_more()
    theta = drawn(before)
    assert not update(fit_of(before, theta, ess=401.0), theta, after).accepted
    assert not update(fit_of(before, theta, failures=("R-hat",)), theta, after).accepted


def test_a_refusal_is_known_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    before, after = one_more()
    theta = drawn(before)
    bad, good = fit_of(before, theta, ess=1.0), fit_of(before, theta)
    assert not refused_before(bad, theta, after)  # nobody has asked
    assert not update(bad, theta, after).accepted
    assert refused_before(bad, theta, after)
    assert not refused_before(good, theta, after)


def test_an_update_is_refused_if_k_hat_is_large() -> None:
    data = data_of(SPEC)
    theta = drawn(data)
    fit = fit_of(data, theta)
    heavy = np.random.default_rng(5).pareto(0.5, DRAWS)  # infinite mean
    found = update(dataclasses.replace(fit, loglik=fit.loglik - np.log1p(heavy)), theta, data)
    assert found.khat > 0.7
    assert not found.accepted


@given(hnp.arrays(float, st.integers(1, 60), elements=st.floats(0, 1)))
def test_a_draw_comes_up_as_often_as_it_weighs_to_within_one(weights: np.ndarray) -> None:
    if weights.sum() == 0:
        weights = weights + 1
    weights = weights / weights.sum()
    times = np.bincount(evenly(weights), minlength=len(weights))
    assert times.sum() == len(weights)
    assert (np.abs(times - len(weights) * weights) < 1 + 1e-9).all()


def test_offsets_that_come_are_drawn_from_their_prior_and_the_others_stay() -> None:
    data = data_of(SPEC)
    theta, houses = drawn(data), SPEC.counts.houses
    new = (("deaths", "another"), *houses[::-1])
    wider = carried(theta, data, houses, new)
    counts = dataclasses.replace(
        SPEC.counts,
        houses=new,
        house_centre=np.zeros(len(new)),
        house_sd=np.ones(len(new)),
    )
    other = data_of(dataclasses.replace(SPEC, counts=counts))
    for s in range(5):
        before, after = raw_of(theta[s], data), raw_of(wider[s], other)
        np.testing.assert_array_equal(after.house[1:], before.house[::-1])
        for name in ("level", "hold"):
            mine, theirs = blocks(data)[name], blocks(other)[name]
            np.testing.assert_array_equal(wider[s, theirs], theta[s, mine])
    start = int(np.flatnonzero(wider[0] == raw_of(wider[0], other).house[0])[0])
    assert wider[:, start].std() == pytest.approx(1.0, abs=0.05)
    np.testing.assert_array_equal(carried(wider, other, new, houses), theta)
