"""Judgements: found by address, changed under the rules of their file, or with what follows."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from forecast.case import (
    Case,
    CountExpectation,
    Judgement,
    LevelExpectation,
    Memory,
    change_of,
    changed,
    judged_now,
    judgements_of,
    load_case,
)
from forecast.errors import CaseError
from tests.judged import judged, one


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return judged(tmp_path)


def supposed(case: Case, **values: Any) -> Case:
    changes = [
        change_of(case, name.replace("__", ".").split("."), value, "--prior")
        for name, value in values.items()
    ]
    return load_case(case.root, changes)


def test_every_kind_of_judgement_can_be_changed(case: Case) -> None:
    found = supposed(
        case,
        war__start=0.25,
        other__start=0.5,
        war__lasts=[4, 20],
        other__then__war=1.0,
        strikes__memory={"last": 0.2, "halflife": 4},
        strikes__ratio__acled=[1, 3],
        truce__worth=3,
        bridge__likelihood__desk__weight=0.5,
        bridge__likelihood__field__weight=0.5,
        grades__reliability__B=0.5,
        alarm__war__probability=0.9,
        border__truce__levels__0=0.4,
        border__truce__levels__1=0.4,
        strikes__war__median=100,
        border__other__levels=[0.5, 0.3, 0.2],
        strikes__inertia=0.8,
        bridge__likelihood__desk__other=0.4,
    )
    war, _, other = found.scenarios
    assert (war.start, other.start, war.lasts_range) == (0.25, 0.5, (4.0, 20.0))
    strikes, border = found.expectations["strikes"]["war"], found.expectations["border"]["other"]
    assert isinstance(strikes, CountExpectation)
    assert isinstance(border, LevelExpectation)
    assert (strikes.median, strikes.p90, border.levels) == (100.0, 200.0, (0.5, 0.3, 0.2))
    indicators = {indicator.id: indicator for indicator in found.indicators}
    assert indicators["strikes"].inertia == 0.8
    assert indicators["strikes"].memory == Memory(0.2, 4)
    assert indicators["strikes"].ratio == {"acled": (1, 3)}
    assert found.scenarios[1].worth == 3
    assert found.evidence[0].likelihoods["desk"] == {"war": 0.5, "truce": 0.1, "other": 0.4}
    assert found.evidence[0].weights == {"desk": 0.5, "field": 0.5}
    assert found.grades["B2"] == 0.5 * case.credibility["2"]
    alarm, truce = found.expectations["alarm"]["war"], found.expectations["border"]["truce"]
    assert isinstance(alarm, LevelExpectation)
    assert isinstance(truce, LevelExpectation)
    assert (alarm.levels, truce.levels) == ((1 - 0.9, 0.9), (0.4, 0.4, 0.2))


def test_files_stay_as_they_are(case: Case) -> None:
    assert supposed(case, war__lasts=3) != case
    assert load_case(case.root) == case


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("war.lasts", 0.5, "priors/scenarios.toml, [war] lasts: must be at least 1, found 0.5"),
        ("war.lasts", "long", "priors/scenarios.toml, [war] lasts: must be a number, a range"),
        ("war.start", 0.5, "priors/scenarios.toml, start: must sum to 1 over all scenarios"),
        ("strikes.war.median", 300, "priors/strikes.toml, [war] p90: must be above the median"),
        ("border.war.levels", [0.5, 0.5], "priors/border.toml, [war] levels: must have 3"),
        ("strikes.inertia", 2, "indicators/strikes.toml, inertia: must be a number from 0 to 0.95"),
        ("bridge.likelihood.desk.war", 0.001, "[bridge.likelihood.desk] war: must be a likelihood"),
        ("strikes.memory.last", 1, "indicators/strikes.toml, memory: must be { last"),
        ("strikes.ratio.acled", 0, "indicators/strikes.toml, ratio acled: must be a number from"),
        ("grades.reliability.B", 2, "indicators/grades.toml, [reliability] B: must be a probab"),
        (
            "bridge.likelihood.desk.weight",
            0.5,
            "indicators/evidence.toml, [bridge] likelihood weight: must sum",
        ),
        ("border.war.levels.0", 0.5, "priors/border.toml, [war] levels: must sum to 1"),
        ("strikes.war.worth", 3, "priors/strikes.toml, [war] worth: must be at most 2"),
        ("war.then.other", 0.5, "priors/scenarios.toml, [war] then: must sum to 1"),
    ],
)
def test_the_rules_of_the_file_hold(case: Case, name: str, value: Any, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(case.root, [change_of(case, name.split("."), value, "--prior")])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("wra.lasts", "did you mean war?"),
        ("war.last", "did you mean lasts?"),
        ("strikes.war.medin", "did you mean median?"),
        ("border.war.median", "known: levels, worth"),
        ("strikes.peace", "known: war, truce, other, inertia, memory, ratio"),
        ("strikes.war", "strikes.war has median, p90, worth"),
        ("war.name", "known: start, lasts, then, worth"),
        ("war.lasts.low", "war.lasts is one, and has no parts"),
        ("bridge.likelihood.navy.war", "known: desk, field"),
    ],
)
def test_what_has_no_such_name_is_no_judgement(case: Case, name: str, hint: str) -> None:
    with pytest.raises(CaseError) as caught:
        change_of(case, name.split("."), 1, "--prior")
    (problem,) = caught.value.problems
    assert problem.where == "--prior"
    assert problem.rule == "must name a judgement of the case"
    assert problem.found == name
    assert problem.hint == hint


def test_what_the_case_has_now(case: Case) -> None:
    def now(name: str) -> Any:
        return judged_now(case.root, change_of(case, name.split("."), 1, "--prior"))

    assert now("other.lasts") == [10, 40]
    assert now("strikes.war.median") == 60
    assert now("strikes.inertia") is None  # left to the default
    assert now("border.war.levels.2") == 0.5
    assert now("strikes.ratio.acled") == [0.8, 2.0]
    assert now("grades.credibility.2") is None


def test_a_file_that_is_not_there_says_nothing_yet(case: Case) -> None:
    (case.root / "indicators" / "grades.toml").unlink()
    without = load_case(case.root)
    change = change_of(without, ("grades", "credibility", "2"), 0.5, "--prior")
    assert judged_now(case.root, change) is None
    assert load_case(case.root, [change]).credibility["2"] == 0.5


def as_written(case: Case, judgement: Judgement) -> Any:
    """What a file has to hold for a judgement to be as the case has it."""
    if judgement.kind == "lasts":
        [scenario] = [s for s in case.scenarios if s.id == judgement.scenario]
        return list(scenario.lasts_range) if scenario.lasts_range else scenario.lasts
    if judgement.kind == "ratio":
        [indicator] = [i for i in case.indicators if i.id == judgement.indicator]
        return list(indicator.ratio[judgement.item or ""])
    return judgement.value


def numbers(case: Case) -> dict[str, float | None]:
    return {judgement.address: judgement.value for judgement in judgements_of(case)}


def test_changed_is_what_files_with_all_that_follows_would_make(case: Case) -> None:
    for judgement in judgements_of(case):
        if judgement.value is None or (judgement.shares and judgement.value == 1):
            continue
        found = changed(case, judgement, judgement.at(-0.1))
        assert numbers(found)[judgement.address] == pytest.approx(judgement.at(-0.1))
        moved = [j for j in judgements_of(found) if j.value != numbers(case)[j.address]]
        assert judgement.address in {each.address for each in moved}
        changes = [change_of(case, j.parts, as_written(found, j), "") for j in moved]
        assert numbers(load_case(case.root, changes)) == pytest.approx(numbers(found))


def test_what_follows_a_change(case: Case) -> None:
    def moved(address: str, value: float) -> dict[str, float | None]:
        before, after = numbers(case), numbers(changed(case, one(case, address), value))
        return {name: now for name, now in after.items() if now != before[name]}

    assert moved("border.war.levels.1", 0.65) == pytest.approx(
        {"border.war.levels.0": 0.1, "border.war.levels.1": 0.65, "border.war.levels.2": 0.25}
    )
    assert moved("war.then.other", 0.3) == {"war.then.other": 0.3, "war.then.truce": 0.7}
    assert moved("other.start", 0.2) == pytest.approx(
        {"war.start": 0.4, "truce.start": 0.4, "other.start": 0.2}
    )
    assert moved("bridge.likelihood.desk.weight", 0.5) == {
        "bridge.likelihood.desk.weight": 0.5,
        "bridge.likelihood.field.weight": 0.5,
    }
    assert moved("strikes.war.median", 120) == {"strikes.war.median": 120, "strikes.war.p90": 400}
    assert moved("strikes.war.p90", 100) == {"strikes.war.p90": 100}
    assert moved("grades.reliability.B", 0.5) == {"grades.reliability.B": 0.5}


def test_a_mean_takes_its_range_with_it(case: Case) -> None:
    other, ratio = one(case, "other.lasts"), one(case, "strikes.ratio.acled")
    longer = changed(case, other, 1 + 2 * (other.now - 1)).scenarios[-1]
    assert longer.lasts_range == pytest.approx((19, 79))  # 10 to 40 before
    [strikes] = [i for i in changed(case, ratio, 2 * ratio.now).indicators if i.id == "strikes"]
    assert strikes.ratio["acled"] == pytest.approx((1.6, 4.0))


def test_a_share_that_is_all_there_is_cannot_give(case: Case) -> None:
    sure = one(case, "other.then.war")
    assert changed(case, sure, 1.0) == case
    with pytest.raises(ValueError, match="no other share"):
        changed(case, sure, 0.5)


def test_what_has_no_value_cannot_be_changed(case: Case) -> None:
    never = one(case, "other.then.truce")
    assert never.value is None
    with pytest.raises(ValueError, match=r"other\.then\.truce has no value"):
        changed(case, never, 0.5)
    with pytest.raises(ValueError, match=r"other\.then\.truce has no value"):
        never.limits()


@pytest.mark.parametrize(
    ("address", "low", "high"),
    [
        ("strikes.war.median", 15, 240),
        ("strikes.war.p90", 60 + 140 / 4, 60 + 140 * 4),
        ("war.lasts", 1 + 7 / 4, 1 + 7 * 4),
        ("bridge.likelihood.desk.war", 0.125, 1),
        ("bridge.likelihood.desk.truce", 0.025, 0.4),
        ("strikes.ratio.acled", 1.6**0.5 / 4, 4 * 1.6**0.5),
        ("strikes.war.worth", 0.5, 2),  # a judgement is worth 2 at most
        ("war.start", 1 / 61, 20 / 23),  # odds of 1 to 3
        ("border.inertia", 1 / 21, 0.95),
        ("strikes.memory.last", 1 / 31, 40 / 43),
    ],
)
def test_how_far_it_may_move(case: Case, address: str, low: float, high: float) -> None:
    judgement = one(case, address)
    assert [judgement.at(end) for end in judgement.limits()] == pytest.approx([low, high])
    assert judgement.at(0.0) == pytest.approx(judgement.now)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("war.start", "the probability of starting in War"),
        ("war.lasts", "the weeks that War lasts"),
        ("war.then.truce", "the probability that Truce follows War"),
        ("war.worth", "the worth of the judgements of what follows War"),
        ("strikes.war.median", "the median of Strikes under War"),
        ("strikes.war.p90", "the 90th percentile of Strikes under War"),
        ("strikes.war.worth", "the worth of what is expected of Strikes under War"),
        ("border.war.levels.2", "the probability of level 2 of Border under War"),
        ("alarm.war.probability", "the probability of level 1 of Alarm under War"),
        ("strikes.inertia", "the inertia of Strikes"),
        ("strikes.memory.last", "the last reading's share of what Strikes remembers"),
        ("strikes.memory.halflife", "the half-life, in weeks, of what Strikes remembers"),
        ("strikes.ratio.acled", "what acled counts of Strikes for each 1 of sohr"),
        ("bridge.likelihood.desk.war", "desk's likelihood of Bridge blown under War"),
        ("bridge.likelihood.desk.weight", "the weight of desk on Bridge blown"),
        ("grades.reliability.B", "the trust in sources of reliability B"),
        ("grades.credibility.2", "the trust in reports of credibility 2"),
    ],
)
def test_labels(case: Case, address: str, label: str) -> None:
    assert one(case, address).label == label


def test_the_only_analyst_needs_no_name(case: Case) -> None:
    [event] = case.evidence
    desk = dataclasses.replace(
        event, likelihoods={"desk": event.likelihoods["desk"]}, weights={"desk": 1.0}
    )
    alone = dataclasses.replace(case, evidence=(desk,))
    found = one(alone, "bridge.likelihood.desk.war")
    assert found.label == "the likelihood of Bridge blown under War"
