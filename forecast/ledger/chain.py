r"""The chain of ``reports/ledger.jsonl``: how a line is written, read and checked.

One line per entry, canonical JSON (sorted keys, no spaces, ASCII, finite numbers)::

    {"entry":1,"forecast":{...},"previous":"000...000"}     sha256 ─┐
    {"entry":2,"forecast":{...},"previous":"a1b..."}   <────────────┘ sha256 ─┐
    {"entry":3,"forecast":{...},"previous":"77c..."}   <──────────────────────┘
                                                             sha256 = the head

Every line is pinned by the one after it, the last by a head kept elsewhere (reports print it).
So an edit is found wherever a later line or a given head pins it; lines cut from the end, or a
chain written anew, only a head can show.

Line ends are no part of a line: git or an editor may have made them CRLF, which edits nothing. The
next `append` writes them back.

A last line without its line end was never acknowledged, for `append` acknowledges after a sync.
If it is whole it counts; if not it is **unfinished**: `read` passes it over, `verify` names it,
the next `append` removes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.errors import LedgerError, Problem, show
from forecast.files import read_whole, size_of
from forecast.ledger.entries import LEDGER, Entry, where

MOST = 128 * 2**20  # bytes: of some 20,000 an entry, a century of weeks
LINE_MOST = 4 * 2**20  # bytes
LINES_MOST = 100_000
GENESIS = "0" * 64  # what the first entry names as the one before it

_LINE = re.compile(rb'\{"entry":([0-9]{1,9}),"forecast":(\{.*\}),"previous":"([0-9a-f]{64})"\}')
_HEAD = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Chain:
    """The lines of a ledger, their hashes, and where the chain does not hold.

    ``unfinished`` is what a crash left of a last line. ``unended``: the last of ``lines`` is whole
    but lacks its line end. ``converted``: line ends are CRLF.
    """

    lines: tuple[bytes, ...]
    hashes: tuple[str, ...]
    unended: bool
    unfinished: bytes
    converted: bool
    problems: tuple[Problem, ...]

    @property
    def head(self) -> str:
        """The hash of the last line, which the next one will name."""
        return self.hashes[-1] if self.hashes else GENESIS


def read(path: Path) -> list[Entry]:
    """All entries, having checked the chain; none if there is no ledger yet.

    Raises
    ------
    LedgerError
        Naming each line that does not fit its neighbours or holds no forecast; of the last, which
        no other pins, also the value that is none of a forecast.
    """
    chain = walk(read_bytes(path))
    entries, problems = _entries(chain)
    problems += _unsound(entries[-1:])
    if problems:
        raise LedgerError(*problems)
    return entries


def verify(path: Path, head: str | None, *, every: bool = False) -> list[Problem]:
    """All that shows the ledger is not as it was written.

    Parameters
    ----------
    path
        The ledger.
    head
        A hash printed by a report, or its first 8 digits or more: it must be in the chain. Eight
        digits guard against accidents; only all 64 guard against forgers.
    every
        Look into every forecast, not into the last alone.

    Raises
    ------
    LedgerError
        If the file cannot be read.
    """
    chain = walk(read_bytes(path))
    entries, problems = _entries(chain)
    problems += _unsound(entries if every else entries[-1:])
    if chain.unfinished:
        rule = "unfinished last line, which no one was told of: the next refresh removes it"
        problems.append(Problem(where(len(chain.lines) + 1), rule))
    if head is not None:
        problems += _missing_head(chain, head)
    return problems


def line_ends_note(path: Path) -> str:
    """A note on line ends that are not as they were written; empty without any.

    Raises
    ------
    LedgerError
        If the file cannot be read.
    """
    if b"\r\n" not in read_bytes(path):
        return ""
    return (
        f"{LEDGER}: its line ends were changed to CRLF, by git or an editor; that edits nothing. "
        "The next refresh writes them back, and the line `*.jsonl -text` in .gitattributes keeps "
        "git from it"
    )


def encode(number: int, previous: str, forecast: dict[str, Any]) -> bytes:
    """An entry's line, without its line end.

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
    converted = b"\r\n" in data
    *lines, tail = data.replace(b"\r\n", b"\n").removesuffix(b"\r").split(b"\n")
    unended = _is_canonical(tail)
    if unended:
        lines.append(tail)
    hashes = tuple(_hash(line) for line in lines)
    problems = _misfits(lines, hashes)
    unfinished = b"" if unended else tail
    return Chain(tuple(lines), hashes, unended, unfinished, converted, tuple(problems))


