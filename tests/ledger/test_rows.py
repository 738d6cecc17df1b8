"""Rows that a forecast was logged with: they may be added to, and are found when edited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.ledger import append, changed_rows, edited_copies, read
from forecast.ledger.append import write_copy
from tests.factories import make_forecast

HEADER = "period,value\n"
FIRST, SECOND = HEADER + "W1,1\nW2,2\n", HEADER + "W1,1\nW2,2\nW3,3\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A case with an entry logged with two rows and another with three, and one row since."""
    (tmp_path / "indicators").mkdir()
    for number, text in enumerate((FIRST, SECOND)):
        (tmp_path / "indicators" / "x.csv").write_text(text)
        append(tmp_path / "reports" / "ledger.jsonl", make_forecast(fingerprint=str(number)))
    (tmp_path / "indicators" / "x.csv").write_text(SECOND + "W4,4\n")
    return tmp_path


def found(root: Path) -> list[str]:
    return [str(problem) for problem in changed_rows(root, read(root / "reports/ledger.jsonl"))]


def test_each_entry_pins_the_rows_that_none_before_it_did(root: Path) -> None:
    entries = read(root / "reports" / "ledger.jsonl")
    pins = [entry.header.files["indicators/x.csv"] for entry in entries]
    assert list(map(len, pins)) == [3, 1]  # the names of columns are a row, too
    assert not {*pins[0]} & {*pins[1]}
    append(root / "reports" / "ledger.jsonl", make_forecast(fingerprint="3"))
    assert len(read(root / "reports" / "ledger.jsonl")[2].header.files) == 1
    append(root / "reports" / "ledger.jsonl", make_forecast(fingerprint="4"))
    assert read(root / "reports" / "ledger.jsonl")[3].header.files == {}


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.removesuffix(b"\n"),
        lambda data: data.replace(b"W2,2\n", b"W2,2\n\nW2,9\n"),  # another's, merged between
        lambda data: b"\n".join(reversed(data.split(b"\n"))),
        lambda data: data.replace(b"W4,4", b"W4,9"),  # no entry was logged with it
    ],
)
def test_rows_may_be_added_and_merged(root: Path, edit: Callable[[bytes], bytes]) -> None:
    path = root / "indicators" / "x.csv"
    path.write_bytes(edit(path.read_bytes()))
    assert found(root) == []


@pytest.mark.parametrize(
    ("old", "new", "number", "entry"),
    [
        ("W1,1", "W1,9", "1 row", 1),
        ("W1,1\nW2,2\n", "", "2 rows", 1),
        ("W3,3", "W3,9", "1 row", 2),
        ("W3,3\n", "", "1 row", 2),
        (HEADER, "value,period\n", "1 row", 1),
    ],
)
def test_an_edited_row_is_found(root: Path, old: str, new: str, number: str, entry: int) -> None:
    path = root / "indicators" / "x.csv"
    path.write_text(path.read_text().replace(old, new))
    assert found(root) == [
        f"indicators/x.csv: must still have the rows that entry {entry} was logged with, found "
        f"{number} edited or removed (a row is never edited or removed: a correction is a new row)"
    ]


def test_of_two_rows_that_are_alike_both_must_stay(root: Path) -> None:
    path = root / "indicators" / "x.csv"
    path.write_text(path.read_text() + "W1,2\nW1,1\n")
    append(root / "reports" / "ledger.jsonl", make_forecast(fingerprint="3"))
    assert found(root) == []
    path.write_text(path.read_text().removesuffix("W1,1\n"))
    assert "entry 3 was logged with, found 1 row edited or removed" in found(root)[0]


def test_of_an_indicator_that_is_watched_no_more_nothing_is_said(root: Path) -> None:
    (root / "indicators" / "x.csv").unlink()
    assert found(root) == []


def test_resolutions_are_rows_as_well(root: Path) -> None:
    path = root / "reports" / "resolutions.csv"
    path.write_text("period,scenario\nW1,war\n")
    append(root / "reports" / "ledger.jsonl", make_forecast(fingerprint="3"))
    path.write_text("period,scenario\nW1,other\n")
    assert found(root)[0].startswith("reports/resolutions.csv: must still have the rows")


def test_an_edited_copy_is_found_and_a_missing_one_is_none(root: Path) -> None:
    entries = read(root / "reports" / "ledger.jsonl")
    path = write_copy(root / "reports", entries[-1])
    assert edited_copies(root / "reports", entries) == []
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert edited_copies(root / "reports", entries) == []
    path.write_text(path.read_text().replace("0.3,", "0.4,"))
    (problem,) = edited_copies(root / "reports", entries)
    assert problem.where == "reports/2024-W48/forecast.json"
    assert "must be what entry 2 says" in problem.rule
    path.unlink()
    assert edited_copies(root / "reports", entries) == []
