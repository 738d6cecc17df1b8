from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case.folder import (
    MARKER,
    clean_text,
    find_case,
    list_files,
    read_text,
)
from forecast.errors import CaseError
from forecast.kit.checks import is_control

WHERE = "indicators/x.csv"


def make_case(root: Path) -> Path:
    (root / "priors").mkdir(parents=True)
    (root / MARKER).touch()
    return root


def test_a_case_is_found_from_any_folder_inside_it(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    inside = case / "reports" / "2024-W48"
    inside.mkdir(parents=True)
    assert find_case(case) == find_case(inside) == case


def test_the_nearest_case_wins(tmp_path: Path) -> None:
    make_case(tmp_path)
    inner = make_case(tmp_path / "inner")
    assert find_case(inner / "priors") == inner


def test_a_relative_start_is_taken_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_case(tmp_path) / "priors")
    assert find_case(Path()) == tmp_path


def test_outside_a_case_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as refused:
        find_case(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: must be in a case, a folder that has priors/scenarios.toml"
        " (start one with `forecast init DIR`, or name one with `-C DIR`)"
    )


def test_a_start_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="absent: must be a folder"):
        find_case(tmp_path / "absent")


def read(folder: Path, data: bytes) -> str:
    path = folder / "x.csv"
    path.write_bytes(data)
    return read_text(path, WHERE, 1000)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a,b\n1,2\n", "a,b\n1,2\n"),
        (b"\xef\xbb\xbfa,b\n", "a,b\n"),
        (b"a,b\r\n1,2\r\n", "a,b\n1,2\n"),
        (b"\ta\n", "\ta\n"),
        ("حلب – 5 %\u200f\n".encode(), "حلب – 5 %\u200f\n"),
    ],
    ids=["plain", "byte-order mark", "CRLF", "tab", "Arabic with a direction mark"],
)
def test_text_is_read(tmp_path: Path, data: bytes, text: str) -> None:
    assert read(tmp_path, data) == text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "indicators/x.csv: must not be empty"),
        (b"\xef\xbb\xbf \r\n", "indicators/x.csv: must not be empty"),
        (
            b"a\nb\xe9\n",
            "indicators/x.csv, line 2: must be UTF-8 text, found byte 0xe9"
            " (save the file as UTF-8)",
        ),
        (
            "a\n".encode("utf-16"),
            "indicators/x.csv, line 1: must be UTF-8 text, found byte 0xff"
            " (save the file as UTF-8)",
        ),
        (
            b"a\nb\x1b[31m\n",
            r"indicators/x.csv, line 2: must have no control characters, found \x1b",
        ),
        (
            b"a\x00\nb\x00\n",
            r"indicators/x.csv, line 1: must have no control characters, found \x00"
            " (and more in this file)",
        ),
        (b"a\rb\r\n", r"indicators/x.csv, line 1: must have no control characters, found \r"),
        (
            "a\u2028b".encode(),
            r"indicators/x.csv, line 1: must have no control characters, found \u2028",
        ),
    ],
)
def test_text_that_is_not_as_it_must_be_is_refused(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    with pytest.raises(CaseError) as refused:
        read(tmp_path, data)
    assert str(refused.value) == sentence


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"x\.csv: must exist"):
        read_text(tmp_path / "x.csv", WHERE, 1000)
    with pytest.raises(CaseError, match=r"x\.csv: must be a file"):
        read_text(tmp_path, WHERE, 1000)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(CaseError, match=r"x\.csv: must be a file"):
        read_text(tmp_path / "x.csv", WHERE, 1000)


def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(self: Path, _: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    (tmp_path / "x.csv").touch()
    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(CaseError) as refused:
        read_text(tmp_path / "x.csv", WHERE, 1000)
    assert str(refused.value) == "indicators/x.csv: must be readable (Permission denied)"


@settings(derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_clean_text_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        text = read(tmp_path, data)
    except CaseError:
        return
    assert not any(is_control(c) for c in text if c not in "\t\n")


def test_files_are_listed_by_kind_without_hidden_ones(tmp_path: Path) -> None:
    make_case(tmp_path)
    (tmp_path / "indicators" / "vintages").mkdir(parents=True)
    for name in ("indicators/b.toml", "indicators/a.toml", "indicators/a.csv", "priors/a.toml"):
        (tmp_path / name).touch()
    for name in ("indicators/.a.toml", "indicators/a.toml~", "indicators/notes.md"):
        (tmp_path / name).touch()
    files = list_files(tmp_path)
    assert files.watched == ("a", "b")
    assert files.expected == ("a",)
    assert files.coded == ("a",)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"PK\x03\x04\x14\x00", "an Excel workbook, or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"\x1f\x8b\x08\x00", "a file packed by gzip"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_is_taken_for_text_and_is_none_is_named(data: bytes, found: str) -> None:
    with pytest.raises(CaseError) as caught:
        clean_text(data, "many.csv")
    (problem,) = caught.value.problems
    assert (problem.rule, problem.found) == ("must be UTF-8 text", found)
