"""Why a forecast moved, in words: the finding, its causes, and the readings of the period.

Causes are in whole points that add up, a line each. Every column of points is rounded by largest
remainder: each figure down, then those with the largest fractions up, until they add up to the
change as every other report prints it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecast.explain.movement_types import Fact, Moment, Movement, Share
from forecast.periods import Period, day_label
from forecast.report.view import captions, words
from forecast.report.view.sanitise import clean
from forecast.report.view.why import TELLING, tells_of_next

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
    """A change in whole points, as `words.points` rounds it."""
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
    """The day; with its year if that is not the forecast's."""
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


_FEW = 100.0  # effective draws: with fewer a share may be off by points
_NAMED = 2  # causes in the finding


@dataclass(frozen=True, slots=True)
class WeightLine:
    """What a reading says, and the two leading probabilities without it."""

    name: str
    factor: str
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignLine:
    """What something of the period says of a scenario's beginning next, and what it bears on."""

    name: str
    scenario: str
    factor: str
    bears_on: str


@dataclass(frozen=True, slots=True)
class ExplainView:
    """The answer of ``forecast explain``; of the figure ``title``, ``caption``, ``alt_text``.

    ``headings`` name the scenarios, the one explained first; ``before``, ``total`` and ``now`` are
    in step with them.
    """

    case: str
    period: str
    as_known: str
    alarm: str
    title: str
    headings: tuple[str, ...]
    then: str
    before: tuple[str, ...]
    causes: tuple[CauseLine, ...]
    total: tuple[str, ...]
    today: str
    now: tuple[str, ...]
    weights_title: str
    weight_headings: tuple[str, ...]
    weights: tuple[WeightLine, ...]
    signs_title: str
    signs: tuple[SignLine, ...]
    notes: tuple[str, ...]
    legend: str
    caption: str
    alt_text: str


def build_explain(found: Movement, scenario: str | None = None) -> ExplainView:
    """Put a movement into words.

    Parameters
    ----------
    found
        What moved.
    scenario
        The id of the scenario to explain first; default: the one that moved most.
    """
    ids = _in_order(found, scenario)
    period = found.after.period
    lines = tuple(cause_lines(found, ids))
    before, now = found.before.probabilities, found.after.probabilities
    return ExplainView(
        case=clean(found.case),
        period=period.label(),
        as_known=f"as known {day_label(found.after.as_of)}",
        alarm=" ".join(filter(None, (words.fit_alarm(found.failures), words.cut_short(found.cut)))),
        title=_title(found, ids[0], lines),
        headings=tuple(clean(found.scenarios[name]) for name in ids),
        then=f"As known {_day(found.before)}",
        before=tuple(words.percent(before[name]) for name in ids),
        causes=lines,
        total=tuple(signed(change_in(found, name)) for name in ids),
        today=f"As known {_day(found.after)}",
        now=tuple(words.percent(now[name]) for name in ids),
        weights_title=_weights_title(found),
        weight_headings=tuple(clean(found.scenarios[name]) for name in found.leading),
        weights=tuple(_weights(found)),
        signs_title=_signs_title(found),
        signs=tuple(_signs(found)),
        notes=tuple(_notes(found)),
        legend=_LEGEND,
        caption=_caption(found),
        alt_text=_alt_text(found, ids[0], lines),
    )


_LEGEND = (
    "Points: what each cause moved, averaged over the orders in which causes may have come "
    "(Shapley values): first what was edited, then time, then readings and events. A new reading "
    "left out is missing, a revised one stands at its earlier value. Refit and rounding: what two "
    "fits, and few draws to tell causes apart, leave."
)


def _in_order(found: Movement, scenario: str | None) -> list[str]:
    """Return scenario ids, the one asked for first, then by how far they moved.

    Of two that moved alike, as any two do that are all there are, the case's first.
    """
    moved = {
        name: round(abs(found.after.probabilities[name] - found.before.probabilities[name]), 9)
        for name in found.scenarios
    }
    return sorted(found.scenarios, key=lambda name: (name != scenario, -moved[name]))


