"""``forecast check``: every rule of the case format, all that is broken at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer

from forecast.case import check_case, load_case, partial_case
from forecast.cli.common import AsJson, case_root, load, print_json, say
from forecast.errors import LedgerError, Problem, counted
from forecast.ledger import LEDGER, verify
from forecast.readings import check_readings, check_resolutions
from forecast.readings.events import check_vintages


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check all files of the case."""
    root = case_root(ctx)
    problems = _problems(root)
    if as_json:
        print_json(
            {"ok": not problems, "problems": [dataclasses.asdict(problem) for problem in problems]}
        )
    if problems:
        for problem in problems:
            say(str(problem))
        say(f"{counted(len(problems), 'problem')}.")
        raise typer.Exit(1)
    if not as_json:
        case, readings = load(root)
        found = {"scenario": case.scenarios, "indicator": case.indicators, "reading": readings}
        counts = ", ".join(counted(len(items), thing) for thing, items in found.items())
        typer.echo(f"Case is in order: {counts}.")


def _problems(root: Path) -> list[Problem]:
    problems = check_case(root)
    if case := partial_case(root) if problems else load_case(root):
        problems += check_readings(case)
        problems += check_vintages(case)
        problems += check_resolutions(case)
    try:
        problems += verify(root / LEDGER, None)
    except LedgerError as error:
        problems += error.problems
    return problems
