"""Vintages on disk: what they say of themselves, and what is damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecast.case import Case
from forecast.errors import CaseError
from forecast.readings.events import Vintage, check_vintages, counted_readings, vintages_of
from forecast.readings.events.database import opened
from forecast.readings.events.vintages import write
from tests.readings.events.pulls import event, pull

WEEKS = [event("a", "2024-11-18", civilians="2"), event("b", "2024-11-26", civilians="1")]
NAME = "indicators/vintages/events/2024-12-02T101500Z.parquet"


@pytest.fixture
def vintage(case: Case) -> Vintage:
    kept = pull(case, WEEKS, "2024-12-02T10:15").vintage
    assert kept is not None
    return kept


def test_a_vintage_says_what_it_is(case: Case, vintage: Vintage) -> None:
    assert vintage == Vintage(
        source="events",
        known=datetime(2024, 12, 2, 10, 15, tzinfo=UTC),
        since=date(2024, 11, 18),
        until=date(2024, 11, 26),
        rows=2,
        content=vintage.content,
        etag="",
        last_modified="",
        path=(case.root / NAME).resolve(),
        day=date(2024, 12, 2),
        reader="2",
    )
    assert vintages_of(case, "events") == (vintage,)
    assert vintages_of(case, "other") == ()


def test_oldest_first_and_other_files_are_passed_over(case: Case, vintage: Vintage) -> None:
    later = pull(case, [*WEEKS, event("c", "2024-11-27")], "2024-12-03").vintage
    assert later is not None
    (later.path.parent / "notes.txt").write_text("x", "utf-8")
    (later.path.parent / "2024-12-09T101500Z.parquet.tmp").write_text("x", "utf-8")
    assert vintages_of(case, "events") == (vintage, later)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def hollow(path: Path) -> None:
    """Overwrite what is in the columns, not the footer."""
    data = bytearray(path.read_bytes())
    data[4 : len(data) // 3] = b"\xff" * (len(data) // 3 - 4)
    path.write_bytes(data)


def rename(path: Path) -> None:
    shutil.move(path, path.with_name("2024-12-03T101500Z.parquet"))


def foreign(path: Path) -> None:
    with opened(path.parent) as database:
        database.execute("COPY (SELECT 1 AS id) TO ? (FORMAT parquet)", [str(path)])


@pytest.mark.parametrize("damage", [cut, hollow, rename, foreign])
def test_a_damaged_vintage_is_named(case: Case, damage: object) -> None:
    kept = [pull(case, [*WEEKS, event("c", f"2024-11-{day}")], f"2024-12-0{day - 26}").vintage
            for day in (28, 29)]  # fmt: skip
    assert kept[1] is not None
    assert callable(damage)
    damage(kept[1].path)
    with pytest.raises(CaseError) as caught:
        counted_readings(case)
    [problem] = caught.value.problems
    assert problem.where.startswith("indicators/vintages/events/2024-12-03T1")
    assert problem.rule == "must be a vintage as `forecast pull` wrote it"


def test_check_names_every_damaged_vintage(case: Case) -> None:
    paths = []
    for day in (2, 3, 4):
        kept = pull(case, [*WEEKS, event("c", f"2024-11-2{day}")], f"2024-12-0{day}").vintage
        assert kept is not None
        paths.append(kept.path)
    assert check_vintages(case) == []
    hollow(paths[0])
    hollow(paths[2])
    names = [problem.where.rpartition("/")[2] for problem in check_vintages(case)]
    assert names == [paths[0].name, paths[2].name]


def test_check_notices_events_that_were_edited(case: Case, vintage: Vintage) -> None:
    edited = vintage.path.with_suffix(".new")
    with opened(vintage.path.parent) as database:
        database.execute("CREATE TABLE event AS SELECT * FROM read_parquet(?)", [str(vintage.path)])
        database.execute("UPDATE event SET civilians = 9")
        write(database, replace(vintage, path=edited), "table")
    edited.replace(vintage.path)
    [problem] = check_vintages(case)
    assert (problem.where, problem.found) == (NAME, "its events are not those that were stored")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2024-11-18", b"2024-11-19"),
        (b"2024-11-26", b"2024-12-26"),
        (b"2024-11-26", b"9024-11-26"),
        (b"2024-12-02", b"2024-12-01"),
        (b"rows\x18\x012", b"rows\x18\x013"),
    ],
)
def test_what_a_footer_says_is_not_edited(
    case: Case, vintage: Vintage, old: bytes, new: bytes
) -> None:
    before = vintage.path.read_bytes()
    edited = before.replace(old, new)
    if old == b"2024-12-02":  # it is in the name as well, which is looked at first
        edited = before.replace(b"day\x18\n" + old, b"day\x18\n" + new)
    assert edited != before
    vintage.path.write_bytes(edited)
    [problem] = check_vintages(case)
    assert (problem.where, problem.found) == (NAME, "its footer was edited")


@pytest.mark.parametrize(("year", "sound"), [(b"2023", True), (b"9023", False), (b"0001", False)])
def test_an_old_footer_without_a_digest_is_read(
    case: Case, vintage: Vintage, year: bytes, *, sound: bool
) -> None:
    data = vintage.path.read_bytes().replace(b"\x06footer", b"\x06former")
    vintage.path.write_bytes(data.replace(b"2024-11-18", year + b"-11-18"))
    assert check_vintages(case) == [] if sound else len(check_vintages(case)) == 1


def test_a_file_that_nobody_pulled(case: Case, vintage: Vintage) -> None:
    vintage.path.with_name("x.parquet").write_bytes(vintage.path.read_bytes())
    with pytest.raises(CaseError, match=r"events/x\.parquet: must be a vintage"):
        vintages_of(case, "events")
