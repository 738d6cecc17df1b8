"""Rounding and words: every boundary, and what no number may do."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from forecast.periods import Period
from forecast.record import Forecast
from forecast.report.view import words
from forecast.report.view.captions import chart_title, source_line
from forecast.report.view.scores import horizon_name

from .sample import make, scenarios, view

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
    first, last = Period.parse("2024-W45"), Period.parse("2024-W48")
    assert words.day_month(date(2024, 11, 25)) == "25 Nov"
    assert words.period_name(last) == "week 48"
    assert words.period_range(first, last) == "W45-48"
    assert words.period_ranges([first, first + 1, last]) == "W45-46, W48"
    assert words.period_range(Period.parse("2024-09"), Period.parse("2024-11")) == "Sep-Nov"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("first", "last", "beside", "name", "text"),
    [
        ("2024-W51", "2025-W02", None, "week 2", "W51 2024-W02 2025"),
        ("2024-W51", "2025-W02", "2025-W02", "week 2", "W51 2024-W02 2025"),
        ("2024-W52", "2024-W52", "2025-W02", "week 52 of 2024", "W52 2024"),
        ("2024-W51", "2024-W52", "2025-W02", "week 52 of 2024", "W51-52 2024"),
        ("2025-W01", "2025-W01", "2024-W52", "week 1 of 2025", "W01 2025"),
        ("2026-W53", "2026-W53", "2026-W53", "week 53", "W53"),  # ends in January 2027
        ("2026-W53", "2027-W01", "2027-W01", "week 1", "W53 2026-W01 2027"),
        ("2024-12", "2024-12", "2025-01", "December 2024", "Dec 2024"),
        ("2024-11", "2025-01", "2025-01", "January 2025", "Nov 2024-Jan 2025"),
    ],
)
def test_the_year_stands_where_two_occur(
    first: str, last: str, beside: str | None, name: str, text: str
) -> None:
    one, other = Period.parse(first), Period.parse(last)
    about = Period.parse(beside) if beside else None
    assert words.period_name(other, about) == name
    assert words.period_range(one, other, about) == text


def test_runs_of_two_years_have_theirs() -> None:
    last = [Period.parse(f"2024-W{week}") for week in (50, 51)]
    new = Period.parse("2025-W01")
    assert words.period_ranges([*last, new]) == "W50-51 2024, W01"
    assert words.period_ranges(last, new) == "W50-51 2024"
    assert words.period_ranges([last[0], last[1] + 1, new], new) == "W50 2024, W52 2024-W01 2025"
    assert words.new_years([*last, new, new + 1]) == ["2024", "", "2025", ""]


@pytest.mark.parametrize(
    ("said", "one", "two"),
    [
        (lambda n: words.counted(n, "indicator"), "1 indicator", "2 indicators"),
        (lambda n: words.in_points(-n / 100), "down 1 point", "down 2 points"),
        (lambda n: horizon_name(n, "week"), "1 week ahead", "2 weeks ahead"),
        (lambda n: words.failed_fits(n), "failed their gate: 1 forecast.", "2 forecasts."),
        (
            lambda n: source_line(make(readings_used=n)),
            ", 1 coded reading, as known",
            ", 2 coded readings, as known",
        ),
        (
            lambda n: chart_title(_moved(n / 100)),
            ", up 1 point since 25 Nov",
            ", up 2 points since 25 Nov",
        ),
        (lambda n: view(readings_used=n).method[1], "1 reading known", "2 readings known"),
        (lambda n: view(scenarios=_moved(n / 100).scenarios).moved, "up 1 point,", "up 2 points,"),
        (
            lambda n: view(held=make().held[:n]).held,
            "1 early W49 reading (",
            "2 early W49 readings (",
        ),
    ],
)
def test_one_of_a_thing_is_no_plural(said: Callable[[int], str], one: str, two: str) -> None:
    assert one in said(1)
    assert two in said(2)


def _moved(change: float) -> Forecast:
    return make(scenarios=[structs.replace(s, change=change) for s in scenarios()])


@given(probabilities)
def test_a_leader_below_half_is_said_to_be(probability: float) -> None:
    lead = words.no_majority(probability)
    assert bool(lead) == (words.whole(probability) < 50)
    assert not lead or lead == f"No scenario above {words.percent(probability)}: "


def test_what_comes_out_otherwise_here_is_said() -> None:
    logged = {"War": 0.36, "Peace": 0.64}
    assert words.drifted(3, logged, {"War": 0.369, "Peace": 0.631}) == ""
    assert words.drifted(3, logged, {"War": 0.38, "Peace": 0.62}) == (
        "Entry 3 has War at 36 %; computed here from the same inputs it is 38 %. Machines draw "
        "differently."
    )
