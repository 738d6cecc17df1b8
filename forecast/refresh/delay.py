"""What a source's own vintages teach of delay and revision.

Age is counted in whole periods since the period ended; from `FINAL` on a value is final::

    period p ends | age 0 |  age 1  |  ages 2-3  |  ages 4-7  | final
                  |-------|---------|------------|------------|------>
    value of p      known in each class .... against .... known now

A *pair* is a value as it was known in a class of ages and the value of the same claim as known now,
both per day, of a period that is old enough to be final. Sources and indicators learn apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log

import numpy as np

from forecast.case import Case
from forecast.families import FAMILIES
from forecast.model.delay import COMPLETE, Delay, learn_delay
from forecast.periods import Period
from forecast.readings import Known, Reading

AGES = ((0, 1), (1, 2), (2, 4), (4, 8))  # classes: from the first age, to before the second
FINAL = AGES[-1][1]
LEAST = 25.0  # counts of less are revised event by event, not by a factor (docs/delay.md)

Claims = dict[tuple[str, str, Period], list[Reading]]  # rows of one claim, in force last


@dataclass(frozen=True, slots=True)
class Revisions:
    """What one source's vintages of one count say of values in one class of ages.

    ``log_completeness`` holds ln(known / final) of every pair; ``delay`` is what was learned from
    them, `COMPLETE` if they are too few.
    """

    indicator: str
    source: str
    ages: tuple[int, int]
    log_completeness: tuple[float, ...]
    delay: Delay


def revisions_of(case: Case, known: Known) -> tuple[Revisions, ...]:
    """Return what was learned for every count, source and class of ages, in the case's order.

    The value known in a class is the one in force on its first day, else the first published
    within it; a period not reported until later has none. It makes a pair if it counts at least
    `LEAST`: chosen by what was known then, as a reading in hand is, never by what it became. A
    final value below one per period counts as one, for the ratio to nothing is not finite.
    """
    claims = _claims(case, known)
    found = []
    for indicator in case.indicators:
        if not FAMILIES[indicator.family].adds_up:
            continue
        for source in indicator.sources:
            mature = [
                rows
                for (name, who, period), rows in claims.items()
                if (name, who) == (indicator.id, source) and known.period - period >= FINAL
            ]
            for ages in AGES:
                pairs = tuple(_pairs(mature, ages))
                delay = learn_delay(np.array(pairs))
                found.append(Revisions(indicator.id, source, ages, pairs, delay))
    return tuple(found)


def delays_of(case: Case, known: Known) -> Callable[[Reading], Delay]:
    """Return the delay of any reading: `COMPLETE` for totals, levels, and where nothing is learned.

    A reading's age is taken as-of ``known``.
    """
    learned = {(r.indicator, r.source, r.ages): r.delay for r in revisions_of(case, known)}

    def delay(reading: Reading) -> Delay:
        age = known.period - reading.period
        ages = next((ages for ages in AGES if age < ages[1]), None)
        if ages is None or reading.span > 1:
            return COMPLETE
        return learned.get((reading.indicator, reading.source, ages), COMPLETE)

    return delay


def _claims(case: Case, known: Known) -> Claims:
    scope = {indicator.id: indicator.scope for indicator in case.indicators}
    claims: Claims = defaultdict(list)
    for reading in chain(known.replaced, known.speaking.values(), known.silent):
        if reading.span == 1 and reading.scope == scope[reading.indicator]:
            claims[reading.indicator, reading.source, reading.period].append(reading)
    return claims


def _pairs(claims: Iterable[Sequence[Reading]], ages: tuple[int, int]) -> Iterable[float]:
    for rows in claims:
        then, now = _known_at(rows, ages), rows[-1]
        if then is not None and then.value >= LEAST:
            final = max(now.value / now.days, 1 / now.period.days)
            yield log(then.value / then.days / final)


def _known_at(rows: Sequence[Reading], ages: tuple[int, int]) -> Reading | None:
    opens, closes = ((rows[0].period + age).refresh_day for age in ages)
    in_force = [row for row in rows if row.published <= opens]
    if in_force:
        return in_force[-1]
    return rows[0] if rows[0].published < closes else None
