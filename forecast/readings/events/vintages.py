"""Vintages on disk: ``indicators/vintages/<source>/<known>.parquet``.

::

    footer      source, kind, known, day, since, until, rows, content, etag, last_modified, reader,
                and the SHA-256 of these
    columns     those of its reader (`READERS`), one row for each event

A vintage is written beside its place, synced and moved there, and never touched again. A source
that has been renamed has those of its former ids as well.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from forecast.case.types import Case
from forecast.errors import CaseError, Problem, ReadingError, printable
from forecast.files import replacing, sync_folder
from forecast.periods import FIRST_YEAR, LAST_YEAR
from forecast.readings.events.database import Database, exact, failing_as, opened
from forecast.readings.events.layouts import EVENT, FIRST_EVENT
from forecast.readings.events.types import Vintage
from forecast.readings.types import VINTAGES

_KNOWN = "%Y-%m-%dT%H%M%SZ"
_HINT = "remove it, or take it from a backup, and pull again"
ENDING = ".parquet"
_FOOTER = (
    "source", "kind", "known", "day", "since", "until", "rows", "content", "etag", "last_modified",
    "reader",
)  # fmt: skip
_DIGEST = "footer"
READERS = {"1": FIRST_EVENT, "2": EVENT}  # the columns of vintages written so far
READER = "2"


def name_of(known: datetime) -> str:
    """Return how a moment is written in a vintage's name: ``2024-12-02T101500Z``."""
    return known.astimezone(UTC).strftime(_KNOWN)


def vintages_of(case: Case, source: str) -> tuple[Vintage, ...]:
    """The vintages of a source, oldest first.

    Raises
    ------
    CaseError
        If one is not as it was written.
    """
    if not list_files(case, source):
        return ()
    with opened(*folders_of(case, source)) as database:
        return found_in(database, case, source)


def found_in(database: Database, case: Case, source: str) -> tuple[Vintage, ...]:
    """The same by a database that may read the source's folders."""
    paths = list_files(case, source)
    if not paths:
        return ()
    if problems := [_no_file(path) for path in paths if not path.is_file()]:
        raise CaseError(*problems)  # a pipe, say, whose reading would not end
    try:
        with failing_as(partial(_damaged, paths[0])):
            footers = _footers(database, paths)
    except CaseError:
        footers = {}  # which of them it is, is not said: each is asked alone
    found: list[Vintage] = []
    ids = ids_of(case, source)
    for path in paths:
        try:
            with failing_as(partial(_damaged, path)):
                footer = footers.get(str(path)) or _footers(database, [path]).get(str(path), {})
            found.append(_vintage(ids, path, footer))
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(*problems)
    return tuple(sorted(found, key=lambda vintage: vintage.known))


def list_files(case: Case, source: str) -> list[Path]:
    """The files that are vintages of a source by their ending, by name."""
    return [
        path
        for folder in folders_of(case, source)
        for path in sorted(folder.glob(f"*{ENDING}"))
        if not path.name.startswith(".")
    ]


def list_undeclared(case: Case) -> list[str]:
    """The names of folders with vintages that are of no source of the case."""
    declared = {name for source in case.sources for name in ids_of(case, source.id)}
    found = sorted((case.root / VINTAGES).glob(f"*/*{ENDING}"))
    return sorted({path.parent.name for path in found} - declared)


def ids_of(case: Case, source: str) -> tuple[str, ...]:
    """The id of a source and those it had before."""
    was = [former for each in case.sources if each.id == source for former in each.was]
    return (source, *was)


def folders_of(case: Case, source: str) -> list[Path]:
    """Return where the vintages of a source are, as far as there are any."""
    folders = [(case.root / VINTAGES / name).resolve() for name in ids_of(case, source)]
    return [folder for folder in folders if folder.is_dir()]


def folder_of(case: Case, source: str) -> Path:
    """Return where the vintages of a source are."""
    return (case.root / VINTAGES / source).resolve()


def path_of(case: Case, source: str, known: datetime) -> Path:
    """Return where the vintage of a moment is."""
    return folder_of(case, source) / f"{name_of(known)}{ENDING}"


def check_vintages(case: Case) -> list[Problem]:
    """Every vintage of the case's sources that is not as it was written."""
    problems: list[Problem] = []
    for source in case.sources:
        try:
            problems += _damage(vintages_of(case, source.id))
        except CaseError as error:
            problems += error.problems
    return problems


def find_damaged(vintages: tuple[Vintage, ...], said: str) -> CaseError:
    """The error of the vintages that cannot be read whole.

    ``said`` is what was said of all of them together.
    """
    return CaseError(*(_damage(vintages) or [Problem(VINTAGES, "must be countable", hint=said)]))


def _damage(vintages: tuple[Vintage, ...]) -> list[Problem]:
    """The vintages whose events are not those that were stored."""
    if not vintages:
        return []
    problems: list[Problem] = []
    with opened(*{vintage.path.parent for vintage in vintages}) as database:
        for vintage in vintages:
            damaged = partial(_damaged, vintage.path)
            try:
                with failing_as(damaged):
                    content = content_of(
                        database, "read_parquet(?)", [exact(vintage.path)], READERS[vintage.reader]
                    )
            except CaseError as error:
                problems += error.problems
            else:
                if content != vintage.content:
                    problems += damaged("its events are not those that were stored").problems
    return problems


