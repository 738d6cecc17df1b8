from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import (
    BusyError,
    CaseError,
    FitError,
    ForecastError,
    LedgerError,
    Problem,
    PullError,
    ReadingError,
    UsageError,
    did_you_mean,
    printable,
    show,
)


def test_a_problem_reads_as_one_sentence() -> None:
    problem = Problem("priors/scenarios.toml, [other] start", "must sum to 1", "0.9", "add 0.1")
    assert (
        str(problem) == "priors/scenarios.toml, [other] start: must sum to 1, found 0.9 (add 0.1)"
    )


def test_a_problem_leaves_out_what_it_does_not_know() -> None:
    assert str(Problem("indicators/x.toml", "must exist")) == "indicators/x.toml: must exist"


def test_an_error_carries_all_problems_one_per_line() -> None:
    problems = Problem("a", "must exist"), Problem("b", "must be text")
    error = CaseError(*problems)
    assert error.problems == problems
    assert str(error) == "a: must exist\nb: must be text"


@pytest.mark.parametrize(
    "kind", [BusyError, CaseError, FitError, LedgerError, PullError, ReadingError, UsageError]
)
def test_every_error_is_a_forecast_error(kind: type[ForecastError]) -> None:
    assert issubclass(kind, ForecastError)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("strat", ["name", "start"], "did you mean start?"),
        ("xyz", ["name", "start"], "known: name, start"),
        ("xyz", [], ""),
        ("strat", [*map(str, range(2000)), "start"], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("a\nb\x1b[31m", r"a\nb\x1b[31m"),
        ("حلب", "حلب"),
        (True, "true"),
        (float("nan"), "nan"),
        (date(2024, 12, 2), "2024-12-02"),
        ([1, "a"], "[1, 'a']"),
        ("x" * 61, "x" * 57 + "..."),
    ],
)
def test_a_value_is_shown_as_it_stands_in_its_file(value: object, shown: str) -> None:
    assert show(value) == shown


def test_a_number_of_too_many_digits_is_still_shown() -> None:
    assert show(16**5000) == "int too long to show"


def test_a_value_nested_too_deeply_is_still_shown() -> None:
    nested: object = 0
    for _ in range(100_000):
        nested = [nested]
    assert show(nested) == "list too long to show"


@settings(derandomize=True)
@given(st.text())
def test_whatever_is_shown_is_one_short_printable_line(text: str) -> None:
    assert show(text).isprintable()
    assert len(show(text)) <= 60
    assert printable(text).isprintable()
