"""``forecast check``: every rule of the case format, all that is broken at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer

from forecast.case import Case, check_case, load_case, partial_case
from forecast.cli.common import AsJson, case_root, counted, load, print_json, say
from forecast.errors import CaseError, LedgerError, Problem
from forecast.ledger import LEDGER, verify
from forecast.readings import check_readings, check_resolutions, unexpected
from forecast.readings.events import check_vintages


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check all files of the case."""
    root = case_root(ctx)
    problems = _problems(root)
    case, readings = (None, ()) if problems else load(root)
    warnings = unexpected(case, readings) if case else []
    if as_json:
        listed = [dataclasses.asdict(problem) for problem in problems]
        print_json({"ok": not problems, "problems": listed, "warnings": warnings})
    if problems:
        for problem in problems:
            say(str(problem))
        say(f"{len(problems)} problem{'s' * (len(problems) > 1)}.")
        raise typer.Exit(1)
    for warning in warnings:
        say(warning)
    if case and not as_json:
        typer.echo(
            f"Case is in order: {len(case.scenarios)} scenarios, "
            f"{len(case.indicators)} indicators, {len(readings)} readings."
        )


def _absurd(case: Case) -> list[Problem]:
    """Problems of what sound vintages add up to."""
    try:
        counted(case)
    except CaseError as error:
        return list(error.problems)
    return []


def _problems(root: Path) -> list[Problem]:
    problems = check_case(root)
    if case := partial_case(root) if problems else load_case(root):
        problems += check_readings(case)
        problems += check_vintages(case) or _absurd(case)
        problems += check_resolutions(case)
    try:
        problems += verify(root / LEDGER, None)
    except LedgerError as error:
        problems += error.problems
    return problems
