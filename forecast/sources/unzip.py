"""What packs one file: a zip with one CSV in it, or gzip. Unpacked within limits."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from forecast.sources.problems import Problems

CHUNK = 1 << 20
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_TIMES = 100  # what text is packed to is a tenth of it, rarely a hundredth
LARGE = 100 * 1024**2  # bytes from which that is asked
LONGEST_LIST = 1 << 20  # bytes of a zip's list of its files

_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65535


def unzip(archive: Path, to: Path, size: int, problems: Problems) -> None:
    """Write the one CSV of an archive to ``to``, at most ``size`` bytes of it.

    Whatever else is in there (a code book, a licence) is left alone; names are never paths.

    Raises
    ------
    PullError
        If there is none or more than one, it is too large, damaged or encrypted, or a workbook.
    """
    try:
        _check_list(archive, problems)
        with zipfile.ZipFile(archive) as opened:
            entry = _the_csv(opened, problems)
            with opened.open(entry) as packed:
                _unpack(packed.read, to, size, archive.stat().st_size, problems)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError):
        raise problems.error("must be a whole zip archive", "a damaged one") from None


def gunzip(archive: Path, to: Path, size: int, problems: Problems) -> None:
    """Write what a gzip file holds to ``to``, at most ``size`` bytes of it.

    Raises
    ------
    PullError
        If it is too large or damaged.
    """
    try:
        with gzip.open(archive) as packed:
            _unpack(packed.read, to, size, archive.stat().st_size, problems)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise problems.error("must be a whole gzip file", "a damaged one") from None


def _unpack(
    read: Callable[[int], bytes], to: Path, size: int, from_size: int, problems: Problems
) -> None:
    with to.open("xb") as file:
        done = 0
        while chunk := read(CHUNK):
            done += len(chunk)  # counted: what an archive says of itself may be a lie
            if done > size:
                raise problems.error(f"must be at most {size} bytes unpacked", "more")
            if done > LARGE and done > MOST_TIMES * from_size:
                rule = f"must be at most {MOST_TIMES} times as large unpacked"
                raise problems.error(rule, f"more than {done} bytes from {from_size}")
            file.write(chunk)


def _check_list(archive: Path, problems: Problems) -> None:
    """Refuse an archive whose list of files is too long to be read into memory."""
    with archive.open("rb") as file:
        file.seek(max(0, archive.stat().st_size - _END_LENGTH - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_LENGTH:
        raise zipfile.BadZipFile
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if length > LONGEST_LIST:
        raise problems.error("must hold exactly one CSV file", "thousands in the zip archive")


def _the_csv(archive: zipfile.ZipFile, problems: Problems) -> zipfile.ZipInfo:
    entries = archive.infolist()
    _refuse_workbook({entry.filename for entry in entries}, problems)
    tables = [entry for entry in entries if _is_csv(entry)]
    if len(tables) != 1:
        raise problems.error("must hold exactly one CSV file", f"{len(tables)} in the zip archive")
    entry = tables[0]
    if entry.header_offset < 0:
        raise zipfile.BadZipFile
    if entry.flag_bits & 1 or entry.compress_type not in METHODS:
        raise problems.error("must be a plain zip archive", "one encrypted or packed otherwise")
    return entry


def _refuse_workbook(names: set[str], problems: Problems) -> None:
    """Refuse what is a zip archive and a workbook."""
    kind = ""
    if "[Content_Types].xml" in names:
        kind = "an Excel workbook" if any(n.startswith("xl/") for n in names) else "a document"
    elif "content.xml" in names and "mimetype" in names:
        kind = "an OpenDocument spreadsheet"
    if kind:
        hint = "open it and save the table as CSV in UTF-8"
        raise problems.error("must be a CSV file", kind, hint)


def _is_csv(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    shadow = "__MACOSX" in path.parts  # macOS adds one of every file to what it packs
    return path.suffix.lower() == ".csv" and not entry.is_dir() and not shadow
