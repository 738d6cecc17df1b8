"""`forecast export`: the ledger as a table."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

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


@pytest.mark.parametrize(("fingerprint", "said"), [("same", False), ("other", True)])
def test_the_posterior_says_if_it_is_not_the_entry_s(
    forecast: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fingerprint: str, said: bool
) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    entry = json.loads((Path("reports") / "ledger.jsonl").read_text("utf-8"))
    found = entry["forecast"]["fingerprint"] if fingerprint == "same" else "f" * 64
    tree = SimpleNamespace(
        posterior_tree=lambda *_: SimpleNamespace(attrs={"fingerprint": found}),
        as_netcdf=lambda _: b"\x89HDF",
    )
    monkeypatch.setitem(sys.modules, "forecast.refresh.tree", tree)
    path = tmp_path / "posterior.nc"
    result = forecast("export", "--format", "netcdf", "--output", str(path))
    assert (result.code, path.read_bytes()) == (0, b"\x89HDF")
    assert ("Not what entry 1 used" in result.err) is said


def test_netcdf_needs_a_file(forecast: Run) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    result = forecast("export", "--format", "netcdf")
    assert (result.code, "--output: must name a file" in result.err) == (2, True)
    assert "forecasts.nc" in result.err
