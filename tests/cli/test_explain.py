"""`forecast explain`, `chart waterfall`, and the memo that shows what these found.

Which forecasts are compared, how it is told, and that no memo computes it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecast.explain import movement as module  # loaded before the engine's stand-in
from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
from forecast.kit import cache
from forecast.kit.codec import plain
from forecast.periods import Period
from tests.cli.conftest import Run, snapshot

MOVED = {"war": 0.1, "other": -0.1}
NONE = {"war": 0.0, "other": 0.0}
NOW = {"war": 0.3, "other": 0.7}
FACT = Fact(
    Period.parse("2024-W49"),
    Period.parse("2024-W49"),
    60.0,
    "",
    7,
    date(2024, 12, 9),
    "sohr",
    "B2",
    "https://example.org/b",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """Stand where the movement is computed, and remember what of; a cache of one's own."""
    calls: list[Any] = []
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / "cache" / name)

    def stand_in(
        case: Any, readings: Any, before: Any, as_of: Any, after: Any, _: Any, *, quick: bool
    ) -> Movement:
        del readings
        calls.append((before, as_of, after))
        return Movement(
            case=case.name,
            cadence="week",
            scenarios={"war": "War", "other": "Other"},
            before=Moment(before[1].period, before[1].as_of, before[0], {"war": 0.2, "other": 0.8}),
            after=Moment(Period.parse("2024-W49"), as_of, after and after[0], NOW),
            shares=(Share("reading", "strikes", "Strikes", "count", (FACT,), None, MOVED, NONE),),
            remainder=NONE,
            orders=0,
            leading=("other", "war"),
            log_factor=-1.0,
            weights=(Weight("strikes", "Strikes", -1.0, {"war": 0.3, "other": 0.7}),),
            draws=4000,
            ess=900.0,
            coalitions=3,
            unsure=0,
            failures=(),
            fingerprint=after[1].fingerprint if after else "f" * 64,
            cut="quick: 26 orders of causes" if quick else "",
        )

    monkeypatch.setattr(module, "movement", stand_in)
    monkeypatch.setattr(module, "cost", lambda *_: (1.0, 1.0))
    return calls


@pytest.fixture
def two(forecast: Run) -> Run:
    for day in ("2024-12-02", "2024-12-09"):
        assert forecast("refresh", "--as-of", day).code == 0
    return forecast


def test_it_explains_the_change_the_forecast_shows(two: Run, asked: list[Any], root: Path) -> None:
    before = snapshot(root)
    result = two("explain", "--as-of", "2024-12-09")
    assert (result.code, result.err) == (0, "")
    assert "War up 10 points since 2 Dec: Strikes W49 +10." in result.out
    assert "9 Dec, sohr B2: 60" in result.out
    assert snapshot(root) == before
    ((earlier, as_of, after),) = asked
    assert (earlier[0], str(as_of), after[0]) == (1, "2024-12-09", 2)
    two("explain")
    earlier, as_of, after = asked[-1]
    assert (earlier[0], str(as_of), after) == (1, "2024-12-10", None)


def test_json_is_whole(two: Run, asked: list[Any]) -> None:
    found = two("explain", "--json").json
    assert isinstance(found, dict)
    assert found["shares"][0]["facts"][0] == plain(FACT)
    assert found["remainder"] == NONE
    assert json.dumps(found["weights"])
    assert len(asked) == 1


def test_since_a_period_of_the_ledger(two: Run, asked: list[Any]) -> None:
    assert two("explain", "--since", "2024-W49").code == 0
    assert asked[-1][0][0] == 2
    assert two("explain", "--since", "2024-W48", "--scenario", "other").code == 0
    assert asked[-1][0][0] == 1


