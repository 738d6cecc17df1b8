"""A new case: the template, or a copy of the Syria case.

The template lies in ``template/`` beside this module. The Syria case is the root of the
repository; a wheel carries a copy of it in ``example/``.

It is put together in a folder of its own inside the target and moved from there, ``priors``, which
makes it a case, last. So of a run that was killed there are whole folders of a case that is none
yet, and the next run takes them for its own if they hold what it would write.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from forecast import clock
from forecast.case.definitions import load_case
from forecast.case.folder import MARKER, STAGING, TEXT_MOST
from forecast.errors import CaseError, Problem, printable
from forecast.files import read_whole, replace_file, try_lock
from forecast.periods import Period

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "template"
_EXAMPLES = (_HERE / "example", _HERE.parents[1])  # in a wheel, in a checkout
_PARTS = ("priors/*.toml", "indicators/*.toml", "indicators/*.csv", "reports/resolutions.csv")
_FOR_GIT = {
    ".gitattributes": """\
# Readings and the ledger are hashed byte for byte: no line-ending conversion.
*.jsonl -text
*.csv   -text
# Rows are only added: those of two analysts stand together.
indicators/*.csv        merge=union
reports/resolutions.csv merge=union
""",
    ".gitignore": """\
# Pulled rows stay on this machine: providers forbid passing them on.
indicators/vintages/
# Half-finished writes, and the lock.
*.tmp
.lock
""",
}


def init_case(target: Path, example: bool, today: date | None = None) -> list[Path]:
    """Write a new case into a folder, all of it or nothing.

    The template's first period is set to the last one that ended before ``today`` (the current
    date if left out), so that the case can be refreshed at once. The example is copied byte for
    byte, without its ledger and reports. What git must know of a case is added to files for git
    that are there.

    Returns the files written, sorted.

    Raises
    ------
    CaseError
        If the target is not a folder that can be written, or has one of the case's folders with
        something else in it.
    """
    source = _example() if example else _TEMPLATE
    names = sorted(path.relative_to(source) for part in _PARTS for path in source.glob(part))
    if (target / MARKER).exists():
        raise CaseError(Problem(printable(str(target)), "must not be a case already"))
    try:
        with (
            _made(target),
            _alone(target),
            # Inside the target, so that every move below stays on one file system.
            tempfile.TemporaryDirectory(dir=target, prefix=STAGING) as folder,
        ):
            staging = Path(folder)
            for name in names:
                (staging / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(source / name, staging / name)
            if not example:
                _set_first(staging, today or clock.today())
            _refuse_taken(staging, target)
            added = {name: text for name, text in _FOR_GIT.items() if _lacks(target, name)}
            _put_in_place(staging, target, added)
    except OSError as error:
        rule = "must be a folder that can be written"
        raise CaseError(Problem(printable(str(target)), rule, hint=error.strerror or "")) from None
    return sorted([*(target / name for name in names), *(target / name for name in added)])


@contextmanager
def _made(target: Path) -> Iterator[None]:
    """Make a folder and those above it; if what is done in it fails they are gone again."""
    made = [folder for folder in (target, *target.parents) if not folder.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):
            for folder in made:
                folder.rmdir()
        raise


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep other runs off a folder that is no case yet, and clear away what a killed one left."""
    descriptor = os.open(target, os.O_RDONLY) if os.name == "posix" else None
    try:
        if descriptor is not None:
            try_lock(descriptor)
        for folder in target.glob(f"{STAGING}*"):
            shutil.rmtree(folder, ignore_errors=True)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)  # and with it the lock


def _example() -> Path:
    for folder in _EXAMPLES:
        if (folder / MARKER).is_file():
            return folder
    raise CaseError(
        Problem("--example", "must be installed with the example case", hint="reinstall forecast")
    )


def _set_first(root: Path, today: date) -> None:
    case = load_case(root)
    marker = root / MARKER
    first = Period.ended_before(today, case.cadence)
    marker.write_text(
        marker.read_text(encoding="utf-8").replace(f'"{case.first}"', f'"{first}"'),
        encoding="utf-8",
        newline="\n",
    )


def _refuse_taken(staging: Path, target: Path) -> None:
    folders = sorted(staging.iterdir())
    taken = [target / f.name for f in folders if not _is_free(target / f.name, f)]
    if taken:
        rule = "must not exist yet, or be an empty folder"
        raise CaseError(*(Problem(printable(str(path)), rule) for path in taken))


def _is_free(path: Path, folder: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        return _content(path) in ({}, _content(folder))
    return not os.path.lexists(path)


def _content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() if p.is_file() else b"" for p in folder.iterdir()}


def _lacks(target: Path, name: str) -> bool:
    """Return whether a file for git is absent, or without a line that a case needs."""
    path = target / name
    there = read_whole(path, TEXT_MOST).splitlines() if os.path.lexists(path) else []
    return not {*_FOR_GIT[name].encode().splitlines()} <= {*there}


def _put_in_place(staging: Path, target: Path, added: Mapping[str, str]) -> None:
    """Move the folders of a case and add to the files for git; taken back if any of it fails."""
    before: dict[Path, bytes | None] = {}
    moved: list[Path] = []
    try:
        for name, text in added.items():
            path = target / name
            before[path] = read_whole(path, TEXT_MOST) if os.path.lexists(path) else None
            there = before[path] or b""
            end = b"" if not there or there.endswith(b"\n") else b"\n"
            replace_file(path, there + end + text.encode())
        for folder in sorted(staging.iterdir(), key=lambda folder: folder.name == "priors"):
            place = target / folder.name
            if place.exists() and any(place.iterdir()):
                continue  # of a run that was killed
            if place.exists():
                place.rmdir()  # empty; a rename over it is not possible everywhere
            moved.append(folder.rename(place))
    except BaseException:
        for place in moved:
            shutil.rmtree(place, ignore_errors=True)
        for path, data in before.items():
            with suppress(OSError):
                path.unlink() if data is None else replace_file(path, data)
        raise
