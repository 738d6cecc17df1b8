"""Entries of the ledger, and how the one that is meant is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.periods import Period


@dataclass(frozen=True, slots=True)
class Entry:
    """One logged forecast: line ``number`` of the ledger (from 1) and the line's SHA-256.

    ``period`` and ``as_of`` are the forecast's own, parsed. Of the last entry, ``hash`` is the
    head of the chain.
    """

    number: int
    hash: str
    period: Period
    as_of: date
    forecast: dict[str, Any]

    @property
    def fit_ok(self) -> bool:
        """Whether the fit passed its gate; False where the record does not say."""
        fit = self.forecast.get("fit")
        return isinstance(fit, dict) and fit.get("ok") is True


def latest(entries: Sequence[Entry]) -> Entry | None:
    """Return the entry logged last, or None if there is none."""
    return entries[-1] if entries else None


def for_period(entries: Sequence[Entry], period: Period) -> Entry | None:
    """Return the entry logged last among those for a period, or None if there is none."""
    return latest([entry for entry in entries if entry.period == period])


def standing(entries: Sequence[Entry], period: Period, as_of: date) -> dict[Period, Entry]:
    """Return the entries of earlier periods that a forecast may be held against, by period.

    Those that know nothing published after ``as_of``; of one period the one logged last.
    """
    earlier = (entry for entry in entries if entry.period < period and entry.as_of <= as_of)
    return {entry.period: entry for entry in sorted(earlier, key=lambda entry: entry.number)}


def previous_of(entries: Sequence[Entry], period: Period, as_of: date) -> Entry | None:
    """Return the entry a forecast for ``period`` made as-of ``as_of`` is compared with.

    Of those `standing` the nearest period's; None if there is none.
    """
    earlier = standing(entries, period, as_of)
    return earlier[max(earlier)] if earlier else None
