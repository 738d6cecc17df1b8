"""``forecast log``: the record, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from forecast.cli.common import AsJson, case_root, entries_of, flag, print_json, say
from forecast.errors import LedgerError, UsageError, counted
from forecast.ledger import (
    LEDGER,
    Entry,
    changed_rows,
    edited_copies,
    line_ends_note,
    verify,
)
from forecast.report.view.records import build_log
from forecast.report.view.types import LedgerNote


def log(
    ctx: typer.Context,
    check: Annotated[bool, flag("--verify", text="Check hashes, copies and rows.")] = False,
    head: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="With --verify: a hash from a report; must be there."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the forecasts logged, or verify the record."""
    root = case_root(ctx)
    if check or head is not None:
        _verify(root, head, as_json=as_json)
        return
    entries = entries_of(root)
    if as_json:
        print_json([_row(entry) for entry in entries])
        return
    from forecast.report.terminal.console import make_console
    from forecast.report.terminal.records import render_log

    notes = [(LedgerNote(entry.number, entry.hash), entry.forecast) for entry in entries]
    render_log(build_log(notes), make_console())


def _verify(root: Path, head: str | None, *, as_json: bool) -> None:
    problems = verify(root / LEDGER, head, every=True)
    if wrong := [problem for problem in problems if problem.where == "head"]:
        raise UsageError(*wrong)
    entries: Sequence[Entry] = [] if problems else entries_of(root)
    problems += edited_copies((root / LEDGER).parent, entries)
    problems += changed_rows(root, entries)
    last = entries[-1].hash if entries else None
    notes = [note for note in (line_ends_note(root / LEDGER),) if note]
    if as_json:
        found = [str(problem) for problem in problems]
        print_json(
            {
                "intact": not found,
                "entries": len(entries),
                "head": last,
                "problems": found,
                "notes": notes,
            }
        )
    for note in notes:
        say(f"{note}.")
    if problems:
        raise LedgerError(*problems)
    if not as_json:
        count = counted(len(entries), "entry")
        typer.echo(f"{count}, chain intact, head {last or 'none yet'}")
        if entries:
            _say_reach(entries, head)


def _say_reach(entries: Sequence[Entry], head: str | None) -> None:
    """Say what a verification that found nothing could have found, and what it could not."""
    pinned = next((entry.number for entry in entries if entry.header.files), None)
    rows = "no entry says which rows of readings and resolutions it was logged with"
    if pinned is not None:
        rows = "rows of readings and resolutions are as when each entry"
        rows += " was logged" if pinned == 1 else f" from {pinned} on was logged"
    typer.echo(f"No entry was edited, removed or moved; copies say what entries say; {rows}.")
    if head is None:
        typer.echo(
            "Without --head nobody can tell whether entries were cut from the end or added to it, "
            "or all were written anew: keep the head where others see it."
        )
        return
    number = next(entry.number for entry in entries if entry.hash.startswith(head))
    after = "; nothing vouches for those after it" if number < len(entries) else ""
    typer.echo(f"The head given is entry {number}: none up to it was cut or written anew{after}.")


def _row(entry: Entry) -> dict[str, Any]:
    forecast = entry.forecast
    return {
        "entry": entry.number,
        "hash": entry.hash,
        "period": forecast.period,
        "as_of": forecast.as_of,
        "issued": forecast.issued.isoformat(),
        "mode": forecast.mode,
        "fingerprint": forecast.fingerprint,
        "fit_ok": forecast.fit.ok,
        "probabilities": {s.id: s.probability for s in forecast.scenarios},
    }
