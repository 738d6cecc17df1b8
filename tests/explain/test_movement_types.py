"""Cached explanations: taken only whole, and only of the change a forecast shows."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from forecast.explain import movement_types
from forecast.explain.movement_types import (
    Fact,
    Moment,
    Movement,
    Share,
    Weight,
    save_movement,
    saved_movement,
)
from forecast.kit import cache
from forecast.periods import Period
from forecast.record import ChangeSince, Forecast
from tests.factories import make_forecast

NONE = {"war": 0.0, "other": 0.0}
FACT = Fact(
    Period.parse("2024-W48"),
    Period.parse("2024-W48"),
    52.0,
    "",
    4,
    date(2024, 12, 2),
    "sohr",
    "B2",
    "https://example.org",
)
BEFORE, NOW = {"war": 0.2, "other": 0.8}, {"war": 0.3, "other": 0.7}
MOVED = {name: NOW[name] - BEFORE[name] for name in NOW}
FOUND = Movement(
    case="A small case",
    cadence="week",
    scenarios={"war": "War", "other": "Other"},
    before=Moment(Period.parse("2024-W47"), date(2024, 11, 25), 1, BEFORE),
    after=Moment(Period.parse("2024-W48"), date(2024, 12, 2), 2, NOW),
    shares=(
        Share("time", None, "", "", (), None, NONE, NONE),
        Share("reading", "strikes", "Strikes", "count", (FACT,), FACT, MOVED, NONE),
    ),
    remainder=NONE,
    orders=0,
    leading=("other", "war"),
    log_factor=-1.0,
    weights=(Weight("strikes", "Strikes", -1.0, BEFORE),),
    draws=4000,
    ess=900.0,
    coalitions=3,
    unsure=0,
    failures=("R-hat 1.02",),
    fingerprint="f" * 64,
)


def logged() -> Forecast:
    """The forecast that `FOUND` explains."""
    made = make_forecast()
    return structs.replace(
        made,
        change_since=ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 1),
        scenarios=[structs.replace(s, change=MOVED[s.id]) for s in made.scenarios],
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "cache_folder", lambda name: tmp_path / name)
    return tmp_path / "explained"


def only_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_what_is_kept_comes_back_whole() -> None:
    assert saved_movement(logged()) is None
    save_movement(FOUND)
    assert saved_movement(logged()) == FOUND


def test_only_of_the_change_that_the_forecast_shows() -> None:
    save_movement(FOUND)
    shown = logged()
    war, other = shown.scenarios
    for another in (
        structs.replace(shown, fingerprint="e" * 64),
        structs.replace(shown, change_since=None),
        structs.replace(
            shown, change_since=ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 2)
        ),
        structs.replace(
            shown, change_since=ChangeSince(Period.parse("2024-W46"), date(2024, 11, 18), 1)
        ),
        structs.replace(shown, scenarios=[structs.replace(war, probability=0.31), other]),
        structs.replace(shown, scenarios=[structs.replace(war, change=0.11), other]),
        structs.replace(shown, scenarios=[structs.replace(war, id="peace"), other]),
    ):
        assert saved_movement(another) is None
    new = structs.replace(shown, scenarios=[structs.replace(war, change=None), other])
    assert saved_movement(new) == FOUND


def test_what_was_not_logged_is_not_kept(folder: Path) -> None:
    save_movement(dataclasses.replace(FOUND, after=dataclasses.replace(FOUND.after, entry=None)))
    assert not folder.exists()


def test_what_was_damaged_is_not_believed(folder: Path) -> None:
    save_movement(FOUND)
    path = only_file(folder)
    whole = path.read_bytes()
    for damaged in (
        whole[:-9], whole.replace(b"Strikes", b"Strokes"), b"", b"\xff\xfe", whole.split(b"\n")[0]
    ):  # fmt: skip
        path.write_bytes(damaged)
        assert saved_movement(logged()) is None
    path.write_bytes(whole)
    assert saved_movement(logged()) == FOUND
    save_movement(FOUND)
    assert only_file(folder) == path  # and nothing unfinished beside it


def test_of_other_code_nothing_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    save_movement(FOUND)
    monkeypatch.setattr(movement_types, "sources_digest", lambda _: "another")
    assert saved_movement(logged()) is None


def test_a_folder_that_cannot_be_written_harms_nothing(folder: Path) -> None:
    folder.write_text("a file")
    save_movement(FOUND)
    assert saved_movement(logged()) is None
