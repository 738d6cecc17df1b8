"""``forecast score``: every forecast of the ledger against what held, beside its baselines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast import clock
from forecast.case import Case
from forecast.cli.common import AsJson, case_root, entries_of, load, print_json
from forecast.cli.step import shown_progress
from forecast.errors import Problem, UsageError
from forecast.proof.questions import Logged
from forecast.readings import Reading, known_as_of, load_resolutions
from forecast.report.view.scores import build_scores

if TYPE_CHECKING:
    from forecast.proof.types import Proof


def score(
    ctx: typer.Context,
    horizon: Annotated[
        int | None, typer.Option(metavar="H", help="Periods ahead; 0: now. Default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score all forecasts, losses shown."""
    print_scores(proof_of(case_root(ctx), horizon), as_json=as_json)


def proof_of(root: Path, horizon: int | None = None) -> Proof:
    """Return how the forecasts of a case's ledger fared.

    Raises
    ------
    UsageError
        If no forecast looks so far ahead.
    """
    case, readings = load(root)
    logged = [(entry.number, entry.forecast) for entry in entries_of(root)]
    proof = scored(case, readings, logged, horizon)
    if logged and not proof.tables:
        ahead = sorted({int(h) for _, f in logged for s in f.scenarios for h in s.horizons})
        rule = f"must be one of 0, {', '.join(map(str, ahead))}"
        raise UsageError(Problem("--horizon", rule, str(horizon)))
    return proof


def scored(
    case: Case,
    readings: tuple[Reading, ...],
    logged: Sequence[Logged],
    horizon: int | None = None,
) -> Proof:
    """Return how forecasts of a case fared, by all that is known today."""
    from forecast.proof.prove import prove

    known = known_as_of(case, readings, clock.today())
    earlier = {scenario.id for _, forecast in logged for scenario in forecast.scenarios}
    resolutions = load_resolutions(case, earlier)
    with shown_progress() as progress:
        return prove(case, logged, resolutions, readings, known, horizon, progress)


def print_scores(proof: Proof, *, as_json: bool, below: bool = False) -> None:
    """Print scores as tables, ``below`` something else, or as JSON."""
    if as_json:
        print_json(proof)
        return
    from forecast.report.terminal.console import make_console
    from forecast.report.terminal.records import render_scores

    if below:
        print()
    render_scores(build_scores(proof), make_console())
