"""Switching values: where another scenario would lead, of each judgement changed alone.

Free parameters are standard normal whatever was elicited, so that the same draws stand for the
changed case if they are weighted by its likelihood over the old one. Where the weights
rest on too few draws (`reweight.tells`) nothing is reported.

A judgement moves on its own scale (`forecast.case.judgements`): a look at the limit, then halving
between what keeps the leader and what does not. That the leader changes once at most on the way is
assumed, except for what moves a rate: a reading may lie between, and there is a look half way too.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from forecast.case import Case, Judgement, changed, judgements_of
from forecast.model.data import Data, data_of
from forecast.model.powered import powered
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Spec
from forecast.readings import Known, evidence_known
from forecast.refresh.arrays import spec_of


class Settings(NamedTuple):
    """How exactly judgements are moved: by so many of the fit's draws, and so many halvings."""

    draws: int
    halvings: int


FULL = Settings(600, 5)  # to within 2 % of a median or 9 % of odds
QUICK = Settings(150, 2)
LOOKS = {FULL: 5.0, QUICK: 3.0}  # on average, at each judgement

_RATES = ("median", "p90", "ratio")  # kinds that move what a reading is compared with


@dataclass(frozen=True, slots=True)
class SwitchingValue:
    """The smallest change of one judgement that lets another scenario lead.

    ``leader`` leads from ``at`` on; None if too few draws fit the change to know who does.
    ``change`` is the log of the ratio, or that of the odds where its scale is that of odds.
    """

    judgement: Judgement
    at: float
    leader: str | None
    change: float


