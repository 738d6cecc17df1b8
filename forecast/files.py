"""Files that are there whole or not at all, whoever is killed, and whenever; how one is read.

::

    .incidents.csv.3f9a01c2.tmp       one file: written beside its place, synced, moved there
    .incidents.csv.3f9a01c2.new.tmp   of several files that change together, each written and synced
    <note>                            which they all are: once it is there all are to be moved, by
                                      this run or, if that is killed, by the next (`finish`)

Whoever writes one file holds a lock on what is unfinished, and the operating system takes it away
from the dead. So what nobody has locked is left over, and `sweep` removes it. Several files are
written under a lock of the caller's, which shows the same of them.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> None:
        """Lock an open file, or raise an OSError at once if another process has."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int) -> None:
        """Lock an open file, or raise an OSError at once if another process has."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class NoFileError(OSError):
    """What should be a file is a folder, a pipe, a device or a link to nothing."""


class TooLargeError(OSError):
    """A file of more bytes than any sane one has."""


_MOST_NOTED = 2**20  # bytes of a note
_UNFINISHED = re.compile(r"\..{1,60}\.[0-9a-f]{8}\.tmp", re.DOTALL)
_WAITING = re.compile(r"\..{1,60}\.[0-9a-f]{8}\.new\.tmp", re.DOTALL)
_TOKEN = re.compile(r"[0-9a-f]{8}")


def read_whole(path: Path, most: int) -> bytes:
    """Content of a regular file of at most ``most`` bytes; of anything else nothing is read.

    A pipe or a device may never end, and what is too large would not fit into memory.

    Raises
    ------
    FileNotFoundError
        If there is none.
    OSError
        If it cannot be read, `NoFileError` and `TooLargeError` among them.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise NoFileError(errno.ENOENT, "a link to nothing", str(path)) from None
        raise
    if not stat.S_ISREG(found.st_mode):
        raise NoFileError(errno.EINVAL, "a folder, pipe or device", str(path))
    with path.open("rb") as file:
        data = b"" if found.st_size > most else file.read(most + 1)
    if found.st_size > most:
        raise TooLargeError(errno.EFBIG, size_of(found.st_size), str(path))
    if len(data) > most:  # what the kernel makes up as it is read has no size
        raise TooLargeError(errno.EFBIG, f"more than {size_of(most)}", str(path))
    return data


def size_of(count: int) -> str:
    """Bytes in words: ``2 MiB``, ``1.5 GiB``, ``312 bytes``."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:,} bytes"


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Open what is to be a file's new content; in its place once the block ends without an error.

    The mode is kept; behind a symbolic link the file itself is replaced. ``durable``: on the disk
    before it is in its place, so that a power cut leaves the old file or the new one as well.

    Raises
    ------
    OSError
        If it cannot be written; the old file is then untouched.
    """
    target = path.resolve()
    sweep(target.parent)
    unfinished, file = _open_beside(target)
    try:
        with file:
            yield file
            _finish_writing(file, target, durable=durable)
            if sys.platform == "win32":  # where no open file can be moved
                file.close()
            unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(target.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` where ``path`` is; as `replacing`."""
    with replacing(path) as file:
        file.write(data)


def replace_files(note: Path, contents: Mapping[Path, bytes]) -> None:
    """Replace several files, all of them or none.

    The caller holds a lock, the same whenever files are replaced by this ``note`` or it is
    finished. Once the note is written they are replaced, if need be by the next `finish`.

    Raises
    ------
    OSError
        If they cannot be written: nothing has changed then. Or if they cannot be moved into place:
        then the note is there, and they wait for the next `finish`.
    """
    moves = {path.resolve(): secrets.token_hex(4) for path in contents}
    for folder in {target.parent for target in moves}:
        sweep(folder, waiting=True)
    try:
        for path, data in contents.items():
            target = path.resolve()
            with _waiting(target, moves[target]).open("xb") as file:
                file.write(data)
                _finish_writing(file, target, durable=True)
        names = {os.path.relpath(target, note.parent): token for target, token in moves.items()}
        replace_file(note, json.dumps(names).encode())
    except BaseException:
        for path in (note, *(_waiting(target, token) for target, token in moves.items())):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    finish(note)


def finish(note: Path) -> list[Path]:
    """Make the moves of a note that a run that was killed did not make; return their targets.

    The caller holds the lock under which the note was written.

    Raises
    ------
    ValueError
        If it is no such note.
    OSError
        If a file cannot be moved; the note stays.
    """
    try:
        tokens = json.loads(read_whole(note, _MOST_NOTED))
    except FileNotFoundError:
        return []
    if not isinstance(tokens, dict) or not all(
        _TOKEN.fullmatch(str(token)) for token in tokens.values()
    ):
        raise ValueError("it is no note of files to be moved")
    moves = {note.parent / name: _waiting(note.parent / name, tokens[name]) for name in tokens}
    left = [target for target, waiting in moves.items() if waiting.exists()]
    for target in left:
        moves[target].replace(target)
    for folder in {target.parent for target in moves}:
        sync_folder(folder)
    note.unlink()
    return left


def sweep(folder: Path, *, waiting: bool = False) -> None:
    """Remove what killed processes left unfinished in a folder, as far as that can be.

    ``waiting``: also what waits to be moved by a note; for a caller that holds the note's lock and
    has finished it.
    """
    with suppress(OSError):
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        for name in names:
            if _UNFINISHED.fullmatch(name):
                _remove_unlocked(folder / name)
            elif waiting and _WAITING.fullmatch(name):
                (folder / name).unlink(missing_ok=True)


def sweep_all(folders: Iterable[Path]) -> None:
    """Do the same in several folders, of which not all need to be there."""
    for folder in folders:
        sweep(folder, waiting=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the platform can."""
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _open_beside(target: Path) -> tuple[Path, BinaryIO]:
    """Open a new file beside another, and lock it."""
    while True:
        beside = target.with_name(f"{_beginning(target)}.{secrets.token_hex(4)}.tmp")
        file = beside.open("xb")
        with suppress(OSError):  # where files cannot be locked, none is swept either
            try_lock(file.fileno())
        if os.fstat(file.fileno()).st_nlink:
            return beside, file
        file.close()  # swept before it was locked


def _waiting(target: Path, token: str) -> Path:
    return target.with_name(f"{_beginning(target)}.{token}.new.tmp")


def _beginning(target: Path) -> str:
    return f".{target.name[:60]}"  # of a name that may be as long as names can be


def _finish_writing(file: BinaryIO, target: Path, *, durable: bool) -> None:
    if target.exists():
        Path(file.name).chmod(stat.S_IMODE(target.stat().st_mode))
    file.flush()
    if durable:
        os.fsync(file.fileno())


def _remove_unlocked(path: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            try_lock(descriptor)
            if sys.platform == "win32":
                os.close(descriptor)
                descriptor = -1
            path.unlink(missing_ok=True)
        finally:
            if descriptor >= 0:
                os.close(descriptor)
