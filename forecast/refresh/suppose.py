"""Suppositions: what readings would do to the scenarios, told by the draws of a fit at hand.

The same update that a refresh makes; nothing is sampled and nothing logged.

::

    today's as-of      the fit that today's forecast rests on
    next refresh day   its draws reweighted: as if readings of the next period had come
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forecast.case import Case
from forecast.model.data import data_of
from forecast.model.spec import Array
from forecast.model.store import kept
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import Anchor, Told, anchor_day

type Readings = tuple[Reading, ...]


def suppose(
    case: Case, readings: Readings, supposed: Sequence[Readings], as_of: date
) -> list[Array | None] | None:
    """Return scenario probabilities without, and with each supposition, (K,) each.

    None in place of those that the draws cannot tell of; None for all if no fit is at hand.

    Parameters
    ----------
    readings
        What the anchor of a forecast as-of ``as_of`` was fitted to is among them.
    supposed
        Readings to add, each tuple by itself.
    """
    anchor = _at_hand(case, readings, as_of)
    if anchor is None:
        return None
    return [
        _probabilities(anchor, case, (*readings, *more), as_of, keep=not more)
        for more in ((), *supposed)
    ]


def _at_hand(case: Case, readings: Readings, as_of: date) -> Anchor | None:
    """Return the anchor if it is in the cache."""
    day = anchor_day(case, as_of)
    spec = spec_of(case, known_as_of(case, readings, day))
    data = data_of(spec)
    fit = kept(data)
    return Anchor(day, spec, data, fit) if fit else None


def _probabilities(
    anchor: Anchor, case: Case, readings: Readings, as_of: date, *, keep: bool
) -> Array | None:
    found = supposed(anchor, case, readings, as_of, keep=keep)
    return found.now.mean(axis=0) if found else None


def supposed(
    anchor: Anchor, case: Case, readings: Readings, as_of: date, *, keep: bool = False
) -> Told | None:
    """Return what a refresh by update would say, None if a fit's draws cannot tell.

    Parameters
    ----------
    case
        Also with other judgements than the fit was told: draws are of what is left free by them.
    keep
        In the cache, for it will be asked again.
    """
    return anchor.tells(spec_of(case, known_as_of(case, readings, as_of)), keep=keep)
