"""The readable model: by hand in numpy and scipy, as PyMC and ArviZ use it, and as it prints."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from forecast.model.chain import transition_of
from forecast.model.coords import DIMS, coords_of, free_values, theta_of
from forecast.model.data import data_of
from forecast.model.elicit import count_prior
from forecast.model.filter import smooth
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.packing import Raw, raw_of, size_of
from forecast.model.pointwise import period_loglik
from forecast.model.pymc_model import pymc_model
from forecast.model.spec import Spec
from tests.model.readable import MODE, Readable, interpreted
from tests.model.specs import full_spec, small_spec

SPEC = small_spec()
NATURAL = (
    "hazard", "successor", "location", "variance", "inertia",
)  # fmt: skip


@pytest.fixture(scope="module")
def readable() -> Readable:
    return Readable(SPEC)


@pytest.fixture(scope="module")
def evaluate(readable: Readable):  # type: ignore[no-untyped-def]
    natural = [getattr(readable.model.natural, name) for name in NATURAL]
    natural += readable.model.natural.series[0]
    run = readable.function([*natural, *readable.emissions()])
    logp = readable.logp()
    return lambda theta: (*run(theta), logp(theta))


def random_theta(seed: int, spec: Spec = SPEC) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size_of(data_of(spec)))


def nb(y: float, location: np.ndarray, variance: np.ndarray) -> np.ndarray:
    shape = shape_of(variance)
    mean = np.exp(location + log_bias(shape))
    return np.asarray(stats.nbinom.logpmf(y, shape, shape / (shape + mean)))


@pytest.mark.parametrize("seed", range(4))
def test_emissions_chain_and_density_are_those_of_the_page(readable, evaluate, seed) -> None:  # type: ignore[no-untyped-def]
    theta = random_theta(seed)
    hazard, successor, *of_counts, levels, hold, stays, enters, logp = evaluate(theta)
    transition = transition_of(hazard, successor)
    location, variance, inertia = of_counts
    stay, enter = stays.sum(axis=0), enters.sum(axis=0)
    raw: Raw = raw_of(theta, readable.data)

    np.testing.assert_allclose(transition.sum(axis=1), 1.0)
    np.testing.assert_array_equal(transition[2], [0, 0, 1])  # absorbing
    assert transition[1, 2] == 0.0  # cannot follow
    lasting = 1 + 7.0 * np.exp(0.5 * raw.duration[0] - 0.125)
    assert transition[0, 0] == pytest.approx(1 - 1 / lasting)

    dispersed = count_prior(SPEC.counts).dispersion * np.exp(0.25 * raw.dispersion)[:, None]
    np.testing.assert_allclose(variance, dispersed)
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
    at = readable.at(theta)
    priors = sum(stats.norm.logpdf(value).sum() for value in at.values())
    loglik = smooth(SPEC.chain.start, transition, stay, enter).loglik
    assert logp == pytest.approx(priors + loglik, abs=1e-9)


def test_gradient_of_the_density_equals_finite_differences(readable: Readable) -> None:
    logp, slope = readable.logp(), readable.dlogp()
    theta, step = random_theta(7), 1e-5
    for place, found in zip(readable.in_use, slope(theta), strict=True):
        shift = step * np.eye(len(theta))[place]
        expected = (logp(theta + shift) - logp(theta - shift)) / (2 * step)
        assert found == pytest.approx(expected, abs=1e-5)


def test_inertia_centred_on_zero_switches_memory_off() -> None:
    counts = dataclasses.replace(SPEC.counts, inertia=np.zeros(2))
    off = Readable(dataclasses.replace(SPEC, counts=counts))
    assert "e_inertia" not in off.model.named_vars
    last_stay, last_enter = off.function(off.emissions())(random_theta(3))
    np.testing.assert_allclose(last_stay[:2], last_enter[:2], atol=1e-12)


# ------------------------------------------------------------------------------ as it is printed


@pytest.mark.parametrize("spec", [full_spec(), SPEC], ids=["everything", "small"])
def test_it_prints_every_variable_with_what_it_is_and_its_dimensions(spec: Spec) -> None:
    model = pymc_model(spec)
    lines = {re.split(r"[ \[]", line.strip())[0]: line for line in str(model).splitlines()}
    assert set(lines) == {v.name for v in (*model.basic_RVs, *model.deterministics)}
    free = free_values(data_of(spec), random_theta(1, spec)[None])
    assert set(free) == {variable.name for variable in model.free_RVs}
    coords = coords_of(spec, data_of(spec))
    for name, values in free.items():
        assert lines[name].endswith(" ~ Normal(0, 1)")
        for dim, size in zip(DIMS[name], values.shape[1:], strict=True):
            assert f"{dim}: {size}" in lines[name]
            assert size == len(coords[dim])
    for variable in model.deterministics:
        assert lines[variable.name].endswith(f" = {model.formulas[variable.name]}")
    assert "readings[period: 5, series: " in lines["readings"]


def test_what_is_switched_off_is_not_there(readable: Readable) -> None:
    names = {variable.name for variable in readable.model.free_RVs}
    assert names == {
        "e_duration", "e_successor", "e_location", "e_dispersion", "e_inertia", "e_level",
        "e_level_inertia",
    }  # fmt: skip
    # the third scenario never ends, and one of the others has one successor alone
    assert readable.model.coords["transient"] == ("calm", "tense")
    assert readable.model.coords["move"] == ("calm → tense", "calm → war")


@pytest.mark.parametrize("spec", [full_spec(), SPEC], ids=["everything", "small"])
def test_free_values_are_those_of_the_sampler_s_vector(spec: Spec) -> None:
    data, theta = data_of(spec), np.random.default_rng(1).normal(size=(3, size_of(data_of(spec))))
    back = theta_of(data, free_values(data, theta))
    used = Readable(spec).in_use
    np.testing.assert_array_equal(back[:, used], theta[:, used])
    assert np.count_nonzero(back) == 3 * len(used)


# --------------------------------------------------------------------------- as it is worked with


@pytest.fixture(scope="module")
def sampled() -> xr.DataTree:
    """A few draws of everything by PyMC itself."""
    settings = {"progressbar": False, "random_seed": 3}
    with interpreted, pymc_model(SPEC):
        tree: xr.DataTree = pm.sample(
            draws=8, tune=8, chains=2, cores=1, compile_kwargs={"mode": MODE},
            compute_convergence_checks=False, nuts={"max_treedepth": 3}, **settings,
        )  # fmt: skip
        pm.compute_log_likelihood(tree, progressbar=False, compile_kwargs={"mode": MODE})
        before = pm.sample_prior_predictive(50, random_seed=3, compile_kwargs={"mode": MODE})
    return xr.DataTree.from_dict(
        {f"/{name}": tree[name].dataset for name in tree.children}
        | {f"/{name}": before[name].dataset for name in ("prior", "prior_predictive")}
    )


@pytest.mark.filterwarnings("ignore:The number of samples is too small")
def test_pymc_samples_it(sampled: xr.DataTree) -> None:
    posterior = sampled["posterior"].dataset
    assert posterior["location"].dims == ("chain", "draw", "count", "scenario")
    assert float(posterior["location"].std()) > 0
    assert {"diverging", "energy", "lp"} <= set(sampled["sample_stats"].dataset)


def test_log_likelihood_is_of_periods_and_that_of_the_kernel(sampled: xr.DataTree) -> None:
    found = sampled["log_likelihood"].dataset["readings"]
    assert found.dims == ("chain", "draw", "period")
    assert list(found.period.to_numpy()) == list(SPEC.periods)
    readable = Readable(SPEC)
    free = sampled["posterior"].dataset.sel(chain=0)
    for draw in (0, 7):
        theta = np.zeros(size_of(readable.data))
        values = [free[v.name].isel(draw=draw).to_numpy() for v in readable.model.value_vars]
        theta[readable.in_use] = np.concatenate([np.ravel(value) for value in values])
        expected = period_loglik(readable.data, theta[None], SPEC.overlaps.at)[0]
        np.testing.assert_allclose(found.sel(chain=0).isel(draw=draw), expected, atol=1e-8)


def test_prior_predictive_readings_stand_where_readings_do(sampled: xr.DataTree) -> None:
    drawn = sampled["prior_predictive"].dataset["readings"]
    read = sampled["observed_data"].dataset["readings"]
    assert drawn.dims == ("chain", "draw", "period", "series")
    assert list(drawn.series.to_numpy()) == ["strikes", "deaths, total", "deaths", "posture"]
    assert (drawn.isnull() == read.isnull()).all()
    assert float(read.sel(period="2024-W30", series="deaths, total")) == 21.0
    levels = drawn.sel(series="posture").to_numpy()
    assert set(np.unique(levels[np.isfinite(levels)])) == {0.0, 1.0, 2.0}
