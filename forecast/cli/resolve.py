"""``forecast resolve``: which scenario held, as scores will have it."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.case import load_case
from forecast.cli.common import case_root, locked
from forecast.cli.recording import default_published
from forecast.errors import Problem, UsageError
from forecast.readings import RESOLUTIONS, append_resolutions, run_of


def resolve(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2024-W48, or a run: 2024-W48..2024-W50.")
    ],
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="The id of what held.")],
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: today, if the case is live.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Where a reader can open it.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Any text.")] = "",
) -> None:
    """Record which scenario held in a period."""
    case = load_case(case_root(ctx))
    known_since = published or default_published(case)
    if not known_since:
        hint = "the case is pinned, so today is not its date"
        raise UsageError(Problem("--published", "must be given", hint=hint))
    with locked(case.root):
        recorded = append_resolutions(
            case, run_of(case, period), scenario, published=known_since, url=url, note=note
        )
    for resolution, line in recorded:
        typer.echo(
            f"{RESOLUTIONS}, line {line}: {scenario} held in {resolution.period}, "
            f"published {known_since}"
        )
