"""Past scores in words, for a memo: live and replayed, by horizon, losses shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from forecast.proof.brief import Past
from forecast.report.view import words
from forecast.report.view.scores import horizon_name
from forecast.report.view.types import View


def with_past(view: View, past: Iterable[Past], cadence: str, failed: int = 0) -> View:
    """Return a view whose record says how earlier forecasts of the case fared.

    Parameters
    ----------
    failed
        How many of them are of fits that failed their gate.
    """
    past = list(past)
    lines = [_line(mode, past, cadence) for mode in ("live", "replayed")]
    lines += filter(None, [words.failed_fits(failed)])
    return replace(view, record=(*view.record, *lines))


def _line(mode: str, past: Iterable[Past], cadence: str) -> str:
    here = [each for each in past if each.mode == mode]
    told = [
        f"{horizon_name(each.horizon, cadence)} {words.loss(each.brier)} "
        f"({each.settled} of {each.issued} settled)"
        for each in here
        if each.brier is not None
    ]
    name = mode.capitalize()
    if not here:
        return f"{name}: no forecast."
    if not told:
        return f"{name}: no forecast is settled yet."
    even = words.loss(here[0].even)
    return (
        f"{name}, mean Brier score, 0 is perfect and equal probabilities score {even}: "
        f"{', '.join(told)}."
    )
