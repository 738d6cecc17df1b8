"""Turning points against exact answers: fixed draws, one period, and another sample."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from forecast.case import Case
from forecast.explain import turning
from forecast.explain.judgements import judgements, moved
from forecast.explain.sensitivity_types import FACTOR, Judgement, Kind, Turn
from forecast.explain.turning import Told, changed_data, probability_if, turn
from forecast.model.data import data_of
from forecast.model.powered import powered
from forecast.readings import known_as_of
from forecast.refresh.arrays import spec_of
from tests.explain.test_judgements import one
from tests.explain.watched import FIRST, known, resampled, watched, with_truce


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


def told_of(case: Case, draws: int = 4000) -> Told:
    data = data_of(spec_of(case, known(case)))
    theta = resampled(data, draws)
    mean = powered(theta, data, 1.0)[1].mean(axis=0)
    return Told.of(case, known(case), theta, mean, draws if draws == 40_000 else 600)


def unread(case: Case) -> Told:
    """Return what is told of the first period without a reading: the start, whatever else."""
    quiet = dataclasses.replace(case, evidence=())
    nothing = known_as_of(quiet, (), FIRST.refresh_day)
    theta = resampled(data_of(spec_of(quiet, nothing)), 1000)
    return Told.of(quiet, nothing, theta, np.array([0.25, 0.75]))


def test_laid_out_as_if_solved_anew(case: Case) -> None:
    told = told_of(with_truce(case), 100)
    kinds = set()
    for judgement in judgements(told.case, told.known):
        kinds.add(judgement.kind)
        value = 0.9 * judgement.now
        quick = changed_data(told, judgement, value)
        whole = data_of(spec_of(moved(told.case, judgement, value), told.known))
        for name, part in quick._asdict().items():
            np.testing.assert_allclose(part, getattr(whole, name), err_msg=f"{judgement} {name}")
    assert kinds == set(get_args(Kind))


@pytest.mark.parametrize(
    ("kind", "whose", "value"),
    [
        ("median", {"scenario": "war"}, 40.0),
        ("lasts", {"scenario": "war"}, 4.0),
        ("level", {"scenario": "other", "item": "1"}, 0.4),
        ("trust", {"item": "B2"}, 0.6),
        ("likelihood", {"scenario": "other", "analyst": "desk"}, 0.5),
    ],
)
def test_reweighted_as_if_drawn_anew(
    case: Case, kind: Kind, whose: dict[str, str], value: float
) -> None:
    told = told_of(case, 40_000)
    judgement = one(case, kind, **whose)
    found = probability_if(told, judgement, value)
    changed = data_of(spec_of(moved(case, judgement, value), told.known))
    anew = powered(resampled(changed, 40_000, seed=8), changed, 1.0)[1].mean(axis=0)
    assert found == pytest.approx(anew, abs=0.012)
    assert abs(anew[0] - told.probability[0]) > 0.024  # it is a change that can be told


def test_what_thinning_missed_cancels(case: Case) -> None:
    told = told_of(case)
    shifted = dataclasses.replace(told, probability=np.array([0.125, 0.875]))
    judgement = one(case, "median", scenario="war")
    assert probability_if(shifted, judgement, judgement.now) == pytest.approx([0.125, 0.875])


def test_the_start_turns_at_even_odds(case: Case) -> None:
    found = turn(unread(case), one(case, "start", scenario="other"))
    assert found is not None
    assert found.leader == "war"
    assert found.change == pytest.approx(math.log(1 / 3), abs=0.1)  # odds of 3 to even ones
    assert found.change <= math.log(1 / 3)
    assert found.at == pytest.approx(1 / (1 + math.exp(-math.log(3) - found.change)))


def test_what_says_nothing_turns_nothing(case: Case) -> None:
    told = unread(case)
    for judgement in judgements(told.case, told.known):
        if judgement.kind != "start":
            assert turn(told, judgement) is None


def test_draws_that_cannot_tell_name_no_leader(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "tells", lambda *_: False)
    found = turn(unread(case), one(case, "median", scenario="war"))
    assert found is not None
    assert found.leader is None
    assert abs(found.change) < math.log(FACTOR) / 2 / 16


def looked_for(
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
    judgement: Judgement,
    lead: Callable[[float], np.ndarray | None],
) -> Turn | None:
    monkeypatch.setattr(turning, "probability_if", lambda *asked: lead(asked[-1]))
    return turn(told, judgement)


WAR, OTHER = np.array([0.6, 0.4]), np.array([0.4, 0.6])


def test_finds_where_the_leader_changes(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    told, median = unread(case), one(case, "median", scenario="war")
    found = looked_for(monkeypatch, told, median, lambda v: WAR if v > 100 else OTHER)
    assert found is not None
    assert 100 < found.at < 100 * FACTOR ** (1 / 2**6)
    assert found.change == pytest.approx(math.log(found.at / 60))


def test_a_median_may_unseat_half_way_only(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    told, median = unread(case), one(case, "median", scenario="war")
    found = looked_for(monkeypatch, told, median, lambda v: WAR if 20 < v < 40 else OTHER)
    assert found is not None
    assert 38 < found.at < 40


def test_the_smaller_change_of_two(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    told, lasts = unread(case), one(case, "lasts", scenario="war")
    found = looked_for(monkeypatch, told, lasts, lambda v: WAR if v > 20 or v < 6 else OTHER)
    assert found is not None
    assert 5.8 < found.at < 6
    assert found.change == pytest.approx(math.log(found.at / 8))


def test_a_leader_counts_for_more_than_not_knowing(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lead(value: float) -> np.ndarray | None:
        return None if value < 50 else WAR if value > 150 else OTHER

    found = looked_for(monkeypatch, unread(case), one(case, "median", scenario="war"), lead)
    assert found is not None
    assert found.leader == "war"
    assert 150 < found.at < 155


def test_a_likelihood_stays_one_that_may_be_given(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def lead(value: float) -> np.ndarray:
        seen.append(value)
        return OTHER

    for now in (1.0, 0.5, 0.02):
        judgement = Judgement("likelihood", now, "war", item="bridge", analyst="desk")
        assert looked_for(monkeypatch, unread(case), judgement, lead) is None
    assert seen == pytest.approx([0.25, 1.0, 0.125, 1.0, 0.01, 0.08])
