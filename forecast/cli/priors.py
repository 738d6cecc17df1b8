"""``forecast priors``: what was asked and is believed, what was learned, and how that holds."""

from __future__ import annotations

import dataclasses
from datetime import date
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
    print_json,
    require_indicator,
)
from forecast.cli.step import (
    Quick,
    end_stopped,
    interrupt_ends_it,
    logged_now,
    shown_progress,
    stoppable,
)
from forecast.errors import Problem, UsageError
from forecast.readings import Reading, known_as_of
from forecast.report.view.check import build_check
from forecast.report.view.delay import build_delays
from forecast.report.view.priors import build_priors
from forecast.report.view.sensitivity import build_sensitivity

Readings = tuple[Reading, ...]


def priors(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="INDICATOR", help="Default: all, without reasons.")
    ] = None,
    with_learned: Annotated[
        bool, flag("--learned", text="Add what the readings made of every prior.")
    ] = False,
    with_delay: Annotated[
        bool, flag("--delay", text="Show instead what vintages taught of delay and revision.")
    ] = False,
    with_check: Annotated[
        bool, flag("--check", text="Show instead how readings lay in the forecasts made of them.")
    ] = False,
    with_sensitivity: Annotated[
        bool, flag("--sensitivity", text="Show instead which judgements the forecast hangs on.")
    ] = False,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Show what was asked beside what the model believes."""
    questions = {
        "--delay": with_delay,
        "--check": with_check,
        "--sensitivity": with_sensitivity,
        "--learned": with_learned,
    }
    if len(asked := [option for option, given in questions.items() if given]) > 1:
        raise UsageError(Problem(asked[0], f"must be asked without {asked[1]}"))
    if quick and not (with_check or with_sensitivity):
        raise UsageError(Problem("--quick", "must be given with --check or --sensitivity"))
    case, readings = load(case_root(ctx))
    require_indicator(indicator, [each.id for each in case.indicators])
    as_of = default_as_of(case)
    if with_delay:
        _delay(case, readings, as_of, indicator, as_json=as_json)
    elif with_check:
        _against_readings(case, readings, as_of, indicator, quick=quick, as_json=as_json)
    elif with_sensitivity:
        _sensitivity(case, readings, as_of, indicator, quick=quick, as_json=as_json)
    else:
        learnt = readings if with_learned else None
        _asked_and_believed(case, learnt, as_of, indicator, as_json=as_json)


def _asked_and_believed(
    case: Case, readings: Readings | None, as_of: date, indicator: str | None, *, as_json: bool
) -> None:
    """Answer the question itself; with readings, also what they taught."""
    from forecast.explain.priors import priors_of

    answer = priors_of(case, as_of, indicator)
    if readings is not None:
        from forecast.explain.learned import learned

        with shown_progress() as progress, interrupt_ends_it():
            found = learned(case, readings, as_of, progress, indicator)
        answer = dataclasses.replace(answer, learned=found)
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.priors import render_priors

        render_priors(build_priors(answer, reasons=indicator is not None), make_console())


def _delay(
    case: Case, readings: Readings, as_of: date, indicator: str | None, *, as_json: bool
) -> None:
    from forecast.explain.delay import delays

    answer = delays(case, readings, as_of, indicator)
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.priors import render_delays

        render_delays(build_delays(answer), make_console())


def _against_readings(
    case: Case,
    readings: Readings,
    as_of: date,
    indicator: str | None,
    *,
    quick: bool,
    as_json: bool,
) -> None:
    from forecast.explain.check import check, cost

    seconds = cost(case, readings, as_of)
    with stoppable("priors --check", seconds, quick=quick) as progress:
        answer = check(case, readings, as_of, progress, indicator, quick=quick)
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.priors import render_check

        render_check(build_check(answer), make_console())
    end_stopped(answer.cut)


def _sensitivity(
    case: Case,
    readings: Readings,
    as_of: date,
    indicator: str | None,
    *,
    quick: bool,
    as_json: bool,
) -> None:
    from forecast.explain.sensitivity import cost, sensitivity

    seconds = cost(case, readings, as_of)
    with stoppable("priors --sensitivity", seconds, quick=quick) as progress:
        answer = sensitivity(case, readings, as_of, progress, indicator, quick=quick)
    if logged := logged_now(case, known_as_of(case, readings, as_of), entries_of(case.root)):
        now = {scenario.id: scenario.probability for scenario in logged[1].scenarios}
        answer = dataclasses.replace(answer, probabilities=now)
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.priors import render_sensitivity

        render_sensitivity(build_sensitivity(answer), make_console())
    end_stopped(answer.cut)
