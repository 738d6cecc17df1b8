"""A case as a folder: how it is found, what lies in it, how its text files are read.

Whatever is wrong with a file as a file (absent, unreadable, not UTF-8, empty, control
characters) is settled here, for definitions and readings alike.
"""

from __future__ import annotations

import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import CaseError, Problem, printable, show
from forecast.files import sweep_all

MARKER = "priors/scenarios.toml"  # the file that makes a folder a case
EVIDENCE = "indicators/evidence.toml"
GRADES = "indicators/grades.toml"
SOURCES = "indicators/sources.toml"
STAGING = ".forecast-init-"  # begins the name of the folder in which a new case is put together


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
        if (candidate / MARKER).is_file():
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


def read_text(path: Path, where: str) -> str:
    """Return a text file of a case, without byte-order mark, lines ended by a line feed.

    Tabs are let through (TOML may be indented by them); a reader of single values refuses them
    with `is_control`.

    Raises
    ------
    CaseError
        If the file does not exist, cannot be read, is empty, is not UTF-8 or has control
        characters. ``where`` is how the error names the file, relative to the case.
    """
    try:
        if path.exists() and not path.is_file():
            raise CaseError(Problem(where, "must be a file"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise CaseError(Problem(where, "must exist")) from None
    except OSError as error:
        raise CaseError(Problem(where, "must be readable", hint=error.strerror or "")) from None
    return clean_text(data, where)


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


def is_control(character: str) -> bool:
    """Whether a character steers a terminal or breaks a line rather than being read."""
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def _refuse_controls(text: str, where: str) -> None:
    found = [
        (number, character)
        for number, line in enumerate(text.split("\n"), start=1)
        if not line.isprintable()  # nearly all are, and told at once
        for character in line
        if character != "\t" and is_control(character)
    ]
    if found:
        number, character = found[0]
        rest = f"and {len(found) - 1} more in this file" if len(found) > 1 else ""
        raise CaseError(
            Problem(
                f"{where}, line {number}", "must have no control characters", show(character), rest
            )
        )


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
        If a folder cannot be listed.
    """
    return Files(
        watched=_stems(root / "indicators", ".toml"),
        expected=tuple(stem for stem in _stems(root / "priors", ".toml") if stem != "scenarios"),
        coded=_stems(root / "indicators", ".csv"),
    )


def _stems(folder: Path, ending: str) -> tuple[str, ...]:
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        rule = "must be a folder that can be listed"
        raise CaseError(Problem(folder.name, rule, hint=error.strerror or "")) from None
    shown = (name for name in names if name.endswith(ending) and not name.startswith("."))
    return tuple(sorted(name.removesuffix(ending) for name in shown))