@dataclass(frozen=True, slots=True)
class Reference:
    """The forecast that every change is compared with.

    ``theta`` (S, D) are some of the fit's draws, ``loglik`` (S,) and ``now`` (S, K) the filter's
    results under each, ``probability`` (K,) that under all of the fit's.
    """

    case: Case
    known: Known
    spec: Spec
    data: Data
    theta: Array
    loglik: Array
    now: Array
    probability: Array

    @classmethod
    def of(
        cls, case: Case, known: Known, theta: Array, probability: Array, draws: int = FULL.draws
    ) -> Reference:
        """The reference with so many of a fit's draws, evenly spread."""
        spec = spec_of(case, known)
        data = data_of(spec)
        some = np.ascontiguousarray(theta[:: max(1, len(theta) // draws)])
        loglik, now = powered(some, data, 1.0)
        return cls(case, known, spec, data, some, loglik, now, probability)


def movable(case: Case, known: Known, only: str | None = None) -> Iterator[Judgement]:
    """Judgements that are a matter of degree and on which a forecast can hang.

    Left out is what is 0 or 1, which says what cannot be; of two shares that make 1, one; what no
    known reading or event depends on; and every worth, which `sensitivity` varies by the power of
    priors. With ``only``, those of that one indicator.
    """
    every = tuple(judgements_of(case))
    degrees = Counter(judgement.shares for judgement in every if _of_degree(judgement))
    last = {judgement.shares: judgement for judgement in every if _of_degree(judgement)}
    uses = _Uses.of(case, known)
    for judgement in every:
        one_of_two = degrees[judgement.shares] == 2 and bool(judgement.shares)
        if (
            judgement.kind != "worth"
            and only in (None, judgement.indicator)
            and _of_degree(judgement)
            and not (one_of_two and last[judgement.shares] != judgement)
            and uses.depends_on(judgement, alone=one_of_two)
        ):
            yield judgement


def _of_degree(judgement: Judgement) -> bool:
    value = judgement.value
    if value is None or value <= judgement.above:
        return False
    return value < 1 if judgement.shares else True


@dataclass(frozen=True, slots=True)
class _Uses:
    """What a forecast uses: levels and sources by indicator, inertia, events, signs of grades."""

    levels: dict[str, set[int]]
    sources: dict[str, set[str]]
    inert: frozenset[str]
    events: frozenset[str]
    signs: frozenset[str]

    @classmethod
    def of(cls, case: Case, known: Known) -> _Uses:
        used = (*known.speaking.values(), *known.spans)
        events = evidence_known(case, known.as_of, known.period)
        levels: dict[str, set[int]] = {i.id: set() for i in case.indicators}
        sources: dict[str, set[str]] = {i.id: set() for i in case.indicators}
        for reading in known.speaking.values():
            levels[reading.indicator].add(int(reading.value))
        for reading in chain(used, known.silent):
            sources[reading.indicator].add(reading.source)
        grades = {reading.grade for reading in used} | {event.grade for event in events}
        return cls(
            levels,
            sources,
            frozenset(i.id for i in case.indicators if i.inertia > 0),
            frozenset(event.id for event in events),
            frozenset("".join(grades)),
        )

    def depends_on(self, judgement: Judgement, *, alone: bool) -> bool:
        """Whether a judgement is used; ``alone``: a level stands for its complement as well."""
        indicator, item = judgement.indicator or "", judgement.item or ""
        match judgement.kind:
            case "level":
                read = self.levels[indicator]
                return bool(read) if alone else int(item) in read
            case "probability":
                return bool(self.levels[indicator])
            case "last" | "halflife":
                return indicator in self.inert
            case "ratio":
                return item in self.sources[indicator]
            case "likelihood" | "weight":
                return item in self.events
            case "reliability" | "credibility":
                return item in self.signs
        return True


def switching_value(
    reference: Reference, judgement: Judgement, halvings: int = FULL.halvings
) -> SwitchingValue | None:
    """The smallest change of a judgement that lets another scenario lead, if any does."""

    def leader(change: float) -> int | None:
        found = probability_if(reference, judgement, judgement.at(change))
        return None if found is None else int(found.argmax())

    leading = int(reference.probability.argmax())
    found = []
    for looks in _looks(judgement):
        if (first := _first(leader, looks, leading, halvings)) is not None:
            change, other = first
            at = judgement.at(change)
            name = None if other is None else reference.spec.scenarios[other]
            shown = change if judgement.scale == "odds" else math.log(at / judgement.now)
            found.append(SwitchingValue(judgement, at, name, shown))
    # of two changes of one size that upwards, whatever their last digits
    return min(
        found,
        key=lambda each: (each.leader is None, round(abs(each.change), 9), each.change < 0),
        default=None,
    )


def _looks(judgement: Judgement) -> list[tuple[float, ...]]:
    """The changes to look at, downwards and upwards, the nearest first."""
    down, up = judgement.limits()
    if judgement.kind in _RATES:
        return [(down / 2, down), (up / 2, up)]
    return [(down,), (up,)]


def _first(
    leader: Callable[[float], int | None], looks: Sequence[float], leading: int, halvings: int
) -> tuple[float, int | None] | None:
    """The first change that unseats a leader, and who then leads, None if nobody knows."""
    near = 0.0
    for look in looks:
        if (other := leader(look)) != leading:
            return _halved(leader, near, look, leading, other, halvings)
        near = look
    return None


def _halved(
    leader: Callable[[float], int | None],
    near: float,
    far: float,
    leading: int,
    other: int | None,
    halvings: int,
) -> tuple[float, int | None]:
    for _ in range(halvings):
        middle = (near + far) / 2
        if (found := leader(middle)) == leading:
            near = middle
        else:
            far, other = middle, found
    return far, other


def probability_if(reference: Reference, judgement: Judgement, value: float) -> Array | None:
    """Scenario probabilities with a judgement changed, (K,); None where draws are unreliable."""
    data = changed_data(reference, judgement, value)
    loglik, now = powered(reference.theta, data, 1.0)
    weights, khat = reweight(loglik - reference.loglik)
    if not tells(weights, khat):
        return None
    difference = weights @ now - reference.now.mean(axis=0)  # in which what thinning missed cancels
    return np.asarray(reference.probability + difference)


def changed_data(reference: Reference, judgement: Judgement, value: float) -> Data:
    """The data of the changed case; priors that were solved before are not solved anew."""
    return data_of(spec_of(changed(reference.case, judgement, value), reference.known))
