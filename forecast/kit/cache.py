"""The user's cache folder: what is in it saves time, is no record, and may be deleted.

::

    Cache("fits", Fit, most=250)    kind ─┐
    FORMAT                                ├── SHA-256 ──> <cache folder>/fits/3f0c....v1
    .load(settings, arrays)          key ─┘               check sum, then MessagePack

Where the folder cannot be written (a read-only home, a full disk) a temporary one takes its place
and is removed when the process ends.
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
from typing import Any

from msgspec import msgpack
from platformdirs import user_cache_path

from forecast.files import replacing
from forecast.kit.codec import dec_hook, enc_hook

FORMAT = 1  # of files; of values it is their type
_SUFFIX = f".v{FORMAT}"

_TEMPORARY = "watchlist-forecast-cache-"
_LEFT = 24 * 3600.0  # seconds after which a temporary folder is taken for one a killed process left
_ROOM = 64 << 20  # bytes that must be free: compiled code, and some fits


def cache_folder(name: str) -> Path:
    """Folder of one kind of cached things."""
    return _writable(user_cache_path("watchlist-forecast", appauthor=False)) / name


@cache
def _writable(wanted: Path) -> Path:
    """The folder itself if it can be written and has room, else a temporary one that has, if any.

    If there is none, itself: what is not cached costs time, and who must write finds out.
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
    """The hash of the sources in a package's folder and those below it."""
    digest = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


class Cache[T]:
    """Values of one kind, each in a file that is named by the hash of what it follows from.

    The first line of a file is the SHA-256 of the rest, so that one that was cut off or edited is
    absent. Files are written whole or not at all, and of the oldest only so many stay.
    """

    def __init__(self, kind: str, holds: Any, *, most: int) -> None:
        """Describe a kind.

        Parameters
        ----------
        kind
            Its name, and that of its folder.
        holds
            The type of its values: what msgspec and `forecast.kit.codec` can write.
        most
            Files that stay.
        """
        self._kind, self._most = kind, most
        self._saved = 0
        self._holds = holds

    def load(self, *key: object) -> T | None:
        """The value saved under a key; None if it is absent, damaged or of another type."""
        try:
            digest, _, content = self.path(*key).read_bytes().partition(b"\n")
            if digest != hashlib.sha256(content).hexdigest().encode():
                return None
            found: T = msgpack.decode(content, type=self._holds, dec_hook=dec_hook)
        except (OSError, ValueError, TypeError):
            return None
        return found

    def save(self, value: T, *key: object) -> None:
        """Save a value, if that can be: a cache that cannot be written costs time, nothing else."""
        content, path = msgpack.encode(value, enc_hook=enc_hook), self.path(*key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, durable=False) as file:
                file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
            if self._saved % (self._most // 16 + 1) == 0:  # listing a folder takes longer
                self._thin(path.parent)
            self._saved += 1
        except OSError:  # or another process removed a file first
            return

    def path(self, *key: object) -> Path:
        """The place of a value: what its key does not name, it must not depend on."""
        digest = hashlib.sha256()
        for part in (self._kind, FORMAT, *key):
            digest.update(msgpack.encode(part, enc_hook=enc_hook, order="deterministic"))
        return cache_folder(self._kind) / f"{digest.hexdigest()[:32]}{_SUFFIX}"

    def _thin(self, folder: Path) -> None:
        """Remove files of other formats, and the oldest of those that are too many."""
        mine: list[tuple[float, Path]] = []
        for file in folder.iterdir():
            if file.name.endswith(_SUFFIX):
                mine.append((file.stat().st_mtime, file))
            elif not file.name.startswith("."):  # that is one being written
                file.unlink()
        for _, file in sorted(mine)[: -self._most]:
            file.unlink()
