"""Copies of the ledger for readers: ``reports/<period>/forecast.json``, the last one logged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from forecast.errors import LedgerError, Problem
from forecast.files import read_whole, replace_file
from forecast.ledger.chain import LEDGER, read
from forecast.ledger.entries import Entry


def repair_copies(reports: Path) -> list[Path]:
    """Write every copy that is absent or altered; the altered ones (a new clone has none at all).

    Raises
    ------
    LedgerError
        If the ledger's chain is broken, or a copy cannot be written.
    """
    last = {entry.period: entry for entry in read(reports / Path(LEDGER).name)}
    stale = [entry for entry in last.values() if not _is_copied(reports, entry)]
    altered = [_path(reports, entry) for entry in stale if _path(reports, entry).exists()]
    for entry in stale:
        write_copy(reports, entry)
    return altered


def edited_copies(reports: Path, entries: Iterable[Entry]) -> list[Problem]:
    """Return every copy that is there and is not what the ledger says."""
    last = {entry.period: entry for entry in entries}
    return [
        Problem(
            f"reports/{entry.period}/forecast.json",
            f"must be what entry {entry.number} says: it was edited, or a refresh was cut short",
            hint="the next refresh writes it again",
        )
        for entry in last.values()
        if _path(reports, entry).exists() and not _is_copied(reports, entry)
    ]


def write_copy(reports: Path, entry: Entry) -> Path:
    """Write an entry's forecast where readers of its period look, and return that path.

    Raises
    ------
    LedgerError
        If it cannot be written; the entry stays in the ledger.
    """
    path = _path(reports, entry)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, _text(entry))
    except OSError as error:
        rule = f"must be writable: entry {entry.number} is in the ledger, its copy is not"
        hint = f"{error.strerror}; the next refresh writes it"
        where = f"reports/{entry.period}/forecast.json"
        raise LedgerError(Problem(where, rule, hint=hint)) from error
    return path


def _is_copied(reports: Path, entry: Entry) -> bool:
    try:
        text = _text(entry)
        there = read_whole(_path(reports, entry), 2 * len(text))  # with CRLF it is longer
        return there.replace(b"\r\n", b"\n") == text
    except OSError:
        return False


def _path(reports: Path, entry: Entry) -> Path:
    return reports / str(entry.period) / "forecast.json"  # the parsed period: no path in disguise


def _text(entry: Entry) -> bytes:
    return json.dumps(entry.forecast, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"
