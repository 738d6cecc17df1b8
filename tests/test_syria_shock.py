"""The quadrature over the shared shock, on the readings of the Syria case as if they shared one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from forecast.case import load_case
from forecast.model.counts import count_parameters
from forecast.model.data import Data, data_of
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.packing import raw_of, size_of
from forecast.model.shock import over_shock
from forecast.model.spec import Array, Index, Spec
from forecast.readings import known_as_of, load_readings
from forecast.refresh.arrays import spec_of
from tests.model.evaluated import evaluated

DRAWS = 1000
FINE = np.linspace(-16.0, 16.0, 161)


@pytest.fixture(scope="module")
def spec() -> Spec:
    case = load_case(Path(__file__).parent.parent)
    told = spec_of(case, known_as_of(case, load_readings(case), date(2024, 12, 16)))
    assert not told.counts.shock.any()  # as a case is unless it says otherwise
    return replace(told, counts=replace(told.counts, shock=np.ones_like(told.counts.shock)))


def test_error_is_below_1e_4_nat_in_every_draw_scenario_and_week(spec: Spec) -> None:
    data = data_of(spec)
    size = size_of(data)
    theta = np.random.default_rng(20241202).normal(size=(DRAWS, size))
    weeks = np.unique(data.when[data.when >= 0])
    assert len(weeks) >= 4
    found = np.array([kernel(draw, data)[:, weeks] for draw in theta])
    expected = plainly(theta, data, weeks)
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=0)


def kernel(theta: Array, data: Data) -> Array:
    """Return stay and enter of counts as the kernel has them, (2, T, K)."""
    rows = evaluated(count_parameters(raw_of(theta, data), data), data)
    periods = len(data.evidence)
    both = [
        over_shock(*each, data.when, data.log_weight, periods)[0]
        for each in ((rows.top_stay, rows.stay), (rows.top_enter, rows.enter))
    ]
    return np.array(both)


def plainly(theta: Array, data: Data, weeks: Index) -> Array:
    """Return the same with scipy on the fine nodes, (S, 2, weeks, K)."""
    draws = [count_parameters(raw_of(draw, data), data) for draw in theta]
    location, variance, inertia, loading, house = (
        np.array([getattr(p, name) for p in draws])
        for name in ("location", "variance", "inertia", "loading", "house")
    )
    house = np.concatenate([house, np.zeros((len(theta), 1))], axis=1)  # -1: a reference
    result = np.zeros((len(theta), 2, len(weeks), location.shape[2], len(FINE)))
    for n in np.flatnonzero(data.when >= 0):
        c, week = data.series[n], int(np.searchsorted(weeks, data.when[n]))
        stay, enter = np.full((2, *result[:, 0, 0].shape), -np.inf)
        for m in range(data.first[n], data.first[n + 1]):
            r = inertia[:, c] ** data.gap[n] if data.remembers[m] else np.zeros(len(theta))
            usual = np.log1p(np.exp(location[:, c]))
            effect = house[:, data.house[n]] - r * house[:, data.house_before[n]]
            at = location[:, c] + (data.exposure[n] + r * data.memory[n] + effect)[:, None]
            at = at - r[:, None] * usual + data.shift[m]
            news = variance[:, c] * (1 - r[:, None] ** 2)
            shape = shape_of(news - loading[:, c, None] ** 2 + data.spread[m] ** 2)[:, :, None]
            mean = np.exp(at[:, :, None] + loading[:, c, None, None] * FINE + log_bias(shape))
            part = stats.nbinom.logpmf(data.value[n], shape, shape / (shape + mean))
            false = logsumexp(part, axis=1, keepdims=True)
            with np.errstate(divide="ignore"):
                false = np.log(data.doubt[n] * data.weight_any[m]) + false
                stay = np.logaddexp(np.logaddexp(stay, false), np.log(data.weight_stay[m]) + part)
                enter = np.logaddexp(
                    np.logaddexp(enter, false), np.log(data.weight_enter[m]) + part
                )
        result[:, 0, week] += stay
        result[:, 1, week] += enter
    normal = -0.5 * FINE**2
    integral: Array = logsumexp(result + normal, axis=-1) - logsumexp(normal)
    return integral
