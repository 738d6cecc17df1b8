"""Logging a forecast: one line, synced before `append` returns, then a copy for readers.

The copy of a period, ``reports/<period>/forecast.json``, is its last entry; the ledger is the
record, and a copy that is absent or altered is written again from it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from forecast.errors import LedgerError, Problem
from forecast.files import read_whole, replace_file, sync_folder
from forecast.ledger.chain import Chain, encode, read, read_bytes, walk
from forecast.ledger.entries import LEDGER, Entry
from forecast.ledger.rows import new_rows
from forecast.ledger.validate import first_fault
from forecast.record import Forecast


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a forecast that was to be logged.

    ``appended`` is False when an equal forecast (the same fingerprint) was logged before; then
    ``entry`` is that one. ``recovered`` says what was done about a last line that a crash left
    unfinished; empty if there was none.
    """

    entry: Entry
    appended: bool
    recovered: str


def append(path: Path, forecast: Forecast) -> Appended:
    """Log a forecast, unless an equal one is logged already, and copy it to its period's folder.

    Equal is what has the same fingerprint; but a fit that passed its gate is logged after one that
    failed it, and a live forecast beside one that was replayed: a replay of today, run first, would
    otherwise cost the live one its place in the record. The entry pins the rows of the case, two
    folders above, that none before it does.

    The line is on the disk before this returns; the copy, ``<period>/forecast.json`` beside the
    ledger, is written after it, and `repair_copies` makes up for a copy that was not. The caller
    holds the case's `lock`.

    Raises
    ------
    LedgerError
        If the chain is broken (nothing is added to it then), the forecast holds a value that is
        none of a forecast, or the file cannot be written.
    """
    data = read_bytes(path)
    chain = walk(data)
    if chain.problems:
        raise LedgerError(*chain.problems)
    known = _equal(chain, forecast)
    files = new_rows(path.parent.parent, chain.lines)
    line = b"" if known else _line(chain, replace(forecast, files=files))
    recovered = _recovery(chain)
    if chain.converted:
        data = _written_back(path, chain)
    if line or recovered:
        ending = b"\n" if chain.unended else b""
        _write(path, len(data) - len(chain.unfinished), ending + (line and line + b"\n"))
    if known:
        return Appended(known, appended=False, recovered=recovered)
    entry = Entry.of(len(chain.lines) + 1, line)
    write_copy(path.parent, entry)
    return Appended(entry, appended=True, recovered=recovered)


def _line(chain: Chain, forecast: Forecast) -> bytes:
    data = forecast.to_json()
    line = encode(len(chain.lines) + 1, chain.head, data)
    if fault := first_fault(data):  # or nobody could read the ledger any more
        raise LedgerError(Problem("the forecast", f"{fault}: nothing was logged"))
    return line


def _equal(chain: Chain, forecast: Forecast) -> Entry | None:
    sought = b'"fingerprint":' + json.dumps(forecast.fingerprint).encode()
    for number, line in enumerate(chain.lines, start=1):
        if sought in line:  # parsing is dear, and most lines are of other forecasts
            entry = Entry.of(number, line)
            same = entry.header.fingerprint == forecast.fingerprint
            as_live = forecast.mode != "live" or entry.header.mode == "live"
            if same and as_live and (entry.fit_ok or not forecast.fit.ok):
                return entry
    return None


def _written_back(path: Path, chain: Chain) -> bytes:
    """Replace the file by its whole lines with the line ends they were written with."""
    data = b"".join(line + b"\n" for line in chain.lines) + chain.unfinished
    data = data[:-1] if chain.unended else data
    try:
        replace_file(path, data)
    except OSError as error:
        raise _not_writable(error) from error
    return data


def _recovery(chain: Chain) -> str:
    if chain.unfinished:
        return f"removed an unfinished last line ({len(chain.unfinished)} bytes) a crash left"
    if chain.unended:
        return "ended the last line, which a crash left without its line end"
    if chain.converted:
        return "wrote its line ends back, which were changed to CRLF"
    return ""


def _write(path: Path, keep: int, data: bytes) -> None:
    """Cut the file to its first ``keep`` bytes, add ``data`` and sync; undone if that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        created = not path.exists()
        with path.open("ab", buffering=0) as file:
            try:
                file.truncate(keep)
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    file.truncate(keep)
                raise
        if created:
            sync_folder(path.parent)
            sync_folder(path.parent.parent)
    except OSError as error:
        raise _not_writable(error) from error


def _not_writable(error: OSError) -> LedgerError:
    rule = "must be writable: nothing was logged"
    return LedgerError(Problem(LEDGER, rule, hint=error.strerror or ""))


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
    """Every copy that is there and is not what the ledger says."""
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
    return json.dumps(entry.stored, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"
