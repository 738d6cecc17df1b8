"""`forecast export`: the ledger as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.cli.conftest import Engine, Run


def test_each_periods_last_forecast_is_exported(forecast: Run, engine: Engine) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    forecast("refresh", "--as-of", "2024-12-09")
    engine.shift = 0.1
    forecast("refresh", "--as-of", "2024-12-10")
    rows = list(csv.DictReader(io.StringIO(forecast("export").out)))
    assert [row["as_of"] for row in rows] == ["2024-12-02"] * 6 + ["2024-12-10"] * 6


def test_a_file_is_written_where_it_is_asked_for(forecast: Run, tmp_path: Path) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    path = tmp_path / "all.csv"
    assert forecast("export", "--format", "csv", "--output", str(path)).out == f"{path}\n"
    assert path.read_text().startswith("as_of,")
    assert forecast("export", "--format", "csv").out == path.read_text()


def test_parquet_needs_a_file(forecast: Run, tmp_path: Path) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    result = forecast("export", "--format", "parquet")
    assert (result.code, "--output: must name a file" in result.err) == (2, True)
    path = tmp_path / "all.parquet"
    assert forecast("export", "--format", "parquet", "--output", str(path)).code == 0
    assert path.read_bytes().startswith(b"PAR1")


def test_nothing_logged_is_said(forecast: Run) -> None:
    result = forecast("export")
    assert (result.code, "run `forecast refresh`" in result.err) == (1, True)
