"""The kernel against the model as it is defined (`pymc_model`), density and gradient."""

from __future__ import annotations

import dataclasses

import numba
import numpy as np
import pytest

from forecast.model.build import build
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.spec import SeriesSpec, Spec
from tests.model.evaluated import unpacked
from tests.model.readable import MODE, Readable
from tests.model.specs import (
    full_spec,
    graded_spec,
    no_overlaps,
    recalling_spec,
    rows_of,
    small_spec,
)

SPEC = small_spec()
NO_MEMORY = dataclasses.replace(
    SPEC,
    counts=dataclasses.replace(SPEC.counts, inertia=np.zeros(2)),
    series=(dataclasses.replace(SPEC.series[0], inertia=np.zeros(1)),),
)


def with_counts(spec: Spec, **changes: object) -> Spec:
    return dataclasses.replace(spec, counts=dataclasses.replace(spec.counts, **changes))  # type: ignore[arg-type]


def partly() -> Spec:
    """One count without inertia, one that shares no shock, a duration that is known."""
    spec = with_counts(full_spec(), inertia=np.array([0.5, 0.0]), shock=np.array([1.0, 0.0]))
    return dataclasses.replace(
        spec, chain=dataclasses.replace(spec.chain, spread=np.array([0.5, 0.0, 0.5]))
    )


def binaries() -> Spec:
    """Two ordinals, one of them a binary, and nothing else read."""
    spec, nothing = SPEC, np.zeros(0, dtype=np.int64)
    asked = [[0.9, 0.1, 0], [0.5, 0.5, 0], [0.2, 0.8, 0]], spec.series[0].elicited[0].tolist()
    levels = SeriesSpec(
        family="ordinal", ids=("border", "posture"), elicited=np.array(asked),
        worth=np.array([[4.0, 2.0, 1.0], [3.0, 3.0, 3.0]]), inertia=np.array([0.0, 0.6]),
        value=np.array([1.0, 0.0, 2.0]), previous=np.array([np.nan, 1.0, np.nan]),
        gap=np.array([np.inf, 2.0, np.inf]), trust=np.array([0.8, 1.0, 0.9]),
        trust_before=np.array([1.0, 0.8, 1.0]), series=np.array([0, 0, 1]),
        at=np.array([0, 2, 2]),
    )  # fmt: skip
    empty = np.zeros((0, 3))
    counts = dataclasses.replace(
        rows_of(spec.counts, slice(0)), ids=(), median=empty, p90=empty, worth=empty,
        inertia=nothing.astype(float), recent=nothing.astype(float),
        decay=nothing.astype(float), shock=nothing.astype(float),
    )  # fmt: skip
    return dataclasses.replace(spec, counts=counts, series=(levels,))


def only_counts() -> Spec:
    """No ordinal at all."""
    return dataclasses.replace(full_spec(), series=())


def one_period() -> Spec:
    """A case in its first period."""
    spec = binaries()
    first = ("value", "previous", "gap", "trust", "trust_before", "series", "at")
    levels = dataclasses.replace(
        spec.series[0], **{name: getattr(spec.series[0], name)[:1] for name in first}
    )
    counts = dataclasses.replace(spec.counts, weight=np.zeros((1, 0)))
    return dataclasses.replace(
        spec, periods=spec.periods[:1], series=(levels,), counts=counts, evidence=np.zeros((1, 3))
    )


SPECS = {
    "one period": one_period(),
    "everything": full_spec(),
    "no shock": with_counts(full_spec(), shock=np.zeros(2)),
    "no overlaps": dataclasses.replace(full_spec(), overlaps=no_overlaps()),
    "a mean": recalling_spec(),
    "graded": graded_spec(),
    "all trusted": SPEC,
    "no memory": NO_MEMORY,
    "some parts off": partly(),
    "ordinals alone": binaries(),
    "counts alone": only_counts(),
    "no reading": with_counts(
        dataclasses.replace(only_counts(), overlaps=no_overlaps()),
        **{
            field.name: getattr(rows_of(full_spec().counts, slice(0)), field.name)
            for field in dataclasses.fields(full_spec().counts)
        },
    ),
}


def random_theta(spec: Spec, seed: int, spread: float) -> np.ndarray:
    size = size_of(data_of(spec))
    return spread * np.random.default_rng(seed).normal(size=size)


@pytest.fixture(scope="module", params=SPECS)
def both(request):  # type: ignore[no-untyped-def]
    readable = Readable(SPECS[request.param])
    return readable, readable.logp(), readable.dlogp()


@pytest.mark.parametrize("seed", range(5))
def test_density_and_gradient_equal_the_readable_model(both, seed: int) -> None:  # type: ignore[no-untyped-def]
    readable, logp, dlogp = both
    theta, used = random_theta(readable.spec, seed, 0.5 + 0.4 * seed), readable.in_use
    value, gradient = density(theta, *pack(readable.data))
    prior = -0.5 * (theta[used] ** 2).sum() - 0.5 * len(used) * np.log(2 * np.pi)
    assert value + prior == pytest.approx(logp(theta), abs=1e-8, rel=1e-8)
    np.testing.assert_allclose((gradient - theta)[used], dlogp(theta), atol=1e-8, rtol=1e-8)
    unused = np.setdiff1d(np.arange(len(theta)), used)
    assert not gradient[unused].any()  # what is left out, nothing hangs on


def test_the_sampled_model_is_priors_and_kernel() -> None:
    model = build(data_of(SPEC))
    theta = random_theta(SPEC, 3, 1.0)
    value, gradient = density(theta, *pack(data_of(SPEC)))
    prior = -0.5 * (theta**2).sum() - 0.5 * len(theta) * np.log(2 * np.pi)
    found = float(model.compile_logp(mode=MODE)({"theta": theta}))
    assert found == pytest.approx(value + prior)
    slope = model.compile_dlogp(mode=MODE)({"theta": theta})
    np.testing.assert_allclose(slope, gradient - theta, rtol=1e-12, atol=1e-12)


def test_packing_is_undone() -> None:
    data = data_of(full_spec())
    assert numba.typeof(data) == numba.typeof(unpacked(*pack(data)))  # or all is compiled twice
    for before, after in zip(data, unpacked(*pack(data)), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", ["everything", "some parts off", "ordinals alone"])
def test_emissions_by_indicator_are_those_of_the_readable_model(name: str) -> None:
    readable = Readable(SPECS[name])
    theta = random_theta(readable.spec, 9, 1.0)
    natural = readable.model.natural
    run = readable.function([natural.hazard, natural.successor, *readable.emissions()])
    chain, *parts = emissions(theta, readable.data)
    for found, expected in zip((*chain, *parts), run(theta), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_what_cannot_be_read_has_no_density_and_no_gradient() -> None:
    theta = random_theta(SPEC, 1, 1.0)
    theta[0] = np.nan
    value, gradient = density(theta, *pack(data_of(SPEC)))
    assert value == -np.inf
    assert not gradient.any()
