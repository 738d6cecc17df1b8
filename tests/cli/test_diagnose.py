"""`forecast diagnose`: a sheet of the last forecast's draws, of the fit they come from."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Stand where trees and charts are made; the as-ofs of the trees."""
    days: list[date] = []

    def tree(_case: object, _readings: object, as_of: date, _progress: object) -> Any:
        days.append(as_of)
        attrs = {"method": "update", "anchor": "2024-11-25", "fingerprint": "another"}
        return SimpleNamespace(attrs=attrs)

    stands = {
        "forecast.refresh.tree": SimpleNamespace(posterior_tree=tree),
        "forecast.refresh.diagnosis": SimpleNamespace(diagnosis_of=lambda *trees: trees),
        "forecast.report.charts.diagnose": SimpleNamespace(
            diagnose_sheet=lambda found, path: path.write_bytes(b"%d trees" % len(found))
        ),
    }
    for name, stand in stands.items():
        monkeypatch.setitem(sys.modules, name, stand)
    return days


def test_it_draws_the_last_forecast_and_the_fit_it_rests_on(
    forecast: Run, root: Path, asked: list[date]
) -> None:
    forecast("refresh")
    result = forecast("diagnose")
    path = root / "reports" / "2024-W49" / "charts" / "diagnose.png"
    assert (result.code, result.out) == (0, f"{path}\n")
    assert path.read_bytes() == b"2 trees"
    assert asked[1:] == [date(2024, 11, 25)]  # an update: chains are those of its anchor
    assert "Not what entry" in result.err


def test_the_file_says_how_it_is_written(forecast: Run, asked: list[date], tmp_path: Path) -> None:
    forecast("refresh")
    path = tmp_path / "sheet.svg"
    assert forecast("diagnose", "--output", str(path)).out == f"{path}\n"
    result = forecast("diagnose", "--output", "sheet.gif")
    assert result.code == 2
    assert "must end in .png, .svg, .pdf" in result.err
    assert len(asked) == 2  # nothing was sampled for a file that cannot be


@pytest.mark.usefixtures("asked")
def test_without_a_forecast_it_says_what_to_do(forecast: Run) -> None:
    result = forecast("diagnose")
    assert result.code == 1
    assert "forecast refresh" in result.err
