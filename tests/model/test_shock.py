"""The shared shock: its quadrature, and what it is when there is none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import logsumexp

from forecast.model.counts import CountParameters, count_parameters
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.negbinomial import logpmf
from forecast.model.packing import raw_of, size_of
from forecast.model.shock import LOG_WEIGHTS, NODES, over_shock
from forecast.model.spec import Spec
from tests.model.evaluated import evaluated
from tests.model.specs import full_spec

SPEC = full_spec()


def theta_of(spec: Spec, seed: int) -> np.ndarray:
    size = size_of(data_of(spec))
    return np.random.default_rng(seed).normal(size=size)


def test_weights_are_a_standard_normal() -> None:
    weights = np.exp(LOG_WEIGHTS)
    assert weights.sum() == pytest.approx(1.0, abs=1e-15)
    assert weights @ NODES == pytest.approx(0.0, abs=1e-15)
    assert weights @ NODES**2 == pytest.approx(1.0, abs=1e-12)


def test_without_a_loading_rows_multiply() -> None:
    data = data_of(SPEC)
    p = count_parameters(raw_of(theta_of(SPEC, 1), data), data)
    alone: CountParameters = p._replace(loading=np.zeros(2))
    rows = evaluated(alone, data)
    value, _ = over_shock(rows.top_enter, rows.enter, data.when, data.log_weight, len(SPEC.periods))
    each = rows.top_enter[:, :, 0] + np.log(rows.enter[:, :, 0])
    for t in range(len(SPEC.periods)):
        product = each[data.when == t].sum(axis=0)
        np.testing.assert_allclose(value[t], product, atol=1e-12)


def test_emissions_without_a_shock_are_a_sum_over_counts() -> None:
    apart = dataclasses.replace(SPEC, counts=dataclasses.replace(SPEC.counts, shock=np.zeros(2)))
    _, stay, enter = emissions(theta_of(apart, 2), data_of(apart))
    np.testing.assert_array_equal(stay[-1], 0.0)
    np.testing.assert_array_equal(enter[-1], 0.0)


def test_two_counts_say_less_together_if_they_move_together() -> None:
    # both twice what is usual: half of the news is the shock
    spec = full_spec()
    weight = np.zeros((5, 5))
    weight[4, [2, 4]] = 1.0
    counts = dataclasses.replace(
        spec.counts,
        shock=np.ones(2),
        trust=np.array([0.0, 0.0, 1.0, 0.0, 1.0]),
        house=np.full(5, -1),
        weight=weight,
    )
    data = data_of(dataclasses.replace(spec, counts=counts))
    _, _, enter = emissions(np.zeros(len(theta_of(spec, 0))), data)
    each, together = enter[:2, 4], enter[-1, 4]
    apart = each.sum(axis=0)
    assert (apart + together).max() - (apart + together).min() < apart.max() - apart.min()


def test_one_count_by_hand() -> None:
    data = data_of(SPEC)
    p = count_parameters(raw_of(theta_of(SPEC, 3), data), data)
    n, k = 0, 1  # the first reading of strikes: fully known, nothing remembered, trust 0.9
    variance = p.variance[0] - p.loading[0] ** 2
    f = np.linspace(-12, 12, 4001)
    along = np.array(
        [
            [logpmf(data.value[n], p.location[0, j] + p.loading[0] * x, variance[j]) for x in f]
            for j in range(3)
        ]
    )
    false = np.log(0.1) + logsumexp(along, axis=0) - np.log(3)
    mixed = np.logaddexp(np.log(0.9) + along[k], false)
    density = -0.5 * f**2 - np.log(np.sqrt(2 * np.pi)) + np.log(f[1] - f[0])
    rows = evaluated(p, data)
    value, _ = over_shock(rows.top_enter, rows.enter, data.when, data.log_weight, len(SPEC.periods))
    assert value[0, k] == pytest.approx(logsumexp(mixed + density), abs=1e-6)


def test_what_only_the_lagged_reading_explains_leaves_every_density_finite() -> None:
    # a million, then a million again: no scenario that begins would say so
    counts = SPEC.counts
    value = counts.value.copy()
    value[1:3] = 1e6
    certain = dataclasses.replace(
        counts, value=value, trust=np.ones(5), trust_before=np.ones(5), memory=np.log1p(value)
    )
    data = data_of(dataclasses.replace(SPEC, counts=certain))
    _, stay, enter = emissions(theta_of(SPEC, 1), data)
    assert (enter[0, 2] < -600).all()
    assert np.isfinite(stay).all()
    assert np.isfinite(enter).all()


def test_on_eight_no_step_is_fine_enough() -> None:
    # 5,000 where 50 are usual: what lies beyond 8 is missed by however many nodes
    y, location, variance, loading = 5000.0, np.log(50.0), 0.4, 0.4

    def integral(nodes: np.ndarray) -> float:
        along = [logpmf(y, location + loading * f, variance - loading**2) for f in nodes]
        normal = -0.5 * nodes**2
        return float(logsumexp(along + normal) - logsumexp(normal))

    wide = integral(np.linspace(-16, 16, 641))
    assert abs(integral(np.linspace(-8, 8, 161)) - wide) > 0.05
    assert abs(integral(NODES) - wide) < 2e-4
