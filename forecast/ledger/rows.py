"""What a forecast was made from, pinned: files of readings and resolutions only ever grow.

::

    indicators/incidents.csv      18 lines       20 lines
                              ───────────────┬──────────────┬──────────> rows added
    entry                                    3              4
    says of the file           18 lines, hash │ 20 lines, hash

So the lines an entry was logged with must still begin the file, however many were added since. A
line that is not as it was lies after what the last entry that still agrees was logged with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from forecast.errors import Problem
from forecast.ledger.entries import Entry
from forecast.readings import RESOLUTIONS
from forecast.record import FileState

_HINT = "a row is never edited or removed: a correction is a new row"


def file_states(root: Path) -> dict[str, FileState]:
    """Return how the files of readings and resolutions of a case are now, by path.

    Line ends and a byte-order mark are no part of it: git and editors change them.
    """
    paths = [*sorted((root / "indicators").glob("*.csv")), root / RESOLUTIONS]
    found = ((path.relative_to(root).as_posix(), _lines(path)) for path in paths)
    return {name: _state(lines) for name, lines in found if lines}


def changed_rows(root: Path, entries: Iterable[Entry]) -> list[Problem]:
    """Return each file that no longer begins with the lines an entry was logged with."""
    states: dict[str, dict[FileState, int]] = {}  # the first entry that says so
    for entry in entries:
        for name, state in entry.forecast.get("files", {}).items():
            states.setdefault(name, {}).setdefault(FileState(**state), entry.number)
    return [problem for name in states for problem in _changed(root, name, states[name])]


def _changed(root: Path, name: str, states: dict[FileState, int]) -> Iterable[Problem]:
    lines = _lines(root / name)
    if not lines:  # of an indicator that is watched no more, or under another id
        return
    changed = [state for state in states if _state(lines[: state.lines]) != state]
    if not changed:
        return
    first = min(changed, key=lambda state: state.lines)
    sound = max((s.lines for s in states if s not in changed and s.lines < first.lines), default=0)
    where = f"{name}, lines {sound + 1} to {first.lines}"
    yield Problem(where, f"must be as when entry {states[first]} was logged", hint=_HINT)


def _state(lines: list[bytes]) -> FileState:
    return FileState(len(lines), hashlib.sha256(b"\n".join(lines)).hexdigest())


def _lines(path: Path) -> list[bytes]:
    """Return a file's lines, none if it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return []
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return data.removesuffix(b"\n").split(b"\n")
