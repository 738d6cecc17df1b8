"""Readings against what the model said of them: before they came, and with all of them known.

::

    one step ahead   reading of period t   in the forecast as-of the day t - 1 was refreshed
    replicated       all readings          in readings that the forecast as-of today produces again

A reading is taken at the value known as-of the day of asking, not the one first published: that is
what a forecast is about, and how far such a value may still be from final is part of the
distribution it is held against, as are its days, its source and its grade. What it remembers is
what was known the period before. The first period is held against the priors. Forecasts are those
of a refresh, updates included, so that after a replay none is sampled anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.case import Case, Indicator
from forecast.errors import Stopped
from forecast.explain.priors import modelled_from, prior_draws
from forecast.explain.types import (
    CENTRAL,
    ENOUGH,
    RARE,
    Check,
    CheckedIndicator,
    CheckedReading,
    Statistic,
    StatisticName,
)
from forecast.model import names
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.families.base import Simulated
from forecast.model.fit import Progress, sample
from forecast.model.outlook import Outlook, Report
from forecast.model.pit import uniform_p
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters, next_counts, next_series, periods_of
from forecast.model.replicate import Replicated, replicate
from forecast.model.spec import Array, Spec
from forecast.model.store import kept
from forecast.periods import Period
from forecast.readings import Known, Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import FIT_SECONDS, draws_as_of, fits_to_come

QUICK = 500  # draws, of each of four chains
Bounds = tuple[float, float]  # P(Y < y) and P(Y <= y)


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading: its indicator, which row it is of which block (None: of counts), how it came.

    ``number`` is the indicator's in the order of emissions.
    """

    indicator: str
    number: int
    block: int | None
    row: int
    at: int
    value: float
    report: Report


def check(
    case: Case,
    readings: Sequence[Reading],
    as_of: date,
    progress: Progress | None = None,
    only: str | None = None,
    *,
    quick: bool = False,
) -> Check:
    """Return how readings lie in their forecasts, and in replicates, in the case's order.

    Stopped, it is about the readings reached by then, and without replicates.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are used, of them those that speak for a
        single period and are believed at all.
    progress
        Called with a share done in [0, 1] and what is being done.
    only
        The id of the one indicator that is asked about.
    quick
        Of every forecast that would have to be sampled `QUICK` draws a chain, and no gate.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    Stopped
        If it is stopped before the first reading is placed.
    """
    known = known_as_of(case, readings, modelled_from(case, as_of))
    spec = spec_of(case, known)
    data = data_of(spec)
    read = list(_read(spec, data))
    periods = sorted({r.at for r in read if only in (None, r.indicator)})
    past = _Past(case, tuple(readings), progress, 1 + sum(t > 0 for t in periods), quick)
    bounds: dict[_Read, Bounds] = {}
    replicated = None
    try:
        for t in periods:
            bounds.update(_one_step([r for r in read if r.at == t], *past.before(t)))
        replicated = replicate(data, past.theta_of(known, data))
    except Stopped:
        if not bounds:
            raise
    indicators = []
    for number, indicator in enumerate(case.indicators):
        if only in (None, indicator.id):
            mine = [r for r in read if r.indicator == indicator.id and r in bounds]
            rng = np.random.default_rng([names.SEED, number])  # whoever else is asked about
            placed = tuple(_placed(r, case.first + r.at, bounds[r], rng) for r in mine)
            found = tuple(_statistics(mine, replicated)) if mine and replicated else ()
            indicators.append(_indicator(indicator, placed, found))
    return Check(
        case=case.name,
        cadence=case.cadence,
        as_of=as_of,
        forecasts=past.done,
        failures=tuple(past.failures),
        indicators=tuple(indicators),
        cut=past.cut(stopped=replicated is None),
    )


def cost(case: Case, readings: Sequence[Reading], as_of: date) -> tuple[float, float]:
    """Seconds that `check` takes, and that it takes quickly, as far as can be known before."""
    last = Period.ended_before(modelled_from(case, as_of), case.cadence)
    read = {r.period for r in readings if r.span == 1 and case.first < r.period <= last}
    days = [(period - 1).refresh_day for period in read]
    fits = fits_to_come(case, tuple(readings), [*days, modelled_from(case, as_of)])
    return FIT_SECONDS * fits + 2.5 * len(days), 0.2 * FIT_SECONDS * (1 + len(days))


