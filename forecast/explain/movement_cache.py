"""Explanations in the user's cache folder: what a memo shows without computing it.

One for each change of a logged forecast, as this package explains it. One whose figures are not
those that the forecast shows is passed over: ledgers may be alike in all but the draws.
"""

from __future__ import annotations

import math
from pathlib import Path

from forecast.explain.movement_types import Movement
from forecast.kit.cache import Cache, sources_digest
from forecast.record import ChangeSince, Forecast

MOVEMENTS = Cache[Movement]("explained", Movement, most=500)


def save_movement(found: Movement) -> None:
    """Save the explanation of a logged forecast, if that can be; of others there is no memo."""
    if found.after.entry is None:
        return
    then = ChangeSince(found.before.period, found.before.as_of, found.before.entry)
    MOVEMENTS.save(found, *_key(found.fingerprint, then))


def saved_movement(forecast: Forecast) -> Movement | None:
    """Return the explanation of the very change a forecast shows; None if there is none."""
    if forecast.change_since is None:
        return None
    found = MOVEMENTS.load(*_key(forecast.fingerprint, forecast.change_since))
    return found if found and _explains(found, forecast) else None


def _key(fingerprint: str, then: ChangeSince) -> tuple[object, ...]:
    return sources_digest(Path(__file__).parent), fingerprint, then


def _explains(found: Movement, forecast: Forecast) -> bool:
    """Whether probabilities and changes are those of the forecast, but for rounding."""
    before, now = found.before.probabilities, found.after.probabilities
    return {s.id for s in forecast.scenarios} <= before.keys() & now.keys() and all(
        math.isclose(now[s.id], s.probability, abs_tol=1e-9)
        and (s.change is None or math.isclose(now[s.id] - before[s.id], s.change, abs_tol=1e-9))
        for s in forecast.scenarios
    )
