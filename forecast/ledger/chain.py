r"""The chain of ``reports/ledger.jsonl``: how a line is written, read and checked.

One line per entry, canonical JSON (sorted keys, no spaces, ASCII, finite numbers)::

    {"entry":1,"forecast":{...},"previous":"000...000"}     sha256 ─┐
    {"entry":2,"forecast":{...},"previous":"a1b..."}   <────────────┘ sha256 ─┐
    {"entry":3,"forecast":{...},"previous":"77c..."}   <──────────────────────┘
                                                             sha256 = the head

Every line is pinned by the one after it, the last by a head kept elsewhere (reports print it).
So an edit is found wherever a later line or a given head pins it; lines cut from the end, or a
chain written anew, only a head can show.

A last line without its line end was never acknowledged, for `append` acknowledges after a sync.
If it is whole it counts; if not it is **unfinished**: `read` passes it over, `verify` names it,
the next `append` removes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from forecast.errors import LedgerError, Problem, show
from forecast.ledger.entries import Entry
from forecast.periods import Period

LEDGER = "reports/ledger.jsonl"
GENESIS = "0" * 64  # what the first entry names as the one before it

_LINE = re.compile(rb'\{"entry":([0-9]{1,9}),"forecast":(\{.*\}),"previous":"([0-9a-f]{64})"\}')
_HEAD = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Chain:
    """The lines of a ledger, their hashes, and where the chain does not hold.

    ``unfinished`` is what a crash left of a last line. ``unended``: the last of ``lines`` is whole
    but lacks its line end.
    """

    lines: tuple[bytes, ...]
    hashes: tuple[str, ...]
    unended: bool
    unfinished: bytes
    problems: tuple[Problem, ...]

    @property
    def head(self) -> str:
        """The hash of the last line, which the next one will name."""
        return self.hashes[-1] if self.hashes else GENESIS


def read(path: Path) -> list[Entry]:
    """Return all entries, having checked the chain; none if there is no ledger yet.

    Raises
    ------
    LedgerError
        Naming each line that does not fit its neighbours or holds no forecast.
    """
    chain = walk(read_bytes(path))
    entries, problems = _entries(chain)
    if chain.problems or problems:
        raise LedgerError(*chain.problems, *problems)
    return entries


def verify(path: Path, head: str | None) -> list[Problem]:
    """Return all that shows the ledger is not as it was written.

    Parameters
    ----------
    path
        The ledger.
    head
        A hash printed by a report, or its first 8 digits or more: it must be in the chain. Eight
        digits guard against accidents; only all 64 guard against forgers.

    Raises
    ------
    LedgerError
        If the file cannot be read.
    """
    chain = walk(read_bytes(path))
    _, unreadable = _entries(chain)
    problems = [*chain.problems, *unreadable]
    if chain.unfinished:
        rule = "unfinished last line, which no one was told of: the next refresh removes it"
        problems.append(Problem(_line(len(chain.lines) + 1), rule))
    if head is not None:
        problems += _missing_head(chain, head)
    return problems


def encode(number: int, previous: str, forecast: dict[str, Any]) -> bytes:
    """Return an entry's line, without its line end.

    Raises
    ------
    LedgerError
        If the forecast holds a number that is not finite.
    """
    content = {"entry": number, "forecast": forecast, "previous": previous}
    try:
        return _canonical(content)
    except ValueError:
        rule = "must hold finite numbers only: nothing was logged"
        raise LedgerError(Problem("the forecast", rule)) from None


def walk(data: bytes) -> Chain:
    """Split a ledger into lines and check that each fits the one before it."""
    *lines, tail = data.split(b"\n")
    unended = _is_whole(tail)
    if unended:
        lines.append(tail)
    problems = _misfits(lines)
    if lines and not _is_whole(lines[-1]):
        problems.append(_edited(len(lines), "it is not as a ledger's line is written"))
    hashes = tuple(hashlib.sha256(line).hexdigest() for line in lines)
    return Chain(tuple(lines), hashes, unended, b"" if unended else tail, tuple(problems))


def read_bytes(path: Path) -> bytes:
    """Return the ledger's bytes, none if there is no ledger yet.

    Raises
    ------
    LedgerError
        If the file cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise LedgerError(Problem(LEDGER, "must be readable", hint=error.strerror or "")) from None


def parse(number: int, digest: str, line: bytes) -> Entry:
    """Return the entry a line holds.

    Raises
    ------
    LedgerError
        If it holds no forecast.
    """
    try:
        forecast = json.loads(line)["forecast"]
        period = Period.parse(forecast["period"])
        as_of = date.fromisoformat(forecast["as_of"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LedgerError(Problem(_line(number), "must hold a forecast")) from None
    return Entry(number, digest, period, as_of, forecast)


def _entries(chain: Chain) -> tuple[list[Entry], list[Problem]]:
    entries, problems = [], []
    for number, (digest, line) in enumerate(zip(chain.hashes, chain.lines, strict=True), start=1):
        try:
            entries.append(parse(number, digest, line))
        except LedgerError as error:
            problems += error.problems
    return entries, problems


def _is_whole(line: bytes) -> bool:
    """Whether a line is exactly what `encode` would write for its content."""
    try:
        return bool(_LINE.fullmatch(line)) and _canonical(json.loads(line)) == line
    except (ValueError, RecursionError):
        return False


def _misfits(lines: list[bytes]) -> list[Problem]:
    """Say where the chain breaks, blaming as few entries as explain every break.

    Editing entry k breaks its link with k + 1, and that with k - 1 too if its own ``previous`` was
    edited. So from the end backwards: a broken link between k and k + 1 blames k, and a break just
    before k is then explained.
    """
    matches = [_LINE.fullmatch(line) for line in lines]
    named = [match[3].decode() if match else "" for match in matches]
    actual = [GENESIS, *(hashlib.sha256(line).hexdigest() for line in lines)]
    problems = []
    explained = False
    for k in reversed(range(len(lines))):  # the link between line k and line k + 1, from 1
        match = matches[k]
        if match and int(match[1]) != k + 1:
            rule = f"holds entry {int(match[1])}: lines were removed, added or moved"
            problems.append(Problem(_line(k + 1), rule))
        broken = bool(match) and named[k] != actual[k]
        if broken and not explained:
            ...
        explained = broken and not explained
    return problems[::-1]
