"""A case as a folder: how it is found, what lies in it, how its text files are read.

Whatever is wrong with a file as a file (absent, no file at all, too large, unreadable, not UTF-8,
empty, control characters) is settled here, for definitions and readings alike.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import CaseError, Problem, printable, show
from forecast.files import NoFileError, TooLargeError, read_whole, size_of, sweep_all

MARKER = "priors/scenarios.toml"  # the file that makes a folder a case
DERIVED = "indicators/derived.toml"
EVIDENCE = "indicators/evidence.toml"
GRADES = "indicators/grades.toml"
SOURCES = "indicators/sources.toml"
STAGING = ".forecast-init-"  # begins the name of the folder in which a new case is put together

TOML_MOST = 2**20  # bytes of a file of definitions
CSV_MOST = 16 * 2**20  # bytes of a table
TEXT_MOST = 2 * 2**20  # bytes of resolutions, notes and other texts
FILES_MOST = 500  # of one kind


def find_case(start: Path) -> Path:
    """Return the nearest folder, from ``start`` upwards, that is a case.

    Raises
    ------
    CaseError
        If ``start`` is no folder, or neither it nor any folder above it is a case.
    """
    folder = start.resolve()
    where = printable(str(folder))
    if not folder.is_dir():
        raise CaseError(Problem(where, "must be a folder"))
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / MARKER):  # if it is no file, whoever reads it says so
            return candidate
    raise CaseError(
        Problem(
            where,
            f"must be in a case, a folder that has {MARKER}",
            hint="start one with `forecast init DIR`, or name one with `-C DIR`",
        )
    )


def clear_away(root: Path) -> None:
    """Remove what runs that were killed left in a case; the caller holds its lock."""
    below = ("priors", "indicators", "indicators/vintages/*", "reports", "reports/*", "reports/*/*")
    sweep_all([root, *(f for part in below for f in root.glob(part) if f.is_dir())])
    for folder in root.glob(f"{STAGING}*"):
        shutil.rmtree(folder, ignore_errors=True)


def read_text(path: Path, where: str, most: int) -> str:
    """Return a text file of a case, without byte-order mark, lines ended by a line feed.

    Tabs are let through (TOML may be indented by them); a reader of single values refuses them
    with `kit.checks.is_control`.

    Raises
    ------
    CaseError
        If the file does not exist, cannot be read, has more than ``most`` bytes, is empty, is not
        UTF-8 or has control characters. ``where`` is how the error names the file, relative to the
        case.
    """
    try:
        return clean_text(read_file(path, where, most), where)
    except FileNotFoundError:
        raise CaseError(Problem(where, "must exist")) from None


def read_file(path: Path, where: str, most: int) -> bytes:
    """Bytes of a file of a case, of which there may be none.

    Raises
    ------
    FileNotFoundError
        If there is none.
    CaseError
        If it cannot be read, has more than ``most`` bytes, or is no file.
    """
    try:
        return read_whole(path, most)
    except FileNotFoundError:
        raise
    except NoFileError as error:
        raise CaseError(Problem(where, "must be a file", error.strerror or "")) from None
    except TooLargeError as error:
        raise CaseError(too_large(where, most, error.strerror or "")) from None
    except OSError as error:
        raise CaseError(Problem(where, "must be readable", hint=error.strerror or "")) from None


def too_large(where: str, most: int, found: str = "more") -> Problem:
    """Problem of a file that has more than ``most`` bytes."""
    return Problem(where, f"must be at most {size_of(most)}", found)


def list_unended(root: Path) -> list[str]:
    """Return the text files of a case without a line end after their last line: cut off, maybe."""
    kinds = ("priors/*.toml", "indicators/*.toml", "indicators/*.csv", "reports/resolutions.csv")
    found = (path for kind in kinds for path in sorted(root.glob(kind)))
    return [
        path.relative_to(root).as_posix()
        for path in found
        if not path.name.startswith(".") and not path.read_bytes().endswith((b"\n", b"\r"))
    ]


_NO_TEXT = {  # how files begin that are taken for text
    b"PK\x03\x04": "an Excel workbook, or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a file packed by gzip",
    b"%PDF": "a PDF",
}


def clean_text(data: bytes, where: str) -> str:
    """Return what `read_text` would of a file with these bytes, or raise as it does."""
    for beginning, name in _NO_TEXT.items():
        if data.startswith(beginning):
            hint = "save it as plain text in UTF-8, a table as CSV"
            raise CaseError(Problem(where, "must be UTF-8 text", name, hint))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseError(
            Problem(
                f"{where}, line {line}",
                "must be UTF-8 text",
                f"byte 0x{data[error.start]:02x}",
                "save the file as UTF-8",
            )
        ) from None
    if not text.strip():
        raise CaseError(Problem(where, "must not be empty"))
    _refuse_controls(text, where)
    return text


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # those of `is_control`


def _refuse_controls(text: str, where: str) -> None:
    if (found := _CONTROL.search(text)) is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    more = "and more in this file" if _CONTROL.search(text, found.end()) else ""
    rule = "must have no control characters"
    raise CaseError(Problem(f"{where}, line {line}", rule, show(found[0]), more))


@dataclass(frozen=True, slots=True)
class Files:
    """The ids for which a case has each kind of file, sorted."""

    watched: tuple[str, ...]
    """``indicators/<id>.toml``"""
    expected: tuple[str, ...]
    """``priors/<id>.toml``"""
    coded: tuple[str, ...]
    """``indicators/<id>.csv``"""


def list_files(root: Path) -> Files:
    """List the files of a case by what they hold; hidden files and other endings are passed over.

    Raises
    ------
    CaseError
        If a folder cannot be listed, or holds more files than any case has.
    """
    return Files(
        watched=_stems(root / "indicators", ".toml"),
        expected=tuple(stem for stem in _stems(root / "priors", ".toml") if stem != "scenarios"),
        coded=_stems(root / "indicators", ".csv"),
    )


def _stems(folder: Path, ending: str) -> tuple[str, ...]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(ending)]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        rule = "must be a folder that can be listed"
        raise CaseError(Problem(folder.name, rule, hint=error.strerror or "")) from None
    shown = sorted(name.removesuffix(ending) for name in names if not name.startswith("."))
    if len(shown) > FILES_MOST:
        rule = f"must have at most {FILES_MOST} files that end in {ending}"
        raise CaseError(Problem(folder.name, rule, f"{len(shown):,}"))
    return tuple(shown)
