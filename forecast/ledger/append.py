"""Logging a forecast: one line, synced before anyone is told of it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import LedgerError, Problem
from forecast.ledger.chain import LEDGER, Chain, encode, parse, read_bytes, walk
from forecast.ledger.copies import write_copy
from forecast.ledger.entries import Entry
from forecast.readings.files import sync_folder
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
    failed it.

    The line is on the disk before this returns; the copy, ``<period>/forecast.json`` beside the
    ledger, is written after it, and `repair_copies` makes up for a copy that was not. The caller
    holds the case's `lock`.

    Raises
    ------
    LedgerError
        If the chain is broken (nothing is added to it then), the forecast holds a number that is
        not finite, or the file cannot be written.
    """
    data = read_bytes(path)
    chain = walk(data)
    if chain.problems:
        raise LedgerError(*chain.problems)
    known = _equal(chain, forecast)
    line = b"" if known else encode(len(chain.lines) + 1, chain.head, forecast.to_json())
    recovered = _recovery(chain)
    if line or recovered:
        ending = b"\n" if chain.unended else b""
        _write(path, len(data) - len(chain.unfinished), ending + (line and line + b"\n"))
    if known:
        return Appended(known, appended=False, recovered=recovered)
    entry = parse(len(chain.lines) + 1, line)
    write_copy(path.parent, entry)
    return Appended(entry, appended=True, recovered=recovered)


def _equal(chain: Chain, forecast: Forecast) -> Entry | None:
    sought = b'"fingerprint":' + json.dumps(forecast.fingerprint).encode()
    for number, line in enumerate(chain.lines, start=1):
        if sought in line:  # parsing is dear, and most lines are of other forecasts
            entry = parse(number, line)
            same = entry.forecast.get("fingerprint") == forecast.fingerprint
            if same and (entry.fit_ok or not forecast.fit.ok):
                return entry
    return None


def _recovery(chain: Chain) -> str:
    if chain.unfinished:
        return f"removed an unfinished last line ({len(chain.unfinished)} bytes) a crash left"
    if chain.unended:
        return "ended the last line, which a crash left without its line end"
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
        rule = "must be writable: nothing was logged"
        raise LedgerError(Problem(LEDGER, rule, hint=error.strerror or "")) from error
