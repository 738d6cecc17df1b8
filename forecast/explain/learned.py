"""What the readings taught: every prior beside the posterior of the forecast's own fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np

from forecast.case import Case
from forecast.explain.priors import modelled_from, prior_draws
from forecast.explain.types import MOVED, NARROWED, Learned, LearnedRow, Quantity, Summary
from forecast.model.chain import transition_of
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.families.base import Link
from forecast.model.fit import Progress, silent
from forecast.model.packing import raw_of
from forecast.model.posterior import interval
from forecast.model.predict import Parameters
from forecast.model.spec import Array, Spec
from forecast.model.store import fit
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of

Bend = Callable[[Array], Array]
# indicator, scenario, level, source
Whose = tuple[Quantity, str | None, str | None, int | None, str | None]


def learned(
    case: Case,
    readings: Sequence[Reading],
    as_of: date,
    progress: Progress | None = None,
    only: str | None = None,
) -> Learned:
    """Return prior and posterior of durations, counts and levels, from the fit as-of a date.

    A parameter is *not learned* if its posterior standard deviation is at least 0.9 of the prior
    one and its mean moved by less than 0.2 of it, both on the scale its prior is normal on: the log
    of a median, of a multiplier, of a loading, of an offset and of a duration less 1, the logit of
    an inertia; a level's
    probability as it is. Whoever reads such a number reads the prior again; both limits lie well
    above what sampling error alone would show.

    The *median* of a count is the asked one, moved as far as its location was. Parameters that are
    fixed (a memory that is switched off, a level that cannot be) are left out.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are used.
    progress
        Called with a share done in [0, 1] and what is being done, if the fit is not in the cache.
    only
        The id of the one indicator that is asked about; durations are then left out.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    """
    known = known_as_of(case, readings, modelled_from(case, as_of))
    spec = spec_of(case, known)
    data = data_of(spec)
    fitted = fit(data, progress or silent)
    before = _parameters(spec, data, prior_draws(data))
    after = _parameters(spec, data, fitted.theta)
    rows = [
        _row(whose, prior, posterior, bend)
        for (whose, prior, bend), (_, posterior, _) in zip(before, after, strict=True)
        if only in (None, whose[1]) and prior.std() > 0
    ]
    return Learned(as_of, tuple(fitted.failures), tuple(rows))


def _parameters(spec: Spec, data: Data, theta: Array) -> Iterator[tuple[Whose, Array, Bend]]:
    """Yield every parameter: whose, its draws on the scale of its prior, the way to its own."""
    leave = np.array([transition_of(raw_of(draw, data), data)[1] for draw in theta])
    for k, scenario in enumerate(spec.scenarios):
        if data.excess[k] > 0:
            yield ("duration", None, scenario, None, None), np.log(1 / leave[:, k] - 1), _after_one
    p = Parameters.of(data, theta)
    multiplier = p.variance[:, :, 0] / data.dispersion[:, 0]
    for c, count in enumerate(spec.counts.ids):
        for k, scenario in enumerate(spec.scenarios):
            moved = p.location[:, c, k] - data.centre[c, k] + np.log(spec.counts.median[c, k])
            yield ("median", count, scenario, None, None), moved, np.exp
        yield from _inertia(count, p.count_inertia[:, c])
        yield ("dispersion", count, None, None, None), np.log(multiplier[:, c]), np.exp
        if p.loading[:, c].any():
            yield ("loading", count, None, None, None), np.log(np.abs(p.loading[:, c])), _factor
    for h, (count, source) in enumerate(spec.counts.houses):
        yield ("offset", count, None, None, source), p.house[:, h], np.exp
    for series, block, own in zip(spec.series, blocks_of(data), p.series, strict=True):
        for each in block.family.learnable(series, block.values, own):
            name = series.ids[each.series]
            holds = None if each.scenario is None else spec.scenarios[each.scenario]
            yield (each.quantity, name, holds, each.level, None), each.draws, _LINKS[each.link]


def _inertia(indicator: str, share: Array) -> Iterator[tuple[Whose, Array, Bend]]:
    if share.all():
        yield ("inertia", indicator, None, None, None), np.log(share / (1 - share)), _share


def _after_one(log_excess: Array) -> Array:
    return np.asarray(1 + np.exp(log_excess))


def _factor(log_loading: Array) -> Array:
    """Return what one standard deviation of the shock multiplies a count by."""
    return np.asarray(np.exp(np.exp(log_loading)))


def _share(logit: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logit)))


_LINKS: dict[Link, Bend] = {"logit": _share, "identity": np.asarray}


def _row(whose: Whose, prior: Array, posterior: Array, bend: Bend) -> LearnedRow:
    quantity, indicator, scenario, level, source = whose
    moved = float((posterior.mean() - prior.mean()) / prior.std())
    narrowed = float(posterior.std() / prior.std())
    return LearnedRow(
        quantity=quantity,
        indicator=indicator,
        scenario=scenario,
        level=level,
        source=source,
        prior=_summary(prior, bend),
        posterior=_summary(posterior, bend),
        moved=moved,
        narrowed=narrowed,
        learned=narrowed < NARROWED or abs(moved) >= MOVED,
    )


def _summary(values: Array, bend: Bend) -> Summary:
    natural = bend(values)
    mean = np.exp(values.mean()) if bend is np.exp else natural.mean()
    low, high = interval(natural)
    return Summary(float(mean), float(low), float(high))
