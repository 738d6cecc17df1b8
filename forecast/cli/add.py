"""``forecast add``: one reading, given in full; a file of many; or a walk through all due."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.case import load_case
from forecast.cli.common import case_root
from forecast.cli.recording import default_published, record_file, record_reading
from forecast.errors import Problem, UsageError


def add(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="INDICATOR", help="Left out: walk through all due.")
    ] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="A count, or a level's number.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="For example 2024-W48.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Who says so.")] = None,
    grade: Annotated[
        str | None, typer.Option(metavar="GRADE", help="Admiralty, for example B2.")
    ] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: today, if the case is live.")
    ] = None,
    days: Annotated[str, typer.Option(metavar="N", help="Days covered; default: all.")] = "",
    span: Annotated[str, typer.Option(metavar="N", help="Periods a total covers.")] = "",
    scope: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Default: the indicator's.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Where a reader can open it.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Any text.")] = "",
    file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE.csv", help="Many at once, all or none; -: stdin."),
    ] = None,
) -> None:
    """Add a reading, a file of them, or walk through those due."""
    root = case_root(ctx)
    case = load_case(root)
    options = (period, source, grade, published, days, span, scope, url, note)
    if file is not None:
        if any(given is not None for given in (indicator, value)) or any(options):
            hint = "the file has a column for each: indicator, period, value and so on"
            raise UsageError(Problem("--from", "must be given alone", hint=hint))
        record_file(case, file)
        return
    if indicator is None:
        from forecast.cli.walk import walk

        if any(options):
            raise UsageError(Problem("INDICATOR", "must be given, and VALUE, with options"))
        walk(case)
        return
    cells = {
        "value": value,
        "period": period,
        "published": published or default_published(case) or None,
        "source": source,
        "grade": grade,
    }
    required = {name: text for name, text in cells.items() if text is not None}
    if missing := [_as_given(name) for name in cells if name not in required]:
        pinned = case.as_of is not None and "--published" in missing
        hint = "the case is pinned, so today is not its date" if pinned else ""
        raise UsageError(Problem(", ".join(missing), "must be given", hint=hint))
    optional = {"days": days, "span": span, "url": url, "note": note}
    own = {"scope": scope} if scope is not None else {}
    record_reading(case, indicator, **required, **optional, **own)


def _as_given(column: str) -> str:
    return "VALUE" if column == "value" else f"--{column}"
