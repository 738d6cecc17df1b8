"""The plain model against emissions and chain written out by hand in numpy and scipy."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from forecast.model.elicit import count_prior
from forecast.model.filter import smooth
from forecast.model.negbinomial import log_bias, shape_of
from tests.model import plain
from tests.model.specs import small_spec

SPEC = small_spec()


@pytest.fixture(scope="module")
def model() -> pm.Model:
    return plain.build(SPEC)


@pytest.fixture(scope="module")
def evaluate(model: pm.Model):  # type: ignore[no-untyped-def]
    outputs = [model[name] for name in (
        "transition", "stay", "enter", "natural_location", "natural_dispersion",
        "natural_inertia", "natural_levels", "natural_hold",
    )]  # fmt: skip
    return model.compile_fn(
        [*model.replace_rvs_by_values(outputs), model.logp()],
        inputs=model.value_vars,
        mode=plain.MODE,
    )


def point(model: pm.Model, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        v.name: rng.normal(size=s.shape)
        for v, s in zip(model.value_vars, model.initial_point().values(), strict=True)
    }


def nb(y: float, location: np.ndarray, variance: np.ndarray) -> np.ndarray:
    shape = shape_of(variance)
    mean = np.exp(location + log_bias(shape))
    return np.asarray(stats.nbinom.logpmf(y, shape, shape / (shape + mean)))


@pytest.mark.parametrize("seed", range(4))
def test_emissions_chain_and_density_are_those_of_the_page(model, evaluate, seed) -> None:  # type: ignore[no-untyped-def]
    at = point(model, seed)
    transition, stay, enter, location, spread, inertia, levels, hold, logp = evaluate(at)

    np.testing.assert_allclose(transition.sum(axis=1), 1.0)
    np.testing.assert_array_equal(transition[2], [0, 0, 1])  # absorbing
    assert transition[1, 2] == 0.0  # cannot follow
    e = at["duration"]
    lasting = 1 + 7.0 * np.exp(0.5 * e[0] - 0.125)
    assert transition[0, 0] == pytest.approx(1 - 1 / lasting)

    prior = count_prior(SPEC.counts)
    variance = prior.dispersion * spread[:, None]
    expected_stay, expected_enter = np.zeros((5, 3)), np.zeros((5, 3))
    # strikes: week 0 fresh, week 2 remembers two weeks back, week 4 covers three days
    fresh = nb(2, location[0], variance[0])
    expected_stay[0] += fresh
    expected_enter[0] += fresh
    for t, y, days, before in ((2, 9, 7, 2), (4, 40, 3, 9)):
        share = inertia[0] ** 2
        exposure = np.log(days / 7)
        pull = share * (np.log1p(before) - np.log1p(np.exp(location[0])))
        expected_enter[t] += nb(y, location[0] + exposure, variance[0])
        expected_stay[t] += nb(y, location[0] + exposure + pull, variance[0] * (1 - share**2))
    # deaths: one total over weeks 1 to 3, counted once; week 4 does not remember it
    total = nb(21, location[1] + np.log(3), variance[1])
    expected_stay[1:4] += total / 3
    expected_enter[1:4] += total / 3
    expected_stay[4] += nb(30, location[1], variance[1])
    expected_enter[4] += nb(30, location[1], variance[1])
    # posture: levels 0 in week 0, 0 in week 1, 2 in week 4
    q = levels[0]
    expected_stay[0] += np.log(q[:, 0])
    expected_enter[0] += np.log(q[:, 0])
    expected_stay[1] += np.log(hold[0] + (1 - hold[0]) * q[:, 0])
    expected_enter[1] += np.log(q[:, 0])
    expected_stay[4] += np.log((1 - hold[0] ** 3) * q[:, 2])
    expected_enter[4] += np.log(q[:, 2])

    np.testing.assert_allclose(stay, expected_stay, rtol=1e-9)
    np.testing.assert_allclose(enter, expected_enter, rtol=1e-9)
    priors = sum(stats.norm.logpdf(value).sum() for value in at.values())
    loglik = smooth(SPEC.chain.start, transition, stay, enter).loglik
    assert logp == pytest.approx(priors + loglik, abs=1e-9)


def test_gradient_of_the_density_equals_finite_differences(model: pm.Model) -> None:
    logp = model.compile_logp(mode=plain.MODE)
    slope = model.compile_dlogp(mode=plain.MODE)
    at = point(model, 7)
    found, n, step = slope(at), 0, 1e-5
    for value in model.value_vars:
        for index in np.ndindex(at[value.name].shape):
            up, down = (dict(at, **{value.name: at[value.name].copy()}) for _ in range(2))
            up[value.name][index] += step
            down[value.name][index] -= step
            assert found[n] == pytest.approx((logp(up) - logp(down)) / (2 * step), abs=1e-5)
            n += 1
    assert n == len(found)


def test_inertia_centred_on_zero_switches_memory_off() -> None:
    import dataclasses

    counts = dataclasses.replace(SPEC.counts, inertia=np.zeros(2))
    spec = dataclasses.replace(SPEC, counts=counts)
    off = plain.build(spec)
    run = off.compile_fn(
        off.replace_rvs_by_values([off["last_stay"], off["last_enter"]]),
        inputs=off.value_vars, mode=plain.MODE, on_unused_input="ignore",
    )  # fmt: skip
    last_stay, last_enter = run(point(off, 3))
    np.testing.assert_allclose(last_stay[:2], last_enter[:2], atol=1e-12)
