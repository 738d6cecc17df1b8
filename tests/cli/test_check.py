"""Broken cases: one sentence each, from `check` and from `refresh`, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.conftest import Engine, Run, edit, snapshot
from tests.factories import HEADER

SCENARIOS, STRIKES, PRIORS = "priors/scenarios.toml", "indicators/strikes.csv", "priors/border.toml"
ROW = "2024-W49,60,"
TWICE = "2024-W48,52,2024-12-02,sohr,B2,4,,north-west,https://example.org/a,as told\n"
AHEAD = "2024-W49,60,2034-12-09,"
BEYOND = HEADER + "2024-W49,3,2024-12-09,desk,B2,,,country,https://example.org,\n"

BROKEN = {
    "probabilities that sum to 0.9": (SCENARIOS, "start    = 0.75", "start    = 0.65"),
    "a misspelt scenario": (SCENARIOS, "then     = { other", "then     = { othr"),
    "levels that are no probabilities": (PRIORS, "[0.2, 0.3, 0.5]", "[0.2, 0.3, nan]"),
    "an unknown key": (SCENARIOS, "language", "langauge"),
    "no TOML": (SCENARIOS, "[war]", "[war"),
    "week 54": (STRIKES, ROW, "2024-W54,60,"),
    "a row twice": (STRIKES, ROW, TWICE + ROW),
    "published in another year": (STRIKES, "2024-W49,60,2024-12-09,", AHEAD),
    "no column": (STRIKES, ",grade", ""),
    "a negative count": (STRIKES, ROW, "2024-W49,-6,"),
    "nan": (STRIKES, ROW, "2024-W49,nan,"),
    "1e400": (STRIKES, ROW, "2024-W49,1e400,"),
    "an unknown grade": (STRIKES, "sohr,B2", "sohr,G2"),
    "a control character": (STRIKES, "as told", "as \x1b[31mtold"),
    "an open quote": (STRIKES, "as told", '"as told'),
    "an empty file": (STRIKES, None, ""),
    "a level out of range": ("indicators/border.csv", None, BEYOND),
    "a file of bytes": (STRIKES, None, "\udcff\udcfe"),
}  # fmt: skip


@pytest.mark.parametrize("verb", ["check", "refresh", "replay"])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_case_is_told_in_sentences(
    forecast: Run, engine: Engine, root: Path, verb: str, broken: str
) -> None:
    name, old, new = BROKEN[broken]
    if old is None:
        (root / name).write_bytes(new.encode("utf-8", "surrogateescape"))
    else:
        edit(root / name, old, new)
    before = snapshot(root)
    result = forecast(verb)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(name)
    assert "must" in result.err
    assert "\x1b" not in result.err
    assert "Traceback" not in result.err
    assert snapshot(root) == before
    assert engine.asked == []


def test_check_tells_all_at_once_and_counts(forecast: Run, root: Path) -> None:
    edit(root / SCENARIOS, "start    = 0.75", "start    = 0.65")
    edit(root / STRIKES, "sohr,B2", "sohr,G2")
    result = forecast("check")
    assert [line.partition(":")[0] for line in result.err.splitlines()] == [
        "priors/scenarios.toml, start", "indicators/strikes.csv, line 2, grade", "2 problems.",
    ]  # fmt: skip
    data = cast(dict[str, Any], forecast("check", "--json").json)
    assert (data["ok"], len(data["problems"])) == (False, 2)


def test_check_of_a_sound_case(forecast: Run) -> None:
    result = forecast("check")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "Case is in order: 2 scenarios, 2 indicators, 2 readings.\n"
        "Waiting for an outcome: 2024-W40..2024-W49 (10 of 10 weeks).\n"
    )
    assert forecast("check", "--json").json == {"ok": True, "problems": [], "notes": []}


def test_a_reading_outside_everything_expected_is_named_and_no_problem(
    forecast: Run, root: Path
) -> None:
    edit(root / STRIKES, "2024-W49,60,", "2024-W49,60000,")
    result = forecast("check")
    assert result.code == 0
    assert "60,000" in result.err
    assert "is outside everything that was expected" in result.err
    data = cast(dict[str, Any], forecast("check", "--json").json)
    assert data["ok"] is True
    assert [note["where"] for note in data["notes"]] == [f"{STRIKES}, line 3"]


def test_an_absurd_reading_is_refused_by_all_that_would_use_it(forecast: Run, root: Path) -> None:
    edit(root / STRIKES, "2024-W49,60,", "2024-W49,6000000,")
    for verb in ("check", "refresh", "replay", "what-if strikes=1"):
        result = forecast(*verb.split())
        assert result.code == 1
        assert "raise p90 in priors/strikes.toml" in result.err


def test_check_looks_at_the_record(forecast: Run, root: Path) -> None:
    (root / "reports").mkdir()
    (root / "reports" / "ledger.jsonl").write_text("{}\n")
    result = forecast("check")
    assert result.code == 1
    assert result.err.startswith("reports/ledger.jsonl, line 1: entry 1 was edited")


def test_outside_any_case(forecast: Run, tmp_path: Path) -> None:
    result = forecast("-C", str(tmp_path), "check")
    assert result.code == 1
    assert "start one with `forecast init DIR`, or name one with `-C DIR`" in result.err


@pytest.mark.parametrize("verb", ["check", "refresh"])
def test_of_many_problems_a_screen_is_shown_and_the_rest_counted(
    forecast: Run, root: Path, verb: str
) -> None:
    with (root / STRIKES).open("a", encoding="utf-8") as file:
        file.writelines(
            f"2024-W40,-{n},2024-12-02,sohr,B2,,,north-west,https://x,\n" for n in range(1234)
        )
    lines = forecast(verb).err.splitlines()
    assert [line.startswith(STRIKES) for line in lines[:20]] == [True] * 20
    assert lines[20] == "... and 1,214 more."
    assert lines[21:] == (["1,234 problems."] if verb == "check" else [])