def _title(found: Movement, name: str, lines: Sequence[CauseLine]) -> str:
    """The finding: how far a scenario moved, and the largest causes."""
    change = found.after.probabilities[name] - found.before.probabilities[name]
    day = words.day_month(found.before.as_of)
    how = words.in_points(change) if words.whole(abs(change)) else "unmoved"
    largest = sorted(lines[:-1], key=lambda line: -abs(line.stop - line.start))[:_NAMED]
    named = [f"{line.name} {line.points[0]}" for line in largest if line.points[0] != "0"]
    causes = f": {words.listed(named)}" if named else ""
    return f"{clean(found.scenarios[name])} {how} since {day}{causes}"


def _earlier(found: Movement) -> str:
    before = found.before
    about = found.after.period
    return captions.earlier(before.period, before.as_of, before.entry, about)


def _day(moment: Moment) -> str:
    return words.day_month(moment.as_of)


def _weights_title(found: Movement) -> str:
    first, second = (clean(found.scenarios[name]) for name in found.leading)
    period = words.period_name(found.after.period)
    if not found.weights:
        return f"Nothing was read of {period} itself."
    return (
        f"What was read of {period} speaks {_factor(found.log_factor)} {first} over {second}. "
        "Each part of it, and where the two would stand without:"
    )


def _factor(log_factor: float) -> str:
    """Return ``3.1 to 1 for`` or ``3.1 to 1 against``."""
    return f"{words.odds(log_factor)} {'for' if log_factor >= 0 else 'against'}"


def _weights(found: Movement) -> Iterator[WeightLine]:
    for weight in found.weights:
        yield WeightLine(
            name=clean(weight.name),
            factor=_factor(weight.log_factor),
            without=tuple(words.percent(weight.without[name]) for name in found.leading),
        )
    now = found.after.probabilities
    if found.weights:
        yield WeightLine("With all", "", tuple(words.percent(now[name]) for name in found.leading))


def _signs_title(found: Movement) -> str:
    if not found.signs:
        return ""
    period = found.after.period
    coming = words.period_name(period + 1, period)
    return (
        f"What it says of what begins in {coming}, and whether it bears on "
        f"{words.period_name(period)} (present), on what comes next, or on both:"
    )


def _signs(found: Movement) -> Iterator[SignLine]:
    present = {w.id: abs(w.log_factor) >= TELLING for w in found.weights}
    for sign in found.signs:
        bears_on = ["present"] if present.get(sign.id) else []
        bears_on += ["next"] if tells_of_next(sign) else []
        yield SignLine(
            name=clean(sign.name),
            scenario=clean(found.scenarios[sign.scenario]),
            factor=_factor(sign.factor),
            bears_on="both" if len(bears_on) == 2 else "".join(bears_on) or "neither",
        )


def _notes(found: Movement) -> Iterator[str]:
    yield f"Change against {_earlier(found)}."
    if any(share.kind == "edited" for share in found.shares):
        yield (
            "Edited since: definitions, judgements, rows entered late or the program are not what "
            "that forecast used; which of them its fingerprint does not tell."
        )
    if found.orders:
        error = max(max(share.error.values()) for share in found.shares)
        yield (
            f"Readings and events in {words.number(found.orders)} orders drawn at random: standard "
            f"error of a share {100 * error:.2f} points at most."
        )
    if found.ess < _FEW or found.unsure:
        yield (
            f"Of {words.number(found.coalitions)} combinations of causes {found.unsure} are told "
            f"by weights that k-hat doubts, the worst by {found.ess:.0f} effective draws: shares "
            "may be off by a few points, their sum is not."
        )


def _caption(found: Movement) -> str:
    after = found.after
    entry = "not logged" if after.entry is None else f"entry {after.entry}"
    return (
        f"From {_earlier(found)} to {entry} "
        f"({words.period_name(after.period)}). Shapley values in percentage points: "
        "signed figures add up. Source: "
        f"{clean(found.case)}, as known {day_label(after.as_of)}. Model: "
        f"Bayesian scenario filter, fingerprint {clean(found.fingerprint)[:8]}."
    )


def _alt_text(found: Movement, name: str, lines: Sequence[CauseLine]) -> str:
    before, now = (m.probabilities[name] for m in (found.before, found.after))
    causes = "; ".join(f"{line.name} {line.points[0]}" for line in lines)
    return (
        f"{f'{captions.FAILED} ' if found.failures else ''}"
        f"Waterfall of the probability of {clean(found.scenarios[name])}, from "
        f"{words.percent(before)} to {words.percent(now)}, in points: {causes}; in all "
        f"{signed(change_in(found, name))}."
    )
