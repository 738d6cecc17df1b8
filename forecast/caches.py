"""The user's cache folder: what is kept there saves time, is no record, and may be deleted.

The first line of a kept file is the SHA-256 of the rest, so that one that was cut off or edited is
not believed. It is written whole or not at all. Where the folder cannot be written (a read-only
home, a full disk) a temporary one takes its place and is removed when the process ends.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from forecast.files import replacing

_TEMPORARY = "watchlist-forecast-cache-"
_LEFT = 24 * 3600.0  # seconds after which a temporary folder is taken for one a killed process left
_ROOM = 64 << 20  # bytes that must be free: compiled code, and some fits


def cache_folder(name: str) -> Path:
    """Folder of one kind of cached things."""
    return _writable(user_cache_path("watchlist-forecast", appauthor=False)) / name


@cache
def _writable(wanted: Path) -> Path:
    """The folder itself if it can be written and has room, else a temporary one that has, if any.

    If there is none, itself: what is not kept costs time, and who must write says that nobody can.
    """
    if wanted.is_absolute() and _can_be_written(wanted):  # relative: no home is known
        return wanted
    try:
        _remove_abandoned()
        folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    except OSError:
        return wanted
    _temporary.append(folder)
    return folder if _can_be_written(folder) else wanted


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        return shutil.disk_usage(folder).free >= _ROOM
    except OSError:
        return False


_temporary: list[Path] = []  # folders of this process


@atexit.register
def remove_temporary() -> None:
    """Remove what `cache_folder` made for this process alone.

    A process that ends by ``os._exit`` must call it.
    """
    for folder in _temporary:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned() -> None:
    """Remove temporary folders that processes left which were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        if time.time() - folder.stat().st_mtime > _LEFT:
            shutil.rmtree(folder, ignore_errors=True)


def settle_matplotlib() -> None:
    """Give matplotlib, before it is imported, a folder it can write, and let it not complain."""
    os.environ["MPLCONFIGDIR"] = str(cache_folder("matplotlib"))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # of a folder without room


@cache
def sources_digest(folder: Path) -> str:
    """Return the hash of the sources in a package's folder."""
    digest = hashlib.sha256()
    for source in sorted(folder.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def keep(path: Path, content: bytes) -> None:
    """Keep it, if that can be: a cache that cannot be written costs time, nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, durable=False) as file:
            file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    except OSError:
        return


def kept(path: Path) -> bytes | None:
    """Return what was kept; None if it is absent or damaged."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == hashlib.sha256(content).hexdigest().encode() else None


def thin(folder: Path, most: int) -> None:
    """Delete what was kept longest ago, so that no more than so many files are left."""
    try:
        files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in files[:-most]:
            file.unlink()
    except OSError:  # as in `keep`, or another process was there first
        return
