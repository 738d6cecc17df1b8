"""`forecast resolve`: rows under the lock, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.cli import common
from forecast.ledger import lock
from tests.cli.conftest import Run, pin, snapshot

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
