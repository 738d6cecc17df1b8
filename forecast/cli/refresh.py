"""``forecast refresh``: new readings in, probabilities out, logged."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.common import (
    AsJson,
    as_of_asked,
    case_root,
    entries_of,
    flag,
    load,
    locked,
    print_json,
    print_screen,
    say,
    view_of,
)
from forecast.cli.step import compute, previous_for, record, shown_progress
from forecast.ledger import LEDGER, repair_copies


def refresh(
    ctx: typer.Context,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Use what was known that day; default: the case's as_of, or today."
        ),
    ] = None,
    refit: Annotated[bool, flag("--refit", text="Sample anew, cache or not.")] = False,
    draft: Annotated[bool, flag("--draft", text="Print only, log nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn the readings into probabilities and log them."""
    root = case_root(ctx)
    case, readings = load(root)  # a broken case is refused before anything is touched
    day = as_of_asked(case, as_of)
    with nullcontext() if draft else locked(root):
        if not draft:
            case, readings = load(root)  # as it is now that no one else writes
            day = as_of_asked(case, as_of)  # midnight may have come meanwhile
            restore_copies(root)
        with shown_progress() as progress:
            previous = previous_for(case, readings, entries_of(root), day, progress)
            forecast = compute(case, readings, day, previous, progress, refit=refit)
        done = None if draft else record(root, forecast)
    if done:
        forecast = done.entry.forecast  # the record, as every other verb tells it
    if as_json:
        print_json(forecast.to_json())
    else:
        entry = done.entry if done else None
        print_screen(view_of(root, entries_of(root), entry, forecast))
    if done and not done.appended:
        say(f"Same inputs as entry {done.entry.number}, which is shown: nothing appended.")


def restore_copies(root: Path) -> None:
    """Make up for copies of forecasts that are missing or altered, and say so."""
    restored = repair_copies((root / LEDGER).parent)
    if len(restored) == 1:
        say(f"{restored[0].relative_to(root)}: written again from the ledger.")
    elif restored:
        say(f"{len(restored)} copies of forecasts: written again from the ledger.")
