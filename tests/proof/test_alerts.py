"""The record of alerts: what followed, what came unannounced, and in which mode."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from pathlib import Path

import pytest
from msgspec import structs

from forecast.case import Alerting, Case
from forecast.periods import Period
from forecast.proof.alerts import alert_records
from forecast.proof.types import AlertRecord
from forecast.readings import Reading, known_as_of
from forecast.record import Forecast, Mode, NextPeriod
from tests.factories import make_case

from .ledgers import issue
from .test_indicators import reading

START = Period.parse("2024-W40")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def week(number: int, value: float, days: int = 7) -> Reading:
    period = START + number
    return reading(value, str(period), period.refresh_day.isoformat(), days)


def ledger(
    *chances: float, values: dict[int, float], mode: Mode = "replayed", **bounds: float
) -> list[Forecast]:
    """Forecasts of weeks 0, 1, ... with the chance of 50 strikes the week after."""
    made = []
    for number, chance in enumerate(chances):
        one = issue(str(START + number), 0.5, issued=str((START + number).refresh_day), mode=mode)
        [strikes] = one.indicators
        last = max((n for n in values if n <= number), default=None)
        there = last is not None and values[last] >= 50
        strikes = structs.replace(
            strikes,
            state="warning" if there else "ok",
            next=NextPeriod({}, {"warning": chance}, []),
            bounds=bounds,
        )
        made.append(structs.replace(one, indicators=[strikes]))
    return made


def warnings(
    case: Case, *chances: float, values: dict[int, float], mode: Mode = "replayed", **bounds: float
) -> AlertRecord:
    readings = [week(number, value) for number, value in values.items()]
    known = known_as_of(case, readings, date(2025, 6, 1))
    logged = list(enumerate(ledger(*chances, values=values, mode=mode, **bounds), 1))
    [found] = [r for r in alert_records(case, logged, readings, known) if r.threshold == "warning"]
    return found


def counts(record: AlertRecord) -> tuple[int, ...]:
    return (record.raised, record.followed, record.open, record.crossings, record.announced)


def test_an_alert_followed_by_a_crossing(case: Case) -> None:
    found = warnings(case, 0.1, 0.6, 0.9, values={0: 4, 1: 20, 2: 60, 3: 70})
    assert counts(found) == (1, 1, 0, 1, 1)


def test_an_alert_that_nothing_followed(case: Case) -> None:
    found = warnings(case, 0.6, 0.1, 0.1, values={0: 4, 1: 20, 2: 8, 3: 9})
    assert counts(found) == (1, 0, 0, 0, 0)


def test_a_crossing_that_came_unannounced(case: Case) -> None:
    found = warnings(case, 0.1, 0.3, 0.9, values={0: 4, 1: 20, 2: 60, 3: 70})
    assert counts(found) == (0, 0, 0, 1, 0)


def test_a_crossing_too_late_for_a_cleared_alert_is_unannounced(case: Case) -> None:
    found = warnings(case, 0.6, 0.1, 0.1, values={0: 4, 1: 20, 2: 8, 3: 60})
    assert counts(found) == (1, 0, 0, 1, 0)


def test_an_alert_that_stands_through_a_missing_week_is_followed(case: Case) -> None:
    found = warnings(case, 0.6, 0.5, 0.9, values={0: 4, 2: 60})
    assert counts(found) == (1, 1, 0, 1, 1)


def test_open_while_it_stands_or_if_nothing_was_read(case: Case) -> None:
    assert counts(warnings(case, 0.1, 0.6, values={0: 4, 1: 20})) == (1, 0, 1, 0, 0)
    assert counts(warnings(case, 0.6, 0.1, values={0: 4})) == (1, 0, 1, 0, 0)


def test_a_second_week_above_is_no_crossing(case: Case) -> None:
    assert counts(warnings(case, 0.1, 0.1, values={0: 60, 1: 70, 2: 80})) == (0, 0, 0, 0, 0)


def test_a_part_of_a_week_is_scaled(case: Case) -> None:
    readings = [week(0, 4), week(1, 20, days=2)]
    known = known_as_of(case, readings, date(2025, 6, 1))
    logged = [(1, ledger(0.6, values={0: 4})[0])]
    [_, warning] = alert_records(case, logged, readings, known)[-2:]
    assert counts(warning)[:2] == (1, 1)


def test_what_was_issued_once_the_reading_was_known_is_replayed(case: Case) -> None:
    values = {0: 4.0, 1: 60.0}
    assert warnings(case, 0.6, values=values, mode="live").mode == "live"
    readings = [week(number, value) for number, value in values.items()]
    late = [structs.replace(f, issued=datetime.fromisoformat("2025-01-01T00:00:00Z")) for f in
            ledger(0.6, values=values, mode="live")]  # fmt: skip
    known = known_as_of(case, readings, date(2025, 6, 1))
    assert {r.mode for r in alert_records(case, [(1, late[0])], readings, known)} == {"replayed"}


def test_forecasts_of_another_threshold_are_not_judged(case: Case) -> None:
    values = {0: 4.0, 1: 60.0}
    assert counts(warnings(case, 0.6, values=values, warning=50.0)) == (1, 1, 0, 1, 1)
    readings = [week(number, value) for number, value in values.items()]
    known = known_as_of(case, readings, date(2025, 6, 1))
    logged = [(1, ledger(0.6, values=values, warning=40.0)[0])]
    told = [r for r in alert_records(case, logged, readings, known) if r.threshold == "warning"]
    assert told == []


def test_it_is_judged_by_the_rule_the_case_has_now(case: Case) -> None:
    eager = dataclasses.replace(case, alerts=Alerting(on=0.1, off=0.05))
    assert counts(warnings(eager, 0.1, values={0: 4, 1: 60})) == (1, 1, 0, 1, 1)
