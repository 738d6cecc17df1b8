"""Rows that a forecast was logged with: they may be added to, and are found when edited."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.ledger import append, changed_rows, edited_copies, file_states, read
from forecast.ledger.copies import write_copy
from tests.factories import make_forecast

HEADER = "period,value\n"
FIRST, SECOND = HEADER + "W1,1\nW2,2\n", HEADER + "W1,1\nW2,2\nW3,3\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A case with an entry logged with two rows and another with three, and one row since."""
    (tmp_path / "indicators").mkdir()
    ledger = tmp_path / "reports" / "ledger.jsonl"
    for number, text in enumerate((FIRST, SECOND)):
        (tmp_path / "indicators" / "x.csv").write_text(text)
        made = make_forecast(fingerprint=str(number))
        append(ledger, dataclasses.replace(made, files=file_states(tmp_path)))
    (tmp_path / "indicators" / "x.csv").write_text(SECOND + "W4,4\n")
    return tmp_path


def found(root: Path) -> list[str]:
    return [str(problem) for problem in changed_rows(root, read(root / "reports/ledger.jsonl"))]


def test_rows_may_be_added(root: Path) -> None:
    assert found(root) == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.removesuffix(b"\n"),
    ],
)
def test_line_ends_and_marks_are_no_edits(root: Path, edit: Callable[[bytes], bytes]) -> None:
    path = root / "indicators" / "x.csv"
    path.write_bytes(edit(path.read_bytes()))
    assert found(root) == []


@pytest.mark.parametrize(
    ("old", "new", "lines", "entry"),
    [
        ("W1,1", "W1,9", "lines 1 to 3", 1),
        ("W3,3", "W3,9", "lines 4 to 4", 2),
        ("W3,3\n", "", "lines 4 to 4", 2),
        ("W2,2\n", "W2,2\nW2,9\n", "lines 4 to 4", 2),
        ("W4,4", "W4,9", "", 0),
        (HEADER, "value,period\n", "lines 1 to 3", 1),
    ],
)
def test_an_edited_row_is_found_between_entries(
    root: Path, old: str, new: str, lines: str, entry: int
) -> None:
    path = root / "indicators" / "x.csv"
    path.write_text(path.read_text().replace(old, new))
    expected = (
        f"indicators/x.csv, {lines}: must be as when entry {entry} was logged "
        "(a row is never edited or removed: a correction is a new row)"
    )
    assert found(root) == ([expected] if entry else [])


def test_of_an_indicator_that_is_watched_no_more_nothing_is_said(root: Path) -> None:
    (root / "indicators" / "x.csv").unlink()
    assert found(root) == []


def test_resolutions_are_rows_as_well(root: Path) -> None:
    (root / "reports" / "resolutions.csv").write_text("period,scenario\nW1,war\n")
    assert file_states(root)["reports/resolutions.csv"].lines == 2


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
