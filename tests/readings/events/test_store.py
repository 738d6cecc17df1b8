"""Storing a pull: all of it or nothing, only what is new, and not far less than before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import ReadingError
from forecast.readings.events import Changed, counted_readings, store, vintages_of
from tests.readings.events.pulls import event, pull, source, write

ROWS = [event("a", "2024-11-18", civilians="2"), event("b", "2024-11-26", civilians="1")]


def files(case: Case) -> list[Path]:
    return sorted((case.root / "indicators").rglob("*"))


def test_unchanged_data_makes_no_new_vintage(case: Case) -> None:
    assert pull(case, ROWS, "2024-12-02").vintage is not None
    before = files(case)
    again = pull(case, list(reversed(ROWS)), "2024-12-09")
    assert (again.vintage, again.unchanged, again.changes) == (None, True, ())
    assert files(case) == before


@pytest.mark.parametrize(("at", "new"), [("events.csv", False), ("", True)])
def test_more_days_without_events_are_new_only_where_they_were_asked_for(
    case: Case, at: str, new: bool
) -> None:
    declared = source(at=at, since=date(2024, 11, 18))
    pull(case, ROWS, "2024-12-02", declared)
    again = pull(case, ROWS, "2024-12-09", declared)
    assert again.unchanged is not new
    assert [(str(c.period), c.new.value, c.new.days) for c in again.changes] == (
        [("2024-W49", 0, 7)] if new else []
    )


def test_other_declared_days_are_new(case: Case) -> None:
    pull(case, ROWS, "2024-12-02", source(since=date(2024, 11, 18)))
    assert pull(case, ROWS, "2024-12-03", source(since=date(2024, 11, 11))).vintage is not None


def test_a_pull_must_be_later_than_the_last(case: Case) -> None:
    pull(case, ROWS, "2024-12-02T10:15")
    with pytest.raises(ReadingError) as caught:
        pull(case, [*ROWS, event("c", "2024-11-27")], "2024-12-02T10:15")
    assert str(caught.value) == (
        "events: must be pulled after 2024-12-02T101500Z, the newest vintage, "
        "found 2024-12-02T101500Z"
    )


def test_a_moment_is_kept_in_utc(case: Case, tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.csv", ROWS)
    known = datetime(2024, 12, 3, 1, 0, 0, 999, tzinfo=timezone(timedelta(hours=3)))
    kept = store(case, source(), raw, known=known, etag='"a\'b"', last_modified="x").vintage
    assert kept is not None
    assert kept.known == datetime(2024, 12, 2, 22, tzinfo=UTC)
    assert kept.path.name == "2024-12-02T220000Z.parquet"
    assert (kept.etag, kept.last_modified) == ('"a\'b"', "x")
    assert vintages_of(case, "events") == (kept,)


MANY = [event(str(number), f"2024-11-{10 + number % 10}") for number in range(20)]


def test_far_fewer_events_are_refused_with_both_figures(case: Case) -> None:
    pull(case, MANY, "2024-12-02")
    before = files(case)
    # The next day has many more, but it was not covered before.
    new = [event(f"n{number}", "2024-11-30") for number in range(30)]
    with pytest.raises(ReadingError) as caught:
        pull(case, [*MANY[:9], MANY[9], *new][1:], "2024-12-03", source(since=date(2024, 11, 10)))
    assert str(caught.value) == (
        "events: must have at least half of the 20 events known before, found 9 on the days both "
        "cover (2024-11-10 to 2024-11-19; --accept stores it nevertheless)"
    )
    assert files(case) == before
    assert pull(case, [*MANY[:9], *new], "2024-12-03", accept=True).vintage is not None


@pytest.mark.parametrize("rows", [MANY[:10], [*MANY[:1], event("x", "2024-11-19")]])
def test_half_of_them_or_of_a_few_is_enough(case: Case, rows: list[dict[str, str]]) -> None:
    few = MANY[:19] if len(rows) == 2 else MANY
    declared = source(since=date(2024, 11, 10))
    pull(case, few, "2024-12-02", declared)
    assert pull(case, rows, "2024-12-03", declared).vintage is not None


def test_each_day_is_compared_with_the_newest_pull_that_covers_it(case: Case) -> None:
    pull(case, MANY, "2024-12-02", source(since=date(2024, 11, 10)))
    pull(case, [], "2024-12-03", source(since=date(2024, 11, 20), until=date(2024, 11, 21)))
    with pytest.raises(ReadingError, match="half of the 20 events"):
        pull(case, MANY[:3], "2024-12-04", source(since=date(2024, 11, 1)))


def test_a_dry_run_says_what_would_change_and_writes_nothing(case: Case) -> None:
    before = files(case)
    dry = pull(case, ROWS, "2024-12-02", keep=False)
    assert files(case) == before
    assert dry.vintage is not None
    assert dry.changes == pull(case, ROWS, "2024-12-02").changes
    assert [c.new for c in dry.changes] == [replace(r, line=0) for r in counted_readings(case)]


def test_what_a_pull_changes(case: Case) -> None:
    pull(case, ROWS, "2024-12-02")
    stored = pull(
        case,
        [ROWS[0] | {"civilians": "5"}, ROWS[1], event("c", "2024-12-03", civilians="0.5")],
        "2024-12-09",
    )
    shown = [
        (str(c.period), c.old and (c.old.value, c.old.days), (c.new.value, c.new.days))
        for c in stored.changes
    ]
    assert shown == [
        ("2024-W47", (2, 7), (5, 7)),
        ("2024-W48", (1, 2), (1, 7)),
        ("2024-W49", None, (0.5, 2)),
    ]
    first = stored.changes[0]
    assert isinstance(first, Changed)
    assert (first.indicator, first.source) == ("strikes-0", "events")


def test_a_second_pull_of_a_day_is_compared_with_the_first(case: Case) -> None:
    pull(case, ROWS, "2024-12-02T10:00")
    [change] = pull(case, [ROWS[0] | {"civilians": "5"}, ROWS[1]], "2024-12-02T11:00").changes
    assert change.old is not None
    assert (change.old.value, change.new.value) == (2, 5)
    [back] = pull(case, ROWS, "2024-12-02T12:00").changes
    assert back.old is not None
    assert (back.old.value, back.new.value) == (5, 2)


def no_copy(*_: object) -> None:
    raise OSError(28, "No space left on device")


def no_move(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize(
    ("place", "name", "failing", "error"),
    [
        (shutil, "copyfileobj", no_copy, ReadingError),
        (os, "fsync", no_copy, ReadingError),
        (Path, "replace", no_move, KeyboardInterrupt),
    ],
)
def test_a_failure_leaves_nothing(
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    earlier: bool,
    place: object,
    name: str,
    failing: Callable[..., None],
    error: type[BaseException],
) -> None:
    if earlier:
        pull(case, ROWS, "2024-12-02")
    before = files(case)
    with monkeypatch.context() as patch:
        patch.setattr(place, name, failing)
        with pytest.raises(error) as caught:
            pull(case, [*ROWS, event("c", "2024-11-28")], "2024-12-03")
    assert files(case) == before
    if error is ReadingError:
        assert str(caught.value) == (
            "indicators/vintages/events/2024-12-03T120000Z.parquet: must be writable "
            "(No space left on device)"
        )
