"""Why a forecast moved: what each cause changed, adding up, beside the dated source behind it.

Causes come in three tiers, each complete before the next begins::

    earlier forecast, as it was logged
      │  what was edited      the earlier as-of under today's case: definitions, judgements, rows
      │                       entered late, the program itself (a fingerprint tells only that)
      │  time                 the periods since, and what ageing does to readings; nothing new read
      │  readings, events,    by Shapley values: a new one left out is missing, a revised one stands
      │  known outcomes       at its earlier vintage
    later forecast

What they leave of the change is the remainder: forecasts are averaged over all draws, each of its
own fit, causes over the same few draws of both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.case import Case
from forecast.explain.causes import Between, between
from forecast.explain.coalitions import Pool, Teller
from forecast.explain.facts import facts_of, instead_of
from forecast.explain.movement_types import Moment, Movement, Share, Weight
from forecast.explain.shapley import BUDGET, EXACT, Shares, shapley
from forecast.model import names
from forecast.model.fit import Progress, silent, within
from forecast.model.spec import Array, Index, Spec
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known, known_as_of
from forecast.record import Forecast, Previous
from forecast.refresh import fingerprint
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import (
    FIT_SECONDS,
    Draws,
    by_scenario,
    draws_as_of,
    fits_to_come,
    normalised,
    shifted,
)
from forecast.refresh.evidence import contributions
from forecast.refresh.warning import signs_now
from forecast.refresh.watch import said_now

EVALUATIONS = 300_000  # draws times coalitions: some tens of seconds
QUICK = 500  # coalitions met on the way of a tier's orders, at most, if it is to be quick
FEWEST, MOST = 250, 2000  # draws of each forecast
_ALL = ""  # the key of what all readings and events say together, beside indicators' ids

Readings = tuple[Reading, ...]
Tell = Callable[[Spec], Array]


@dataclass(frozen=True, slots=True)
class End:
    """One of the two forecasts: what was known, what the model was told of it, and its draws."""

    known: Known
    spec: Spec
    draws: Draws

    @classmethod
    def of(cls, case: Case, readings: Readings, as_of: date, progress: Progress) -> End:
        """Return the end as-of a date, as a refresh would have it."""
        known = known_as_of(case, readings, as_of)
        draws = draws_as_of(case, readings, known, progress)
        return cls(known, spec_of(case, known), draws)

    @property
    def now(self) -> Array:
        """Probabilities over all draws, (K,)."""
        return normalised(self.draws.posterior.now.mean(axis=0))


def movement(
    case: Case,
    readings: Readings,
    before: Previous,
    as_of: date,
    after: Previous | None = None,
    progress: Progress | None = None,
    *,
    quick: bool = False,
) -> Movement:
    """Return what moved the scenario probabilities from one forecast to another.

    Stopped, it tells causes apart by the orders drawn by then.

    Parameters
    ----------
    case, readings
        The case as it now is; only rows published on or before ``as_of`` are used.
    before
        The earlier forecast.
    as_of
        Of the later forecast.
    after
        The later forecast as it was logged; taken if it used what would be used now, else
        computed.
    progress
        Called with a share done in [0, 1] and what is being done.
    quick
        Draw fewer orders of causes.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    Stopped
        If it is stopped before two pairs of orders are drawn, or all are to be taken.
    """
    report = progress or silent
    then = before[1].as_of
    first = End.of(case, readings, then, within(report, 0.0, 0.15))
    second = End.of(case, readings, as_of, within(report, 0.15, 0.3))
    ids = [scenario.id for scenario in case.scenarios]
    start, final, entry = _probabilities(ids, before[1]), second.now, None
    support = said_now(case, second.draws.posterior)
    support[_ALL] = second.draws.posterior.support()[-1]
    if after is not None and after[1].fingerprint == fingerprint(case, second.known):
        final, entry = _probabilities(ids, after[1]), after[0]
        support |= dict(_logged_support(ids, after[1]))
    edited = None
    if before[1].fingerprint != fingerprint(case, first.known):
        edited = first.now - start
    found = between(case, readings, first.known.as_of, as_of)
    budget = QUICK if quick else BUDGET
    ways = _ways(len(found.causes), quick=quick)
    pool = _pool(first, second, len(found.causes))
    tell = Teller(pool, within(report, 0.3, 1.0), ways)
    shares = _shared_out(found, first.spec, edited, tell, budget)
    leading = np.argsort(-final, kind="stable")[:2]
    weights = tuple(_weights(case, readings, second, final, support, leading, tell))
    return Movement(
        case=case.name,
        cadence=case.cadence,
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        before=Moment(before[1].period, before[1].as_of, before[0], by_scenario(case, start)),
        after=Moment(second.known.period, as_of, entry, by_scenario(case, final)),
        shares=tuple(_named(found, shares, edited=edited is not None)),
        remainder=by_scenario(case, final - start - shares.contributions.sum(axis=0)),
        orders=shares.orders,
        leading=(ids[leading[0]], ids[leading[1]]),
        log_factor=_difference(support[_ALL][leading]),
        weights=weights,
        draws=len(tell.pool.theta),
        ess=tell.ess,
        coalitions=tell.asked,
        unsure=tell.unsure,
        failures=tuple(dict.fromkeys(_failures(before[1], first, second, after))),
        fingerprint=fingerprint(case, second.known),
        cut=_cut(shares, quick=quick),
        signs=tuple(signs_now(case, second.known, second.draws)),
    )


def _failures(before: Forecast, first: End, second: End, after: Previous | None) -> Iterator[str]:
    """Yield what the fits failed of their gate: those of the ledger, and those computed here."""
    yield from before.fit.failures
    yield from first.draws.fit.failures
    yield from second.draws.fit.failures
    yield from after[1].fit.failures if after else []


def _ways(causes: int, *, quick: bool) -> int:
    """How many coalitions telling so many causes apart takes, about."""
    if causes > EXACT:
        return QUICK if quick else BUDGET
    return 1 << causes


def _cut(shares: Shares, *, quick: bool) -> str:
    """How short of all the answer falls, in words."""
    if shares.stopped:
        return f"stopped after {shares.orders} orders of causes"
    return f"quick: {shares.orders} orders of causes" if quick and shares.orders else ""


def cost(case: Case, readings: Readings, before: Previous, as_of: date) -> tuple[float, float]:
    """Seconds that `movement` takes, and that it takes quickly, as far as can be known before."""
    then = before[1].as_of
    fits = FIT_SECONDS * fits_to_come(case, readings, [then, as_of])
    causes = len(between(case, readings, then, as_of).causes)
    known = known_as_of(case, readings, as_of)
    size = len(case.scenarios) * (len(known.speaking) + len(known.spans))
    draws = 2 * _draws_of_each(causes)
    full, quick = (
        fits + 5.0 + _ways(causes, quick=fast) * (0.006 + 2e-7 * draws * size)
        for fast in (False, True)
    )
    return full, quick


def _probabilities(ids: Sequence[str], forecast: Forecast) -> Array:
    """Return the probabilities of today's scenarios; 0 for one that there was not."""
    said = {scenario.id: scenario.probability for scenario in forecast.scenarios}
    return np.array([said.get(name, 0.0) for name in ids])


