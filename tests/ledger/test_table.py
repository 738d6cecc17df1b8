"""Forecasts as rows: held to what a hub asks of probabilities, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from msgspec import structs

from forecast.ledger.table import COLUMNS, HUB, Row, as_csv, as_parquet, rows_of
from forecast.record import Forecast
from tests.factories import make_entry, make_forecast


def _rows(forecast: Forecast) -> list[Row]:
    return rows_of([(make_entry(3, forecast), forecast)])


@pytest.fixture
def rows() -> list[Row]:
    return _rows(make_forecast())


def test_one_row_per_scenario_and_horizon(rows: list[Row]) -> None:
    read = list(csv.DictReader(io.StringIO(as_csv(rows, HUB))))
    assert tuple(read[0]) == HUB
    assert [(r["horizon"], r["output_type_id"], r["value"]) for r in read] == [
        ("0", "war", "0.3"),
        ("0", "other", "0.7"),
        ("1", "war", "0.31"),
        ("1", "other", "0.69"),
        ("4", "war", "0.33"),
        ("4", "other", "0.67"),
    ]
    assert {r["output_type"] for r in read} == {"pmf"}


def test_a_horizon_is_the_distance_of_its_dates(rows: list[Row]) -> None:
    for row in rows:
        days = date.fromisoformat(row.target_end_date) - date.fromisoformat(row.origin_date)
        assert days.days == 7 * row.horizon
        assert row.origin_date < row.as_of


def test_each_task_sums_to_one_as_read_back(rows: list[Row]) -> None:
    frame = pd.read_csv(io.StringIO(as_csv(rows)))
    sums = frame.groupby(["origin_date", "horizon"]).value.sum()
    assert sums.to_numpy() == pytest.approx(1, abs=1e-12)


def test_numbers_are_not_rounded() -> None:
    forecast = make_forecast()
    war, other = forecast.scenarios
    war = structs.replace(war, probability=1 / 3)
    other = structs.replace(other, probability=2 / 3)
    text = as_csv(_rows(structs.replace(forecast, scenarios=[war, other])), HUB)
    assert float(text.splitlines()[1].split(",")[-1]) == 1 / 3


def test_parquet_holds_what_csv_holds(rows: list[Row]) -> None:
    frame = pd.read_parquet(io.BytesIO(as_parquet(rows)))
    assert tuple(frame.columns) == COLUMNS
    assert frame.value.tolist() == [row.value for row in rows]
    assert frame.target_end_date[0] == date(2024, 12, 1)
    assert frame.change.isna().all()


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-1", "@x", "\t=1"])
def test_text_is_no_formula_and_numbers_stay_numbers(text: str) -> None:
    forecast = make_forecast()
    war, other = forecast.scenarios
    war = structs.replace(war, name=text, change=-0.7)
    made = _rows(structs.replace(forecast, case=text, scenarios=[war, other]))
    row = next(csv.DictReader(io.StringIO(as_csv(made))))
    assert (row["case"], row["scenario"]) == (f"'{text}", f"'{text}")
    assert row["change"] == "-0.7"


def test_duckdb_reads_the_same_rows(rows: list[Row], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(as_csv(rows, HUB), "utf-8")
    (tmp_path / "a.parquet").write_bytes(as_parquet(rows))
    with duckdb.connect() as connection:
        for table in (
            connection.read_csv(str(tmp_path / "a.csv")),
            connection.read_parquet(str(tmp_path / "a.parquet")),
        ):
            ahead = "origin_date + CAST(7 * horizon AS INTEGER) = target_end_date"
            found = table.project(f"{ahead}, output_type_id, value").fetchall()
            assert found == [(True, row.output_type_id, row.value) for row in rows]


def test_hub_rows_keep_the_rules_for_pmf(rows: list[Row]) -> None:
    frame = pd.read_csv(io.StringIO(as_csv(rows, HUB)), dtype={"output_type_id": str})
    assert frame.notna().all(axis=None)
    tasks = frame.groupby(["as_of", "origin_date", "target", "horizon", "target_end_date"])
    for _, task in tasks:
        assert sorted(task.output_type_id) == ["other", "war"]  # every category, once
        assert task.value.between(0, 1).all()
        assert task.value.sum() == pytest.approx(1, abs=1e-12)
    assert frame.output_type.eq("pmf").all()
    assert frame.horizon.dtype == "int64"
