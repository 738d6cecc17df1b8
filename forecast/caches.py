"""The user's cache folder: what is kept there saves time, is no record, and may be deleted.

The first line of a kept file is the SHA-256 of the rest, so that one that was cut off or edited is
not believed. It is written whole or not at all.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from forecast.files import replacing


def cache_folder(name: str) -> Path:
    """Return where things of one kind are kept."""
    return user_cache_path("watchlist-forecast", appauthor=False) / name


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
