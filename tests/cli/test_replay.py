"""`forecast replay`: one ordinary refresh per period."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.conftest import Engine, Run, edit, pin, snapshot


def test_refreshes_each_period_as_of_its_refresh_day(forecast: Run, engine: Engine) -> None:
    result = forecast("replay", "--from", "2024-W47", "--to", "2024-W49")
    assert result.code == 0
    assert engine.asked == [date(2024, 11, d) for d in (18, 25)] + [
        date(2024, 12, d) for d in (2, 9)
    ]
    assert [line.split()[0] for line in result.out.splitlines()[1:4]] == [
        "2024-W47", "2024-W48", "2024-W49",
    ]  # fmt: skip
    assert result.err == "3 logged, 0 already in the ledger.\n"


def test_each_is_compared_with_the_one_before(forecast: Run) -> None:
    made = cast(
        list[Any], forecast("replay", "--from", "2024-W40", "--to", "2024-W42", "--json").json
    )
    since = [
        f["change_since"] and (f["change_since"]["period"], f["change_since"]["entry"])
        for f in made
    ]
    assert since == [None, ("2024-W40", 1), ("2024-W41", 2)]


def test_a_second_replay_appends_nothing(forecast: Run, root: Path) -> None:
    forecast("replay", "--from", "2024-W47")
    before = snapshot(root)
    assert forecast("replay", "--from", "2024-W47").err == "0 logged, 3 already in the ledger.\n"
    assert snapshot(root) == before


def test_draft_logs_nothing(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    assert forecast("replay", "--draft", "--from", "2024-W48").code == 0
    assert snapshot(root) == before


def test_runs_from_the_first_period_to_that_of_a_refresh(
    forecast: Run, engine: Engine, root: Path
) -> None:
    pin(root)
    forecast("replay", "--draft")
    assert (engine.asked[0], engine.asked[-1]) == (date(2024, 10, 7), date(2024, 12, 2))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2024-W39"], "--from: must not be before 2024-W40"),
        (["--from", "2024-W54"], "--from: must be a period, found 2024-W54"),
        (["--from", "2024-11"], "--from: must be a week, as in the case, found 2024-11"),
        (["--from", "2024-W48", "--to", "2024-W47"], "--from: must not be after the last"),
        (["--to", "2024-W50"], "--to: must be a period that has ended, found 2024-W50"),
    ],
)
def test_periods_that_cannot_be_replayed_are_wrong_usage(
    forecast: Run, root: Path, arguments: list[str], said: str
) -> None:
    before = snapshot(root)
    result = forecast("replay", *arguments)
    assert result.code == 2
    assert said in result.err
    assert snapshot(root) == before


def test_what_the_ledger_holds_is_not_computed_again(forecast: Run, engine: Engine) -> None:
    forecast("replay", "--from", "2024-W47", "--to", "2024-W48")
    del engine.asked[:]
    result = forecast("replay", "--from", "2024-W47")
    assert engine.asked == [date(2024, 12, 9)]
    assert result.err == "1 logged, 2 already in the ledger.\n"
    assert [line.split()[0] for line in result.out.splitlines()[1:4]] == [
        "2024-W47", "2024-W48", "2024-W49",
    ]  # fmt: skip


def test_what_other_readings_led_to_is_computed_anew(
    forecast: Run, engine: Engine, root: Path
) -> None:
    forecast("replay", "--from", "2024-W48")
    del engine.asked[:]
    edit(root / "indicators" / "strikes.csv", "2024-W49,60,", "2024-W49,61,")
    forecast("replay", "--from", "2024-W48")
    assert engine.asked == [date(2024, 12, 9)]


def test_the_first_to_be_computed_is_compared_with_the_logged_one_before(forecast: Run) -> None:
    forecast("replay", "--from", "2024-W47", "--to", "2024-W48")
    made = cast(list[Any], forecast("replay", "--from", "2024-W48", "--json").json)
    assert (made[1]["change_since"]["period"], made[1]["change_since"]["entry"]) == ("2024-W48", 2)


def test_scores_of_what_was_replayed_and_of_nothing_else(forecast: Run, root: Path) -> None:
    pin(root)
    settled = ["--published", "2024-12-09", "--url", "https://example.org"]
    assert forecast("resolve", "2024-W46..2024-W48", "war", *settled).code == 0
    forecast("replay", "--from", "2024-W46")
    result = forecast("replay", "--from", "2024-W47", "--to", "2024-W48", "--score")
    assert result.code == 0
    assert [line[:8] for line in result.out.splitlines()[1:3]] == ["2024-W47", "2024-W48"]
    assert "\n\nA small case\n" in result.out
    out = " ".join(result.out.split())
    assert "Replayed Now: 2 forecasts, 2 settled, 0 open, 0 missing, 0 revised" in out
    assert "One case, coded with hindsight, proves nothing" in out
    for baseline in ("uniform", "starting judgement", "chain without evidence", "naive update"):
        assert f"{baseline} 2 " in out
    assert "last forecast repeated 1 " in out


def test_scores_of_a_replay_as_json_log_nothing_in_a_draft(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    proof = cast(dict[str, Any], forecast("replay", "--draft", "--score", "--json").json)
    assert {table["mode"] for table in proof["tables"]} == {"replayed"}  # the stand-in says live
    assert {table["issued"] for table in proof["tables"] if table["horizon"] == 0} == {10}
    assert snapshot(root) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--workers", "2", "--cluster", "tcp://localhost:1"], "--workers: must not be given with"),
        (["--cluster", "nonsense://x"], "--cluster: must be the address of a running Dask"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_who_computes_must_make_sense(forecast: Run, arguments: list[str], said: str) -> None:
    result = forecast("replay", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1
