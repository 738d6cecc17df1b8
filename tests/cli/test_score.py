"""`forecast score` and `chart calibration`: from the ledger and what held."""

from __future__ import annotations

import math
import re
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


TRUCE = """
[truce]
name     = "Truce"
holds_if = "A truce is signed"
assumes  = "Both are tired"
start    = 0.05
lasts    = 4
then     = { other = 1.0 }
worth    = 4

[other]
"""


def add_truce(root: Path) -> None:
    """Make the case have one scenario more."""
    scenarios = root / "priors" / "scenarios.toml"
    text = scenarios.read_text().replace("start    = 0.75", "start    = 0.70")
    scenarios.write_text(text.replace("[other]\n", TRUCE.lstrip("\n"), 1))
    for name in ("strikes", "border"):
        path = root / "priors" / f"{name}.toml"
        [war] = [line for line in path.read_text().splitlines() if line.startswith("war")]
        path.write_text(path.read_text() + war.replace("war", "truce", 1) + "\n")


def test_a_scenario_more_leaves_the_record(scored: Run, root: Path) -> None:
    before = scored("score").out
    add_truce(root)
    assert scored("check").code == 0
    after = scored("score").out
    assert "Now: 2 forecasts, 1 settled, 1 open, 1 missing, 0 revised" in after
    first = [line for line in before.splitlines() if line.startswith("forecasts")]
    assert [line for line in after.splitlines() if line.startswith("forecasts")] == first
    assert "Nothing is settled" not in after
    assert scored("memo").code == 0
    assert scored("resolve", "2024-W48", "truce", *URL).code == 0
    assert "1 forecast did not have the scenario truce: it counts there as part of other." in (
        " ".join(scored("score").out.split())
    )


def test_a_scenario_renamed_leaves_the_record_and_what_cannot_be_told_is_said(
    scored: Run, root: Path
) -> None:
    assert scored("resolve", "2024-W47", "war", *URL).code == 0
    for path in (root / "priors").glob("*.toml"):
        path.write_text(re.sub(r"\bwar\b", "battle", path.read_text()))
    assert scored("check").code == 0  # what held is among what forecasts had
    out = " ".join(scored("score").out.split())
    assert "1 forecast had other scenarios than what held is recorded in: not scored there." in out
    assert (
        "Now: 2 forecasts, 1 settled, 0 open, 1 missing, 0 revised, 1 over other scenarios" in out
    )
    assert "Nothing is settled" not in out
    (root / "reports" / "resolutions.csv").write_text(
        (root / "reports" / "resolutions.csv").read_text().replace(",war,", ",warr,")
    )
    assert "scenario: must be one of the case's scenarios, found warr" in scored("check").err


def test_one_replay_is_not_split_between_live_and_replayed(forecast: Run) -> None:
    assert forecast("refresh").code == 0  # of week 49, live
    result = forecast("replay", "--from", "2024-W47", "--score")
    assert result.code == 0
    assert "Live: none" in result.out
    assert "Now: 3 forecasts" in result.out
    modes = [row["mode"] for row in cast(list[Any], forecast("log", "--json").json)]
    assert modes == ["live", "replayed", "replayed", "replayed"]


def test_a_wrong_resolution_corrected_costs_no_live_forecast(
    forecast: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert forecast("resolve", "2024-W49", "war", *URL).code == 0  # a slip: the week before
    assert forecast("resolve", "2024-W49", "-", "--note", "of week 48").code == 0
    assert forecast("refresh").code == 0
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert forecast("resolve", "2024-W49", "other", *URL).code == 0
    assert "Live forecasts scored: 1." in forecast("score").out
