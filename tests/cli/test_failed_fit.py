"""A fit that failed its gate is marked as such in whatever shows its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from forecast.cli import replay
from forecast.cli.common import load
from forecast.ledger import Entry
from forecast.periods import Period
from forecast.readings import known_as_of
from tests.cli.conftest import Engine, Run, snapshot
from tests.factories import make_forecast

WHY = "R-hat 1.032 of location is above 1.01"
MARKED = {
    "refresh": f"FIT NOT OK: {WHY}.",
    "refresh --draft": f"FIT NOT OK: {WHY}.",
    "show": f"FIT NOT OK: {WHY}.",
    "watch": f"FIT NOT OK: {WHY}.",
    "log": "NOT OK",
    "memo --output -": f"FIT NOT OK: {WHY}.",
    "memo --format html --output -": f"FIT NOT OK: {WHY}.",
    "replay --from 2024-W48": f"FIT NOT OK in 2 of 2 forecasts, marked NOT OK: {WHY}.",
    "replay --from 2024-W48 --draft": f"FIT NOT OK in 2 of 2 forecasts, marked NOT OK: {WHY}.",
    "replay --from 2024-W48 --score": f"FIT NOT OK in 2 of 2 forecasts, marked NOT OK: {WHY}.",
    "export": "FIT NOT OK: 2024-W49",
    "export --format csv": ",false ",
}


@pytest.fixture
def failed(forecast: Run, engine: Engine) -> Run:
    engine.failures = [WHY]
    assert forecast("refresh").code == 0
    return forecast


@pytest.mark.parametrize("command", MARKED)
def test_it_is_marked(failed: Run, command: str) -> None:
    result = failed(*command.split())
    assert result.code == 0
    assert MARKED[command] in " ".join((result.out + result.err).split())


@pytest.mark.parametrize("command", MARKED)
def test_a_sound_one_is_not(forecast: Run, command: str) -> None:
    forecast("refresh")
    result = forecast(*command.split())
    assert "NOT OK" not in result.out + result.err


def test_the_first_screen_names_a_remedy_that_is_another_run(failed: Run) -> None:
    said = " ".join(failed("show").out.split())
    assert "`forecast refresh --refit` samples again, longer and from elsewhere." in said


def test_of_a_replay_each_row_has_its_own_mark(forecast: Run, engine: Engine) -> None:
    forecast("replay", "--from", "2024-W47", "--to", "2024-W48")
    engine.failures = [WHY]
    made = forecast("replay", "--from", "2024-W47", "--to", "2024-W49").out
    rows = {line.split()[0]: line for line in made.splitlines() if line.startswith("2024-W")}
    assert [rows[f"2024-W{n}"].endswith("NOT OK") for n in (47, 48, 49)] == [False, False, True]
    assert "FIT NOT OK in 1 of 3 forecasts" in " ".join(made.split())
    shown = cast(list[Any], forecast("replay", "--from", "2024-W47", "--json").json)
    assert [each["fit"]["ok"] for each in shown] == [True, True, False]


def test_a_refit_that_passes_is_logged_after_one_that_failed(
    failed: Run, engine: Engine, root: Path
) -> None:
    before = snapshot(root)
    again = failed("refresh", "--refit")
    assert again.err == "Same inputs as entry 1, which is shown: nothing appended.\n"
    assert snapshot(root) == before
    engine.failures = []
    passed = failed("refresh", "--refit")
    assert (passed.code, "Entry 2, " in passed.out, passed.err) == (0, True, "")
    assert "NOT OK" not in failed("show").out
    assert "entry 2" in failed("refresh").err


@pytest.mark.usefixtures("forecast")
def test_a_replay_takes_the_entry_that_passed(root: Path, engine: Engine) -> None:
    case, readings = load(root)
    day = date(2024, 12, 9)
    made = make_forecast(fingerprint=engine.fingerprint(case, known_as_of(case, readings, day)))
    as_is = {ok: replace(made, fit=replace(made.fit, ok=ok)) for ok in (True, False)}
    entries = [
        Entry(number, "", Period.parse(made.period), day, as_is[ok].to_json())
        for number, ok in ((1, False), (2, True), (3, False), (4, True))
    ]
    assert replay._logged(case, readings, [day], entries)[day].number == 2
    assert replay._logged(case, readings, [day], entries[::2])[day].number == 1
