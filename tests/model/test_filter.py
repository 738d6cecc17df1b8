"""The filter against the oracle no clever code can argue with: all K^T paths."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.model.filter import loglik_and_gradient, smooth

Array = NDArray[np.float64]


def enumerate_paths(start: Array, transition: Array, stay: Array, enter: Array) -> dict[str, Array]:
    """Sum over every path: log p(y), p(z_t | y_1:T), and p(z_t | y_1:t) by shortening the data."""
    periods, scenarios = stay.shape
    joint = np.zeros((scenarios,) * periods)
    for path in itertools.product(range(scenarios), repeat=periods):
        logp = np.log(start[path[0]]) + enter[0, path[0]]
        for t in range(1, periods):
            i, j = path[t - 1], path[t]
            logp += np.log(transition[i, j]) + (stay[t, j] if i == j else enter[t, j])
        joint[path] = np.exp(logp)
    total = joint.sum()
    smoothed = [joint.sum(axis=tuple(set(range(periods)) - {t})) / total for t in range(periods)]
    return {"loglik": np.log(total), "smoothed": np.array(smoothed)}


def example(seed: int, scenarios: int, periods: int, kind: str) -> tuple[Array, ...]:
    rng = np.random.default_rng(seed)
    start = rng.dirichlet(np.ones(scenarios))
    transition = rng.dirichlet(np.ones(scenarios), size=scenarios)
    stay, enter = rng.normal(0, 3, (2, periods, scenarios))
    if kind == "absorbing":
        transition[0] = np.eye(scenarios)[0]
    if kind == "missing":
        stay[periods // 2], enter[periods // 2] = 0.0, 0.0
    return start, transition, stay, enter


CASES = [
    (seed, scenarios, periods, kind)
    for seed, (scenarios, periods, kind) in enumerate(
        itertools.product((2, 3, 4), (1, 2, 4, 6), ("plain", "absorbing", "missing"))
    )
]


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("seed", "scenarios", "periods", "kind"), CASES)
def test_filter_and_smoother_equal_enumeration(
    seed: int, scenarios: int, periods: int, kind: str
) -> None:
    start, transition, stay, enter = example(seed, scenarios, periods, kind)
    result = smooth(start, transition, stay, enter)
    truth = enumerate_paths(start, transition, stay, enter)
    assert result.loglik == pytest.approx(truth["loglik"], abs=1e-10)
    np.testing.assert_allclose(result.smoothed, truth["smoothed"], atol=1e-10)
    for t in range(periods):
        shorter = enumerate_paths(start, transition, stay[: t + 1], enter[: t + 1])
        np.testing.assert_allclose(result.filtered[t], shorter["smoothed"][-1], atol=1e-10)


def test_predicted_is_filtered_moved_on() -> None:
    start, transition, stay, enter = example(5, 3, 5, "plain")
    result = smooth(start, transition, stay, enter)
    np.testing.assert_allclose(result.predicted[0], start)
    np.testing.assert_allclose(result.predicted[1:], result.filtered[:-1] @ transition)


@pytest.mark.parametrize("kind", ["plain", "absorbing", "missing"])
def test_gradient_equals_finite_differences(kind: str) -> None:
    start, transition, stay, enter = example(11, 3, 5, kind)
    _, *slopes = loglik_and_gradient(start, transition, stay, enter)
    step = 1e-6
    for which, slope in enumerate(slopes):
        for at in np.ndindex(slope.shape):
            moved = []
            for sign in (1, -1):
                inputs = [transition.copy(), stay.copy(), enter.copy()]
                inputs[which][at] += sign * step
                moved.append(loglik_and_gradient(start, *inputs)[0])
            assert slope[at] == pytest.approx(
                (moved[0] - moved[1]) / (2 * step), rel=1e-6, abs=1e-7
            )


def test_stay_and_enter_alike_is_the_ordinary_hidden_markov_model() -> None:
    start, transition, stay, _ = example(3, 4, 6, "plain")
    result = smooth(start, transition, stay, stay)
    forward = start * np.exp(stay[0])
    for t in range(1, 6):
        forward = (forward @ transition) * np.exp(stay[t])
    assert result.loglik == pytest.approx(np.log(forward.sum()), abs=1e-10)


def test_a_constant_added_to_both_log_likelihoods_changes_no_probability() -> None:
    start, transition, stay, enter = example(8, 3, 6, "plain")
    shift = np.array([400.0, -700.0, 3.0, 0.0, 1000.0, -1000.0])[:, None]
    plain = smooth(start, transition, stay, enter)
    shifted = smooth(start, transition, stay + shift, enter + shift)
    np.testing.assert_allclose(shifted.smoothed, plain.smoothed, atol=1e-12)
    assert shifted.loglik == pytest.approx(plain.loglik + shift.sum(), abs=1e-9)


def test_an_impossible_scenario_that_fits_far_better_does_no_harm() -> None:
    start, transition, stay, enter = example(4, 3, 4, "plain")
    transition[:, 2] = 0.0
    transition /= transition.sum(axis=1, keepdims=True)
    start[:] = [0.5, 0.5, 0.0]
    stay[:, 2], enter[:, 2] = 5000.0, 5000.0
    result = smooth(start, transition, stay, enter)
    assert np.isfinite(result.loglik)
    np.testing.assert_array_equal(result.smoothed[:, 2], 0.0)


def test_impossible_readings_have_no_likelihood_and_no_gradient() -> None:
    start, transition, stay, enter = example(8, 3, 4, "plain")
    stay[2], enter[2] = -np.inf, -np.inf
    value, *slopes = loglik_and_gradient(start, transition, stay, enter)
    assert value == -np.inf
    assert all(not slope.any() for slope in slopes)
