"""Each judgement is found once, and moved without moving what it should not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from forecast.case import Case, CountExpectation, LevelExpectation
from forecast.explain.judgements import judgements, moved
from forecast.explain.sensitivity_types import Judgement, Kind
from forecast.families import FAMILIES
from tests.explain.watched import known, watched, with_truce


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return watched(tmp_path)


def one(case: Case, kind: Kind, **whose: str) -> Judgement:
    found = [j for j in judgements(case, known(case)) if j.kind == kind]
    (judgement,) = [j for j in found if all(getattr(j, k) == v for k, v in whose.items())]
    return judgement


def test_every_judgement_once(case: Case) -> None:
    found = list(judgements(case, known(case)))
    assert len(set(found)) == len(found)
    kinds = [judgement.kind for judgement in found]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "start": 1,  # of two, one says it all
        "lasts": 2,
        "median": 2,
        "p90": 2,
        "inertia": 2,
        "level": 4,  # of three levels two were read
        "likelihood": 4,
        "trust": 3,
    }


def test_one_indicator(case: Case) -> None:
    found = list(judgements(case, known(case), "border"))
    assert {(j.kind, j.indicator) for j in found} == {("level", "border"), ("inertia", "border")}


def test_what_was_never_reported_is_not_moved(case: Case) -> None:
    silent = dataclasses.replace(known(case), speaking={})
    quiet = dataclasses.replace(case, evidence=())
    kinds = {judgement.kind for judgement in judgements(quiet, silent)}
    assert not kinds & {"level", "trust", "likelihood"}


def test_the_only_analyst_needs_no_name(case: Case) -> None:
    only = dataclasses.replace(case.evidence[0], likelihoods={"desk": {"war": 0.5, "other": 0.2}})
    alone = dataclasses.replace(case, evidence=(only,))
    judgement = one(alone, "likelihood", scenario="war")
    assert judgement.analyst is None
    changed = moved(alone, judgement, 0.9).evidence[0]
    assert changed.likelihoods == {"desk": {"war": 0.9, "other": 0.2}}


def test_moved_to_where_it_is_nothing_moves_and_elsewhere_something_does(case: Case) -> None:
    for judgement in judgements(case, known(case)):
        assert numbers(moved(case, judgement, judgement.now)) == pytest.approx(numbers(case))
        assert numbers(moved(case, judgement, 0.9 * judgement.now)) != pytest.approx(numbers(case))


def numbers(case: Case) -> list[float]:
    """Return all that can be moved."""
    found = [i.inertia for i in case.indicators] + list(case.grades.values())
    for scenario in case.scenarios:
        found += [scenario.start, scenario.lasts, *(scenario.lasts_range or ())]
        found += scenario.then.values()
    for indicator in case.indicators:
        for expected in case.expectations[indicator.id].values():
            found += FAMILIES[indicator.family].numbers(expected)
    for event in case.evidence:
        found += [value for each in event.likelihoods.values() for value in each.values()]
    return found


def test_a_share_takes_from_the_others_in_proportion(case: Case) -> None:
    changed = moved(case, one(case, "level", scenario="war", item="1"), 0.65)
    expected = changed.expectations["border"]["war"]
    assert isinstance(expected, LevelExpectation)
    assert expected.levels == pytest.approx((0.1, 0.65, 0.25))  # 0.2, 0.3, 0.5 before
    assert changed.expectations["border"]["other"] == case.expectations["border"]["other"]
    assert changed.expectations["strikes"] == case.expectations["strikes"]


def test_a_successor_takes_from_the_others(case: Case) -> None:
    wider = with_truce(case)
    changed = moved(wider, one(wider, "then", scenario="war"), 0.3)
    assert changed.scenarios[0].then == pytest.approx({"other": 0.7, "truce": 0.3})  # even before
    assert changed.scenarios[1:] == wider.scenarios[1:]


def test_a_median_takes_its_p90_with_it_and_not_the_other_way(case: Case) -> None:
    wide = moved(case, one(case, "median", scenario="war"), 120.0).expectations["strikes"]["war"]
    assert isinstance(wide, CountExpectation)
    assert (wide.median, wide.p90) == (120.0, 400.0)
    flat = moved(case, one(case, "p90", scenario="war"), 100.0).expectations["strikes"]["war"]
    assert isinstance(flat, CountExpectation)
    assert (flat.median, flat.p90) == (60.0, 100.0)


def test_a_duration_takes_its_range_with_it(case: Case) -> None:
    other = case.scenarios[1]
    changed = moved(case, one(case, "lasts", scenario="other"), 1 + 2 * (other.lasts - 1))
    assert changed.scenarios[1].lasts_range == pytest.approx((19, 79))  # 10 to 40 before
    assert changed.scenarios[0] == case.scenarios[0]


def test_start_inertia_likelihood_and_trust(case: Case) -> None:
    changed = moved(case, one(case, "start"), 0.4)
    assert sum(scenario.start for scenario in changed.scenarios) == pytest.approx(1)
    assert changed.scenarios[1].start == 0.4
    held = moved(case, one(case, "inertia", indicator="border"), 0.9).indicators
    assert {indicator.id: indicator.inertia for indicator in held} == {
        "strikes": 0.5,
        "border": 0.9,
    }
    by_field = moved(case, one(case, "likelihood", scenario="war", analyst="field"), 0.1)
    assert by_field.evidence[0].likelihoods["field"] == {"war": 0.1, "other": 0.3}
    assert by_field.evidence[0].likelihoods["desk"] == {"war": 0.5, "other": 0.2}
    doubted = moved(case, one(case, "trust", item="B2"), 0.4).grades
    assert doubted == case.grades | {"B2": 0.4}
