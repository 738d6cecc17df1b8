"""``forecast log``: the record, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from forecast.cli.common import AsJson, case_root, entries_of, flag, forecast_of, print_json
from forecast.errors import LedgerError, UsageError
from forecast.ledger import LEDGER, Entry, verify
from forecast.report.view.records import build_log
from forecast.report.view.types import LedgerNote


def log(
    ctx: typer.Context,
    check: Annotated[bool, flag("--verify", text="Check the chain of hashes.")] = False,
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

    notes = [(LedgerNote(entry.number, entry.hash), forecast_of(entry)) for entry in entries]
    render_log(build_log(notes), make_console())


def _verify(root: Path, head: str | None, *, as_json: bool) -> None:
    problems = verify(root / LEDGER, head)
    if wrong := [problem for problem in problems if problem.where == "head"]:
        raise UsageError(*wrong)
    entries: Sequence[Entry] = [] if problems else entries_of(root)
    last = entries[-1].hash if entries else None
    if as_json:
        found = [str(problem) for problem in problems]
        print_json({"intact": not found, "entries": len(entries), "head": last, "problems": found})
    if problems:
        raise LedgerError(*problems)
    if not as_json:
        count = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
        typer.echo(f"{count}, chain intact, head {last or 'none yet'}")


def _row(entry: Entry) -> dict[str, Any]:
    forecast = forecast_of(entry)
    return {
        "entry": entry.number,
        "hash": entry.hash,
        "period": forecast.period,
        "as_of": forecast.as_of,
        "issued": forecast.issued,
        "mode": forecast.mode,
        "fingerprint": forecast.fingerprint,
        "fit_ok": forecast.fit.ok,
        "probabilities": {s.id: s.probability for s in forecast.scenarios},
    }
