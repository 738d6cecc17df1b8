"""A file as it came, made into one UTF-8 CSV by what is in it, not by its name.

What packs it (a zip with one CSV in it, or gzip) is unpacked within limits: of its size, of how
many times that is what was packed, and of a zip's list of its files.
"""

from __future__ import annotations

import codecs
import gzip
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePosixPath

from forecast.sources import provider_of
from forecast.sources.flat import Sheet, columns_of, parsed, rows_of
from forecast.sources.problems import Problems
from forecast.sources.provider import Task

CHUNK = 1 << 20
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_TIMES = 100  # what text is packed to is a tenth of it, rarely a hundredth
LARGE = 100 * 1024**2  # bytes from which that is asked
LONGEST_LIST = 1 << 20  # bytes of a zip's list of its files

_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65535

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHER = (  # how files begin that hold no text, and what to do with them
    (b"PK\x05\x06", "an empty zip archive", ""),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "open it and save the table as CSV in UTF-8"),
    (b"PAR1", "a Parquet file", "save it as CSV in UTF-8"),
    (b"%PDF", "a PDF", "look for the table as CSV"),
    (b"{\\rtf", "a document", "save the table as CSV in UTF-8"),
    (b"BZh", "a bzip2 archive", "unpack it"),
    (b"\xfd7zXZ", "an xz archive", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"SQLite format 3", "a database", "save the table as CSV in UTF-8"),
)


def copy(path: Path, to: Path, task: Task) -> None:
    """Copy a local file.

    Raises
    ------
    PullError
        If it is missing, unreadable, too large, or no regular file (a pipe or a device never ends).
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise task.problems.error("must be a file", f"{path}, a folder, pipe or device")
        if found.st_size > task.service.size:
            raise task.problems.error(
                f"must be at most {task.service.size} bytes", str(found.st_size)
            )
        shutil.copyfile(path, to)
    except OSError as error:
        raise task.problems.error(
            "must be a file that can be read", f"{path}, {error.strerror}"
        ) from None
    task.say(found.st_size, found.st_size)


def path_of(url: str, problems: Problems) -> Path:
    """The path a ``file://`` URL names.

    Raises
    ------
    PullError
        If it is on another machine.
    """
    from urllib.request import url2pathname  # loads TLS and more, for this rare case alone

    host, _, path = url.partition("://")[2].partition("/")
    if host not in ("", "localhost"):
        raise problems.error("must be a file:// address on this machine", host)
    return Path(url2pathname(f"/{path}"))


def as_csv(got: Path, work: Path, task: Task) -> Path:
    """A UTF-8 CSV in the folder ``work`` with what a file holds.

    A zip must hold one CSV, gzip one file. What begins as UTF-16 does is brought into UTF-8. JSON
    is a table's only: a list of flat objects, or ``data`` that is one.

    Raises
    ------
    PullError
        If it is something else.
    """
    beginning = _beginning(got)
    if beginning.startswith((_ZIP, _GZIP)):
        unpack = unzip if beginning.startswith(_ZIP) else gunzip
        unpack(got, work / "unpacked", task.service.size, task.problems)
        got = work / "unpacked"
    for start, kind, hint in _OTHER:
        if _beginning(got).startswith(start):
            raise task.problems.error("must be a CSV file", kind, hint)
    if _beginning(got).startswith(_UTF16):
        got = _from_utf16(got, work / "recoded", task.problems)
    beginning = _beginning(got).removeprefix(codecs.BOM_UTF8).lstrip()
    if provider_of(task.source).mapped and beginning.startswith((b"{", b"[")):
        return _from_json(got, work / "converted", task)
    if beginning.startswith(b"<"):
        raise task.problems.error(
            "must be a CSV file", "a web page", "the address may lead to a login or an error page"
        )
    _check_text(got, task.problems)
    return got


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _from_json(got: Path, to: Path, task: Task) -> Path:
    limit, problems = task.service.parsed, task.problems
    if got.stat().st_size > limit:
        raise problems.error(f"must be at most {limit} bytes of JSON", "more", "CSV may be larger")
    data = parsed(got.read_bytes(), problems)
    rows = rows_of(data.get("data") if isinstance(data, dict) else data, problems)
    mapped = task.source.columns, task.source.numbers
    columns = columns_of(rows) or [
        *task.source.key[1:],
        *(n for part in mapped for n in part.values()),
    ]
    with closing(Sheet(to, columns, problems)) as sheet:
        sheet.add(rows)
    return to


def _from_utf16(got: Path, to: Path, problems: Problems) -> Path:
    try:
        with (
            got.open(encoding="utf-16", newline="") as file,
            to.open("x", encoding="utf-8", newline="") as new,
        ):
            while text := file.read(CHUNK):
                new.write(text)
    except UnicodeError:
        raise problems.error(
            "must be UTF-8 text", "other bytes", "save the file as CSV in UTF-8"
        ) from None
    return to


def _check_text(path: Path, problems: Problems) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise problems.error(
                "must be UTF-8 text", "other bytes", "save the file as CSV in UTF-8"
            ) from None


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
