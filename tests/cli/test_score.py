"""`forecast score` and `chart calibration`: from the ledger and what held."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from forecast import clock
from tests.cli.conftest import Run, pin

URL = ["--url", "https://example.org"]


@pytest.fixture
def scored(forecast: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Forecasts of weeks 47 and 49; week 49 is resolved the day after both were issued."""
    assert forecast("refresh", "--as-of", "2024-11-25").code == 0
    assert forecast("refresh").code == 0
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert forecast("resolve", "2024-W49", "other", *URL).code == 0
    return forecast


def test_an_empty_ledger(forecast: Run) -> None:
    result = forecast("score")
    assert result.code == 0
    assert "Live forecasts scored: 0. Nothing logged yet: run `forecast refresh`." in result.out


def test_nothing_settled_says_what_to_do(forecast: Run) -> None:
    forecast("refresh")
    out = forecast("score").out
    assert "Nothing is settled yet: `forecast resolve` records" in out
    assert "Now: 1 forecast, 0 settled, 1 open, 0 missing, 0 revised" in out


def test_scores_as_json(scored: Run) -> None:
    data = cast(dict[str, Any], scored("score", "--json").json)
    (now,) = [t for t in data["tables"] if t["horizon"] == 0]
    assert (now["mode"], now["settled"], data["live_scored"]) == ("live", 1, 1)
    assert now["rows"][0]["log"] == pytest.approx(-math.log(0.7))
    assert {row["name"] for row in now["rows"]} >= {"uniform", "chain without evidence"}


def test_the_tables_are_shown(scored: Run) -> None:
    out = scored("score").out
    assert "forecasts" in out
    assert "too few, of 20" in out
    assert "Live\n\nNow: 2 forecasts, 1 settled, 1 open, 1 missing, 0 revised\n" in out
    assert "proves nothing" not in out
    assert "\x1b" not in out


def test_a_pinned_case_proves_nothing(forecast: Run, root: Path) -> None:
    pin(root)
    forecast("refresh")
    assert "One case, coded with hindsight, proves nothing" in forecast("score").out.replace(
        "\n", " "
    )


def test_one_horizon(scored: Run) -> None:
    out = scored("score", "--horizon", "4").out
    assert "4 weeks ahead: " in out
    assert "Now: " not in out


def test_a_horizon_there_is_not(scored: Run) -> None:
    result = scored("score", "--horizon", "3")
    assert result.code == 2
    assert result.err.startswith("--horizon: must be one of 0, 1, 4, found 3")


def test_a_broken_resolution_is_a_problem(scored: Run, root: Path) -> None:
    with (root / "reports" / "resolutions.csv").open("a") as file:
        file.write("2024-W48,wra,2024-12-02,https://e.org,\n")
    assert scored("score").code == 1


def test_the_first_screen_counts_live_forecasts(scored: Run, root: Path) -> None:
    assert "Live forecasts scored: 1." in scored("show").out
    (root / "priors" / "scenarios.toml").write_text("x")
    assert "Live forecasts scored: unknown." in scored("show").out


def test_calibration_is_drawn(scored: Run, root: Path) -> None:
    result = scored("chart", "calibration")
    assert result.code == 0
    assert (root / result.out.strip()).read_bytes().startswith(b"\x89PNG")


def test_nothing_settled_cannot_be_drawn(forecast: Run) -> None:
    forecast("refresh")
    result = forecast("chart", "calibration")
    assert result.code == 1
    assert "must have a forecast whose outcome is settled" in result.err
