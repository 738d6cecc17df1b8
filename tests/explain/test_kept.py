"""Explanations that are kept: believed only whole, and only of the change a forecast shows."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from forecast import caches
from forecast.explain.kept import keep, kept
from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
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
    return dataclasses.replace(
        made,
        change_since=ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 1),
        scenarios=[dataclasses.replace(s, change=MOVED[s.id]) for s in made.scenarios],
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(caches, "cache_folder", lambda name: tmp_path / name)
    return tmp_path / "explained"


def only_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_what_is_kept_comes_back_whole() -> None:
    assert kept(logged()) is None
    keep(FOUND)
    assert kept(logged()) == FOUND


def test_only_of_the_change_that_the_forecast_shows() -> None:
    keep(FOUND)
    shown = logged()
    war, other = shown.scenarios
    for another in (
        dataclasses.replace(shown, fingerprint="e" * 64),
        dataclasses.replace(shown, change_since=None),
        dataclasses.replace(
            shown, change_since=ChangeSince(Period.parse("2024-W47"), date(2024, 11, 25), 2)
        ),
        dataclasses.replace(
            shown, change_since=ChangeSince(Period.parse("2024-W46"), date(2024, 11, 18), 1)
        ),
        dataclasses.replace(shown, scenarios=[dataclasses.replace(war, probability=0.31), other]),
        dataclasses.replace(shown, scenarios=[dataclasses.replace(war, change=0.11), other]),
        dataclasses.replace(shown, scenarios=[dataclasses.replace(war, id="peace"), other]),
    ):
        assert kept(another) is None
    new = dataclasses.replace(shown, scenarios=[dataclasses.replace(war, change=None), other])
    assert kept(new) == FOUND


def test_what_was_not_logged_is_not_kept(folder: Path) -> None:
    keep(dataclasses.replace(FOUND, after=dataclasses.replace(FOUND.after, entry=None)))
    assert not folder.exists()


def test_what_was_damaged_is_not_believed(folder: Path) -> None:
    keep(FOUND)
    path = only_file(folder)
    whole = path.read_bytes()
    for damaged in (
        whole[:-9], whole.replace(b"Strikes", b"Strokes"), b"", b"\xff\xfe", whole.split(b"\n")[0]
    ):  # fmt: skip
        path.write_bytes(damaged)
        assert kept(logged()) is None
    path.write_bytes(whole)
    assert kept(logged()) == FOUND
    keep(FOUND)
    assert only_file(folder) == path  # and nothing unfinished beside it


def test_of_other_code_nothing_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(FOUND)
    monkeypatch.setattr(caches, "sources_digest", lambda _: "another")
    assert kept(logged()) is None


def test_a_folder_that_cannot_be_written_harms_nothing(folder: Path) -> None:
    folder.write_text("a file")
    keep(FOUND)
    assert kept(logged()) is None
