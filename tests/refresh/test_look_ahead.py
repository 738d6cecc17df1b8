"""No look-ahead: whatever is absurd and later moves no earlier forecast, and no baseline."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from forecast.case import Case, Evidence
from forecast.periods import Period
from forecast.proof.baselines import baselines_of
from forecast.proof.past import pasts
from forecast.proof.types import Answer
from forecast.readings import Reading, known_as_of, load_readings
from forecast.refresh import refresh

WEEKS = [Period.parse("2024-W40") + n for n in range(7)]
ABSURD = 987_654.0


def event(period: Period, published: date, favours: float = 0.6) -> Evidence:
    return Evidence(
        id=f"event-{period}", name="An event", period=period, published=published, grade="A1",
        url="", note="", group=None, because="", weights={"desk": 1.0},
        likelihoods={"desk": {"war": favours, "other": 1 - favours}},
    )  # fmt: skip


def spoilt(case: Case, readings: tuple[Reading, ...], day: date) -> tuple[Case, list[Reading]]:
    """Plant absurd corrections of every row, and absurd rows and events of weeks before and after.

    All of them are published after a day; one that everybody would use the day after.
    """
    after = day + timedelta(days=1)
    top = {"strikes": ABSURD, "border": 2.0}
    corrected = [
        dataclasses.replace(row, value=top[row.indicator], published=after, grade="A1", line=900)
        for row in readings
        if row.published <= day
    ]
    single = {row.indicator: row for row in readings if row.span == 1}
    planted = [
        dataclasses.replace(
            single[name], period=week, value=top[name], published=later, grade="A1", line=901
        )
        for name in single
        for later, week in ((after, week + n) for week in WEEKS for n in (0, 60))
    ]
    events = [event(week, after, 0.99) for week in WEEKS]
    return (
        dataclasses.replace(case, evidence=(*case.evidence, *events)),
        [*readings, *corrected, *planted],
    )


def told(case: Case, readings: tuple[Reading, ...], week: Period) -> dict[str, Any]:
    """Return all that is said as-of a week's refresh day, by forecast and baselines."""
    day = week.refresh_day
    forecast = refresh(case, readings, day).to_json()
    del forecast["issued"]
    answers = [Answer(1, day, week, horizon, "live", (), None) for horizon in (0, 1, 4)]
    return {
        "forecast": forecast,
        "baselines": {n: list(say(answers)) for n, say in baselines_of(case, readings).items()},
        "pasts": {
            name: (past.values.tobytes(), past.follows.tobytes())
            for name, past in pasts(case, known_as_of(case, readings, day)).items()
        },
    }


@pytest.mark.parametrize("week", WEEKS, ids=str)
def test_absurd_values_planted_later_move_nothing(case: Case, week: Period) -> None:
    readings = load_readings(case)
    case = dataclasses.replace(case, evidence=(event(WEEKS[1], date(2024, 10, 14)),))
    other, rows = spoilt(case, readings, week.refresh_day)
    assert told(other, tuple(rows), week) == told(case, readings, week)


def test_the_same_values_planted_in_time_move_everything(case: Case) -> None:
    readings, week = load_readings(case), WEEKS[-1]
    other, rows = spoilt(case, readings, week.refresh_day - timedelta(days=1))
    plain, moved = told(case, readings, week), told(other, tuple(rows), week)
    assert moved["forecast"]["scenarios"] != plain["forecast"]["scenarios"]
    assert moved["baselines"]["naive update"] != plain["baselines"]["naive update"]
    assert all(moved["pasts"][name] != plain["pasts"][name] for name in plain["pasts"])
