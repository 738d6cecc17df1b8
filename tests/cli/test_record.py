"""`forecast`, `show` and `log`: reading the record back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.conftest import Run, edit

LEDGER = "reports/ledger.jsonl"


@pytest.fixture
def three(forecast: Run) -> Run:
    """A case with three entries; the last logged is not of the last period."""
    for day in ("2024-12-02", "2024-12-09", "2024-11-25"):
        assert forecast("refresh", "--as-of", day).code == 0
    return forecast


def test_without_a_forecast_says_what_to_do(forecast: Run) -> None:
    result = forecast()
    assert result.code == 0
    assert result.out.startswith(
        "No forecast yet: run `forecast refresh`.\nDue for week 49: Border"
    )


@pytest.mark.parametrize("verb", ["show", "watch", "memo", "chart scenarios"])
def test_without_a_forecast_others_have_a_problem(forecast: Run, verb: str) -> None:
    result = forecast(*verb.split())
    assert result.code == 1
    assert result.err == f"{LEDGER}: must hold a forecast (run `forecast refresh`)\n"


def test_no_verb_shows_the_last_period_and_what_is_due(three: Run) -> None:
    result = three()
    assert "week 49" in result.out.splitlines()[0] + result.out.splitlines()[1]
    assert "Entry 2, " in result.out
    assert "Due for week 49: Border (overdue, none yet)." in result.out


def test_no_verb_tells_of_a_broken_case_after_the_screen(three: Run, root: Path) -> None:
    (root / "indicators" / "border.csv").write_text("")
    result = three()
    assert result.code == 1
    assert "Entry 2, " in result.out
    assert result.err == "indicators/border.csv: must not be empty\n"


def test_show_shows_a_period(three: Run) -> None:
    assert "Entry 2, " in three("show").out
    assert "Entry 3, " in three("show", "2024-W47").out


def test_show_works_though_the_case_is_broken(three: Run, root: Path) -> None:
    (root / "indicators" / "border.toml").write_text("x")
    assert three("show").code == 0


def test_show_json_is_forecast_json(three: Run, root: Path) -> None:
    copy = json.loads((root / "reports" / "2024-W48" / "forecast.json").read_text())
    assert three("show", "2024-W48", "--json").json == copy


def test_show_knows_no_other_period(three: Run) -> None:
    result = three("show", "2024-W45")
    assert result.code == 1
    assert "must hold a forecast for 2024-W45 (it holds 2024-W47, 2024-W48, 2024-W49)" in result.err


def test_show_of_no_period_is_wrong_usage(three: Run) -> None:
    result = three("show", "2024-W54")
    assert result.code == 2
    assert result.err.startswith("PERIOD: must be a period, found 2024-W54")


def test_log_lists_every_entry(three: Run) -> None:
    lines = three("log").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3"]


def test_log_json_has_the_hashes(three: Run) -> None:
    rows = cast(list[Any], three("log", "--json").json)
    assert [row["period"] for row in rows] == ["2024-W48", "2024-W49", "2024-W47"]
    assert three("log", "--head", rows[-1]["hash"]).code == 0


def test_log_verify_says_the_head(three: Run) -> None:
    head = cast(list[Any], three("log", "--json").json)[-1]["hash"]
    assert three("log", "--verify").out == (
        f"3 entries, chain intact, head {head}\n"
        "No entry was edited, removed or moved; copies say what entries say; rows of readings and "
        "resolutions are as when each entry was logged.\n"
        "Without --head nobody can tell whether entries were cut from the end or added to it, or "
        "all were written anew: keep the head where others see it.\n"
    )
    assert three("log", "--verify", "--json").json == {
        "intact": True, "entries": 3, "head": head, "problems": [], "notes": [],
    }  # fmt: skip


def test_log_verify_finds_an_edit(three: Run, root: Path) -> None:
    edit(root / LEDGER, '"War"', '"Waq"')
    result = three("log", "--verify")
    assert (result.code, result.out) == (1, "")
    assert f"{LEDGER}, line 1: entry 1 was edited" in result.err
    machine = three("log", "--verify", "--json")
    assert (machine.code, cast(Any, machine.json)["intact"]) == (1, False)


def test_log_verify_finds_a_shortened_chain(three: Run, root: Path) -> None:
    head = cast(list[Any], three("log", "--json").json)[-1]["hash"]
    lines = (root / LEDGER).read_bytes().splitlines(keepends=True)
    (root / LEDGER).write_bytes(b"".join(lines[:-1]))
    assert three("log", "--verify").code == 0
    result = three("log", "--verify", "--head", head)
    assert result.code == 1
    assert "lines were removed" in result.err


def test_log_of_no_hash_is_wrong_usage(three: Run) -> None:
    result = three("log", "--head", "xyz")
    assert result.code == 2
    assert result.err.startswith("head: must be 8 to 64 digits of a hash")


def test_log_of_an_empty_record(forecast: Run) -> None:
    assert forecast("log").out == "No forecast logged yet.\n"
    assert forecast("log", "--json").json == []
    assert forecast("log", "--verify").out == "0 entries, chain intact, head none yet\n"


def test_log_verify_tells_line_ends_from_edits(three: Run, root: Path) -> None:
    (root / LEDGER).write_bytes((root / LEDGER).read_bytes().replace(b"\n", b"\r\n"))
    for verb in ("check", "show", "watch", "log", "log --verify"):
        assert three(*verb.split()).code == 0
    result = three("log", "--verify")
    assert "3 entries, chain intact" in result.out
    assert "its line ends were changed to CRLF, by git or an editor" in result.err
    assert "Note: reports/ledger.jsonl: its line ends were changed" in three("check").err
    assert "wrote its line ends back" in three("refresh").err
    assert b"\r" not in (root / LEDGER).read_bytes()
    assert (three("log", "--verify").code, three("log", "--verify").err) == (0, "")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "indicators/strikes.csv", ",52,", ",53,",
            "indicators/strikes.csv: must still have the rows that entry 1 was logged with",
        ),
        (
            "reports/resolutions.csv", ",war,", ",other,",
            "reports/resolutions.csv: must still have the rows that entry 1 was logged with",
        ),
        (
            "reports/2024-W49/forecast.json", '"War"', '"Wra"',
            "reports/2024-W49/forecast.json: must be what entry 1 says",
        ),
    ],
)  # fmt: skip
def test_log_verify_finds_an_edited_row_and_an_edited_copy(
    forecast: Run, root: Path, name: str, old: str, new: str, said: str
) -> None:
    url = ["--url", "https://example.org"]
    assert forecast("resolve", "2024-W48", "war", *url).code == 0
    assert forecast("refresh").code == 0
    assert forecast("log", "--verify").code == 0
    assert forecast("resolve", "2024-W47", "war", *url).code == 0  # rows may be added
    assert forecast("log", "--verify").code == 0
    edit(root / name, old, new)
    result = forecast("log", "--verify")
    assert (result.code, result.out) == (1, "")
    assert said in result.err


def test_log_verify_says_how_far_a_head_reaches(three: Run) -> None:
    rows = cast(list[Any], three("log", "--json").json)
    assert "The head given is entry 3: none up to it was cut or written anew.\n" in (
        three("log", "--head", rows[2]["hash"]).out
    )
    assert "entry 1: none up to it was cut or written anew; nothing vouches for those after" in (
        three("log", "--head", rows[0]["hash"][:8]).out
    )
