"""Pooled draws stand for what lies between two posteriors; constants against closed forms."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast.case import Case
from forecast.explain.coalitions import Pool, Teller, log_constants
from forecast.model.data import data_of
from forecast.model.fit import Fit
from forecast.model.posterior import Posterior
from forecast.model.powered import powered
from forecast.model.spec import Spec
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import Draws
from tests.explain.watched import AS_OF, readings, resampled, watched

EARLIER = AS_OF - timedelta(weeks=1)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


def draws_of(spec: Spec, seed: int = 3, draws: int = 4000) -> Draws:
    data = data_of(spec)
    theta = resampled(data, draws, seed)
    posterior = Posterior.of(data, theta)
    fit = Fit(theta, posterior.loglik, 1.0, 900.0, 0, {}, [])
    return Draws(data, theta, posterior, EARLIER, None, fit, 900.0)


def told(case: Case, rows: tuple[Reading, ...]) -> Spec:
    return spec_of(case, known_as_of(case, rows, AS_OF))


def pooled(case: Case, size: int = 1500) -> tuple[Pool, Spec, Spec, Draws, Draws]:
    then = spec_of(case, known_as_of(case, readings(), EARLIER))
    now = told(case, readings())
    first, second = draws_of(then), draws_of(now, seed=4)
    return Pool.of(first, then, second, now, size), then, now, first, second


def test_the_constant_is_that_of_gaussians() -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(0, 1, 6000), rng.normal(1, 2, 3000)])
    before, after = -(x**2) / 2, -(((x - 1) / 2) ** 2) / 2
    found = log_constants(before, after, np.ones(len(x)), (6000, 3000))
    assert found == pytest.approx(np.log(2), abs=0.03)
    again = log_constants(before, after + 5, np.ones(len(x)), (6000, 3000))
    assert again - found == pytest.approx(5)


def test_draws_that_repeat_count_as_often(case: Case) -> None:
    pool, then, *_ = pooled(case)
    assert len(np.unique(pool.theta, axis=0)) == len(pool.theta) < 3000
    assert pool.told(data_of(then), then.counts.houses).ess < len(pool.theta)


def test_both_ends_are_what_their_draws_say(case: Case) -> None:
    pool, then, now, first, second = pooled(case)
    for spec, draws in ((then, first), (now, second)):
        found = pool.told(data_of(spec), spec.counts.houses)
        assert found.now == pytest.approx(draws.posterior.now.mean(axis=0), abs=0.015)
        assert found.ess > 200


def test_between_it_is_the_posterior_of_what_is_told(case: Case) -> None:
    pool, *_ = pooled(case)
    rows = tuple(r for r in readings() if (r.indicator, r.value) != ("border", 1.0))
    spec = told(case, rows)
    data = data_of(spec)
    _, exact = powered(resampled(data, 20_000, 9), data, 1.0)
    found = pool.told(data, spec.counts.houses).now
    assert found == pytest.approx(exact.mean(axis=0), abs=0.02)
    assert abs(found[0] - pool.told(pool.data, pool.houses).now[0]) > 0.03


def test_a_teller_asks_once_and_keeps_the_worst(case: Case) -> None:
    pool, then, now, *_ = pooled(case, 300)
    asked: list[tuple[float, str]] = []
    tell = Teller(pool, lambda *said: asked.append(said), 2)
    one, two = (tell(spec_of(case, known_as_of(case, readings(), AS_OF))) for _ in range(2))
    assert np.array_equal(one, two)
    assert [share for share, _ in asked] == [0.5]
    tell(then)
    both = [pool.told(data_of(spec), spec.counts.houses) for spec in (then, now)]
    assert tell.ess == min(each.ess for each in both)
    assert (tell.asked, tell.unsure) == (2, sum(not each.sure for each in both))


def test_a_source_without_a_reading_has_no_offset(case: Case) -> None:
    pool, _, now, *_ = pooled(case, 300)
    alone = [
        dataclasses.replace(i, sources=("sohr",)) if i.id == "strikes" else i
        for i in case.indicators
    ]
    fewer = dataclasses.replace(case, indicators=tuple(alone))
    spec = told(fewer, readings())
    assert spec.counts.houses != now.counts.houses
    found = pool.told(data_of(spec), spec.counts.houses).now
    assert found == pytest.approx(pool.told(data_of(now), now.counts.houses).now)
