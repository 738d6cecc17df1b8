"""Whether probabilities moved as far as was expected of them.

A forecast says where the probability of every scenario of the next period will be once its readings
are in, in four of five cases; the forecast of that period says where it is. First issues of one
mode, one after the other, and only scenarios of which anything could be expected: those that may
have 1 % or more. Where an outcome of the next period was known by then, no reading moved it.
"""

from __future__ import annotations

from collections.abc import Sequence

from forecast.periods import Period
from forecast.proof.questions import MODES, Logged
from forecast.proof.types import Swings
from forecast.record import Forecast, Mode

EXPECTED = 0.8  # of probabilities lie inside
_LEAST = 0.01  # at the upper end
_ROUNDING = 1e-9


def swings(logged: Sequence[Logged]) -> tuple[Swings, ...]:
    """How many probabilities came to lie where they were expected, by mode."""
    found = []
    for mode in MODES:
        first = _first(logged, mode)
        pairs = [(f, first[p + 1]) for p, f in first.items() if p + 1 in first]
        inside = [hit for before, after in pairs for hit in _hits(before, after)]
        if inside:
            found.append(Swings(mode, len(inside), sum(inside)))
    return tuple(found)


def _first(logged: Sequence[Logged], mode: Mode) -> dict[Period, Forecast]:
    found: dict[Period, Forecast] = {}
    for _, forecast in logged:
        if forecast.mode == mode and any(s.swing for s in forecast.scenarios):
            found.setdefault(forecast.period, forecast)
    return found


def _hits(before: Forecast, after: Forecast) -> list[bool]:
    if any(outcome.period == after.period for outcome in after.outcomes):
        return []
    came = {scenario.id: scenario.probability for scenario in after.scenarios}
    return [
        s.swing.low - _ROUNDING <= came[s.id] <= s.swing.high + _ROUNDING
        for s in before.scenarios
        if s.swing and s.id in came and s.swing.high >= _LEAST
    ]
