"""The probability that a reading is false, from what the rest of the model says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.model.data import data_of
from forecast.model.false_reports import false_reports
from forecast.model.packing import size_of
from forecast.model.powered import powered
from forecast.model.spec import Spec
from tests.model.specs import full_spec, with_series

SPEC = full_spec()
DATA = data_of(SPEC)
THETA = np.random.default_rng(7).normal(size=(40, size_of(DATA)))
LAST = {0: 2, 1: 4, 2: 2}  # by series, its row of the last period


def loglik(spec: Spec) -> np.ndarray:
    return powered(THETA, data_of(spec), 1.0)[0]


def trusting(series: int, trust: float) -> Spec:
    """The spec with this trust in a series' last reading."""
    given = SPEC.counts.trust if series < 2 else SPEC.series[0].trust
    changed = given.copy()
    changed[LAST[series]] = trust
    if series < 2:
        return dataclasses.replace(SPEC, counts=dataclasses.replace(SPEC.counts, trust=changed))
    return with_series(SPEC, trust=changed)


@pytest.mark.parametrize("series", LAST)
@pytest.mark.parametrize("trust", [0.2, 0.8])
def test_it_is_bayes_rule_of_a_true_and_a_false_report(series: int, trust: float) -> None:
    """With a shock, lagged readings, delays and the other readings of the period."""
    true, false = (np.exp(loglik(trusting(series, r))) for r in (1.0, 0.0))
    expected = (1 - trust) * false / (trust * true + (1 - trust) * false)
    spec = trusting(series, trust)
    found = false_reports(data_of(spec), THETA, loglik(spec))
    assert set(found) == set(LAST)
    assert found[series] == pytest.approx(expected.mean(), rel=1e-9)
    assert 0.0 < found[series] < 1.0


@pytest.mark.parametrize("series", LAST)
def test_a_report_that_is_trusted_entirely_is_true(series: int) -> None:
    spec = trusting(series, 1.0)
    assert false_reports(data_of(spec), THETA, loglik(spec))[series] < 1e-200


def test_without_a_reading_of_the_last_period_there_is_none() -> None:
    weight = SPEC.counts.weight.copy()
    weight[4, [2, 4]], weight[3, [2, 4]] = 0.0, 1.0
    counts = dataclasses.replace(SPEC.counts, weight=weight)
    spec = with_series(dataclasses.replace(SPEC, counts=counts), at=np.array([0, 1, 3]))
    assert false_reports(data_of(spec), THETA, loglik(spec)) == {}
