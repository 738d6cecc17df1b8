"""When an alert is raised, stands, is over, and is kept quiet."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec import structs

from forecast.alerts import reached, severity, step
from forecast.case import Alerting
from forecast.periods import Period
from forecast.record import Alert, IndicatorForecast, NextPeriod
from tests.factories import make_forecast

RULE = Alerting(on=0.5, off=0.35, quiet=2)


def said(state: str, **thresholds: float) -> IndicatorForecast:
    [strikes] = make_forecast().indicators
    return structs.replace(strikes, state=state, next=NextPeriod({}, thresholds, []))


def states(
    *weeks: float | tuple[str, float], rule: Alerting = RULE, start: str = "2024-W40"
) -> list[str | None]:
    """What becomes of an alert of a warning, week by week; a number is a probability."""
    alerts: list[Alert] = []
    told: list[str | None] = []
    for number, week in enumerate(weeks):
        state, chance = week if isinstance(week, tuple) else ("ok", week)
        alerts = step(rule, Period.parse(start) + number, [said(state, warning=chance)], alerts)
        told.append(alerts[0].state if alerts else None)
    return told


def test_it_is_as_drawn() -> None:
    crossing = ("warning", 0.9)
    assert states(0.2, 0.6, 0.4, 0.2, 0.7, 0.6, crossing, crossing, 0.1) == [
        None, "raised", "standing", "cleared", "raised", "standing", "crossed", None, None,
    ]  # fmt: skip


def test_between_the_two_levels_nothing_changes() -> None:
    assert states(0.45, 0.36, 0.49) == [None, None, None]
    assert states(0.5, 0.45, 0.36, 0.49) == ["raised", "standing", "standing", "standing"]


def test_the_levels_themselves_count_as_above() -> None:
    assert states(0.5, 0.35) == ["raised", "standing"]


def test_quiet_time_runs_from_the_day_it_was_raised() -> None:
    assert states(0.6, 0.1, 0.6, 0.6) == ["raised", "cleared", "quiet", "raised"]
    loud = dataclasses.replace(RULE, quiet=0)
    assert states(0.6, 0.1, 0.6, rule=loud) == ["raised", "cleared", "raised"]
    long = dataclasses.replace(RULE, quiet=4)
    assert states(0.6, 0.1, 0.6, 0.6, 0.6, 0.6, rule=long)[2:] == ["quiet"] * 3 + ["raised"]


def test_what_has_been_reached_is_no_alert() -> None:
    assert states(("warning", 0.9), ("critical", 0.9), ("warning_pace", 0.9)) == [None] * 3
    assert states(("watch", 0.9), ("none", 0.9)) == ["raised", "standing"]


def test_an_alert_remembers_when_it_was_raised_and_says_how_likely_it_is_now() -> None:
    first = step(RULE, Period.parse("2024-W40"), [said("ok", warning=0.6)])
    [alert] = step(RULE, Period.parse("2024-W41"), [said("ok", warning=0.4)], first)
    assert alert == Alert("strikes", "warning", 0.4, Period.parse("2024-W40"), "standing")


def test_each_threshold_has_its_own() -> None:
    alerts = step(
        RULE, Period.parse("2024-W40"), [said("watch", watch=0.9, warning=0.6, watch_below=0.7)]
    )
    assert [alert.threshold for alert in alerts] == ["warning", "watch_below"]


@pytest.mark.parametrize(
    ("state", "threshold", "there"),
    [
        ("critical", "warning", True),
        ("warning_pace", "warning", True),
        ("watch", "warning", False),
        ("warning_below", "warning", False),
        ("warning_below", "watch_below", True),
        ("warning", "watch_below", False),
        ("ok", "watch", False),
        ("none", "watch_below", False),
    ],
)
def test_a_state_reaches_the_milder_thresholds_of_its_sense(
    state: str, threshold: str, there: bool
) -> None:
    assert reached(state, threshold) is there


def test_severity() -> None:
    states = ("ok", "none", "watch_below", "warning_pace", "critical")
    assert [severity(state) for state in states] == [0, 0, 1, 2, 3]
