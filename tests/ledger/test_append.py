"""Logging: once, whole, after any crash; and the copies for readers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from forecast.errors import LedgerError
from forecast.ledger import append, read, repair_copies, verify
from forecast.proof.replay import as_replayed
from tests.factories import make_forecast


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "ledger.jsonl"


def test_an_equal_forecast_is_logged_once(ledger: Path) -> None:
    first = append(ledger, make_forecast(fingerprint="a"))
    append(ledger, make_forecast(fingerprint="b"))
    before = ledger.read_bytes()
    again = append(ledger, make_forecast(fingerprint="a"))
    assert (first.appended, again.appended) == (True, False)
    assert again.entry == first.entry == read(ledger)[0]
    assert ledger.read_bytes() == before


def test_a_replay_of_today_costs_no_live_forecast_its_place(ledger: Path) -> None:
    live = make_forecast()
    replayed = as_replayed(live)
    assert append(ledger, replayed).appended
    assert append(ledger, live).appended
    assert [entry.header.mode for entry in read(ledger)] == ["replayed", "live"]
    for again in (live, replayed):
        assert not append(ledger, again).appended


@pytest.mark.parametrize("fingerprint", ['quo"ted', "back\\slash", "é", "new\nline"])
def test_any_fingerprint_is_recognised(ledger: Path, fingerprint: str) -> None:
    append(ledger, make_forecast(fingerprint=fingerprint))
    assert not append(ledger, make_forecast(fingerprint=fingerprint)).appended


def test_a_fingerprint_that_stands_elsewhere_in_a_line_is_not_the_entry_s(ledger: Path) -> None:
    append(ledger, make_forecast(fingerprint="abc"))
    assert append(ledger, make_forecast(fingerprint="ab")).appended


def test_a_crash_at_any_byte_of_the_last_line_is_recovered(ledger: Path) -> None:
    append(ledger, make_forecast(fingerprint="a"))
    kept = ledger.read_bytes()
    append(ledger, make_forecast("2024-W49", "2024-12-09", "b"))
    whole = ledger.read_bytes()
    assert verify(ledger, None) == []
    for cut in range(len(kept) + 1, len(whole) - 1, 7):
        ledger.write_bytes(whole[:cut])
        (problem,) = verify(ledger, None)
        assert str(problem) == (
            "reports/ledger.jsonl, line 2: unfinished last line, which no one was told of: "
            "the next refresh removes it"
        )
        assert [entry.number for entry in read(ledger)] == [1]
        done = append(ledger, make_forecast("2024-W49", "2024-12-09", "b"))
        assert done.appended
        assert done.recovered == (
            f"removed an unfinished last line ({cut - len(kept)} bytes) a crash left"
        )
        assert ledger.read_bytes() == whole


def test_an_unfinished_line_is_removed_even_if_nothing_is_to_be_logged(ledger: Path) -> None:
    append(ledger, make_forecast(fingerprint="a"))
    before = ledger.read_bytes()
    ledger.write_bytes(before + b'{"entry":2,"fore')
    assert append(ledger, make_forecast(fingerprint="a")).recovered
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("fingerprint", ["b", "new"])
def test_a_whole_last_line_without_its_end_is_kept_and_ended(
    ledger: Path, fingerprint: str
) -> None:
    append(ledger, make_forecast(fingerprint="a"))
    append(ledger, make_forecast(fingerprint="b"))
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-1])
    assert len(read(ledger)) == 2
    done = append(ledger, make_forecast(fingerprint=fingerprint))
    assert done.recovered == "ended the last line, which a crash left without its line end"
    assert ledger.read_bytes().startswith(whole)
    assert len(read(ledger)) == (2 if fingerprint == "b" else 3)


def test_a_broken_chain_is_not_added_to(ledger: Path) -> None:
    for fingerprint in "abc":
        append(ledger, make_forecast(fingerprint=fingerprint))
    broken = ledger.read_bytes().replace(b'"seed":1', b'"seed":2', 1)
    ledger.write_bytes(broken)
    with pytest.raises(LedgerError, match="entry 1 was edited"):
        append(ledger, make_forecast(fingerprint="d"))
    assert ledger.read_bytes() == broken


def test_a_disk_that_fails_leaves_the_ledger_as_it_was(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(ledger, make_forecast(fingerprint="a"))
    before = ledger.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LedgerError, match="nothing was logged"):
        append(ledger, make_forecast(fingerprint="b"))
    assert ledger.read_bytes() == before


def test_the_line_is_synced_before_the_copy_is_written(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    fsync = os.fsync

    def watch(descriptor: int) -> None:
        fsync(descriptor)
        copies = list(ledger.parent.glob("*/forecast.json"))
        synced.append(ledger.read_bytes() if not copies else b"too late")

    monkeypatch.setattr(os, "fsync", watch)
    append(ledger, make_forecast())
    assert synced[0] == ledger.read_bytes()


def test_the_last_forecast_of_a_period_is_copied_for_readers(ledger: Path) -> None:
    for fingerprint in "ab":
        append(ledger, make_forecast(fingerprint=fingerprint))
    copy = ledger.parent / "2024-W48" / "forecast.json"
    assert json.loads(copy.read_bytes()) == make_forecast(fingerprint="b").to_json()
    assert copy.read_bytes().count(b"\n") > 50
    assert not list(ledger.parent.rglob("*.tmp"))


def test_missing_and_stale_copies_are_repaired_and_sound_ones_left_alone(ledger: Path) -> None:
    for week, fingerprint in ((46, "a"), (47, "b"), (48, "c")):
        append(ledger, make_forecast(f"2024-W{week}", "2024-12-02", fingerprint))
    copies = [ledger.parent / f"2024-W{week}" / "forecast.json" for week in (46, 47, 48)]
    sound = [copy.read_bytes() for copy in copies]
    copies[0].unlink()
    copies[0].parent.rmdir()
    copies[1].write_bytes(sound[2])
    assert repair_copies(ledger.parent) == copies[:2]
    assert [copy.read_bytes() for copy in copies] == sound
    assert repair_copies(ledger.parent) == []


def test_without_a_ledger_there_is_nothing_to_repair(tmp_path: Path) -> None:
    assert repair_copies(tmp_path) == []


def test_a_copy_that_cannot_be_written_says_that_the_entry_is_safe(ledger: Path) -> None:
    ledger.parent.mkdir()
    (ledger.parent / "2024-W48").write_text("in the way")
    with pytest.raises(LedgerError, match="entry 1 is in the ledger, its copy is not"):
        append(ledger, make_forecast())
    assert len(read(ledger)) == 1
