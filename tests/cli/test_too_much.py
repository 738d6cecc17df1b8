"""What is no file, or more than any case has: refused in words, a screen of them at most."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.case import CSV_MOST
from forecast.errors import PROBLEMS_MOST
from tests.cli.conftest import Run
from tests.factories import HEADER

FILES = (
    "priors/scenarios.toml",
    "priors/strikes.toml",
    "indicators/strikes.toml",
    "indicators/evidence.toml",
    "indicators/grades.toml",
    "indicators/sources.toml",
    "indicators/strikes.csv",
    "reports/resolutions.csv",
    "reports/ledger.jsonl",
)


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**28)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "too large": sparse,
}
SCREEN = 22  # lines: 20 problems, how many more, how many in all


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_file_of_a_case_is_refused_unread(
    forecast: Run, root: Path, name: str, make: Callable[[Path], object]
) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    result = forecast("check")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"{name}: must be ")
    assert "fault" not in result.err


TOMLS = {
    "many tables": "".join(f"[t{n}]\na=1\n" for n in range(6000)),
    "more tables than any file has": "".join(f"[t{n}]\n" for n in range(200_000)),
    "many keys": "".join(f"k{n}=1\n" for n in range(6000)),
    "a key of many parts": ".".join(["a"] * 50_000) + " = 1",
    "a header of many parts": "[" + ".".join(['"a"'] * 50_000) + "]",
    "spaces around parts": " . ".join(["'a'"] * 50_000) + " = 1",
    "a key of many parts in a table": "x = { " + ".".join(["a"] * 50_000) + " = 1 }",
    "nested arrays": "a = " + "[" * 100_000,
    "nested tables": "a = " + "{a=" * 100_000,
    "a long list": "name = [" + "1," * 20_000 + "]",
    "a long number": "name = " + "9" * 100_000,
    "a long key": "a" * 100_000 + " = 1",
    "nothing but comments": "# nothing yet\n",
    "nothing but line ends": "\n" * 1000,
}


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".toml")])
@pytest.mark.parametrize("text", TOMLS.values(), ids=TOMLS.keys())
def test_definitions_that_are_too_much_or_nothing_are_refused(
    forecast: Run, root: Path, name: str, text: str
) -> None:
    (root / name).write_text(text)
    for verb in ("check", "refresh"):
        result = forecast(verb)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith(name)
        assert len(result.err.splitlines()) <= SCREEN
        assert "fault" not in result.err


RESOLUTIONS = "period,scenario,published,url,note\n"
TABLES = {
    "no rows": ("x\n" * 20_000, "5,000 problems at least."),
    "bad rows": (",,,,,,,,,x\n" * 20_000, "problems at least."),
    "more rows than any table has": ("\n" * 100_001, "1 problem."),
    "a row of many cells": ("," * 1_000_000 + "x\n", "1 problem."),
    "quotes": ('"\n' * 20_000, "5,000 problems at least."),
}


@pytest.mark.parametrize(("rows", "last"), TABLES.values(), ids=TABLES.keys())
@pytest.mark.parametrize("header", [HEADER, RESOLUTIONS], ids=["readings", "resolutions"])
def test_of_many_rows_that_are_wrong_some_are_looked_at(
    forecast: Run, root: Path, header: str, rows: str, last: str
) -> None:
    (root / "reports").mkdir()
    name = "indicators/strikes.csv" if header == HEADER else "reports/resolutions.csv"
    (root / name).write_text(header + rows)
    result = forecast("check")
    assert result.code == 1
    assert result.err.splitlines()[-1].endswith(last)
    assert len(result.err.splitlines()) <= SCREEN


@pytest.mark.parametrize("again", ["x{}", "note"])
@pytest.mark.parametrize("header", [HEADER, RESOLUTIONS], ids=["readings", "resolutions"])
def test_of_many_columns_the_number_is_given(
    forecast: Run, root: Path, header: str, again: str
) -> None:
    (root / "reports").mkdir()
    name = "indicators/strikes.csv" if header == HEADER else "reports/resolutions.csv"
    there = header.strip().split(",")
    columns = there + [again.format(n) for n in range(200_000 - len(there))]
    (root / name).write_text(",".join(columns) + "\n")
    assert forecast("check").err == (
        f"{name}, line 1: must name at most 100 columns, found 200,000\n1 problem.\n"
    )


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_added_is_a_file(forecast: Run, root: Path, make: Callable[[Path], object]) -> None:
    make(root / "rows.csv")
    result = forecast("add", "--from", "rows.csv")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("rows.csv: must be ")


def test_what_is_added_may_have_any_number_of_wrong_rows(forecast: Run, root: Path) -> None:
    header = f"indicator,{HEADER}"
    (root / "rows.csv").write_text(header + "x\n" * (PROBLEMS_MOST + 1))
    result = forecast("add", "--from", "rows.csv")
    assert (result.code, result.out) == (1, "")
    assert len(result.err.splitlines()) <= SCREEN


class _Endless(io.RawIOBase):
    """A pipe without an end."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_standard_input_without_an_end_is_refused(
    forecast: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(_Endless())))
    result = forecast("add", "--from", "-")
    assert result.code == 1
    assert result.err == "standard input: must be at most 16 MiB, found more\n"
    assert CSV_MOST == 16 * 2**20


LINE = b'{"entry":1,"forecast":{"a":"'
LEDGERS = {
    "a line without an end": (LINE + b"x" * 2**23, "must have no line of more than 4 MiB"),
    "a whole line that is too long": (
        LINE + b"x" * 2**23 + b'"},"previous":"' + b"0" * 64 + b'"}\n',
        "must have no line of more than 4 MiB",
    ),
    "lines without an end": (b"\n" * 200_000, "must have at most 100,000 lines"),
    "other lines": (b"x\n" * 50_000, "was edited: it is not as a ledger's line is written"),
    "nested": (LINE[:-1] + b"[" * 100_000 + b'},"previous":"' + b"0" * 64 + b'"}\n', "edited"),
}


@pytest.mark.parametrize(("data", "rule"), LEDGERS.values(), ids=LEDGERS.keys())
@pytest.mark.parametrize("verb", ["check", "show", "log"])
def test_a_ledger_that_is_too_much_is_refused(
    forecast: Run, root: Path, data: bytes, rule: str, verb: str
) -> None:
    (root / "reports").mkdir()
    (root / "reports/ledger.jsonl").write_bytes(data)
    result = forecast(verb)
    assert result.code == 1
    assert rule in result.err
    assert len(result.err.splitlines()) <= SCREEN


def test_notes_for_the_memo_and_files_for_git_are_files(
    forecast: Run, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    os.mkfifo(tmp_path / "other" / ".gitignore")
    result = forecast("init", str(tmp_path / "other"))
    assert result.code == 1
    assert "a folder, pipe or device" in result.err
    assert forecast("refresh").code == 0
    os.mkfifo(root / "reports/2024-W49/notes.md")
    result = forecast("memo", "--output", "-")
    assert (result.code, result.out) == (1, "")
    assert "notes.md: must be a file" in result.err
