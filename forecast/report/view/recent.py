"""Recent readings as a small chart of text: what was read, in what was expected of it.

One column per period and one for the next, counts on a log scale, levels one per row::

    606 ░ ░ ░ ░   ░ ▒     ░  where nine in ten readings were expected, the period before
        ░ ░ ░ ░ ● ░ ▒     ▒  the same of the next period
        ● ● ░ ● ░ ░ ▒     ●  what was read
      0 ░ ░ ░ ░   ░ ▒
        ─ ─ · ─ ─ ·       ·  nothing was read
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecast.families import Family
from forecast.record import NextPeriod
from forecast.report.view import words

READ, EXPECTED, AHEAD, LINE = "●", "░", "▒", "─"
LEGEND = (
    f"Recent: {READ} read, in full periods; {EXPECTED} where nine in ten readings were expected "
    f"the period before, {AHEAD} of the next; {words.GAP} nothing read. Counts on a log scale."
)
_ROWS = 5  # of what has no levels
_MOST = 9  # of levels

type _Band = tuple[float, float]


def chart(
    recent: Sequence[float | None],
    expected: Sequence[NextPeriod | None],
    family: Family[Any],
    levels: int,
) -> tuple[str, ...]:
    """The lines of the chart.

    Parameters
    ----------
    recent
        Values per full period, None where nothing was read, (n,).
    expected
        What was expected of each period the period before, None where nothing was, and what is
        expected of the next, (n + 1,).
    family, levels
        The indicator's, and how many levels it has; 0 of one without.
    """
    bands = [_band(each) for each in expected]
    ends = [end for band in bands if band for end in band]
    scale = _Scale.of([*(value for value in recent if value is not None), *ends], family, levels)
    columns = [
        _column(scale, value, band, EXPECTED) for value, band in zip(recent, bands, strict=False)
    ]
    columns.append(_column(scale, None, bands[-1], AHEAD))
    width = max(map(len, scale.labels))
    lines = [
        f"{label:>{width}} {' '.join(column[n] for column in columns)}".rstrip()
        for n, label in reversed(tuple(enumerate(scale.labels)))
    ]
    base = " ".join(words.GAP if value is None else LINE for value in recent)
    return (*lines, f"{'':{width}} {base}")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Which row a value stands in, from the lowest; ``labels`` has one text per row."""

    low: float
    step: float
    log: bool
    labels: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[float], family: Family[Any], levels: int) -> _Scale:
        if levels:
            rows = min(levels, _MOST)
            step = (levels - 1) / (rows - 1)
            return cls(0.0, step, False, tuple(words.number(n * step) for n in range(rows)))
        log = family.scale == "log"
        places = [math.log1p(value) if log else value for value in values] or [0.0]
        low, high = min(places), max(places)
        ends = [family.rough(math.expm1(end) if log else end) for end in (low, high)]
        if high == low:
            return cls(low, 1.0, log, (ends[0],))
        return cls(low, (high - low) / (_ROWS - 1), log, (ends[0], *[""] * (_ROWS - 2), ends[1]))

    def row(self, value: float) -> int:
        place = math.log1p(value) if self.log else value
        return math.floor((place - self.low) / self.step + 0.5)


def _column(scale: _Scale, value: float | None, band: _Band | None, shade: str) -> list[str]:
    marks = [" "] * len(scale.labels)
    if band:
        for n in range(scale.row(band[0]), scale.row(band[1]) + 1):
            marks[n] = shade
    if value is not None:
        marks[scale.row(value)] = READ
    return marks


def _band(expected: NextPeriod | None) -> _Band | None:
    """Return where nine in ten readings were expected; None if that is not known."""
    quantiles = expected.quantiles if expected else {}
    return (quantiles["0.05"], quantiles["0.95"]) if {"0.05", "0.95"} <= quantiles.keys() else None
