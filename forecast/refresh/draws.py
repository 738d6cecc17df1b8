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
from forecast.model.store import fit
from forecast.model.update import carried, update
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.refresh.arrays import spec_of

BLOCK = 4  # periods that share an anchor


class Bounded(NamedTuple):
    """Probabilities of scenarios and the ends of their 90 % interval, (K,) each."""

    probability: Array
    low: Array
    high: Array

    @classmethod
    def of(cls, posterior: Posterior) -> Bounded:
        """Say them of the forecast period."""
        mean = normalised(posterior.now.mean(axis=0))
        low, high = interval(posterior.now)
        return cls(mean, np.minimum(low, mean), np.maximum(high, mean))


def normalised(probabilities: Array) -> Array:
    """Return what sums to 1 but for rounding so that it does."""
    return np.divide(probabilities, probabilities.sum())


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
    def surprises(self) -> dict[tuple[int, int], float]:
        """Locations (count, scenario) that moved far, and by how many prior sd."""
        return surprises(self.data, self.theta)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A fit whose draws may stand for later posteriors of the same case."""

    day: date
    spec: Spec
    data: Data
    fit: Fit

    def stands_for(self, spec: Spec) -> Draws | None:
        """Return its draws as those of another posterior, None if they cannot be."""
        data = data_of(spec)
        houses = self.spec.counts.houses, spec.counts.houses
        found = update(self.fit, carried(self.fit.theta, self.data, *houses), data)
        if not found.accepted:
            return None
        return Draws(data, found.theta, found.posterior, self.day, found.khat, self.fit, found.ess)


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
    return anchored(case, readings, known, progress, refit=refit)[1]


def anchored(
    case: Case,
    readings: tuple[Reading, ...],
    known: Known,
    progress: Progress,
    *,
    refit: bool = False,
) -> tuple[Anchor, Draws]:
    """Return the fit that `draws_as_of` takes its draws from, and the draws."""
    spec = spec_of(case, known)
    if anchor_day(case, known.as_of) < known.as_of:
        anchor = anchor_of(case, readings, known.as_of, progress, refit=refit)
        if (draws := anchor.stands_for(spec)) is not None:
            return anchor, draws
    data = data_of(spec)
    own = fit(data, progress, refit=refit)
    posterior = Posterior.of(data, own.theta)
    draws = Draws(data, own.theta, posterior, known.as_of, None, own, own.ess_min)
    return Anchor(known.as_of, spec, data, own), draws
