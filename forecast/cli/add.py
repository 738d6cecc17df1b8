"""``forecast add``: one reading, given in full; or a walk through all that are due."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast.case import Case, load_case
from forecast.cli.common import case_root, locked, today
from forecast.errors import Problem, UsageError
from forecast.readings import Reading, append_reading


def add(
    ctx: typer.Context,
    indicator: Annotated[str | None, typer.Argument(metavar="INDICATOR")] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE")] = None,
    period: Annotated[
        str | None, typer.Option(help="What it is about, for example 2024-W48.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Who says so.")] = None,
    grade: Annotated[str | None, typer.Option(help="Admiralty grade, for example B2.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: today; of a pinned case, none.")
    ] = None,
    days: Annotated[str, typer.Option(metavar="N", help="Days covered; default: all.")] = "",
    span: Annotated[str, typer.Option(metavar="N", help="Periods a total covers.")] = "",
    scope: Annotated[str | None, typer.Option(help="Default: the indicator's.")] = None,
    url: Annotated[str, typer.Option(help="Where a reader can open it.")] = "",
    note: Annotated[str, typer.Option(help="Any text.")] = "",
) -> None:
    """Add a reading, or walk through those due."""
    root = case_root(ctx)
    case = load_case(root)
    if indicator is None:
        from forecast.cli.walk import walk

        if any((period, source, grade, published, days, span, scope, url, note)):
            raise UsageError(Problem("INDICATOR", "must be given, and VALUE, with options"))
        walk(case)
        return
    published = published or default_published(case)
    if value is None or period is None or source is None or grade is None or published is None:
        given = {"VALUE": value, "--period": period, "--source": source, "--grade": grade}
        pinned = "" if published else "the case is pinned to a past day"
        given["--published"] = published
        missing = [name for name, text in given.items() if text is None]
        raise UsageError(Problem(", ".join(missing), "must be given", hint=pinned))
    reading = record(
        case,
        indicator,
        period=period,
        value=value,
        published=published,
        source=source,
        grade=grade,
        days=days,
        span=span,
        scope=scope,
        url=url,
        note=note,
    )
    typer.echo(confirmation(case, reading))
