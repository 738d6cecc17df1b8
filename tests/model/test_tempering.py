"""Tempered chains: the prior where nothing was read, and both modes in the proportion they have."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from forecast.model import tempering
from forecast.model.data import Data, data_of
from forecast.model.packing import size_of
from forecast.model.powered import powered
from forecast.model.spec import Spec
from forecast.model.tempering import tempered
from tests.model.specs import COUNT_ROWS, rows_of, small_spec, with_series_rows


def quiet(share: float) -> None:
    del share


def of_two(zeros: int) -> Spec:
    """Two scenarios that differ in nothing but their names, and a count that is always zero."""
    small = small_spec()
    rows: dict[str, Any] = {
        name: np.zeros(zeros, dtype=getattr(small.counts, name).dtype) for name in COUNT_ROWS
    }
    rows |= {name: np.ones(zeros) for name in ("memory_weight", "trust_before")}
    rows |= {"trust": np.full(zeros, 0.9), "house": np.full(zeros, -1)}
    rows |= {"house_before": np.full(zeros, -1)}
    rows |= {"gap": np.array([np.inf, *np.ones(zeros - 1)][:zeros])}
    rows |= {"delay_weight": np.tile([1.0, 0.0], (zeros, 1))}
    rows |= {name: np.zeros((zeros, 2)) for name in ("delay_shift", "delay_spread")}
    of_one = {"inertia": 0.5, "recent": 1.0, "decay": 0.0, "shock": 0.0}
    asked = {"median": 20.0, "p90": 80.0, "worth": 1.0}
    rows |= {name: np.array([value]) for name, value in of_one.items()}
    rows |= {name: np.full((1, 2), value) for name, value in asked.items()}
    return Spec(
        periods=tuple(f"2024-W{n:02}" for n in range(1, zeros + 1)),
        scenarios=("heads", "tails"),
        chain=dataclasses.replace(
            small.chain,
            start=np.array([0.5, 0.5]),
            lasts=np.array([9.0, 9.0]),
            spread=np.array([0.5, 0.5]),
            absorbing=np.zeros(2, dtype=bool),
            then=np.array([[0.0, 1.0], [1.0, 0.0]]),
            worth=np.array([2.0, 2.0]),
        ),
        counts=dataclasses.replace(small.counts, ids=("strikes",), weight=np.eye(zeros), **rows),
        overlaps=small.overlaps,
        series=(),
        evidence=np.zeros((zeros, 2)),
    )


def last(data: Data, seed: tuple[int, ...] = (1,)) -> tuple[np.ndarray, int]:
    *_, found = tempered(data, seed, 4, 1, quiet)
    return found


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempering, "SWEEPS", (300,))
    monkeypatch.setattr(tempering, "FIRST_ROUNDS", (40, 80))
    monkeypatch.setattr(tempering, "LAST_ROUND", 80)


@pytest.mark.usefixtures("short")
def test_where_nothing_was_read_draws_are_the_prior() -> None:
    spec = small_spec()
    nothing = dataclasses.replace(spec, counts=rows_of(spec.counts, slice(0)))
    draws, divergences = last(data_of(with_series_rows(nothing, slice(0))))
    assert divergences == 0
    assert draws.mean(axis=(0, 1)) == pytest.approx(np.zeros(draws.shape[2]), abs=0.2)
    assert draws.std(axis=(0, 1)) == pytest.approx(np.ones(draws.shape[2]), abs=0.15)


def test_what_explains_the_same_is_as_probable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both scenarios explain the zeros alike; each alone would have to be far from its prior."""
    monkeypatch.setattr(tempering, "SWEEPS", (1000,))
    data = data_of(of_two(20))
    draws, divergences = last(data)
    assert divergences == 0
    now = powered(draws.reshape(-1, draws.shape[2]), data, 1.0)[1][:, 0]
    assert now.mean() == pytest.approx(0.5, abs=0.06)
    assert np.mean((now < 0.2) | (now > 0.8)) > 0.8  # two modes it is


@pytest.mark.usefixtures("short")
def test_a_seed_is_its_draws_and_another_has_others() -> None:
    data = data_of(of_two(3))
    first, again, other = (last(data, seed)[0] for seed in ((1, 1), (1, 1), (1, 2)))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.usefixtures("short")
def test_longer_chains_are_thinned_and_all_of_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempering, "SWEEPS", (50, 120))
    monkeypatch.setattr(tempering, "KEPT", 100)
    data = data_of(of_two(2))
    told: list[float] = []
    shapes = [lot[0].shape for lot in tempered(data, (1,), 2, 2, told.append)]
    size = size_of(data)
    assert shapes == [(2, 100, size), (2, 80, size)]  # 240 sweeps, every third
    assert told == sorted(told)
    assert told[-1] == 1.0