def test_without_an_entry_the_period_before_is_recomputed(forecast: Run, asked: list[Any]) -> None:
    assert forecast("explain").code == 0
    ((entry, earlier), _, _) = asked[-1]
    assert (entry, str(earlier.period)) == (None, "2024-W48")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--scenario", "wra"], 2, "--scenario: must be a scenario of the case"),
        (["--since", "2024-W30"], 2, "--since: must be a period the ledger has a forecast of"),
        (["--since", "W30"], 2, "--since: must be a period"),
        (["--as-of", "2025-01-01"], 2, "--as-of: must not be after today"),
        (["--as-of", "2024-10-07"], 1, "must hold a forecast earlier than 2024-W40"),
    ],
)
def test_what_cannot_be_explained(
    two: Run, asked: list[Any], arguments: list[str], code: int, said: str
) -> None:
    result = two("explain", *arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert asked == []


def test_the_waterfall_is_of_the_last_forecast(two: Run, asked: list[Any], root: Path) -> None:
    path = root / "reports" / "2024-W49" / "charts" / "waterfall.png"
    assert two("chart", "waterfall").out == f"{path}\n"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert str(asked[-1][1]) == "2024-12-09"
    most = path.read_bytes()
    two("chart", "waterfall", "--scenario", "other")
    assert path.read_bytes() != most
    assert len(asked) == 1  # what was found is kept
    wrong = two("chart", "waterfall", "--scenario", "wra")
    assert (wrong.code, "did you mean war?" in wrong.err) == (2, True)


def test_a_memo_shows_what_explain_found(two: Run, asked: list[Any], root: Path) -> None:
    hint = "Without what moved it: `forecast explain --as-of 2024-12-09` makes it available.\n"
    without = two("memo", "--format", "html", "--output", "-")
    assert (without.err, "Waterfall" in without.out) == (hint, False)
    assert hint in two("memo").err
    assert asked == []  # a memo never computes it
    assert two("explain", "--as-of", "2024-12-09").code == 0
    page = two("memo", "--format", "html", "--output", "-")
    assert page.err == ""
    assert (
        "Waterfall of the probability of War, from 20\u00a0% to 30\u00a0%, in points: Strikes W49 "
        "+10; Refit and rounding 0; in all +10."
    ) in page.out
    assert page.out.count("<svg ") == 3
    path = root / "reports" / "2024-W49" / "memo.docx"
    assert (two("memo", "--format", "docx").out, path.is_file()) == (f"{path}\n", True)
    assert "`forecast chart waterfall`" in two("memo").err
    two("chart", "waterfall")
    assert "waterfall" not in two("memo").err
    memo = (root / "reports" / "2024-W49" / "memo.md").read_text("utf-8")
    assert "![Waterfall of the probability of War" in memo
    assert "](charts/waterfall.png)" in memo
    assert len(asked) == 1


def test_a_memo_shows_no_waterfall_of_another_scenario(two: Run, asked: list[Any]) -> None:
    two("chart", "waterfall", "--scenario", "other")
    result = two("memo", "--output", "-")
    assert "`forecast chart waterfall`" in result.err
    assert "](charts/waterfall" not in result.out
    two("chart", "waterfall", "--scenario", "war", "--format", "svg")
    assert "](charts/waterfall.svg)" in two("memo", "--output", "-").out
    assert len(asked) == 1


def test_a_memo_shows_no_other_change(two: Run, asked: list[Any], root: Path) -> None:
    two("explain", "--since", "2024-W48", "--as-of", "2024-12-09")
    assert two("memo", "--format", "html").err == ""
    for path in (root.parent / "cache" / "explained").iterdir():
        path.write_text("damaged")
    damaged = two("memo", "--format", "html")
    assert (damaged.code, "`forecast explain" in damaged.err) == (0, True)
    two("explain")  # of today, which was not logged
    assert "`forecast explain" in two("memo", "--format", "html").err
    assert len(asked) == 2


def test_a_first_forecast_has_nothing_to_explain(forecast: Run) -> None:
    forecast("refresh", "--as-of", "2024-10-07")
    assert forecast("memo", "--format", "html").err == ""


def test_other_charts_are_of_all_scenarios(two: Run) -> None:
    result = two("chart", "scenarios", "--scenario", "war")
    assert result.code == 2
    assert "--scenario: must go with the chart waterfall" in result.err


def test_what_was_found_quickly_says_so_and_is_in_no_memo(two: Run, asked: list[Any]) -> None:
    result = two("explain", "--as-of", "2024-12-09", "--quick")
    assert result.out.startswith("NOT THE WHOLE ANSWER: quick: 26 orders of causes.")
    assert two("explain", "--as-of", "2024-12-09", "--quick", "--json").code == 0
    assert "`forecast explain" in two("memo", "--format", "html").err
    assert len(asked) == 2
