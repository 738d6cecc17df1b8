"""Priors solved once: finding what a judgement means to the model takes longer than to use it.

Cached under the code that solves them. Deleting the cache costs the time to solve anew and nothing
else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from forecast.kit.cache import Cache, sources_digest

type Numbers = tuple[float, ...]

PRIORS = Cache[Numbers]("priors", Numbers, most=5000)  # some are tried out by the thousand
_found: dict[tuple[str | float, ...], Numbers] = {}  # by this process


def solved(what: str, asked: Sequence[float], solve: Callable[[], Sequence[float]]) -> Numbers:
    """Return the numbers that solve what is asked, from the cache if they are there."""
    question: tuple[str | float, ...] = what, *map(float, asked)
    if question not in _found:
        key = sources_digest(Path(__file__).parent), question
        if (found := PRIORS.load(*key)) is None:
            found = tuple(map(float, solve()))
            PRIORS.save(found, *key)
        _found[question] = found
    return _found[question]
