"""What a reading that was just recorded would do to the scenarios."""

from __future__ import annotations

from collections.abc import Mapping

from forecast.report.view import words

_LEAST = 0.005  # of a probability: less rounds to no point at all


def effect(before: Mapping[str, float], after: Mapping[str, float] | None) -> str:
    """Return what readings do, as a predicate; probabilities are keyed by scenario name."""
    if after is None:
        return "would have an effect that is not known before `forecast refresh` (about 20 s)."
    moved = [
        (name, words.percent(before[name]), words.percent(after[name]))
        for name in sorted(after, key=lambda name: -abs(after[name] - before[name]))
        if abs(after[name] - before[name]) >= _LEAST
    ]
    parts = [f"{name} {then} to {now}" for name, then, now in moved if then != now][:3]
    if not parts:
        return "would move no scenario by a point."
    return f"would move {words.listed(parts)}."
