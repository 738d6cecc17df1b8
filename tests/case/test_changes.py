"""Judgements changed for a question: found by name, and held to the rules of their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forecast.case import (
    Case,
    CountExpectation,
    LevelExpectation,
    change_of,
    judged_now,
    load_case,
)
from forecast.errors import CaseError
from tests.factories import make_case

EVENT = """\
[bridge]
name      = "Bridge blown"
period    = "2024-W41"
published = 2024-10-14
grade     = "B2"
url       = "https://example.org"
because   = "Nobody else has the means"
[bridge.likelihood.desk]
weight = 1.0
war    = 0.5
other  = 0.2
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    make_case(tmp_path)
    (tmp_path / "indicators" / "evidence.toml").write_text(EVENT, "utf-8")
    return load_case(tmp_path)


def changed(case: Case, **values: Any) -> Case:
    changes = [
        change_of(case, name.replace("__", ".").split("."), value, "--prior")
        for name, value in values.items()
    ]
    return load_case(case.root, changes)


def test_every_kind_of_judgement_can_be_changed(case: Case) -> None:
    found = changed(
        case,
        war__start=0.5,
        other__start=0.5,
        war__lasts=[4, 20],
        other__then__war=1.0,
        strikes__war__median=100,
        border__other__levels=[0.5, 0.3, 0.2],
        strikes__inertia=0.8,
        bridge__likelihood__desk__other=0.4,
    )
    war, other = found.scenarios
    assert (war.start, other.start, war.lasts_range) == (0.5, 0.5, (4.0, 20.0))
    strikes, border = found.expectations["strikes"]["war"], found.expectations["border"]["other"]
    assert isinstance(strikes, CountExpectation)
    assert isinstance(border, LevelExpectation)
    assert (strikes.median, strikes.p90, border.levels) == (100.0, 200.0, (0.5, 0.3, 0.2))
    assert found.indicators[1].inertia == 0.8
    assert found.evidence[0].likelihoods == {"desk": {"war": 0.5, "other": 0.4}}


def test_files_stay_as_they_are(case: Case) -> None:
    assert changed(case, war__lasts=3) != case
    assert load_case(case.root) == case


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("war.lasts", 0.5, "priors/scenarios.toml, [war] lasts: must be at least 1, found 0.5"),
        ("war.lasts", "long", "priors/scenarios.toml, [war] lasts: must be a number or a range"),
        ("war.start", 0.5, "priors/scenarios.toml, start: must sum to 1 over all scenarios"),
        ("strikes.war.median", 300, "priors/strikes.toml, [war] p90: must be above the median"),
        ("border.war.levels", [0.5, 0.5], "priors/border.toml, [war] levels: must have 3"),
        ("strikes.inertia", 2, "indicators/strikes.toml, inertia: must be a number from 0 to 0.95"),
        ("bridge.likelihood.desk.war", 0, "[bridge.likelihood.desk] war: must be a likelihood"),
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
        ("strikes.peace", "known: inertia, war, other"),
        ("strikes.war", "strikes.war has median, p90, worth"),
        ("war.name", "known: start, lasts, then, worth"),
        ("war.lasts.low", "war.lasts is one, and has no parts"),
        ("bridge.likelihood.field.war", "known: desk"),
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
