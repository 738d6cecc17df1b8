"""Slopes in the power of readings and priors, against finite differences taken slowly."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from forecast.case import Case, Judgement
from forecast.case.judgements import Kind
from forecast.errors import Stopped
from forecast.explain import sensitivity as module
from forecast.explain.sensitivity import PowerScaled, Sensitivity, sensitivity
from forecast.explain.switching import Reference, SwitchingValue
from forecast.model.chain import transition_of
from forecast.model.data import Data, data_of
from forecast.model.emissions import emissions
from forecast.model.filter import smooth
from forecast.model.fit import Fit, Progress
from forecast.model.packing import shapes
from forecast.refresh.arrays import spec_of
from tests.explain.watched import (
    AS_OF,
    drawn_by,
    known,
    readings,
    resampled,
    stopping_at,
    watched,
    without_sampling,
)

STEP = 1e-3  # of log2 of the power


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


@pytest.fixture(autouse=True)
def no_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "draws_as_of", drawn_by(without_sampling))


@pytest.fixture
def no_switching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "switching_value", lambda *_: None)


def row(found: Sensitivity, block: str | None, indicator: str | None = None) -> PowerScaled:
    (result,) = [
        row
        for row in found.power_scaled
        if (row.part, row.block, row.indicator) == ("prior", block, indicator)
    ]
    return result


def slowly(data: Data, theta: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Return log p_a(y | theta) and p(z[T-1] | y), one draw at a time."""
    told = []
    for draw in theta:
        chain, stay, enter = emissions(draw, data)
        told.append(
            smooth(
                data.start,
                transition_of(*chain),
                power * stay.sum(axis=0),
                power * enter.sum(axis=0),
            )
        )
    return np.array([one.loglik for one in told]), np.array([one.filtered[-1] for one in told])


def weighted(log_ratio: np.ndarray, now: np.ndarray) -> np.ndarray:
    weight = np.exp(log_ratio - log_ratio.max())
    return np.asarray(weight @ now / weight.sum())


@pytest.mark.usefixtures("no_switching")
def test_the_readings_slope_is_that_of_reweighted_draws(case: Case) -> None:
    found = sensitivity(case, readings(), AS_OF)
    data = data_of(spec_of(case, known(case)))
    theta = resampled(data, 4000)
    loglik, now = slowly(data, theta, 1.0)
    ends = []
    for step in (-STEP, STEP):
        changed, then = slowly(data, theta, 2**step)
        ends.append(weighted(changed - loglik, then))
    slope = (ends[1] - ends[0]) / (2 * STEP)
    assert found.power_scaled[0].part == "likelihood"
    assert list(found.power_scaled[0].slope.values()) == pytest.approx(slope, abs=1e-4)
    assert abs(slope[0]) > 0.01
    assert list(found.probabilities.values()) == pytest.approx(now.mean(axis=0))
    assert found.power_scaled[0].reliable


@pytest.mark.usefixtures("no_switching")
@pytest.mark.parametrize(
    ("block", "indicator"),
    [("duration", None), ("location", "strikes"), ("level", "border"), (None, None)],
)
def test_a_priors_slope_is_that_of_reweighted_draws(
    case: Case, block: str | None, indicator: str | None
) -> None:
    found = row(sensitivity(case, readings(), AS_OF), block, indicator)
    data = data_of(spec_of(case, known(case)))
    theta = resampled(data, 4000)
    _, now = slowly(data, theta, 1.0)
    sizes = {name: int(np.prod(shape)) for name, shape in shapes(data).items()}
    mine = np.repeat([block in (None, name) for name in sizes], list(sizes.values()))
    log_prior = -0.5 * (theta[:, mine] ** 2).sum(axis=1)
    low, high = (weighted((2**step - 1) * log_prior, now) for step in (-STEP, STEP))
    assert list(found.slope.values()) == pytest.approx((high - low) / (2 * STEP), abs=1e-4)


