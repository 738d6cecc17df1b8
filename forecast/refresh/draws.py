"""Draws of the posterior as-of a day: an earlier fit's made to stand for it, or a fit of its own.

::

    periods of the case   |  block of four  |  block of four  |
    as-of                   a  .  .  .        a  .  .  .            a  the anchor: fitted
                            fit, update, update, update             .  its draws reweighted

The anchor is the fit as-of the first refresh day of the current block: a function of case and
as-of alone. Where its draws cannot stand for today's posterior (`update`), today's is fitted. So
what is in the cache changes only the time a forecast takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from forecast.case import Case
from forecast.errors import CaseError, Problem
from forecast.model.data import Data, data_of
from forecast.model.fit import Fit, Progress, surprises
from forecast.model.posterior import Posterior, interval
from forecast.model.spec import Array, Spec
from forecast.model.store import at_hand, fit, remember, told
from forecast.model.update import carried, latest, refused_before, update
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.record import Method
from forecast.refresh.arrays import spec_of

BLOCK = 4  # periods that share an anchor
FIT_SECONDS = 15.0  # that a fit takes, on two cores


class Bounded(NamedTuple):
    """Probabilities of scenarios and the ends of their 90 % interval, (K,) each."""

    probability: Array
    low: Array
    high: Array

    @classmethod
    def of(cls, now: Array) -> Bounded:
        """Say them of what draws say, (S, K)."""
        mean = normalised(now.mean(axis=0))
        low, high = interval(now)
        return cls(mean, np.minimum(low, mean), np.maximum(high, mean))


def normalised(probabilities: Array) -> Array:
    """Return what sums to 1 but for rounding so that it does."""
    return np.divide(probabilities, probabilities.sum())


def shifted(probabilities: Array, change: Array) -> Array:
    """Return probabilities, (K,), moved by differences that sum to 0, none below 0."""
    return normalised(np.maximum(probabilities + change, 0.0))


def by_scenario(case: Case, values: Array) -> dict[str, float]:
    """Return what was said of each scenario, (K,), by its id."""
    return dict(zip((s.id for s in case.scenarios), map(float, values), strict=True))


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws of the posterior as-of a day, and how they were had.

    Parameters
    ----------
    data, theta, posterior
        What the model was told, draws of the free parameters (S, D), and what they say.
    anchor
        The as-of of the fit they come from.
    khat
        Of their weights; None if they are that fit's own.
    fit
        The fit they come from.
    ess
        Effective sample size, after weighting.
    """

    data: Data
    theta: Array
    posterior: Posterior
    anchor: date
    khat: float | None
    fit: Fit
    ess: float

    @property
    def method(self) -> Method:
        """How they were had."""
        if self.khat is not None:
            return "update"
        return "tempered" if self.fit.tempered else "fit"

    @property
    def surprises(self) -> dict[tuple[int, int], float]:
        """Locations (count, scenario) that moved far, and by how many prior sd."""
        return surprises(self.data, self.theta)


class Told(NamedTuple):
    """What `Draws` say of the forecast period alone: (S, K), as `Posterior.now`."""

    now: Array
    khat: float | None
    fit: Fit


@dataclass(frozen=True, slots=True)
class Anchor:
    """A fit whose draws may stand for later posteriors of the same case, and for its own."""

    day: date
    spec: Spec
    data: Data
    fit: Fit

    def stands_for(self, spec: Spec) -> Draws | None:
        """Return its draws as those of another posterior, None if they cannot be."""
        if spec is self.spec:
            theta = self.fit.theta
            posterior = Posterior.of(self.data, theta)
            remember(theta, self.data, posterior.loglik, posterior.now)
            return Draws(self.data, theta, posterior, self.day, None, self.fit, self.fit.ess_min)
        data, theta = data_of(spec), self._carried(spec)
        if refused_before(self.fit, theta, data):
            return None
        found = update(self.fit, theta, data)
        if not found.accepted:
            return None
        return Draws(data, found.theta, found.posterior, self.day, found.khat, self.fit, found.ess)

    def tells(self, spec: Spec, *, keep: bool = False) -> Told | None:
        """Return what `stands_for` would of the forecast period, in less time; see `latest`."""
        if spec is self.spec:
            return Told(told(self.fit.theta, self.data, keep=True)[1], None, self.fit)
        found = latest(self.fit, self._carried(spec), data_of(spec), keep=keep)
        return Told(found.now, found.khat, self.fit) if found.accepted else None

    def _carried(self, spec: Spec) -> Array:
        houses = self.spec.counts.houses, spec.counts.houses
        return carried(self.fit.theta, self.data, *houses)


def forecast_period(case: Case, as_of: date) -> Period:
    """Return the period that a forecast as-of a day is about.

    Raises
    ------
    CaseError
        If no period of the case had ended by then.
    """
    period = Period.ended_before(as_of, case.cadence)
    if period < case.first:
        raise CaseError(
            Problem(
                "as-of",
                f"must lie after the case's first period {case.first} has ended",
                as_of.isoformat(),
                f"the first possible as-of is {case.first.refresh_day.isoformat()}",
            )
        )
    return period


def anchor_day(case: Case, as_of: date) -> date:
    """Return the as-of of the fit that a forecast as-of a day may be an update of."""
    period = Period.ended_before(as_of, case.cadence)
    first = case.first + (period - case.first) // BLOCK * BLOCK
    return min(first.refresh_day, as_of)


def fits_to_come(case: Case, readings: tuple[Reading, ...], days: Iterable[date]) -> int:
    """How many fits forecasts as-of some days need at least: anchors that are not in the cache."""
    anchors = {anchor_day(case, day) for day in days}
    known = (known_as_of(case, readings, day) for day in anchors)
    return sum(not at_hand(data_of(spec_of(case, each))) for each in known)


def anchor_of(
    case: Case,
    readings: tuple[Reading, ...],
    as_of: date,
    progress: Progress,
    *,
    refit: bool = False,
) -> Anchor:
    """Return the anchor of a forecast as-of a day, fitted if it is not in the cache."""
    day = anchor_day(case, as_of)
    spec = spec_of(case, known_as_of(case, readings, day))
    data = data_of(spec)
    return Anchor(day, spec, data, fit(data, progress, refit=refit))


def draws_as_of(
    case: Case,
    readings: tuple[Reading, ...],
    known: Known,
    progress: Progress,
    *,
    refit: bool = False,
) -> Draws:
    """Return draws of the posterior given what was known.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    """
    spec = spec_of(case, known)
    anchors = anchors_of(case, readings, known, spec, progress, refit=refit)
    return next(draws for anchor in anchors if (draws := anchor.stands_for(spec)) is not None)


def anchors_of(
    case: Case,
    readings: tuple[Reading, ...],
    known: Known,
    spec: Spec,
    progress: Progress,
    *,
    refit: bool = False,
) -> Iterator[Anchor]:
    """Yield the fits that may stand for a spec of what was known: the anchor, last its own."""
    if anchor_day(case, known.as_of) < known.as_of:
        yield anchor_of(case, readings, known.as_of, progress, refit=refit)
    data = data_of(spec)
    yield Anchor(known.as_of, spec, data, fit(data, progress, refit=refit))
