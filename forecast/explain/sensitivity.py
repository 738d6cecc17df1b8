"""How far the forecast hangs on the readings, on each group of judgements, and on each alone.

Power scaling (Kallioinen, Paananen, Buerkner and Vehtari 2024): a part of the density to the power
a, as if it were there a times. Draws of the posterior weighted by ``p_a(y, theta) / p(y, theta)``
stand for the posterior at that power; of their weighted mean of probabilities p the slope at a = 1
needs no weights:

    d E_a[p] / d log2 a = E[dp / d log2 a] + Cov(p, d log p_a(y, theta) / d log2 a).

Readings and events: every emission to the power a, p and ``p_a(y | theta)`` from the filter run
anew, differentiated by central differences: both sides share the draws, so that a small step adds
no noise. Priors: free parameters are standard normal, their log density is minus half a group's sum
of squares, and p does not depend on a. A power of 2 halves the variance around what was asked; it
leaves alone what has no free parameter (the start, evidence, grades).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from forecast.case import Case
from forecast.errors import Stopped
from forecast.explain.judgements import judgements
from forecast.explain.priors import modelled_from
from forecast.explain.sensitivity_types import Part, PowerRow, Sensitivity
from forecast.explain.turning import FULL, LOOKS, QUICK, Settings, Told, turn
from forecast.model.data import Data
from forecast.model.families import EMISSIONS
from forecast.model.fit import Progress, silent, within
from forecast.model.packing import blocks
from forecast.model.powered import powered
from forecast.model.reweight import reweight, tells
from forecast.model.spec import Array, Spec
from forecast.readings import Reading, known_as_of
from forecast.refresh.arrays import spec_of
from forecast.refresh.draws import FIT_SECONDS, draws_as_of, fits_to_come

STEP = 0.05  # of log2 a, either way: the error of a central difference is of the order of STEP^2
BATCHES = 20  # of consecutive draws: their spread gives the Monte Carlo error

Whose = tuple[Part, str | None, str | None]  # block, indicator


def sensitivity(
    case: Case,
    readings: Sequence[Reading],
    as_of: date,
    progress: Progress | None = None,
    only: str | None = None,
    *,
    quick: bool = False,
) -> Sensitivity:
    """Return how the scenario probabilities as-of a date depend on what went into them.

    Stopped, it tells of the judgements moved by then.

    Parameters
    ----------
    case, readings
        Only readings published on or before ``as_of`` are used.
    progress
        Called with a share done in [0, 1] and what is being done.
    only
        The id of the one indicator whose judgements are asked about.
    quick
        Move judgements by fewer draws, and less exactly.

    Raises
    ------
    FitError
        If the model could not be sampled at all.
    Stopped
        If it is stopped before the first judgement is moved.
    """
    report = progress or silent
    known = known_as_of(case, readings, modelled_from(case, as_of))
    draws = draws_as_of(case, tuple(readings), known, within(report, 0.0, 0.2))
    spec, data, theta = spec_of(case, known), draws.data, draws.theta
    report(0.2, "scaling readings and priors")
    now, likelihood = _likelihood(spec, data, theta)
    priors = tuple(_priors(spec, data, theta, now, only))
    settings = QUICK if quick else FULL
    told = Told.of(case, known, theta, now.mean(axis=0), settings.draws)
    movable = tuple(judgements(case, known, only))
    turns, tried = [], 0
    try:
        for tried, judgement in enumerate(movable):
            share = 0.2 + 0.8 * tried / len(movable)
            report(share, f"moving judgement {tried + 1} of {len(movable)}")
            if (found := turn(told, judgement, settings.halvings)) is not None:
                turns.append(found)
        tried = len(movable)
    except Stopped:
        if not tried:
            raise
    return Sensitivity(
        case=case.name,
        cadence=case.cadence,
        as_of=as_of,
        failures=tuple(draws.fit.failures),
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        indicators={indicator.id: indicator.name for indicator in case.indicators},
        events={event.id: event.name for event in case.evidence},
        probabilities=_by_scenario(spec, told.probability),
        powers=(likelihood, *priors),
        tried=tried,
        turns=tuple(sorted(turns, key=lambda found: abs(found.change))),
        cut=_cut(tried, len(movable), settings, quick=quick),
    )


def _cut(tried: int, movable: int, settings: Settings, *, quick: bool) -> str:
    """How short of all the answer falls, in words."""
    said = [f"stopped after {tried} of {movable} judgements"] if tried < movable else []
    if quick:
        said.append(f"quick: judgements moved by {settings.draws} draws, and less exactly")
    return "; ".join(said)


def cost(case: Case, readings: Sequence[Reading], as_of: date) -> tuple[float, float]:
    """Seconds that `sensitivity` takes, and takes quickly, as far as can be known before."""
    day = modelled_from(case, as_of)
    known = known_as_of(case, readings, day)
    fits = FIT_SECONDS * fits_to_come(case, tuple(readings), [day])
    size = len(case.scenarios) * (len(known.speaking) + len(known.spans))
    moved = sum(1 for _ in judgements(case, known))
    full, quick = (
        fits + 5.0 + moved * LOOKS[settings] * (0.03 + 2e-7 * settings.draws * size)
        for settings in (FULL, QUICK)
    )
    return full, quick


def _likelihood(spec: Spec, data: Data, theta: Array) -> tuple[Array, PowerRow]:
    """Return filtered probabilities, (S, K), and their slope in the power of the likelihood."""
    loglik, now = powered(theta, data, 1.0)
    less, before = powered(theta, data, 2**-STEP)
    more, after = powered(theta, data, 2**STEP)
    own = (after - before) / (2 * STEP)
    pull = _pull(now, (more - less) / (2 * STEP))
    steps = [less - loglik, more - loglik]
    return now, _row(spec, ("likelihood", None, None), own + pull, steps)


def _priors(
    spec: Spec, data: Data, theta: Array, now: Array, only: str | None
) -> Iterator[PowerRow]:
    """Yield the slopes in the power of the prior: of all of it, then of each group."""
    for block, indicator, at in _groups(spec, data):
        if only in (None, indicator):
            log_prior = -0.5 * (theta[:, at] ** 2).sum(axis=1)
            steps = [(2**step - 1) * log_prior for step in (-STEP, STEP)]
            pull = _pull(now, np.log(2) * log_prior)
            yield _row(spec, ("prior", block, indicator), pull, steps)


def _groups(spec: Spec, data: Data) -> Iterator[tuple[str | None, str | None, slice]]:
    """Yield every group of free parameters: its block, whose it is, where it stands in theta."""
    owners = dict.fromkeys(("location", "dispersion", "inertia"), spec.counts.ids)
    for series in spec.series:
        owners |= dict.fromkeys(EMISSIONS[series.family].names, series.ids)
    yield None, None, slice(None)
    for block, at in blocks(data).items():
        mine = owners.get(block, (None,))  # a block that is no indicator's is one group
        size = (at.stop - at.start) // max(1, len(mine))
        for i, indicator in enumerate(mine):
            yield block, indicator, slice(at.start + i * size, at.start + (i + 1) * size)


def _pull(now: Array, score: Array) -> Array:
    """Return what each draw adds to the covariance of probabilities and score, (S, K)."""
    return (now - now.mean(axis=0)) * (score - score.mean())[:, None]


def _row(spec: Spec, whose: Whose, slope: Array, steps: Sequence[Array]) -> PowerRow:
    """Average the slope of each draw; the spread of consecutive batches is the Monte Carlo error.

    Parameters
    ----------
    slope : (S, K)
    steps
        Log-ratios of densities, (S,) each, a small step away.
    """
    batches = np.array([batch.mean(axis=0) for batch in np.array_split(slope, BATCHES)])
    error = batches.std(axis=0, ddof=1) / np.sqrt(BATCHES)
    weighted = [reweight(step) for step in steps]
    part, block, indicator = whose
    return PowerRow(
        part=part,
        block=block,
        indicator=indicator,
        slope=_by_scenario(spec, slope.mean(axis=0)),
        error=_by_scenario(spec, error),
        khat=max(khat for _, khat in weighted),
        told=all(tells(weights, khat) for weights, khat in weighted),
    )


def _by_scenario(spec: Spec, values: Array) -> dict[str, float]:
    return dict(zip(spec.scenarios, map(float, values), strict=True))
