"""Each correction left out is out, the others are not, and what was elicited comes back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from benchmarks.ablation import DELAYS, IN_SYRIA, WEEKS, dataset, syria
from benchmarks.simulate import simulate
from benchmarks.without import WITHOUT, full, naive
from forecast.model import data, spec
from forecast.model.believed import believed_counts
from forecast.model.data import blocks_of, data_of
from forecast.model.emissions import emissions
from forecast.model.kernel import density
from forecast.model.packing import pack, shapes, size_of
from tests.model.specs import full_spec

SPEC = full_spec()


def theta_of(numbers: data.Data, seed: int) -> np.ndarray:
    size = size_of(numbers)
    return np.random.default_rng(seed).normal(size=size)


def stay_and_enter(told: spec.Spec) -> tuple[np.ndarray, np.ndarray]:
    numbers = data_of(told)
    _, stay, enter = emissions(theta_of(numbers, 1), numbers)
    return stay, enter


def arrays(told: spec.Spec) -> list[np.ndarray]:
    parts: tuple[Any, ...] = (told.chain, told.counts, told.overlaps, *told.series)
    found = [getattr(part, field.name) for part in parts for field in fields(part)]
    return [told.evidence, *(each for each in found if isinstance(each, np.ndarray))]


def same(one: spec.Spec, other: spec.Spec) -> bool:
    pairs = zip(arrays(one), arrays(other), strict=True)
    return all(a.shape == b.shape and np.allclose(a, b, equal_nan=True) for a, b in pairs)


@pytest.mark.parametrize("name", WITHOUT)
def test_every_variant_is_a_model(name: str) -> None:
    numbers = data_of(WITHOUT[name](SPEC))
    value, gradient = density(theta_of(numbers, 1), *pack(numbers))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", [name for name in WITHOUT if name != "full"])
def test_every_correction_is_at_work_in_the_datasets(name: str) -> None:
    assert not same(WITHOUT[name](dataset(1).spec), dataset(1).spec)


@pytest.mark.parametrize("name", ["full", "inertia", "shock", "naive"])
def test_what_was_elicited_comes_back(name: str) -> None:
    counts = WITHOUT[name](SPEC).counts
    y = believed_counts(counts)
    np.testing.assert_allclose(np.median(y, axis=2), counts.median, rtol=0.10)
    np.testing.assert_allclose(np.quantile(y, 0.9, axis=2), counts.p90, rtol=0.20)


def test_nothing_left_out() -> None:
    assert full(SPEC) is SPEC
    stay, enter = stay_and_enter(SPEC)
    assert not np.allclose(stay, enter)


@pytest.mark.parametrize("name", ["inertia", "naive"])
def test_without_inertia_it_does_not_matter_what_held_before(name: str) -> None:
    stay, enter = stay_and_enter(WITHOUT[name](SPEC))
    np.testing.assert_array_equal(stay, enter)


@pytest.mark.parametrize("name", ["shock", "naive"])
def test_without_a_shock_counts_say_what_each_says_alone(name: str) -> None:
    stay, enter = stay_and_enter(WITHOUT[name](SPEC))
    np.testing.assert_array_equal(stay[-1], 0.0)
    np.testing.assert_array_equal(enter[-1], 0.0)


@pytest.mark.parametrize("name", ["grades", "naive"])
def test_without_grades_no_row_may_reflect_nothing(name: str) -> None:
    numbers = data_of(WITHOUT[name](SPEC))
    assert numbers.doubt.max() < 1e-200
    assert numbers.overlap_doubt.max(initial=-np.inf) < -500
    ((_, levels, *_),) = blocks_of(numbers)
    np.testing.assert_array_equal(levels.trust * levels.trust_before, 1.0)
    np.testing.assert_array_equal(numbers.evidence, SPEC.evidence)


@pytest.mark.parametrize("name", ["offsets", "naive"])
def test_without_offsets_all_rows_are_the_references(name: str) -> None:
    numbers = data_of(WITHOUT[name](SPEC))
    assert shapes(numbers)["house"] == (0,)
    assert {*numbers.house, *numbers.house_before} == {-1}
    assert len(numbers.overlap_value) == 0


@pytest.mark.parametrize("name", ["delay", "naive"])
def test_without_delay_counts_are_whole(name: str) -> None:
    numbers = data_of(WITHOUT[name](SPEC))
    np.testing.assert_array_equal(numbers.shift, 0.0)
    np.testing.assert_array_equal(numbers.spread, 0.0)


def test_without_delay_a_reading_is_remembered_as_it_was_read() -> None:
    late = simulate(np.random.default_rng(1), 20, DELAYS).spec
    told = WITHOUT["delay"](late).counts
    assert not np.allclose(told.memory, late.counts.memory)
    rate = told.value / np.exp(told.log_exposure)
    before = np.isfinite(told.gap)  # rows of a count follow each other
    np.testing.assert_allclose(told.memory[before], np.log1p(rate[np.flatnonzero(before) - 1]))


def test_without_evidence_events_say_nothing() -> None:
    assert same(WITHOUT["evidence"](SPEC), replace(SPEC, evidence=np.zeros_like(SPEC.evidence)))


def test_the_naive_model_keeps_evidence_and_reads_every_row_once() -> None:
    numbers = data_of(naive(SPEC))
    np.testing.assert_array_equal(numbers.evidence, SPEC.evidence)
    assert len(numbers.weight_enter) == len(numbers.value)
    np.testing.assert_array_equal(numbers.weight_enter, 1.0)


def test_in_syria_only_shock_and_delay_have_nothing_to_correct() -> None:
    told = syria(str(WEEKS[-1]))
    unchanged = [name for name in WITHOUT if same(WITHOUT[name](told), told)]
    assert unchanged == ["full", "shock", "delay"]
    assert [name for name in WITHOUT if name not in IN_SYRIA] == ["delay"]
