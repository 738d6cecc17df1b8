"""What the panels of the watch list hold: read, in part, in all, corrected, held, missing."""

from __future__ import annotations

import dataclasses

from forecast.periods import Period
from forecast.report.charts.readings import Panel, panels_of

from .drawn import case, expected, known
from .sample import make


def week(number: int) -> int:
    return Period.parse(f"2024-W{number}").ordinal


def sorties() -> Panel:
    forecast = make()
    return panels_of(forecast, case(forecast), known(), expected(forecast))[0]


def test_readings_stand_per_full_week_with_what_was_counted() -> None:
    shown = {(r.first, r.last): r for r in sorties().reported}
    total = shown[week(37), week(41)]
    assert (total.value, total.counted) == (8.0, 8.0)
    part = shown[week(48), week(48)]
    assert (part.value, part.counted, part.held) == (52 * 7 / 4, 52.0, False)
    full = shown[week(42), week(42)]
    assert (full.value, full.counted, full.was) == (14.0, 14.0, ())


def test_a_correction_keeps_what_was_said_before() -> None:
    (corrected,) = [r for r in sorties().reported if r.first == week(43)]
    assert (corrected.value, corrected.was) == (20.0, (12.0,))


def test_a_held_reading_lies_after_the_forecast_period() -> None:
    (held,) = [r for r in sorties().reported if r.held]
    assert (held.first, held.value, held.counted) == (week(49), 210.0, 30.0)


def test_what_was_not_read_is_missing() -> None:
    assert sorties().missing == tuple(map(week, (44, 45, 46, 47)))
    forecast = make()
    posture = panels_of(forecast, case(forecast), known(), {})[1]
    assert posture.missing == tuple(map(week, range(37, 49)))


def test_what_was_expected_stands_where_it_was_expected() -> None:
    panel = sorties()
    assert sorted(panel.expected) == list(map(week, range(43, 50)))
    assert panel.expected[week(49)] == make().indicators[0].next
    assert dict(panel.thresholds) == {"watch": 30, "warning": 50, "critical": 150}
    assert panel.extent == (8.0, max(52 * 7 / 4, panel.expected[week(49)].quantiles["0.95"], 210.0))


def test_a_level_is_no_rate() -> None:
    forecast = make()
    read = known()
    held = dataclasses.replace(read.held[0], indicator=forecast.indicators[1].id)
    known_now = dataclasses.replace(read, speaking={}, spans=(), held=(held,), replaced=())
    (shown,) = panels_of(forecast, case(forecast), known_now, {})[1].reported
    assert (shown.value, shown.counted) == (30.0, 30.0)