def content_of(
    database: Database,
    events: str,
    bound: Sequence[object] = (),
    columns: Sequence[str] = EVENT,
) -> str:
    """The SHA-256 of events, a table of these columns, in the order of their ids."""
    # Cells hold no control characters, so what joins them cannot be part of one. Of columns that
    # came later only what they hold is hashed: without it the hash is that of the first columns.
    row = ", ".join(
        f"coalesce({column}::VARCHAR, '')"
        if column in FIRST_EVENT
        else f"'{column} ' || {column}::VARCHAR"
        for column in columns
    )
    [(content,)] = database.execute(
        "SELECT sha256(coalesce(string_agg(of_row, '' ORDER BY id), '')) "  # noqa: S608  # all names are of this package
        f"FROM (SELECT id, sha256(concat_ws(chr(31), {row})) AS of_row FROM {events})",
        bound,
    ).fetchall()
    return str(content)


def write(database: Database, vintage: Vintage, kind: str) -> None:
    """Write the table ``event`` of a database to the vintage's path."""
    footer = {
        "source": vintage.source,
        "kind": kind,
        "known": name_of(vintage.known),
        "day": vintage.day.isoformat(),
        "since": vintage.since.isoformat(),
        "until": vintage.until.isoformat(),
        "rows": str(vintage.rows),
        "content": vintage.content,
        "etag": vintage.etag,
        "last_modified": vintage.last_modified,
        "reader": vintage.reader,
    }
    footer[_DIGEST] = _digest(footer)
    database.execute(
        "COPY event TO $path (FORMAT parquet, COMPRESSION zstd, "
        f"KV_METADATA {{{', '.join(f'{key}: ${key}' for key in footer)}}})",
        {"path": str(vintage.path), **footer},
    )


def keep(case: Case, written: Path, place: Path) -> None:
    """Copy a written vintage to its place in the case, whole or not at all.

    Raises
    ------
    ReadingError
        If it cannot be written. Folders made for it are gone again.
    """
    made = [folder for folder in list(place.parents)[:3] if not folder.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with written.open("rb") as data, replacing(place) as file:
            shutil.copyfileobj(data, file)
    except BaseException as error:
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
        if not isinstance(error, OSError):
            raise
        where = printable(place.relative_to(case.root.resolve()).as_posix())
        raise ReadingError(Problem(where, "must be writable", hint=error.strerror or "")) from None
    for folder in made:
        sync_folder(folder.parent)


def _footers(database: Database, paths: list[Path]) -> dict[str, dict[str, str]]:
    """Return what each file's footer says."""
    footers: dict[str, dict[str, str]] = {}
    for file, key, value in database.execute(
        "SELECT file_name, key, value FROM parquet_kv_metadata(?)", [list(map(exact, paths))]
    ).fetchall():
        said = footers.setdefault(file, {})
        said[key.decode(errors="replace")] = value.decode(errors="replace")
    return footers


def _vintage(ids: Sequence[str], path: Path, footer: dict[str, str]) -> Vintage:
    try:
        known = datetime.strptime(footer["known"], _KNOWN).replace(tzinfo=UTC)
        found = Vintage(
            source=footer["source"],
            known=known,
            since=date.fromisoformat(footer["since"]),
            until=date.fromisoformat(footer["until"]),
            rows=int(footer["rows"]),
            content=footer["content"],
            etag=footer["etag"],
            last_modified=footer["last_modified"],
            path=path,
            # The oldest vintages have only the day it was in Greenwich.
            day=date.fromisoformat(footer.get("day", known.date().isoformat())),
            reader=footer["reader"],
        )
    except (KeyError, ValueError) as error:
        raise _damaged(path, f"its footer: {error}") from None
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    sound = footer.get(_DIGEST, "") in ("", _digest(footer))  # the oldest vintages have none
    if not sound or not (found.since.year in years and found.until.year in years):
        raise _damaged(path, "its footer was edited")
    if found.reader not in READERS:
        raise _damaged(path, "it is of another version of this program")
    if found.source not in ids or name_of(found.known) != path.name.removesuffix(ENDING):
        raise _damaged(path, f"it is {found.source}/{name_of(found.known)}")
    return found


def _digest(footer: Mapping[str, str]) -> str:
    """The SHA-256 of what a footer says, but for its own digest."""
    rest = sorted((key, value) for key, value in footer.items() if key in _FOOTER)
    return sha256(json.dumps(rest).encode()).hexdigest()


def _damaged(path: Path, said: str) -> CaseError:
    rule = "must be a vintage as `forecast pull` wrote it"
    return CaseError(Problem(_where(path), rule, printable(said), _HINT))


def _no_file(path: Path) -> Problem:
    return Problem(_where(path), "must be a file", "a folder, pipe or device", _HINT)


def _where(path: Path) -> str:
    return printable(f"{VINTAGES}/{path.parent.name}/{path.name}")
