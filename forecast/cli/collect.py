"""``forecast collect``: what the next readings would tell, what tells most first."""

from __future__ import annotations

import dataclasses

import typer

from forecast.cli.common import AsJson, case_root, default_as_of, load, print_json
from forecast.cli.step import interrupt_ends_it, shown_progress
from forecast.report.view.collect import build_collection


def collect(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show what to read next: what each reading would tell."""
    case, readings = load(case_root(ctx))
    from forecast.explain.collect import collect as ask

    with shown_progress() as progress, interrupt_ends_it():
        answer = ask(case, readings, default_as_of(case), progress)
    if as_json:
        print_json(dataclasses.asdict(answer))
    else:
        from forecast.report.terminal.collect import render_collection
        from forecast.report.terminal.console import make_console

        render_collection(build_collection(answer), make_console())
