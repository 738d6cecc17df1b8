"""Signs of what begins next, over draws: factors against enumeration, and what is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from tests.model.specs import signed_spec

SPEC = signed_spec()
DATA = data_of(SPEC)
THETA = 0.5 * np.random.default_rng(3).normal(size=(6, size_of(DATA)))
POSTERIOR = Posterior.of(DATA, THETA)
K, B = len(SPEC.scenarios), 2


def test_the_last_filtered_is_the_last_smoothed() -> None:
    np.testing.assert_allclose(POSTERIOR.filtered[:, -1], POSTERIOR.smoothed[:, -1], rtol=1e-12)


def test_what_begins_next_is_the_odds_with_and_without_a_reading() -> None:
    # by Bayes' rule for each draw: all that is read in the last period, whatever begins
    found = POSTERIOR.begins(DATA)[-1]
    (hazard, successor), stay, enter = emissions(THETA[0], DATA)
    stay, enter = stay.sum(axis=0)[-1].reshape(K, 1 + B), enter.sum(axis=0)[-1].reshape(K, 1 + B)
    one = Posterior.of(DATA, THETA[:1])
    held = one.stayed[0, -1]
    begun = one.predicted[0, -1] - held
    likelihood = held[:, None] * np.exp(stay) + begun[:, None] * np.exp(enter)
    chance = hazard[:, 0, None] * successor[:, DATA.sign]
    weight = np.concatenate([1 - chance.sum(axis=1, keepdims=True), chance], axis=1)
    for b in range(1, 1 + B):
        joint, mass = likelihood * weight, (held + begun)[:, None] * weight
        rest = [n for n in range(1 + B) if n != b]
        begins = joint[:, b].sum() / mass[:, b].sum()
        otherwise = joint[:, rest].sum() / mass[:, rest].sum()
        assert one.begins(DATA)[-1, b - 1] == pytest.approx(np.log(begins / otherwise), rel=1e-9)
    assert np.isfinite(found).all()


def test_what_is_no_sign_says_nothing_beyond_the_scenarios_it_tells_apart() -> None:
    cases = np.zeros((len(THETA), 2, 1, K * (1 + B)))
    assert POSTERIOR._begins(DATA, cases)[0] == pytest.approx([0.0, 0.0], abs=1e-12)
    louder = POSTERIOR.event_begins(DATA, np.zeros(K), np.log([[2.0, 1.0]] * K))
    assert louder[0] == pytest.approx(np.log(2.0))
    assert louder[1] < 0.0  # some of what is not the second is the first


def test_what_weighs_on_transitions_ahead_does_so_step_by_step() -> None:
    # against matrices of scenarios with one life each, weighed and normalised by hand
    found = POSTERIOR.horizons([1, 2, 3, 4])
    expected = np.zeros((5, K))
    assert SPEC.signs is not None
    ahead = [*SPEC.signs.ahead, np.ones(K)]
    for s, transition in enumerate(POSTERIOR.chain.matrix):
        state = POSTERIOR.coming[s]
        expected[1] += state
        for h, ratio in enumerate(ahead, 2):
            weighed = np.where(np.eye(K) > 0, transition, transition * ratio)
            state = state @ (weighed / weighed.sum(axis=1, keepdims=True))
            expected[h] += state
    for h in range(1, 5):
        np.testing.assert_allclose(found[h], expected[h] / len(THETA), rtol=1e-12)