def _logged_support(ids: Sequence[str], forecast: Forecast) -> Iterator[tuple[str, Array]]:
    """Yield the log-likelihoods of a logged forecast's last period, (K,), as `said_now` has them.

    Also that of all readings and events together, as `_ALL`.
    """
    by_name = {each.id: each.support for each in forecast.indicators} | {_ALL: forecast.support}
    for name, values in by_name.items():
        if values.keys() >= set(ids):
            yield name, np.array([values[scenario] for scenario in ids])


def _draws_of_each(causes: int) -> int:
    coalitions = 1 << min(causes, EXACT + 2)  # beyond, orders are drawn, and not all are met
    return min(MOST, max(FEWEST, EVALUATIONS // coalitions // 2))


def _pool(first: End, second: End, causes: int) -> Pool:
    size = _draws_of_each(causes)
    return Pool.of(first.draws, first.spec, second.draws, second.spec, size)


def _shared_out(
    found: Between, then: Spec, edited: Array | None, tell: Tell, budget: int
) -> Shares:
    """Return the shares of what was edited (if anything was), of time, and of every cause."""
    time = 0 if edited is None else 1

    def value(coalition: frozenset[int]) -> Array:
        if time in coalition:
            joined = (c for n, c in enumerate(found.causes, time + 1) if n in coalition)
            return tell(found.spec(joined))
        before = tell(then)
        return before if edited is None or 0 in coalition else before - edited

    tiers = [*[1] * (time + 1), len(found.causes)]
    return shapley(tiers, value, seed=names.SEED, budget=budget)


def _named(found: Between, shares: Shares, *, edited: bool) -> Iterator[Share]:
    """Yield each cause's share beside what it rests on, in the order of their numbers."""
    sizes = zip(shares.contributions, shares.error, strict=True)
    rows = (
        (by_scenario(found.case, moved), by_scenario(found.case, error)) for moved, error in sizes
    )
    if edited:
        yield Share("edited", None, "", "", (), None, *next(rows))
    yield Share("time", None, "", "", (), None, *next(rows))
    whole = found.known(found.causes)
    for cause, (moved, error) in zip(found.causes, rows, strict=True):
        event = cause.event
        about = next((i for i in found.case.indicators if i.id == cause.indicator), None)
        name = "Outcomes" if len({row.period for row in cause.outcomes}) > 1 else "Outcome"
        yield Share(
            kind="event" if event else "outcome" if cause.outcomes else "reading",
            id=event.id if event else cause.indicator,
            name=event.name if event else about.name if about else name,
            family=about.family if about else "",
            facts=facts_of(cause, found.case, whole),
            instead=instead_of(cause, found),
            moved=moved,
            error=error,
        )


def _weights(
    case: Case,
    readings: Readings,
    end: End,
    final: Array,
    support: Mapping[str, Array],
    leading: Index,
    tell: Tell,
) -> Iterator[Weight]:
    """Yield what every reading of the forecast period and every event in it says.

    Parameters
    ----------
    support
        Log-likelihood of each indicator's reading by scenario, (K,), by id.
    """
    period, as_of = end.known.period, end.known.as_of
    whole = tell(end.spec)

    def without(fewer: Case, rows: Readings) -> dict[str, float]:
        moved = tell(spec_of(fewer, known_as_of(fewer, rows, as_of))) - whole
        return by_scenario(case, shifted(final, moved))  # in which what thinning missed cancels

    for indicator in case.indicators:
        if (indicator.id, period) in end.known.speaking:
            rows = tuple(r for r in readings if not _about(r, indicator.id, period))
            factor = support[indicator.id][leading]
            yield Weight(indicator.id, indicator.name, _difference(factor), without(case, rows))
    known = evidence_known(case, as_of, period)
    added = contributions(case, known)
    for event in known:
        if event.period == period:
            rest = tuple(other for other in case.evidence if other is not event)
            fewer = dataclasses.replace(case, evidence=rest)
            factor = added[event.id][leading]
            yield Weight(event.id, event.name, _difference(factor), without(fewer, readings))


def _about(reading: Reading, indicator: str, period: Period) -> bool:
    return reading.indicator == indicator and reading.period <= period <= reading.last_period


def _difference(pair: Array) -> float:
    return float(pair[0] - pair[1])
