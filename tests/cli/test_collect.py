"""`forecast collect`: the list, and the numbers behind it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from forecast.case import Case
from forecast.explain.collect import Collectable, Collection, Upset
from forecast.periods import Period
from forecast.readings import Reading
from tests.cli.conftest import Engine, Run, snapshot


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def collect(
        case: Case, readings: Sequence[Reading], as_of: date, progress: object = None
    ) -> Collection:
        del progress
        assert len(readings) == 2
        strikes = Collectable(
            "strikes", "Strikes", "count", (), "sohr", "B2", 0.25, 0.3, 0.12,
            (Upset(80.0, None, "war", 0.12),), held=False,
        )  # fmt: skip
        return Collection(
            case=case.name,
            cadence=case.cadence,
            as_of=as_of,
            period=Period.parse("2024-W50"),
            failures=(),
            scenarios={s.id: s.name for s in case.scenarios},
            probabilities={"war": 0.3, "other": 0.7},
            entropy=0.88,
            draws=400,
            indicators=(strikes,),
        )

    monkeypatch.setitem(sys.modules, "forecast.explain.collect", SimpleNamespace(collect=collect))


def test_the_list_writes_nothing(forecast: Run, root: Path) -> None:
    before = snapshot(root)
    result = forecast("collect")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(
        "A small case: what to collect for week 50, as known 10 Dec 2024\n"
    )
    assert "80 or more: War" in result.out
    assert snapshot(root) == before


def test_json_is_the_numbers(forecast: Run) -> None:
    found = forecast("collect", "--json").json
    assert isinstance(found, dict)
    (strikes,) = found["indicators"]
    assert (strikes["bits"], strikes["upsets"][0]["high"]) == (0.25, None)
    assert (found["entropy"], found["as_of"]) == (0.88, "2024-12-10")


def test_the_next_periods_figures_are_those_logged_of_the_same_inputs(
    forecast: Run, engine: Engine
) -> None:
    engine.shift = 0.02
    assert "other (70 %) leads" in forecast("collect").out.lower()
    assert forecast("refresh", "--as-of", "2024-12-10").code == 0  # its horizon of one: 69 %
    assert "other (69 %) leads" in forecast("collect").out.lower()