class _Past:
    """Forecasts as-of several days, with one progress over all of them."""

    def __init__(
        self,
        case: Case,
        readings: tuple[Reading, ...],
        progress: Progress | None,
        total: int,
        quick: bool,
    ) -> None:
        self.case, self.readings, self.progress, self.total = case, readings, progress, total
        self.quick = quick
        self.done = 0
        self.failures: list[str] = []

    def before(self, t: int) -> tuple[Data, Outlook, Parameters]:
        """Return what was known and believed the period before: the priors before the first."""
        if t == 0:
            known = known_as_of(self.case, (), self.case.first.refresh_day)
            data = data_of(spec_of(self.case, known))
            theta = prior_draws(data)
            chain = Posterior.of(data, theta).chain
            return data, Outlook.first(data, chain), Parameters.of(data, theta)
        day = (self.case.first + (t - 1)).refresh_day
        known = known_as_of(self.case, self.readings, day)
        data = data_of(spec_of(self.case, known))
        theta = self.theta_of(known, data)
        return data, Outlook.after(Posterior.of(data, theta)), Parameters.of(data, theta)

    def theta_of(self, known: Known, data: Data) -> Array:
        """Return draws of a posterior; what their fit failed of its gate is remembered."""

        def within(share: float, doing: str) -> None:
            if self.progress:
                self.progress((self.done + share) / self.total, f"{known.period}: {doing}")

        within(0.0, "looking for the fit")
        theta, failures = self._drawn(known, data, within)
        self.done += 1
        self.failures += [f"{known.period}: {failure}" for failure in failures]
        return theta

    def _drawn(self, known: Known, data: Data, progress: Progress) -> tuple[Array, list[str]]:
        if not self.quick:
            draws = draws_as_of(self.case, self.readings, known, progress)
            return draws.theta, draws.fit.failures
        if (fit := kept(data)) is not None:
            return fit.theta, fit.failures
        return sample(data, progress, draws=QUICK, tune=QUICK).theta, []

    def cut(self, *, stopped: bool) -> str:
        """How short of all the answer falls, in words."""
        said = [f"stopped after {self.done} of {self.total} forecasts"] if stopped else []
        if self.quick:
            said.append(f"quick: {4 * QUICK:,} draws a forecast, held to no gate")
        return "; ".join(said)


def _read(spec: Spec, data: Data) -> Iterator[_Read]:
    """Yield the readings of single periods, by indicator, in order."""
    for c, name in enumerate(spec.counts.ids):
        for n in np.flatnonzero(data.series == c).tolist():
            periods = periods_of(data, n)
            if len(periods) == 1:
                value = float(data.value[n])
                yield _Read(name, c, None, n, int(periods[0]), value, Report.of(data, n))
    for b, (series, block) in enumerate(zip(spec.series, blocks_of(data), strict=True)):
        for j, name in enumerate(series.ids):
            for m in np.flatnonzero(series.series == j).tolist():
                report, value = Report(trust=float(series.trust[m])), float(series.value[m])
                yield _Read(name, block.first + j, b, m, int(series.at[m]), value, report)


def _one_step(
    read: Sequence[_Read], data: Data, outlook: Outlook, parameters: Parameters
) -> Iterator[tuple[_Read, Bounds]]:
    """Yield where every reading of one period fell in what was expected of it."""
    counts = len(data.centre)
    of_counts = {r.number: r.report for r in read if r.number < counts}
    of_others = {r.number - counts: r.report for r in read if r.number >= counts}
    predicted = [
        *map(Simulated, next_counts(data, outlook, parameters, of_counts)),
        *next_series(data, outlook, parameters, of_others),
    ]
    for r in read:
        expected = predicted[r.number]
        yield r, (expected.below(r.value), expected.at_most(r.value))


def _placed(r: _Read, period: Period, bounds: Bounds, rng: np.random.Generator) -> CheckedReading:
    below, up_to = bounds
    return CheckedReading(period, r.value, below, up_to, below + rng.random() * (up_to - below))


def _indicator(
    indicator: Indicator, readings: tuple[CheckedReading, ...], found: tuple[Statistic, ...]
) -> CheckedIndicator:
    pits = np.array([reading.pit for reading in readings])
    return CheckedIndicator(
        id=indicator.id,
        name=indicator.name,
        readings=readings,
        mean=float(pits.mean()) if readings else None,
        inside=tuple(int((np.abs(pits - 0.5) <= share / 2).sum()) for share in CENTRAL),
        uniform=uniform_p(pits) if len(pits) >= ENOUGH else None,
        statistics=found,
    )


def _statistics(mine: Sequence[_Read], replicated: Replicated) -> Iterator[Statistic]:
    """Hold numbers of all readings of one indicator against the same of their replicates."""
    read = np.array([[r.value] for r in mine])
    block = mine[0].block
    of_kind = replicated.counts if block is None else replicated.series[block]
    again = of_kind[[r.row for r in mine]]
    yield _statistic("median", np.median(read, axis=0), np.median(again, axis=0))
    yield _statistic("largest", read.max(axis=0), again.max(axis=0))
    if block is None:
        yield _statistic("zeros", (read == 0).mean(axis=0), (again == 0).mean(axis=0))
    elif len(mine) > 1 and not (again % 1).any():  # a proportion hardly ever repeats
        same = [(np.diff(values, axis=0) == 0).mean(axis=0) for values in (read, again)]
        yield _statistic("repeats", *same)


def _statistic(name: StatisticName, read: Array, replicated: Array) -> Statistic:
    low, high = np.quantile(replicated, [0.05, 0.95])
    at_most, at_least = (replicated <= read).mean(), (replicated >= read).mean()
    return Statistic(
        name=name,
        read=float(read[0]),
        low=float(low),
        high=float(high),
        at_most=float(at_most),
        at_least=float(at_least),
        flagged=bool(min(at_most, at_least) < RARE),
    )
