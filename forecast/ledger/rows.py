"""What forecasts were made from, pinned: rows of readings and resolutions, which only get more.

::

    indicators/incidents.csv      18 rows        + 2 rows
                              ───────────────┬──────────────┬──────────> more rows
    entry                                    3              4
    pins                            those 18 │        the 2 │

Each entry has the digests of the rows that none before it had. All of them must still be there, in
any order: rows of two analysts may be merged. Line ends and byte-order marks are no part of a row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from forecast.case import CSV_MOST
from forecast.errors import Problem, counted
from forecast.files import read_whole
from forecast.ledger.entries import Entry
from forecast.readings import RESOLUTIONS

_DIGITS = 16  # of a SHA-256: so many tell rows apart, and forging one is more work than it is worth
_HINT = "a row is never edited or removed: a correction is a new row"
# As canonical lines write it; in a text of theirs quotes are escaped.
_FILES = re.compile(rb'"files":(\{(?:"[^"\\]*":\[[^\]]*\],?)*\})')

type Rows = dict[str, Counter[str]]  # digests by path


def new_rows(root: Path, lines: Iterable[bytes]) -> dict[str, list[str]]:
    """The digests of the rows of a case that no line of its ledger pins, by path."""
    pinned: Rows = {}
    for line in lines:
        if found := _FILES.search(line):  # parsing a whole line is dear
            _pin(pinned, json.loads(found[1]))
    paths = [*sorted((root / "indicators").glob("*.csv")), root / RESOLUTIONS]
    there = {path.relative_to(root).as_posix(): _digests(path) for path in paths}
    new = {name: rows - pinned.get(name, Counter()) for name, rows in there.items()}
    return {name: sorted(rows.elements()) for name, rows in new.items() if rows}


def changed_rows(root: Path, entries: Iterable[Entry]) -> list[Problem]:
    """Each file that lacks rows that entries were logged with."""
    pinned: Rows = {}
    problems: dict[str, Problem] = {}
    for entry in entries:
        _pin(pinned, entry.header.files)
        for name in entry.header.files:
            there = _digests(root / name)
            gone = (pinned[name] - there).total()
            if there and gone and name not in problems:  # a file may be watched no more
                rule = f"must still have the rows that entry {entry.number} was logged with"
                found = f"{counted(gone, 'row')} edited or removed"
                problems[name] = Problem(name, rule, found, _HINT)
    return list(problems.values())


def _pin(pinned: Rows, files: Mapping[str, Iterable[str]]) -> None:
    for name, digests in files.items():
        pinned.setdefault(name, Counter()).update(digests)


def _digests(path: Path) -> Counter[str]:
    """The digest of each line of a file; none if it cannot be read."""
    try:
        data = read_whole(path, CSV_MOST)
    except OSError:
        return Counter()
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    return Counter(hashlib.sha256(line).hexdigest()[:_DIGITS] for line in lines if line)
