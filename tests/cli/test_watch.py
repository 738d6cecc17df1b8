"""`forecast watch`: the watch list, and on stderr what it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.conftest import Run


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


def test_notes_are_data(watched: Run, root: Path) -> None:
    (root / "indicators" / "border.csv").write_bytes(
        b"\xef\xbb\xbfperiod,value,published,source,grade,days,span,scope,url,note\r\n"
        b"2024-W49,2,2024-12-09,desk,B2,,,country,https://example.org/[red],[red]x[/red]\r\n"
    )
    assert watched("check").code == 0
    assert watched("refresh").code == 0
    assert watched("watch").code == 0
    assert watched("memo").code == 0
