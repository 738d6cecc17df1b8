"""What must not matter: names, order, sources that are known, delays that are none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.kernel import density
from forecast.model.packing import blocks, pack, raw_of, shapes, size_of
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, Spec
from tests.model.specs import full_spec, no_overlaps, small_spec, with_series

SPEC = full_spec()


def theta_of(spec: Spec, seed: int) -> Array:
    size = size_of(data_of(spec))
    return np.random.default_rng(seed).normal(size=size)


def now(spec: Spec, theta: Array) -> Array:
    return np.asarray(Posterior.of(data_of(spec), theta[None]).now[0])


def loglik(spec: Spec, theta: Array) -> float:
    value, _ = density(theta, *pack(data_of(spec)))
    return float(value)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_scenarios_does_not_matter(seed: int) -> None:
    order = np.array([2, 0, 1])
    chain, counts, levels = SPEC.chain, SPEC.counts, SPEC.series[0]
    turned = dataclasses.replace(
        SPEC,
        chain=dataclasses.replace(
            chain,
            start=chain.start[order],
            lasts=chain.lasts[order],
            spread=chain.spread[order],
            absorbing=chain.absorbing[order],
            then=chain.then[np.ix_(order, order)],
            worth=chain.worth[order],
        ),
        counts=dataclasses.replace(
            counts,
            median=counts.median[:, order],
            p90=counts.p90[:, order],
            worth=counts.worth[:, order],
        ),
        evidence=SPEC.evidence[:, order],
    )
    turned = with_series(turned, elicited=levels.elicited[:, order], worth=levels.worth[:, order])
    theta = theta_of(SPEC, seed)
    other = theta.copy()
    before, after = raw_of(theta, data_of(SPEC)), raw_of(other, data_of(turned))
    after.duration[:] = before.duration[order]
    after.successor[:] = before.successor[np.ix_(order, order)]
    after.location[:] = before.location[:, order]
    level, shape = blocks(data_of(SPEC))["level"], shapes(data_of(SPEC))["level"]
    other[level] = theta[level].reshape(shape)[:, order].ravel()
    # priors of successors and levels are solved on points that know an order: to 1e-3
    np.testing.assert_allclose(now(turned, other), now(SPEC, theta)[order], atol=1e-3)
    assert loglik(turned, other) == pytest.approx(loglik(SPEC, theta), abs=1e-2)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_indicators_does_not_matter(seed: int) -> None:
    counts, overlaps = SPEC.counts, SPEC.overlaps
    order, houses = np.array([1, 0]), np.array([1, 2, 0])  # where each goes: 1-, 0-, and 2, 0, 1
    to = np.array([2, 0, 1, -1])  # new number of each house; -1 stays -1
    turned = dataclasses.replace(
        SPEC,
        counts=dataclasses.replace(
            counts,
            ids=counts.ids[::-1],
            median=counts.median[order],
            p90=counts.p90[order],
            worth=counts.worth[order],
            inertia=counts.inertia[order],
            recent=counts.recent[order],
            decay=counts.decay[order],
            shock=counts.shock[order],
            houses=tuple(counts.houses[h] for h in houses),
            house_centre=counts.house_centre[houses],
            house_sd=counts.house_sd[houses],
            series=1 - counts.series,
            house=to[counts.house],
            house_before=to[counts.house_before],
        ),
        overlaps=dataclasses.replace(
            overlaps,
            series=1 - overlaps.series,
            house=to[overlaps.house],
            spoken_house=to[overlaps.spoken_house],
        ),
    )
    theta = theta_of(SPEC, seed)
    other = theta.copy()
    before, after = raw_of(theta, data_of(SPEC)), raw_of(other, data_of(turned))
    for name in ("location", "dispersion", "inertia"):
        getattr(after, name)[:] = getattr(before, name)[order]
    after.house[:] = before.house[houses]
    np.testing.assert_allclose(now(turned, other), now(SPEC, theta), atol=1e-10)
    assert loglik(turned, other) == pytest.approx(loglik(SPEC, theta), abs=1e-9)


def test_a_silent_source_says_nothing_about_scenarios() -> None:
    without = dataclasses.replace(SPEC, overlaps=no_overlaps())
    theta = theta_of(SPEC, 4)
    np.testing.assert_array_equal(now(SPEC, theta), now(without, theta))
    for found, expected in zip(
        emissions(theta, data_of(SPEC))[1:], emissions(theta, data_of(without))[1:], strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_a_silent_source_of_known_offset_teaches_nothing() -> None:
    # the likelihood is the same up to a constant, so every posterior is the same
    known = dataclasses.replace(SPEC.counts, house_sd=np.zeros(3))
    spec = dataclasses.replace(SPEC, counts=known)
    without = dataclasses.replace(spec, overlaps=no_overlaps())
    said = [loglik(spec, theta_of(spec, s)) - loglik(without, theta_of(spec, s)) for s in range(5)]
    np.testing.assert_allclose(said, said[0], atol=1e-10)
    taught = dataclasses.replace(SPEC, overlaps=no_overlaps())
    moved = [loglik(SPEC, theta_of(SPEC, s)) - loglik(taught, theta_of(SPEC, s)) for s in range(5)]
    assert np.ptp(moved) > 0.1


def test_a_delay_of_nothing_is_none() -> None:
    rows = len(SPEC.counts.value)
    nothing = np.zeros((rows, 2))
    plain, halves = (
        dataclasses.replace(
            SPEC,
            counts=dataclasses.replace(
                SPEC.counts,
                delay_weight=np.tile(weight, (rows, 1)),
                delay_shift=nothing,
                delay_spread=nothing,
            ),
        )
        for weight in ([1.0, 0.0], [0.3, 0.7])
    )
    theta = theta_of(SPEC, 5)
    assert loglik(halves, theta) == pytest.approx(loglik(plain, theta), abs=1e-10)


def test_half_counted_is_half_the_exposure() -> None:
    spec = small_spec()
    rows = len(spec.counts.value)
    late = dataclasses.replace(
        spec, counts=dataclasses.replace(spec.counts, delay_shift=np.full((rows, 2), np.log(0.5)))
    )
    less = dataclasses.replace(
        spec,
        counts=dataclasses.replace(
            spec.counts, log_exposure=spec.counts.log_exposure + np.log(0.5)
        ),
    )
    theta = theta_of(spec, 6)
    assert loglik(late, theta) == pytest.approx(loglik(less, theta), abs=1e-10)
