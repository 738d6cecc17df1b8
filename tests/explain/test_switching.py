"""Switching values against exact answers: fixed draws, one period, and another sample."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from forecast.case import Case, Judgement, changed, judgements_of
from forecast.case.judgements import FACTOR, Kind
from forecast.explain import switching
from forecast.explain.switching import (
    Reference,
    SwitchingValue,
    changed_data,
    movable,
    probability_if,
    switching_value,
)
from forecast.model.data import data_of
from forecast.model.powered import powered
from forecast.readings import known_as_of
from forecast.refresh.arrays import spec_of
from tests.explain.watched import AS_OF, FIRST, known, readings, resampled, watched
from tests.judged import judged, one


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


def reference_of(case: Case, draws: int = 4000) -> Reference:
    data = data_of(spec_of(case, known(case)))
    theta = resampled(data, draws)
    mean = powered(theta, data, 1.0)[1].mean(axis=0)
    return Reference.of(case, known(case), theta, mean, draws if draws == 40_000 else 600)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return reference_of(watched(tmp_path_factory.mktemp("case")), 40_000)


def unread(case: Case) -> Reference:
    """The first period without a reading: the start is all there is."""
    quiet = dataclasses.replace(case, evidence=())
    nothing = known_as_of(quiet, (), FIRST.refresh_day)
    theta = resampled(data_of(spec_of(quiet, nothing)), 1000)
    return Reference.of(quiet, nothing, theta, np.array([0.25, 0.75]))


def test_laid_out_as_if_solved_anew(tmp_path: Path) -> None:
    reference = reference_of(judged(tmp_path / "judged"), 100)
    kinds = set()
    for judgement in judgements_of(reference.case):
        if judgement.value is None or (judgement.shares and judgement.value == 1):
            continue
        kinds.add(judgement.kind)
        value = judgement.at(-0.1)
        quick = changed_data(reference, judgement, value)
        whole = data_of(spec_of(changed(reference.case, judgement, value), reference.known))
        for name, part in quick._asdict().items():
            np.testing.assert_allclose(part, getattr(whole, name), err_msg=f"{judgement} {name}")
    assert kinds == set(get_args(Kind))


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("strikes.war.median", 40.0),
        ("war.lasts", 4.0),
        ("border.other.levels.1", 0.4),
        ("grades.reliability.B", 0.6),
        ("bridge.likelihood.desk.other", 0.5),
    ],
)
def test_reweighted_as_if_drawn_anew(reference: Reference, address: str, value: float) -> None:
    case = reference.case
    judgement = one(case, address)
    found = probability_if(reference, judgement, value)
    data = data_of(spec_of(changed(case, judgement, value), reference.known))
    anew = powered(resampled(data, 40_000, seed=8), data, 1.0)[1].mean(axis=0)
    assert found == pytest.approx(anew, abs=0.012)
    assert abs(anew[0] - reference.probability[0]) > 0.024  # more than draws differ by


def test_what_thinning_missed_cancels(case: Case) -> None:
    reference = reference_of(case)
    shifted = dataclasses.replace(reference, probability=np.array([0.125, 0.875]))
    judgement = one(case, "strikes.war.median")
    assert probability_if(shifted, judgement, judgement.now) == pytest.approx([0.125, 0.875])


def test_the_start_switches_at_even_odds(case: Case) -> None:
    found = switching_value(unread(case), one(case, "other.start"))
    assert found is not None
    assert found.leader == "war"
    assert found.change == pytest.approx(math.log(1 / 3), abs=0.1)  # odds of 3 to even ones
    assert found.change <= math.log(1 / 3)
    assert found.at == pytest.approx(1 / (1 + math.exp(-math.log(3) - found.change)))


def test_without_readings_nothing_else_switches(case: Case) -> None:
    reference = unread(case)
    for judgement in movable(reference.case, reference.known):
        if judgement.kind != "start":
            assert switching_value(reference, judgement) is None


def test_draws_that_cannot_tell_name_no_leader(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switching, "tells", lambda *_: False)
    found = switching_value(unread(case), one(case, "strikes.war.median"))
    assert found is not None
    assert found.leader is None
    assert abs(found.change) < math.log(FACTOR) / 2 / 16


def looked_for(
    monkeypatch: pytest.MonkeyPatch,
    reference: Reference,
    judgement: Judgement,
    lead: Callable[[float], np.ndarray | None],
) -> SwitchingValue | None:
    monkeypatch.setattr(switching, "probability_if", lambda *given: lead(given[-1]))
    return switching_value(reference, judgement)


WAR, OTHER = np.array([0.6, 0.4]), np.array([0.4, 0.6])


def test_finds_where_the_leader_changes(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, median = unread(case), one(case, "strikes.war.median")
    found = looked_for(monkeypatch, reference, median, lambda v: WAR if v > 100 else OTHER)
    assert found is not None
    assert 100 < found.at < 100 * FACTOR ** (1 / 2**6)
    assert found.change == pytest.approx(math.log(found.at / 60))


def test_a_median_may_unseat_half_way_only(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, median = unread(case), one(case, "strikes.war.median")
    found = looked_for(monkeypatch, reference, median, lambda v: WAR if 20 < v < 40 else OTHER)
    assert found is not None
    assert 38 < found.at < 40


def test_the_smaller_change_of_two(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, lasts = unread(case), one(case, "war.lasts")
    found = looked_for(monkeypatch, reference, lasts, lambda v: WAR if v > 20 or v < 6 else OTHER)
    assert found is not None
    assert 5.8 < found.at < 6
    assert found.change == pytest.approx(math.log(found.at / 8))


def test_a_leader_counts_for_more_than_not_knowing(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lead(value: float) -> np.ndarray | None:
        return None if value < 50 else WAR if value > 150 else OTHER

    found = looked_for(monkeypatch, unread(case), one(case, "strikes.war.median"), lead)
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
        judgement = dataclasses.replace(one(case, "bridge.likelihood.desk.war"), value=now)
        assert looked_for(monkeypatch, unread(case), judgement, lead) is None
    assert seen == pytest.approx([0.25, 1.0, 0.125, 1.0, 0.01, 0.08])


def addresses(case: Case, **others: Any) -> set[str]:
    return {judgement.address for judgement in movable(case, known(case), **others)}


def test_every_judgement_the_forecast_hangs_on_may_move_once(case: Case) -> None:
    found = [judgement.kind for judgement in movable(case, known(case))]
    assert Counter(found) == {
        "start": 1,  # of two, one says it all
        "lasts": 2,
        "median": 2,
        "p90": 2,
        "inertia": 2,
        "level": 4,  # of three levels two were read
        "likelihood": 4,
        "weight": 1,
        "reliability": 3,
        "credibility": 2,
    }


def test_kinds_that_may_move(tmp_path: Path) -> None:
    case = judged(tmp_path / "judged")
    [first, *_] = readings()
    rows = (
        *readings(),
        dataclasses.replace(first, source="acled"),
        dataclasses.replace(first, indicator="alarm", value=1.0, source="desk", scope="country"),
    )
    everything = known_as_of(case, rows, AS_OF)
    kinds = {judgement.kind for judgement in movable(case, everything)}
    assert kinds == set(get_args(Kind)) - {"worth"}  # the power of priors varies it
    assert "strikes.ratio.acled" not in addresses(case)  # of which nothing was read


def test_of_one_indicator(case: Case) -> None:
    found = addresses(case, only="border")
    assert found == {
        "border.inertia", "border.war.levels.0", "border.war.levels.1",
        "border.other.levels.0", "border.other.levels.1",
    }  # fmt: skip


def test_what_was_never_reported_does_not_move(case: Case) -> None:
    silent = dataclasses.replace(known(case), speaking={})
    quiet = dataclasses.replace(case, evidence=())
    kinds = {judgement.kind for judgement in movable(quiet, silent)}
    assert not kinds & {"level", "reliability", "credibility", "likelihood", "weight"}
