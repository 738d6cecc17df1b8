"""Every judgement is complete: addressed, labelled, placed, scaled, bounded and documented."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from forecast.case import (
    DEFAULT_RATIO,
    Case,
    Change,
    Judgement,
    change_of,
    changed,
    init_case,
    judged_now,
    judgements_of,
    load_case,
)
from forecast.case.folder import GRADES
from forecast.case.judgements import Kind
from forecast.errors import CaseError
from forecast.model.data import data_of
from forecast.model.packing import blocks
from forecast.readings import known_as_of
from forecast.refresh.arrays import spec_of
from tests.judged import judged

ROOT = Path(__file__).parents[2]
DOCUMENTED = dict(
    re.findall(
        r"^\| `([A-Za-z0-9.]+)`(?: \([^)]*\))? \| `([^`]+)` \|",
        (ROOT / "docs" / "case-format.md").read_text("utf-8"),
        re.MULTILINE,
    )
)


@pytest.fixture(scope="module", params=["syria", "template", "every kind"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    root = tmp_path_factory.mktemp("judged") / "case"
    if request.param == "every kind":
        return judged(root)
    init_case(root, example=request.param == "syria")
    return load_case(root)


def filled(case: Case) -> Case:
    """The case with every default that a file may leave out written out."""
    return replace(
        case,
        indicators=tuple(
            replace(i, ratio=dict.fromkeys(i.sources[1:], DEFAULT_RATIO) | i.ratio)
            if i.family == "count"
            else i
            for i in case.indicators
        ),
    )


def written(case: Case, judgement: Judgement) -> Any:
    """The present value as its file has it, or would have."""
    found = judged_now(case.root, change_of(case, judgement.parts, None, "test"))
    if found is None and judgement.kind == "ratio":
        return list(DEFAULT_RATIO)
    return judgement.value if found is None else found


def test_addresses_differ(case: Case) -> None:
    addresses = [judgement.address for judgement in judgements_of(case)]
    assert len(set(addresses)) == len(addresses) > 30


def test_set_to_its_own_value_the_case_is_the_same(case: Case) -> None:
    for judgement in judgements_of(case):
        if judgement.value is not None:
            assert changed(case, judgement, judgement.value).scenarios == case.scenarios
            assert filled(changed(case, judgement, judgement.value)) == filled(case)
    changes = [
        change_of(case, judgement.parts, written(case, judgement), "test")
        for judgement in judgements_of(case)
        if judgement.value is not None
    ]
    assert filled(load_case(case.root, changes)) == filled(case)


def test_it_stands_in_a_file(case: Case) -> None:
    for judgement in judgements_of(case):
        assert (case.root / judgement.file).is_file() or judgement.file == GRADES  # optional
        assert judgement.parts[-len(judgement.keys) :] == judgement.keys


def test_it_has_words_of_its_own(case: Case) -> None:
    labels = [judgement.label for judgement in judgements_of(case)]
    assert all(label.strip() == label and " " in label for label in labels)
    assert len(set(labels)) == len(labels)


def test_it_moves_on_its_scale_and_stays_within_the_rules(case: Case) -> None:
    for judgement in judgements_of(case):
        if judgement.value is None or (judgement.shares and judgement.value == 1):
            continue
        down, up = judgement.limits()
        assert down <= 0 <= up
        assert down < up
        for end in (down, up):
            value = judgement.at(end)
            found = changed(case, judgement, value)
            [now] = [j.value for j in judgements_of(found) if j.address == judgement.address]
            assert now == pytest.approx(value)
            slack = 1e-9 * abs(value)
            assert judgement.low - slack <= value <= judgement.high + slack


def test_its_bounds_are_those_of_its_file(case: Case) -> None:
    """A hair within them is taken, if it is no share; a hair beyond is refused."""
    seen = set()
    for judgement in judgements_of(case):
        if judgement.value is None or judgement.kind in seen:
            continue
        seen.add(judgement.kind)
        for end, sign in ((judgement.low, -1), (judgement.high, 1)):
            if not math.isfinite(end):
                continue
            inside, beyond = ((1 - s * 5e-4) * end if end else -s * 1e-3 for s in (sign, -sign))
            with pytest.raises(CaseError):
                load_case(case.root, [to(case, judgement, beyond)])
            if not judgement.shares:
                load_case(case.root, [to(case, judgement, inside)])


def to(case: Case, judgement: Judgement, value: float) -> Change:
    """The change of its file that makes it so, a range as wide as it was."""
    before = written(case, judgement)
    if isinstance(before, list):
        above = judgement.above
        factor = (value - above) / (judgement.now - above)
        return change_of(case, judgement.parts, [above + (n - above) * factor for n in before], "")
    return change_of(case, judgement.parts, value, "test")


def test_its_parameters_are_the_models(case: Case) -> None:
    found = {block for judgement in judgements_of(case) for block in judgement.parameters}
    known = known_as_of(case, (), case.first.refresh_day)
    free = {
        name for name, at in blocks(data_of(spec_of(case, known))).items() if at.start < at.stop
    }
    assert found <= free
    assert free - found <= {"shared"}  # whether counts share a shock is no number


def test_it_is_documented(case: Case) -> None:
    for judgement in judgements_of(case):
        assert DOCUMENTED[pattern(judgement)] == re.sub(
            rf"/{judgement.indicator}\.", "/INDICATOR.", judgement.file
        )


def pattern(judgement: Judgement) -> str:
    """The address with the names of places in place of ids."""
    match judgement.kind:
        case "reliability":
            return "grades.reliability.LETTER"
        case "credibility":
            return "grades.credibility.DIGIT"
        case "likelihood":
            before = "before." if judgement.before else ""
            return f"EVENT.likelihood.ANALYST.{before}SCENARIO"
        case "sign":
            when = "before.SCENARIO" if judgement.scenario else "otherwise"
            return f"MEASURE.{when}.{judgement.parts[-1]}"
        case "weight":
            return "EVENT.likelihood.ANALYST.weight"
    names = {"then": "OTHER", "level": "N", "ratio": "SOURCE", "over": "PERIODS"}
    parts = list(judgement.parts)
    if judgement.kind in names:
        parts[-1] = names[judgement.kind]
    whose = [n for n in ("INDICATOR", "SCENARIO") if getattr(judgement, n.lower())]
    return ".".join([*whose, *parts[len(whose) :]])


def test_what_is_documented_is_there(tmp_path: Path) -> None:
    every = [*judgements_of(judged(tmp_path / "case"))]
    assert {pattern(judgement) for judgement in every} == {
        address for address in DOCUMENTED if "." in address and address[0].isupper()
    } | {"grades.reliability.LETTER", "grades.credibility.DIGIT"}
    assert {judgement.kind for judgement in every} == {*get_args(Kind)}
