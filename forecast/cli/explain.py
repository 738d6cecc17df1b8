"""``forecast explain``: why the forecast moved."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import (
    AsJson,
    as_of_asked,
    case_root,
    entries_of,
    load,
    parse_period,
    print_json,
)
from forecast.cli.step import (
    Quick,
    end_stopped,
    interrupt_ends_it,
    logged_as_of,
    previous_for,
    shown_progress,
    stoppable,
)
from forecast.errors import LedgerError, Problem, Stopped, UsageError, did_you_mean, show
from forecast.ledger import LEDGER, Entry, for_period
from forecast.periods import Period
from forecast.record import Previous
from forecast.report.view.explain import build_explain

if TYPE_CHECKING:
    from forecast.explain.movement_types import Movement


def explain(
    ctx: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="Explain from that period's forecast; default: the one before."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="ID", help="Default: the one that moved most.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Of the forecast to explain; default: the case's as_of, or today."
        ),
    ] = None,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Show why probabilities moved: each cause beside the dated source behind it."""
    root = case_root(ctx)
    found = movement_of(
        root, as_of=as_of, since=since, scenario=scenario, quick=quick, in_part=True
    )
    if as_json:
        print_json(found)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.explain import render_explain

        render_explain(build_explain(found, scenario), make_console())
    end_stopped(found.cut)


def movement_of(
    root: Path,
    *,
    as_of: str | None,
    since: str | None = None,
    scenario: str | None,
    quick: bool = False,
    in_part: bool = False,
) -> Movement:
    """Return what moved the forecast as-of a date, whose fits are sampled if not at hand.

    Of a logged forecast it is kept for the memo, if it is whole. ``in_part``: what is stopped is
    returned as far as it is done.

    Raises
    ------
    LedgerError
        If there is nothing to compare with.
    UsageError
        If there is no such scenario.
    Stopped
        If it is stopped before there is anything to return.
    """
    case, readings = load(root)
    day = as_of_asked(case, as_of)
    ids = [known.id for known in case.scenarios]
    if scenario is not None and scenario not in ids:
        rule = "must be a scenario of the case"
        raise UsageError(Problem("--scenario", rule, show(scenario), did_you_mean(scenario, ids)))
    entries = entries_of(root)
    period = Period.ended_before(day, case.cadence)
    if since is None:
        with shown_progress() as progress, interrupt_ends_it():
            before = previous_for(case, readings, entries, day, progress)
    else:
        before = _since(entries, parse_period(since, "--since"), day)
    if before is None:
        rule = f"must hold a forecast earlier than {period}"
        raise LedgerError(Problem(LEDGER, rule, hint=_held(entries, day)))
    from forecast.explain.movement import cost, movement
    from forecast.explain.movement_types import save_movement

    logged = logged_as_of(entries, period, day)
    seconds = cost(case, readings, before, day)
    with stoppable("explain", seconds, quick=quick) as progress:
        found = movement(case, readings, before, day, logged, progress, quick=quick)
    if found.cut and not (quick or in_part):
        raise Stopped
    if not found.cut:
        save_movement(found)
    return found


def _since(entries: list[Entry], period: Period, day: date) -> Previous:
    earlier = [entry for entry in entries if entry.as_of < day]
    entry = for_period(earlier, period)
    if entry is None:
        rule = f"must be a period the ledger has a forecast of, known before {day}"
        raise UsageError(Problem("--since", rule, str(period), _held(entries, day)))
    return entry.number, entry.forecast


def _held(entries: list[Entry], day: date) -> str:
    periods = sorted({entry.period for entry in entries if entry.as_of < day})
    return f"it holds {', '.join(map(str, periods))}" if periods else "run `forecast refresh`"
