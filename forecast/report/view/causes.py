"""What moved a forecast, a line per cause, in whole points that add up.

Every column of points is rounded by largest remainder: each figure down, then those with the
largest fractions up, until they add up to the change as every other report prints it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecast.explain.movement_types import Fact, Movement, Share
from forecast.periods import Period
from forecast.report.view import words
from forecast.report.view.sanitise import clean

_TIERS = {"edited": 0, "time": 1, "reading": 2, "event": 2, "outcome": 2}
_UNNAMED = {"edited": "Edited since", "time": "Time passing"}


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One cause: points per scenario in step with the headings, and what is behind it.

    Of the first scenario ``start`` and ``stop`` are the per cents between which it moved it.
    """

    name: str
    points: tuple[str, ...]
    fact: str
    url: str
    start: float
    stop: float


def change_in(found: Movement, name: str) -> int:
    """Return a change in whole points, as `words.points` rounds it."""
    change = found.after.probabilities[name] - found.before.probabilities[name]
    return words.whole(abs(change)) * (1 if change > 0 else -1)


def cause_lines(found: Movement, ids: Sequence[str]) -> Iterator[CauseLine]:
    """Yield one line per cause, the largest of a tier first, and last the remainder."""
    main = ids[0]
    shares = sorted(found.shares, key=lambda s: (_TIERS[s.kind], -abs(s.moved[main])))
    moved = [*(share.moved for share in shares), found.remainder]
    columns = [
        largest_remainder([100 * each[name] for each in moved], change_in(found, name))
        for name in ids
    ]
    about = found.after.period
    names = [*(_name(share, about) for share in shares), "Refit and rounding"]
    facts = [*(_fact(found, share) for share in shares), ""]
    urls = [*(clean(share.facts[0].url) if share.facts else "" for share in shares), ""]
    steps = [100 * found.before.probabilities[main], *(100 * each[main] for each in moved)]
    ends = list(itertools.accumulate(steps))
    for n, name in enumerate(names):
        points = tuple(signed(column[n]) for column in columns)
        yield CauseLine(name, points, facts[n], urls[n], ends[n], ends[n + 1])


def _name(share: Share, about: Period) -> str:
    """Return ``Sorties W48``, an event's name, or what else it was."""
    if share.kind in _UNNAMED:
        return _UNNAMED[share.kind]
    if share.kind == "event":
        return clean(share.name)
    first = min(fact.period for fact in share.facts)
    last = max(fact.last_period for fact in share.facts)
    return f"{clean(share.name)} {words.period_range(first, last, about)}"


def _fact(found: Movement, share: Share) -> str:
    """Return ``2 Dec, acled B2: 52 in 4 of 7 d (was 26 in 1 of 7 d)``; empty if none is behind."""
    if not share.facts:
        return ""
    fact = share.facts[0]
    source = f"{clean(fact.source or '')} {clean(fact.grade)}".strip()
    known = ", ".join(filter(None, (_published(found, fact), source)))
    if (value := _value(share, fact)) is None:
        return f"{known}: {clean(fact.level)}" if fact.level else known  # it was withdrawn
    if instead := share.instead and _value(share, share.instead):
        return f"{known}: {value} (was {instead})"
    return f"{known}: {value}{f' ({clean(fact.level)})' if fact.level else ''}"


def _value(share: Share, fact: Fact) -> str | None:
    if fact.value is None or fact.days is None:
        return None
    last, first = fact.last_period.last_day, fact.period.first_day
    return words.reading(share.family, fact.value, fact.days, (last - first).days + 1)


def _published(found: Movement, fact: Fact) -> str:
    """Return the day; with its year if that is not the forecast's."""
    day = fact.published
    if day.year == found.after.as_of.year:
        return words.day_month(day)
    return words.day_month_year(day)


def largest_remainder(parts: Sequence[float], total: int) -> list[int]:
    """Return whole numbers that add up to a total, each part rounded down or up.

    Parameters
    ----------
    parts
        Their sum rounds to the total.
    """
    down = [math.floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda n: (down[n] - parts[n], n))
    up = set(order[: total - sum(down)])
    return [value + (n in up) for n, value in enumerate(down)]


def signed(points: int) -> str:
    """Return ``+12``, ``-3`` or ``0``."""
    return f"{points:+d}" if points else "0"
