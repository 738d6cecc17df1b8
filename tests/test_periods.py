from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.periods import FIRST_YEAR, LAST_YEAR, Cadence, Period, day_label

CADENCES: tuple[Cadence, ...] = ("week", "month")
DAYS = st.dates(date(FIRST_YEAR, 1, 10), date(LAST_YEAR, 12, 20))
PERIODS = st.builds(Period.containing, DAYS, st.sampled_from(CADENCES))


@settings(derandomize=True)
@given(PERIODS)
def test_parse_reads_what_str_writes(period: Period) -> None:
    assert Period.parse(str(period)) == period


@settings(derandomize=True)
@given(DAYS, st.sampled_from(CADENCES))
def test_a_period_contains_the_days_from_its_first_to_its_last(day: date, cadence: Cadence) -> None:
    period = Period.containing(day, cadence)
    assert period.first_day <= day <= period.last_day
    assert (period.last_day - period.first_day).days + 1 == period.days
    assert Period.containing(period.first_day, cadence) == period
    assert Period.containing(period.last_day, cadence) == period


@settings(derandomize=True)
@given(PERIODS)
def test_neighbours_are_one_apart_and_meet(period: Period) -> None:
    after = period + 1
    assert after - period == 1
    assert after - 1 == period
    assert period < after
    assert period.last_day + timedelta(days=1) == after.first_day == period.refresh_day


@settings(derandomize=True)
@given(DAYS)
def test_a_week_is_written_as_iso_says(day: date) -> None:
    year, week, _ = day.isocalendar()
    assert str(Period.containing(day, "week")) == f"{year}-W{week:02d}"


@settings(derandomize=True)
@given(DAYS, st.sampled_from(CADENCES))
def test_the_forecast_period_is_the_last_that_ended_before_the_as_of(
    as_of: date, cadence: Cadence
) -> None:
    period = Period.ended_before(as_of, cadence)
    assert period.last_day < as_of <= (period + 1).last_day


@settings(derandomize=True)
@given(PERIODS)
def test_a_period_is_forecast_from_its_refresh_day_on(period: Period) -> None:
    day = period.refresh_day
    assert Period.ended_before(day, period.cadence) == period
    assert Period.ended_before(day - timedelta(days=1), period.cadence) == period - 1


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-W48", date(2024, 11, 25), date(2024, 12, 1)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
        ("1800-W01", date(1799, 12, 30), date(1800, 1, 5)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("1969-12", date(1969, 12, 1), date(1969, 12, 31)),
        ("2200-12", date(2200, 12, 1), date(2200, 12, 31)),
    ],
)
def test_the_edges_of_periods(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.first_day, period.last_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-W53", "2024 has weeks W01 to W52"),
        ("2024-W54", "2024 has weeks W01 to W52"),
        ("2020-W54", "2020 has weeks W01 to W53"),
        ("2024-W00", "2024 has weeks W01 to W52"),
        ("2024-13", "months run from 01 to 12"),
        ("2024-00", "months run from 01 to 12"),
        ("0000-W01", "years run from 1800 to 2200"),
        ("9999-12", "years run from 1800 to 2200"),
        ("2024-W1", "a period is written 2024-W48 (ISO week) or 2024-11 (month)"),
        ("2024-w48", "a period is written 2024-W48 (ISO week) or 2024-11 (month)"),
        ("2024-W48\n", "a period is written 2024-W48 (ISO week) or 2024-11 (month)"),
        ("٢٠٢٤-11", "a period is written 2024-W48 (ISO week) or 2024-11 (month)"),
        ("", "a period is written 2024-W48 (ISO week) or 2024-11 (month)"),
    ],
)
def test_what_is_no_period_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - compared exactly below
        Period.parse(text)
    assert str(refused.value) == message


@settings(derandomize=True)
@given(st.text() | st.from_regex(r"[0-9]{4}-W?[0-9]{2}\Z"))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        period = Period.parse(text)
    except ValueError:
        return
    assert str(period) == text


def test_periods_of_different_cadences_have_no_distance() -> None:
    with pytest.raises(ValueError, match="different cadences"):
        Period.parse("2024-W48") - Period.parse("2024-11")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2024-W48", "week 48 (25 Nov-1 Dec 2024)"),
        ("2024-W47", "week 47 (18-24 Nov 2024)"),
        ("2020-W53", "week 53 (28 Dec 2020-3 Jan 2021)"),
        ("2024-09", "September 2024"),
    ],
)
def test_labels(text: str, label: str) -> None:
    assert Period.parse(text).label() == label


def test_a_day_is_labelled_in_english() -> None:
    assert day_label(date(2024, 9, 2)) == "Mon 2 Sep 2024"
