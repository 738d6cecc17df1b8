"""The grammar of ``holds_when``: what a text states, and where it stops stating anything."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.holds_when import (
    OPERATORS,
    All,
    Comparison,
    Condition,
    NoConditionError,
    Not,
    Some,
    Subject,
    Window,
    comparisons,
    parse,
)

LEVELS = ("calm", "on alert", "war")


def _level(text: str) -> float | None:
    return float(LEVELS.index(text)) if text in LEVELS else None


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


SUBJECTS = {
    "dead": Subject(_number, "must be a number"),
    "dead-4w": Subject(_number, "must be a number"),
    "posture": Subject(_level, "must be a level: calm, on alert, war"),
}
A, B, C = (Comparison("dead", ">=", n, f"{n:g}") for n in (1.0, 2.0, 3.0))
ONE, TWO, THREE = "dead >= 1", "dead >= 2", "dead >= 3"


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("dead>=1", A),
        ("  dead \n >=\t1 ", A),
        ("(((dead >= 1)))", A),
        ("dead != -1e-3", Comparison("dead", "!=", -0.001, "-1e-3")),
        ("dead-4w < .5", Comparison("dead-4w", "<", 0.5, ".5")),
        ("dead > 35%", Comparison("dead", ">", 0.35, "35%")),
        ("posture = war", Comparison("posture", "=", 2.0, "war")),
        ("posture = 'on alert'", Comparison("posture", "=", 1.0, "'on alert'")),
        ('posture >= "on alert"', Comparison("posture", ">=", 1.0, '"on alert"')),
        (f"{ONE} or {TWO} and {THREE}", Some((A, All((B, C))))),
        (f"({ONE} or {TWO}) and {THREE}", All((Some((A, B)), C))),
        (f"{ONE} or {TWO} or {THREE}", Some((A, B, C))),
        (f"not {ONE} and {TWO}", All((Not(A), B))),
        (f"not not {ONE}", Not(Not(A))),
        (f"{ONE} for 2 of 3 periods", Window(A, 2, 3)),
        (f"{ONE} for 3 of 3 weeks", Window(A, 3, 3)),
        (f"{ONE} and {TWO} for 1 of 2 weeks", All((A, Window(B, 1, 2)))),
        (f"({ONE} and {TWO}) for 1 of 2 weeks", Window(All((A, B)), 1, 2)),
        (f"{ONE} for 1 of 2 weeks for 2 of 4 weeks", Window(Window(A, 1, 2), 2, 4)),
    ],
)
def test_states(text: str, stated: Condition) -> None:
    assert parse(text, SUBJECTS, "week") == stated


@pytest.mark.parametrize(
    ("text", "at", "rule", "found"),
    [
        ("", 1, "must be the id of an indicator", "the end"),
        ("   ", 1, "must be the id of an indicator", "the end"),
        ("dead", 5, "must be one of >= > <= < = !=", "the end"),
        ("dead >=", 8, "must be a number, to be compared with dead", "the end"),
        ("dead >= war", 9, "must be a number", "war"),
        ("dead is 3", 6, "must be one of", "is"),
        ("dead == 3", 7, "must be a number", "="),
        ("posture = wra", 11, "must be a level: calm, on alert, war", "wra"),
        ("posture = on alert", 11, "must be a level", "on"),
        ("posture = and", 11, "must be a level", "and"),
        ("daed >= 3", 1, "must be an indicator or a derived measure", "daed"),
        ("dead >= 3 dead >= 3", 11, "must be followed by and, or, or for", "dead"),
        ("(dead >= 3", 11, "must be followed by and, or, for, or a closing bracket", "the end"),
        ("dead >= 3)", 10, "must be followed by", ")"),
        ("dead >= 3 && dead < 9", 11, "must be made of comparisons", "&& dead < "),
        ("dead >= 3 AND dead < 9", 11, "must be followed by", "AND"),
        ("3 <= dead", 1, "must be the id", "3"),
        ("dead >= 3 for 4 of 3 periods", 20, "must be a whole number from 4 to 520", "3"),
        ("dead >= 3 for 0 of 3 periods", 15, "must be a whole number from 1 to 520", "0"),
        ("dead >= 3 for 1 of 1 periods", 20, "must be a whole number from 2 to 520", "1"),
        ("dead >= 3 for 1.5 of 3 periods", 15, "must be a whole number", "1.5"),
        ("dead >= 3 for 2 periods", 17, "must be of", "periods"),
        ("dead >= 3 for 2 of 3 months", 22, "must be periods or weeks", "months"),
        ("dead >= 3 for 2 of 3", 21, "must be periods or weeks", "the end"),
        ("dead >= __import__('os')", 9, "must be a number", "__import__"),
        ("not " * 60 + "dead = 1", 201, "must have at most 50 conditions", "not"),
        ("(" * 60 + "dead = 1", 51, "must have at most 50 conditions", "("),
        ("dead = 1 or " * 500, 2001, "must be at most 2,000 characters", "6,000"),
    ],
)
def test_refuses_and_says_where(text: str, at: int, rule: str, found: str) -> None:
    with pytest.raises(NoConditionError) as caught:
        parse(text, SUBJECTS, "week")
    assert (caught.value.at, caught.value.found) == (at, found)
    assert caught.value.rule.startswith(rule)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("daed >= 3", "did you mean dead?"),
        ("dead & 3", "write and"),
        ("dead ≥ 3", "write >="),
        ("dead is 3", "write ="),
    ],
)
def test_hints_at_what_was_meant(text: str, hint: str) -> None:
    with pytest.raises(NoConditionError) as caught:
        parse(text, SUBJECTS, "week")
    assert caught.value.hint == hint


def test_looks_back_as_far_as_windows_within_windows_do() -> None:
    condition = parse(f"({ONE} for 1 of 3 weeks and {TWO}) for 2 of 4 weeks", SUBJECTS, "week")
    assert list(comparisons(condition)) == [(A, 6), (B, 4)]


def _comparison() -> st.SearchStrategy[Condition]:
    numbers = st.floats(-1e6, 1e6).map(lambda x: Comparison("dead", "<", x, repr(x)))
    levels = st.tuples(st.sampled_from(OPERATORS), st.sampled_from(LEVELS)).map(
        lambda pair: Comparison("posture", pair[0], float(LEVELS.index(pair[1])), f"'{pair[1]}'")
    )
    return numbers | levels


def _within(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    window = st.tuples(inner, st.integers(1, 5), st.integers(0, 5)).map(
        lambda three: Window(three[0], three[1], max(three[1] + three[2], 2))
    )
    return inner.map(Not) | several.map(All) | several.map(Some) | window


CONDITIONS = st.recursive(_comparison(), _within, max_leaves=8)


@given(condition=CONDITIONS)
def test_a_condition_is_read_back_from_its_text(condition: Condition) -> None:
    assert parse(str(condition), SUBJECTS, "week") == condition


@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["dead", "posture", ">=", "=", "3", "war", "and", "or", "not", "for", "of", "(", ")"]
        )
    ).map(" ".join)
)
def test_any_text_is_a_condition_or_stops_at_a_character_of_it(text: str) -> None:
    with suppress(NoConditionError):
        parse(text, SUBJECTS, "week")
        return
    with pytest.raises(NoConditionError, match="must ") as caught:
        parse(text, SUBJECTS, "week")
    assert 1 <= caught.value.at <= len(text) + 1
    assert (caught.value.rule + caught.value.found + caught.value.hint).isprintable()
