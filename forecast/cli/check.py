"""``forecast check``: every rule of the case format, all that is broken at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer

from forecast.case import Case, check_case, load_case, partial_case
from forecast.case.folder import SOURCES
from forecast.cli.common import AsJson, case_root, load, print_json, say, say_problems
from forecast.errors import LedgerError, Problem
from forecast.ledger import LEDGER, verify
from forecast.readings import VINTAGES, check_readings, check_resolutions
from forecast.readings.events import (
    absent_from,
    check_vintages,
    list_undeclared,
    vintages_of,
)
from forecast.report.view.pull import absent_lines


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check all files of the case."""
    root = case_root(ctx)
    problems = _problems(root)
    warnings = [] if problems else _warnings(load_case(root))
    if as_json:
        print_json(
            {
                "ok": not problems,
                "problems": [dataclasses.asdict(problem) for problem in problems],
                "warnings": warnings,
            }
        )
    if problems:
        say_problems(problems)
        say(f"{len(problems):,} problem{'s' * (len(problems) > 1)}.")
        raise typer.Exit(1)
    if not as_json:
        case, readings = load(root)
        for warning in warnings:
            say(f"Warning: {warning}")
        typer.echo(
            f"Case is in order: {len(case.scenarios)} scenarios, "
            f"{len(case.indicators)} indicators, {len(readings)} readings."
        )


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


def _warnings(case: Case) -> list[str]:
    """Return what is in order and yet counts nothing, of what is pulled."""
    warnings = [
        f"{VINTAGES}/{name}: what lies there was pulled from no source of the case, and no reading "
        f'is counted from it (has a source been renamed? was = ["{name}"] keeps its pulls)'
        for name in list_undeclared(case)
    ]
    for source in case.sources:
        counting = [i for i in case.indicators if any(c.source == source.id for c in i.counted)]
        vintages = vintages_of(case, source.id)
        listing = [i for i in case.indicators if source.id in i.sources and i not in counting]
        if vintages:
            warnings += [
                f"indicators/{indicator.id}.toml: has {source.id} among its sources, and none of "
                f"its pulls is counted: there is no [counted.{source.id}]"
                for indicator in listing
            ]
        if not counting and not (vintages and listing):
            warnings.append(f"{SOURCES}, [{source.id}]: no indicator counts from it")
        if vintages and counting:
            warnings += absent_lines(case, source, *absent_from(case, source, vintages))
    return warnings
