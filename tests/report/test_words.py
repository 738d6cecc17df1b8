"""Rounding and words: every boundary, and what no number may do."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.periods import Period
from forecast.report.view import words

probabilities = st.floats(0, 1)


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "<1 %"),
        (0.0099, "<1 %"),
        (0.01, "1 %"),
        (0.522, "52 %"),
        (0.125, "13 %"),
        (0.99, "99 %"),
        (0.9901, ">99 %"),
        (1.0, ">99 %"),
    ],
)
def test_percent(probability: float, expected: str) -> None:
    assert words.percent(probability) == expected


@given(probabilities)
def test_percent_is_whole_and_never_certain(probability: float) -> None:
    assert re.fullmatch(r"(<1|>99|[1-9]\d?) %", words.percent(probability))


@given(probabilities, probabilities)
def test_percent_never_reverses_an_order(one: float, other: float) -> None:
    rank = {"<1": 0, ">99": 100}
    first, second = (words.bare_percent(p) for p in sorted((one, other)))
    assert rank.get(first, int(first.strip("<>"))) <= rank.get(second, int(second.strip("<>")))


@pytest.mark.parametrize(
    ("lowest", "highest", "term"),
    [
        (0, 4, "almost no chance"),
        (5, 19, "very unlikely"),
        (20, 44, "unlikely"),
        (45, 54, "roughly even"),
        (55, 79, "likely"),
        (80, 94, "very likely"),
        (95, 100, "almost certain"),
    ],
)
def test_icd203_every_per_cent(lowest: int, highest: int, term: str) -> None:
    found = {words.estimative(value / 100, "icd203") for value in range(lowest, highest + 1)}
    assert found == {term}


@pytest.mark.parametrize(
    ("lowest", "highest", "term"),
    [  # the yardstick's own bands, each with the nearer half of the gaps beside it
        (0, 7, "a remote chance"),
        (8, 22, "highly unlikely"),
        (23, 37, "unlikely"),
        (38, 52, "a realistic possibility"),
        (53, 77, "likely"),
        (78, 92, "highly likely"),
        (93, 100, "almost certain"),
    ],
)
def test_phia_every_per_cent(lowest: int, highest: int, term: str) -> None:
    found = {words.estimative(value / 100, "phia") for value in range(lowest, highest + 1)}
    assert found == {term}


@pytest.mark.parametrize("language", ["icd203", "phia"])
@given(probability=st.floats(0.01, 0.99))
def test_word_goes_with_the_printed_number(language: str, probability: float) -> None:
    printed = int(words.bare_percent(probability)) / 100
    assert words.estimative(probability, language) == words.estimative(printed, language)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.27, 0.74, "27-74"), (0.001, 0.03, "<1 to 3"), (0.88, 0.999, "88 to >99")],
)
def test_range(low: float, high: float, expected: str) -> None:
    assert words.percent_range(low, high) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [(0.449, "up 45"), (-0.69, "down 69"), (0.0049, "same"), (-0.005, "down 1"), (0.0, "same")],
)
def test_points(change: float, expected: str) -> None:
    assert words.points(change) == expected


@pytest.mark.parametrize(
    ("value", "full", "short"),
    [
        (0, "0", "0"),
        (3.5, "3.5", "3.5"),
        (52, "52", "52"),
        (9_999, "9,999", "9,999"),
        (10_000, "10,000", "10k"),
        (48_500, "48,500", "48.5k"),
        (999_999, "999,999", "1M"),
        (1_234_567, "1,234,567", "1.2M"),
        (float("nan"), "unknown", "unknown"),
    ],
)
def test_numbers(value: float, full: str, short: str) -> None:
    assert (words.number(value), words.short_number(value)) == (full, short)


@given(st.floats(0, 9.99e11))
def test_short_numbers_stay_short(value: float) -> None:
    assert len(words.short_number(value)) <= 5


@pytest.mark.parametrize(
    ("log_factor", "expected"),
    [(0.0, "1.0 to 1"), (1.13, "3.1 to 1"), (-1.13, "3.1 to 1"), (3.0, "20 to 1")],
)
def test_odds(log_factor: float, expected: str) -> None:
    assert words.odds(log_factor) == expected


def test_odds_beyond_all_floats() -> None:
    assert words.odds(5000.0) == "over 1,000 to 1"


def test_sparkline_shows_gaps_and_starts_at_zero() -> None:
    assert words.sparkline([0.0, None, 5, 10]) == "▁·▅█"
    assert words.sparkline([None, None]) == "··"
    assert words.sparkline([0.0, 0.0]) == "▁▁"


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=30))
def test_sparkline_has_one_mark_per_period(values: list[float | None]) -> None:
    marks = words.sparkline(values)
    assert [mark == words.GAP for mark in marks] == [value is None for value in values]


def test_dates_and_periods() -> None:
    first, last = Period.parse("2024-W51"), Period.parse("2025-W02")
    assert words.day_month(date(2024, 11, 25)) == "25 Nov"
    assert words.period_name(last) == "week 2"
    assert words.period_range(first, last) == "W51-02"
    assert words.period_ranges([first, first + 1, last + 1]) == "W51-52, W03"
    assert words.period_range(Period.parse("2024-09"), Period.parse("2024-11")) == "Sep-Nov"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
