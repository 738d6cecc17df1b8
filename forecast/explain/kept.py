"""Explanations kept in the user's cache folder: what a memo shows without computing it.

One file for each change of a logged forecast, as this package tells it. The first line is the
SHA-256 of the rest, so that a file that was cut off or edited is not believed; nor is one whose
figures are not those that the forecast shows: ledgers may be alike in all but the draws.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from forecast.explain.movement_types import Fact, Moment, Movement, Share, Weight
from forecast.record import ChangeSince, Forecast


def keep(found: Movement) -> None:
    """Keep the explanation of a logged forecast, if that can be; of others there is no memo."""
    if found.after.entry is None:
        return
    text = json.dumps(asdict(found))
    digest = hashlib.sha256(text.encode()).hexdigest()
    then = ChangeSince(found.before.period, found.before.as_of, found.before.entry)
    path = _path(found.fingerprint, then)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(f"{digest}\n{text}".encode())
        Path(file.name).replace(path)
    except OSError:
        return  # then the memo is without it


def kept(forecast: Forecast) -> Movement | None:
    """Return the explanation of the very change a forecast shows; None if there is none."""
    if forecast.change_since is None:
        return None
    try:
        path = _path(forecast.fingerprint, forecast.change_since)
        digest, text = path.read_text("utf-8").split("\n", 1)
        if digest != hashlib.sha256(text.encode()).hexdigest():
            return None
        found = _movement(json.loads(text))
        return found if _explains(found, forecast) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(fingerprint: str, then: ChangeSince) -> Path:
    key = hashlib.sha256(repr((_code(), fingerprint, then)).encode()).hexdigest()
    folder = user_cache_path("watchlist-forecast", appauthor=False) / "explained"
    return folder / f"{key[:32]}.json"


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


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
