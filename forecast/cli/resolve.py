"""``forecast resolve``: which scenario a period had or had not, for scores and coming forecasts."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.case import doubts, load_case
from forecast.case.types import OutcomeRow
from forecast.cli.common import case_root, locked, say_notes
from forecast.cli.recording import default_published
from forecast.errors import Problem, UsageError
from forecast.readings import RESOLUTIONS, Resolved, append_resolutions, excluding, run_of

_WITHDRAWN = ("", "-")


def resolve(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2024-W48, or a run: 2024-W48..2024-W50.")
    ],
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO", help="The id of the outcome; - withdraws what was recorded."
        ),
    ] = None,
    ruled_out: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="SCENARIO", help="One that it was not; may be repeated."),
    ] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: today, if the case is live.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Where a reader can open it.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Any text.")] = "",
) -> None:
    """Record which scenario a period had, or which it had not."""
    case = load_case(case_root(ctx))
    if (scenario is None) == (not ruled_out):
        hint = "forecast resolve PERIOD SCENARIO, or forecast resolve PERIOD --not SCENARIO"
        raise UsageError(Problem("SCENARIO", "must be given, or --not instead", hint=hint))
    known_since = published or default_published(case)
    if not known_since:
        hint = "the case is pinned, so today is not its date"
        raise UsageError(Problem("--published", "must be given", hint=hint))
    cell = excluding(ruled_out) if ruled_out else "" if scenario in _WITHDRAWN else scenario or ""
    with locked(case.root):
        recorded = append_resolutions(
            case, run_of(case, period), cell, published=known_since, url=url, note=note
        )
    for done in recorded:
        _say(done)
    rows = (done.row for done in recorded if not done.known)
    doubtful = (doubts(_where(row), row.period, row.published) for row in rows)
    say_notes([problem for found in doubtful for problem in found])


def _say(done: Resolved) -> None:
    row = done.row
    text = f"{row.scenario} held in {row.period}"
    if row.excluded:
        text = f"{' and '.join(row.excluded)} ruled out in {row.period}"
    if row.withdraws:
        text = f"what was known of {row.period} is withdrawn"
    if done.known:
        typer.echo(f"{_where(row)}: {text}, recorded before.")
        return
    typer.echo(f"{_where(row)}: {text}, published {row.published.isoformat()}")
    if done.replaced is not None:
        typer.echo(f"  It corrects {done.replaced or 'the withdrawal'}, published the same day.")
    if row.excluded and len(done.left) == 1:
        then = f"forecast resolve {row.period} {done.left[0]}"
        typer.echo(f"  Only {done.left[0]} is left; to score forecasts of it: `{then}`.")


def _where(row: OutcomeRow) -> str:
    return f"{RESOLUTIONS}, line {row.line}"
