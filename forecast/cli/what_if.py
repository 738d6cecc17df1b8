"""``forecast what-if``: what readings or judgements would make of scenarios; never logged."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    flag,
    load,
    print_json,
)
from forecast.cli.step import interrupt_ends_it, logged_now, shown_progress
from forecast.cli.supposing import from_file, typed
from forecast.errors import FitError, Problem, UsageError
from forecast.explain.what_if_types import WhatIf, as_logged
from forecast.readings import known_as_of
from forecast.report.view import words
from forecast.report.view.what_if import build_what_if

_SECONDS = 20  # that a fit takes


def what_if(
    ctx: typer.Context,
    readings: Annotated[
        list[str] | None,
        typer.Argument(metavar="INDICATOR=VALUE", help="Readings of the next period."),
    ] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="A judgement, such as war.lasts=6; may be repeated."
        ),
    ] = None,
    grade: Annotated[
        str | None, typer.Option(metavar="GRADE", help="Of the readings; default: the usual one.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE.toml", help="Several suppositions, side by side."),
    ] = None,
    refit: Annotated[
        bool, flag("--refit", text="Sample what the draws at hand cannot tell: about 20 s a fit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Suppose readings or judgements; see what they would do."""
    if file is not None and (readings or prior or grade):
        hint = "each table of the file has readings, prior and grade of its own"
        raise UsageError(
            Problem("--from", "must be given without readings, --prior and --grade", hint=hint)
        )
    if file is None and not readings and not prior:
        rule = "must be given, or --prior, or --from"
        raise UsageError(Problem("INDICATOR=VALUE", rule))
    root = case_root(ctx)
    case, rows = load(root)
    as_of = default_as_of(case)
    known = known_as_of(case, rows, as_of)
    if file is not None:
        suppositions = from_file(case, known, file)
    else:
        suppositions = (typed(case, known, readings or [], prior or [], grade),)
    from forecast.explain.what_if import what_if as ask

    with shown_progress() as progress, interrupt_ends_it():
        answer = ask(case, rows, suppositions, as_of, progress, refit=refit)
    if logged := logged_now(case, known, entries_of(root)):
        answer = as_logged(answer, *logged)
    unanswered = _unanswered(answer)
    if unanswered and all(outcome.moment is None for outcome in answer.outcomes):
        raise unanswered
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.what_if import render_what_if

        render_what_if(build_what_if(answer), make_console())
    if unanswered:
        raise unanswered


def _unanswered(answer: WhatIf) -> FitError | None:
    """Return what says which suppositions were not answered, and what answers them in what time."""
    refused = [outcome for outcome in answer.outcomes if outcome.moment is None]
    names, fits = [outcome.name for outcome in refused], 0
    for outcome in refused:  # other judgements have an anchor of their own
        fits += 2 if outcome.judgements else 1
    if answer.next is None and any(outcome.readings for outcome in answer.outcomes):
        names, fits = ["nothing new", *names], fits + 1
    if not names:
        return None
    if answer.failures:
        rule = f"must rest on a fit that passed its gate, not on that of {answer.anchor}"
    else:
        rule = f"must be near enough to the fit of {answer.anchor}: too few of its draws agree"
    hint = f"--refit samples it instead: about {_SECONDS * fits} s"
    return FitError(Problem(words.listed(names), rule, hint=hint))
