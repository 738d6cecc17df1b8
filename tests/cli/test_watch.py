"""`forecast watch`: the watch list, and on stderr what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from forecast.ledger.chain import GENESIS, encode
from forecast.periods import Period
from tests.cli.conftest import Run
from tests.factories import HEADER


@pytest.fixture
def watched(forecast: Run) -> Run:
    assert forecast("refresh", "--as-of", "2024-12-02").code == 0
    return forecast


def test_shows_each_indicator_and_on_stderr_what_is_due(watched: Run) -> None:
    result = watched("watch")
    assert result.code == 0
    assert "Strikes  !! warning" in result.out
    assert result.err.splitlines() == [
        "1 reading published since 2 Dec 2024 not in this forecast: run `forecast refresh`.",
        "Due for week 49: Border (overdue, none yet).",
    ]


def test_a_row_of_an_earlier_date_recorded_later_is_noticed(watched: Run, root: Path) -> None:
    watched("refresh")
    with (root / "indicators" / "border.csv").open("a") as file:
        file.write("2024-W48,2,2024-12-02,desk,B2,,,country,https://example.org/d,late\n")
    assert watched("watch").err.startswith("Readings recorded since not in this forecast")


def test_with_all_read_nothing_is_due(watched: Run, root: Path) -> None:
    with (root / "indicators" / "border.csv").open("a") as file:
        file.write("2024-W49,2,2024-12-09,desk,B2,,,country,https://example.org/d,now\n")
    watched("refresh")
    assert watched("watch").err == "Nothing is due: every indicator is read for week 49.\n"


def test_a_gap_is_named_by_its_last_reading(watched: Run, root: Path) -> None:
    with (root / "indicators" / "border.csv").open("a") as file:
        file.write("2024-W44,0,2024-11-04,desk,B2,,,country,https://example.org/d,open\n")
    assert "Border (overdue, none since 2024-W44)." in watched("watch").err


def test_json_lists_indicators_and_due(watched: Run) -> None:
    data = cast(dict[str, Any], watched("watch", "--json").json)
    assert [item["id"] for item in data["indicators"]] == ["strikes"]
    assert data["due"] == [
        {"id": "border", "period": "2024-W49", "since": "2024-W40", "overdue": True}
    ]


def test_a_reading_is_held_against_the_forecast_of_the_week_before(watched: Run) -> None:
    watched("refresh")
    assert "expected 60 (4-300): in the middle half" in watched("watch").out
    data = cast(dict[str, Any], watched("watch", "--json").json)
    assert data["indicators"][0]["expected"]["quantiles"]["0.5"] == 60


def test_a_first_forecast_has_nothing_to_be_held_against(watched: Run) -> None:
    assert "no forecast of week 47 in the ledger" in watched("watch").out
    data = cast(dict[str, Any], watched("watch", "--json").json)
    assert "expected" not in data["indicators"][0]


def test_a_forecast_logged_before_alerts_is_shown(watched: Run, root: Path) -> None:
    old = json.loads((root / "reports" / "ledger.jsonl").read_text("utf-8"))["forecast"]
    del old["alerts"]
    del old["indicators"][0]["bounds"]
    (root / "reports" / "ledger.jsonl").write_bytes(encode(1, GENESIS, old) + b"\n")
    assert "at or above warning (reached; 61 %)" in watched("watch").out


def test_it_can_fail_on_what_it_shows(watched: Run) -> None:
    for level, code in (("watch", 1), ("warning", 1), ("critical", 0)):
        result = watched("watch", "--fail-on", level)
        assert result.code == code
        assert "Strikes  !! warning" in result.out
        assert ("an alert of it stands: Strikes." in result.err) == bool(code)
    assert watched("watch", "--fail-on", "panic").code == 2


def silent(root: Path, week: str = "2024-W42") -> None:
    """Leave one reading of strikes, above its warning, of weeks ago."""
    published = Period.parse(week).refresh_day
    row = f"{week},60,{published},sohr,B2,,,north-west,https://example.org/a,as told\n"
    (root / "indicators" / "strikes.csv").write_text(HEADER + row, "utf-8")


@pytest.mark.parametrize(
    ("levels", "code", "said"),
    [
        (["critical"], 0, "Not looked at for critical, since overdue: Border, Strikes."),
        (["watch"], 0, "Not looked at for watch, since overdue: Border, Strikes."),
        (["overdue"], 1, "Overdue: Border, Strikes."),
        (["critical", "overdue"], 1, "Overdue: Border, Strikes."),
        ([], 0, "Due for week 49: Border (overdue, none yet), Strikes (overdue, none since"),
    ],
)
def test_silence_can_fail_a_job_and_an_old_state_is_not_the_present_one(
    forecast: Run, root: Path, levels: list[str], code: int, said: str
) -> None:
    silent(root)
    assert forecast("refresh").code == 0
    result = forecast("watch", *(f"--fail-on={level}" for level in levels))
    assert result.code == code
    assert said in " ".join(result.err.split())
    assert "Strikes  last known !! warning" in result.out
    assert "warning   Strikes" not in result.out


def test_what_is_read_in_time_is_looked_at_beside_what_is_overdue(watched: Run) -> None:
    result = watched("watch", "--fail-on", "warning", "--fail-on", "overdue")
    assert result.code == 1
    assert "an alert of it stands: Strikes." in result.err
    assert result.err.splitlines()[-1] == "Overdue: Border."


def test_it_fails_on_an_alert(watched: Run, root: Path) -> None:
    made = json.loads((root / "reports" / "ledger.jsonl").read_text("utf-8"))["forecast"]
    made["indicators"][0]["state"] = "ok"
    alert = {"indicator": "strikes", "threshold": "warning", "probability": 0.6}
    for state, code in (("raised", 1), ("standing", 1), ("cleared", 0), ("quiet", 0)):
        made["alerts"] = [alert | {"raised": "2024-W48", "state": state}]
        (root / "reports" / "ledger.jsonl").write_bytes(encode(1, GENESIS, made) + b"\n")
        assert watched("watch", "--fail-on", "warning").code == code


def test_the_record_of_alerts_is_shown(watched: Run) -> None:
    assert "replayed       warning       0         0     0          0          0" in (
        watched("watch").out
    )
    data = cast(dict[str, Any], watched("watch", "--json").json)
    assert [record["threshold"] for record in data["alert_record"]] == ["watch", "warning"]


def test_one_indicator_may_be_asked_for(watched: Run) -> None:
    assert "Strikes  !! warning" in watched("watch", "strikes").out
    assert len(cast(dict[str, Any], watched("watch", "strikes", "--json").json)["indicators"]) == 1
    result = watched("watch", "strike")
    assert (result.code, result.out) == (2, "")
    assert "must be an indicator of the case" in result.err


def test_a_trend_is_told_if_asked_for(watched: Run) -> None:
    assert "trend" not in watched("watch").out
    assert "trend     too few to say: 1 reading\n" in watched("watch", "--trend").out
    data = cast(dict[str, Any], watched("watch", "--trend", "--json").json)
    assert data["indicators"][0]["trend"]["readings"] == 1


def test_notes_are_data(watched: Run, root: Path) -> None:
    (root / "indicators" / "border.csv").write_bytes(
        b"\xef\xbb\xbfperiod,value,published,source,grade,days,span,scope,url,note\r\n"
        b"2024-W49,2,2024-12-09,desk,B2,,,country,https://example.org/[red],[red]x[/red]\r\n"
    )
    assert watched("check").code == 0
    assert watched("refresh").code == 0
    assert watched("watch").code == 0
    assert watched("memo").code == 0
