"""`forecast resolve`: rows under the lock, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.cli import common
from forecast.ledger import lock
from tests.cli.conftest import Run, edit, pin, snapshot

URL = ["--url", "https://example.org"]
FILE = "reports/resolutions.csv"


def test_records_and_says_where(forecast: Run, root: Path) -> None:
    result = forecast("resolve", "2024-W48", "war", *URL, "--note", "since Monday")
    assert (result.code, result.out) == (
        0, f"{FILE}, line 2: war held in 2024-W48, published 2024-12-10\n",
    )  # fmt: skip
    assert (root / FILE).read_text().splitlines()[1] == (
        "2024-W48,war,2024-12-10,https://example.org,since Monday"
    )
    assert forecast("check").code == 0


def test_records_a_run(forecast: Run, root: Path) -> None:
    assert forecast("resolve", "2024-W46..2024-W48", "other", *URL).code == 0
    assert len((root / FILE).read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2024-W48", "wra", *URL], "scenario: must be one of the case's scenarios, found wra"),
        (["2024-W48", "war"], "url: must be an address"),
        (["2024-W54", "war", *URL], "period: must be a week"),
        (["2024-W49", "war", *URL, "--published", "2024-12-01"], "must not be before 2024-W49"),
        (["2024-W50", "war", *URL], "period: must have ended: it lasts until 2024-12-15"),
        (["2024-W48", "war", *URL, "--published", "2024-12-11"], "must not be after today"),
        (["2024-W48", "-", "--note", "a slip"], "there is nothing to withdraw"),
        (["2024-W48", "-"], "or empty with a note, to withdraw it"),
    ],
)
def test_refuses_what_breaks_a_rule(
    forecast: Run, root: Path, arguments: list[str], said: str
) -> None:
    before = snapshot(root / "priors")
    result = forecast("resolve", *arguments)
    assert result.code == 1
    assert said in result.err
    assert not (root / FILE).exists()
    assert snapshot(root / "priors") == before


def test_a_pinned_case_has_no_today(forecast: Run, root: Path) -> None:
    pin(root)
    result = forecast("resolve", "2024-W48", "war", *URL)
    assert result.code == 2
    assert result.err.startswith("--published: must be given (the case is pinned")


def test_rules_out_what_it_was_not(forecast: Run, root: Path) -> None:
    result = forecast("resolve", "2024-W47..2024-W48", "--not", "war", *URL, "--note", "quiet")
    assert (result.code, result.out) == (
        0,
        f"{FILE}, line 2: war ruled out in 2024-W47, published 2024-12-10\n"
        "  Only other is left; to score forecasts of it: `forecast resolve 2024-W47 other`.\n"
        f"{FILE}, line 3: war ruled out in 2024-W48, published 2024-12-10\n"
        "  Only other is left; to score forecasts of it: `forecast resolve 2024-W48 other`.\n",
    )
    assert (root / FILE).read_text().splitlines()[1] == (
        "2024-W47,not war,2024-12-10,https://example.org,quiet"
    )
    again = forecast("resolve", "2024-W48", "--not", "war", *URL, "--note", "quiet")
    assert again.out == f"{FILE}, line 3: war ruled out in 2024-W48, recorded before.\n"
    assert forecast("check").code == 0
    assert forecast("resolve", "2024-W48", "other", *URL).code == 0
    assert forecast("resolve", "2024-W47", "-", "--note", "a slip").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["2024-W48", "war", "--not", "other"], 2, "SCENARIO: must be given, or --not instead"),
        (["2024-W48"], 2, "SCENARIO: must be given, or --not instead"),
        (["2024-W48", "--not", "wra"], 1, "must be one of the case's scenarios, found not wra"),
        (["2024-W48", "--not", "war", "--not", "war"], 1, "must rule each scenario out once"),
        (["2024-W48", "--not", "war", "--not", "other"], 1, "must leave a scenario of 2024-W48"),
        (["2024-W46..2024-W47", "war"], 1, "must not contradict line 2, not war, found war"),
    ],
)
def test_refuses_what_cannot_be_ruled_out(
    forecast: Run, root: Path, arguments: list[str], code: int, said: str
) -> None:
    assert forecast("resolve", "2024-W47", "--not", "war", *URL).code == 0
    before = (root / FILE).read_bytes()
    result = forecast("resolve", *arguments, *URL)
    assert (result.code, said in result.err) == (code, True), result.err
    assert (root / FILE).read_bytes() == before


def test_waits_for_the_lock(forecast: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "PATIENCE", 0.05)
    with lock(root, timeout=1, on_wait=print):
        assert forecast("resolve", "2024-W48", "war", *URL).code == 1
    assert not (root / FILE).exists()


def test_check_tells_of_a_broken_resolution(forecast: Run, root: Path) -> None:
    (root / "reports").mkdir(exist_ok=True)
    (root / FILE).write_text("period,scenario,published,url,note\n2024-W48,wra,2024-12-02,,\n")
    result = forecast("check")
    assert result.code == 1
    assert f"{FILE}, line 2, scenario: must be one of the case's scenarios" in result.err
    assert f"{FILE}, line 2, url: must be an address" in result.err


def test_what_judgements_exclude_is_named_by_check(forecast: Run, root: Path) -> None:
    scenarios = root / "priors" / "scenarios.toml"
    lasting = "lasts    = [10, 40]\nthen     = { war = 1.0 }\nworth    = 4\n"
    edit(scenarios, lasting, "ends_case = true\nworth = 4\n")
    assert forecast("resolve", "2024-W40", "other", *URL).code == 0
    assert forecast("resolve", "2024-W41", "war", *URL).code == 0
    result = forecast("check")
    assert result.code == 1
    assert f"{FILE}, 2024-W41: must be possible by priors/scenarios.toml" in result.err


def test_home_says_what_waits_for_an_outcome_and_what_a_forecast_lacks(forecast: Run) -> None:
    assert forecast("refresh").code == 0
    assert "Waiting for an outcome: 2024-W40..2024-W49 (10 of 10 weeks)" in forecast().out
    assert forecast("resolve", "2024-W42..2024-W46", "other", *URL).code == 0
    assert forecast("resolve", "2024-W49", "war", *URL).code == 0
    out = " ".join(forecast().out.split())
    assert (
        "Waiting for an outcome: 2024-W40..2024-W41, 2024-W47..2024-W48 (4 of 10 weeks). "
        "Of 1 week on record 1 can be scored. What is known of the outcome of 6 weeks is not in "
        "this forecast: run `forecast refresh`."
    ) in out
