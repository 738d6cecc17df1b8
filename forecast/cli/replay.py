"""``forecast replay``: the ordinary refresh, once per period, each as-of its own refresh day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from forecast import clock
from forecast.alerts import following
from forecast.case import Case
from forecast.cli.common import (
    case_root,
    default_as_of,
    entries_of,
    flag,
    load,
    locked,
    parse_period,
    print_json,
    say,
)
from forecast.cli.refresh import restore_copies
from forecast.cli.score import print_scores, scored
from forecast.cli.step import (
    Progress,
    day_before,
    interrupt_ends_it,
    previous_logged,
    record,
    shown_progress,
)
from forecast.errors import Problem, UsageError
from forecast.ledger import Entry
from forecast.periods import Period
from forecast.proof.questions import Logged
from forecast.proof.replay import as_replayed
from forecast.readings import Reading, known_as_of
from forecast.record import Forecast
from forecast.report.view.records import build_replay

if TYPE_CHECKING:
    from concurrent.futures import Executor


def replay(
    ctx: typer.Context,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="PERIOD", help="First period; default: the case's first."),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="PERIOD", help="Last period; default: that of a refresh."),
    ] = None,
    score: Annotated[bool, flag("--score", text="Score these forecasts as well.")] = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="Processes to compute with.")
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Compute on the workers of a Dask scheduler."),
    ] = None,
    draft: Annotated[bool, flag("--draft", text="Print only, log nothing.")] = False,
    as_json: Annotated[
        bool, flag("--json", text="Print JSON: the forecasts, or with --score their scores.")
    ] = False,
) -> None:
    """Refresh as-of each past period in turn, as if then was now."""
    if cluster and workers > 1:
        raise UsageError(Problem("--workers", "must not be given with --cluster"))
    root = case_root(ctx)
    case, readings = load(root)
    days = [period.refresh_day for period in _periods(case, first, last)]
    if not draft:
        with locked(root):
            restore_copies(root)
    entries = entries_of(root)
    logged = _logged(case, readings, days, entries)
    wanted = [day for day in days if day not in logged]
    previous = previous_logged(case, entries, days[0])
    before = None if previous or days[0] in logged else day_before(case, days[0])
    told: list[Logged] = []
    new = 0
    with shown_progress() as progress, _executor(workers, cluster) as executor:
        made = _computed(
            case, readings, [before, *wanted] if before else wanted, progress, executor
        )
        if before:
            previous = None, next(made)
        for day in days:
            if day in logged:
                previous = logged[day].number, logged[day].forecast
            else:
                previous = None, following(case.alerts, next(made), previous)
                if not draft:
                    with locked(root):
                        done = record(root, previous[1])
                    new += done.appended
                    previous = done.entry.number, previous[1]
            number = previous[0] or len(told) + 1  # in a draft, as they come
            told.append((number, as_replayed(previous[1])))  # one that is logged may be live
    if not (score and as_json):
        _print([forecast for _, forecast in told], as_json=as_json)
    if score:
        print_scores(scored(case, readings, told), as_json=as_json, below=True)
    if not draft:
        say(f"{new} logged, {len(days) - new} already in the ledger.")


def _logged(
    case: Case, readings: tuple[Reading, ...], days: list[date], entries: Sequence[Entry]
) -> dict[date, Entry]:
    """The entries whose inputs were those of a day: nothing is computed twice.

    Of several with the same inputs the first whose fit passed its gate, else the first.
    """
    from forecast import refresh as engine

    known = {day: engine.fingerprint(case, known_as_of(case, readings, day)) for day in days}
    best = sorted(entries, key=lambda entry: (not entry.fit_ok, entry.number))
    there = {entry.header.fingerprint: entry for entry in reversed(best)}
    return {day: there[fingerprint] for day, fingerprint in known.items() if fingerprint in there}


def _computed(
    case: Case,
    readings: tuple[Reading, ...],
    days: list[date],
    progress: Progress | None,
    executor: Executor | None,
) -> Iterator[Forecast]:
    from forecast.proof.replay import replayed, shared  # loads what processes need

    made = (
        shared(case, readings, days, progress, executor)
        if executor
        else replayed(case, readings, days, progress)
    )
    while True:
        with interrupt_ends_it():  # only while computing: what is being logged is logged
            forecast = next(made, None)
        if forecast is None:
            return
        yield forecast


def _executor(workers: int, cluster: str | None) -> AbstractContextManager[Executor | None]:
    from forecast.proof.replay import processes, scheduler

    if cluster:
        return scheduler(cluster)
    return processes(workers) if workers > 1 else nullcontext()


def _print(forecasts: list[Forecast], *, as_json: bool) -> None:
    from forecast.report.terminal.console import make_console
    from forecast.report.terminal.records import render_replay

    if as_json:
        print_json([forecast.to_json() for forecast in forecasts])
    else:
        render_replay(build_replay(forecasts), make_console())


def _periods(case: Case, first: str | None, last: str | None) -> list[Period]:
    """The periods asked for.

    Raises
    ------
    UsageError
        If they are not of the case, have not ended, or are in the wrong order.
    """
    start = _period(case, first, "--from") if first else case.first
    if last:
        end = _period(case, last, "--to")
    else:
        end = Period.ended_before(min(default_as_of(case), clock.today()), case.cadence)
    if start < case.first:
        rule = f"must not be before {case.first}, the case's first period"
        raise UsageError(Problem("--from", rule, str(start)))
    if end.refresh_day > clock.today():
        raise UsageError(Problem("--to", "must be a period that has ended", str(end)))
    if end < start:
        rule = "must not be after the last period to replay"
        raise UsageError(Problem("--from", rule, f"{start} after {end}"))
    return [start + n for n in range(end - start + 1)]


def _period(case: Case, text: str, option: str) -> Period:
    period = parse_period(text, option)
    if period.cadence != case.cadence:
        raise UsageError(Problem(option, f"must be a {case.cadence}, as in the case", text))
    return period
