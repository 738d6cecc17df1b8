"""Forecasts, scores and readings as data frames: the rows there are, in types pandas knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from forecast.case import load_case
from forecast.cli.score import proof_of
from forecast.frames import forecast_frame, readings_frame, scores_frame
from forecast.readings import load_readings
from tests.factories import HEADER, make_case, make_forecast

ROOT = Path(__file__).parent.parent  # the Syria case


def test_a_forecast_has_a_row_for_every_scenario_and_horizon() -> None:
    frame = forecast_frame(make_forecast(), make_forecast("2024-W49", "2024-12-09"))
    assert len(frame) == 2 * 2 * 3
    first = frame[(frame.period == "2024-W48") & (frame.output_type_id == "war")]
    assert list(first.horizon) == [0, 1, 4]
    assert list(first.value) == [0.3, 0.31, 0.33]
    assert frame.origin_date.iloc[0] == date(2024, 12, 1)
    assert frame.groupby(["as_of", "horizon"]).value.sum().tolist() == pytest.approx([1.0] * 6)
    assert frame.entry.isna().all()  # logged nowhere


def test_scores_are_those_of_the_ledger() -> None:
    proof = proof_of(ROOT)
    frame = scores_frame(proof)
    assert len(frame) == sum(len(table.rows) for table in proof.tables)
    table = proof.tables[0]
    row = frame.iloc[0]
    assert (row["mode"], row["name"]) == (table.mode, table.rows[0].name)
    assert row["log"] == table.rows[0].log
    assert str(frame.horizon.dtype) == "Int64"


def test_readings_are_the_rows_of_their_files(tmp_path: Path) -> None:
    make_case(tmp_path)
    rows = "2024-W40,4,2024-10-07,sohr,B2,,,north-west,https://example.org/1,\n"
    rows += "2024-W40,,2024-10-14,sohr,B2,,,north-west,https://example.org/1,withdrawn\n"
    (tmp_path / "indicators" / "strikes.csv").write_text(HEADER + rows, "utf-8")
    frame = readings_frame(load_readings(load_case(tmp_path)))
    assert list(frame.period) == ["2024-W40"] * 2
    assert frame.value.iloc[0] == 4.0
    assert pd.isna(frame.value.iloc[1])
    assert list(frame.published) == [date(2024, 10, 7), date(2024, 10, 14)]


def test_without_rows_there_are_columns() -> None:
    assert {"indicator", "period", "value"} <= set(readings_frame([]).columns)
    assert len(forecast_frame()) == 0