def read_bytes(path: Path) -> bytes:
    """The ledger's bytes, none if there is no ledger yet.

    Raises
    ------
    LedgerError
        If the file cannot be read, or is larger than any ledger.
    """
    try:
        data = read_whole(path, MOST)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise LedgerError(Problem(LEDGER, "must be readable", hint=error.strerror or "")) from None
    if data.count(b"\n") > LINES_MOST:
        raise LedgerError(Problem(LEDGER, f"must have at most {LINES_MOST:,} lines"))
    longest = max(map(len, data.split(b"\n")))
    if longest > LINE_MOST:
        rule = f"must have no line of more than {size_of(LINE_MOST)}"
        raise LedgerError(Problem(LEDGER, rule, size_of(longest)))
    return data


def _entries(chain: Chain) -> tuple[list[Entry], list[Problem]]:
    if chain.problems:
        return [], [*chain.problems]
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(chain.lines, start=1):
        try:
            entries.append(Entry.of(number, line))
        except LedgerError as error:
            problems += error.problems
    return entries, problems


def _unsound(entries: Iterable[Entry]) -> list[Problem]:
    """Return of each entry what is no value of a forecast, or contradicts another."""
    problems: list[Problem] = []
    for entry in entries:
        try:
            entry.check()
        except LedgerError as error:
            problems += error.problems
    return problems


def _is_canonical(line: bytes) -> bool:
    """Whether a line is what `encode` would write for its content."""
    try:
        return bool(_LINE.fullmatch(line)) and _canonical(json.loads(line)) == line
    except (ValueError, RecursionError):
        return False


def _misfits(lines: list[bytes], hashes: tuple[str, ...]) -> list[Problem]:
    """Say where the chain breaks, blaming as few entries as explain every break.

    An edit of entry k breaks the link to it from k + 1, and its own link to k - 1 as well if it
    hit ``previous``. So blame runs backwards: a broken link blames the entry it points to, unless
    the entry it starts from is blamed already.
    """
    problems: list[Problem] = []
    blamed: dict[int, str] = {}
    suspects: list[int] = []
    shift = 0  # how far entry numbers run ahead of line numbers
    for k, (line, before) in enumerate(zip(lines, [GENESIS, *hashes], strict=False), start=1):
        match = _LINE.fullmatch(line)
        if not match or (k == len(lines) and not _is_canonical(line)):  # no line pins the last
            blamed[k] = "it is not as a ledger's line is written"
            continue
        ahead = int(match[1]) - k
        linked = match[3].decode() == before
        if ahead != shift and linked:
            blamed[k] = f"it calls itself entry {int(match[1])}"
        elif ahead != shift:
            rule = f"holds entry {int(match[1])}: lines were removed, added or moved"
            problems.append(Problem(where(k), rule))
            shift = ahead
        elif not linked:
            suspects.append(k)
    for k in reversed(suspects):
        if k not in blamed:
            blamed.setdefault(max(k - 1, 1), "its hash is not the one the next entry names")
    problems += [_edited(k, why) for k, why in blamed.items()]
    return problems


def _missing_head(chain: Chain, head: str) -> list[Problem]:
    if not _HEAD.fullmatch(head):
        return [Problem("head", "must be 8 to 64 digits of a hash, 0-9 and a-f", show(head))]
    if any(digest.startswith(head) for digest in chain.hashes):
        return []
    end = f"entry {len(chain.lines)}, {chain.head}" if chain.lines else "nothing: it has no entries"
    rule = (
        f"the chain ends at {end}; head {head} is not in it: "
        "lines were removed, the last was edited, or the chain was rewritten"
    )
    return [Problem(LEDGER, rule)]


def _edited(number: int, why: str) -> Problem:
    return Problem(where(number), f"entry {number} was edited: {why}")


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")
