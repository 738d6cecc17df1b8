"""History replayed: the forecast as-of every day asked for, by this process or by several.

A forecast as-of a day needs no other forecast, but days of one block share a fit (their anchor).
So the first of a block leads, and once its fit is kept the others follow, on whichever process is
free::

    block 1   W40 ──> W41, W42, W43        lead: at once          follow: when their lead is done
    block 2   W44 ──> W45, W46, W47
    yielded   W40 W41 W42 W43 W44 ...      in order, whoever was first

All are *replayed*, one as-of today as well: a replay is never split between two modes. Each process
compiles once. What is done is in the cache of fits, whoever dies.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date

from msgspec.structs import replace

from forecast.case import Case
from forecast.errors import FitError, Problem, UsageError, extra
from forecast.periods import Period
from forecast.readings import Reading
from forecast.record import Forecast

type Progress = Callable[[float, str], None]

PATIENCE = 20  # seconds for a scheduler to answer
_one_at_a_time = threading.Lock()  # a scheduler may give one process several tasks


def replayed(
    case: Case, readings: tuple[Reading, ...], days: Sequence[date], progress: Progress | None
) -> Iterator[Forecast]:
    """Yield the forecast as-of each day, made in this process; compared with none.

    ``progress`` is told the share of all days that is done.
    """
    from forecast import refresh as engine

    for number, day in enumerate(days):
        period = Period.ended_before(day, case.cadence)
        told = progress and _part(progress, number, len(days), str(period))
        yield as_replayed(engine.refresh(case, readings, day, None, progress=told))


def shared(
    case: Case,
    readings: tuple[Reading, ...],
    days: Sequence[date],
    progress: Progress | None,
    executor: Executor,
) -> Iterator[Forecast]:
    """Yield the same, made by the processes of an executor.

    Raises
    ------
    FitError
        If a process of this machine was ended from outside.
    """
    from forecast.refresh.draws import anchor_day

    blocks: dict[date, list[date]] = {}
    for day in sorted(days):
        blocks.setdefault(anchor_day(case, day), []).append(day)
    followers = {first: others for first, *others in blocks.values()}
    running = {executor.submit(_made, case, readings, first): first for first in followers}
    made: dict[date, Forecast] = {}
    for number, day in enumerate(days):
        while day not in made:
            if progress:
                progress((number + len(made)) / len(days), f"{len(running)} being computed")
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                done = running.pop(future)
                made[done] = _result(future)
                for other in followers.pop(done, ()):
                    running[executor.submit(_made, case, readings, other)] = other
        yield made.pop(day)


def as_replayed(forecast: Forecast) -> Forecast:
    """A forecast as part of a replay."""
    return replace(forecast, mode="replayed")


@contextmanager
def processes(number: int) -> Iterator[Executor]:
    """Yield so many processes of this machine; they end with this one."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def scheduler(address: str) -> Iterator[Executor]:
    """Yield the workers of a Dask scheduler; one that dies is made up for by the others.

    Raises
    ------
    UsageError
        If Dask is not installed, or nobody answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        hint = extra("cluster")
        raise UsageError(Problem("--cluster", "must have Dask installed", hint=hint)) from error
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        rule = "must be the address of a running Dask scheduler, such as tcp://host:8786"
        raise UsageError(Problem("--cluster", rule, address)) from error
    with client:
        yield client.get_executor(pure=False)


def _made(case: Case, readings: tuple[Reading, ...], day: date) -> Forecast:
    from forecast.refresh import refresh

    with _one_at_a_time:
        return as_replayed(refresh(case, readings, day))


def _result(future: Future[Forecast]) -> Forecast:
    try:
        return future.result()
    except BrokenProcessPool as error:
        rule = "must be left alive: one was ended from outside"
        hint = "run it again: what was computed is kept"
        raise FitError(Problem("the worker processes", rule, hint=hint)) from error


def _end_with_parent() -> None:
    """Let an interrupt, or the end of the process that asked, end this one there and then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # as an exception it could pass for a short fit
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.join,), daemon=True).start()


def _follow(ended: Callable[[], None]) -> None:
    ended()
    os._exit(1)


def _part(progress: Progress, number: int, total: int, label: str) -> Progress:
    where = f"{label} ({number + 1} of {total})"
    return lambda share, doing: progress((number + share) / total, f"{where}: {doing}")
