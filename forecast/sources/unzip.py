"""A zip that holds one CSV, unpacked within limits."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from forecast.sources.problems import Problems

CHUNK = 1 << 20
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def unzip(archive: Path, to: Path, size: int, problems: Problems) -> None:
    """Write the one CSV of an archive to ``to``, at most ``size`` bytes of it.

    Whatever else is in there (a code book, a licence) is left alone; names are never paths.

    Raises
    ------
    PullError
        If there is none or more than one, it is too large, damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entry = _the_csv(opened, problems)
            with opened.open(entry) as packed, to.open("xb") as file:
                done = 0
                while chunk := packed.read(CHUNK):
                    done += len(chunk)
                    if done > size:  # counted: what the archive says of itself may be a lie
                        raise problems.error(f"must be at most {size} bytes unpacked", "more")
                    file.write(chunk)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError):
        raise problems.error("must be a whole zip archive", "a damaged one") from None


def _the_csv(archive: zipfile.ZipFile, problems: Problems) -> zipfile.ZipInfo:
    tables = [entry for entry in archive.infolist() if _is_csv(entry)]
    if len(tables) != 1:
        raise problems.error("must hold exactly one CSV file", f"{len(tables)} in the zip archive")
    entry = tables[0]
    if entry.header_offset < 0:
        raise zipfile.BadZipFile
    if entry.flag_bits & 1 or entry.compress_type not in METHODS:
        raise problems.error("must be a plain zip archive", "one encrypted or packed otherwise")
    return entry


def _is_csv(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    shadow = "__MACOSX" in path.parts  # macOS adds one of every file to what it packs
    return path.suffix.lower() == ".csv" and not entry.is_dir() and not shadow
