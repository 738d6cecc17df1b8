"""Explanations kept in the user's cache folder: what a memo shows without computing it.

One file for each change of a logged forecast, as this package tells it. One whose figures are not
those that the forecast shows is not believed: ledgers may be alike in all but the draws.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forecast import caches
from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
from forecast.record import ChangeSince, Forecast


def keep(found: Movement) -> None:
    """Keep the explanation of a logged forecast, if that can be; of others there is no memo."""
    if found.after.entry is None:
        return
    then = ChangeSince(found.before.period, found.before.as_of, found.before.entry)
    caches.keep(_path(found.fingerprint, then), json.dumps(asdict(found)).encode())


def kept(forecast: Forecast) -> Movement | None:
    """Return the explanation of the very change a forecast shows; None if there is none."""
    if forecast.change_since is None:
        return None
    if (text := caches.kept(_path(forecast.fingerprint, forecast.change_since))) is None:
        return None
    try:
        found = _movement(json.loads(text))
        return found if _explains(found, forecast) else None
    except (ValueError, KeyError, TypeError):
        return None


def _path(fingerprint: str, then: ChangeSince) -> Path:
    code = caches.sources_digest(Path(__file__).parent)
    key = hashlib.sha256(repr((code, fingerprint, then)).encode()).hexdigest()
    return caches.cache_folder("explained") / f"{key[:32]}.json"


def _explains(found: Movement, forecast: Forecast) -> bool:
    """Tell whether probabilities and changes are those of the forecast, but for rounding."""
    before, now = found.before.probabilities, found.after.probabilities
    return all(
        math.isclose(now[s.id], s.probability, abs_tol=1e-9)
        and (s.change is None or math.isclose(now[s.id] - before[s.id], s.change, abs_tol=1e-9))
        for s in forecast.scenarios
    )


def _movement(data: dict[str, Any]) -> Movement:
    return Movement(
        **data
        | {
            "before": Moment(**data["before"]),
            "after": Moment(**data["after"]),
            "shares": tuple(map(_share, data["shares"])),
            "leading": tuple(data["leading"]),
            "weights": tuple(Weight(**weight) for weight in data["weights"]),
            "failures": tuple(data["failures"]),
        }
    )


def _share(data: dict[str, Any]) -> Share:
    instead = data["instead"]
    return Share(
        **data
        | {
            "facts": tuple(Fact(**fact) for fact in data["facts"]),
            "instead": Fact(**instead) if instead else None,
        }
    )
