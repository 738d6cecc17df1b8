"""Priors solved once: finding what a judgement means to the model takes longer than to use it.

Kept in the user's cache folder beside the code that solved them, one line each, in JSON. Deleting
the file, or cutting it off, costs the time to solve anew and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from forecast.model.caches import code_folder

_MOST = 4 * 1024**2  # bytes: what is tried out by the thousand is not kept for ever


def solved(
    what: str, asked: Sequence[float], solve: Callable[[], Sequence[float]]
) -> tuple[float, ...]:
    """Return the numbers that solve what is asked, from the cache if they are there."""
    key = json.dumps([what, *map(float, asked)])
    known = _kept()
    if key not in known:
        known[key] = tuple(map(float, solve()))
        _keep(key, known[key])
    return known[key]


@cache
def _kept() -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    try:
        lines = _path().read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return found
    for line in lines:
        try:
            asked, numbers = json.loads(line)
            found[json.dumps(asked)] = tuple(map(float, numbers))
        except (ValueError, TypeError):
            continue  # cut off by a crash
    return found


def _keep(key: str, numbers: tuple[float, ...]) -> None:
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            if file.tell() < _MOST:
                file.write(f"[{key}, {json.dumps(numbers)}]\n")
    except OSError:
        return  # a cache that cannot be written costs time, nothing else


def _path() -> Path:
    return code_folder() / "priors.jsonl"
