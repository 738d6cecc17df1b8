"""Conditions on readings: what is met, what is not known, and which scenarios that leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case import Case, Derived
from forecast.case.holds_when import Condition, Subject, parse
from forecast.periods import Period
from forecast.readings import OutcomeDraft, Reading, known_as_of, outcome_drafts
from forecast.readings.drafts import is_met
from tests.case.test_holds_when import CONDITIONS
from tests.factories import make_case
from tests.readings.test_derived import read

ANYTHING = (-math.inf, math.inf)
SUBJECTS = {name: Subject(float, "must be a number") for name in ("a", "b")}


def condition(text: str) -> Condition:
    return parse(text, SUBJECTS, "week")


@pytest.mark.parametrize(
    ("sign", "of_5", "at_least_5", "to_5", "not_known"),
    [  # against 5, whichever of 3, 5 and 7 it is compared with
        (">=", (True, True, False), (True, True, None), (None, None, False), None),
        (">", (True, False, False), (True, None, None), (None, False, False), None),
        ("<", (False, False, True), (False, False, None), (None, None, True), None),
        ("<=", (False, True, True), (False, None, None), (None, True, True), None),
        ("=", (False, True, False), (False, None, None), (None, None, False), None),
        ("!=", (True, False, True), (True, None, None), (None, None, True), None),
    ],
)
def test_a_comparison_is_known_as_far_as_the_reading_is(
    sign: str, of_5: Any, at_least_5: Any, to_5: Any, not_known: None
) -> None:
    bounds = {(5.0, 5.0): of_5, (5.0, math.inf): at_least_5, (0.0, 5.0): to_5}
    for each, expected in bounds.items():
        found = tuple(is_met(condition(f"a {sign} {n}"), 0, {"a": [each]}) for n in (3, 5, 7))
        assert found == expected, each
    assert is_met(condition(f"a {sign} 5"), 0, {"a": [ANYTHING]}) is not_known


T, F = (1.0, 1.0), (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "a", "b", "met"),
    [
        ("a = 1 and b = 1", [T], [T], True),
        ("a = 1 and b = 1", [F], [ANYTHING], False),
        ("a = 1 and b = 1", [T], [ANYTHING], None),
        ("a = 1 or b = 1", [T], [ANYTHING], True),
        ("a = 1 or b = 1", [F], [ANYTHING], None),
        ("a = 1 or b = 1", [F], [F], False),
        ("not a = 1", [F], [], True),
        ("not a = 1", [ANYTHING], [], None),
        ("a = 1 for 2 of 3 weeks", [T, F, T], [], True),
        ("a = 1 for 2 of 3 weeks", [T, F, ANYTHING], [], None),
        ("a = 1 for 2 of 3 weeks", [F, F, ANYTHING], [], False),
        ("a = 1 for 2 of 3 weeks", [T, T, ANYTHING], [], True),
        ("a = 1 for 2 of 3 weeks", [T, T], [], True),  # before the first period nothing is known
        ("a = 1 for 2 of 3 weeks", [F, T], [], None),
        ("a = 1 for 2 of 3 weeks", [T, F, F, F], [], False),
    ],
)
def test_what_is_not_known_counts_only_where_it_matters(
    text: str, a: list[Any], b: list[Any], met: bool | None
) -> None:
    assert is_met(condition(text), len(a) - 1, {"a": a, "b": b}) is met


BOUNDS = st.sampled_from([ANYTHING, (0.0, 2.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (2.0, 2.0)])


@given(
    stated=CONDITIONS,
    dead=st.lists(BOUNDS, min_size=6, max_size=6),
    posture=st.lists(BOUNDS, min_size=6, max_size=6),
    data=st.data(),
)
def test_what_is_settled_stays_so_whatever_is_read_then(
    stated: Condition, dead: Sequence[Any], posture: Sequence[Any], data: st.DataObject
) -> None:
    def final(bounds: Sequence[Any]) -> list[Any]:
        within = [[x for x in (0.0, 1.0, 2.0) if low <= x <= high] for low, high in bounds]
        values = [data.draw(st.sampled_from(each)) for each in within]
        return [(x, x) for x in values]

    early = is_met(stated, 5, {"dead": dead, "posture": posture})
    late = is_met(stated, 5, {"dead": final(dead), "posture": final(posture)})
    assert early is None or late is None or early is late


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("drafts") / "case")  # weekly, from 2024-W40


LATE = date(2024, 12, 10)
WEEK = Period.parse("2024-W48")


def with_tests(case: Case, *tests: str | None, derived: tuple[Derived, ...] = ()) -> Case:
    """A case of three scenarios, the last ``other``, with these tests of the others."""
    names = ("strikes", "border", *(each.id for each in derived))
    known = {name: Subject(float, "must be a number") for name in names}
    war, other = case.scenarios
    scenarios = [
        replace(war, id=f"s{n}", holds_when=parse(text, known, "week") if text else None)
        for n, text in enumerate(tests)
    ]
    return replace(case, scenarios=(*scenarios, other), derived=derived)


def drafted(case: Case, *rows: Reading, as_of: date = LATE) -> OutcomeDraft:
    (draft,) = outcome_drafts(case, known_as_of(case, rows, as_of), [WEEK])
    return draft


MANY, FEW = "strikes >= 50", "strikes < 5"


@pytest.mark.parametrize(
    ("tests", "value", "possible"),
    [
        ((MANY, FEW), 60, ("s0",)),
        ((MANY, FEW), 3, ("s1",)),
        ((MANY, FEW), 20, ("other",)),
        ((MANY, FEW), None, ("s0", "s1", "other")),
        ((MANY, "strikes >= 10"), 60, ("s0",)),  # the first that is met, holds
        ((None, MANY), 60, ("s0", "s1")),  # what stands above it may hold for all that is known
        ((None, MANY), 20, ("s0", "other")),
        ((MANY, None), 60, ("s0",)),
        ((MANY, None), 20, ("s1", "other")),
    ],
)
def test_the_list_is_gone_through_from_the_top(
    case: Case, tests: tuple[str | None, ...], value: float | None, possible: tuple[str, ...]
) -> None:
    rows = [] if value is None else [read("2024-W48", value)]
    assert drafted(with_tests(case, *tests), *rows).possible == possible


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (read("2024-W48", 60, days=4), True),
        (read("2024-W48", 40, days=4), None),  # 70 a week at that pace, and no one knows
        (read("2024-W48", 40), False),
        (read("2024-W47", 200, span=2), None),
        (read("2024-W47", 40, span=2), False),
        (read("2024-W48", 60, grade="F6"), None),
        (read("2024-W48", 60, scope="country"), None),
        (read("2024-W48", 60, "2024-12-11"), None),  # published after the day
    ],
)
def test_a_reading_says_what_it_says_for_certain(
    case: Case, row: Reading, met: bool | None
) -> None:
    trusting_none = replace(case, reliability=case.reliability | {"F": 0.0})
    draft = drafted(with_tests(trusting_none, MANY), row)
    assert draft.verdicts[0].met is met


def test_a_derived_measure_is_tested_once_its_period_is_read_whole(case: Case) -> None:
    mean = Derived(id="pace", name="Pace", source="strikes", take="mean", over=2)
    both = with_tests(case, "pace >= 50", derived=(mean,))
    before = read("2024-W47", 90)
    assert drafted(both, before).verdicts[0].met is None
    assert drafted(both, before, read("2024-W48", 80, days=4)).verdicts[0].met is None
    draft = drafted(both, before, read("2024-W48", 10))
    assert draft.verdicts[0].met is True
    assert [(f.subject, f.value, f.reading) for f in draft.verdicts[0].facts] == [
        ("pace", 50, None)
    ]


def test_the_facts_are_all_that_the_test_looks_at(case: Case) -> None:
    draft = drafted(
        with_tests(case, f"{MANY} for 2 of 3 weeks or border = 2"), read("2024-W47", 60)
    )
    facts = draft.verdicts[0].facts
    assert [(f.subject, str(f.period), f.value) for f in facts] == [
        ("strikes", "2024-W46", None), ("strikes", "2024-W47", 60), ("strikes", "2024-W48", None),
        ("border", "2024-W48", None),
    ]  # fmt: skip


def test_a_period_that_had_not_ended_is_not_known(case: Case) -> None:
    draft = drafted(with_tests(case, MANY), read("2024-W48", 60), as_of=date(2024, 12, 1))
    assert draft.verdicts[0].met is None
