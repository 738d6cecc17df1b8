"""`forecast explain` and `chart waterfall`: which forecasts are compared, and how it is told."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from forecast.explain import movement as module  # loaded before the engine's stand-in
from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
from tests.cli.conftest import Run, snapshot

MOVED = {"war": 0.1, "other": -0.1}
NONE = {"war": 0.0, "other": 0.0}
FACT = Fact(
    "2024-W49", "2024-W49", 60.0, "", 7, "2024-12-09", "sohr", "B2", "https://example.org/b"
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand where the movement is computed, and remember what of."""
    calls: list[Any] = []

    def stand_in(case: Any, readings: Any, before: Any, as_of: Any, after: Any, _: Any) -> Movement:
        del readings
        calls.append((before, as_of, after))
        return Movement(
            case=case.name,
            cadence="week",
            scenarios={"war": "War", "other": "Other"},
            before=Moment(before[1].period, before[1].as_of, before[0], {"war": 0.3, "other": 0.7}),
            after=Moment("2024-W49", as_of.isoformat(), None, {"war": 0.4, "other": 0.6}),
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
            fingerprint="f" * 64,
        )

    monkeypatch.setattr(module, "movement", stand_in)
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
    assert found["shares"][0]["facts"][0] == dataclasses.asdict(FACT)
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
    assert (entry, earlier.period) == (None, "2024-W48")


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


def test_other_charts_are_of_all_scenarios(two: Run) -> None:
    result = two("chart", "scenarios", "--scenario", "war")
    assert result.code == 2
    assert "--scenario: must go with the chart waterfall" in result.err
