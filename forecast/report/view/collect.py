"""What to read next, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast.families import FAMILIES
from forecast.report.view import words
from forecast.report.view.sanitise import clean

if TYPE_CHECKING:  # it computes, and is heavy
    from forecast.explain.collect import Collectable, Collection, Upset
    from forecast.explain.types import Pair

_SHOWN = 3  # of the readings that would change the leader, the likeliest
_RARE = 0.005  # less likely ones are not worth a line


@dataclass(frozen=True, slots=True)
class CollectRow:
    """One indicator; ``readings`` are those that would change the leader."""

    name: str
    bits: str
    share: str
    coming: str
    changes: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two scenarios, and the periods until they are told apart: in all, and by each indicator."""

    name: str
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionView:
    """The answer of ``forecast collect``."""

    title: str
    alarm: str
    bottom_line: str
    rows: tuple[CollectRow, ...]
    notes: tuple[str, ...]
    pairs_title: str
    pair_headings: tuple[str, ...]
    pairs: tuple[PairRow, ...]
    pairs_notes: tuple[str, ...]


def build_collection(found: Collection) -> CollectionView:
    """The answer in words."""
    period = found.period
    name = words.period_name(period, period - 1)
    day = words.day_month_year(found.as_of)
    return CollectionView(
        title=f"{clean(found.case)}: what to collect for {name}, as known {day}",
        alarm=words.fit_alarm(found.failures),
        bottom_line=_bottom_line(found, name),
        rows=tuple(_row(found, indicator) for indicator in found.indicators),
        notes=tuple(_notes(found, name)),
        pairs_title=f"{found.cadence.capitalize()}s until readings tell two apart, 9 to 1",
        pair_headings=("in all", *(clean(indicator.name) for indicator in found.indicators)),
        pairs=tuple(_pair(found, pair) for pair in found.pairs),
        pairs_notes=tuple(_pair_notes(found)),
    )


def _pair(found: Collection, pair: Pair) -> PairRow:
    first, second = (clean(found.scenarios[each]) for each in (pair.first, pair.second))
    each = (pair.by_indicator.get(indicator.id) for indicator in found.indicators)
    return PairRow(f"{first} or {second}", tuple(map(_periods, (pair.periods, *each))))


def _periods(periods: float | None) -> str:
    return "-" if periods is None else f"{periods:.0f}"


def _pair_notes(found: Collection) -> Iterator[str]:
    for pair in found.pairs:
        if all(periods is None for periods in pair.by_indicator.values()):
            first, second = (clean(found.scenarios[each]) for each in (pair.first, pair.second))
            all_of = "nor do all of them" if pair.periods is None else "only all of them do"
            yield f"No indicator separates {first} from {second} within a year; {all_of}."
    yield (
        f"On average, each indicator read as often as in the last 12 {found.cadence}s, from even "
        "odds, by what is known today; -: more than 52. An order of magnitude."
    )


def _bottom_line(found: Collection, period: str) -> str:
    leader = max(found.probabilities, key=found.probabilities.__getitem__)
    named = f"{clean(found.scenarios[leader])} ({words.percent(found.probabilities[leader])})"
    first = found.indicators[0]
    if first.bits < _RARE:
        told = "no reading would tell more than 0.01 of them"
    else:
        told = f"most is told by {clean(first.name)}, {words.percent(first.share)} of it"
    none = words.no_majority(found.probabilities[leader])
    return (
        f"{none}{'before' if none else 'Before'} anything is read of {period} {named} leads; "
        f"{found.entropy:.2f} bits of its scenario are unknown: {told}."
    )


def _row(found: Collection, indicator: Collectable) -> CollectRow:
    return CollectRow(
        name=clean(indicator.name),
        bits=f"{indicator.bits:.2f}",
        share=words.percent(indicator.share),
        coming="" if indicator.coming is None else words.percent(indicator.coming),
        changes=words.percent(indicator.changes) if indicator.upsets else "-",
        readings=_readings(found, indicator),
    )


def _readings(found: Collection, indicator: Collectable) -> tuple[str, ...]:
    """Return ``320 or more: Surge`` and ``at most 4: Talks``, the likeliest first."""
    likeliest = sorted(indicator.upsets, key=lambda upset: -upset.probability)
    shown = [u for u in likeliest if u.probability >= _RARE][:_SHOWN] or likeliest[:1]
    return tuple(
        f"{_range(indicator, upset)}: {clean(found.scenarios[upset.leader])}" for upset in shown
    ) or ("none",)


def _range(indicator: Collectable, upset: Upset) -> str:
    family = FAMILIES[indicator.family]
    levels = family.levels([clean(name) for name in indicator.level_names])
    return family.between(upset.low, upset.high, levels)


def _notes(found: Collection, period: str) -> Iterator[str]:
    yield (
        "Bits: what the next reading would on average tell of the scenario, alone, in full, from "
        "the indicator's first source at its usual grade. Changes: the chance that after it "
        "another scenario leads; beside it the readings after which one does."
    )
    if any(indicator.coming is not None for indicator in found.indicators):
        yield (
            f"Of what follows: the share it would tell of what is unknown of the {found.cadence} "
            "after, when it may be a sign of what begins then."
        )
    held = words.listed([clean(i.name) for i in found.indicators if i.held])
    if held:
        yield f"Early readings of {held} for {period} are held and not counted here."
    yield f"Counts are averaged over {words.number(found.draws)} draws, in about 200 bins."
