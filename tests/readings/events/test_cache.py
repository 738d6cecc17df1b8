"""What is cached changes the time it takes and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from struct import pack

import pytest

from forecast.case import Case, Counting
from forecast.readings.events import count, counted_readings, coverage
from tests.readings.events.pulls import counting, event, pull

ROWS = [event("a", "2024-11-18", civilians="2"), event("b", "2024-11-26", civilians="1")]
AS_OF = date(2024, 12, 2)


@pytest.fixture
def pulled(case: Case) -> Case:
    pull(case, ROWS, "2024-12-02")
    return case


def kept(tmp_path: Path) -> Path:
    [path] = (tmp_path / "cache" / "counted").iterdir()
    return path


def test_the_second_time_nothing_is_counted(pulled: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    first = counted_readings(pulled), coverage(pulled, AS_OF)
    monkeypatch.setattr(count, "tallies", None)
    monkeypatch.setattr(count, "vintages_of", None)
    assert (counted_readings(pulled), coverage(pulled, AS_OF)) == first


@pytest.mark.parametrize("data", [b"", b"x", b"\xff\n", b"x\n{}", b"[]\n[]"])
def test_a_bad_cache_is_made_anew(pulled: Case, tmp_path: Path, data: bytes) -> None:
    first = counted_readings(pulled)
    good = kept(tmp_path).read_bytes()
    kept(tmp_path).write_bytes(data)
    assert counted_readings(pulled) == first
    assert kept(tmp_path).read_bytes() == good


def test_an_edited_or_cut_cache_is_not_believed(pulled: Case, tmp_path: Path) -> None:
    first = counted_readings(pulled)
    good = kept(tmp_path).read_bytes()
    for bad in (good.replace(pack(">d", 2.0), pack(">d", 3.0)), good[:-9]):
        assert bad != good
        kept(tmp_path).write_bytes(bad)
        assert counted_readings(pulled) == first


def test_where_no_cache_can_be_it_is_counted_every_time(pulled: Case, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", "utf-8")
    assert len(counted_readings(pulled)) == 2


def test_another_definition_another_vintage_or_case_is_counted_anew(
    pulled: Case, tmp_path: Path
) -> None:
    assert [r.value for r in counted_readings(pulled)] == [2, 1]
    other = counting(pulled, Counting("events", "B2", "events"))
    assert [r.value for r in counted_readings(other)] == [1, 1]
    assert [r.value for r in counted_readings(replace(pulled, first=pulled.first + 8))] == [1]
    pull(pulled, [ROWS[0], ROWS[1] | {"civilians": "4"}], "2024-12-03")
    assert [r.value for r in counted_readings(pulled)] == [2, 1, 4]
    assert counted_readings(replace(pulled, root=tmp_path)) == ()
