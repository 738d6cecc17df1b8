"""`forecast refresh`: what is logged, what is printed where."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import Engine, Run, edit, pin, snapshot
from tests.factories import make_case

LEDGER = "reports/ledger.jsonl"


def test_logs_and_prints_the_first_screen(forecast: Run, root: Path) -> None:
    result = forecast("refresh")
    assert result.code == 0
    assert "week 49" in result.out
    assert "Entry 1, " in result.out
    assert result.err == ""
    assert len((root / LEDGER).read_text().splitlines()) == 1


def test_identical_inputs_append_nothing(forecast: Run, root: Path) -> None:
    forecast("refresh")
    before = snapshot(root)
    result = forecast("refresh")
    assert result.code == 0
    assert "Entry 1, " in result.out
    assert result.err == "Same inputs as entry 1, which is shown: nothing appended.\n"
    assert snapshot(root) == before


def test_a_new_reading_makes_a_new_entry(forecast: Run, root: Path) -> None:
    forecast("refresh")
    with (root / "indicators" / "strikes.csv").open("a") as file:
        file.write("2024-W49,61,2024-12-10,sohr,B2,,,north-west,https://example.org/c,more\n")
    assert "Entry 2, " in forecast("refresh").out


def test_other_probabilities_of_the_same_inputs_are_said(forecast: Run, engine: Engine) -> None:
    first = forecast("refresh").out
    engine.shift = 0.005
    assert "computed here" not in forecast("refresh").err
    engine.shift = 0.02
    again = forecast("refresh")
    assert re.search(
        r" has \w+ at \d+ %; computed here from the same inputs it is \d+ %", again.err
    )
    assert again.out == first  # what is logged


def test_draft_logs_nothing(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("refresh", "--draft")
    assert result.code == 0
    assert "Not logged" in result.out
    assert snapshot(root) == before


def test_json_is_the_content_of_forecast_json(forecast: Run, root: Path) -> None:
    result = forecast("refresh", "--json")
    copy = json.loads((root / "reports" / "2024-W49" / "forecast.json").read_text())
    assert result.json == copy
    assert result.err == ""


def test_as_of_defaults_to_today_or_the_pin(forecast: Run, engine: Engine, root: Path) -> None:
    forecast("refresh", "--draft")
    pin(root)
    forecast("refresh", "--draft")
    forecast("refresh", "--draft", "--as-of", "2024-11-25")
    assert [engine.asked[k] for k in (1, 3, 5)] == [
        date(2024, 12, 10), date(2024, 12, 2), date(2024, 11, 25),
    ]  # fmt: skip


def test_compares_with_the_ledger_else_with_the_period_recomputed(
    forecast: Run, engine: Engine
) -> None:
    recomputed = forecast("refresh", "--as-of", "2024-12-02", "--json").json
    assert engine.asked == [date(2024, 11, 25), date(2024, 12, 2)]
    logged = forecast("refresh", "--json").json
    assert engine.asked[2:] == [date(2024, 12, 10)]
    assert [made["change_since"]["entry"] for made in (recomputed, logged)] == [None, 1]  # type: ignore[index]


def test_the_first_period_is_compared_with_nothing(forecast: Run, engine: Engine) -> None:
    result = forecast("refresh", "--as-of", "2024-10-07", "--json")
    assert result.json["change_since"] is None  # type: ignore[index]
    assert engine.asked == [date(2024, 10, 7)]


def test_refit_is_asked_for_once(forecast: Run, engine: Engine) -> None:
    forecast("refresh", "--refit")
    assert (len(engine.asked), engine.refits) == (2, 1)


def test_a_later_as_of_than_today_is_wrong_usage(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("refresh", "--as-of", "2024-12-11")
    assert result.code == 2
    assert "--as-of: must not be after today, 2024-12-10, found 2024-12-11" in result.err
    assert snapshot(root) == before


@pytest.mark.parametrize("altered", [True, False])
def test_a_copy_is_written_again_and_named_if_it_was_altered(
    forecast: Run, root: Path, *, altered: bool
) -> None:
    forecast("refresh")
    copy = root / "reports" / "2024-W49" / "forecast.json"
    before = copy.read_bytes()
    copy.write_text("{}") if altered else copy.unlink()
    result = forecast("refresh")
    assert ("reports/2024-W49/forecast.json: written again" in result.err) == altered
    assert copy.read_bytes() == before


def test_a_broken_chain_stops_it_before_sampling(forecast: Run, engine: Engine, root: Path) -> None:
    for day in ("2024-12-02", "2024-12-10"):
        forecast("refresh", "--as-of", day)
    edit(root / LEDGER, '"War"', '"Waq"')
    before, asked = (root / LEDGER).read_bytes(), len(engine.asked)
    result = forecast("refresh")
    assert result.code == 1
    assert "entry 1 was edited" in result.err
    assert ((root / LEDGER).read_bytes(), len(engine.asked)) == (before, asked)


def test_what_a_crash_left_is_removed_and_said(forecast: Run, root: Path) -> None:
    forecast("refresh", "--as-of", "2024-12-02")
    with (root / LEDGER).open("a") as file:
        file.write('{"entry":2,"fore')
    result = forecast("refresh")
    assert result.code == 0
    assert "removed an unfinished last line" in result.err


def test_another_case_is_named_with_c(forecast: Run, tmp_path: Path) -> None:
    make_case(tmp_path / "other")
    assert forecast("-C", str(tmp_path / "other"), "refresh").code == 0
    assert (tmp_path / "other" / LEDGER).exists()
