"""Fetching: a provider's data as one raw CSV file, or nothing at all.

::

    at is a path            copied ──────────────┐
    at is a URL             downloaded ──────────┼── zip, JSON or CSV into one CSV ── into/raw.csv
    no at: provider's API   paged into a CSV ────┘

All of it happens in a folder of its own that goes, whatever fails, with everything in it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from forecast.sources import EventSource, provider_of
from forecast.sources.files import as_csv, copy, path_of
from forecast.sources.problems import Problems, place
from forecast.sources.provider import Say, Service, Task


class Validators(Protocol):
    """What a vintage keeps of the reply it came from, as `Fetched` gave it."""

    @property
    def etag(self) -> str:
        """As in `Fetched`."""

    @property
    def last_modified(self) -> str:
        """As in `Fetched`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One raw UTF-8 CSV in the provider's layout; ``raw`` None: not modified since the vintage.

    ``etag`` and ``last_modified`` are opaque: they hold the reply's validators *and* which
    definition of the source they belong to. ``limit`` is the last day the provider gives events
    of to this account, if it keeps the latest back.
    """

    raw: Path | None
    etag: str = ""
    last_modified: str = ""
    limit: date | None = None


def fetch(
    source: EventSource,
    root: Path,
    into: Path,
    *,
    before: Validators | None,
    allow_local: bool,
    say: Say,
    service: Service | None = None,
) -> Fetched:
    """Bring a source's data into a folder as ``raw.csv``.

    Parameters
    ----------
    root
        The case's folder, from where a path in ``source.at`` starts.
    into
        An existing folder without a ``raw.csv``. After an error it is as it was.
    before
        The last vintage: a file that has not changed since is not sent again.
    allow_local
        Whether ``file://`` and addresses that are not public may be used.
    say
        Told of progress: bytes of a file or events of an API, and of how many (None: unknown).
    service
        Another API than the public one, or other limits of a file.

    Raises
    ------
    PullError
        If the data did not come whole, or from where it may not.
    """
    api = provider_of(source).api
    service = service or (api.service if api else Service())
    task = Task(source, service, Problems(source.id), say, allow_local)
    try:
        with TemporaryDirectory(dir=into, prefix="fetch-") as name:
            return _bring(root, Path(name), into / "raw.csv", before, task)
    except OSError as error:  # a full disk; what goes wrong on a network is none
        raise task.problems.error(f"must be written to {into}", error.strerror or "") from None


def _bring(root: Path, work: Path, to: Path, before: Validators | None, task: Task) -> Fetched:
    """Fetch within ``work``, and put only what came whole where it shall be."""
    got = work / "got"
    if path := _local(root, task):
        copy(path, got, task)
        fetched = Fetched(got)
    else:
        fetched = _over_http(got, before, task)
    if fetched.raw is None:
        return fetched
    raw = as_csv(got, work, task) if task.source.at else got
    return replace(fetched, raw=raw.replace(to))


def _local(root: Path, task: Task) -> Path | None:
    """The local path a source names, None if it is at a URL or an API."""
    at = task.source.at
    if not at or "://" not in at:
        return root / at if at else None
    if at.partition("://")[0].lower() != "file":
        return None
    if not task.allow_local:
        hint = "--allow-local if it is meant"
        raise task.problems.error("must not be a file:// address", place(at), hint)
    return path_of(at, task.problems)


def _over_http(to: Path, before: Validators | None, task: Task) -> Fetched:
    # here, not above: a pull of a local file need not load httpx
    from forecast.sources.client import Client

    source = task.source
    with _quiet(), Client(task) as client:
        if source.at:
            sent = client.download(source.at, to, _conditions(source, before))
            if sent is None:
                return Fetched(None)
            etag, last_modified = sent.get("etag", ""), sent.get("last-modified", "")
            return Fetched(to, _signed(source, etag), _signed(source, last_modified))
        api = provider_of(source).api
        if api is None:  # of no case that was loaded: `at` is one of its needs
            raise task.problems.error("must say where its file is: at")
        return Fetched(to, limit=api.pull(task, client, to))


def _conditions(source: EventSource, before: Validators | None) -> dict[str, str]:
    if before is None:
        return {}
    conditions = {
        "If-None-Match": _unsigned(source, before.etag),
        "If-Modified-Since": _unsigned(source, before.last_modified),
    }
    return {name: value for name, value in conditions.items() if value}


def _signed(source: EventSource, validator: str) -> str:
    """A validator marked as one of this very definition.

    Once `at` or `columns` have been edited, "not modified" would speak of something else.
    """
    good = validator.isascii() and validator.isprintable()
    return f"{_mark(source)} {validator}" if validator and good else ""


def _unsigned(source: EventSource, signed: str) -> str:
    mark, _, validator = signed.partition(" ")
    return validator if mark == _mark(source) else ""


def _mark(source: EventSource) -> str:
    return hashlib.sha256(repr(source).encode()).hexdigest()[:12]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep httpx from logging addresses and headers, which may hold keys."""
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
