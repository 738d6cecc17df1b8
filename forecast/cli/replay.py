"""``forecast replay``: the ordinary refresh, once per period, each as-of its own refresh day."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from forecast.case import Case
from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    flag,
    load,
    locked,
    parse_period,
    print_json,
    say,
    today,
)
from forecast.cli.refresh import restore_copies
from forecast.cli.step import Previous, compute, previous_for, record, shown_progress
from forecast.errors import Problem, UsageError
from forecast.periods import Period
from forecast.record import Forecast
from forecast.report.view import build_replay


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
    draft: Annotated[bool, flag("--draft", text="Print only, log nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Refresh as-of each past period in turn, as if then was now."""
    root = case_root(ctx)
    case, readings = load(root)
    periods = _periods(case, first, last)
    forecasts: list[Forecast] = []
    new = 0
    previous: Previous | None = None
    with shown_progress() as progress:
        for period in periods:
            day = period.refresh_day
            with nullcontext() if draft else locked(root):  # others get their turn in between
                if not draft:
                    restore_copies(root)
                if previous is None:
                    previous = previous_for(case, readings, entries_of(root), day, progress)
                forecast = compute(case, readings, day, previous, progress)
                done = None if draft else record(root, forecast)
            new += bool(done and done.appended)
            previous = (done.entry.number if done else None, forecast)
            forecasts.append(forecast)
    _print(forecasts, as_json=as_json)
    if not draft:
        say(f"{new} logged, {len(forecasts) - new} already in the ledger.")


def _print(forecasts: list[Forecast], *, as_json: bool) -> None:
    from forecast.report.terminal import make_console, render_replay

    if as_json:
        print_json([forecast.to_json() for forecast in forecasts])
    else:
        render_replay(build_replay(forecasts), make_console())


def _periods(case: Case, first: str | None, last: str | None) -> list[Period]:
    """Return the periods asked for.

    Raises
    ------
    UsageError
        If they are not of the case, have not ended, or are in the wrong order.
    """
    start = _period(case, first, "--from") if first else case.first
    if last:
        end = _period(case, last, "--to")
    else:
        end = Period.ended_before(min(default_as_of(case), today()), case.cadence)
    if start < case.first:
        rule = f"must not be before {case.first}, the case's first period"
        raise UsageError(Problem("--from", rule, str(start)))
    if end.refresh_day > today():
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
