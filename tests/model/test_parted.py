"""The last period by itself, carried on from all before it, is the whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from forecast.model.data import Data, blocks_of, data_of, with_blocks
from forecast.model.packing import size_of
from forecast.model.parted import carried_on, parted
from forecast.model.powered import powered
from forecast.model.spec import Spec
from tests.model.specs import (
    full_spec,
    graded_spec,
    recalling_spec,
    rows_of,
    small_spec,
    with_series_rows,
)


def short_memory() -> Spec:
    """All there is, but that a count remembers its last reading alone."""
    spec = full_spec()
    counts = dataclasses.replace(
        spec.counts, recent=np.ones(2), decay=np.zeros(2), memory_weight=np.ones(5)
    )
    return dataclasses.replace(spec, counts=counts)


def silent_last(spec: Spec | None = None) -> Spec:
    """Nothing is read in the last period."""
    spec = spec or graded_spec()
    counts = rows_of(spec.counts, np.array([True, True, False, True, False]))
    return with_series_rows(dataclasses.replace(spec, counts=counts), slice(2))


def draws(data: Data) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(40, size_of(data)))


@pytest.mark.parametrize("spec", [short_memory, graded_spec, small_spec, silent_last])
def test_it_is_the_whole(spec: Callable[[], Spec]) -> None:
    data = data_of(spec())
    theta = draws(data)
    parts = parted(data)
    assert parts is not None
    before, last = parts
    assert (len(before.evidence), len(last.evidence)) == (4, 2)
    assert len(before.value) + len(last.value) == len(data.value)
    loglik, now = carried_on(theta, last, *powered(theta, before, 1.0))
    expected = powered(theta, data, 1.0)
    np.testing.assert_allclose(loglik, expected[0], rtol=1e-13)
    np.testing.assert_allclose(now, expected[1], atol=1e-14)


def test_what_cannot_be_stays_so() -> None:
    data = data_of(graded_spec())
    never = data._replace(evidence=np.full(data.evidence.shape, -np.inf))
    parts = parted(never)
    assert parts is not None
    theta = draws(data)
    loglik, now = carried_on(theta, parts[1], *powered(theta, parts[0], 1.0))
    assert (loglik == -np.inf).all()
    assert not now.any()


def test_the_past_does_not_know_what_the_last_period_says() -> None:
    data = data_of(short_memory())
    values = next(blocks_of(data)).values
    read = values._replace(value=np.where(values.at == 4, 1, values.value))
    assert (read.value != values.value).any()
    other = with_blocks(data._replace(value=np.where(data.begin == 4, 3.0, data.value)), [read])
    one, two = parted(data), parted(other)
    assert one is not None
    assert two is not None
    for mine, theirs in zip(one[0], two[0], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_the_past_is_what_was_told_a_period_earlier() -> None:
    spec = short_memory()
    silent = silent_last(spec)
    earlier = dataclasses.replace(
        silent,
        periods=spec.periods[:-1],
        counts=dataclasses.replace(silent.counts, weight=spec.counts.weight[:-1, [0, 1, 3]]),
        evidence=spec.evidence[:-1],
    )
    parts = parted(data_of(spec))
    assert parts is not None
    for mine, theirs in zip(parts[0], data_of(earlier), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_hangs_on_more_than_that_is_not_parted() -> None:
    assert parted(data_of(recalling_spec())) is None  # a mean
    spec = small_spec()
    weight = spec.counts.weight.copy()
    weight[:, 3] = [0.0, 0.0, 1 / 3, 1 / 3, 1 / 3]
    across = dataclasses.replace(spec, counts=dataclasses.replace(spec.counts, weight=weight))
    assert parted(data_of(across)) is None  # a total into it
    data = data_of(spec)
    none = data.begin < 0
    alone = data._replace(evidence=data.evidence[:1], begin=data.begin[none], span=data.span[none])
    assert parted(alone) is None  # no past
