"""``forecast resolve``: which scenario held, as scores will have it."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.case import doubts, load_case
from forecast.cli.common import case_root, locked, say_notes
from forecast.cli.recording import default_published
from forecast.errors import Problem, UsageError
from forecast.readings import RESOLUTIONS, Resolved, append_resolutions, run_of

_WITHDRAWN = ("", "-")


def resolve(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2024-W48, or a run: 2024-W48..2024-W50.")
    ],
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="The id of what held; - withdraws what was recorded."
        ),
    ],
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
    outcome = "" if scenario in _WITHDRAWN else scenario
    with locked(case.root):
        recorded = append_resolutions(
            case, run_of(case, period), outcome, published=known_since, url=url, note=note
        )
    for row in recorded:
        _say(row)
    doubtful = (doubts(_where(row), row.period, row.published) for row in recorded if not row.known)
    say_notes([problem for found in doubtful for problem in found])


def _say(row: Resolved) -> None:
    text = f"{row.scenario} held in {row.period}"
    if not row.scenario:
        text = f"what held in {row.period} is withdrawn"
    if row.known:
        typer.echo(f"{_where(row)}: {text}, recorded before.")
        return
    typer.echo(f"{_where(row)}: {text}, published {row.published.isoformat()}")
    if row.replaced is not None:
        typer.echo(f"  It corrects {row.replaced or 'the withdrawal'}, published the same day.")


def _where(row: Resolved) -> str:
    return f"{RESOLUTIONS}, line {row.line}"
