"""The gate: the worst of all parameters, and whose it is."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from forecast.model.data import data_of
from forecast.model.fit import examine
from forecast.model.packing import blocks, size_of
from tests.model.specs import graded_spec

DATA = data_of(graded_spec())
AT = {name: block.start for name, block in blocks(DATA).items()}


def chains() -> np.ndarray:
    return np.random.default_rng(4).normal(size=(4, 500, size_of(DATA)))


def test_independent_draws_pass() -> None:
    fit = examine(DATA, chains(), 0)
    assert fit.failures == []
    assert fit.rhat_max < 1.01
    assert fit.ess_min > 1000


def test_the_chain_that_is_elsewhere_is_named() -> None:
    given = chains()
    given[0, :, AT["location"] + 1] += 1.0
    fit = examine(DATA, given, 3)
    assert any(text.startswith("R-hat") and "of location is" in text for text in fit.failures)
    assert "3 divergent transitions" in fit.failures
    alone = array_stats.rhat(given[:, :, AT["location"] + 1], chain_axis=0, draw_axis=1)
    assert fit.rhat_max == pytest.approx(float(alone))


def test_the_slowest_is_named() -> None:
    given = chains()
    slow = given[:, :, AT["hold"]]
    for t in range(1, 500):
        slow[:, t] = 0.95 * slow[:, t - 1] + np.sqrt(1 - 0.95**2) * slow[:, t]
    fit = examine(DATA, given, 0)
    assert any(text.startswith("effective") and "of hold is" in text for text in fit.failures)
    bulk = array_stats.ess(slow, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(slow, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
    assert fit.ess_min == pytest.approx(min(bulk, tail))