@pytest.mark.usefixtures("no_switching")
def test_groups_share_all_free_parameters_out(case: Case) -> None:
    found = sensitivity(case, readings(), AS_OF)
    groups = [row for row in found.power_scaled if row.part == "prior" and row.block is not None]
    assert [row.block for row in groups] == list(shapes(data_of(spec_of(case, known(case)))))
    assert {row.block: row.indicator for row in groups if row.indicator} == {
        "location": "strikes",
        "dispersion": "strikes",
        "inertia": "strikes",
        "level": "border",
        "hold": "border",
    }
    total = sum(row.slope["war"] for row in groups)
    assert row(found, None).slope["war"] == pytest.approx(total)


@pytest.mark.usefixtures("no_switching")
def test_the_error_is_that_of_another_sample(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    slopes, errors = [], []
    for seed in range(12):

        def drawn(data: Data, progress: Progress, seed: int = seed) -> Fit:
            del progress
            return Fit(resampled(data, 4000, seed), np.zeros(4000), 1.0, 900.0, 0, {}, [])

        monkeypatch.setattr(module, "draws_as_of", drawn_by(drawn))
        found = row(sensitivity(case, readings(), AS_OF), "location", "strikes")
        slopes.append(found.slope["war"])
        errors.append(found.error["war"])
    # resampled draws repeat, so that consecutive batches are a little too alike
    assert 0.4 < np.mean(errors) / np.std(slopes, ddof=1) < 1.6


def switched(
    changes: dict[Kind, float], reference: Reference, judgement: Judgement, halvings: int
) -> SwitchingValue:
    del reference, halvings
    return SwitchingValue(judgement, 1.0, "war", changes[judgement.kind])


def test_switching_values_come_sorted_and_of_one_indicator(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: dict[Kind, float] = {"median": -0.5, "p90": 0.2, "inertia": 1.0}
    monkeypatch.setattr(module, "switching_value", partial(switched, changes))
    shares: list[float] = []
    found = sensitivity(case, readings(), AS_OF, lambda *told: shares.append(told[0]), "strikes")
    assert [each.judgement.kind for each in found.switching_values] == [
        *["p90"] * 2, *["median"] * 2, "inertia",
    ]  # fmt: skip
    assert found.tried == 5
    assert {row.indicator for row in found.power_scaled} == {None, "strikes"}
    assert {row.part for row in found.power_scaled if row.indicator is None} == {"likelihood"}
    assert shares[-1] == pytest.approx(0.84)


@pytest.mark.usefixtures("no_switching")
def test_a_case_that_has_not_begun_hangs_on_its_start(case: Case) -> None:
    found = sensitivity(dataclasses.replace(case, evidence=()), (), date(2024, 9, 1))
    assert found.as_of == date(2024, 9, 1)
    assert found.probabilities == pytest.approx({"war": 0.25, "other": 0.75})
    assert all(
        slope == pytest.approx(0) for row in found.power_scaled for slope in row.slope.values()
    )


def test_stopped_it_has_what_it_moved_by_then(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = dict.fromkeys(get_args(Kind), 0.5)
    monkeypatch.setattr(module, "switching_value", partial(switched, changes))
    found = sensitivity(case, readings(), AS_OF, stopping_at("moving judgement", 4))
    every = sensitivity(case, readings(), AS_OF, only="strikes")
    assert (found.tried, len(found.switching_values)) == (3, 3)
    assert found.cut.startswith("stopped after 3 of ")
    assert every.cut == ""
    with pytest.raises(Stopped):
        sensitivity(case, readings(), AS_OF, stopping_at("moving judgement", 1))


def test_quickly_it_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = []

    def tried(reference: Reference, judgement: Judgement, halvings: int) -> None:
        del judgement
        settings.append((len(reference.theta), halvings))

    monkeypatch.setattr(module, "switching_value", tried)
    found = sensitivity(case, readings(), AS_OF, quick=True)
    assert set(settings) == {(154, 2)}  # of 4,000 draws every 26th
    assert found.cut == "quick: judgements moved by 150 draws, and less exactly"
