"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` where ``path`` is, so that a crash leaves the old file or the new one.

    Written to ``<path>.tmp`` beside it, synced, then moved over it. The mode is kept; behind a
    symbolic link the file itself is replaced.

    Raises
    ------
    OSError
        If it cannot be written; the old file is then untouched.
    """
    target = path.resolve()
    try:
        _write_beside(target, data)
        _beside(target).replace(target)
    except BaseException:
        _beside(target).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Replace several files, all of which exist, as `replace_file` does: all of them or none.

    Everything is on the disk beside its file before the first is moved into place, so only a crash
    between two moves, or a disk that then also refuses the old content, leaves some replaced.

    Raises
    ------
    OSError
        If one cannot be replaced; those that were have their old content again.
    """
    targets = {path.resolve(): data for path, data in contents.items()}
    before = {target: target.read_bytes() for target in targets}
    moved: list[Path] = []
    try:
        for target, data in targets.items():
            _write_beside(target, data)
        for target in targets:
            _beside(target).replace(target)
            moved.append(target)
        for folder in {target.parent for target in targets}:
            sync_folder(folder)
    except BaseException:
        for target in targets:
            _beside(target).unlink(missing_ok=True)
        for target in moved:
            replace_file(target, before[target])
        raise


def _beside(target: Path) -> Path:
    return target.with_name(target.name + ".tmp")


def _write_beside(target: Path, data: bytes) -> None:
    unfinished = _beside(target)
    with unfinished.open("wb") as file:
        file.write(data)
        if target.exists():
            unfinished.chmod(stat.S_IMODE(target.stat().st_mode))
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the platform can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
