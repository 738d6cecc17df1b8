"""Entries of the ledger, and how the one that is meant is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import msgspec

from forecast.errors import LedgerError, Problem
from forecast.kit.codec import dec_hook
from forecast.ledger.validate import misfit, refused
from forecast.periods import Period
from forecast.record import Forecast

LEDGER = "reports/ledger.jsonl"


class Scenario(msgspec.Struct, frozen=True):
    """A scenario as far as entries are looked up by it."""

    id: str


class Fit(msgspec.Struct, frozen=True):
    """Whether a fit passed its gate; False where the record has nothing of it."""

    ok: bool = False


class Header(msgspec.Struct, frozen=True):
    """What of a forecast entries are looked up by: read of every line, the rest where it is used.

    Beside period and as-of, what a record lacks has a default here: it is for `Entry.forecast` to
    refuse it.
    """

    period: Period
    as_of: date
    mode: str = ""
    fingerprint: str = ""
    fit: Fit = Fit()
    scenarios: list[Scenario] = []
    files: dict[str, list[str]] = {}


class _Line[T](msgspec.Struct):
    forecast: T


_HEADER = msgspec.json.Decoder(_Line[Header], dec_hook=dec_hook)
_FORECAST = msgspec.json.Decoder(_Line[Forecast], dec_hook=dec_hook)


@dataclass(frozen=True)
class Entry:
    """One logged forecast: line ``number`` of the ledger (from 1), as stored, without its line end.

    The line is never written anew: its hash is of these bytes.
    """

    number: int
    line: bytes = field(repr=False)
    header: Header

    @classmethod
    def of(cls, number: int, line: bytes) -> Entry:
        """The entry that a line holds.

        Raises
        ------
        LedgerError
            If it holds no forecast of a period as-of a date.
        """
        try:
            return cls(number, line, _HEADER.decode(line).forecast)
        except (ValueError, RecursionError):
            raise LedgerError(Problem(where(number), "must hold a forecast")) from None

    @cached_property
    def hash(self) -> str:
        """The line's SHA-256: of the last entry, the head of the chain."""
        return hashlib.sha256(self.line).hexdigest()

    @property
    def period(self) -> Period:
        """The forecast period."""
        return self.header.period

    @property
    def as_of(self) -> date:
        """The date whose knowledge the forecast used."""
        return self.header.as_of

    @property
    def fit_ok(self) -> bool:
        """Whether the fit passed its gate; False where the record does not say."""
        return self.header.fit.ok

    @cached_property
    def forecast(self) -> Forecast:
        """The forecast, read once.

        Raises
        ------
        LedgerError
            Naming the first value that is none of a forecast.
        """
        try:
            return _FORECAST.decode(self.line).forecast
        except (ValueError, RecursionError) as error:
            raise self._unsound(refused(self.stored) or str(error)) from None

    def check(self) -> None:
        """Check the forecast value by value, and what values must be to one another.

        Raises
        ------
        LedgerError
            Naming the first that is not as it must be.
        """
        if fault := misfit(self.forecast):
            raise self._unsound(fault)

    def _unsound(self, fault: str) -> LedgerError:
        hint = "a line is never edited: take the file from a backup, or from git"
        rule = f"must hold a forecast: {fault}"
        return LedgerError(Problem(where(self.number), rule, hint=hint))

    @property
    def stored(self) -> dict[str, Any]:
        """The forecast as plain data, with just the fields that the line has."""
        stored: dict[str, Any] = json.loads(self.line)["forecast"]
        return stored


def where(number: int) -> str:
    """The place of an entry, for messages."""
    return f"{LEDGER}, line {number}"


def latest(entries: Sequence[Entry]) -> Entry | None:
    """The entry logged last, or None if there is none."""
    return entries[-1] if entries else None


def for_period(entries: Sequence[Entry], period: Period) -> Entry | None:
    """The entry logged last among those for a period, or None if there is none."""
    return latest([entry for entry in entries if entry.period == period])


def standing(entries: Sequence[Entry], period: Period, as_of: date) -> dict[Period, Entry]:
    """The entries of earlier periods that a forecast may be held against, by period.

    Those that know nothing published after ``as_of``; of one period the one logged last.
    """
    earlier = (entry for entry in entries if entry.period < period and entry.as_of <= as_of)
    return {entry.period: entry for entry in sorted(earlier, key=lambda entry: entry.number)}


def previous_of(entries: Sequence[Entry], period: Period, as_of: date) -> Entry | None:
    """The entry a forecast for ``period`` made as-of ``as_of`` is compared with.

    Of those `standing` the nearest period's; None if there is none.
    """
    earlier = standing(entries, period, as_of)
    return earlier[max(earlier)] if earlier else None
