"""Mixtures of revisions: found again from simulation, likeliest, and steady on awkward data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import optimize, stats
from scipy.special import logsumexp

from forecast.model.delay import (
    COMPLETE,
    FEWEST,
    SPREAD_FLOOR,
    Delay,
    learn_delay,
    quantiles,
)
from forecast.model.spec import Array

SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
TAILED = Delay((0.8, 0.2), (-0.05, -0.3), (0.15, 0.9))
SIDED = Delay((0.4, 0.6), (0.0, -1.5), (0.2, 0.3))
SPIKED = Delay((0.5, 0.5), (0.0, 0.1), (SPREAD_FLOOR, 0.5))


def simulated(delay: Delay, size: int, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    component = (rng.random(size) < delay.weight[1]).astype(int)
    shift, spread = np.array(delay.shift), np.array(delay.spread)
    return np.asarray(rng.normal(shift[component], spread[component]))


def log_likelihood(x: Array, delay: Delay) -> float:
    density = stats.norm.logpdf(x[:, None], delay.shift, delay.spread)
    return float(logsumexp(density, b=delay.weight, axis=1).sum())


@pytest.mark.parametrize("truth", [TAILED, SIDED, SPIKED])
def test_a_mixture_is_found_again(truth: Delay) -> None:
    found = learn_delay(simulated(truth, 20_000))
    for name in ("weight", "shift", "spread"):
        np.testing.assert_allclose(getattr(found, name), getattr(truth, name), rtol=0.05, atol=0.02)


@pytest.mark.parametrize("unrevised", [0.0, 0.2])
@pytest.mark.parametrize("truth", [TAILED, SIDED, SPIKED])
@pytest.mark.parametrize("size", [60, 400])
def test_nothing_a_general_optimiser_finds_is_likelier(
    truth: Delay, size: int, unrevised: float
) -> None:
    x = simulated(truth, size, seed=size)
    x[: int(unrevised * size)] = 0.0

    def loss(free: Array) -> tuple[float, Array]:
        """And its gradient, of the shares that each component has in every ratio."""
        first, shift, more = 1 / (1 + np.exp(-free[0])), free[1:3], np.exp(free[3:])
        weight, spread = np.array([first, 1 - first]), SPREAD_FLOOR + more
        z = (x[:, None] - shift) / spread
        joint = np.log(weight / spread) - 0.5 * z * z - 0.5 * np.log(2 * np.pi)
        each = np.logaddexp(joint[:, 0], joint[:, 1])
        share = np.exp(joint - each[:, None])
        of_shift = (share * z).sum(axis=0) / spread
        of_spread = (share * (z * z - 1)).sum(axis=0) / spread * more
        slope = [share[:, 0].sum() - size * first, *of_shift, *of_spread]
        return -float(each.sum()), -np.array(slope)

    rng = np.random.default_rng(2)
    bounds = optimize.Bounds(np.array([-6.0, -4, -4, -12, -12]), np.array([6.0, 4, 4, 2, 2]))
    best = -np.inf
    for _ in range(20):
        spread = x.std() * rng.uniform(0.05, 2, 2)
        start = np.array([rng.normal(), *rng.choice(x, 2), *np.log(spread)])
        end = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
        best = max(best, -float(end.fun))
    assert log_likelihood(x, learn_delay(x)) > best - 1e-3


def test_too_few_teach_nothing() -> None:
    x = simulated(TAILED, FEWEST)
    assert learn_delay(x[1:]) is COMPLETE
    assert learn_delay(x) is not COMPLETE
    assert learn_delay(np.array([])) is COMPLETE


@given(
    st.lists(
        st.one_of(st.just(0.0), st.floats(-7, 7), st.sampled_from([-0.7, 0.7])),
        min_size=FEWEST,
        max_size=60,
    )
)
@example([0.0] * 20 + [-3.0] * 20)
@example([0.1 * n for n in range(20)] + [5 + 0.1 * n for n in range(20)])
def test_whatever_the_ratios_the_answer_is_a_distribution(ratios: list[float]) -> None:
    x = np.array(ratios)
    found = learn_delay(x)
    assert sum(found.weight) == pytest.approx(1)
    assert min(found.weight) >= 0
    assert SPREAD_FLOOR <= found.spread[0] <= found.spread[1]
    assert x.min() - 1e-9 <= min(found.shift)
    assert max(found.shift) <= x.max() + 1e-9
    assert log_likelihood(x, found) >= stats.norm.logpdf(x, x.mean(), x.std() + 0.03).sum() - 0.01
    assert learn_delay(x) == found


@pytest.mark.parametrize("ratio", [0.0, np.log(0.5)])
def test_ratios_that_are_all_equal_are_told_back(ratio: float) -> None:
    found = learn_delay(np.full(FEWEST, ratio))
    assert found.shift == pytest.approx((ratio, ratio))
    assert found.spread == (SPREAD_FLOOR, SPREAD_FLOOR)


def test_where_most_values_stand_the_narrow_component_is_theirs() -> None:
    found = learn_delay(np.concatenate([np.zeros(60), simulated(TAILED, 40)]))
    assert found.shift[0] == pytest.approx(0, abs=0.01)
    assert found.spread[0] == SPREAD_FLOOR
    assert found.weight[0] > 0.6
    assert found.spread[1] > 0.2


@pytest.mark.parametrize("delay", [TAILED, SIDED, SPIKED])
def test_quantiles_are_of_final_over_known(delay: Delay) -> None:
    log_ratio = np.log(quantiles(delay, SHARES))
    below = stats.norm.sf(-log_ratio[:, None], delay.shift, delay.spread)
    np.testing.assert_allclose(np.dot(below, delay.weight), SHARES, atol=1e-12)


def test_what_is_complete_stays_as_it_is() -> None:
    np.testing.assert_allclose(quantiles(COMPLETE, SHARES), 1)
