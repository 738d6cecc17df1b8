"""Taking turns: one process at a time writes to a case."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast.errors import BusyError, Problem
from forecast.files import try_lock

PATIENCE = 1.0  # seconds of waiting before anything is said
_PAUSE = 0.02


@contextmanager
def lock(case_root: Path, *, timeout: float, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the case's lock, waiting up to ``timeout`` seconds for another process to let go.

    The operating system ties the lock (on ``reports/.lock``) to the process: it is gone when the
    process is, however it ended. ``on_wait`` is told once, after `PATIENCE` seconds, what is
    waited for.

    Raises
    ------
    BusyError
        If another process still holds it after ``timeout`` seconds, or the case cannot be
        written to.
    """
    where = "reports/.lock"
    path = case_root / where
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise BusyError(Problem(where, "must be writable", hint=error.strerror or "")) from None
    try:
        _wait(descriptor, where, timeout, on_wait)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def _wait(descriptor: int, where: str, timeout: float, on_wait: Callable[[str], None]) -> None:
    start = time.monotonic()
    told = False
    while True:
        try:
            return try_lock(descriptor)
        except OSError:
            waited = time.monotonic() - start
        if waited >= timeout:
            rule = f"is held by another forecast on this case, after {timeout:g} seconds of waiting"
            raise BusyError(Problem(where, rule, hint="run it again when that one is done"))
        if waited >= PATIENCE and not told:
            on_wait("waiting for another forecast on this case to finish")
            told = True
        time.sleep(_PAUSE)
