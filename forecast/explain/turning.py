"""Where another scenario would lead: each judgement moved alone, the draws reweighted.

Free parameters are standard normal whatever was asked, so that the same draws stand for the
changed case if they are weighted by its likelihood over the old one. Where the weights
rest on too few draws (`reweight.tells`) nothing is said.

A judgement is moved on the log scale of what it exceeds its least value by, a probability other
than a likelihood on that of its odds: a look at the limit, then halving between what keeps the
leader and what does not. That the leader changes once at most on the way is assumed, except for
medians and 90th percentiles: a reading may lie between, and half way there is another look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from forecast.case import Case
from forecast.explain.judgements import moved
from forecast.explain.sensitivity_types import FACTOR, ODDS, RATIOS, Judgement, Turn
from forecast.model.data import Data, data_of
from forecast.model.powered import powered
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Spec
from forecast.readings import Known
from forecast.refresh.arrays import spec_of

LEAST = 0.01  # likelihood that an analyst may give


class Settings(NamedTuple):
    """How exactly judgements are moved: by so many of the fit's draws, and so many halvings."""

    draws: int
    halvings: int


FULL = Settings(600, 5)  # to within 2 % of a median or 9 % of odds
QUICK = Settings(150, 2)
LOOKS = {FULL: 5.0, QUICK: 3.0}  # on average, at each judgement

type Bend = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast as it is told: what all changes are held against.

    ``theta`` (S, D) are some of the fit's draws, ``loglik`` (S,) and ``now`` (S, K) what they say,
    ``probability`` (K,) what all of them do.
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
    ) -> Told:
        """Keep so many of a fit's draws, evenly spread."""
        spec = spec_of(case, known)
        data = data_of(spec)
        some = np.ascontiguousarray(theta[:: max(1, len(theta) // draws)])
        loglik, now = powered(some, data, 1.0)
        return cls(case, known, spec, data, some, loglik, now, probability)


def turn(told: Told, judgement: Judgement, halvings: int = FULL.halvings) -> Turn | None:
    """Return the smallest change of a judgement that lets another scenario lead, if any does."""
    to, back = _scale(told.case, judgement)
    here = to(judgement.now)

    def leader(change: float) -> int | None:
        found = probability_if(told, judgement, back(here + change))
        return None if found is None else int(found.argmax())

    leading = int(told.probability.argmax())
    found = []
    for looks in _looks(judgement):
        if (first := _first(leader, looks, leading, halvings)) is not None:
            change, other = first
            at, name = back(here + change), None if other is None else told.spec.scenarios[other]
            ratio = math.log(at / judgement.now) if judgement.kind in RATIOS else change
            found.append(Turn(judgement, at, name, ratio))
    return min(found, key=lambda turn: (turn.leader is None, abs(turn.change)), default=None)


def _scale(case: Case, judgement: Judgement) -> tuple[Bend, Bend]:
    """Return the way to the scale a judgement is moved on, and the way back."""
    least = 0.0
    match judgement.kind:
        case "lasts":
            least = 1.0
        case "median" | "p90" | "level":
            expected = case.expectations[judgement.indicator or ""][judgement.scenario or ""]
            least, most = expected.bounds(judgement.kind)
            if most is not None:
                width = most - least
                return (
                    lambda value: _log_odds((value - least) / width),
                    lambda x: least + width * _probability(x),
                )
        case "start" | "then" | "inertia" | "trust":
            return _log_odds, _probability
    return (lambda value: math.log(value - least)), (lambda x: least + math.exp(x))


def _log_odds(probability: float) -> float:
    inside = min(probability, 0.999)  # a grade may be trusted entirely
    return math.log(inside / (1 - inside))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _looks(judgement: Judgement) -> list[tuple[float, ...]]:
    """Return the changes to look at, downwards and upwards, the nearest first."""
    far = math.log(FACTOR if judgement.kind in RATIOS else ODDS)
    if judgement.kind in ("median", "p90"):
        return [(-far / 2, -far), (far / 2, far)]
    if judgement.kind == "likelihood":
        certain = -math.log(judgement.now)
        return [(max(-far, certain + math.log(LEAST)),), (min(far, certain),)]
    return [(-far,), (far,)]


def _first(
    leader: Callable[[float], int | None], looks: Sequence[float], leading: int, halvings: int
) -> tuple[float, int | None] | None:
    """Return the first change that unseats a leader, and who then leads, None if nobody knows."""
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


def probability_if(told: Told, judgement: Judgement, value: float) -> Array | None:
    """Return scenario probabilities with a judgement changed, (K,); None if draws cannot tell."""
    loglik, now = powered(told.theta, changed_data(told, judgement, value), 1.0)
    weights, khat = reweight(loglik - told.loglik)
    if not tells(weights, khat):
        return None
    moved_by = weights @ now - told.now.mean(axis=0)  # in which what thinning missed cancels
    return np.asarray(told.probability + moved_by)


def changed_data(told: Told, judgement: Judgement, value: float) -> Data:
    """The data of the changed case; what was solved before is not solved anew (`solved`)."""
    return data_of(spec_of(moved(told.case, judgement, value), told.known))
