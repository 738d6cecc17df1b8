"""``forecast resolve``: which scenario a period had or had not, for scores and coming forecasts.

Without a scenario it drafts the outcome from the scenarios' ``holds_when``, and records it only if
its user, asked on a terminal, says so.
"""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.case import Case, doubts, load_case
from forecast.case.types import OutcomeRow
from forecast.cli.common import as_of_asked, case_root, load, locked, say_notes
from forecast.cli.recording import default_published
from forecast.errors import Problem, UsageError
from forecast.readings import (
    RESOLUTIONS,
    Resolved,
    append_resolutions,
    excluding,
    known_as_of,
    outcome_drafts,
    periods_of,
    possible_as_of,
    run_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from forecast.report.view.drafts import DraftView

_WITHDRAWN = ("", "-")


def resolve(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2024-W48, or a run: 2024-W48..2024-W50.")
    ],
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="The id of the outcome; - withdraws what was recorded. Left out: what the "
            "scenarios' holds_when says is shown, not recorded.",
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
    if scenario is not None and ruled_out:
        hint = "forecast resolve PERIOD SCENARIO, or forecast resolve PERIOD --not SCENARIO"
        raise UsageError(Problem("SCENARIO", "must be given, or --not instead", hint=hint))
    if scenario is None and not ruled_out:
        if not any(each.holds_when for each in case.scenarios):
            hint = "no scenario has a holds_when by which an outcome could be drafted"
            raise UsageError(Problem("SCENARIO", "must be given, or --not instead", hint=hint))
        _draft(case, period, published, url=url, note=note)
        return
    known_since = published or default_published(case)
    if not known_since:
        hint = "the case is pinned, so today is not its date"
        raise UsageError(Problem("--published", "must be given", hint=hint))
    cell = excluding(ruled_out) if ruled_out else "" if scenario in _WITHDRAWN else scenario or ""
    _record(case, run_of(case, period), cell, published=known_since, url=url, note=note)


def _record(
    case: Case, periods: list[str], cell: str, *, published: str, url: str, note: str
) -> None:
    with locked(case.root):
        recorded = append_resolutions(case, periods, cell, published=published, url=url, note=note)
    for done in recorded:
        _say(done)
    rows = (done.row for done in recorded if not done.known)
    doubtful = (doubts(_where(row), row.period, row.published) for row in rows)
    say_notes([problem for found in doubtful for problem in found])


def _draft(case: Case, text: str, published: str | None, *, url: str, note: str) -> None:
    """Show what conditions say of each period, and how to record it, or record it if confirmed."""
    from forecast.report.terminal.console import make_console, put
    from forecast.report.view.drafts import build_draft

    case, readings = load(case.root)
    as_of = as_of_asked(case, published, "--published")
    periods = periods_of(case, text, as_of)
    known = known_as_of(case, readings, as_of)
    console = make_console()
    for number, draft in enumerate(outcome_drafts(case, known, periods)):
        recorded = possible_as_of(case, as_of, draft.period).get(draft.period)
        view = build_draft(case, draft, recorded)
        if number:
            put(console)
        _show(view, console)
        if not view.scenario and not view.ruled_out:
            continue
        cells = (url, note) if url or note else (view.url, view.note)
        day = as_of.isoformat() if published or case.as_of else None
        _offer(case, str(draft.period), view, day, *cells)


def _show(view: DraftView, console: Console) -> None:
    from forecast.report.terminal.console import put_text

    put_text(console, view.heading, style="bold")
    width = max(len(row.scenario) for row in view.rows) + 2
    for row in view.rows:
        met = f"{row.met}: " if row.met else ""
        put_text(console, f"{met}{row.condition}", lead=f"  {row.scenario:{width}}")
        for fact in row.facts:
            put_text(console, fact, lead=f"  {'':{width}}  ")
    put_text(console, view.conclusion)


def _offer(
    case: Case, period: str, view: DraftView, published: str | None, url: str, note: str
) -> None:
    """Ask whether to record a draft; off a terminal, print the command that does."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        if input("  record it? y or n [n]: ").strip().lower() in ("y", "yes"):
            cell = view.scenario or excluding(view.ruled_out)
            day = published or default_published(case)
            _record(case, [period], cell, published=day, url=url, note=note)
        return
    said = [view.scenario] if view.scenario else []
    said += [word for each in view.ruled_out for word in ("--not", each)]
    options = {"--published": published or "", "--url": url, "--note": note}
    said += [word for name, value in options.items() if value for word in (name, value)]
    typer.echo("Not recorded. To record it:")
    typer.echo(f"  forecast resolve {shlex.join([period, *said])}")


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
