"""The kernel against the same model written plainly in PyTensor, density and gradient."""

from __future__ import annotations

import dataclasses

import numba
import numpy as np
import pymc as pm
import pytest

from forecast.model.build import build
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.spec import Spec
from tests.model import plain
from tests.model.evaluated import unpacked
from tests.model.specs import full_spec, graded_spec, recalling_spec, small_spec

SPEC = small_spec()
NO_MEMORY = dataclasses.replace(
    SPEC,
    counts=dataclasses.replace(SPEC.counts, inertia=np.zeros(2)),
    levels=dataclasses.replace(SPEC.levels, inertia=np.zeros(1)),
)
SPECS = {
    "everything": full_spec(),
    "a mean": recalling_spec(),
    "graded": graded_spec(),
    "all trusted": SPEC,
    "no memory": NO_MEMORY,
}


def random_theta(spec: Spec, seed: int, spread: float) -> np.ndarray:
    size = size_of(data_of(spec))
    return spread * np.random.default_rng(seed).normal(size=size)


@pytest.fixture(scope="module", params=SPECS)
def both(request):  # type: ignore[no-untyped-def]
    spec = SPECS[request.param]
    model = plain.build(spec)
    return (
        spec,
        model,
        model.compile_logp(mode=plain.MODE),
        model.compile_dlogp(mode=plain.MODE),
    )


def as_point(model: pm.Model, theta: np.ndarray) -> dict[str, np.ndarray]:
    point, start = {}, 0
    for name, value in model.initial_point().items():
        point[name] = theta[start : start + value.size].reshape(value.shape)
        start += value.size
    assert start == len(theta)
    return point


@pytest.mark.parametrize("seed", range(5))
def test_density_and_gradient_equal_the_plain_model(both, seed: int) -> None:  # type: ignore[no-untyped-def]
    spec, model, logp, dlogp = both
    theta = random_theta(spec, seed, 0.5 + 0.4 * seed)
    value, gradient = density(theta, *pack(data_of(spec)))
    at = as_point(model, theta)
    prior = -0.5 * (theta**2).sum() - 0.5 * len(theta) * np.log(2 * np.pi)
    assert value + prior == pytest.approx(float(logp(at)), abs=1e-8)
    np.testing.assert_allclose(gradient - theta, dlogp(at), atol=1e-8, rtol=1e-8)


def test_the_pymc_model_is_priors_and_kernel() -> None:
    model = build(data_of(SPEC))
    theta = random_theta(SPEC, 3, 1.0)
    at = as_point(model, theta)
    value, gradient = density(theta, *pack(data_of(SPEC)))
    prior = -0.5 * (theta**2).sum() - 0.5 * len(theta) * np.log(2 * np.pi)
    assert float(model.compile_logp(mode=plain.MODE)(at)) == pytest.approx(value + prior)
    slope = model.compile_dlogp(mode=plain.MODE)(at)
    np.testing.assert_allclose(slope, gradient - theta, rtol=1e-12, atol=1e-12)


def test_packing_is_undone() -> None:
    data = data_of(full_spec())
    assert numba.typeof(data) == numba.typeof(unpacked(*pack(data)))  # or all is compiled twice
    for before, after in zip(data, unpacked(*pack(data)), strict=True):
        np.testing.assert_array_equal(before, after)


def test_emissions_by_indicator_add_up_to_those_of_the_plain_model() -> None:
    spec = full_spec()
    model = plain.build(spec)
    theta = random_theta(spec, 9, 1.0)
    outputs = model.replace_rvs_by_values(
        [model[name] for name in ("transition", "stay", "enter", "last_stay")]
    )
    run = model.compile_fn(outputs, inputs=model.value_vars, mode=plain.MODE)
    expected = run(as_point(model, theta))
    transition, stay, enter = emissions(theta, data_of(spec))
    for found, plainly in zip(
        (transition, stay.sum(axis=0), enter.sum(axis=0), stay[:, -1]), expected, strict=True
    ):
        np.testing.assert_allclose(found, plainly, atol=1e-10)


def test_what_cannot_be_read_has_no_density_and_no_gradient() -> None:
    theta = random_theta(SPEC, 1, 1.0)
    theta[0] = np.nan
    value, gradient = density(theta, *pack(data_of(SPEC)))
    assert value == -np.inf
    assert not gradient.any()
