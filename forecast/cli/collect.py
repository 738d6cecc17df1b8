"""``forecast collect``: what the next readings would tell, what tells most first."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from forecast.cli.common import (
    AsJson,
    case_root,
    default_as_of,
    entries_of,
    load,
    print_json,
)
from forecast.cli.step import interrupt_ends_it, logged_now, shown_progress
from forecast.readings import known_as_of
from forecast.report.view.collect import build_collection


def collect(
    ctx: typer.Context,
    pairs: Annotated[
        bool,
        typer.Option("--pairs", help="How long readings take to tell leading scenarios apart."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what to read next: what each reading would tell."""
    root = case_root(ctx)
    case, readings = load(root)
    as_of = default_as_of(case)
    from forecast.explain.collect import collect as ask

    with shown_progress() as progress, interrupt_ends_it():
        answer = ask(case, readings, as_of, progress)
    if logged := logged_now(case, known_as_of(case, readings, as_of), entries_of(root)):
        ahead = {s.id: s.horizons["1"] for s in logged[1].scenarios if "1" in s.horizons}
        answer = dataclasses.replace(answer, probabilities=ahead or answer.probabilities)
    if as_json:
        print_json(answer)
    else:
        from forecast.report.terminal.console import make_console
        from forecast.report.terminal.explain import render_collection, render_pairs

        render = render_pairs if pairs else render_collection
        render(build_collection(answer), make_console())
