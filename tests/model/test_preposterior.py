"""Expected moves against enumeration: every reading there can be, and what it would lead to."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.model.data import data_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.preposterior import preposterior
from forecast.model.spec import Spec
from tests.model.specs import full_spec, no_overlaps, rows_of, signed_spec, with_series

SEED, MANY = 5, 4000


def levels_only(level: float = 0.0, *, signs: bool = False) -> Spec:
    """Three periods of an ordinal, and the last one with a level of our choice."""
    spec = signed_spec() if signs else full_spec()
    nothing = rows_of(spec.counts, slice(0))
    evidence = np.zeros_like(spec.evidence)
    evidence[:4] = spec.evidence[:4]  # of what happens in the last period nothing is known
    spec = dataclasses.replace(spec, counts=nothing, overlaps=no_overlaps(), evidence=evidence)
    return with_series(
        spec,
        value=np.array([2.0, 1.0, level]), previous=np.array([np.nan, 2.0, 1.0]),
        gap=np.array([np.inf, 1.0, 1.0]), trust=np.array([0.9, 0.7, 0.8]),
        trust_before=np.array([1.0, 0.9, 0.7]), series=np.zeros(3, dtype=np.int64),
        at=np.array([2, 3, 4]),
    )  # fmt: skip


@pytest.mark.parametrize("signs", [False, True])
def test_frequencies_and_probabilities_are_those_of_every_level(*, signs: bool) -> None:
    data = data_of(levels_only(signs=signs))
    theta = np.tile(0.5 * np.random.default_rng(2).normal(size=size_of(data)), (200, 1))
    read = np.ones(data.centre.shape[0] + 1)
    found = preposterior(data, theta, read, np.random.default_rng(SEED), size=MANY)
    each = [Posterior.of(data_of(levels_only(level, signs=signs)), theta[:1]) for level in range(3)]
    before = data_of(with_series(levels_only(signs=signs), **rows_before()))
    joint = np.exp([one.loglik[0] for one in each])
    chance = joint / np.exp(Posterior.of(before, theta[:1]).loglik[0])
    assert chance.sum() == pytest.approx(1.0)
    for level, one in enumerate(each):
        same = np.abs(found - one.now[0]).max(axis=1) < 1e-9
        error = 4.5 * np.sqrt(0.25 / MANY) + (0.02 if signs else 0.0)  # z[t+1] by mean hazards
        assert same.mean() == pytest.approx(chance[level], abs=error)
    if not signs:
        expected = sum(p * one.now[0] for p, one in zip(chance, each, strict=True))
        np.testing.assert_allclose(found.mean(axis=0), expected, atol=0.02)


def rows_before() -> dict[str, np.ndarray]:
    series = levels_only().series[0]
    names = ("value", "previous", "gap", "trust", "trust_before", "series", "at")
    return {name: getattr(series, name)[:2] for name in names}


def test_what_is_not_read_moves_nothing() -> None:
    data = data_of(levels_only())
    theta = 0.3 * np.random.default_rng(2).normal(size=(200, size_of(data)))
    read = np.zeros(data.centre.shape[0] + 1)
    found = preposterior(data, theta, read, np.random.default_rng(SEED), size=20)
    assert np.ptp(found, axis=0).max() < 1e-12


def test_moves_of_counts_average_to_the_probability_before() -> None:
    spec = full_spec()
    spec = dataclasses.replace(spec, counts=rows_of(spec.counts, np.array([0, 1, 2])))
    spec = dataclasses.replace(spec, evidence=np.zeros_like(spec.evidence))
    spec.counts.weight[:, 2] = np.eye(5)[4]  # a count of the last period
    data = data_of(spec)
    theta = 0.5 * np.random.default_rng(3).normal(size=(200, size_of(data)))
    read = np.ones(data.centre.shape[0] + 1)
    found = preposterior(data, theta, read, np.random.default_rng(SEED), size=1000)
    assert np.ptp(found, axis=0).max() > 0.05
    before = found.mean(axis=0)
    again = preposterior(data, theta, 0 * read, np.random.default_rng(SEED), size=1)[0]
    np.testing.assert_allclose(before, again, atol=0.03)
