"""What a record can hold, and that it is written as it always was."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from forecast.ledger import LEDGER, Entry, read
from forecast.ledger.chain import GENESIS, encode
from forecast.periods import Period
from forecast.record import Forecast, HangsOn, KnownOutcome, Sign
from tests.factories import make_forecast

ROOT = Path(__file__).parents[1]
SHIPPED = read(ROOT / LEDGER)
LATER: dict[str, Any] = {
    "support": {},
    "alerts": [],
    "files": {},
}  # fields that the first records lack
LATER_OF_INDICATORS: dict[str, Any] = {"bounds": {}, "false": None}
LATER_OF_SCENARIOS: dict[str, Any] = {"swing": None}


@pytest.mark.parametrize("name", ["rhat_max", "ess_min", "khat"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_report_of_a_fit_has_a_diagnostic_that_is_no_number(name: str, value: float) -> None:
    changed: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match="finite"):
        structs.replace(make_forecast().fit, **changed)


def test_a_diagnostic_that_does_not_exist_is_none() -> None:
    assert structs.replace(make_forecast().fit, khat=None).khat is None


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: str(entry.number))
def test_every_shipped_record_is_written_as_it_was(entry: Entry) -> None:
    stored = entry.stored
    stored["indicators"] = [LATER_OF_INDICATORS | each for each in stored["indicators"]]
    stored["scenarios"] = [each | LATER_OF_SCENARIOS | each for each in stored["scenarios"]]
    previous = SHIPPED[entry.number - 2].hash if entry.number > 1 else GENESIS
    expected = encode(entry.number, previous, LATER | stored)
    assert encode(entry.number, previous, entry.forecast.to_json()) == expected
    if of_present_format(entry):
        assert expected == entry.line


def test_some_shipped_records_are_of_the_present_format_and_some_are_not() -> None:
    assert {of_present_format(entry) for entry in SHIPPED} == {True, False}


def of_present_format(entry: Entry) -> bool:
    stored = entry.stored
    return (
        stored.keys() >= LATER.keys()
        and all(each.keys() >= LATER_OF_INDICATORS.keys() for each in stored["indicators"])
        and all(each.keys() >= LATER_OF_SCENARIOS.keys() for each in stored["scenarios"])
    )


def test_tables_have_the_order_of_the_fields() -> None:
    made = make_forecast()
    signs = [Sign("strikes", "Strikes", "reading", "war", 0.7)]
    outcomes = [KnownOutcome(made.period, ["war"])]
    hangs = [HangsOn("Strikes", 0.4)]
    data = structs.replace(made, outcomes=outcomes, signs=signs, hangs_on=hangs).to_json()
    assert tuple(data) == Forecast.__struct_fields__
    assert tuple(made.to_json()) == tuple(data)[:-3]  # without any there are no such fields
    assert list(data)[:4] == ["case", "period", "as_of", "issued"]


@pytest.mark.parametrize("entry", SHIPPED[::9], ids=lambda entry: str(entry.number))
def test_what_is_written_is_read_back(entry: Entry) -> None:
    assert Forecast.from_json(entry.forecast.to_json()) == entry.forecast


def test_periods_and_days_are_no_text() -> None:
    found = SHIPPED[35].forecast
    assert found.period == found.history[-1].period == Period.parse("2024-W48")
    assert found.as_of == found.fit.anchor == date(2024, 12, 2)
    assert found.issued == datetime(2026, 11, 30, 23, 11, 22, tzinfo=UTC)


def test_a_forecast_is_read_once() -> None:
    assert SHIPPED[0].forecast is SHIPPED[0].forecast
